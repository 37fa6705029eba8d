package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// number shows the value of now in large figures.
func number(p plan.Panel) (sdk.Panel, error) {
	panel, err := stat.NewPanelBuilder().
		GraphMode(common.BigValueGraphModeNone).
		ColorMode(common.BigValueColorModeValue).
		TextMode(common.BigValueTextModeAuto).
		ReduceOptions(ofNow()).
		Build()
	return withUnits(panel, p), err
}

// bars show the values of now, one bar each, in the order of the query.
func bars(p plan.Panel) (sdk.Panel, error) {
	panel, err := bargauge.NewPanelBuilder().
		DisplayMode(common.BarGaugeDisplayModeBasic).
		ValueMode(common.BarGaugeValueModeColor).
		Orientation(common.VizOrientationHorizontal).
		ShowUnfilled(true).
		ReduceOptions(ofNow()).
		Legend(common.NewVizLegendOptionsBuilder().
			DisplayMode(common.LegendDisplayModeList).
			Placement(common.LegendPlacementBottom).
			ShowLegend(false).
			Calcs([]string{})).
		Build()
	return withUnits(panel, p), err
}

// ofNow takes the one value that an instant query gives.
func ofNow() *common.ReduceDataOptionsBuilder {
	return common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}).Fields("").Values(false)
}

// withUnits gives queries a unit of their own.
func withUnits(panel sdk.Panel, p plan.Panel) sdk.Panel {
	if panel.FieldConfig == nil {
		panel.FieldConfig = sdk.NewFieldConfigSource()
	}
	for i, q := range p.Queries {
		if q.Unit != "" {
			panel.FieldConfig.Overrides = append(panel.FieldConfig.Overrides,
				override("byFrameRefID", refID(i), property("unit", q.Unit)))
		}
	}
	return panel
}
