package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// sloGroup is an objective that several workloads share.
type sloGroup struct {
	name      string // the SLO's key
	slo       model.SLORule
	target    string  // as the user wrote it; "" for error ratios
	value     float64 // the target in the histogram's unit
	objective float64
	workloads []string
	estimate  string // how a target between two edges is measured, or ""
}

// labels identify the group's recorded series.
func (g sloGroup) labels() map[string]string {
	out := map[string]string{"slo": g.name, "objective": model.FormatNumber(g.objective)}
	if g.target != "" {
		out["target"] = g.target
	}
	return out
}

func (g sloGroup) origins() []Origin {
	out := []Origin{Origin("library.slos." + g.name)}
	for _, w := range g.workloads {
		out = append(out, Origin("workloads."+w+".slo."+g.name))
	}
	return out
}

// lowerSLOs records the bad events and all events of each objective. The
// windows over them are records of the library.
func (l *lowering) lowerSLOs() {
	for _, g := range l.sloGroups() {
		at := []string{"library", "slos", g.name}
		total := l.parse(g.slo.Total, append(at, "total")...)
		good, bad := l.parseOptional(g.slo.Good, append(at, "good")), l.parseOptional(g.slo.Bad, append(at, "bad"))
		if total == nil || good == nil && bad == nil {
			continue
		}
		l.recordSLO(&g, good, bad, total)
	}
}

// measured is how some of a group's workloads are measured.
type measured struct {
	bad, total promql.Expr
	workloads  []string
}

// recordSLO measures a group on each engine that its workloads run. Engines
// that expose the same series share a term.
func (l *lowering) recordSLO(g *sloGroup, good, bad, total promql.Expr) {
	var all []*measured
	for _, src := range l.sources {
		members := intersect(src.workloads, g.workloads)
		if src.of != g.slo.Kind || len(members) == 0 {
			continue
		}
		boundTotal := l.bindTo(total, src)
		if boundTotal == nil {
			l.unwatched(g.name, members...)
			continue
		}
		boundBad := l.badEvents(g, good, bad, boundTotal, src, members)
		if boundBad == nil {
			continue
		}
		same := slices.IndexFunc(all, func(m *measured) bool {
			return m.bad.String() == boundBad.String() && m.total.String() == boundTotal.String()
		})
		if same >= 0 {
			all[same].workloads = append(all[same].workloads, members...)
		} else {
			all = append(all, &measured{boundBad, boundTotal, members})
		}
	}
	var bads, totals []promql.Expr
	for _, m := range all {
		limited := group{names: m.workloads, label: labelWorkload}
		bads, totals = append(bads, limited.match(l, m.bad)), append(totals, limited.match(l, m.total))
	}
	if len(bads) == 0 {
		return
	}
	l.addSLORecord(*g, l.library.SLONames.Bad, promql.Or(bads...))
	l.addSLORecord(*g, l.library.SLONames.Total, promql.Or(totals...))
	l.objectives = append(l.objectives, *g)
}

// badEvents are the bad events a second on one source.
func (l *lowering) badEvents(g *sloGroup, good, bad, total promql.Expr, src source, members []string) promql.Expr {
	if bad != nil {
		bound := l.bindTo(bad, src)
		if bound == nil {
			l.unwatched(g.name, members...)
			return nil
		}
		return bound
	}
	bound := l.bindTo(good, src)
	buckets := l.buckets(good, src)
	if bound == nil || buckets == nil {
		l.unwatched(g.name, members...)
		return nil
	}
	edges, ok := promql.Between(buckets, g.value)
	if !ok {
		for _, w := range members {
			l.in.Diags.Add(diag.Diagnostic{Code: codeUnreachable, Pos: l.in.Pos("workloads", w, "slo", g.name, g.slo.Field),
				Message: fmt.Sprintf("%s of %s: the last bucket of %s %s ends at %s s, so a target of %s s cannot be measured",
					g.name, w, src.exporter, src.running.Version, model.FormatNumber(slices.Max(buckets)), model.FormatNumber(g.value)),
				Hint: "choose a target below the last bucket"})
		}
		return nil
	}
	if !edges.Exact() {
		asked := ""
		if g.slo.Invert {
			asked = fmt.Sprintf("A speed of %s is %s s for each; ", g.target, seconds(g.value))
		}
		g.estimate = asked + fmt.Sprintf("%s s lies between the bucket edges %s s and %s s: the share is an estimate on the straight line between them, as the percentile panel draws it.",
			seconds(g.value), model.FormatNumber(edges.Lower), model.FormatNumber(edges.Upper))
	}
	return promql.Minus(total, promql.Below(bound, edges))
}

// buckets finds the edges of the histogram that a query asks for its target.
func (l *lowering) buckets(good promql.Expr, src source) []float64 {
	for _, s := range promql.Selectors(good) {
		if signal, _, ok := l.signalOf(s.Name); ok {
			if b, ok := l.binding(signal, src); ok {
				e, _ := promql.Parse(b.Series)
				return l.in.Catalog.Exporters[src.exporter].Metrics[e.(*promql.Selector).Name].Buckets
			}
		}
	}
	return nil
}

func (l *lowering) addSLORecord(g sloGroup, name string, e promql.Expr) {
	r := l.records[name]
	r.group, r.origin = g.slo.Group, Origin("library.slos."+g.name)
	r.rules = append(r.rules, l.rule(Rule{Record: name, Labels: g.labels(), Origins: g.origins()}, e))
	l.records[name] = r
}

// burns lists the pairs of windows, fastest first.
func (l *lowering) burns() []string {
	return slices.SortedFunc(maps.Keys(l.library.Burn), func(a, b string) int {
		x, _ := model.Seconds(l.library.Burn[a].Long)
		y, _ := model.Seconds(l.library.Burn[b].Long)
		return int(x - y)
	})
}

// sloGroups collects the workloads of each distinct objective.
func (l *lowering) sloGroups() []sloGroup {
	var out []sloGroup
	for _, name := range slices.Sorted(maps.Keys(l.library.SLOs)) {
		slo := l.library.SLOs[name]
		by := map[string]*sloGroup{}
		for _, w := range l.plan.Workloads {
			t := w.SLO[name]
			objective, ok := t.Number("objective")
			if w.Kind != slo.Kind || !ok || !t.Enabled() {
				continue
			}
			g := sloGroup{name: name, slo: slo, objective: objective}
			if slo.Field != "" {
				g.value, _ = t.Number(slo.Field)
				g.target = t.Text(slo.Field)
				if slo.Invert {
					g.value = 1 / g.value
				}
			}
			key := g.target + " " + model.FormatNumber(objective)
			if by[key] == nil {
				by[key] = &g
			}
			by[key].workloads = append(by[key].workloads, w.Name)
		}
		for _, key := range slices.Sorted(maps.Keys(by)) {
			out = append(out, *by[key])
		}
	}
	return out
}

// reachable lists the pairs of windows that can alert on an objective. With a
// large budget the fast ones would need more than all events to be bad; they
// are left out, and the build says so.
func (l *lowering) reachable(g sloGroup) []string {
	var out []string
	for _, name := range l.burns() {
		b := l.library.Burn[name]
		threshold := burnThreshold(b, g.objective)
		if threshold < 1 {
			out = append(out, name)
			continue
		}
		for _, w := range g.workloads {
			l.in.Diags.Add(diag.Diagnostic{Code: codeUnreachable, Severity: diag.Warning, Pos: l.in.Pos("workloads", w, "slo", g.name, "objective"),
				Message: fmt.Sprintf("%s of %s: an objective of %s %% leaves %s %% of bad events; the %s alert fires at %s times that, %s %%, which cannot happen: it is left out",
					g.name, w, model.FormatNumber(g.objective), model.FormatNumber(roundTo(100-g.objective)), name,
					model.FormatNumber(b.Factor), model.FormatNumber(roundTo(100*threshold))),
				Hint: fmt.Sprintf("an objective above %.2f has it", math.Ceil(10000*(1-1/b.Factor))/100)})
		}
	}
	return out
}

// burnThreshold is the share of bad events at which a pair of windows alerts.
func burnThreshold(b model.Burn, objective float64) float64 {
	return roundTo(b.Factor * (100 - objective) / 100)
}

// times says a factor in a sentence.
func times(factor float64) string {
	if factor == 1 {
		return "more than"
	}
	return model.FormatNumber(factor) + " times"
}

// seconds prints a time that people read: four digits are enough.
func seconds(v float64) string {
	text, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil {
		return model.FormatNumber(v)
	}
	return model.FormatNumber(text)
}

// roundTo keeps ten digits, so that 0.1 + 0.2 reads as 0.3.
func roundTo(v float64) float64 {
	scale := math.Pow(10, 10-math.Ceil(math.Log10(math.Abs(v)+1e-300)))
	return math.Round(v*scale) / scale
}

// burnAlerts writes the alerts of the objectives that are measured.
func (l *lowering) burnAlerts() []lowered {
	var out []lowered
	for _, g := range l.objectives {
		for _, name := range l.reachable(g) {
			if rule, ok := l.burnAlert(g, name); ok {
				out = append(out, lowered{rules: []Rule{rule}, group: g.slo.Group, origin: Origin("library.slos." + g.name)})
			}
		}
	}
	return out
}

func (l *lowering) burnAlert(g sloGroup, name string) (Rule, bool) {
	b := l.library.Burn[name]
	tuning, tuned := l.in.Spec.Alerts[g.slo.Alert]
	if tuned && !tuning.Enabled {
		return Rule{}, false
	}
	threshold := burnThreshold(b, g.objective)
	floor := math.Ceil(float64(l.library.Floor.BadEvents) / threshold)
	on := append(slices.Clone(l.library.Levels[labelWorkload].Labels), "slo", "target", "objective")
	series := func(prefix, window string) promql.Expr {
		s := promql.Named(prefix + window)
		for _, k := range slices.Sorted(maps.Keys(g.labels())) {
			s = promql.Match(s, promql.Equal, k, g.labels()[k])
		}
		return s
	}
	names := l.library.SLONames
	e := promql.And(
		promql.And(promql.Above(series(names.Ratio, b.Long), threshold), promql.Above(series(names.Ratio, b.Short), threshold), on),
		promql.AtLeast(series(names.Events, b.Long), floor), on)
	severity := b.Severity
	if tuning.Severity != "" {
		severity = tuning.Severity
	}
	r := Rule{Alert: g.slo.Alert, For: b.For, Labels: l.alertLabels(severity, "team"), Origins: g.origins(),
		Of: slices.Sorted(slices.Values(g.workloads)), OfLabel: labelWorkload}
	if tuning.For != "" {
		r.For = tuning.For
	}
	for k, v := range g.labels() {
		r.Labels[k] = v
	}
	r.Labels["burn"] = name
	what := g.slo.Title
	if g.target != "" {
		what += map[bool]string{true: " over ", false: " under "}[g.slo.Invert] + g.target
	}
	description := fmt.Sprintf("%s: %s %% of %s are promised. Over %s and over %s more than %s %% missed it, %s what the budget of 30 days allows.",
		what, model.FormatNumber(g.objective), g.slo.Noun, b.Long, b.Short, model.FormatNumber(roundTo(threshold*100)), times(b.Factor))
	if g.estimate != "" {
		description += " " + g.estimate
	}
	r.Annotations = l.annotations(g.slo.Dashboard, map[string]string{
		"summary":     fmt.Sprintf("{{ $labels.workload }} misses its %s: {{ $value | humanizePercentage }} of %s", g.slo.Title, g.slo.Noun),
		"description": description,
		"reason":      fmt.Sprintf("%s At least %s %s in %s, so that %d of them are bad before anybody is called.", g.slo.Why, model.FormatNumber(floor), g.slo.Noun, b.Long, l.library.Floor.BadEvents),
		"action":      g.slo.Action,
	})
	return l.rule(r, e), true
}

func (l *lowering) parseOptional(text string, at []string) promql.Expr {
	if text == "" {
		return nil
	}
	return l.parse(text, at...)
}

func intersect(a, b []string) []string {
	var out []string
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
