package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// Words of Grafana.
const (
	gridColumns = 24
	// maxUID is the longest uid that Grafana's database takes.
	maxUID = 40
	// maxBytes of a dashboard: what is longer nobody could read either, and as a
	// Kubernetes object it must stay below a mebibyte.
	maxBytes = 250_000
	// sourceVariable chooses the data source.
	sourceVariable = "datasource"
	prometheus     = "prometheus"
)

// dashboards reads the finished dashboards as Grafana does: each is whole, asks
// for what exists, and leads to what is there.
func (q *queries) dashboards(files []artifact.File) {
	all := pages(q.plan, files, q.add)
	byUID := map[string]*page{}
	for _, b := range all {
		if other := byUID[b.UID]; other != nil {
			q.add(codeDashboard, b.file, "its uid %q is that of %s", b.UID, other.file)
		}
		byUID[b.UID] = b
	}
	for _, d := range q.plan.Dashboards {
		if byUID[d.UID] == nil {
			q.add(codeDashboard, "dashboards", "no file has the dashboard %s with the uid %q", d.Name, d.UID)
		}
	}
	for _, b := range all {
		q.whole(b)
		q.grid(b)
		q.shownAsWritten(b)
		q.asked(b)
		q.variables(b)
		q.costs(b)
		q.lead(b, byUID)
	}
}

// fault tells what is wrong with a panel, at a part of one of its fields.
func (q *queries) fault(s shown, code, part string, field []string, hint, format string, args ...any) {
	q.tell(diag.Diagnostic{Code: code, Message: s.reader + ": " + fmt.Sprintf(format, args...), Hint: hint}, q.source.Part(part, s.path(field...)...))
}

// query is the path of a query of the panel.
func (s shown) query(i int, field string) []string {
	if i >= len(s.from.Asked) {
		return nil
	}
	return []string{"queries", strconv.Itoa(s.from.Asked[i]), field}
}

// whole checks that nothing is missing that a reader or Grafana needs.
func (q *queries) whole(b *page) {
	add := func(format string, args ...any) { q.add(codeDashboard, b.file, format, args...) }
	if b.UID == "" || len(b.UID) > maxUID {
		add("its uid %q has not 1 to %d characters", b.UID, maxUID)
	}
	if strings.TrimSpace(b.Title) == "" {
		q.tell(diag.Diagnostic{Code: codeDashboard, Message: "dashboard " + b.from.Name + ": it has no text in title"}, q.source.Part("", b.path("title")...))
	}
	if v := b.Templating.List; len(v) == 0 || v[0].Name != sourceVariable || v[0].Type != sourceVariable || v[0].Query != prometheus {
		add("its first variable does not choose a Prometheus")
	}
	for _, v := range b.Templating.List {
		if v.Type == "query" {
			chosen(v.Datasource, func(what string) { add("variable %s %s", v.Name, what) })
		}
	}
	for _, a := range b.Annotations.List {
		if a.Expr != "" {
			chosen(a.Datasource, func(what string) { add("annotation %s %s", a.Name, what) })
		}
	}
	planned := 0
	for _, r := range b.from.Rows {
		planned += len(r.Panels)
	}
	if len(b.shown) != planned {
		add("it has %d panels, and the plan %d", len(b.shown), planned)
	}
	for _, s := range b.shown {
		for _, text := range []struct{ field, value string }{
			{"title", s.Title}, {"description", s.Description}, {"unit", s.FieldConfig.Defaults.Unit}, {"empty", s.FieldConfig.Defaults.NoValue},
		} {
			if strings.TrimSpace(text.value) == "" {
				q.fault(s, codeDashboard, "", []string{text.field}, "", "it has no text in %s", text.field)
			}
		}
		q.units(s)
		chosen(s.Datasource, func(what string) { q.fault(s, codeDashboard, "", nil, "", "%s", what) })
		if len(s.Targets) == 0 {
			q.fault(s, codeDashboard, "", []string{"queries"}, "", "it has no query")
		}
		refs := map[string]bool{}
		for i, t := range s.Targets {
			chosen(t.Datasource, func(what string) { q.fault(s, codeDashboard, "", nil, "", "query %s %s", t.RefID, what) })
			if t.RefID == "" || refs[t.RefID] {
				q.fault(s, codeDashboard, "", nil, "", "query %d has the reference id %q, which is empty or another's", i+1, t.RefID)
			}
			refs[t.RefID] = true
			if t.Expr == "" {
				q.fault(s, codeDashboard, "", s.query(i, "expr"), "", "query %s is empty", t.RefID)
			}
		}
	}
}

// chosen checks that a data source is the one that the reader chose.
func chosen(d dataSource, tell func(what string)) {
	if d.Type != prometheus || d.UID != "$"+sourceVariable {
		tell(fmt.Sprintf("asks the data source %q of type %q, want $%s", d.UID, d.Type, sourceVariable))
	}
}

// units checks that Grafana knows the units of a panel.
func (q *queries) units(s shown) {
	known := func(unit string) bool {
		kind, own, custom := strings.Cut(unit, ":")
		return slices.Contains(q.world.Catalog.GrafanaUnits, unit) || custom && own != "" && slices.Contains(q.world.Catalog.CustomUnits, kind)
	}
	tell := func(unit string, field []string) {
		if unit != "" && !known(unit) {
			q.fault(s, codeDashboard, "", field, diag.DidYouMean(unit, q.world.Catalog.GrafanaUnits), "Grafana has no unit %q", unit)
		}
	}
	tell(s.FieldConfig.Defaults.Unit, []string{"unit"})
	f := fieldsOf(s.panel)
	for i, t := range s.Targets {
		if unit := s.unit(t.RefID, f); unit != s.FieldConfig.Defaults.Unit {
			tell(unit, s.query(i, "unit"))
		}
	}
}

// grid checks ids and places. The panels of a folded row move down when it is
// opened, and lie on each other alone.
func (q *queries) grid(b *page) {
	ids := map[int]bool{}
	var check func(list []panel)
	check = func(list []panel) {
		for i, p := range list {
			at := p.GridPos
			say := func(format string, args ...any) {
				q.add(codeDashboard, b.file, "panel %q: "+format, append([]any{p.Title}, args...)...)
			}
			if p.ID < 1 || ids[p.ID] {
				say("its id is %d, which is none or another's", p.ID)
			}
			ids[p.ID] = true
			if at.W < 1 || at.H < 1 || at.X < 0 || at.Y < 0 || at.X+at.W > gridColumns {
				say("it is off the grid: x %d, y %d, w %d, h %d", at.X, at.Y, at.W, at.H)
			}
			for _, o := range list[:i] {
				other := o.GridPos
				if at.X < other.X+other.W && other.X < at.X+at.W && at.Y < other.Y+other.H && other.Y < at.Y+at.H {
					say("it lies on the panel %q", o.Title)
				}
			}
			check(p.Panels)
		}
	}
	check(b.Panels)
}

// braced is a variable in braces.
var braced = regexp.MustCompile(`\$\{[^}]*\}?`)

// replaces are the fields in which Grafana replaces variables, links aside.
var replaces = []string{"title", "description", "expr", "legendFormat", "query", "definition", "__legacyStringValue"}

// shownAsWritten checks that a variable in braces stands only where Grafana
// replaces it.
func (q *queries) shownAsWritten(b *page) {
	const format = "%s is shown as it is written: Grafana replaces no variable here"
	told := map[string]bool{}
	for _, s := range b.shown {
		for _, t := range []written{{s.FieldConfig.Defaults.Unit, []string{"unit"}}, {s.FieldConfig.Defaults.NoValue, []string{"empty"}}} {
			if part := braced.FindString(t.text); part != "" {
				told[t.text] = true
				q.fault(s, codeDashboard, part, t.field, "", format, part)
			}
		}
	}
	var all any
	_ = json.Unmarshal(b.data, &all) // it was read already
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case string:
			if part := braced.FindString(v); part != "" && !told[v] {
				q.add(codeDashboard, b.file, format, part)
			}
		case []any:
			for _, e := range v {
				visit(e)
			}
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				_, text := v[k].(string)
				if links := k == "links" || v["id"] == "links" && k == "value"; !links && !(text && slices.Contains(replaces, k)) {
					visit(v[k])
				}
			}
		}
	}
	visit(all)
}

// path is where a field of the dashboard stands in the library or in the spec.
func (b *page) path(field string) []string {
	return []string{"library", "dashboards", b.from.Name, field}
}

// costs bounds the size of a dashboard, and what a dashboard asks Prometheus for when it is opened.
func (q *queries) costs(b *page) {
	limits, points, all := q.plan.DashboardLimits, 0, 0
	for _, n := range q.plan.MaxDataPoints {
		points = max(points, n)
	}
	for _, s := range b.shown {
		if !s.folded {
			all += len(s.Targets)
		}
		if n := len(s.Targets); n > limits.PanelQueries {
			q.fault(s, codeCosts, "", []string{"queries"}, "split it in two", "it has %d queries, want at most %d", n, limits.PanelQueries)
		}
		overTime := slices.ContainsFunc(s.Targets, func(t target) bool { return t.Range })
		if overTime && (s.MaxDataPoints < 1 || s.MaxDataPoints > points) {
			q.fault(s, codeCosts, "", nil, "", "its maxDataPoints is %d, want 1 to %d", s.MaxDataPoints, points)
		}
	}
	for _, v := range b.Templating.List {
		if v.Type == "query" {
			all++
		}
	}
	for _, a := range b.Annotations.List {
		if a.Expr != "" {
			all++
		}
	}
	split := func(format string, args ...any) {
		q.tell(diag.Diagnostic{Code: codeCosts, Message: "dashboard " + b.from.Name + ": " + fmt.Sprintf(format, args...), Hint: "split it in two"}, q.source.Part("", b.path("rows")...))
	}
	if all > limits.Queries {
		split("opening it asks %d queries, want at most %d", all, limits.Queries)
	}
	var stored bytes.Buffer
	_ = json.Compact(&stored, b.data) // it was read already
	if n := stored.Len(); n > maxBytes {
		split("it has %d bytes, want at most %d", n, maxBytes)
	}
}
