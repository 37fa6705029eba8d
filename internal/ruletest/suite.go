package ruletest

import (
	"maps"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/monitors"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// Suite is all cases of a cluster's alerts.
type Suite struct {
	plan    *plan.Plan
	library model.Library
	sim     *fleet.Simulation
	graph   *rulegraph.Graph
	// Cases to run, in the order of the rules.
	Cases []Case
	// Uncovered are rules that no case proves.
	Uncovered []Uncovered
	// Faulty are cases that cannot be played, as far as Promtool found them.
	Faulty []Faulty
}

// Faulty is a case that cannot be played, and why.
type Faulty struct {
	Alert, Case string
	Err         error
}

// Uncovered is a rule that no case proves, and why. One that cannot fire in the
// cluster needs none: it compares replicas, and no workload has two.
type Uncovered struct {
	Alert, Labels, Why string
	CannotFire         bool
}

// Case is a case of the library, or of the spec, for one rule of an alert.
type Case struct {
	Cluster, Alert string
	// Labels tell the rule from others of the alert: limit=90.
	Labels string
	Name   string
	// idle: the alert is meant to fire on a fleet that nobody uses.
	idle    bool
	own     bool // of the spec
	rule    rulegraph.Rule
	model   model.Case
	subject fleet.Subject
	part    *fleet.Part
	needs   rulegraph.Needs
	time    timeline
}

// New expands the cases for a cluster. The monitors are those of its files.
func New(p *plan.Plan, c *model.Catalog, l model.Library, spec model.Spec, m map[string]*monitors.Monitor) *Suite {
	l = plan.WithUser(l, spec.Library)
	s := &Suite{plan: p, library: l, sim: fleet.Simulate(p, c, &l, m), graph: rulegraph.New(p)}
	for _, r := range s.graph.Alerts {
		part, key := entry(r.Rule)
		cases, idle, kind, owner := l.Alerts[key].Cases, l.Alerts[key].Idle == "fires", l.Alerts[key].Kind, l.Alerts[key].Owner
		if part == "slos" {
			cases, idle, kind, owner = l.SLOs[key].Cases, false, l.SLOs[key].Kind, "team"
		}
		_, own := spec.Library.Alerts[key]
		if tuned := spec.Alerts[r.Alert].Cases; len(tuned) > 0 {
			cases, own = tuned, true
		}
		why := "it has no case"
		covered, cannot := false, false
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			one := Case{Cluster: p.Cluster.Name, Alert: r.Alert, Labels: told(r.Rule), Name: name, idle: idle, rule: r, model: cases[name], own: own}
			var ok bool
			if one.subject, ok = s.subject(r, one.model, kind, owner == "team"); !ok {
				why = "nothing in the cluster is a subject for its case " + name
				if cannot = cases[name].Peers != ""; cannot {
					why = "it compares one of several, and nothing here has a second"
				}
				continue
			}
			one.needs = s.graph.Of(r)
			one.time = s.timeline(one)
			if !one.model.Whole {
				one.part = s.part(one)
			}
			covered = true
			s.Cases = append(s.Cases, one)
		}
		if !covered {
			s.Uncovered = append(s.Uncovered, Uncovered{r.Alert, told(r.Rule), why, cannot})
		}
	}
	return s
}

// Rules is how many rules alert.
func (s *Suite) Rules() int { return len(s.graph.Alerts) }
