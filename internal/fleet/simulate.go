package fleet

import (
	"fmt"
	"maps"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/monitors"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Simulation is a fleet with what it exposes, and the monitors that read it.
type Simulation struct {
	*Fleet
	plan     *plan.Plan
	catalog  *model.Catalog
	library  *model.Library
	monitors map[string]*monitors.Monitor
	// selectors of the bindings, by their text.
	selectors map[string]*promql.Selector
}

// Simulate prepares the fleet of a plan. The monitors are those of the cluster's
// files, by path.
func Simulate(p *plan.Plan, c *model.Catalog, l *model.Library, m map[string]*monitors.Monitor) *Simulation {
	return &Simulation{New(p), p, c, l, m, selectors(p.Sources)}
}

// Scenario says what happens.
type Scenario struct {
	// Idle: nobody uses the fleet.
	Idle bool
	// Case is the fault, nil for none; it hits Subject during Window.
	Case    *model.Case
	Subject Subject
	Window  Window
	// Names of the series that are needed.
	Names map[string]bool
	// Life moves what is constant; nil is a fleet that stands still.
	Life *Life
	// Part limits the fleet to some nodes and pods; nil is all of it.
	Part *Part
}

// Part is some of a fleet.
type Part struct {
	Nodes []*Node
	Pods  []*Pod
}

// Series is a series as Prometheus stores it.
type Series struct {
	Labels labels.Labels
	Curve  evaluate.Curve
}

// Series lists all series of a scenario that are needed, sorted. An error is one
// of the case: what it names is not there, or is out of its range.
func (s *Simulation) Series(sc Scenario) ([]Series, error) {
	r := &run{Simulation: s, Scenario: sc, used: map[string]bool{}}
	if sc.Case != nil {
		var err error
		if r.faults, err = faults(sc.Case); err != nil {
			return nil, err
		}
	}
	nodes, pods := s.Nodes, s.Pods
	if sc.Part != nil {
		nodes, pods = sc.Part.Nodes, sc.Part.Pods
	}
	more, err := r.more()
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		r.node(n, false)
	}
	for _, n := range more {
		r.node(n, true)
	}
	for _, pod := range pods {
		r.pod(pod)
	}
	for _, name := range slices.Sorted(maps.Keys(s.plan.Cluster.Exporters)) {
		r.other(name)
	}
	for _, f := range r.faults {
		if !r.used[f.key] {
			r.errs = append(r.errs, fmt.Errorf("%q names no series of the subject that anything reads", f.key))
		}
	}
	if len(r.errs) > 0 {
		return nil, r.errs[0]
	}
	slices.SortStableFunc(r.out, func(a, b Series) int { return labels.Compare(a.Labels, b.Labels) })
	return r.out, nil
}

// run collects the series of a scenario.
type run struct {
	*Simulation
	Scenario
	faults []fault
	used   map[string]bool
	out    []Series
	errs   []error
}

// hit reports whether the case's fault reaches a place.
func (r *run) hit(at place) bool { return r.Case != nil && r.Subject.hit(r.Case.On, at) }

// expose adds the series of a place.
func (r *run) expose(src plan.Source, at place, kept []string, t *target, windows func(evaluate.Curve) evaluate.Curve, hit bool) {
	all := r.exposes(src, at, kept)
	var faults []fault
	if hit {
		for _, f := range r.faults {
			all = append(all, f.brings(all)...)
		}
		faults = narrowLast(r.faults, all)
	}
	for _, one := range all {
		if !r.Names[one.labels[labels.MetricName]] {
			continue
		}
		stored := t.store(t.labels, labels.FromMap(one.labels))
		if stored.IsEmpty() {
			continue
		}
		of := r.numbers(at)
		usual, err := behave(one.usual, one.kind, one.scale, of)
		r.check(err)
		var change *behaviour
		for _, f := range faults {
			if f.names(one) && f.matches(one) {
				r.used[f.key] = true
				r.check(r.possible(f, one))
				b, err := behave(f.change, one.kind, one.scale, r.Subject.Numbers)
				r.check(err)
				b = r.alive(b.with(usual), at, one.metric, true)
				change = &b
			}
		}
		usual = r.alive(usual, at, one.metric, false)
		r.add(stored, t.windows(windows(draw(one.shape, one.edge, usual, change, r.Window))))
	}
}

// possible refuses a value that the signal's unit cannot have: a case that
// needs it proves nothing.
func (r *run) possible(f fault, one exposed) error {
	if f.signal == "" {
		return nil
	}
	unit := r.catalog.Units[r.library.Signals[f.signal].Unit]
	v, err := compute(f.change.Value, r.Subject.Numbers)
	if err != nil || !v.set {
		return err
	}
	if unit.Min != nil && v.value < *unit.Min || unit.Max != nil && v.value > *unit.Max {
		return fmt.Errorf("%s: %s is out of the range of its unit, %s", f.key, model.FormatNumber(v.value), r.library.Signals[f.signal].Unit)
	}
	return nil
}

func (r *run) add(l labels.Labels, c evaluate.Curve) {
	if len(c) > 0 {
		r.out = append(r.out, Series{l, c})
	}
}

func (r *run) check(err error) {
	if err != nil {
		r.errs = append(r.errs, err)
	}
}

// numbers are those of the workload and the GPU at a place.
func (r *run) numbers(at place) Numbers {
	var w *plan.Workload
	if at.pod != nil {
		w = at.pod.Workload
	}
	var g *plan.GPU
	if at.node != nil {
		g = &at.node.GPU
	}
	return r.Numbers(w, g)
}
