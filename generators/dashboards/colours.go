package dashboards

import (
	"regexp"
	"slices"
	"strconv"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// plain is Grafana's name for the colour of its text, light or dark.
const plain = "text"

// thresholds are the panel's steps. A panel that has none gets one step
// without a meaning: Grafana would turn it red at 80.
func thresholds(steps []model.Step) *sdk.ThresholdsConfig {
	out := sdk.NewThresholdsConfig()
	out.Mode = sdk.ThresholdsModeAbsolute
	for _, s := range steps {
		out.Steps = append(out.Steps, sdk.Threshold{Color: s.Color, Value: s.Value})
	}
	if len(out.Steps) == 0 {
		out.Steps = []sdk.Threshold{{Color: plain}}
	}
	return out
}

// meaningful reports whether the steps say more than one colour for all.
func meaningful(steps []model.Step) bool { return len(steps) > 1 }

// override sets properties for some lines or columns of a panel.
func override(matcher, value string, properties ...sdk.DynamicConfigValue) sdk.DashboardFieldConfigSourceOverrides {
	return sdk.DashboardFieldConfigSourceOverrides{
		Matcher:    sdk.MatcherConfig{Id: matcher, Options: value},
		Properties: properties,
	}
}

func property(id string, value any) sdk.DynamicConfigValue {
	return sdk.DynamicConfigValue{Id: id, Value: value}
}

// thingColors give the lines of a workload, team or GPU model the colour that it
// has everywhere. The name is a part of the legend, between bars and spaces.
func (d drawing) thingColors(p plan.Panel) []sdk.DashboardFieldConfigSourceOverrides {
	var shown []string
	for _, q := range p.Queries {
		shown = append(shown, promql.LegendLabels(q.Legend)...)
	}
	var out []sdk.DashboardFieldConfigSourceOverrides
	for _, c := range d.colors {
		if slices.Contains(shown, c.Label) {
			out = append(out, override("byRegexp", "/(^|[/ ])"+regexp.QuoteMeta(c.Value)+"($| )/", fixedColor(c.Color)))
		}
	}
	return out
}

func fixedColor(color string) sdk.DynamicConfigValue {
	return property("color", map[string]any{"mode": "fixed", "fixedColor": color})
}

// mappings say in words what a value means.
func mappings(states []model.State) []sdk.ValueMapping {
	if len(states) == 0 {
		return nil
	}
	options := map[string]sdk.ValueMappingResult{}
	for i, s := range states {
		index := int32(i)
		options[strconv.FormatFloat(s.Value, 'f', -1, 64)] = sdk.ValueMappingResult{Text: &s.Text, Color: &s.Color, Index: &index}
	}
	return []sdk.ValueMapping{{ValueMap: &sdk.ValueMap{Type: sdk.MappingTypeValueToText, Options: options}}}
}
