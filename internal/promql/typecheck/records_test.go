package typecheck_test

import (
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// learned is a world with rules: name, expression and labels, in this order.
func learned(t testing.TB, rules ...[3]string) *typecheck.World {
	t.Helper()
	var list []typecheck.Recording
	for _, r := range rules {
		e, faults := promql.Parse(r[1])
		if len(faults) > 0 {
			t.Fatalf("%s: %v", r[1], faults)
		}
		one := typecheck.Recording{Name: r[0], Expr: e}
		if r[2] != "" {
			one.Labels = []string{r[2]}
		}
		list = append(list, one)
	}
	w := world()
	w.Learn(list)
	return w
}

func TestRecords(t *testing.T) {
	chain := [][3]string{
		{"c", `sum by (namespace) (b)`, ""},
		{"b", `sum by (namespace, pod) (a)`, ""},
		{"a", `rate(vllm:generation_tokens_total[5m])`, ""},
	}
	// In whatever order they stand, each is typed after those that it reads.
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
		w := learned(t, chain[order[0]], chain[order[1]], chain[order[2]])
		rules{
			{`sum by (namespace) (c)`, silent},
			{`sum by (pod) (c)`, is("AIO065 pod")},
			{`c{pod="a"}`, is("AIO065 pod")},
			{`1 / c`, is("AIO076 c")},
			{`c + sum by (namespace) (rate(vllm:request_success_total[5m]))`, is("AIO072 *")},
			{`sum by (reason) (a)`, is("AIO064 reason")},
			{`a / b`, is("AIO076 b")},
		}.check(t, w, typecheck.InRecord)
	}
}

func TestRecordsOfCounters(t *testing.T) {
	w := learned(t,
		[3]string{"counter", `vllm:generation_tokens_total`, ""},
		[3]string{"sum_of_counters", `sum by (namespace) (vllm:generation_tokens_total)`, ""},
		[3]string{"gauge", `vllm:num_requests_waiting`, ""},
		[3]string{"buckets", `sum by (le, namespace) (rate(vllm:request_queue_time_seconds_bucket[5m]))`, ""},
		[3]string{"raw_buckets", `vllm:request_queue_time_seconds_bucket`, ""},
		[3]string{"quantiles", `histogram_quantile(0.9, buckets)`, ""},
	)
	rules{
		{`rate(counter[5m]) > 1`, silent},
		{`some_metric + counter > 1 or counter > 5`, is("AIO067 counter")}, // at this text, not the rule's
		{`rate(sum_of_counters[5m]) > 1`, is("AIO066 rate(sum_of_counters[5m])")},
		{`delta(counter[5m]) > 1`, is("AIO068 delta(counter[5m])")},
		{`rate(gauge[5m]) > 1`, is("AIO066 rate(gauge[5m])")},
		{`histogram_quantile(0.9, sum by (le) (buckets)) > 1`, silent},
		{`histogram_quantile(0.9, sum by (namespace) (buckets)) > 1`, is("AIO069 histogram_quantile(0.9, sum by (namespace) (buckets))")},
		{`histogram_quantile(0.9, raw_buckets) > 1`, is("AIO069 histogram_quantile(0.9, raw_buckets)")},
		{`histogram_quantile(0.9, rate(raw_buckets[5m])) > 1`, silent},
		{`buckets{le="7"} > 1`, is("AIO070 7")},
		{`avg(quantiles) > 1`, is("AIO069 avg(quantiles)")},
		{`max(quantiles) > 1`, silent},
		{`sum by (le) (quantiles) > 1`, is("AIO069 sum by (le) (quantiles)", "AIO065 le")},
	}.check(t, w, typecheck.InAlert)
	r := check(t, w, typecheck.InAlert, `counter > 5`)
	if len(r.Findings) != 1 || r.Findings[0].Hint != "rate(counter[5m]) is its speed, increase(counter[1h]) what came in an hour" {
		t.Errorf("%+v", r.Findings)
	}
}

// Of a name that reads itself, or that several rules record, what they have in common
// is known.
func TestRecordsTogether(t *testing.T) {
	w := learned(t,
		[3]string{"self", `self + 1`, ""},
		[3]string{"one", `sum by (pod) (other)`, ""},
		[3]string{"other", `sum by (node) (one)`, ""},
		[3]string{"price", `vector(2.5)`, "product"},
		[3]string{"price", `vector(0.8)`, "product"},
		[3]string{"mixed", `sum by (pod) (vllm:kv_cache_usage_perc)`, "kind"},
		[3]string{"mixed", `sum by (pod) (DCGM_FI_DEV_GPU_TEMP)`, "kind"},
		[3]string{"seconds_or_requests", `sum(vllm:num_requests_running)`, "kind"},
		[3]string{"seconds_or_requests", `sum(kube_pod_start_time)`, "kind"},
		[3]string{"share", `vllm:kv_cache_usage_perc`, "kind"},
		[3]string{"share", `avg(up)`, "kind"},
		[3]string{"part", `DCGM_FI_DEV_FB_USED`, "kind"},
		[3]string{"part", `DCGM_FI_DEV_FB_FREE`, "kind"},
		[3]string{"counter_or_not", `vllm:generation_tokens_total`, "kind"},
		[3]string{"counter_or_not", `vllm:num_requests_running`, "kind"},
		[3]string{"new_or_old", `vllm:gpu_cache_usage_perc`, ""},
	)
	rules{
		{`rate(self[5m]) > 1`, silent},
		{`sum by (anything) (self) > 1`, silent},
		{`sum by (node) (other) > 1`, silent},
		{`sum by (pod) (other) > 1`, is("AIO065 pod")},
		{`sum by (product) (price) > 100`, silent}, // a setting may be another one tomorrow
		{`sum by (node) (price) > 1`, is("AIO065 node")},
		{`mixed > DCGM_FI_DEV_GPU_TEMP`, silent},
		{`sum by (kind, pod) (mixed) > 1`, silent},
		{`sum by (node) (mixed) > 1`, is("AIO065 node")},
		{`seconds_or_requests > time()`, silent},
		{`share > 1`, is("AIO074 *")},
		{`part / DCGM_FI_DEV_FB_FREE > 0.9`, silent},
		{`rate(counter_or_not[5m]) > 1`, silent},
		{`delta(counter_or_not[5m]) > 1`, silent},
		{`new_or_old > 0.9`, silent}, // told where it is recorded
	}.check(t, w, typecheck.InAlert)
}
