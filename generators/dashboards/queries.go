package dashboards

import (
	"strconv"

	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// targets are the panel's queries in Grafana's form. The interval is left
// out: Grafana finds it from the data source and the zoom.
func targets(p plan.Panel) []variants.Dataquery {
	var out []variants.Dataquery
	for i, q := range p.Queries {
		out = append(out, target(p.Kind, refID(i), q))
	}
	return out
}

func target(kind, ref string, q model.Query) prometheus.Dataquery {
	format, now := prometheus.PromQueryFormatTimeSeries, true
	switch kind {
	case "timeseries", "statetimeline":
		now = false
	case "heatmap":
		format, now = prometheus.PromQueryFormatHeatmap, false
	case "table", "grid":
		format = prometheus.PromQueryFormatTable
	}
	from, editor, over := source(), prometheus.QueryEditorModeCode, !now
	out := prometheus.Dataquery{
		Datasource: &from, EditorMode: &editor, Expr: q.Expr, Format: &format,
		Instant: &now, Range: &over, RefId: &ref,
	}
	if kind != "table" { // there the legend is the title of a column
		out.LegendFormat = &q.Legend
	}
	return out
}

// refID names the queries of a panel A to Z, then A1 and so on.
func refID(i int) string {
	letter := string(rune('A' + i%26))
	if i < 26 {
		return letter
	}
	return letter + strconv.Itoa(i/26)
}
