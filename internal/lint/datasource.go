package lint

import (
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// isPrometheus reports whether a data source may be Prometheus, and whether that
// is certain.
func (p *page) isPrometheus(ds *node) (ours, sure bool) {
	if ds == nil {
		return true, false
	}
	name := ds.text.Value
	if ds.isMap {
		// Grafana's own kinds stand for several: only the name says which.
		switch kind := ds.str("type"); kind {
		case "", "mixed", "datasource":
			name = ds.str("uid")
		default:
			name = kind
			if !promql.GrafanaVariable.MatchString(kind) {
				return strings.Contains(kind, "prometheus"), true
			}
		}
	}
	if m := promql.GrafanaVariable.FindStringSubmatch(name); m != nil {
		v, ok := p.variables[m[1]+m[2]+m[3]]
		if !ok || v.kind != "datasource" {
			return true, false
		}
		return strings.Contains(v.value, "prometheus"), true
	}
	switch strings.ToLower(name) {
	case "prometheus":
		return true, true
	// Names that people give to others.
	case "loki", "tempo", "elasticsearch", "graphite", "influxdb", "mysql", "postgres", "cloudwatch", "stackdriver", "testdata", "grafana", "-- grafana --", "__expr__":
		return false, true
	}
	return true, false
}
