package dashboards

import (
	"slices"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	grid "github.com/grafana/grafana-foundation-sdk/go/table"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// column is one column: the names that Grafana may give its field, and ours.
type column struct {
	fields []string
	title  string
	unit   string // of values, where it is not the panel's
	steps  []model.Step
	places *float64 // decimals of values, where they are not the panel's
	value  bool
}

// table shows the values of now, a row for each set of labels. Rows of
// different queries with the same labels become one.
func table(p plan.Panel) (sdk.Panel, error) {
	cols := tableColumns(p)
	b := grid.NewPanelBuilder().
		ShowHeader(true).
		CellHeight(common.TableCellHeightSm).
		Filterable(true).
		Footer(common.NewTableFooterOptionsBuilder().Show(false).Reducer([]string{})).
		Transformations(reshape(cols, len(p.Queries)))
	if i := slices.IndexFunc(cols, func(c column) bool { return c.value }); i >= 0 {
		b.SortBy(sortedBy(cols[i].title))
	}
	panel, err := b.Build()
	if err != nil {
		return sdk.Panel{}, err
	}
	panel.FieldConfig.Overrides = tableOverrides(p, cols)
	return panel, nil
}

// tableColumns lists the labels, then the values.
func tableColumns(p plan.Panel) []column {
	var out []column
	for _, c := range p.Columns {
		out = append(out, column{fields: []string{c.Label}, title: c.Title})
	}
	for i, q := range p.Queries {
		if q.Legend == "" {
			continue
		}
		out = append(out, column{fields: valueFields(i, len(p.Queries)), title: q.Legend, unit: q.Unit, steps: q.Steps, places: q.Decimals, value: true})
	}
	return out
}

// valueFields are Grafana's names for the values of a query: the plain name
// only where there is one query.
func valueFields(i, queries int) []string {
	if queries == 1 {
		return []string{"Value", "Value #" + refID(i)}
	}
	return []string{"Value #" + refID(i)}
}

// reshape keeps the columns that were asked for, then joins the queries by
// the labels that are left, then names and orders the result. In any other
// order the series' names would keep the rows apart.
func reshape(cols []column, queries int) []sdk.DataTransformerConfig {
	keep, index, rename := []string{}, map[string]any{}, map[string]any{}
	for i, c := range cols {
		for _, f := range c.fields {
			keep = append(keep, f)
			index[f], rename[f] = i, c.title
		}
	}
	out := []sdk.DataTransformerConfig{
		{Id: "filterFieldsByName", Options: map[string]any{"include": map[string]any{"names": keep}}},
	}
	if queries > 1 {
		out = append(out, sdk.DataTransformerConfig{Id: "merge", Options: map[string]any{}})
	}
	return append(out, sdk.DataTransformerConfig{Id: "organize", Options: map[string]any{
		"excludeByName": map[string]any{"Time": true},
		"indexByName":   index,
		"renameByName":  rename,
	}})
}

// tableOverrides colour values by their steps, and give columns their units.
// After the joining only titles tell the queries apart.
func tableOverrides(p plan.Panel, cols []column) []sdk.DashboardFieldConfigSourceOverrides {
	out := []sdk.DashboardFieldConfigSourceOverrides{}
	for _, c := range cols {
		// The panel's text is for a table without rows; a cell without a value has a dash.
		properties := []sdk.DynamicConfigValue{property("noValue", "–")}
		if c.value && (meaningful(p.Steps) || meaningful(c.steps)) {
			properties = append(properties, property("custom.cellOptions", map[string]any{"type": "color-text"}))
		}
		if meaningful(c.steps) {
			properties = append(properties, property("thresholds", thresholds(c.steps)))
		}
		if c.unit != "" {
			properties = append(properties, property("unit", c.unit))
		}
		if c.places != nil {
			properties = append(properties, property("decimals", *c.places))
		}
		if links := columnLinks(p, c); len(links) > 0 {
			properties = append(properties, property("links", links))
		}
		out = append(out, override("byName", c.title, properties...))
	}
	return out
}

// columnLinks are those that stand in a column: that of the narrowest variable,
// the last one, which says the most of what is behind the link.
func columnLinks(p plan.Panel, c column) []map[string]any {
	var out []map[string]any
	for _, to := range p.Links {
		if !c.value && len(to.With) > 0 && to.With[len(to.With)-1].Label == c.fields[0] {
			out = append(out, cellLink(to, func(label string) string { return ofCell(titleOf(p, label)) }))
		}
	}
	return out
}

// titleOf is the title of the column that shows a label.
func titleOf(p plan.Panel, label string) string {
	for _, c := range p.Columns {
		if c.Label == label {
			return c.Title
		}
	}
	return ""
}

func sortedBy(title string) []cog.Builder[common.TableSortByFieldState] {
	return []cog.Builder[common.TableSortByFieldState]{
		common.NewTableSortByFieldStateBuilder().DisplayName(title).Desc(true),
	}
}
