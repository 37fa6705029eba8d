package dashboards

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// kinds draw a panel each: what is the kind's own, before [frame] adds what
// all panels have.
var kinds = map[string]func(plan.Panel) (sdk.Panel, error){
	"timeseries": line,
	"stat":       number,
	"bargauge":   bars,
	"table":      table,
	"heatmap":    heat,
	"grid":       cells,

	"statetimeline": states,
}

// draw makes one panel and puts it at the next place.
func (d drawing) draw(p plan.Panel, at *place, id uint32) (sdk.Panel, error) {
	kind, ok := kinds[p.Kind]
	if !ok {
		return sdk.Panel{}, fmt.Errorf("no kind of panel is called %q; there are %s",
			p.Kind, strings.Join(slices.Sorted(maps.Keys(kinds)), ", "))
	}
	pos, err := at.panel(p.Width, p.Height)
	if err != nil {
		return sdk.Panel{}, err
	}
	panel, err := kind(p)
	if err != nil {
		return sdk.Panel{}, err
	}
	d.frame(&panel, p)
	panel.Id, panel.GridPos = &id, &pos
	return panel, nil
}

// frame sets what all kinds share.
func (d drawing) frame(panel *sdk.Panel, p plan.Panel) {
	from := source()
	panel.Title, panel.Description, panel.Datasource = &p.Title, &p.Description, &from
	panel.Transparent, panel.RepeatDirection = nil, nil
	panel.Targets = targets(p)
	if panel.FieldConfig == nil {
		panel.FieldConfig = sdk.NewFieldConfigSource()
	}
	defaults := &panel.FieldConfig.Defaults
	unit := valueUnit(p)
	defaults.Unit, defaults.NoValue = &unit, &p.Empty
	defaults.Min, defaults.Max, defaults.Decimals = p.Min, p.Max, p.Decimals
	defaults.Thresholds = thresholds(p.Steps)
	defaults.Color = &sdk.FieldColor{Mode: sdk.FieldColorModeIdThresholds}
	defaults.Mappings = mappings(p.States)
	if p.Kind == "timeseries" {
		// What has no colour of its own takes one by its name, the same everywhere.
		defaults.Color.Mode = sdk.FieldColorModeIdPaletteClassicByName
		panel.FieldConfig.Overrides = slices.Concat(targetColors(p), d.thingColors(p), panel.FieldConfig.Overrides)
	}
	if panel.FieldConfig.Overrides == nil {
		panel.FieldConfig.Overrides = []sdk.DashboardFieldConfigSourceOverrides{} // null is no list
	}
	if p.Kind != "table" && p.Kind != "grid" {
		defaults.Links = dataLinks(p)
	}
	if points, ok := d.maxPoints[p.Kind]; ok {
		most := float64(points)
		panel.MaxDataPoints = &most
	}
}

// valueUnit is the unit of the values that the queries give. In a heatmap
// these are counts, and the panel's unit is that of the axis.
func valueUnit(p plan.Panel) string {
	if p.Kind == "heatmap" {
		return p.Queries[0].Unit
	}
	return p.Unit
}
