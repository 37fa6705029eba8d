package typecheck_test

import (
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// What a query counts in: the units of the catalogue that can be declared for it, and
// those that cannot.
func TestUnits(t *testing.T) {
	for _, tt := range []struct{ query, fits, not string }{
		{`DCGM_FI_DEV_FB_USED`, "MiB", "bytes MB ratio seconds"},
		{`DCGM_FI_DEV_FB_USED * 1048576`, "bytes", "MiB"},
		{`DCGM_FI_DEV_FB_USED_BYTES / 1048576`, "MiB", "bytes GiB"},
		{`DCGM_FI_DEV_FB_USED_BYTES / 1024 / 1024 / 1024`, "GiB", "MiB bytes"},
		{`DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE`, "MiB", "bytes"},
		{`rate(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[5m])`, "milliwatts", "watts millijoules"},
		{`rate(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[5m]) / 1000`, "watts", "milliwatts"},
		{`increase(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[1h])`, "millijoules", "milliwatts joules"},
		{`sum(rate(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[5m])) * 1e-3`, "watts", "milliwatts"},
		{`DCGM_FI_DEV_GPU_UTIL`, "percent", "ratio"},
		{`DCGM_FI_DEV_GPU_UTIL / 100`, "ratio", "percent"},
		{`DCGM_FI_DEV_GPU_UTIL * 0.01`, "ratio", "percent"},
		{`1 - DCGM_FI_PROF_SM_ACTIVE`, "ratio", "percent"},
		{`100 - DCGM_FI_DEV_GPU_UTIL`, "percent", "ratio"},
		{`DCGM_FI_PROF_SM_ACTIVE * 100`, "percent", "ratio"},
		{`-DCGM_FI_DEV_GPU_TEMP`, "celsius", "seconds"},
		{`abs(DCGM_FI_DEV_GPU_TEMP - 50)`, "celsius", "seconds"},
		{`max_over_time(DCGM_FI_DEV_GPU_TEMP[1h])`, "celsius", "seconds"},
		{`quantile_over_time(0.9, DCGM_FI_DEV_GPU_TEMP[1h])`, "celsius", "seconds"},
		{`stddev_over_time(DCGM_FI_DEV_GPU_TEMP[1h])`, "celsius", "seconds"},
		{`quantile(0.9, DCGM_FI_DEV_GPU_TEMP)`, "celsius", "seconds"},
		{`topk(3, DCGM_FI_DEV_GPU_TEMP)`, "celsius", "seconds"},
		{`delta(DCGM_FI_DEV_GPU_TEMP[1h])`, "celsius", "seconds"},
		{`predict_linear(DCGM_FI_DEV_FB_USED[1h], 3600)`, "MiB", "bytes"},
		{`deriv(DCGM_FI_DEV_FB_USED[1h])`, "MiB/s", "MiB bytes/s"},
		{`DCGM_FI_DEV_GPU_TEMP > 90`, "celsius", "seconds"},
		{`DCGM_FI_DEV_GPU_TEMP > bool 90`, "count boolean ratio", "celsius"},
		{`DCGM_FI_DEV_GPU_TEMP and up`, "celsius", "boolean"},
		{`sum(rate(vllm:generation_tokens_total[5m]))`, "tokens/s 1/s", "requests/s ratio"},
		{`count(DCGM_FI_DEV_GPU_TEMP)`, "count GPUs", "celsius"},
		{`changes(DCGM_FI_DEV_GPU_TEMP[1h])`, "count", "celsius"},
		{`rate(vllm:time_to_first_token_seconds_sum[5m]) / rate(vllm:time_to_first_token_seconds_count[5m])`, "seconds", "milliseconds ratio"},
		{`rate(vllm:time_to_first_token_seconds_sum[5m])`, "ratio count", "seconds"},
		{`histogram_quantile(0.9, rate(vllm:time_to_first_token_seconds_bucket[5m]))`, "seconds", "milliseconds"},
		{`histogram_quantile(0.9, rate(vllm:time_to_first_token_seconds_bucket[5m])) * 1000`, "milliseconds", "seconds"},
		{`histogram_quantile(0.9, rate(vllm:request_queue_time_seconds_bucket[5m]) or rate(nv_inference_first_response_histogram_ms_bucket[5m]))`, "seconds milliseconds", ""},
		{`histogram_fraction(0, 1, rate(vllm:time_to_first_token_seconds_bucket[5m]))`, "ratio", "percent seconds"},
		{`rate(vllm:generation_tokens_total[5m])`, "tokens/s 1/s", "requests/s tokens"},
		{`rate(vllm:generation_tokens_total[5m]) / rate(vllm:request_success_total[5m])`, "count", "ratio tokens/s"},
		{`1 / rate(vllm:generation_tokens_total[5m])`, "seconds", "tokens/s"},
		// A share of what was counted without a noun, and of errors of anything.
		{`rate(vllm:e2e_request_latency_seconds_bucket{le="5.0"}[5m]) / rate(vllm:e2e_request_latency_seconds_count[5m])`, "ratio", "percent seconds"},
		{`rate(vllm:e2e_request_latency_seconds_bucket{le="5.0"}[5m]) / rate(vllm:request_success_total[5m])`, "ratio", "percent seconds"},
		{`rate(vllm:num_preemptions_total[5m]) / rate(vllm:request_success_total[5m])`, "ratio", "percent"},
		{`rate(vllm:request_errors_total[5m]) / rate(vllm:num_incoming_requests_total[5m])`, "ratio", "percent"},
		{`rate(vllm:num_incoming_requests_total[5m]) - rate(vllm:request_errors_total[5m])`, "requests/s", "tokens/s"},
		{`rate(vllm:prompt_tokens_cached_total[5m]) / rate(vllm:prompt_tokens_total[5m]) * 100`, "percent", "ratio"},
		{`sum(up) / count(up)`, "ratio", "percent"},
		{`avg(up)`, "ratio", "percent seconds"},
		{`sum(up) / count(up) * 100`, "percent", "ratio"},
		{`time() - kube_pod_start_time`, "seconds", "hours"},
		{`(time() - kube_pod_start_time) / 3600`, "hours", "seconds"},
		{`timestamp(up)`, "seconds", "boolean"},
		{`node_gpu_hourly_cost * node_gpu_count`, "USD/h", "USD"},
		// An info metric brings labels alone, and a group is 1.
		{`DCGM_FI_DEV_GPU_UTIL * on (pod) group_left (node) max by (pod, node) (kube_pod_info)`, "percent", "ratio celsius"},
		{`group by (pod) (up) * on (pod) group_right () DCGM_FI_DEV_GPU_UTIL`, "percent", "ratio"},
		{`(DCGM_FI_DEV_GPU_TEMP > bool 90) * DCGM_FI_DEV_GPU_TEMP`, "celsius", "seconds"},
		// What a number does that is no conversion is not known: it may be a weight or a
		// price. Neither is what has no unit at all.
		{`0.25 * DCGM_FI_DEV_GPU_TEMP`, "celsius seconds", ""},
		{`sum(DCGM_FI_DEV_POWER_USAGE) / 1000 * 0.3`, "USD/h watts", ""},
		{`count(DCGM_FI_DEV_GPU_TEMP) * 2.5`, "USD/h count", ""},
		{`group by (pod) (up) * 0.25`, "seconds count", ""},
		{`kube_pod_info * 0 + 0.25`, "seconds count", ""},
		{`rate(vllm:nixl_bytes_transferred_sum[5m]) * 3600`, "bytes", ""}, // an hour's worth
		{`DCGM_FI_DEV_XID_ERRORS`, "seconds count", ""},
		{`sum_over_time(DCGM_FI_DEV_GPU_TEMP[1h])`, "seconds celsius", ""},
		{`some_metric`, "seconds", ""},
		{`DCGM_FI_DEV_GPU_TEMP ^ 2`, "seconds", ""},
		{`kube_node_status_allocatable{resource="memory"}`, "bytes count", ""},
		{`vector(5)`, "seconds", ""},
		{`scalar(DCGM_FI_DEV_GPU_TEMP)`, "celsius", "seconds"},
	} {
		r := check(t, world(), typecheck.InVariable, tt.query)
		for _, unit := range strings.Fields(tt.fits) {
			if f, bad := world().Declares(r.Type, unit); bad {
				t.Errorf("%s is no %s: %s", tt.query, unit, f.Message)
			}
		}
		for _, unit := range strings.Fields(tt.not) {
			if _, bad := world().Declares(r.Type, unit); !bad {
				t.Errorf("%s may be %s", tt.query, unit)
			}
		}
	}
}

func TestUnlike(t *testing.T) {
	rules{
		{`DCGM_FI_DEV_GPU_TEMP > DCGM_FI_DEV_SLOWDOWN_TEMP - 5`, silent},
		{`DCGM_FI_DEV_GPU_TEMP > DCGM_FI_DEV_GPU_UTIL`, is("AIO072 *")},
		{`DCGM_FI_DEV_GPU_TEMP - on (UUID) DCGM_FI_DEV_POWER_USAGE > 3`, is("AIO072 DCGM_FI_DEV_GPU_TEMP - on (UUID) DCGM_FI_DEV_POWER_USAGE")},
		{`DCGM_FI_DEV_GPU_TEMP + time() > 3`, is("AIO072 DCGM_FI_DEV_GPU_TEMP + time()")},
		{`time() - kube_pod_start_time > 1800`, silent},
		{`time() - timestamp(DCGM_FI_DEV_GPU_TEMP) > 300`, silent},
		{`DCGM_FI_DEV_FB_USED > DCGM_FI_DEV_FB_USED_BYTES`, is("AIO072 *")},
		{`DCGM_FI_DEV_FB_USED * 1048576 > DCGM_FI_DEV_FB_USED_BYTES`, silent},
		{`DCGM_FI_DEV_FB_USED > DCGM_FI_DEV_FB_USED_BYTES / 1048576`, silent},
		{`sum(rate(vllm:generation_tokens_total[5m])) > sum(rate(vllm:request_success_total[5m]))`, is("AIO072 *")},
		{`sum(rate(vllm:num_preemptions_total[5m])) > 0.1 * sum(rate(vllm:request_success_total[5m]))`, silent},
		// 100 may be a weight, where two of a kind are compared.
		{`DCGM_FI_DEV_GPU_UTIL > 0.01 * DCGM_FI_DEV_MEM_COPY_UTIL`, silent},
		{`0.5 * DCGM_FI_DEV_GPU_TEMP + 0.5 * DCGM_FI_DEV_MEMORY_TEMP > 80`, silent},
		{`some_metric > DCGM_FI_DEV_GPU_TEMP`, silent},
		{`DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_CAPACITY_BYTES > 0.9`, is("AIO072 *")},
		{`DCGM_FI_DEV_FB_USED * 1048576 / DCGM_FI_DEV_FB_CAPACITY_BYTES > 0.9`, silent},
		{`DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_CAPACITY_BYTES * 1048576 > 0.9`, silent},
		{`100 * (DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_CAPACITY_BYTES / 1048576)) > 90`, silent},
		{`vllm:kv_cache_usage_perc or DCGM_FI_DEV_GPU_TEMP`, is("AIO072 *")},
		{`vllm:kv_cache_usage_perc or vector(0)`, silent},
		{`vllm:kv_cache_usage_perc or 0 * DCGM_FI_DEV_GPU_TEMP`, silent},
		{`vllm:kv_cache_usage_perc and DCGM_FI_DEV_GPU_TEMP`, silent},
		{`vllm:kv_cache_usage_perc unless DCGM_FI_DEV_GPU_TEMP`, silent},
		// An alert may ask for one of several things.
		{`DCGM_FI_DEV_GPU_TEMP > 90 or vllm:kv_cache_usage_perc > 0.9`, silent},
		{`(DCGM_FI_DEV_GPU_TEMP > 90 and up == 1) or absent(up)`, silent},
		{`DCGM_FI_DEV_GPU_TEMP > 90 or vllm:kv_cache_usage_perc`, is("AIO072 *")},
	}.check(t, world(), typecheck.InAlert)
	rules{
		{`DCGM_FI_DEV_GPU_TEMP > 90 or vllm:kv_cache_usage_perc > 0.9`, is("AIO072 *")},
	}.check(t, world(), typecheck.InRecord)
}

func TestPartOverPart(t *testing.T) {
	rules{
		{`DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_FREE > 0.9`, is("AIO073 DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_FREE")},
		{`max by (UUID) (DCGM_FI_DEV_FB_USED) / max by (UUID) (DCGM_FI_DEV_FB_FREE)`, is("AIO073 *")},
		{`DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_FREE + DCGM_FI_DEV_FB_RESERVED)`, is("AIO073 *")},
		{`DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_FREE + DCGM_FI_DEV_FB_USED)`, silent},
		{`DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_TOTAL`, silent},
		{`DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_FREE + some_metric)`, silent},
		{`DCGM_FI_DEV_FB_USED / (some_metric + DCGM_FI_DEV_FB_FREE)`, silent},
		{`DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_FREE + 5)`, silent},
		{`DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_FREE or DCGM_FI_DEV_FB_USED)`, silent},
		{`rate(tgi_request_failure[5m]) / rate(tgi_request_success[5m]) > 0.1`, is("AIO073 rate(tgi_request_failure[5m]) / rate(tgi_request_success[5m])")},
		{`count(DCGM_FI_DEV_FB_USED) / count(DCGM_FI_DEV_FB_FREE)`, silent},
	}.check(t, world(), typecheck.InAlert)
}

func TestThresholds(t *testing.T) {
	rules{
		{`vllm:kv_cache_usage_perc > 0.9`, silent},
		{`vllm:kv_cache_usage_perc > 90`, is("AIO074 *")},
		{`vllm:kv_cache_usage_perc < 90`, is("AIO074 *")},
		{`vllm:kv_cache_usage_perc == 90`, is("AIO074 *")},
		{`vllm:kv_cache_usage_perc != 90`, is("AIO074 *")},
		{`90 < vllm:kv_cache_usage_perc`, is("AIO074 *")},
		{`vllm:kv_cache_usage_perc > 1`, is("AIO074 *")},
		{`vllm:kv_cache_usage_perc >= 1`, silent},
		{`vllm:kv_cache_usage_perc * 100 > 90`, silent},
		{`vllm:kv_cache_usage_perc * 100 > 900`, is("AIO074 *")},
		{`1 - vllm:kv_cache_usage_perc < 0.1`, silent},
		{`1 - vllm:kv_cache_usage_perc > 10`, is("AIO074 *")},
		{`-vllm:kv_cache_usage_perc < -0.9`, silent},
		{`sum(vllm:kv_cache_usage_perc) > 90`, silent},
		{`avg by (pod) (vllm:kv_cache_usage_perc) > 90`, is("AIO074 *")},
		{`max_over_time(vllm:kv_cache_usage_perc[1h]) > 90`, is("AIO074 *")},
		{`sum_over_time(vllm:kv_cache_usage_perc[1h]) > 90`, silent},
		{`clamp_max(vllm:kv_cache_usage_perc, 0.5) > 0.6`, is("AIO074 *")},
		{`clamp_min(vllm:kv_cache_usage_perc, 0.2) > 0.9`, silent},
		{`clamp_min(vllm:kv_cache_usage_perc, 5) > 2`, is("AIO074 *")}, // it is 5
		{`clamp(vllm:kv_cache_usage_perc, 0, 0.5) > 0.6`, is("AIO074 *")},
		{`abs(DCGM_FI_DEV_GPU_TEMP - 200) > 100`, silent},
		{`ceil(vllm:kv_cache_usage_perc) > 0.9`, silent},
		{`round(vllm:kv_cache_usage_perc, 3) > 2`, silent},
		{`vllm:kv_cache_usage_perc > scalar(foo)`, silent},
		{`(vllm:kv_cache_usage_perc or some_metric) > 90`, silent},
		{`vllm:kv_cache_usage_perc * on (pod) group_left (node) max by (pod, node) (kube_pod_info) > 90`, is("AIO074 *")},
		{`group by (pod) (up) * on (pod) group_right () vllm:kv_cache_usage_perc > 90`, is("AIO074 *")},
		{`vllm:kv_cache_usage_perc * on (pod) group_left () max by (pod) (up) > 90`, silent},
		{`up > 1`, is("AIO074 *")},
		{`up == 0`, silent},
		{`count(up) == 0`, silent},
		{`DCGM_FI_DEV_FB_FREE < 1e9`, is("AIO074 *")},
		{`DCGM_FI_DEV_FB_USED > 70e9`, is("AIO074 *")},
		{`DCGM_FI_DEV_GPU_UTIL > 0.9`, is("AIO074 *")},
		// As good as nothing is a sensible thing to ask for.
		{`DCGM_FI_DEV_GPU_UTIL < 0.5`, silent},
		{`DCGM_FI_DEV_GPU_UTIL > 0`, silent},
		{`DCGM_FI_DEV_FB_USED_BYTES > 100`, is("AIO074 *")},
		{`delta(DCGM_FI_DEV_FB_USED_BYTES[5m]) > 100`, silent},
		{`DCGM_FI_DEV_FB_USED_BYTES - DCGM_FI_DEV_FB_FREE_BYTES > 100`, silent},
		{`stddev_over_time(DCGM_FI_DEV_GPU_UTIL[1h]) > 0.5`, silent},
		{`increase(vllm:nixl_bytes_transferred_sum[5m]) > 100`, silent},
		// Something that is always 1 may be asked for by > 0.
		{`kube_pod_status_unschedulable > 0`, silent},
		{`kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"} > 0`, silent},
		{`kube_pod_info != 0`, silent},
		{`kube_pod_info == 0`, is("AIO074 *")},
		{`opencost_build_info > 0`, is("AIO074 *")}, // which is 0
		{`vllm:current_qps < 0`, silent},            // -1 is none
		// An empty number line.
		{`vllm:kv_cache_usage_perc < Inf`, is("AIO074 *")},
		{`some_metric < Inf and some_metric > -Inf and some_metric != NaN`, silent},
		{`vllm:kv_cache_usage_perc > NaN`, silent},
		{`2 ^ 1e18 > bool 5`, silent},
		{`vector(5) > 7`, silent},
	}.check(t, world(), typecheck.InAlert)
}

func TestShows(t *testing.T) {
	for _, tt := range []struct {
		query, panel string
		bad          bool
		hint         string
	}{
		{`DCGM_FI_DEV_FB_USED`, "bytes", true, "multiply by 1048576"},
		{`DCGM_FI_DEV_FB_USED`, "mbytes", false, ""},
		{`DCGM_FI_DEV_FB_USED_BYTES`, "gbytes", true, "divide by 1073741824"},
		{`DCGM_FI_DEV_GPU_UTIL`, "percentunit", true, "divide by 100"},
		{`DCGM_FI_DEV_GPU_UTIL`, "percent", false, ""},
		{`DCGM_FI_DEV_GPU_UTIL`, "none", false, ""},
		{`DCGM_FI_DEV_GPU_UTIL`, "", false, ""},
		{`DCGM_FI_DEV_GPU_UTIL`, "suffix: util", false, ""},
		{`DCGM_FI_DEV_SM_CLOCK`, "hertz", true, "multiply by 1000000"},
		{`DCGM_FI_DEV_GPU_TEMP`, "watt", true, ""},
		{`rate(vllm:generation_tokens_total[5m])`, "reqps", true, ""},
		{`rate(vllm:generation_tokens_total[5m])`, "cps", false, ""},
		{`rate(vllm:request_success_total[5m])`, "hertz", false, ""}, // "Hertz (1/s)"
		{`rate(vllm:request_errors_total[5m])`, "reqps", false, ""},
		{`node_total_hourly_cost`, "currencyUSD", false, ""},
		{`sum(node_total_hourly_cost) * 730`, "currencyUSD", false, ""},
		{`1000 * histogram_quantile(0.9, rate(vllm:request_queue_time_seconds_bucket[5m]))`, "s", true, "divide by 1000"},
		{`some_metric`, "s", false, ""},
	} {
		f, bad := world().Shows(check(t, world(), typecheck.InPanel, tt.query).Type, tt.panel)
		if bad != tt.bad || f.Hint != tt.hint || bad && f.Code != "AIO074" {
			t.Errorf("%s as %q: %t %+v, want %t %q", tt.query, tt.panel, bad, f, tt.bad, tt.hint)
		}
	}
	for _, tt := range []struct {
		query, axis string
		bad         bool
	}{
		{`sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))`, "s", false},
		{`sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))`, "ms", true},
		{`sum by (le) (rate(vllm:request_prompt_tokens_bucket[5m]))`, "s", true},
		{`sum by (le) (rate(some_bucket[5m]))`, "ms", false},
		{`vllm:num_requests_waiting`, "ms", false},
	} {
		if f, bad := world().ShowsBuckets(check(t, world(), typecheck.InPanel, tt.query).Type, tt.axis); bad != tt.bad {
			t.Errorf("%s over %s: %t %+v", tt.query, tt.axis, bad, f)
		}
	}
	for _, tt := range []struct {
		query     string
		threshold float64
		bad       bool
	}{
		{`vllm:kv_cache_usage_perc`, 0.9, false},
		{`vllm:kv_cache_usage_perc`, 90, true},
		{`vllm:kv_cache_usage_perc`, 1, false},
		{`vllm:kv_cache_usage_perc`, -1, false}, // the colour of the rest
		{`kube_pod_info`, 0, false},
		{`sum(vllm:kv_cache_usage_perc)`, 90, false},
		{`some_metric`, 90, false},
	} {
		if f, bad := world().Reaches(check(t, world(), typecheck.InPanel, tt.query).Type, tt.threshold); bad != tt.bad {
			t.Errorf("%s and %v: %t %+v", tt.query, tt.threshold, bad, f)
		}
	}
}

// NVIDIA's own rules for OpenShift: percent and MiB as bytes, MHz as hertz.
func TestRecordedNames(t *testing.T) {
	for _, tt := range []struct {
		record, query string
		bad           bool
	}{
		{"accelerator_memory_used_bytes", `DCGM_FI_DEV_MEM_COPY_UTIL`, true},
		{"accelerator_memory_total_bytes", `DCGM_FI_DEV_FB_TOTAL`, true},
		{"accelerator_sm_clock_hertz", `DCGM_FI_DEV_SM_CLOCK`, true},
		{"accelerator_memory_clock_hertz", `DCGM_FI_DEV_MEM_CLOCK`, true},
		{"accelerator_gpu_utilization", `DCGM_FI_DEV_GPU_UTIL`, false},
		{"accelerator_power_usage_watts", `DCGM_FI_DEV_POWER_USAGE`, false},
		{"accelerator_temperature_celsius", `DCGM_FI_DEV_GPU_TEMP`, false},
		{"accelerator_memory_used_bytes", `DCGM_FI_DEV_FB_USED * 1048576`, false},
		{"gpu:power_watts:max", `max by (UUID) (rate(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[5m]))`, true},
		{"gpu:busy_ratio:avg", `avg(DCGM_FI_DEV_GPU_UTIL)`, true},
		// A rate keeps the name of what it is of.
		{"workload:queue_time_seconds:rate5m", `rate(vllm:request_queue_time_seconds_sum[5m])`, false},
		{"workload:first_token_seconds:good_ratio", `vllm:kv_cache_usage_perc`, false},
		{"x", `DCGM_FI_DEV_FB_USED`, false},
		{"", `DCGM_FI_DEV_FB_USED`, false},
		{"a:b_", `DCGM_FI_DEV_FB_USED`, false},
	} {
		if f, bad := world().Names(check(t, world(), typecheck.InRecord, tt.query).Type, tt.record); bad != tt.bad {
			t.Errorf("%s of %s: %t %+v", tt.record, tt.query, bad, f)
		}
	}
}
