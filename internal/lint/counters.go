package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// exporterOfCounters reads them.
const exporterOfCounters = catalog.DCGM

// kinds of a counter that the exporter takes.
var kinds = []string{"gauge", "counter", "label", "histogram", "summary"}

// countersFiles checks the counters files, and takes what they collect for what
// DCGM exports here.
func (l *linter) countersFiles(files []counters) {
	if len(files) == 0 {
		return
	}
	collected := map[string]bool{}
	for _, f := range files {
		seen := map[string]bool{}
		for _, row := range f.rows {
			l.counter(f.src, row, seen)
			collected[row.field.Value] = true
		}
	}
	runs := slices.Clone(l.Running[exporterOfCounters])
	for i := range runs {
		runs[i].Counters = collected
	}
	l.Running = maps.Clone(l.Running)
	l.Running[exporterOfCounters] = runs
}

// counter tells what is wrong with a row; seen are the fields of those before.
func (l *linter) counter(src *source, row counterRow, seen map[string]bool) {
	add := func(t Text, severity diag.Severity, hint, format string, args ...any) {
		l.diags.Add(diag.Diagnostic{Code: codeCounters, Severity: severity, Pos: src.all(t), Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	field := row.field.Value
	if row.columns != 3 {
		hint := ""
		switch {
		case strings.HasPrefix(field, "#"):
			hint = "a comment begins at the start of its line"
		case row.columns > 3:
			hint = "a comma in the text needs quotes around it"
		}
		add(row.field, diag.Error, hint, "%q is a row of %s, and the exporter takes three: field, type, text", field, columns(row.columns))
		return
	}
	if seen[field] {
		add(row.field, diag.Warning, "", "%s is collected twice", field)
	}
	seen[field] = true
	if !slices.Contains(kinds, row.kind.Value) {
		add(row.kind, diag.Error, diag.DidYouMean(row.kind.Value, kinds), "%s has the type %q, which the exporter does not know", field, row.kind.Value)
		return
	}
	e := l.Catalog.Exporters[exporterOfCounters]
	m, ok := e.Metrics[field]
	for _, r := range l.Running[exporterOfCounters] {
		switch {
		case !ok && row.kind.Value != "label":
			hint := ""
			if near := l.Catalog.Nearest(field); len(near) > 0 {
				hint = fmt.Sprintf("did you mean %q?", near[0])
			}
			add(row.field, diag.Error, hint, "%s %s has no field %s: it refuses to start with it", e.Title, r.Version, field)
		case ok:
			r.Counters = nil
			if reason, why := r.Lacks(field, m); reason == catalog.Removed || reason == catalog.NotYet {
				add(row.field, diag.Error, "", "%s is not there in %s %s: it %s, and the exporter ends at its start", field, e.Title, r.Version, why)
			}
		}
	}
	if ok && row.kind.Value != "label" && m.Type != row.kind.Value {
		add(row.kind, diag.Warning, fmt.Sprintf("write %s", m.Type), "%s is a %s, and is exposed here as a %s", field, m.Type, row.kind.Value)
	}
}

func columns(n int) string {
	if n == 1 {
		return "one column"
	}
	return fmt.Sprintf("%d columns", n)
}
