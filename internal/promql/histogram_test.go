package promql

import (
	"fmt"
	"math"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
)

// firstToken are the edges of vLLM's time to first token, in no order.
var firstToken = []float64{0.25, 0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.5, 0.75, 1, 2.5, 2560}

func TestBetween(t *testing.T) {
	for _, tt := range []struct {
		name      string
		buckets   []float64
		threshold float64
		want      Edges
		ok, exact bool
	}{
		{"an edge", firstToken, 0.25, Edges{0.25, 0.25, 0.25}, true, true},
		{"between edges", firstToken, 0.2, Edges{0.2, 0.1, 0.25}, true, false},
		{"below the first edge", firstToken, 0.0005, Edges{0.0005, 0, 0.001}, true, false},
		{"the first edge", firstToken, 0.001, Edges{0.001, 0.001, 0.001}, true, true},
		{"the last edge", firstToken, 2560, Edges{2560, 2560, 2560}, true, true},
		{"above the last edge", firstToken, 2561, Edges{}, false, true},
		// 40 tokens a second are 1/40 s; a computed threshold may miss its edge in
		// the last digit.
		{"a speed that is an edge", []float64{0.01, 0.025, 0.05}, 1.0 / 40, Edges{0.025, 0.025, 0.025}, true, true},
		{"a speed up to rounding", []float64{0.1, 0.3, 0.4}, math.Nextafter(0.3, 1), Edges{math.Nextafter(0.3, 1), 0.3, 0.3}, true, true},
		{"a speed between edges", []float64{0.025, 0.05}, 1.0 / 30, Edges{1.0 / 30, 0.025, 0.05}, true, false},
		{"no edges", nil, 1, Edges{}, false, true},
	} {
		got, ok := Between(tt.buckets, tt.threshold)
		if got != tt.want || ok != tt.ok || got.Exact() != tt.exact {
			t.Errorf("%s: %+v, %t, exact %t; want %+v, %t, exact %t", tt.name, got, ok, got.Exact(), tt.want, tt.ok, tt.exact)
		}
	}
	if firstToken[0] != 0.25 {
		t.Error("Between sorted the catalogue's own buckets")
	}
}

// le is compared as text, so each edge has to be written as Prometheus does.
func TestFormatEdge(t *testing.T) {
	for v, want := range map[float64]string{
		1: "1.0", 0.25: "0.25", 2560: "2560.0", 0: "0.0", 1e6: "1e+06", 1048576: "1.048576e+06", 100000: "100000.0",
		0.0001: "0.0001", 0.00001: "1e-05", math.Inf(1): "+Inf", -1: "-1.0",
	} {
		got := FormatEdge(v)
		if got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
		if arbiter := labels.FormatOpenMetricsFloat(v); got != arbiter {
			t.Errorf("%v is written %s, by Prometheus %s", v, got, arbiter)
		}
	}
}

// An alert and a percentile panel must not contradict each other: the share
// under a threshold is s where, and only where, the s-quantile that Prometheus
// draws is that threshold.
func TestBelowIsTheInverseOfHistogramQuantile(t *testing.T) {
	buckets := []float64{0.1, 0.25, 0.5, 1, 2.5}
	// Two pods, uneven counts, some beyond the last edge.
	counts := map[string][]int{"p": {3, 10, 40, 41, 60, 64}, "q": {5, 9, 19, 80, 95, 99}}
	var w world
	for pod, list := range counts {
		for i, n := range list {
			edge := "+Inf"
			if i < len(buckets) {
				edge = FormatEdge(buckets[i])
			}
			// Counters that grow, so that rate has something to divide.
			w = append(w, fmt.Sprintf(`h_bucket{pod=%q,w="x",le=%q} 0+%dx10`, pod, edge, n))
		}
		w = append(w, fmt.Sprintf(`h_count{pod=%q,w="x"} 0+%dx10`, pod, list[len(list)-1]))
	}
	good := mustParse(t, `sum by (w) (rate(h_bucket{le="target"}[5m]))`)
	const total = `sum by (w) (rate(h_count[5m]))`
	for _, threshold := range []float64{0.05, 0.1, 0.2, 0.25, 1.0 / 3, 0.5, 0.7, 0.999, 1, 2, 2.5} {
		edges, ok := Between(buckets, threshold)
		if !ok {
			t.Fatalf("%v lies between no edges", threshold)
		}
		share, ok := w.eval(t, fmt.Sprintf("%s / %s", mustPrint(t, Below(good, edges)), total), 10)[`{w="x"}`]
		if !ok || share <= 0 || share >= 1 {
			t.Errorf("%v s: the share is %v, %t", threshold, share, ok)
			continue
		}
		query := fmt.Sprintf(`histogram_quantile(%v, sum by (le, w) (rate(h_bucket[5m])))`, share)
		if got := w.eval(t, query, 10)[`{w="x"}`]; math.Abs(got-threshold) > 1e-9 {
			t.Errorf("%v s: the share below is %v, and the quantile of that is %v s", threshold, share, got)
		}
	}
}

// A factor on the selector, or on the function around its range, gives what
// Prometheus computes from a series in the right unit.
func TestBindScalesWhatPrometheusComputes(t *testing.T) {
	ms := world{`a{l="x"} 0+300x20`}
	s := world{`a{l="x"} 0+0.3x20`}
	for _, query := range []string{
		`signal:a`,
		`rate(signal:a[5m])`,
		`max_over_time(rate(signal:a[5m])[10m:1m])`,
		`avg_over_time(signal:a[5m])`,
		`stddev_over_time(signal:a[5m])`,
		`stdvar_over_time(signal:a[5m])`,
		`quantile_over_time(0.9, signal:a[5m])`,
		`deriv(signal:a[5m])`,
		`predict_linear(signal:a[5m], 60)`,
		`changes(signal:a[5m])`,
		`resets(signal:a[5m])`,
		`count_over_time(signal:a[5m])`,
		`present_over_time(signal:a[5m])`,
		`sum(signal:a) / 2`,
	} {
		e := mustParse(t, query)
		scaled := ms.eval(t, mustPrint(t, Bind(e, renamed(0.001))), 20)
		plain := s.eval(t, mustPrint(t, Bind(e, renamed(1))), 20)
		if len(plain) != 1 {
			t.Errorf("%s: %v", query, plain)
		}
		for _, want := range plain {
			for _, got := range scaled {
				if math.Abs(got-want) > 1e-9*math.Abs(want) {
					t.Errorf("%s: %v with a factor, %v in the unit itself", query, got, want)
				}
			}
		}
		if len(scaled) != len(plain) {
			t.Errorf("%s: %v with a factor, %v in the unit itself", query, scaled, plain)
		}
	}
}
