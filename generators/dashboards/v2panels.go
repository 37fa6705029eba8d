package dashboards

import (
	"encoding/json"
	"fmt"

	v2 "github.com/grafana/grafana-foundation-sdk/go/dashboardv2"
)

// layoutOf carries over the panels: as elements by name, and as rows of a grid whose
// lines are counted from the row's own top.
func layoutOf(r *record) (map[string]v2.Element, v2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind) {
	elements, rows := map[string]v2.Element{}, v2.NewRowsLayoutKind()
	var top int64
	place := func(p *record) v2.GridLayoutItemKind {
		item, panel := gridItemOf(p, top)
		elements[item.Spec.Element.Name] = v2.Element{PanelKind: &panel}
		return item
	}
	each(r, "panels", func(p *record) any {
		if string(p.fields["type"]) == `"row"` {
			p.drop("type", "id")
			at := p.part("gridPos")
			at.take("y", &top)
			top++ // the title has a line
			row := rowOf(p)
			row.Spec.Layout.GridLayoutKind.Spec.Items = each(p, "panels", place)
			rows.Spec.Rows = append(rows.Spec.Rows, row)
			return nil
		}
		if len(rows.Spec.Rows) == 0 { // panels above the first title
			row, hidden := rowOf(&record{}), true
			row.Spec.HideHeader = &hidden
			rows.Spec.Rows = append(rows.Spec.Rows, row)
		}
		grid := rows.Spec.Rows[len(rows.Spec.Rows)-1].Spec.Layout.GridLayoutKind
		grid.Spec.Items = append(grid.Spec.Items, place(p))
		return nil
	})
	return elements, v2.GridLayoutKindOrRowsLayoutKindOrAutoGridLayoutKindOrTabsLayoutKind{RowsLayoutKind: rows}
}

func rowOf(r *record) v2.RowsLayoutRowKind {
	row := v2.NewRowsLayoutRowKind()
	row.Spec.Layout.GridLayoutKind = v2.NewGridLayoutKind()
	r.take("title", &row.Spec.Title)
	r.take("collapsed", &row.Spec.Collapse)
	repeat := ""
	if r.take("repeat", &repeat); repeat != "" {
		row.Spec.Repeat = &v2.RowRepeatOptions{Mode: v2.RepeatModeVariable, Value: repeat}
	}
	r.drop("datasource") // of panels that name none, and ours do
	return *row
}

// gridItemOf is a panel and its place, below a line of the classic grid.
func gridItemOf(r *record, top int64) (v2.GridLayoutItemKind, v2.PanelKind) {
	item, panel := v2.NewGridLayoutItemKind(), v2.NewPanelKind()
	at := r.part("gridPos")
	at.take("x", &item.Spec.X)
	at.take("y", &item.Spec.Y)
	at.take("w", &item.Spec.Width)
	at.take("h", &item.Spec.Height)
	r.fail(at.done("gridPos"))
	item.Spec.Y -= top
	repeat := v2.RepeatOptions{Mode: v2.RepeatModeVariable}
	r.take("repeat", &repeat.Value)
	r.take("repeatDirection", &repeat.Direction)
	r.take("maxPerRow", &repeat.MaxPerRow)
	if repeat.Value != "" {
		item.Spec.Repeat = &repeat
	}
	panelSpecOf(r, &panel.Spec)
	item.Spec.Element.Name = fmt.Sprintf("panel-%.0f", panel.Spec.Id)
	return *item, *panel
}

func panelSpecOf(r *record, to *v2.PanelSpec) {
	r.take("id", &to.Id)
	r.take("title", &to.Title)
	r.take("description", &to.Description)
	r.take("transparent", &to.Transparent)
	to.Links = each(r, "links", func(l *record) v2.DataLink {
		link := v2.NewDataLink()
		l.take("title", &link.Title)
		l.take("url", &link.Url)
		l.take("targetBlank", &link.TargetBlank)
		// The SDK gives links of panels the fields of links of pages.
		l.drop("type", "icon", "tooltip", "tags", "asDropdown", "placement", "includeVars", "keepTime")
		return *link
	})
	data := &to.Data.Spec
	from := takeSource(r)
	data.Queries = each(r, "targets", func(q *record) v2.PanelQueryKind { return panelQueryOf(q, from) })
	data.Transformations = each(r, "transformations", transformationOf)
	o := &data.QueryOptions
	r.take("maxDataPoints", &o.MaxDataPoints)
	r.take("interval", &o.Interval)
	r.take("timeFrom", &o.TimeFrom)
	r.take("timeShift", &o.TimeShift)
	r.take("timeCompare", &o.TimeCompare)
	r.take("hideTimeOverride", &o.HideTimeOverride)
	r.take("cacheTimeout", &o.CacheTimeout)
	r.take("queryCachingTTL", &o.QueryCachingTTL)
	viz := &to.VizConfig
	r.take("type", &viz.Group)
	r.take("pluginVersion", &viz.Version)
	viz.Spec.Options = map[string]any{}
	r.take("options", &viz.Spec.Options)
	r.take("fieldConfig", &viz.Spec.FieldConfig)
	firstSteps(r, &viz.Spec.FieldConfig)
}

// firstSteps gives the first step of colour a number. In the classic schema it is
// null, which the encoder of objects drops; Grafana takes the first step for all that
// is below the second, whatever it is, as long as it stays the first.
func firstSteps(r *record, f *v2.FieldConfigSource) {
	if f.Defaults.Thresholds != nil {
		firstStep(f.Defaults.Thresholds.Steps)
	}
	for _, o := range f.Overrides {
		for i, p := range o.Properties {
			if p.Id != "thresholds" {
				continue
			}
			data, err := json.Marshal(p.Value)
			r.fail(err)
			var t v2.ThresholdsConfig
			r.fail(json.Unmarshal(data, &t))
			firstStep(t.Steps)
			o.Properties[i].Value = t
		}
	}
}

func firstStep(steps []v2.Threshold) {
	if len(steps) == 0 || steps[0].Value != nil {
		return
	}
	var first float64
	if len(steps) > 1 && steps[1].Value != nil {
		first = min(first, *steps[1].Value)
	}
	steps[0].Value = &first
}

// dataSource is a reference of the classic schema.
type dataSource struct{ Type, UID string }

func takeSource(r *record) dataSource {
	var from dataSource
	ref := r.part("datasource")
	ref.take("type", &from.Type)
	ref.take("uid", &from.UID)
	r.fail(ref.done("datasource"))
	return from
}

// queryOf is a query of a data source, to be filled.
func queryOf(from dataSource, spec any) v2.DataQueryKind {
	q := v2.NewDataQueryKind()
	q.Group, q.Spec = from.Type, spec
	if from.UID != "" {
		q.Datasource = &v2.Dashboardv2DataQueryKindDatasource{Name: &from.UID}
	}
	return *q
}

func panelQueryOf(r *record, from dataSource) v2.PanelQueryKind {
	q := v2.NewPanelQueryKind()
	r.take("refId", &q.Spec.RefId)
	r.take("hide", &q.Spec.Hidden)
	if own := takeSource(r); own.UID != "" {
		from = own
	}
	q.Spec.Query = queryOf(from, r.rest())
	return *q
}

func transformationOf(r *record) v2.TransformationKind {
	t := v2.NewTransformationKind()
	t.Spec.Options = map[string]any{}
	r.take("id", &t.Group)
	r.take("options", &t.Spec.Options)
	r.take("disabled", &t.Spec.Disabled)
	r.take("filter", &t.Spec.Filter)
	r.take("topic", &t.Spec.Topic)
	return *t
}
