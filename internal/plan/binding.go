package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// signalOf splits signal:ttft_bucket into the signal and the suffix of its
// histogram.
func (l *lowering) signalOf(name string) (signal, suffix string, ok bool) {
	name, ok = strings.CutPrefix(name, signalPrefix)
	if !ok {
		return "", "", false
	}
	if _, ok := l.library.Signals[name]; ok {
		return name, "", true
	}
	for _, suffix := range catalog.HistogramParts {
		if base, ok := strings.CutSuffix(name, suffix); ok && l.library.Signals[base].Type == "histogram" {
			return base, suffix, true
		}
	}
	return name, "", true
}

// bind gives each signal of an expression its series, once for each source
// that the expression's signals come from. Sources whose result is the same
// count once; a source that lacks a series gives nothing.
func (l *lowering) bind(e promql.Expr, sources []source, at []string) []promql.Expr {
	kinds := map[string]bool{}
	known := true
	for _, s := range promql.Selectors(e) {
		signal, _, ok := l.signalOf(s.Name)
		if !ok {
			continue
		}
		declared, ok := l.library.Signals[signal]
		if !ok {
			l.placeholder(s.Name, slices.Collect(maps.Keys(l.library.Signals)), at)
			known = false
			continue
		}
		kinds[declared.Of] = true
	}
	if !known {
		return nil
	}
	if len(kinds) == 0 {
		return []promql.Expr{e}
	}
	var out []promql.Expr
	seen := map[string]bool{}
	for _, src := range sources {
		if !kinds[src.of] {
			continue
		}
		bound := l.bindTo(e, src)
		if bound == nil || seen[bound.String()] {
			continue
		}
		seen[bound.String()] = true
		out = append(out, bound)
	}
	return out
}

// bindTo binds to one source; signals of other kinds have no series there.
func (l *lowering) bindTo(e promql.Expr, src source) promql.Expr {
	e = promql.Prune(e, func(s *promql.Selector) bool {
		signal, _, ok := l.signalOf(s.Name)
		if !ok {
			return true
		}
		_, ok = l.binding(signal, src)
		return ok
	})
	if e == nil {
		return nil
	}
	return promql.Bind(e, func(s *promql.Selector) (promql.Reading, bool) {
		signal, suffix, ok := l.signalOf(s.Name)
		if !ok {
			return promql.Reading{}, false
		}
		b, _ := l.binding(signal, src)
		out := promql.Reading{Factor: b.Scale, Repeated: b.Repeated}
		others := l.readOtherwise(signal, b, src)
		for _, text := range append([]string{b.Series}, b.With...) {
			series, _ := promql.Parse(text)
			to := *series.(*promql.Selector)
			renamed := promql.Rename(s, promql.Suffixed(&to, suffix))
			// A router may report its engines' names again: what we scrape as a
			// workload is the workload's own.
			if src.of == model.OfGPU {
				renamed = promql.Match(renamed, promql.Equal, LabelExporter, GPUExporter)
			} else if !promql.Matches(renamed, labelWorkload) {
				renamed = promql.Match(renamed, promql.NotEqual, labelWorkload, "")
			}
			if len(others) > 0 {
				renamed = promql.Narrow(renamed, promql.NotRegexp, labelWorkload, promql.Alternation(others))
			}
			out.Series = append(out.Series, renamed)
		}
		return out, true
	})
}

// readOtherwise lists the workloads whose version of the exporter has the series of a
// binding too, and is read by another one, or by none: their series of that name are
// not the signal, or are a part of what is read of them already. Where both have the
// same labels "or" takes one of the two, and nothing need be said.
func (l *lowering) readOtherwise(signal string, b model.Binding, src source) []string {
	exporter := l.in.Catalog.Exporters[src.exporter]
	labels := func(series string) []string {
		m, _ := boundMetric(src.exporter, exporter, series)
		return slices.Sorted(slices.Values(m.Entry.Labels))
	}
	var out []string
	for _, other := range l.sources {
		if other.exporter != src.exporter || !other.has(exporter, b.Series) {
			continue
		}
		theirs, ok := l.binding(signal, other)
		if !ok || theirs.Series != b.Series && !slices.Equal(labels(theirs.Series), labels(b.Series)) {
			out = append(out, other.workloads...)
		}
	}
	slices.Sort(out)
	return out
}

// bindings say how each source's signals are read.
func (l *lowering) bindings() []Source {
	var out []Source
	for _, src := range l.sources {
		l.checkBound(src.exporter)
		s := Source{Of: src.of, Exporter: src.exporter, Running: src.running, Workloads: src.workloads, Bindings: map[string]model.Binding{}}
		for name, signal := range l.library.Signals {
			if b, ok := l.binding(name, src); ok && signal.Of == src.of {
				s.Bindings[name] = b
			}
		}
		out = append(out, s)
	}
	return out
}

// checkBound refuses a binding to a metric that the exporter has in no version:
// the signal would be gone without a word, and its alerts with it.
func (l *lowering) checkBound(name string) {
	e := l.in.Catalog.Exporters[name]
	for _, signal := range slices.Sorted(maps.Keys(e.Signals)) {
		for _, b := range e.Signals[signal] {
			for _, series := range append([]string{b.Series}, b.With...) {
				if found, ok := boundMetric(name, e, series); !ok {
					l.in.Diags.Add(diag.Diagnostic{Code: codeUnknownName, // the catalogue has no place in the spec
						Message: fmt.Sprintf("the signal %s is bound to %s, and %s has no such metric in any version", signal, series, e.Title),
						Hint:    diag.DidYouMean(found.Metric, slices.Collect(maps.Keys(e.Metrics)))})
				}
			}
		}
	}
}

// binding picks the first way to read a signal that the source has.
func (l *lowering) binding(signal string, src source) (model.Binding, bool) {
	exporter := l.in.Catalog.Exporters[src.exporter]
	for _, b := range exporter.Signals[signal] {
		lacks := func(series string) bool { return !src.has(exporter, series) }
		if catalog.AtLeast(src.running.Version, b.Since) && !slices.ContainsFunc(append([]string{b.Series}, b.With...), lacks) {
			return b, true
		}
	}
	return model.Binding{}, false
}

// has reports whether the source exposes what a selector of a binding reads.
func (s source) has(exporter model.Exporter, series string) bool {
	found, ok := boundMetric(s.exporter, exporter, series)
	return ok && s.running.Has(found.Metric, found.Entry)
}

// boundMetric is the metric that a selector of a binding reads.
func boundMetric(name string, e model.Exporter, selector string) (catalog.Series, bool) {
	expr, faults := promql.Parse(selector)
	if len(faults) > 0 {
		return catalog.Series{}, false
	}
	return catalog.Bound(name, e, expr.(*promql.Selector).Name)
}
