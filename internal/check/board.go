package check

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// board is what is read of a dashboard in Grafana's classic JSON.
type board struct {
	UID, Title  string
	Tags        []string
	Links       []pageLink
	Templating  struct{ List []variable }
	Annotations struct{ List []annotation }
	Panels      []panel
}

type pageLink struct {
	Type, Title, URL string
	Tags             []string
}

type variable struct {
	Name, Type, Query string
	Multi, IncludeAll bool
	Datasource        dataSource
}

type annotation struct {
	Name, Expr, TitleFormat, TextFormat string
	Datasource                          dataSource
}

type dataSource struct{ Type, UID string }

type gridPos struct{ X, Y, W, H int }

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               dataSource
	GridPos                  gridPos
	Collapsed                bool
	Panels                   []panel // of a row that is folded
	MaxDataPoints            int
	Targets                  []target
	Links                    []dataLink
	FieldConfig              fieldConfig
	Options                  panelOptions
	Transformations          []transformation
}

type fieldConfig struct {
	Defaults struct {
		Unit, NoValue string
		Links         []dataLink
	}
	Overrides []struct {
		Matcher struct {
			ID      string
			Options any
		}
		Properties []struct {
			ID    string
			Value json.RawMessage
		}
	}
}

type panelOptions struct {
	YAxis struct{ Unit string } // of a heatmap
}

type transformation struct {
	ID      string
	Options json.RawMessage
}

type target struct {
	RefID, Expr, LegendFormat string
	Range                     bool
	Datasource                dataSource
}

type dataLink struct{ Title, URL string }

// page is a finished dashboard and the entry of the plan that it was made of.
type page struct {
	board
	file  string
	data  []byte
	from  plan.Dashboard
	shown []shown
}

// shown is a panel that draws something.
type shown struct {
	panel
	reader string // what it is called in a message
	from   plan.Panel
	folded bool
}

// pages reads the dashboards of a cluster; an object that carries one stands beside
// its JSON. The panels of a page are in the order of the plan, which tells where
// they come from.
func pages(p *plan.Plan, files []artifact.File, add addFunc) []*page {
	var out []*page
	for _, f := range files {
		if !strings.HasPrefix(f.Path, "dashboards/") || !strings.HasSuffix(f.Path, ".json") {
			continue
		}
		b := &page{file: f.Path, data: f.Data}
		ok, err := b.read()
		if err != nil {
			add(codeDashboard, f.Path, "Grafana cannot read it: %v", err)
		}
		if err != nil || !ok {
			continue
		}
		if i := slices.IndexFunc(p.Dashboards, func(d plan.Dashboard) bool { return d.UID == b.UID }); i >= 0 {
			b.from = p.Dashboards[i]
		}
		b.show()
		out = append(out, b)
	}
	return out
}

// read takes a dashboard in the classic schema, or a resource of Grafana's API in
// v2. Another resource is none.
func (b *page) read() (bool, error) {
	var resource struct {
		APIVersion, Kind string
		Metadata         struct{ Name string }
		Spec             boardV2
	}
	if err := json.Unmarshal(b.data, &resource); err != nil {
		return false, err
	}
	switch {
	case resource.APIVersion == "":
		return true, json.Unmarshal(b.data, &b.board)
	case resource.Kind != "Dashboard":
		return false, nil
	}
	b.board = resource.Spec.classic()
	b.UID = resource.Metadata.Name
	return true, nil
}

// show lists the panels that draw something.
func (b *page) show() {
	var from []plan.Panel
	for _, r := range b.from.Rows {
		from = append(from, r.Panels...)
	}
	var visit func(list []panel, folded bool)
	visit = func(list []panel, folded bool) {
		for _, p := range list {
			if p.Type == "row" {
				visit(p.Panels, p.Collapsed)
				continue
			}
			s := shown{panel: p, reader: "panel " + b.from.Name + "/" + p.Title, folded: folded}
			if n := len(b.shown); n < len(from) {
				s.from = from[n]
			}
			b.shown = append(b.shown, s)
		}
	}
	visit(b.Panels, false)
}

// path is where a field of the panel stands in the library or in the spec.
func (s shown) path(field ...string) []string { return slices.Concat(s.from.At, field) }

// unit is that of the values of a query, by its own override or the panel's.
func (s shown) unit(ref string, f fields) string {
	out := s.FieldConfig.Defaults.Unit
	for _, o := range s.FieldConfig.Overrides {
		name, _ := o.Matcher.Options.(string)
		ofQuery := o.Matcher.ID == "byFrameRefID" && name == ref || o.Matcher.ID == "byName" && f.valueOf(name) == ref
		for _, p := range o.Properties {
			if ofQuery && p.ID == "unit" {
				_ = json.Unmarshal(p.Value, &out) // no text is no unit
			}
		}
	}
	return out
}

// links are all that lead away from the panel.
func (s shown) links() []dataLink {
	out := slices.Concat(s.Links, s.FieldConfig.Defaults.Links)
	for _, o := range s.FieldConfig.Overrides {
		for _, p := range o.Properties {
			var more []dataLink
			if p.ID == "links" && json.Unmarshal(p.Value, &more) == nil {
				out = append(out, more...)
			}
		}
	}
	return out
}

// linksOf are the links on the lines of a query: the panel's, unless an override
// gives the query its own.
func (s shown) linksOf(ref string) []dataLink {
	for _, o := range s.FieldConfig.Overrides {
		name, _ := o.Matcher.Options.(string)
		for _, p := range o.Properties {
			var own []dataLink
			if o.Matcher.ID == "byFrameRefID" && name == ref && p.ID == "links" && json.Unmarshal(p.Value, &own) == nil {
				return own
			}
		}
	}
	return s.links()
}

// fields are those of a table, under the names that its transformations give
// them.
type fields struct {
	// queries by reference id.
	queries []string
	// original names, by the name that is shown.
	original map[string]string
	// labels that are named.
	labels []string
	// kept are the original names, once they are chosen.
	kept   []string
	chosen bool
	// unknown are values of queries that the panel has not.
	unknown []string
}

// fieldsOf follows the fields of a panel through its transformations.
func fieldsOf(p panel) fields {
	f := fields{original: map[string]string{}}
	for _, t := range p.Targets {
		f.queries = append(f.queries, t.RefID)
	}
	for _, t := range p.Transformations {
		var o struct {
			Include                           struct{ Names []string }
			RenameByName                      map[string]string
			RowField, ColumnField, ValueField string
		}
		if json.Unmarshal(t.Options, &o) != nil {
			continue // of another form, which names no field that we write
		}
		switch t.ID {
		case "filterFieldsByName":
			f.kept, f.chosen = nil, true
			for _, name := range o.Include.Names {
				f.kept = append(f.kept, f.named(name))
			}
		case "organize":
			renamed := map[string]string{}
			for name, title := range o.RenameByName {
				renamed[title] = f.named(name)
			}
			for title, name := range renamed {
				f.original[title] = name
			}
		case "groupingToMatrix":
			row, column := f.named(o.RowField), f.named(o.ColumnField)
			f.original[o.RowField+`\`+o.ColumnField] = row
			f.kept, f.chosen = append(f.kept, row, column, f.named(o.ValueField)), true
		}
	}
	slices.Sort(f.labels)
	f.labels = slices.Compact(f.labels)
	return f
}

const valueField = "Value"

// named notes that a field is named, and returns the name that it had first.
func (f *fields) named(name string) string {
	if first, ok := f.original[name]; ok {
		name = first
	}
	ref, isValue := strings.CutPrefix(name, valueField+" #")
	switch {
	case isValue && !slices.Contains(f.queries, ref):
		f.unknown = append(f.unknown, ref)
	case !isValue && name != valueField && name != "Time" && name != "":
		f.labels = append(f.labels, name)
	}
	return name
}

// has reports whether a column has a name.
func (f fields) has(name string) bool {
	_, renamed := f.original[name]
	return renamed || slices.Contains(f.kept, name)
}

// valueOf is the query whose values a column shows, or "".
func (f fields) valueOf(name string) string {
	if first, ok := f.original[name]; ok {
		name = first
	}
	if name == valueField && len(f.queries) == 1 {
		return f.queries[0]
	}
	ref, _ := strings.CutPrefix(name, valueField+" #")
	if !slices.Contains(f.queries, ref) {
		return ""
	}
	return ref
}

// shows reports whether the values of a query are seen.
func (f fields) shows(ref string) bool {
	return !f.chosen || slices.ContainsFunc(f.kept, func(name string) bool { return f.valueOf(name) == ref })
}
