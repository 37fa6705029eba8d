package check

import (
	"cmp"
	"encoding/json"
)

// boardV2 is what is read of a dashboard in Grafana's schema v2, where each part
// stands under its kind.
type boardV2 struct {
	Title     string
	Tags      []string
	Links     []pageLink
	Variables []struct {
		Kind string
		Spec struct {
			Name, PluginID    string
			Multi, IncludeAll bool
			Query             queryV2
		}
	}
	Annotations []struct {
		Spec struct {
			Name          string
			Query         queryV2
			LegacyOptions struct{ Expr, TitleFormat, TextFormat string }
		}
	}
	Elements map[string]struct{ Spec panelV2 }
	Layout   struct {
		Spec struct {
			Rows []struct {
				Spec struct {
					Title    string
					Collapse bool
					Layout   struct{ Spec struct{ Items []itemV2 } }
				}
			}
		}
	}
}

type queryV2 struct {
	Group      string
	Datasource struct{ Name string }
	Spec       struct {
		Expr, LegendFormat, TitleFormat, TextFormat string
		Range                                       bool
		Text                                        string `json:"__legacyStringValue"` // of a variable
	}
}

func (q queryV2) source() dataSource { return dataSource{q.Group, q.Datasource.Name} }

type panelV2 struct {
	ID                 int
	Title, Description string
	Links              []dataLink
	Data               struct {
		Spec struct {
			Queries []struct {
				Spec struct {
					RefID string
					Query queryV2
				}
			}
			Transformations []struct {
				Group string
				Spec  struct{ Options json.RawMessage }
			}
			QueryOptions struct{ MaxDataPoints int }
		}
	}
	VizConfig struct {
		Group string
		Spec  struct {
			FieldConfig fieldConfig
			Options     panelOptions
		}
	}
}

// itemV2 is the place of a panel in its row.
type itemV2 struct {
	Spec struct {
		X, Y, Width, Height int
		Element             struct{ Name string }
	}
}

// classic is the dashboard in the form of the classic schema. Each row holds its
// panels, since places are counted from its own top.
func (d boardV2) classic() board {
	b := board{Title: d.Title, Tags: d.Tags, Links: d.Links}
	for _, v := range d.Variables {
		s := v.Spec
		out := variable{Name: s.Name, Type: "query", Query: s.Query.Spec.Text, Multi: s.Multi, IncludeAll: s.IncludeAll, Datasource: s.Query.source()}
		if v.Kind == "DatasourceVariable" {
			out.Type, out.Query = sourceVariable, s.PluginID
		}
		b.Templating.List = append(b.Templating.List, out)
	}
	for _, a := range d.Annotations {
		q, legacy := a.Spec.Query, a.Spec.LegacyOptions
		b.Annotations.List = append(b.Annotations.List, annotation{Name: a.Spec.Name, Expr: cmp.Or(q.Spec.Expr, legacy.Expr), Datasource: q.source(),
			TitleFormat: cmp.Or(q.Spec.TitleFormat, legacy.TitleFormat), TextFormat: cmp.Or(q.Spec.TextFormat, legacy.TextFormat)})
	}
	id := 0
	for _, e := range d.Elements {
		id = max(id, e.Spec.ID)
	}
	for y, r := range d.Layout.Spec.Rows {
		id++ // rows have none
		row := panel{ID: id, Type: "row", Title: r.Spec.Title, Collapsed: r.Spec.Collapse, GridPos: gridPos{Y: y, W: gridColumns, H: 1}}
		for _, item := range r.Spec.Layout.Spec.Items {
			p := d.Elements[item.Spec.Element.Name].Spec.classic()
			p.GridPos = gridPos{item.Spec.X, item.Spec.Y, item.Spec.Width, item.Spec.Height}
			row.Panels = append(row.Panels, p)
		}
		b.Panels = append(b.Panels, row)
	}
	return b
}

func (p panelV2) classic() panel {
	out := panel{ID: p.ID, Type: p.VizConfig.Group, Title: p.Title, Description: p.Description, Links: p.Links,
		MaxDataPoints: p.Data.Spec.QueryOptions.MaxDataPoints, FieldConfig: p.VizConfig.Spec.FieldConfig, Options: p.VizConfig.Spec.Options}
	for _, q := range p.Data.Spec.Queries {
		spec := q.Spec.Query.Spec
		out.Datasource = q.Spec.Query.source() // a panel has none of its own
		out.Targets = append(out.Targets, target{RefID: q.Spec.RefID, Expr: spec.Expr, LegendFormat: spec.LegendFormat, Range: spec.Range, Datasource: out.Datasource})
	}
	for _, t := range p.Data.Spec.Transformations {
		out.Transformations = append(out.Transformations, transformation{t.Group, t.Spec.Options})
	}
	return out
}
