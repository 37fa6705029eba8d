package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// written is a text of a panel, and the field that it comes from.
type written struct {
	text  string
	field []string
}

// texts are those in which Grafana replaces variables, and that are no query.
func (s shown) texts() []written {
	out := []written{{s.Title, []string{"title"}}, {s.Description, []string{"description"}}}
	for i, t := range s.Targets {
		out = append(out, written{t.LegendFormat, s.query(i, "legend")})
	}
	return out
}

// variables checks that each that is asked for is declared, and each that is
// declared asked for.
func (q *queries) variables(b *page) {
	several, asked := map[string]bool{}, map[string]bool{sourceVariable: true}
	for _, v := range b.Templating.List {
		if _, twice := several[v.Name]; twice {
			q.tell(diag.Diagnostic{Code: codeVariable, Message: fmt.Sprintf("dashboard %s: it declares the variable %s twice", b.from.Name, v.Name)},
				q.source.Part("", "library", "dashboards", b.from.Name, "variables"))
		}
		several[v.Name] = v.Multi || v.IncludeAll
	}
	declared := slices.Sorted(maps.Keys(several))
	ask := func(expr string, tell func(name, hint, format string, args ...any)) {
		for _, name := range promql.GrafanaVariables(expr) {
			asked[name] = true
			if _, ok := several[name]; ok || strings.HasPrefix(name, "__") || isNumber(name) {
				continue
			}
			tell(name, diag.DidYouMean(name, declared), "it asks for the variable $%s, which the dashboard has not", name)
		}
		e, faults := promql.Parse(expr)
		if len(faults) > 0 {
			return // a text, or told when it was written
		}
		for _, s := range promql.Selectors(e) {
			for _, m := range s.LabelMatchers {
				for _, name := range promql.GrafanaVariables(m.Value) {
					if several[name] && (m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual) {
						tell(name, fmt.Sprintf("write %s=~\"$%s\"", m.Name, name), "$%s may be several values, and %s compares with one", name, m)
					}
				}
			}
		}
	}
	for _, s := range b.shown {
		for i, t := range s.Targets {
			ask(t.Expr, func(name, hint, format string, args ...any) {
				q.fault(s, codeVariable, "$"+name, s.query(i, "expr"), hint, format, args...)
			})
		}
		for _, t := range s.texts() {
			// Without braces it may be a sum of money.
			for _, part := range braced.FindAllString(t.text, -1) {
				ask(part, func(name, hint, format string, args ...any) {
					q.fault(s, codeVariable, part, t.field, hint, format, args...)
				})
			}
			for _, name := range promql.GrafanaVariables(t.text) {
				asked[name] = true
			}
		}
	}
	inFile := func(what string) func(name, hint, format string, args ...any) {
		return func(_, _, format string, args ...any) {
			q.add(codeVariable, b.file, what+": "+format, args...)
		}
	}
	for _, v := range b.Templating.List {
		if selector, _, ok := promql.LabelValues(v.Query); ok {
			ask(selector, inFile("variable "+v.Name))
		}
	}
	for _, a := range b.Annotations.List {
		ask(a.Expr, inFile("annotation "+a.Name))
	}
	for _, name := range declared {
		if !asked[name] {
			q.add(codeVariable, b.file, "nothing asks for the variable %s", name)
		}
	}
}

// isNumber reports whether a name is a group of label_replace, as $1 is.
func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }
