package ruletest

import (
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// rule is a rule of the plan with what it reads.
type rule struct {
	plan.Rule
	group int                // of the plan
	past  map[string]float64 // of each series, in seconds
	every float64            // interval of its group, in seconds
}

// rules are those of a plan, to follow from an alert to what it needs.
type rules struct {
	alerts []rule
	// records by name: several rules may write one name.
	records map[string][]rule
}

func newRules(p *plan.Plan) *rules {
	out := &rules{records: map[string][]rule{}}
	for i, g := range p.Groups {
		every, _ := model.Seconds(g.Interval)
		for _, r := range g.Rules {
			e, _ := promql.Parse(r.Expr) // it was printed from a tree
			one := rule{r, i, promql.Past(e), every}
			if r.Alert != "" {
				out.alerts = append(out.alerts, one)
			} else {
				out.records[r.Record] = append(out.records[r.Record], one)
			}
		}
	}
	return out
}

// needs is what some alerts read.
type needs struct {
	records []rule          // each after those that it reads
	names   map[string]bool // of series that are scraped
	past    float64         // how far back they read in all, in seconds
	groups  map[int]bool    // that the rules are in
}

// of follows alerts to all that they need.
func (r *rules) of(alerts ...rule) needs {
	out := needs{names: map[string]bool{}, groups: map[int]bool{}}
	depth := map[string]float64{}
	var visit func(name string) float64
	follow := func(one rule) float64 {
		past := 0.0
		out.groups[one.group] = true
		for _, name := range slices.Sorted(maps.Keys(one.past)) {
			past = max(past, one.past[name]+visit(name))
		}
		return past
	}
	visit = func(name string) float64 {
		if past, ok := depth[name]; ok {
			return past
		}
		depth[name] = 0 // a record does not read itself
		written, ok := r.records[name]
		if !ok {
			out.names[name] = true
			return 0
		}
		for _, one := range written {
			depth[name] = max(depth[name], follow(one))
		}
		out.records = append(out.records, written...)
		return depth[name]
	}
	for _, a := range alerts {
		out.past = max(out.past, follow(a))
	}
	return out
}

// evaluable is a rule for the engine.
func evaluable(r plan.Rule) evaluate.Rule {
	wait, _ := model.Seconds(r.For)
	return evaluate.Rule{Name: r.Record + r.Alert, Expr: r.Expr, For: wait, Labels: r.Labels, Annotations: r.Annotations}
}

// entry is the library's part and key that a rule was written from.
func entry(r plan.Rule) (part, key string) {
	if len(r.Origins) == 0 {
		return "", ""
	}
	_, rest, _ := strings.Cut(string(r.Origins[0]), ".")
	part, key, _ = strings.Cut(rest, ".")
	return part, key
}

// told are the labels that tell the rules of one alert apart: those that are
// not on every alert.
func told(r plan.Rule) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		if name != "severity" && name != "cluster" && name != "owner" {
			out = append(out, name+"="+r.Labels[name])
		}
	}
	return strings.Join(out, " ")
}
