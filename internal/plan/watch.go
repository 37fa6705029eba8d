package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// warnUnwatched says which workloads an alert on a target cannot see: their
// engine has no series for it, though another's may.
func (l *lowering) warnUnwatched(e promql.Expr, kind string, targets []string) {
	name, _, _ := strings.Cut(targets[0], ":")
	for _, w := range l.plan.Workloads {
		if kind != "" && w.Kind != kind {
			continue
		}
		if _, _, ok := targetsOf(w.SLO, targets); !ok || l.watches(e, w, nil) {
			continue
		}
		l.unwatched(name, w.Name)
	}
}

// unwatched says that nothing measures a target of some workloads.
func (l *lowering) unwatched(slo string, workloads ...string) {
	for _, w := range l.plan.Workloads {
		if slices.Contains(workloads, w.Name) {
			l.in.Diags.Add(diag.Diagnostic{Code: codeUnwatched, Severity: diag.Warning, Pos: l.in.LabelPos("workloads", w.Name, "slo", slo),
				Message: fmt.Sprintf("%s of %s is not watched: %s %s has not every series that it needs", slo, w.Name, w.Engine.Name, w.Engine.Version),
				Hint:    fmt.Sprintf("write slo: %s: enabled: false to say that this is meant", slo) + l.flagsHint(w)})
		}
	}
}

// flagsHint names the settings that an engine would need for signals that it could
// have.
func (l *lowering) flagsHint(w Workload) string {
	e := l.in.Catalog.Exporters[w.Exporter]
	var needs []string
	for _, bindings := range e.Signals {
		for _, b := range bindings {
			if m, ok := boundMetric(w.Exporter, e, b.Series); ok {
				if reason, _ := w.Running().Lacks(m.Metric, m.Entry); reason == catalog.NotEnabled && !slices.Contains(needs, m.Entry.OptIn) {
					needs = append(needs, m.Entry.OptIn)
				}
			}
		}
	}
	if len(needs) == 0 {
		return ""
	}
	slices.Sort(needs)
	return fmt.Sprintf("; if the engine runs with %s, say so in engine: flags", `"`+strings.Join(needs, `" or "`)+`"`)
}

// watches reports whether a query has a series for a workload: it follows
// recorded names down to the signals that the workload's engine binds.
func (l *lowering) watches(e promql.Expr, w Workload, path []string) bool {
	i := slices.IndexFunc(l.sources, func(s source) bool { return slices.Contains(s.workloads, w.Name) })
	return promql.Prune(e, func(s *promql.Selector) bool {
		if signal, _, ok := l.signalOf(s.Name); ok {
			from := l.sources[i]
			if l.library.Signals[signal].Of != w.Kind {
				from = l.sources[0]
			}
			_, bound := l.binding(signal, from)
			return bound
		}
		r, ok := l.library.Records[s.Name]
		if !ok || slices.Contains(path, s.Name) {
			return true
		}
		inner, faults := promql.Parse(r.Expr)
		return len(faults) > 0 || l.watches(inner, w, append(slices.Clone(path), s.Name))
	}) != nil
}
