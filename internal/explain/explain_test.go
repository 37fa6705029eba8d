package explain

import (
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

var facts = &model.Catalog{Exporters: map[string]model.Exporter{
	"engine": {
		Title: "Engine", Source: "its code", Latest: "2.0.0", Labels: []string{"instance_id"},
		Metrics: map[string]model.Metric{
			"eng_latency_seconds": {Type: model.Histogram, Unit: "seconds", Help: "time of a request", Buckets: []float64{0.1, 1}, Confidence: "verified"},
			"eng_old": {Type: model.Gauge, Unit: "count", Help: "waiting", Labels: []string{"why"}, Values: map[string][]string{"why": {"full", "slow"}},
				Since: "1.0.0", Hidden: "1.1.0", Removed: "1.2.0", ReplacedBy: "eng_queue", OptIn: "--old", Trap: "it lies", MIG: "absent", Confidence: "approximate"},
			"eng_queue": {Type: model.Gauge, Unit: "count", Help: "waiting"},
			"eng_lone":  {Type: model.Gauge, Unit: "count", Help: "alone"},
		},
		Signals: map[string][]model.Binding{
			"latency": {{Series: "eng_latency_seconds"}},
			"queue":   {{Series: `eng_queue{why!=""}`}, {Series: "eng_old"}},
		},
	},
}}

var lib = model.Library{
	Records: map[string]model.Record{
		"a:latency:p95": {Expr: "histogram_quantile(0.95, sum by (le) (rate(signal:latency_bucket[5m])))"},
		"a:deep:max":    {Expr: "max(a:latency:p95)"},
		"a:queue:sum":   {Expr: "sum(signal:queue)"},
	},
	Alerts: map[string]model.Alert{
		"Slow":  {Expr: "a:deep:max > 1"},
		"Full":  {Expr: "a:queue:sum > 10"},
		"Plain": {Expr: "eng_latency_seconds_count > 3"},
	},
	SLOs: map[string]model.SLORule{"latency": {Alert: "Burns", Good: `rate(signal:latency_bucket{le="target"}[5m])`, Total: "rate(signal:latency_count[5m])"}},
	Dashboards: map[string]model.Dashboard{"page": {Rows: []model.Row{{Panels: []model.Panel{
		{Title: "Latency", Queries: []model.Query{{Expr: "a:latency:p95"}}},
		{Title: "Queue", Queries: []model.Query{{Expr: "signal:queue"}}},
	}}}}},
}

// Who reads a metric is found through signals and records, however deep.
func TestReaders(t *testing.T) {
	x := catalog.New(facts)
	for _, tt := range []struct {
		name string
		want Readers
	}{
		{"eng_latency_seconds_bucket", Readers{
			Signals: []string{"latency"}, Records: []string{"a:deep:max", "a:latency:p95"},
			Alerts: []string{"Burns", "Plain", "Slow"}, Panels: []string{"page/Latency"}}},
		{"eng_old", Readers{Signals: []string{"queue"}, Records: []string{"a:queue:sum"}, Alerts: []string{"Full"}, Panels: []string{"page/Queue"}}},
	} {
		found := Find(x, lib, tt.name)
		if len(found) != 1 {
			t.Fatalf("%s is found %d times", tt.name, len(found))
		}
		got := found[0].ReadBy
		for _, pair := range [][2][]string{{got.Signals, tt.want.Signals}, {got.Records, tt.want.Records}, {got.Alerts, tt.want.Alerts}, {got.Panels, tt.want.Panels}} {
			if !slices.Equal(pair[0], pair[1]) {
				t.Errorf("%s is read by %q, want %q", tt.name, pair[0], pair[1])
			}
		}
	}
}

func TestText(t *testing.T) {
	x := catalog.New(facts)
	for name, want := range map[string][]string{
		"eng_old": {
			"eng_old: waiting\n", "exporter    Engine (engine)\n", "type        gauge\n", "labels      why, instance_id\n", "why is one of full, slow\n",
			"versions    from 1.0.0 on, hidden behind a flag since 1.1.0, removed in 1.2.0; the newest known is 2.0.0\n",
			"instead     eng_queue\n", "needs       --old\n", "a GPU that is not divided (MIG)\n", "trap        it lies\n",
			"read by     signal queue\n", "alert Full\n", "confidence  approximate\n", "source      its code\n"},
		"eng_latency_seconds_bucket": {"type        series of the histogram eng_latency_seconds\n", "unit        count\n", "buckets     0.1 1.0\n", "labels      le, instance_id\n"},
		"eng_latency_seconds":        {"type        histogram: read eng_latency_seconds_bucket, eng_latency_seconds_sum or eng_latency_seconds_count\n", "unit        seconds\n"},
	} {
		found := Find(x, lib, name)
		if len(found) != 1 {
			t.Fatalf("%s is found %d times", name, len(found))
		}
		text := found[0].Text()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", name, w, text)
			}
		}
	}
	if found := Find(x, lib, "eng_lone"); !strings.Contains(found[0].Text(), "read by     nothing in the library") {
		t.Error("a metric that nobody reads does not say so")
	}
	if len(Find(x, lib, "nothing")) != 0 {
		t.Error("what is not there is explained")
	}
}
