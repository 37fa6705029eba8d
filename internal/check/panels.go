package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// asked types the queries of a dashboard, and what shows them.
func (q *queries) asked(b *page) {
	for _, v := range b.Templating.List {
		selector, label, ok := promql.LabelValues(v.Query)
		if v.Type != "query" || !ok {
			continue
		}
		reader := "variable " + b.from.Name + "/" + v.Name
		if t, ok := q.query(selector, typecheck.InVariable, reader, ours); ok {
			q.carries(t, label, "variable shows", reader, ours)
		}
	}
	for _, a := range b.Annotations.List {
		reader := "annotation " + b.from.Name + "/" + a.Name
		t, ok := q.query(a.Expr, typecheck.InPanel, reader, ours)
		for _, label := range promql.LegendLabels(a.TitleFormat + a.TextFormat) {
			if ok {
				q.carries(t, label, "annotation shows", reader, ours)
			}
		}
	}
	for _, s := range b.shown {
		q.panel(s)
	}
}

// named are the kinds of panel that write a name beside each series.
var named = []string{"timeseries", "stat", "bargauge", "state-timeline"}

// ours is the place of a text that no user wrote.
func ours(string) diag.Pos { return diag.Pos{} }

func (q *queries) panel(s shown) {
	f := fieldsOf(s.panel)
	for _, ref := range f.unknown {
		q.fault(s, codeDashboard, "", nil, "", "it names the values of the query %s, which it has not", ref)
	}
	for i, t := range s.Targets {
		at := q.in(s.path(s.query(i, "expr")...)...)
		kind, ok := q.query(t.Expr, typecheck.InPanel, s.reader, at)
		if !ok {
			continue
		}
		if unit := s.unit(t.RefID, f); f.shows(t.RefID) {
			field := []string{"unit"}
			if unit != s.FieldConfig.Defaults.Unit || s.Type == "heatmap" {
				field = s.query(i, "unit")
			}
			if found, bad := q.world.Shows(kind, unit); bad {
				q.report(found, s.reader, q.in(s.path(field...)...), "")
			}
		}
		if s.Type == "heatmap" {
			if found, bad := q.world.ShowsBuckets(kind, s.Options.YAxis.Unit); bad {
				q.report(found, s.reader, q.in(s.path("unit")...), "")
			}
		}
		if t.LegendFormat == "" && slices.Contains(named, s.Type) && !kind.Single() {
			q.fault(s, codeDashboard, "", s.query(i, "expr"), "write a legend such as {{cluster}}/{{workload}}",
				"query %s may have several series, and no legend tells them apart", t.RefID)
		}
		for _, label := range promql.LegendLabels(t.LegendFormat) {
			q.carries(kind, label, "legend shows", s.reader, q.in(s.path(s.query(i, "legend")...)...))
		}
		for _, label := range f.labels {
			q.carries(kind, label, s.from.Kind+" shows", s.reader, q.in(s.path(s.shows(label)...)...))
		}
		for _, l := range s.linksOf(t.RefID) {
			for _, m := range linkedLabel.FindAllStringSubmatch(l.URL, -1) {
				q.carries(kind, m[1]+m[2], "link takes", s.reader, q.in(s.path(s.link(l)...)...))
			}
		}
		e, _ := promql.Parse(t.Expr)
		for _, span := range promql.FixedRates(e) {
			rate := t.Expr[span[0]:span[1]]
			q.tell(diag.Diagnostic{Code: codeFixedRate, Severity: diag.Warning, Hint: "write [$__rate_interval]",
				Message: fmt.Sprintf("%s: %s leaves out what lies between two points, once somebody zooms out so far that they are further apart", s.reader, rate)},
				at(rate[strings.LastIndex(rate, "["):len(rate)-1]))
		}
	}
}

// shows is the field of a table or a grid that shows a label.
func (s shown) shows(label string) []string {
	switch label {
	case s.from.RowLabel:
		return []string{"rows"}
	case s.from.Across:
		return []string{"across"}
	}
	return []string{"columns", label}
}

// carries checks that the series of a type may have a label that is shown.
func (q *queries) carries(t typecheck.Type, label, what, reader string, at place) {
	if f, bad := q.world.Lacks(t, label); bad {
		f.Message = fmt.Sprintf("the %s the label %s, and %s", what, label, f.Message)
		q.report(f, reader, at, label)
	}
}
