package lint

import "slices"

// units finds what a panel takes the values of a query to be. Where something
// else may change it, such as an override, nothing is said.
func units(q *query, panel *node) {
	if len(panel.list("fieldConfig", "overrides")) > 0 || len(panel.list("transformations")) > 0 || len(panel.list("seriesOverrides")) > 0 || reduces(panel) {
		return
	}
	switch kind := panel.str("type"); kind {
	case "heatmap":
		var ok bool
		if q.axis, ok = panel.scalar("options", "yAxis", "unit"); !ok {
			q.axis, _ = panel.scalar("yAxis", "format")
		}
	case "graph": // of old: a unit for each axis
		if axes := panel.list("yaxes"); len(axes) > 0 && panel.str("xaxis", "mode") != "histogram" {
			q.unit, _ = axes[0].scalar("format")
		}
	case "singlestat":
		q.unit, _ = panel.scalar("format")
	default:
		q.unit, _ = panel.scalar("fieldConfig", "defaults", "unit")
		if kind != "table" {
			q.thresholds = thresholds(panel)
		}
	}
}

// reduces reports whether a panel shows not a value of the query but what its
// values come to, such as how many there are.
func reduces(panel *node) bool {
	return slices.ContainsFunc(panel.list("options", "reduceOptions", "calcs"), func(c *node) bool {
		return slices.Contains([]string{"count", "distinctCount", "changeCount", "delta", "diff", "diffperc", "range", "step"}, c.text.Value)
	})
}

// thresholds of a panel that draws them, without the first, which is the colour
// of all below the second. The pair that Grafana gives to every new panel says
// nothing.
func thresholds(panel *node) []Text {
	t := panel.at("fieldConfig", "defaults", "thresholds")
	steps := t.list("steps")
	if len(steps) < 2 || t.str("mode") == "percentage" || len(steps) == 2 && steps[1].str("value") == "80" {
		return nil
	}
	if panel.str("type") == "timeseries" {
		if style := panel.str("fieldConfig", "defaults", "custom", "thresholdsStyle", "mode"); style == "" || style == "off" {
			return nil
		}
	}
	var out []Text
	for _, s := range steps[1:] {
		if _, ok := s.number("value"); ok {
			text, _ := s.scalar("value")
			out = append(out, text)
		}
	}
	return out
}
