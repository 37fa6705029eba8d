package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// lowerRecords writes the recording rules. A record whose signals nothing here
// exposes does not exist in this cluster, and neither does what reads it.
func (l *lowering) lowerRecords() {
	for _, name := range slices.Sorted(maps.Keys(l.library.Records)) {
		r := l.library.Records[name]
		at := []string{"library", "records", name}
		e := l.parse(r.Expr, append(at, "expr")...)
		if e == nil {
			continue
		}
		if !l.retained(r.Retention) {
			l.tooOld[name] = r.Retention
			continue
		}
		var rules []Rule
		switch {
		case r.Each != "":
			rules = l.eachRecord(name, r, e, at)
		default:
			if e = l.oneRule(e, at); e != nil {
				rules = []Rule{l.rule(Rule{Record: name, Labels: r.Labels}, e)}
			}
		}
		if len(rules) == 0 {
			continue
		}
		origin := Origin("library.records." + name)
		reads := []string{}
		for i := range rules {
			rules[i].Origins = append([]Origin{origin}, rules[i].Origins...)
		}
		for _, s := range promql.Selectors(e) {
			if l.isRecorded(s.Name) {
				reads = append(reads, s.Name)
			}
		}
		l.records[name] = lowered{rules: rules, group: r.Group, every: r.Every, reads: reads, origin: origin}
	}
	l.dropUnreadable()
}

// oneRule binds an expression, joining what different engines give with "or",
// and puts targets in: one term for each distinct target.
func (l *lowering) oneRule(e promql.Expr, at []string) promql.Expr {
	var terms []promql.Expr
	for _, g := range l.targetGroups(e, "", at) {
		if bound := l.bind(g.expr, l.sources, append(at, "expr")); len(bound) > 0 {
			terms = append(terms, g.match(l, promql.Merge(bound...)))
		}
	}
	if len(terms) == 0 {
		return nil
	}
	return promql.Or(terms...)
}

// eachRecord writes a constant rule for each instance: the price of a GPU
// model, the budget of a team.
func (l *lowering) eachRecord(name string, r model.Record, e promql.Expr, at []string) []Rule {
	var rules []Rule
	for _, f := range l.instances(r.Each) {
		missing := false
		with := promql.Numbers(e, func(series string) (float64, bool) {
			fact, ok := strings.CutPrefix(series, factPrefix)
			if !ok {
				return 0, false
			}
			v, ok := f.numbers[fact]
			missing = missing || !ok
			return v, ok
		})
		if missing {
			for _, fact := range placeholders(e, factPrefix) {
				if _, ok := f.numbers[fact]; !ok && l.fromUser(at) {
					l.placeholder(factPrefix+fact, slices.Sorted(maps.Keys(f.numbers)), append(at, "expr"))
				}
			}
			continue
		}
		labels := map[string]string{}
		for k, v := range r.Labels {
			if fact, ok := strings.CutPrefix(v, factPrefix); ok {
				v = f.texts[fact]
			}
			if v != "" {
				labels[k] = v
			}
		}
		rules = append(rules, l.rule(Rule{Record: name, Labels: labels, Origins: []Origin{f.origin}}, with))
	}
	return rules
}

// instance is something that library entries are written for one by one.
type instance struct {
	numbers map[string]float64
	texts   map[string]string
	origin  Origin
}

// instances lists GPU models of the cluster, or teams with a budget.
func (l *lowering) instances(each string) []instance {
	var out []instance
	seconds := func(timeout string) float64 { return duration(timeout).Seconds() }
	switch each {
	case "gpu":
		for _, g := range l.plan.GPUs {
			i := instance{numbers: map[string]float64{"usdPerHour": g.USDPerHour, "perNode": float64(g.PerNode),
				"scrapeTimeoutSeconds": seconds(l.plan.Cluster.DCGM.Timeout)},
				texts: map[string]string{
					"cluster": l.plan.Cluster.Name, "name": g.Name, "modelName": g.Facts.ModelName, "temperature": g.Facts.Temperature},
				origin: Origin("gpus." + g.Name)}
			for name, v := range map[string]float64{ // absent where unknown
				"slowdownCelsius": g.Facts.SlowdownCelsius, "memoryMaxCelsius": g.Facts.MemoryMaxCelsius,
				"tdpWatts": g.Facts.TDPWatts, "nodes": float64(g.Nodes), "total": float64(g.Nodes * g.PerNode),
			} {
				if v > 0 {
					i.numbers[name] = v
				}
			}
			if g.MIG {
				i.numbers["mig"] = 1
			}
			out = append(out, i)
		}
	case "team":
		for _, t := range l.plan.Teams {
			if t.BudgetUSDPerMonth > 0 {
				out = append(out, instance{numbers: map[string]float64{"budgetUSDPerMonth": t.BudgetUSDPerMonth},
					texts:  map[string]string{"cluster": l.plan.Cluster.Name, "name": t.Name, "costCenter": t.CostCenter},
					origin: Origin("teams." + t.Name + ".budget")})
			}
		}
	case "workload":
		for _, w := range l.plan.Workloads {
			out = append(out, instance{numbers: map[string]float64{"gpus": float64(w.GPU.Count), "usdPerHour": l.priceOf(w.GPU.Model),
				"scrapeTimeoutSeconds": seconds(w.Scrape.Timeout)},
				texts:  map[string]string{"cluster": l.plan.Cluster.Name, "name": w.Name, "team": w.Team, "model": w.Model, "kind": w.Kind},
				origin: Origin("workloads." + w.Name)})
		}
	}
	return out
}

// priceOf a GPU model for an hour.
func (l *lowering) priceOf(gpu string) float64 { return l.in.Spec.GPUs[gpu].USDPerHour }

// gpuNumbers and gpuTexts are the facts of a GPU model that alerts may name.
var (
	gpuNumbers = []string{"usdPerHour", "perNode", "total", "slowdownCelsius", "memoryMaxCelsius", "tdpWatts"}
	gpuTexts   = []string{"cluster", "name", "modelName", "temperature"}
)

// retained reports whether Prometheus keeps as long a past as a rule reads.
func (l *lowering) retained(want string) bool {
	need, ok := model.Seconds(want)
	have, _ := model.Seconds(l.plan.Cluster.Prometheus.Retention)
	return !ok || have >= need
}

// readsTooOld reports whether a query reads what is left out for its past.
func (l *lowering) readsTooOld(e promql.Expr) bool {
	return slices.ContainsFunc(promql.Selectors(e), func(s *promql.Selector) bool { return l.tooOld[s.Name] != "" })
}

// tooOldFor says that an alert is left out, since it reads a longer past than
// Prometheus keeps; an alert that would not exist anyway is not mentioned.
func (l *lowering) tooOldFor(alert string, e promql.Expr) {
	if promql.Prune(e, func(s *promql.Selector) bool {
		return !l.isRecorded(s.Name) || l.exists(s.Name) || l.tooOld[s.Name] != ""
	}) == nil {
		return
	}
	for _, s := range promql.Selectors(e) {
		if want := l.tooOld[s.Name]; want != "" {
			l.in.Diags.Add(diag.Diagnostic{Code: codeRetention, Severity: diag.Warning,
				Pos: l.in.Pos("clusters", l.in.Cluster, "prometheus", "retention"),
				Message: fmt.Sprintf("cluster %q keeps %s of data and %s reads %s: the alert is left out",
					l.in.Cluster, l.plan.Cluster.Prometheus.Retention, alert, want),
				Hint: "raise prometheus.retention here if Prometheus keeps more"})
		}
	}
}

// dropUnreadable removes records that read records which do not exist, until
// none is left; of "a or b" the readable side stays.
func (l *lowering) dropUnreadable() {
	for changed := true; changed; {
		changed = false
		for _, name := range slices.Sorted(maps.Keys(l.records)) {
			r := l.records[name]
			if slices.ContainsFunc(r.reads, func(n string) bool { return !l.exists(n) }) {
				kept := l.prune(r)
				changed = true
				if kept == nil {
					delete(l.records, name)
					continue
				}
				l.records[name] = *kept
			}
		}
	}
}

// prune rewrites a record without what it cannot read.
func (l *lowering) prune(r lowered) *lowered {
	out := lowered{group: r.group, every: r.every, origin: r.origin}
	for _, rule := range r.rules {
		e, _ := promql.Parse(rule.Expr)
		if e = promql.Prune(e, func(s *promql.Selector) bool { return !l.isRecorded(s.Name) || l.exists(s.Name) }); e == nil {
			continue
		}
		out.rules = append(out.rules, l.rule(rule, e))
		for _, s := range promql.Selectors(e) {
			if l.isRecorded(s.Name) {
				out.reads = append(out.reads, s.Name)
			}
		}
	}
	if len(out.rules) == 0 {
		return nil
	}
	return &out
}

// exists reports whether a recorded name is written in this cluster.
func (l *lowering) exists(name string) bool {
	_, ok := l.records[name]
	return ok
}

// rule prints the expression into the rule.
func (l *lowering) rule(r Rule, e promql.Expr) Rule {
	text, err := promql.Print(e)
	if err != nil {
		l.in.Diags.Errorf(codeQuery, diag.Pos{}, "%s%s: %v", r.Record, r.Alert, err)
	}
	r.Expr = text
	return r
}
