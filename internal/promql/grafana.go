package promql

import (
	"regexp"
	"strings"
)

var legendLabel = regexp.MustCompile(`\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}`)

// LegendLabels lists the labels that a panel's legend shows.
func LegendLabels(legend string) []string {
	var out []string
	for _, m := range legendLabel.FindAllStringSubmatch(legend, -1) {
		out = append(out, m[1])
	}
	return out
}

// LabelValues takes Grafana's label_values(selector, label) apart.
func LabelValues(query string) (selector, label string, ok bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(query), "label_values(")
	if !ok {
		return "", "", false
	}
	inner, ok = strings.CutSuffix(inner, ")")
	if i := strings.LastIndex(inner, ","); ok && i >= 0 {
		return strings.TrimSpace(inner[:i]), strings.TrimSpace(inner[i+1:]), true
	}
	return "", strings.TrimSpace(inner), ok
}
