package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	matrix "github.com/grafana/grafana-foundation-sdk/go/table"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// cells is a matrix: the values of one label down, those of another across, and
// in each cell the value of now on its colour. To Grafana it is a table.
func cells(p plan.Panel) (sdk.Panel, error) {
	panel, err := matrix.NewPanelBuilder().
		ShowHeader(true).
		CellHeight(common.TableCellHeightSm).
		Footer(common.NewTableFooterOptionsBuilder().Show(false).Reducer([]string{})).
		Transformations([]sdk.DataTransformerConfig{{Id: "groupingToMatrix", Options: map[string]any{
			"rowField": p.RowLabel, "columnField": p.Across, "valueField": "Value",
		}}}).
		Build()
	if err != nil {
		return sdk.Panel{}, err
	}
	panel.FieldConfig = sdk.NewFieldConfigSource()
	panel.FieldConfig.Defaults.Custom = map[string]any{
		"align":       "center",
		"cellOptions": map[string]any{"type": "color-background", "mode": "basic"},
		"inspect":     false,
	}
	// Grafana names the first column after both labels.
	first := p.RowLabel + `\` + p.Across
	properties := []sdk.DynamicConfigValue{
		property("custom.cellOptions", map[string]any{"type": "auto"}),
		property("custom.align", "left"),
		property("displayName", titleOf(p, p.RowLabel)),
	}
	var links []map[string]any
	for _, to := range p.Links {
		links = append(links, cellLink(to, func(string) string { return "__value.text" }))
	}
	if len(links) > 0 {
		properties = append(properties, property("links", links))
	}
	panel.FieldConfig.Overrides = []sdk.DashboardFieldConfigSourceOverrides{override("byName", first, properties...)}
	return panel, nil
}
