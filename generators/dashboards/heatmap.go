package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/common"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// scheme of colours that differs in brightness too.
const scheme = "Cividis"

// heat shows the buckets of a classic histogram over time. The buckets come
// from Prometheus, so Grafana has nothing to calculate. Their edges have the
// panel's unit; the cells count events and have that of the query.
func heat(p plan.Panel) (sdk.Panel, error) {
	return heatmap.NewPanelBuilder().
		Calculate(false).
		YAxis(heatmap.NewYAxisConfigBuilder().
			Unit(p.Unit).
			AxisPlacement(common.AxisPlacementLeft)).
		Color(heatmap.NewHeatmapColorOptionsBuilder().
			Mode(heatmap.HeatmapColorModeScheme).
			Scheme(scheme).
			Fill("dark-orange"). // read in the mode of one colour only
			Scale(heatmap.HeatmapColorScaleExponential).
			Exponent(0.5).
			Steps(64)).
		CellValues(heatmap.NewCellValuesBuilder().Unit(valueUnit(p))).
		Tooltip(heatmap.NewHeatmapTooltipBuilder().
			Mode(common.TooltipDisplayModeSingle).
			YHistogram(true).
			ShowColorScale(true)).
		ShowLegend().
		Build()
}
