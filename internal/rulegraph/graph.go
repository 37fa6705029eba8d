// Package rulegraph follows from rules and queries to what they read: recording
// rules, in an order in which each is written before it is read, and the series
// that are scraped.
package rulegraph

import (
	"maps"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Rule is a rule of the plan, or a query, with what it reads.
type Rule struct {
	plan.Rule
	// Group of the plan.
	Group int
	// Past of each series that it reads, in seconds.
	Past map[string]float64
	// Every is the interval of its group, in seconds.
	Every float64
}

// Graph is the rules of a plan.
type Graph struct {
	Alerts []Rule
	// Records by name: several rules may write one name.
	Records map[string][]Rule
}

// New sorts the rules of a plan.
func New(p *plan.Plan) *Graph {
	out := &Graph{Records: map[string][]Rule{}}
	for i, g := range p.Groups {
		every, _ := model.Seconds(g.Interval)
		for _, r := range g.Rules {
			one := Rule{r, i, Query(r.Expr).Past, every}
			if r.Alert != "" {
				out.Alerts = append(out.Alerts, one)
			} else {
				out.Records[r.Record] = append(out.Records[r.Record], one)
			}
		}
	}
	return out
}

// Query is one that no rule asks, such as a panel's.
func Query(expr string) Rule {
	e, faults := promql.Parse(expr)
	if len(faults) > 0 {
		return Rule{Rule: plan.Rule{Expr: expr}} // told when it was written
	}
	return Rule{Rule: plan.Rule{Expr: expr}, Past: promql.Past(e)}
}

// Needs is what some rules read.
type Needs struct {
	// Records, each after those that it reads.
	Records []Rule
	// Names of the series that are scraped.
	Names map[string]bool
	// Past is how far back they read in all, in seconds.
	Past float64
	// Groups that the rules are in.
	Groups map[int]bool
}

// Of follows rules to all that they need.
func (g *Graph) Of(readers ...Rule) Needs {
	out := Needs{Names: map[string]bool{}, Groups: map[int]bool{}}
	depth := map[string]float64{}
	var visit func(name string) float64
	follow := func(one Rule) float64 {
		past := 0.0
		out.Groups[one.Group] = true
		for _, name := range slices.Sorted(maps.Keys(one.Past)) {
			past = max(past, one.Past[name]+visit(name))
		}
		return past
	}
	visit = func(name string) float64 {
		if past, ok := depth[name]; ok {
			return past
		}
		depth[name] = 0 // a record does not read itself
		written, ok := g.Records[name]
		if !ok {
			out.Names[name] = true
			return 0
		}
		for _, one := range written {
			depth[name] = max(depth[name], follow(one))
		}
		out.Records = append(out.Records, written...)
		return depth[name]
	}
	for _, a := range readers {
		out.Past = max(out.Past, follow(a))
	}
	return out
}

// Evaluable is the rule for the engine.
func (r Rule) Evaluable() evaluate.Rule {
	wait, _ := model.Seconds(r.For)
	return evaluate.Rule{Name: r.Record + r.Alert, Expr: r.Expr, For: wait, Labels: r.Labels, Annotations: r.Annotations}
}
