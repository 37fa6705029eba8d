package typecheck_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// index is the embedded catalogue: the facts are the real ones.
var index = sync.OnceValue(func() *catalog.Index {
	e, err := load.LoadEmbedded()
	if err != nil {
		panic(err)
	}
	return catalog.New(&e.Catalog)
})

// world runs the newest of everything, scraped every 15 seconds.
func world() *typecheck.World {
	w := &typecheck.World{Catalog: index(), Running: map[string][]catalog.Running{}, Interval: 15 * time.Second}
	for name, e := range w.Catalog.Exporters {
		w.Running[name] = []catalog.Running{{Version: e.Latest, Assumed: true}}
	}
	return w
}

// running is a world in which somebody says how an exporter runs.
func running(exporter string, runs ...catalog.Running) *typecheck.World {
	w := world()
	w.Running[exporter] = runs
	return w
}

// check types a query.
func check(t testing.TB, w *typecheck.World, use typecheck.Use, query string) typecheck.Result {
	t.Helper()
	e, faults := promql.ParseAny(query)
	if len(faults) > 0 {
		t.Fatalf("%s: %v", query, faults)
	}
	return w.Check(e, typecheck.Query{Use: use, Text: query})
}

// told are the findings of a query, each as its code and the text that it is about:
// "AIO066 rate(x[5m])", or "AIO066 *" where that is the whole query.
func told(query string, r typecheck.Result) []string {
	var out []string
	for _, f := range r.Findings {
		span := query[f.Start:f.End]
		if span == query {
			span = "*"
		}
		out = append(out, f.Code+" "+span)
	}
	return out
}

// rules are queries with what should be told of them, in the order in which it stands
// there.
type rules []struct {
	query string
	want  []string
}

func (r rules) check(t *testing.T, w *typecheck.World, use typecheck.Use) {
	t.Helper()
	for _, tt := range r {
		result := check(t, w, use, tt.query)
		if got := told(tt.query, result); !slices.Equal(got, tt.want) {
			t.Errorf("%s\n got %q\nwant %q", tt.query, got, tt.want)
			for _, f := range result.Findings {
				t.Logf("  %s: %s (%s)", f.Code, f.Message, f.Hint)
			}
		}
	}
}

func is(want ...string) []string { return want }

var silent []string

func TestNames(t *testing.T) {
	rules{
		{`vllm:num_requests_waiting > 10`, silent},
		{`vllm:num_request_waiting > 10`, is("AIO060 vllm:num_request_waiting")},
		{`rate(vllm:num_preemptions[5m]) > 0`, is("AIO060 vllm:num_preemptions")},
		{`{__name__="vllm:num_preemptions"}`, is("AIO060 vllm:num_preemptions")},
		{`{"vllm:num_preemptions", pod="a"}`, is("AIO060 vllm:num_preemptions")},
		{`{__name__=~"vllm:num_preemption.*"}`, silent},
		{`max(vllm:time_to_first_token_seconds) > 1`, is("AIO060 vllm:time_to_first_token_seconds")},
		{`DCGM_FI_DEV_GPU_TMP > 90`, is("AIO060 DCGM_FI_DEV_GPU_TMP")},
		// Nobody owns the beginning, or the catalogue has not all of it.
		{`some_program_requests_total > 10`, silent},
		{`vllm:mooncake_something > 1`, silent},
		{`node_gpu_hourly_costs > 1`, silent},
		// _created series are there.
		{`time() - vllm:prompt_tokens_created > 60`, silent},
		{`vllm:gpu_cache_usage_perc > 0.9`, is("AIO061 vllm:gpu_cache_usage_perc")},
		{`vllm:kv_cache_usage_perc > 0.9`, silent},
		// A query for several versions.
		{`vllm:kv_cache_usage_perc or vllm:gpu_cache_usage_perc`, silent},
		{`max by (pod) (vllm:gpu_cache_usage_perc) or max by (pod) (vllm:kv_cache_usage_perc)`, silent},
		{`vllm:cpu_cache_usage_perc or vllm:gpu_cache_usage_perc`, is("AIO061 vllm:cpu_cache_usage_perc", "AIO061 vllm:gpu_cache_usage_perc")},
		{`(vllm:kv_cache_usage_perc or vllm:gpu_cache_usage_perc) / vllm:gpu_cache_usage_perc`, is("AIO061 vllm:gpu_cache_usage_perc")},
	}.check(t, world(), typecheck.InAlert)
}

func TestVersions(t *testing.T) {
	rules{
		{`DCGM_FI_DEV_FB_USED > 1000`, silent},
		{`DCGM_FI_DEV_FB_USED_BYTES > 1e9`, is("AIO061 DCGM_FI_DEV_FB_USED_BYTES")},
		{`max by (Hostname) (DCGM_FI_DEV_GPU_TEMP) > 90`, silent},
		{`max by (hostname) (DCGM_FI_DEV_GPU_TEMP) > 90`, is("AIO064 hostname")},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2"}), typecheck.InAlert)
	rules{
		{`DCGM_FI_DEV_FB_USED_BYTES > 1e9`, silent},
		{`max by (Hostname) (DCGM_FI_DEV_GPU_TEMP) > 90`, is("AIO064 Hostname")},
		{`DCGM_FI_DEV_GPU_TEMP{Hostname="a"} > 90`, is("AIO064 Hostname")},
		// Both spellings are how one lives through it.
		{`max by (Hostname, hostname) (DCGM_FI_DEV_GPU_TEMP) > 90`, silent},
		{`max by (Hostname) (DCGM_FI_DEV_GPU_TEMP) or max by (hostname) (DCGM_FI_DEV_GPU_TEMP)`, silent},
		{`label_replace(DCGM_FI_DEV_GPU_TEMP, "node", "$1", "Hostname", "(.+)")`, silent},
		{`DCGM_FI_DEV_GPU_TEMP > on (UUID, Hostname, hostname) DCGM_FI_DEV_SLOWDOWN_TEMP`, silent},
		{`DCGM_FI_DEV_GPU_TEMP > on (UUID, Hostname) DCGM_FI_DEV_SLOWDOWN_TEMP`, is("AIO064 Hostname")},
	}.check(t, running("dcgm", catalog.Running{Version: "4.9.0"}), typecheck.InRecord)
	// Where both run, neither name is wrong.
	rules{
		{`max by (Hostname) (DCGM_FI_DEV_GPU_TEMP) > 90`, silent},
		{`max by (hostname) (DCGM_FI_DEV_GPU_TEMP) > 90`, silent},
		{`DCGM_FI_DEV_FB_USED_BYTES > 1e9`, silent},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2"}, catalog.Running{Version: "4.9.0"}), typecheck.InAlert)
	// Hidden, behind a flag, of another setting.
	rules{
		{`vllm:gpu_cache_usage_perc > 0.9`, is("AIO062 vllm:gpu_cache_usage_perc")},
		{`vllm:kv_cache_usage_perc > 0.9`, silent},
	}.check(t, running("vllm", catalog.Running{Version: "0.11.0"}), typecheck.InAlert)
	rules{
		{`rate(vllm:corrupted_requests_total[5m]) > 0`, is("AIO062 vllm:corrupted_requests_total")},
		{`rate(vllm:kv_offload_load_bytes_total[5m]) > 0`, silent},
	}.check(t, running("vllm", catalog.Running{Version: "0.30.0", Flags: []string{"OffloadingConnector"}}), typecheck.InAlert)
	rules{
		{`DCGM_FI_DEV_GPU_TEMP > 90`, silent},
		{`DCGM_FI_DEV_FB_TOTAL > 1`, is("AIO062 DCGM_FI_DEV_FB_TOTAL")},
		{`DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_TOTAL or DCGM_FI_DEV_GPU_TEMP * 0`, silent},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2", Counters: map[string]bool{"DCGM_FI_DEV_GPU_TEMP": true}}), typecheck.InAlert)
	rules{
		{`DCGM_FI_PROF_SM_ACTIVE > 0.9`, is("AIO062 DCGM_FI_PROF_SM_ACTIVE")},
		{`DCGM_FI_DEV_GPU_UTIL > 90`, silent},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2", NoProfiling: true}), typecheck.InAlert)
}

// What the GPUs measure depends on how they are divided, and on their generation.
func TestHardware(t *testing.T) {
	rules{
		{`max by (UUID, GPU_I_ID) (DCGM_FI_DEV_GPU_UTIL) < 5`, is("AIO063 DCGM_FI_DEV_GPU_UTIL")},
		{`avg(DCGM_FI_DEV_MEM_COPY_UTIL) > 90`, is("AIO063 DCGM_FI_DEV_MEM_COPY_UTIL")},
		{`DCGM_FI_PROF_NVLINK_TX_BYTES > 1e9`, is("AIO063 DCGM_FI_PROF_NVLINK_TX_BYTES")},
		{`max by (UUID, GPU_I_ID) (DCGM_FI_PROF_GR_ENGINE_ACTIVE) < 0.05`, silent},
		{`max by (UUID) (DCGM_FI_DEV_GPU_TEMP) > 90`, silent}, // the board's, repeated
		{`DCGM_FI_DEV_GPU_UTIL or 100 * DCGM_FI_PROF_GR_ENGINE_ACTIVE`, silent},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2", MIG: true}), typecheck.InAlert)
	rules{
		{`DCGM_FI_DEV_ROW_REMAP_PENDING > 0`, is("AIO063 DCGM_FI_DEV_ROW_REMAP_PENDING")},
		{`DCGM_FI_DEV_RETIRED_PENDING > 0`, silent},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2", Architectures: []string{"Turing"}}), typecheck.InAlert)
	rules{
		{`DCGM_FI_DEV_GPU_TEMP_LIMIT < 5`, is("AIO063 DCGM_FI_DEV_GPU_TEMP_LIMIT")},
		{`rate(DCGM_FI_DEV_NVLINK_COUNT_LINK_RECOVERY_EVENTS[5m]) > 0`, is("AIO063 DCGM_FI_DEV_NVLINK_COUNT_LINK_RECOVERY_EVENTS")},
		{`DCGM_FI_DEV_ROW_REMAP_PENDING > 0`, silent},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2", Architectures: []string{"Ampere"}}), typecheck.InAlert)
	// One pool that measures it is enough.
	rules{
		{`DCGM_FI_DEV_GPU_UTIL > 90`, silent},
		{`DCGM_FI_DEV_GPU_TEMP_LIMIT < 5`, silent},
	}.check(t, running("dcgm", catalog.Running{Version: "4.8.2", MIG: true, Architectures: []string{"Ampere"}},
		catalog.Running{Version: "4.8.2", Architectures: []string{"Hopper"}}), typecheck.InAlert)
}

func TestCounters(t *testing.T) {
	rules{
		{`rate(vllm:generation_tokens_total[5m]) > 0`, silent},
		{`rate(vllm:num_requests_waiting[5m]) > 0`, is("AIO066 rate(vllm:num_requests_waiting[5m])")},
		{`increase(DCGM_FI_DEV_XID_ERRORS[5m]) > 0`, is("AIO066 increase(DCGM_FI_DEV_XID_ERRORS[5m])")},
		{`irate(max_over_time(DCGM_FI_DEV_FB_USED[5m])[1h:]) > 0`, is("AIO066 irate(max_over_time(DCGM_FI_DEV_FB_USED[5m])[1h:])")},
		{`rate(some_gauge[5m]) > 0`, silent},
		{`rate(vllm:generation_tokens_total[1h:1m]) > 0`, silent},
		// A sum of counters is none; one of a single series is.
		{`rate(sum(vllm:generation_tokens_total)[5m:]) > 0`, is("AIO066 rate(sum(vllm:generation_tokens_total)[5m:])")},
		{`rate(max by (pod) (vllm:generation_tokens_total)[5m:1m]) > 0`, is("AIO066 rate(max by (pod) (vllm:generation_tokens_total)[5m:1m])")},
		{`rate(sum by (pod, engine) (vllm:generation_tokens_total)[5m:]) > 0`, silent},
		{`rate(topk(5, vllm:generation_tokens_total)[5m:]) > 0`, silent},
		{`increase((vllm:prompt_tokens_total + vllm:generation_tokens_total)[5m:]) > 0`, is("AIO066 increase((vllm:prompt_tokens_total + vllm:generation_tokens_total)[5m:])")},
		{`rate(sum(some_counter_total)[5m:]) > 0`, silent},
		{`delta(vllm:num_requests_waiting[5m]) > 0`, silent},
		{`delta(vllm:generation_tokens_total[5m]) > 0`, is("AIO068 delta(vllm:generation_tokens_total[5m])")},
		{`deriv(sum(vllm:generation_tokens_total)[5m:]) > 0`, is("AIO068 deriv(sum(vllm:generation_tokens_total)[5m:])")},
		{`idelta(vllm:e2e_request_latency_seconds_sum[5m]) > 0`, is("AIO068 idelta(vllm:e2e_request_latency_seconds_sum[5m])")},
		{`predict_linear(vllm:generation_tokens_total[1h], 3600) > 1e9`, silent},
		{`changes(vllm:generation_tokens_total[1h]) == 0`, silent},
	}.check(t, world(), typecheck.InAlert)
}

func TestRaw(t *testing.T) {
	rules{
		{`vllm:num_preemptions_total > 100`, is("AIO067 vllm:num_preemptions_total")},
		{`100 < vllm:num_preemptions_total`, is("AIO067 vllm:num_preemptions_total")},
		{`sum(vllm:num_preemptions_total{pod="a"}) != 0`, is("AIO067 vllm:num_preemptions_total")},
		{`avg_over_time(vllm:num_preemptions_total[5m]) >= 7`, is("AIO067 vllm:num_preemptions_total")},
		// Below a number it does not stay.
		{`vllm:generation_tokens_total == 0`, silent},
		{`vllm:generation_tokens_total < 1`, silent},
		{`increase(vllm:num_preemptions_total[1h]) > 100`, silent},
		// What was there before is taken away.
		{`vllm:num_preemptions_total > vllm:num_preemptions_total offset 5m`, silent},
		{`vllm:num_preemptions_total - vllm:num_preemptions_total offset 5m > 3`, silent},
		{`vllm:num_preemptions_total > 0 unless vllm:num_preemptions_total offset 1h`, silent},
		{`vllm:num_preemptions_total > 0 and vllm:num_preemptions_total offset 5m == 0`, silent},
		{`vllm:num_preemptions_total > 0 and vllm:num_preemptions_total < 9`, is("AIO067 vllm:num_preemptions_total")},
		{`vllm:prompt_tokens_total - vllm:prompt_tokens_cached_total > 5`, is("AIO067 vllm:prompt_tokens_total", "AIO067 vllm:prompt_tokens_cached_total")},
		{`vllm:e2e_request_latency_seconds_sum / vllm:e2e_request_latency_seconds_count > 5`,
			is("AIO067 vllm:e2e_request_latency_seconds_sum", "AIO067 vllm:e2e_request_latency_seconds_count")},
	}.check(t, world(), typecheck.InAlert)
	rules{
		{`sum(vllm:num_preemptions_total)`, is("AIO067 vllm:num_preemptions_total")},
		{`vllm:num_preemptions_total * 2`, is("AIO067 vllm:num_preemptions_total")},
		{`rate(vllm:num_preemptions_total[5m])`, silent},
		{`count(vllm:num_preemptions_total)`, silent},
		{`vllm:num_requests_waiting`, silent},
	}.check(t, world(), typecheck.InPanel)
	// A record of a counter is a counter.
	rules{
		{`sum(vllm:num_preemptions_total)`, silent},
		{`max by (pod) (vllm:num_preemptions_total)`, silent},
		{`vllm:num_preemptions_total > 100`, silent},
		{`vllm:e2e_request_latency_seconds_sum / 2`, silent},
	}.check(t, world(), typecheck.InRecord)
}

func TestBuckets(t *testing.T) {
	rules{
		{`histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 1`, silent},
		{`histogram_quantile(0.95, sum(rate(vllm:time_to_first_token_seconds_bucket[5m])) by (le, pod)) > 1`, silent},
		{`histogram_quantile(0.95, sum without (pod) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 1`, silent},
		{`histogram_quantile(0.95, rate(vllm:time_to_first_token_seconds_bucket[5m]))`, silent},
		{`histogram_quantile(0.95, sum by (pod) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, is("AIO069 *")},
		{`histogram_quantile(0.95, sum without (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, is("AIO069 *")},
		{`histogram_quantile(95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, is("AIO069 95")},
		{`histogram_quantile(99 / 100, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, silent},
		{`histogram_quantile(0.95, sum by (le) (vllm:time_to_first_token_seconds_bucket))`, is("AIO069 *")},
		// A mean of buckets is their sum over one number; a maximum is none.
		{`histogram_quantile(0.95, avg by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, silent},
		{`histogram_quantile(0.95, max by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, is("AIO069 *")},
		{`histogram_quantile(0.95, max by (le, pod, engine) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, silent},
		{`histogram_quantile(0.95, vllm:num_requests_waiting)`, is("AIO069 *")},
		{`histogram_quantile(0.95, sum by (pod) (rate(vllm:time_to_first_token_seconds_count[5m])))`, is("AIO069 *")},
		{`histogram_fraction(0, 0.2, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 0.9`, silent},
		{`histogram_fraction(0, 0.2, sum by (pod) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, is("AIO069 *")},
		{`sum by (workload) (histogram_fraction(0, 0.2, sum by (le, workload) (rate(vllm:time_to_first_token_seconds_bucket[5m]))))`, silent},
		// Another program's buckets have le, its native histograms have not.
		{`histogram_quantile(0.95, sum by (pod) (rate(some_latency_bucket[5m])))`, is("AIO069 *")},
		{`histogram_quantile(0.95, sum by (le) (rate(some_latency_bucket[5m])))`, silent},
		{`histogram_quantile(0.95, sum by (pod) (rate(some_latency[5m])))`, silent},
		{`histogram_quantile(0.95, rate(vllm:time_to_first_token_seconds_bucket[5m]) or rate(ray_vllm_time_to_first_token_seconds_bucket[5m]))`, silent},
		// Quantiles of several series cannot be joined.
		{`avg(histogram_quantile(0.95, sum by (le, pod) (rate(vllm:time_to_first_token_seconds_bucket[5m]))))`, is("AIO069 *")},
		{`sum by (ns) (histogram_quantile(0.95, sum by (le, pod, ns) (rate(vllm:time_to_first_token_seconds_bucket[5m]))))`, is("AIO069 *")},
		{`avg(histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))))`, silent},
		{`avg by (pod) (histogram_quantile(0.95, sum by (le, pod) (rate(vllm:time_to_first_token_seconds_bucket[5m]))))`, silent},
		{`max(histogram_quantile(0.95, sum by (le, pod) (rate(vllm:time_to_first_token_seconds_bucket[5m]))))`, silent},
		{`avg_over_time(histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))[1h:])`, silent},
		// Edges are texts.
		{`rate(vllm:time_to_first_token_seconds_bucket{le="0.25"}[5m])`, silent},
		{`rate(vllm:time_to_first_token_seconds_bucket{le="+Inf"}[5m])`, silent},
		{`rate(vllm:time_to_first_token_seconds_bucket{le="0.2"}[5m])`, is("AIO070 0.2")},
		{`rate(vllm:time_to_first_token_seconds_bucket{le="1"}[5m])`, is("AIO070 1")},
		{`rate(vllm:time_to_first_token_seconds_bucket{engine="1",le="1"}[5m])`, is("AIO070 1")},
		{`rate(vllm:time_to_first_token_seconds_bucket{le=~"1(\\.0)?"}[5m])`, silent},
		{`rate(vllm:time_to_first_token_seconds_bucket{le=~"0.2|0.3"}[5m])`, is("AIO070 0.2|0.3")},
		{`rate(vllm:time_to_first_token_seconds_bucket{le!="0.2"}[5m])`, silent},
		{`rate(vllm:request_prompt_tokens_bucket{le="777"}[5m])`, silent}, // edges differ by deployment
		{`rate(some_latency_bucket{le="0.2"}[5m])`, silent},
		{`vllm:num_requests_waiting{le="1.0"}`, is("AIO064 le")},
	}.check(t, world(), typecheck.InAlert)
}

// What a server understands with its experimental features switched on.
func TestExperimental(t *testing.T) {
	rules{
		{`sum by (k8s_cluster_name) (info(vllm:num_requests_waiting, {k8s_cluster_name=~".+"}))`, silent},
		{`info(vllm:num_requests_waiting, {__name__="vllm:no_such_info"})`, silent},
		{`sum by (reason) (info(vllm:num_requests_waiting))`, silent},
		{`info(vllm:num_request_waiting)`, is("AIO060 vllm:num_request_waiting")},
		{`sum by (q) (histogram_quantiles(sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m])), "q", 0.5, 0.9))`, silent},
		{`histogram_quantiles(sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m])), "q", 0.5, 95)`, is("AIO069 95")},
		{`histogram_quantiles(sum by (pod) (rate(vllm:request_queue_time_seconds_bucket[5m])), "q", 0.5)`, is("AIO069 *")},
		{`avg(histogram_quantiles(sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m])), "q", 0.5))`, is("AIO069 *")},
		{`avg by (q) (histogram_quantiles(sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m])), "q", 0.5))`, silent},
		{`double_exponential_smoothing(vllm:kv_cache_usage_perc[1h], 0.5, 0.5) > 1.1`, silent},
		{`rate(vllm:generation_tokens_total[20s] smoothed)`, silent},
		{`increase(vllm:generation_tokens_total[20s] anchored)`, silent},
		{`rate(vllm:generation_tokens_total[step() * 5])`, silent},
		{`vllm:num_preemptions_total > 0 unless vllm:num_preemptions_total offset (5 * 60)`, silent},
		{`sum by (pod, engine) (vllm:kv_cache_usage_perc) / fill (1) sum by (pod) (vllm:num_requests_running)`, silent},
		{`max_of(1, 2) > bool min_of(3, 4)`, silent},
		{`limitk by (pod) (1, up) * on (pod) group_right () vllm:num_requests_waiting`, silent},
	}.check(t, world(), typecheck.InAlert)
}

// What stands in the text twice is pointed at where it is wrong.
func TestPlaces(t *testing.T) {
	for query, want := range map[string]int{
		`rate(vllm:time_to_first_token_seconds_bucket{engine="1",le="1"}[5m])`:                 strings.LastIndex(`rate(vllm:time_to_first_token_seconds_bucket{engine="1",le="1"}[5m])`, "1\""),
		`sum(vllm:num_requests_waiting{node="a"}) by (reason)`:                                 strings.LastIndex(`sum(vllm:num_requests_waiting{node="a"}) by (reason)`, "reason"),
		`sum by (pod) (up{node="a"}) and on (node) up`:                                         strings.Index(`sum by (pod) (up{node="a"}) and on (node) up`, "node) up"),
		`sum by (my_reason, reasons, reason) (vllm:num_requests_waiting)`:                      28,
		`sum(rate(vllm:num_requests_running{engine="rate"}[5m]))`:                              4,
		`label_replace(sum by (pod) (up{job="node"}), "node_of", "$1", "node", "(.*)")`:        strings.Index(`label_replace(sum by (pod) (up{job="node"}), "node_of", "$1", "node", "(.*)")`, `node", "(`),
		`vllm:num_requests_waiting > on (pod) group_left (nodes) sum by (pod) (up{nodes="a"})`: strings.Index(`vllm:num_requests_waiting > on (pod) group_left (nodes) sum by (pod) (up{nodes="a"})`, "nodes"),
	} {
		r := check(t, world(), typecheck.InAlert, query)
		if len(r.Findings) != 1 || r.Findings[0].Start != want {
			t.Errorf("%s: %+v, want one at %d", query, r.Findings, want)
		}
	}
	// A tree that was built has no text: the places are those of the tree.
	e, _ := promql.Parse(`sum by (reason) (vllm:num_requests_waiting)`)
	if f := world().Check(e, typecheck.Query{}).Findings; len(f) != 1 || f[0].End != len(`sum by (reason) (vllm:num_requests_waiting)`) {
		t.Errorf("%+v", f)
	}
}

func TestMatching(t *testing.T) {
	rules{
		// Several series of what may be one.
		{`vllm:num_requests_waiting * on (namespace, pod) group_left (label_team) kube_pod_labels`, is("AIO071 kube_pod_labels")},
		{`vllm:num_requests_waiting * on (namespace, pod) group_left (label_team) max by (namespace, pod, label_team) (kube_pod_labels)`, silent},
		{`vllm:num_requests_waiting * on (namespace, pod) group_left (label_team) topk by (namespace, pod) (1, kube_pod_labels)`, silent},
		{`vllm:num_requests_waiting * on (namespace, pod) group_left (label_team) topk by (namespace, pod) (2, kube_pod_labels)`, is("AIO071 topk by (namespace, pod) (2, kube_pod_labels)")},
		{`kube_pod_labels * on (namespace, pod) group_right (label_team) vllm:num_requests_waiting`, is("AIO071 kube_pod_labels")},
		{`kube_pod_owner * on (uid) group_left () kube_pod_info`, silent}, // a uid names one pod
		{`vllm:num_requests_waiting * on (namespace, pod) group_left () max by (namespace, pod, container) (kube_pod_container_status_ready)`,
			is("AIO071 max by (namespace, pod, container) (kube_pod_container_status_ready)")},
		{`DCGM_FI_DEV_POWER_USAGE / on (UUID) DCGM_FI_DEV_ENFORCED_POWER_LIMIT`, silent},
		{`DCGM_FI_DEV_POWER_USAGE / on (gpu, node) DCGM_FI_DEV_ENFORCED_POWER_LIMIT`, silent},
		{`DCGM_FI_DEV_POWER_USAGE / on (node) DCGM_FI_DEV_ENFORCED_POWER_LIMIT`, is("AIO071 DCGM_FI_DEV_POWER_USAGE", "AIO071 DCGM_FI_DEV_ENFORCED_POWER_LIMIT")},
		{`DCGM_FI_DEV_POWER_USAGE{UUID="a"} / on (node) DCGM_FI_DEV_ENFORCED_POWER_LIMIT{UUID="a"}`, silent},
		{`rate(vllm:time_to_first_token_seconds_bucket{le="0.25"}[5m]) / ignoring (le) rate(vllm:time_to_first_token_seconds_count[5m]) > 0.9`, silent},
		{`rate(vllm:time_to_first_token_seconds_bucket[5m]) / ignoring (le) rate(vllm:time_to_first_token_seconds_count[5m]) > 0.9`,
			is("AIO071 rate(vllm:time_to_first_token_seconds_bucket[5m])")},
		{`rate(vllm:time_to_first_token_seconds_bucket[5m]) / ignoring (le) group_left rate(vllm:time_to_first_token_seconds_count[5m]) > 0.9`, silent},
		{`some_metric * on (pod) group_left (team) other_metric`, silent},
		{`container_gpu_allocation * on (node) group_left () node_gpu_hourly_cost`, silent},
		{`container_gpu_allocation * on () group_left () node_gpu_hourly_cost`, is("AIO071 node_gpu_hourly_cost")},
		// Sides that leave different labels.
		{`sum by (pod) (vllm:kv_cache_usage_perc) / sum by (pod) (vllm:num_requests_running)`, silent},
		{`sum by (pod, engine) (vllm:kv_cache_usage_perc) / sum by (pod) (vllm:num_requests_running)`, is("AIO078 *")},
		{`sum by (pod, engine) (vllm:kv_cache_usage_perc) / on (pod) group_left () sum by (pod) (vllm:num_requests_running)`, silent},
		{`sum by (pod, engine) (vllm:kv_cache_usage_perc) / ignoring (engine) group_left () sum by (pod) (vllm:num_requests_running)`, silent},
		{`max by (pod, engine) (vllm:kv_cache_usage_perc) > 0.9 and max by (pod) (vllm:num_requests_waiting) > 0`, is("AIO078 *")},
		{`max by (pod, engine) (vllm:kv_cache_usage_perc) > 0.9 unless max by (pod) (vllm:num_requests_waiting) > 0`, is("AIO078 *")},
		{`max by (pod, engine) (vllm:kv_cache_usage_perc) > 0.9 and on (pod) max by (pod) (vllm:num_requests_waiting) > 0`, silent},
		{`max by (pod, engine) (vllm:kv_cache_usage_perc) or max by (pod) (vllm:kv_cache_usage_perc)`, silent},
		// A label that may be empty matches one that is not there.
		{`sum by (cluster, pod) (vllm:kv_cache_usage_perc) / sum by (pod) (vllm:num_requests_running)`, silent},
		{`max by (UUID, GPU_I_ID) (DCGM_FI_DEV_FB_USED) / max by (UUID) (DCGM_FI_DEV_ENFORCED_POWER_LIMIT)`, silent},
		{`sum by (code, pod) (some_requests) / sum by (pod) (some_requests)`, silent},
		{`sum by (code, pod) (some_requests{code="500"}) / sum by (pod) (some_requests)`, is("AIO078 *")},
		{`count_values("v", up) / count(up)`, is("AIO078 *")},
		{`sum by (pod) (up) * vector(2)`, silent},
		{`sum by (pod) (up) and vector(2)`, is("AIO078 *")},
		{`sum by (pod) (up) and on () vector(2)`, silent},
	}.check(t, world(), typecheck.InAlert)
}

func TestRanges(t *testing.T) {
	w := world()
	rules{
		{`rate(vllm:generation_tokens_total[1m])`, silent},
		{`rate(vllm:generation_tokens_total[59s])`, is("AIO075 59s")},
		{`increase(vllm:generation_tokens_total{pod="a"}[30s] offset 1h)`, is("AIO075 30s")},
		{`rate(vllm:generation_tokens_total[$__rate_interval])`, silent},
		{`rate(vllm:generation_tokens_total[30s:15s])`, silent},
		{`avg_over_time(vllm:num_requests_waiting[30s])`, silent},
	}.check(t, w, typecheck.InRecord)
	w.Interval = 30 * time.Second
	rules{
		{`rate(vllm:generation_tokens_total[1m])`, is("AIO075 1m")},
		{`rate(vllm:generation_tokens_total[2m])`, silent},
	}.check(t, w, typecheck.InRecord)
	w.Interval = 0
	rules{{`rate(vllm:generation_tokens_total[1s])`, silent}}.check(t, w, typecheck.InRecord)
}

func TestIdle(t *testing.T) {
	hits, queries := `sum(rate(vllm:prefix_cache_hits_total[5m]))`, `sum(rate(vllm:prefix_cache_queries_total[5m]))`
	rules{
		{hits + ` / ` + queries, is("AIO076 " + queries)},
		{hits + ` / (` + queries + ` > 0)`, silent},
		{hits + ` / (` + queries + ` > 10)`, silent},
		{hits + ` / (` + queries + ` != 0)`, silent},
		{hits + ` / (` + queries + ` >= 0)`, is("AIO076 (" + queries + " >= 0)")},
		{hits + ` / clamp_min(` + queries + `, 1)`, silent},
		{hits + ` / clamp_min(` + queries + `, 0)`, is("AIO076 clamp_min(" + queries + ", 0)")},
		{hits + ` / (` + queries + ` + 1)`, silent},
		{hits + ` / ` + queries + ` and ` + queries + ` > 0`, silent},
		{hits + ` / ` + queries + ` unless ` + queries + ` == 0`, silent},
		{hits + ` / ` + queries + ` and on () (up == 1 and up > 0)`, silent},
		{`1 / ` + queries, is("AIO076 " + queries)},
		{`1 / histogram_quantile(0.9, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))`, silent},
		{hits + ` / (` + queries + ` or vector(0))`, is("AIO076 (" + queries + " or vector(0))")},
		{hits + ` / (vllm:num_requests_running or vector(0))`, is("AIO076 (vllm:num_requests_running or vector(0))")},
		{hits + ` / count(vllm:num_requests_running)`, silent},
		{`(` + hits + ` / ` + queries + `) > 0.1`, silent},                                        // drops NaN
		{`(` + hits + ` / ` + queries + `) > bool 0.1`, is("AIO076 " + queries)},                  // and makes it 0
		{`count(vllm:num_requests_running) / ` + queries + ` > 0.1`, is("AIO076 " + queries)},     // keeps what is infinite
		{`count(vllm:num_requests_running) / ` + queries + ` < 0.1`, silent},                      // and drops that
		{`0.1 > count(vllm:num_requests_running) / ` + queries, silent},                           // written the other way round
		{`sum(kube_pod_status_ready{condition="true"}) / sum(kube_pod_status_scheduled)`, silent}, // 0 is no idleness
	}.check(t, world(), typecheck.InRecord)
	rules{
		{hits + ` / ` + queries + ` > 0.1`, silent},
		{`vllm:num_requests_running / on (pod) sum by (pod) (rate(vllm:generation_tokens_total[5m])) > 0.1`,
			is("AIO071 vllm:num_requests_running", "AIO076 sum by (pod) (rate(vllm:generation_tokens_total[5m]))")},
	}.check(t, world(), typecheck.InAlert)
	rules{{hits + ` / ` + queries, silent}}.check(t, world(), typecheck.InVariable)
}

func TestValues(t *testing.T) {
	rules{
		{`kube_pod_status_phase{phase="Running"} == 1`, silent},
		{`kube_pod_status_phase{phase="running"} == 1`, is("AIO077 running")},
		{`kube_pod_status_phase{phase=~"Pend.*|Running"} == 1`, silent},
		{`kube_pod_status_phase{phase=~"pend.*"} == 1`, is("AIO077 pend.*")},
		{`kube_pod_status_phase{phase!="running"} == 1`, silent},
		{`kube_pod_status_phase{phase!~"run.*"} == 1`, silent},
		{`kube_pod_status_phase{phase=""} == 1`, silent},
		{`kube_node_status_allocatable{resource="nvidia_com_gpu"} > 0`, silent},
		{`kube_node_status_allocatable{resource="nvidia.com/gpu"} > 0`, is("AIO077 nvidia.com/gpu")},
		{`kube_node_status_allocatable{resource=~"nvidia.com/gpu"} > 0`, silent},
		{`vllm:request_success_total{finished_reason="$reason"} == 0`, is("AIO077 $reason")},
	}.check(t, world(), typecheck.InAlert)
	// Variables of Grafana stand in a panel.
	rules{
		{`rate(vllm:request_success_total{finished_reason="$reason"}[5m])`, silent},
		{`rate(vllm:request_success_total{finished_reason=~"${reason:regex}"}[5m])`, silent},
		{`rate(vllm:request_success_total{finished_reason=~"[[reason]]"}[5m])`, silent},
		{`rate(vllm:request_success_total{finished_reason=~"sto$"}[5m])`, is("AIO077 sto$")},
		{`rate(vllm:time_to_first_token_seconds_bucket{le="$slo"}[5m])`, silent},
	}.check(t, world(), typecheck.InPanel)
}

// What is built for a dashboard has words in the place of its variables.
func TestStandIns(t *testing.T) {
	ins := typecheck.StandIns{Name: "stand_in_", Interval: 77 * time.Second, Duration: 78 * time.Second}
	for query, want := range map[string][]string{
		`sum by (stand_in_by) (vllm:num_requests_waiting)`:                                                 silent,
		`sum by (pod) (sum by (stand_in_by) (vllm:num_requests_waiting))`:                                  silent,
		`sum by (pod) (vllm:kv_cache_usage_perc) / sum by (stand_in_by) (up)`:                              silent,
		`sum by (pod) (up * on (stand_in_by) up)`:                                                          silent,
		`up * on (stand_in_by) group_left (stand_in_more) up`:                                              silent,
		`sum by (x) (label_replace(sum(up), "stand_in_x", "$1", "job", ""))`:                               is("AIO065 job"),
		`rate(stand_in_metric[5m])`:                                                                        silent,
		`rate(vllm:generation_tokens_total[77s])`:                                                          is("AIO075 *"),
		`rate(vllm:generation_tokens_total[78s])`:                                                          silent,
		`vllm:num_requests_waiting{stand_in_label="a"}`:                                                    silent,
		`histogram_quantile(0.9, sum by (stand_in_by) (rate(vllm:request_queue_time_seconds_bucket[5m])))`: silent,
	} {
		e, faults := promql.Parse(query)
		if len(faults) > 0 {
			t.Fatalf("%s: %v", query, faults)
		}
		r := world().Check(e, typecheck.Query{Use: typecheck.InPanel, Text: query, StandIns: ins})
		if got := told(query, r); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", query, got, want)
		}
	}
}

func TestUnknownNames(t *testing.T) {
	r := check(t, world(), typecheck.InAlert, `some_metric / other_metric > vllm:num_requests_waiting`)
	if !slices.Equal(r.Unknown, []string{"some_metric", "other_metric"}) || len(r.Findings) > 0 {
		t.Errorf("%+v", r)
	}
}

// Messages and hints, in whole for one of each rule.
func TestMessages(t *testing.T) {
	dcgm := running("dcgm", catalog.Running{Version: "4.9.0"})
	for _, tt := range []struct {
		world         *typecheck.World
		use           typecheck.Use
		query         string
		message, hint string
	}{
		{world(), typecheck.InAlert, `rate(vllm:num_preemptions[5m]) > 0`,
			"vllm:num_preemptions does not exist: vLLM has no such metric", `did you mean "vllm:num_preemptions_total"?`},
		{world(), typecheck.InAlert, `vllm:gpu_cache_usage_perc > 0.9`,
			"vllm:gpu_cache_usage_perc is not there in vLLM 0.32.0 (the newest known): it was removed in 0.12.0", "read vllm:kv_cache_usage_perc"},
		{running("dcgm", catalog.Running{Version: "4.8.2"}), typecheck.InAlert, `DCGM_FI_DEV_FB_USED_BYTES > 1e9`,
			"DCGM_FI_DEV_FB_USED_BYTES is not there in dcgm-exporter 4.8.2: it came with 4.9.0",
			"read DCGM_FI_DEV_FB_USED, in MiB instead of bytes: multiply what you compare it with by 9.5367431640625e-07"},
		{dcgm, typecheck.InAlert, `max by (Hostname) (DCGM_FI_DEV_GPU_TEMP)`,
			"the label Hostname is grouped by, and it is not there: dcgm-exporter lost it in 4.8.3: it is hostname now", ""},
		{dcgm, typecheck.InAlert, `DCGM_FI_DEV_XID_ERRORS{error_code="79"}`,
			"the label error_code is matched on, and DCGM_FI_DEV_XID_ERRORS does not carry it", `did you mean "err_code"?`},
		{world(), typecheck.InAlert, `sum by (pod) (sum by (namespace) (up))`,
			"the label pod is grouped by, and it is not there: sum by (namespace) leaves namespace", ""},
		{world(), typecheck.InAlert, `histogram_quantile(95, sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m])))`,
			"histogram_quantile() takes a share from 0 to 1, and 95 gives infinity", "write 0.95"},
		{world(), typecheck.InAlert, `histogram_quantile(0.9, rate(vllm:request_queue_time_seconds_sum[5m]))`,
			"histogram_quantile() of vllm:request_queue_time_seconds_sum, which has no buckets", `did you mean "vllm:request_queue_time_seconds_bucket"?`},
		{world(), typecheck.InAlert, `vllm:time_to_first_token_seconds_bucket{le="0.2"}`,
			`le="0.2" matches nothing: vllm:time_to_first_token_seconds has no such bucket`, "the edges around it are 0.1 and 0.25"},
		{world(), typecheck.InAlert, `vllm:time_to_first_token_seconds_bucket{le="1"}`,
			`le="1" matches nothing: vllm:time_to_first_token_seconds has no such bucket`, `write le="1.0", as Prometheus stores it`},
		{world(), typecheck.InAlert, `vllm:time_to_first_token_seconds_bucket{le="9999"}`,
			`le="9999" matches nothing: vllm:time_to_first_token_seconds has no such bucket`, "the last edge is 2560.0"},
		{world(), typecheck.InAlert, `vllm:time_to_first_token_seconds_bucket{le="0.0001"}`,
			`le="0.0001" matches nothing: vllm:time_to_first_token_seconds has no such bucket`, "the first edge is 0.001"},
		{world(), typecheck.InAlert, `vllm:num_requests_waiting * on (pod) group_left () kube_pod_info`,
			"the right side may have several series for one match on (pod): they differ in uid, and Prometheus then stops with an error",
			"bring it to one series first: max by (pod) (…)"},
		{world(), typecheck.InAlert, `rate(vllm:request_success_total[5m]) * ignoring (finished_reason) rate(vllm:prompt_tokens_total[5m])`,
			"the left side may have several series for one match ignoring (finished_reason): they differ in finished_reason, and Prometheus then stops with an error",
			"bring it to one series first: max without (finished_reason) (…)"},
		{world(), typecheck.InRecord, `DCGM_FI_DEV_FB_USED_BYTES or DCGM_FI_DEV_FB_USED`,
			"DCGM_FI_DEV_FB_USED_BYTES in bytes and DCGM_FI_DEV_FB_USED in MiB are joined by or", "multiply the left side by 9.5367431640625e-07"},
		{world(), typecheck.InRecord, `DCGM_FI_DEV_GPU_TEMP + DCGM_FI_DEV_POWER_USAGE`,
			"DCGM_FI_DEV_GPU_TEMP in celsius and DCGM_FI_DEV_POWER_USAGE in watts are added", ""},
		{world(), typecheck.InAlert, `sum(DCGM_FI_DEV_FB_USED) / sum(DCGM_FI_DEV_FB_FREE)`,
			"DCGM_FI_DEV_FB_USED over DCGM_FI_DEV_FB_FREE is no share: it is a part over another part, and grows past 1",
			"write sum(DCGM_FI_DEV_FB_USED) / (sum(DCGM_FI_DEV_FB_USED) + sum(DCGM_FI_DEV_FB_FREE)); or over DCGM_FI_DEV_FB_TOTAL, where it is collected"},
		{world(), typecheck.InRecord, `rate(vllm:generation_tokens_total[30s])`,
			"rate() over 30s with a scrape every 15s: one that is lost leaves a hole", "use at least 1m"},
		{world(), typecheck.InAlert, `kube_node_status_allocatable{resource="nvidia.com/gpu"}`,
			`resource="nvidia.com/gpu" matches no series of kube_node_status_allocatable`, `did you mean "nvidia_com_gpu"?`},
		{world(), typecheck.InAlert, `kube_pod_status_phase{phase="running"}`,
			`phase="running" matches no series of kube_pod_status_phase`, `want one of "Failed", "Pending", "Running", "Succeeded", "Unknown"`},
	} {
		r := check(t, tt.world, tt.use, tt.query)
		if len(r.Findings) == 0 {
			t.Errorf("%s: nothing is told", tt.query)
			continue
		}
		if f := r.Findings[0]; f.Message != tt.message || f.Hint != tt.hint {
			t.Errorf("%s\n got %s (%s)\nwant %s (%s)", tt.query, f.Message, f.Hint, tt.message, tt.hint)
		}
	}
}
