package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// states draws a band for each series, in the colour of the state that it is in.
func states(p plan.Panel) (sdk.Panel, error) {
	return statetimeline.NewPanelBuilder().
		ShowValue(common.VisibilityModeNever).
		RowHeight(0.8).
		MergeValues(true).
		LineWidth(0).
		FillOpacity(80).
		Legend(common.NewVizLegendOptionsBuilder().
			DisplayMode(common.LegendDisplayModeList).
			Placement(common.LegendPlacementBottom).
			ShowLegend(true).
			Calcs([]string{})).
		Tooltip(common.NewVizTooltipOptionsBuilder().
			Mode(common.TooltipDisplayModeSingle).
			Sort(common.SortOrderNone)).
		Build()
}
