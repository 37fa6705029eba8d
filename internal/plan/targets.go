package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// group is an expression with its numbers in, and whom it speaks of.
type group struct {
	expr promql.Expr
	// workloads or gpu model names that the expression is limited to; nil is
	// no limit.
	names []string
	label string // the label that names are matched on
	// values are the numbers as the user wrote them, for labels and texts.
	values  map[string]string
	origins []Origin
}

// targetGroups puts the numbers of targets in, one group for each distinct
// set of them: rules grow with targets, not with workloads. An expression
// that reads no target is one group without a limit.
func (l *lowering) targetGroups(e promql.Expr, kind string, at []string) []group {
	fields := placeholders(e, targetPrefix)
	if len(fields) == 0 {
		return []group{{expr: e}}
	}
	byValues := map[string]*group{}
	for _, w := range l.plan.Workloads {
		if kind != "" && w.Kind != kind {
			continue
		}
		numbers, texts, ok := targetsOf(w.SLO, fields)
		if !ok {
			continue
		}
		key := ""
		for _, f := range fields {
			key += texts[f] + "\x00"
		}
		g := byValues[key]
		if g == nil {
			g = &group{label: labelWorkload, values: texts, expr: promql.Numbers(e, func(series string) (float64, bool) {
				v, ok := numbers[strings.TrimPrefix(series, targetPrefix)]
				return v, ok && strings.HasPrefix(series, targetPrefix)
			})}
			byValues[key] = g
		}
		g.names = append(g.names, w.Name)
		slo, _, _ := strings.Cut(fields[0], ":")
		g.origins = append(g.origins, Origin("workloads."+w.Name+".slo."+slo))
	}
	l.checkTargets(fields, at)
	return sortedGroups(byValues)
}

// checkTargets reports a placeholder that no workload of any kind could fill.
func (l *lowering) checkTargets(fields, at []string) {
	known := map[string]bool{}
	for _, w := range l.plan.Workloads {
		for slo, t := range w.SLO {
			for f := range t {
				known[slo+":"+f] = true
			}
		}
	}
	if len(known) == 0 || at[0] != "library" || !l.fromUser(at) {
		return
	}
	for _, f := range fields {
		if !known[f] {
			l.placeholder(targetPrefix+f, slices.Collect(maps.Keys(known)), at)
		}
	}
}

// fromUser reports whether a library entry is the user's own.
func (l *lowering) fromUser(at []string) bool {
	return len(at) >= 3 && l.in.Has(at[:3]...)
}

// factGroups puts facts of GPU models in, one group for each distinct set.
func (l *lowering) factGroups(e promql.Expr, a model.Alert) []group {
	fields := placeholders(e, factPrefix)
	if len(fields) == 0 && a.Each == "" && len(a.Needs) == 0 {
		return []group{{expr: e}}
	}
	byValues := map[string]*group{}
	for _, i := range l.instances("gpu") {
		ok := true
		for fact, want := range a.Needs {
			ok = ok && i.texts[fact] == want
		}
		key, texts := "", map[string]string{}
		for _, f := range fields {
			v, has := i.numbers[f]
			ok = ok && has
			texts[f] = model.FormatNumber(v)
			key += texts[f] + "\x00"
		}
		if !ok {
			continue
		}
		if a.Each != "" {
			key = i.texts["name"]
		}
		g := byValues[key]
		if g == nil {
			g = &group{label: labelModelName, values: texts, expr: promql.Numbers(e, func(series string) (float64, bool) {
				v, ok := i.numbers[strings.TrimPrefix(series, factPrefix)]
				return v, ok && strings.HasPrefix(series, factPrefix)
			})}
			byValues[key] = g
		}
		g.names = append(g.names, i.texts["modelName"])
		g.origins = append(g.origins, i.origin)
	}
	return sortedGroups(byValues)
}

// labelModelName is the GPU model as DCGM reports it.
const labelModelName = "modelName"

func sortedGroups(by map[string]*group) []group {
	var out []group
	for _, key := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[key])
	}
	return out
}

// match limits every selector that carries the group's label to its names.
func (g group) match(l *lowering, e promql.Expr) promql.Expr {
	if g.names == nil {
		return e
	}
	names := slices.Clone(g.names)
	slices.Sort(names)
	return promql.Rewrite(e, func(e promql.Expr) promql.Expr {
		s, ok := e.(*promql.Selector)
		if !ok {
			return e
		}
		if level, ok := l.level(s.Name); ok && !slices.Contains(level.Labels, g.label) {
			return e
		}
		s = promql.Unmatch(s, promql.NotEqual, g.label)
		if len(names) == 1 {
			return promql.Match(s, promql.Equal, g.label, names[0])
		}
		return promql.Match(s, promql.Regexp, g.label, promql.Alternation(names))
	})
}

// targetsOf reads the targets of a workload; it reports false when one is
// absent or switched off.
func targetsOf(slo model.SLO, fields []string) (map[string]float64, map[string]string, bool) {
	numbers, texts := map[string]float64{}, map[string]string{}
	for _, f := range fields {
		name, field, _ := strings.Cut(f, ":")
		t := slo[name]
		v, ok := t.Number(field)
		if !ok || !t.Enabled() {
			return nil, nil, false
		}
		numbers[f], texts[f] = v, t.Text(field)
	}
	return numbers, texts, true
}

// placeholders lists the placeholders of one kind in an expression, sorted.
func placeholders(e promql.Expr, prefix string) []string {
	var out []string
	for _, s := range promql.Selectors(e) {
		if name, ok := strings.CutPrefix(s.Name, prefix); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
