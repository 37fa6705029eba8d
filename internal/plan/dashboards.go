package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// lowerDashboards writes the queries of every panel. A query that reads what
// this cluster does not have goes; so does a panel without queries, a row
// without panels, a dashboard without rows: nothing is shown empty.
func (l *lowering) lowerDashboards() {
	for _, name := range slices.Sorted(maps.Keys(l.library.Dashboards)) {
		d := l.library.Dashboards[name]
		at := []string{"library", "dashboards", name}
		d.Variables = known(l, "variable of dashboards", l.library.Variables, d.Variables, append(at, "variables")...)
		d.Annotations = known(l, "annotation of dashboards", l.library.Annotations, d.Annotations, append(at, "annotations")...)
		out := Dashboard{Name: name, Title: d.Title, UID: d.UID, Description: d.Description, Topic: d.Topic, Tags: d.Tags}
		measured := l.fromUser(at)
		for i, r := range d.Rows {
			row := Row{Title: r.Title, Collapsed: r.Collapsed}
			for j, entry := range r.Panels {
				panel := l.panel(d, entry, append(slices.Clone(at), "rows", strconv.Itoa(i), "panels", strconv.Itoa(j)))
				if panel == nil {
					continue
				}
				measured = measured || slices.ContainsFunc(panel.Queries, l.readsRecorded)
				row.Panels = append(row.Panels, *panel)
			}
			if len(row.Panels) > 0 {
				out.Rows = append(out.Rows, row)
			}
		}
		if !measured || len(out.Rows) == 0 {
			continue // a list of alerts that cannot fire is no dashboard
		}
		out.Annotations = l.annotate(name, d)
		out.Variables = l.variables(d.Variables, out)
		l.plan.Dashboards = append(l.plan.Dashboards, out)
	}
	l.linkPanels()
	l.plan.Colors, l.plan.MaxDataPoints = l.colors(), l.library.MaxDataPoints
}

// annotate writes the queries of a dashboard's annotations.
func (l *lowering) annotate(dashboard string, d model.Dashboard) []Annotation {
	var out []Annotation
	for _, name := range d.Annotations {
		a := l.library.Annotations[name]
		e := l.parse(a.Expr, "library", "annotations", name)
		if e == nil {
			continue
		}
		e = l.filter(e, d.Variables)
		a.Expr = l.rule(Rule{Record: dashboard + ": " + a.Title}, e).Expr
		out = append(out, Annotation{a})
		l.read(e, "annotation "+name)
	}
	return out
}

// linkPanels leads from panels to the dashboards that there are.
func (l *lowering) linkPanels() {
	variables := map[string][]string{}
	for _, d := range l.plan.Dashboards {
		for _, v := range d.Variables {
			variables[d.Name] = append(variables[d.Name], v.Name)
		}
	}
	for _, d := range l.plan.Dashboards {
		for _, r := range d.Rows {
			for i := range r.Panels {
				for _, to := range r.Panels[i].Panel.Links {
					if there, made := variables[to.To]; made {
						r.Panels[i].Links = append(r.Panels[i].Links, l.link(to, variables[d.Name], there))
					}
				}
			}
		}
	}
}

// link keeps the order of variables of the dashboard that it leads to. One that
// the dashboard does not have is written all the same, for the check to find.
func (l *lowering) link(to model.PanelLink, here, there []string) Link {
	out := Link{Title: to.Title, UID: l.library.Dashboards[to.To].UID}
	for _, v := range slices.Sorted(maps.Keys(to.With)) {
		if !slices.Contains(there, v) {
			out.With = append(out.With, LinkValue{v, to.With[v]})
		}
	}
	for _, v := range there {
		if label, set := to.With[v]; set {
			out.With = append(out.With, LinkValue{v, label})
		} else if slices.Contains(here, v) {
			out.Keep = append(out.Keep, v)
		}
	}
	return out
}

// colors gives the things of the cluster their colours, as far as the palette goes.
func (l *lowering) colors() []Color {
	values := map[string][]string{}
	for _, w := range l.plan.Workloads {
		values[labelWorkload] = append(values[labelWorkload], w.Name)
	}
	for _, t := range l.plan.Teams {
		values[labelTeam] = append(values[labelTeam], t.Name)
	}
	for _, g := range l.plan.GPUs {
		values["modelName"] = append(values["modelName"], g.Facts.ModelName)
	}
	var out []Color
	for _, label := range l.library.Colors.By {
		all := slices.Sorted(slices.Values(values[label]))
		for i, value := range all[:min(len(all), len(l.library.Colors.Palette))] {
			out = append(out, Color{label, value, l.library.Colors.Palette[i]})
		}
	}
	return out
}

// panel writes the queries of a panel; it is nil where none is left but a target
// line, which is a limit without a value.
func (l *lowering) panel(d model.Dashboard, panel model.Panel, at []string) *Panel {
	out := &Panel{Panel: panel, At: at, Columns: l.columns(panel.Columns)}
	out.Queries = nil
	l.checkPanel(panel, at)
	reader := "panel " + at[2] + "/" + panel.Title
	for i, q := range panel.Queries {
		place := append(slices.Clone(at), "queries", strconv.Itoa(i), "expr")
		e := l.panelQuery(q, place)
		if e == nil {
			continue
		}
		e = l.filter(e, d.Variables)
		q.Expr = l.rule(Rule{Record: at[2] + ": " + panel.Title}, e).Expr
		out.Queries, out.Asked = append(out.Queries, q), append(out.Asked, i)
		l.read(e, reader)
	}
	if !slices.ContainsFunc(out.Queries, func(q model.Query) bool { return !q.Target }) {
		if l.fromUser(at) && !l.in.Diags.HasErrors() {
			l.in.Diags.Add(diag.Diagnostic{Code: codeUnwatched, Severity: diag.Warning, Pos: l.in.Pos(append(at, "title")...),
				Message: fmt.Sprintf("the %s is left out of cluster %q: nothing there exposes what it reads", reader, l.in.Cluster)})
		}
		return nil
	}
	out.Description += l.differences(panel.Queries) + l.estimatesOf(out.Queries)
	return out
}

// columns puts titled labels into the order that the library has for all tables.
func (l *lowering) columns(titles map[string]string) []Column {
	place := func(label string) int {
		if i := slices.Index(l.library.ColumnOrder, label); i >= 0 {
			return i
		}
		return len(l.library.ColumnOrder)
	}
	var out []Column
	for label, title := range titles {
		out = append(out, Column{label, title})
	}
	slices.SortFunc(out, func(a, b Column) int {
		return cmp.Or(cmp.Compare(place(a.Label), place(b.Label)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Label, b.Label))
	})
	return out
}

// checkPanel refuses what its kind cannot draw, and links to what is not there.
func (l *lowering) checkPanel(p model.Panel, at []string) {
	refuse := func(field []string, format string, args ...any) {
		l.in.Diags.Errorf(codeNotAllowed, l.in.Pos(append(slices.Clone(at), field...)...), "%s: "+format, append([]any{strings.Join(at, ".")}, args...)...)
	}
	for i, q := range p.Queries {
		query := []string{"queries", strconv.Itoa(i)}
		if q.Target && p.Kind != "timeseries" {
			refuse(append(query, "target"), "a target is drawn among lines, and a %s has none", p.Kind)
		}
		if q.Unit == "" && p.Kind == "heatmap" {
			refuse(query, "the query of a heatmap needs a unit, that of its cells; the panel's is that of the axis")
		}
	}
	if len(p.Queries) == 0 {
		refuse([]string{"queries"}, "it asks nothing, want at least one query")
	}
	if n := len(p.Queries); n > 1 && (p.Kind == "heatmap" || p.Kind == "grid") {
		refuse([]string{"queries"}, "a %s draws one query, found %d", p.Kind, n)
	}
	if p.Kind == "grid" && (p.RowLabel == "" || p.Across == "") {
		refuse([]string{"kind"}, "a grid needs rows and across, the labels of its rows and columns")
	}
	for i, link := range p.Links {
		if _, ok := l.library.Dashboards[link.To]; !ok {
			l.in.unknown(l.in.Pos(append(slices.Clone(at), "links", strconv.Itoa(i), "to")...), "dashboard", link.To, slices.Collect(maps.Keys(l.library.Dashboards)))
		}
	}
}

// panelQuery binds a query; nil where the cluster does not have what it reads.
func (l *lowering) panelQuery(q model.Query, at []string) promql.Expr {
	e := l.parse(q.Expr, at...)
	if e == nil {
		return nil
	}
	for _, prefix := range []string{targetPrefix, factPrefix, paramPrefix} {
		for _, name := range placeholders(e, prefix) {
			l.placeholder(prefix+name, nil, at) // a panel is of no instance
			return nil
		}
	}
	bound := l.readable(l.bind(e, l.sources, at))
	if bound != nil {
		bound = promql.Prune(bound, l.exposed)
	}
	if bound == nil || l.unmeasured(bound) {
		return nil
	}
	return bound
}

// known are the names of a list that the library has; another one is told.
func known[T any](l *lowering, what string, have map[string]T, names []string, at ...string) []string {
	var out []string
	for i, name := range names {
		if _, ok := have[name]; ok {
			out = append(out, name)
		} else {
			l.in.unknown(l.in.Pos(append(slices.Clone(at), strconv.Itoa(i))...), what, name, slices.Collect(maps.Keys(have)))
		}
	}
	return out
}

// variables are the choices of a dashboard, up to the last one that a query asks
// for: each limits those behind it.
func (l *lowering) variables(names []string, of Dashboard) []Variable {
	var asked []string
	for _, a := range of.Annotations {
		asked = append(asked, promql.GrafanaVariables(a.Expr)...)
	}
	for _, r := range of.Rows {
		for _, p := range r.Panels {
			for _, q := range p.Queries {
				asked = append(asked, promql.GrafanaVariables(q.Expr)...)
			}
		}
	}
	for len(names) > 0 && !slices.Contains(asked, names[len(names)-1]) {
		names = names[:len(names)-1]
	}
	var out []Variable
	for _, v := range names {
		out = append(out, l.variable(v, out))
	}
	return out
}

// exposed reports whether what a query reads is there as far as the catalogue knows:
// of an exporter that others scrape, the spec says so.
func (l *lowering) exposed(s *promql.Selector) bool {
	known := false
	for exporter, e := range l.in.Catalog.Exporters {
		found, ok := catalog.Of(exporter, e, s.Name)
		if ok && slices.ContainsFunc(l.plan.Running[exporter], func(r catalog.Running) bool { return r.Has(found.Metric, found.Entry) }) {
			return true
		}
		known = known || ok
	}
	return !known
}

// unmeasured reports whether a query asks for objectives of which nothing here is
// measured: all objectives are recorded under one name.
func (l *lowering) unmeasured(e promql.Expr) bool {
	return slices.ContainsFunc(promql.Selectors(e), func(s *promql.Selector) bool {
		return l.isRecorded(s.Name) && slices.ContainsFunc(s.LabelMatchers, func(m *promql.Matcher) bool {
			return m.Name == LabelSLO && !slices.ContainsFunc(l.objectives, func(o objective) bool { return m.Matches(o.name) })
		})
	})
}

// estimatesOf is what is to be said of the percentiles that a panel draws.
func (l *lowering) estimatesOf(queries []model.Query) string {
	said := ""
	for _, q := range queries {
		e, _ := promql.Parse(q.Expr)
		for _, s := range promql.Selectors(e) {
			if more := l.estimates(s.Name); !strings.Contains(said, more) {
				said += more
			}
		}
	}
	return said
}

// readsRecorded reports whether a query reads what a rule of ours records.
func (l *lowering) readsRecorded(q model.Query) bool {
	e, _ := promql.Parse(q.Expr)
	return e != nil && slices.ContainsFunc(promql.Selectors(e), func(s *promql.Selector) bool { return l.isRecorded(s.Name) })
}

// filter adds the dashboard's variables to each selector, as far as its level
// carries their labels, beside what the query asks of the same label itself. A raw series of an engine carries what a replica
// does; one of the GPU exporter what a GPU does.
func (l *lowering) filter(e promql.Expr, variables []string) promql.Expr {
	return promql.Rewrite(e, func(e promql.Expr) promql.Expr {
		s, ok := e.(*promql.Selector)
		if !ok {
			return e
		}
		for _, v := range l.variablesOf(s) {
			if slices.Contains(variables, v) {
				label := l.library.Variables[v].Label
				s = promql.Narrow(s, promql.Regexp, label, "$"+v)
			}
		}
		return s
	})
}

// variablesOf are the variables that filter a series.
func (l *lowering) variablesOf(s *promql.Selector) []string {
	own, ok := l.library.SeriesVariables[s.Name]
	if !ok {
		return l.levelOf(s).Variables
	}
	if slices.ContainsFunc(s.LabelMatchers, func(m *promql.Matcher) bool { return m.Name == labelWorkload }) {
		return append(slices.Clone(own.Always), own.OfWorkload...)
	}
	return own.Always
}

// levelOf is the level of a recorded name or of a raw series.
func (l *lowering) levelOf(s *promql.Selector) model.Level {
	if level, ok := l.level(s.Name); ok && l.isRecorded(s.Name) {
		return level
	}
	for _, src := range l.sources {
		if _, ok := catalog.Of(src.exporter, l.in.Catalog.Exporters[src.exporter], s.Name); ok {
			if src.of == model.OfGPU {
				return l.library.Levels["gpu"]
			}
			return l.library.Levels["replica"]
		}
	}
	return l.library.Levels["cluster"]
}

// variable lists the values of a label, limited by the variables before it.
func (l *lowering) variable(name string, before []Variable) Variable {
	v := l.library.Variables[name]
	e, faults := promql.Parse(v.Series)
	if len(faults) > 0 {
		return Variable{Name: name, Title: v.Title}
	}
	s := e.(*promql.Selector)
	for _, b := range before {
		s = promql.Match(s, promql.Regexp, l.library.Variables[b.Name].Label, "$"+b.Name)
	}
	l.read(s, "variable "+name)
	return Variable{Name: name, Title: v.Title, Query: "label_values(" + s.String() + ", " + v.Label + ")"}
}
