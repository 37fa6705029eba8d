package ruletest

import (
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// Expr is what the alert of a case evaluates.
func (c Case) Expr() string { return c.rule.Expr }

// Judge plays a case and asks what its alert would have made of it with each of
// some other expressions.
func (s *Suite) Judge(c Case, exprs ...string) ([]Result, error) {
	store, err := s.store(c.scenario(), c.time)
	if err == nil {
		err = record(store, c.needs.Records, c.time)
	}
	if err != nil {
		return nil, err
	}
	var out []Result
	for _, expr := range exprs {
		c.rule.Expr = expr
		out = append(out, s.judge(store, c))
	}
	return out, nil
}

// Written is a rule of the plan, for the benchmark.
type Written struct {
	Name, Expr string
	Alert      bool
	Labels     map[string]string
	// Workloads that it speaks of.
	Workloads []string
}

// Objectives are the rules of all objectives, each after those that it reads.
func (s *Suite) Objectives() []Written {
	var alerts []rulegraph.Rule
	for _, a := range s.graph.Alerts {
		if part, _ := entry(a.Rule); part == "slos" {
			alerts = append(alerts, a)
		}
	}
	var all []string
	for _, w := range s.plan.Workloads {
		all = append(all, w.Name)
	}
	var out []Written
	for _, r := range append(s.graph.Of(alerts...).Records, alerts...) {
		w := Written{Name: r.Record + r.Alert, Expr: r.Expr, Alert: r.Alert != "", Labels: r.Labels, Workloads: r.Of}
		if len(w.Workloads) == 0 {
			w.Workloads = of(r.Rule, all)
		}
		out = append(out, w)
	}
	return out
}

// of are the workloads among a rule's origins, or all.
func of(r plan.Rule, all []string) []string {
	var out []string
	for _, o := range r.Origins {
		if name, ok := strings.CutPrefix(string(o), "workloads."); ok {
			name, _, _ = strings.Cut(name, ".")
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return all
	}
	return out
}

// Healthy is what the fleet exposes of what some rules read.
func (s *Suite) Healthy(rules []Written) ([]fleet.Series, error) {
	names := map[string]bool{}
	for _, r := range rules {
		e, _ := promql.Parse(r.Expr)
		for _, one := range promql.Selectors(e) {
			names[one.Name] = true
		}
	}
	return s.sim.Series(fleet.Scenario{Names: names})
}
