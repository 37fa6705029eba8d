package fleet

import (
	"fmt"
	"maps"
	"math"
	"path"
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

// mostGPUs that a subject may grow by.
const mostGPUs = 4000

// more are the nodes with the GPUs that the subject holds beyond its own.
func (r *run) more() ([]*Node, error) {
	if r.Case == nil || r.Case.Times == "" {
		return nil, nil
	}
	times, err := compute(r.Case.Times, r.Subject.Numbers)
	if err != nil || r.Subject.Pod == nil {
		return nil, err
	}
	own := r.Subject.Pod
	g := own.GPUs[0].Node.GPU
	want := math.Ceil((times.value - 1) * float64(own.Workload.GPU.Count))
	if want > mostGPUs {
		return nil, fmt.Errorf("times: %q is %s GPUs more, which is too many to simulate", r.Case.Times, model.FormatNumber(want))
	}
	var out []*Node
	extra := &Fleet{}
	for left := int(want); left > 0; left -= g.PerNode {
		n := extra.add(g, len(r.Nodes)+len(out))
		for i := range min(left, g.PerNode) {
			n.GPUs[i].Pod = own
		}
		out = append(out, n)
	}
	return out, nil
}

// node adds what the exporter of a node says of its GPUs. An extra node is there
// during the fault alone.
func (r *run) node(n *Node, extra bool) {
	src := r.sourceOf(n)
	at := place{node: n}
	target := r.target(r.gpuMonitor(), at, place{node: n, pod: &Pod{Workload: &plan.Workload{Name: src.Exporter, Namespace: r.plan.Cluster.DCGM.Namespace},
		Name: at.texts(0).Replace(r.library.Simulation.ExporterPod)}}, r.hit(at), extra)
	// What the hardware of one pool lacks, another may have.
	running := src.Running
	if n.GPU.Facts.Architecture != "" {
		running.Architectures = []string{n.GPU.Facts.Architecture}
	}
	var fields []string
	for _, c := range r.plan.Counters {
		entry := r.catalog.Exporters[src.Exporter].Metrics[c.Field]
		if r.Names[c.Field] && !(n.GPU.MIG && entry.MIG == "absent") && running.Has(c.Field, entry) {
			fields = append(fields, c.Field)
		}
	}
	for _, g := range n.GPUs {
		held := place{node: n, gpu: g, pod: g.Pod}
		for _, f := range r.gpuFates(held, extra) {
			r.expose(src, f.at, fields, target, f.windows, f.hit)
		}
	}
}

// sourceOf is how the GPUs of a node are read.
func (r *run) sourceOf(n *Node) plan.Source {
	var out plan.Source
	for _, src := range r.plan.Sources {
		if src.Of == model.OfGPU && (out.Exporter == "" || !n.GPU.Facts.Profiling) {
			out = src
		}
	}
	return out
}

// fate is a place for some of the time.
type fate struct {
	at      place
	windows func(evaluate.Curve) evaluate.Curve
	hit     bool
}

// gpuFates are what a GPU is in turn: what a fault makes of it has labels of
// its own.
func (r *run) gpuFates(at place, extra bool) []fate {
	always := func(c evaluate.Curve) evaluate.Curve { return c }
	during := func(c evaluate.Curve) evaluate.Curve { return c.Cut(r.Window.From, r.Window.Until) }
	outside := func(c evaluate.Curve) evaluate.Curve { return c.Without(r.Window.From, r.Window.Until) }
	hit := r.hit(at)
	switch {
	case extra:
		return []fate{{at, during, hit}}
	case !hit || r.Case.GPUs == "":
		return []fate{{at, always, hit}}
	case r.Case.GPUs == "unheld":
		free := at
		free.pod = nil
		return []fate{{at, outside, false}, {free, during, false}}
	case r.Case.GPUs == "unknown":
		other, node := at, *at.node
		node.GPU.Facts.ModelName += " of another kind"
		other.node = &node
		return []fate{{at, outside, false}, {other, during, false}}
	}
	return []fate{{at, outside, hit}}
}

// pod adds what the engine of a pod says.
func (r *run) pod(p *Pod) {
	i := slices.IndexFunc(r.plan.Sources, func(s plan.Source) bool { return slices.Contains(s.Workloads, p.Workload.Name) })
	monitor := r.monitors["scrape/"+p.Workload.Name+".yaml"]
	if i < 0 || monitor == nil {
		return
	}
	at := place{node: p.Node, pod: p}
	target := r.target(monitor, at, at, r.hit(at), false)
	var names []string
	for _, name := range p.Workload.Keep {
		if r.Names[name] {
			names = append(names, name)
		}
	}
	r.expose(r.plan.Sources[i], at, names, target, func(c evaluate.Curve) evaluate.Curve { return c }, r.hit(at))
}

// other adds what an exporter exposes that others scrape: one target of it.
func (r *run) other(name string) {
	running := r.plan.Running[name]
	if len(running) == 0 {
		return
	}
	var kept []string
	exporter := r.catalog.Exporters[name]
	for _, series := range slices.Sorted(maps.Keys(r.Names)) {
		kept = append(kept, series)
	}
	hit := r.Case != nil
	target := &target{labels: labels.FromStrings("job", name, "instance", name+":80", "cluster", r.plan.Cluster.Name),
		store:   merged,
		windows: func(c evaluate.Curve) evaluate.Curve { return c }}
	src := plan.Source{Exporter: name, Running: running[0], Bindings: map[string]model.Binding{}}
	if len(exporter.Metrics) > 0 {
		r.expose(src, place{}, kept, target, target.windows, hit)
	}
}

// merged keeps the exposed labels, and the target's where there is none.
func merged(own, exposed labels.Labels) labels.Labels {
	b := labels.NewBuilder(own)
	exposed.Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
	return b.Labels()
}

// target is a scraped endpoint.
type target struct {
	labels labels.Labels
	store  func(own, exposed labels.Labels) labels.Labels
	// windows cuts away the time in which its series are not scraped.
	windows func(evaluate.Curve) evaluate.Curve
}

// gpuMonitor is the monitor of the GPU exporter.
func (r *run) gpuMonitor() *monitors.Monitor {
	for _, file := range slices.Sorted(maps.Keys(r.monitors)) {
		if path.Dir(file) == "dcgm" {
			return r.monitors[file]
		}
	}
	return nil
}

// target adds what Prometheus itself writes for an endpoint.
func (r *run) target(m *monitors.Monitor, at, discovered place, hit, extra bool) *target {
	texts := discovered.texts(0)
	found := map[string]string{}
	for name, text := range r.library.Simulation.Discovered {
		found[name] = texts.Replace(text)
	}
	t := &target{labels: m.Target(labels.FromMap(found)), store: m.Sample, windows: func(c evaluate.Curve) evaluate.Curve { return c }}
	gap := func(c evaluate.Curve) evaluate.Curve { return c.Without(r.Window.From, r.Window.Until) }
	own := t.windows
	scrape := ""
	if hit {
		scrape = r.Case.Scrape
	}
	switch {
	case extra:
		own = func(c evaluate.Curve) evaluate.Curve { return c.Cut(r.Window.From, r.Window.Until) }
	case scrape == "gone":
		t.windows, own = gap, gap
	case scrape != "":
		t.windows = gap
	}
	for _, name := range slices.Sorted(maps.Keys(r.library.Simulation.Target)) {
		usual, err := behave(r.library.Simulation.Target[name], model.Gauge, 1, r.numbers(at))
		r.check(err)
		var change *behaviour
		if name == r.library.Simulation.Up && scrape == "fails" {
			change = &behaviour{value: number(0)}
		}
		if b, ok := r.library.Simulation.Empty[name]; ok && (scrape == "empty" || scrape == "fails") {
			nothing, err := behave(b, model.Gauge, 1, r.numbers(at))
			r.check(err)
			change = &nothing
		}
		one := exposed{labels: map[string]string{labels.MetricName: name}, metric: name}
		for _, f := range r.faults {
			if hit && f.names(one) {
				r.used[f.key] = true
				b, err := behave(f.change, model.Gauge, 1, r.numbers(at))
				r.check(err)
				change = &b
			}
		}
		if r.Names[name] {
			b := labels.NewBuilder(t.labels).Set(labels.MetricName, name)
			r.add(b.Labels(), own(draw(gauge, 0, usual, change, r.Window)))
		}
	}
	return t
}

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
				b = b.with(usual)
				change = &b
			}
		}
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
