package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// targetColour is the vermilion of Okabe and Ito.
const targetColour = "#D55E00"

// line draws values over time, with a table of the last and highest below.
func line(p plan.Panel) (sdk.Panel, error) {
	// Without a stack, fills would lie on each other and hide whose line is whose.
	fill, stacking := 0.0, common.StackingModeNone
	if p.Stack {
		fill, stacking = 40, common.StackingModeNormal
	}
	style := common.GraphThresholdsStyleModeOff
	if meaningful(p.Steps) {
		style = common.GraphThresholdsStyleModeLine
	}
	panel, err := timeseries.NewPanelBuilder().
		DrawStyle(common.GraphDrawStyleLine).
		LineWidth(1).
		FillOpacity(fill).
		ShowPoints(common.VisibilityModeAuto).
		Stacking(common.NewStackingConfigBuilder().Mode(stacking).Group("A")).
		ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(style)).
		Tooltip(common.NewVizTooltipOptionsBuilder().
			Mode(common.TooltipDisplayModeMulti).
			Sort(common.SortOrderDescending)).
		Legend(common.NewVizLegendOptionsBuilder().
			DisplayMode(common.LegendDisplayModeTable).
			Placement(common.LegendPlacementBottom).
			ShowLegend(true).
			Calcs([]string{"last", "max"}).
			SortBy("Last"). // the title of a calculation: a legend shows a few rows, so the highest come first
			SortDesc(true)).
		Build()
	if err != nil {
		return sdk.Panel{}, err
	}
	panel.FieldConfig.Overrides = lineOverrides(p)
	return panel, nil
}

// lineOverrides draw target lines, and give queries a unit of their own.
func lineOverrides(p plan.Panel) []sdk.DashboardFieldConfigSourceOverrides {
	out := []sdk.DashboardFieldConfigSourceOverrides{}
	for i, q := range p.Queries {
		if q.Color != "" {
			out = append(out, override("byFrameRefID", refID(i), fixedColor(q.Color)))
		}
		if q.Dotted {
			out = append(out, override("byFrameRefID", refID(i), property("custom.lineStyle", map[string]any{"fill": "dot", "dash": []int{0, 6}})))
		}
		if q.Target {
			line := targetLine(refID(i))
			if len(p.Links) > 0 {
				// A limit is of many: it has not the labels that a link takes.
				line.Properties = append(line.Properties, property("links", []any{}))
			}
			out = append(out, line)
		}
		if q.Unit != "" {
			out = append(out, override("byFrameRefID", refID(i), property("unit", q.Unit)))
		}
	}
	return out
}

// targetColors draw limits in one colour. What has a colour of its own comes after
// it: the limit of a workload has that of the workload.
func targetColors(p plan.Panel) []sdk.DashboardFieldConfigSourceOverrides {
	var out []sdk.DashboardFieldConfigSourceOverrides
	for i, q := range p.Queries {
		if q.Target {
			out = append(out, override("byFrameRefID", refID(i), fixedColor(targetColour)))
		}
	}
	return out
}

// targetLine draws the lines of a query as a limit: dashed, bare, and on its own
// even where the others are stacked.
func targetLine(ref string) sdk.DashboardFieldConfigSourceOverrides {
	return override("byFrameRefID", ref,
		property("custom.lineStyle", map[string]any{"fill": "dash", "dash": []int{10, 10}}),
		property("custom.lineWidth", 2),
		property("custom.fillOpacity", 0),
		property("custom.showPoints", "never"),
		property("custom.stacking", map[string]any{"mode": "none", "group": "A"}),
	)
}
