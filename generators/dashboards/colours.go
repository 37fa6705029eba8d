package dashboards

import (
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/model"
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
