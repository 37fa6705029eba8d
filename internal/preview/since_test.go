package preview

import (
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// A record is evaluated from where something first reads it, and no earlier.
func TestRecordsAreNeededSince(t *testing.T) {
	g := rulegraph.New(&plan.Plan{Groups: []plan.RuleGroup{{Interval: "1m", Rules: []plan.Rule{
		{Record: "busy", Expr: "avg(raw)"},
		{Record: "day", Expr: "avg_over_time(busy[1d])"},
		{Record: "month", Expr: "sum_over_time(busy[30d])"},
	}}}})
	for query, want := range map[string]map[string]float64{
		"busy":                          {"busy": now - longest - scrape},
		"day":                           {"day": now - longest - scrape, "busy": now - longest - 86400 - 2*scrape},
		"max_over_time(busy[1h]) + day": {"busy": now - longest - 86400 - 2*scrape},
		"month":                         {"busy": 0},
	} {
		readers := []rulegraph.Rule{rulegraph.Query(query)}
		got := since(g.Of(readers...), readers)
		for name, from := range want {
			if got[name] != from {
				t.Errorf("%s: %s is needed since %v, want %v", query, name, got[name], from)
			}
		}
	}
}
