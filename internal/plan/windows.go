package plan

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// window is what an objective is counted over: what the target says, or the
// longest window that Prometheus keeps.
func (l *lowering) window(t model.Target) string {
	if w := t.Word("window"); w != "" {
		return w
	}
	shortest := ""
	for _, w := range byLength(slices.Collect(maps.Keys(l.library.SLOWindows))) {
		if shortest == "" || l.retained(w) {
			shortest = w
		}
	}
	return shortest
}

// byLength sorts durations, the shortest first.
func byLength(durations []string) []string {
	slices.SortFunc(durations, func(a, b string) int { return int(duration(a) - duration(b)) })
	return slices.Compact(durations)
}

// duration reads a duration of the schema.
func duration(text string) time.Duration {
	s, _ := model.Seconds(text)
	return time.Duration(s * float64(time.Second))
}

// recordWindows adds the windows that alerts read to the library: the share of
// bad events, and how many events there were.
func (l *lowering) recordWindows() {
	if len(l.objectives) == 0 {
		return
	}
	names := l.library.SLONames
	windows, longs := []string{l.library.Recent}, []string{}
	for _, o := range l.objectives {
		for _, p := range o.pairs {
			windows, longs = append(windows, p.Long, p.Short), append(longs, p.Long)
		}
	}
	for _, w := range byLength(windows) {
		bad, _ := l.sum(names.Bad, names.BadStaged, w, nil)
		total, _ := l.sum(names.Total, names.TotalStaged, w, nil)
		l.addRecord(names.Ratio+w, "ratio", "share of bad events over "+w+", by objective", promql.Per(bad, total))
	}
	for _, w := range byLength(longs) {
		total, scale := l.sum(names.Total, names.TotalStaged, w, nil)
		l.addRecord(names.Events+w, "count", "events over "+w+", by objective", promql.Scale(total, scale))
	}
}

// sum adds up events over a window: from the stage where the window is long, of
// which a month has few enough to read each minute. What it gives, times the
// scale, are events.
func (l *lowering) sum(each, staged, window string, matchers map[string]string) (promql.Expr, float64) {
	if duration(window) < duration(l.library.Stage.From) {
		return promql.SumOver(selector(each, matchers), duration(window)), l.interval()
	}
	if _, ok := l.library.Records[staged]; !ok {
		l.addRecord(staged, "count", "events of "+l.library.Stage.Every+", which long windows add up",
			promql.Scale(promql.SumOver(promql.Named(each), duration(l.library.Stage.Every)), l.interval()))
		r := l.library.Records[staged]
		r.Every = l.library.Stage.Every
		l.library.Records[staged] = r
	}
	return promql.SumOver(selector(staged, matchers), duration(window)), 1
}

// addRecord adds a record that this cluster needs to the library.
func (l *lowering) addRecord(name, unit, help string, e promql.Expr) {
	text := l.rule(Rule{Record: name}, e).Expr
	l.library.Records[name] = model.Record{Expr: text, Unit: unit, Help: help, Group: l.library.SLONames.Group}
}

// recordBudgets adds what is left of the error budgets, and how fast it goes. One
// rule each serves all objectives: it has a term for each distinct objective or
// window, whatever the number of targets and workloads.
func (l *lowering) recordBudgets() {
	if len(l.objectives) == 0 {
		return
	}
	names := l.library.SLONames
	var percents, windows []string
	budgets := map[string]float64{}
	for _, o := range l.objectives {
		percent := o.labels()[labelObjective]
		percents, windows = append(percents, percent), append(windows, o.window)
		budgets[percent] = Budget(o.percent)
	}
	slices.SortFunc(percents, natural)
	percents, windows = slices.Compact(percents), byLength(windows)
	perBudget := func(share func(matchers map[string]string) promql.Expr) promql.Expr {
		var terms []promql.Expr
		for _, p := range percents {
			terms = append(terms, share(map[string]string{labelObjective: p}))
		}
		return promql.Or(terms...)
	}
	l.addRecord(names.BurnRate, "1", "times faster than allowed that the error budget went in "+l.library.Recent+", by objective",
		perBudget(func(m map[string]string) promql.Expr {
			return promql.DividedBy(selector(names.Ratio+l.library.Recent, m), budgets[m[labelObjective]])
		}))
	if l.tooShort(windows) {
		return
	}
	perWindow := func(term func(window string, matchers map[string]string) promql.Expr) promql.Expr {
		var terms []promql.Expr
		for _, w := range windows {
			terms = append(terms, term(w, map[string]string{labelWindow: w}))
		}
		return promql.Or(terms...)
	}
	for _, r := range []struct{ window, each, staged, help string }{
		{names.BadWindow, names.Bad, names.BadStaged, "bad events"},
		{names.TotalWindow, names.Total, names.TotalStaged, "events"},
	} {
		l.addRecord(r.window, "count", r.help+" over the window of the objective", perWindow(func(w string, m map[string]string) promql.Expr {
			e, scale := l.sum(r.each, r.staged, w, m)
			return promql.Scale(e, scale)
		}))
	}
	l.addRecord(names.Remaining, "1", "share of the error budget that is left, below 0 where more than it was spent",
		perBudget(func(m map[string]string) promql.Expr {
			return promql.Rest(promql.DividedBy(promql.Per(selector(names.BadWindow, m), selector(names.TotalWindow, m)), budgets[m[labelObjective]]))
		}))
	l.addRecord(names.Exhaustion, "seconds", "time until the error budget is spent, at the burn rate of "+l.library.Recent,
		perWindow(func(w string, m map[string]string) promql.Expr {
			left := promql.Scale(promql.AtLeastZero(selector(names.Remaining, m)), duration(w).Seconds())
			return promql.Per(left, selector(names.BurnRate, m))
		}))
}

// recordAllowances writes what burn rates and traffic are held against. They are
// numbers of objectives and pairs, so that one rule each serves all workloads.
func (l *lowering) recordAllowances() {
	rules := map[string]map[string]Rule{}
	add := func(name string, labels map[string]string, value float64, o objective) {
		labels[LabelCluster] = l.plan.Cluster.Name
		r := l.rule(Rule{Record: name, Labels: labels}, promql.Always(value))
		key := fmt.Sprint(labels)
		if rules[name] == nil {
			rules[name] = map[string]Rule{}
		}
		r.Origins = append(rules[name][key].Origins, o.origins()...)
		slices.Sort(r.Origins)
		r.Origins = slices.Compact(r.Origins)
		rules[name][key] = r
	}
	names := l.library.SLONames
	for _, o := range l.objectives {
		percent := o.labels()[labelObjective]
		add(names.Budget, map[string]string{labelObjective: percent}, Budget(o.percent), o)
		for _, p := range o.pairs {
			pair := map[string]string{labelWindow: o.window, labelBurn: p.Name, labelLong: p.Long}
			if o.policy != "" {
				pair[labelPolicy] = o.policy
			}
			add(names.Threshold, maps.Clone(pair), p.Factor, o)
			pair[labelObjective] = percent
			add(names.Floor, pair, p.Floor(o.percent, l.library.Floor.BadEvents), o)
		}
	}
	for name, each := range rules {
		out := lowered{group: names.Group, origin: Origin("library.sloNames." + name)}
		for _, key := range slices.Sorted(maps.Keys(each)) {
			out.rules = append(out.rules, each[key])
		}
		l.records[name] = out
	}
}

// tooShort says that no budget is recorded, since Prometheus keeps less than the
// shortest window of an objective. Longer ones that a target names are refused.
func (l *lowering) tooShort(windows []string) bool {
	if l.retained(windows[0]) {
		return false
	}
	l.in.Diags.Add(diag.Diagnostic{Code: codeRetention, Severity: diag.Warning,
		Pos: l.in.Pos("clusters", l.in.Cluster, "prometheus", "retention"),
		Message: fmt.Sprintf("cluster %q keeps %s of data and error budgets are those of %s: what is left of them is not recorded",
			l.in.Cluster, l.plan.Cluster.Prometheus.Retention, windows[0]),
		Hint: "raise prometheus.retention here if Prometheus keeps more"})
	return true
}
