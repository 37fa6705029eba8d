package golden

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

var inferenceFaults = []faultCase{{
	cluster: eu, name: "KV cache full with a queue", seconds: 12 * minute,
	fault: fault{edit: both(
		set("vllm:kv_cache_usage_perc", to(0.99), "pod", "chat-6d5f7c9b8-x2x4z"),
		set("vllm:num_requests_waiting", to(4), "pod", "chat-6d5f7c9b8-x2x4z"))},
	want: []map[string]string{fires("InferenceKVCacheExhausted", "owner", "assistants", "team", "assistants", "workload", "chat",
		"pod", "chat-6d5f7c9b8-x2x4z", "namespace", "assistants")},
}, {
	cluster: eu, name: "KV cache of the old version full with a queue", seconds: 12 * minute,
	fault: fault{edit: set("vllm:gpu_cache_usage_perc", to(1), "pod", "summarise-2")},
	want:  []map[string]string{fires("InferenceKVCacheExhausted", "owner", "search", "workload", "summarise", "pod", "summarise-2")},
}, {
	cluster: eu, name: "KV cache full without a queue", seconds: 12 * minute,
	fault: fault{edit: both(set("vllm:kv_cache_usage_perc", to(1)), set("vllm:num_requests_waiting", to(0)))},
}, {
	cluster: eu, name: "engine hung", seconds: 20 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		if r.of("pod", "summarise-1") && strings.HasPrefix(r.labels.Get(labels.MetricName), "vllm:") {
			return r.before, true
		}
		return r.now, true
	}},
	want: []map[string]string{fires("InferenceEngineHung", "owner", "search", "severity", "critical", "workload", "summarise", "pod", "summarise-1")},
}, {
	cluster: eu, name: "a fifth of requests fails, first 5xx ever", seconds: 20 * minute,
	fault: fault{more: func(tg *target) []exposed {
		if tg.workload != "query-rewrite" {
			return nil
		}
		return []exposed{expose("http_requests_total", perSecond(perReplica/4.0, 0),
			"handler", "/v1/chat/completions", "method", "POST", "status", "5xx")}
	}},
	want: []map[string]string{
		fires("InferenceErrors", "owner", "search", "team", "search", "workload", "query-rewrite", "slo", "errors", "burn", "fast", "severity", "critical"),
	},
}, {
	cluster: eu, name: "a fifth of requests fails after earlier 5xx", seconds: 20 * minute,
	fault: fault{edit: set("http_requests_total", more(0, perReplica/4.0), "target", "chat", "status", "5xx")},
	want:  []map[string]string{fires("InferenceErrors", "owner", "assistants", "workload", "chat", "slo", "errors", "burn", "fast")},
}, {
	cluster: eu, name: "first tokens slow, target on an edge", seconds: 20 * minute,
	fault: slower("vllm:time_to_first_token_seconds", 0.7, "chat"),
	want: []map[string]string{fires("InferenceFirstTokenSlow", "owner", "assistants", "workload", "chat", "slo", "ttft",
		"target", "250ms", "objective", "99", "burn", "fast")},
}, {
	cluster: eu, name: "first tokens slow, target between edges", seconds: 58 * minute,
	fault: slower("vllm:time_to_first_token_seconds", 0.7, "query-rewrite"),
	want:  []map[string]string{fires("InferenceFirstTokenSlow", "owner", "search", "workload", "query-rewrite", "target", "200ms", "burn", "fast")},
}, {
	cluster: eu, name: "streams slow", seconds: 58 * minute,
	fault: slower("vllm:request_time_per_output_token_seconds", 0.09, "code-assist"),
	want:  []map[string]string{fires("InferenceStreamsSlow", "owner", "assistants", "workload", "code-assist", "target", "60", "burn", "fast")},
}, {
	cluster: eu, name: "streams of the old version slow", seconds: 58 * minute,
	fault: slower("vllm:time_per_output_token_seconds", 0.09, "query-rewrite"),
	want:  []map[string]string{fires("InferenceStreamsSlow", "owner", "search", "workload", "query-rewrite", "target", "80", "burn", "fast")},
}, {
	cluster: us, name: "streams slow", seconds: 58 * minute,
	fault: slower("vllm:request_time_per_output_token_seconds", 0.09, "deep-research"),
	want:  []map[string]string{fires("InferenceStreamsSlow", "owner", "research", "workload", "deep-research", "burn", "fast")},
}, {
	cluster: eu, name: "queue long", seconds: 12 * minute,
	fault: fault{edit: set("vllm:num_requests_waiting", to(5), "target", "chat")},
	want:  []map[string]string{fires("InferenceQueueLong", "owner", "assistants", "workload", "chat", "limit", "10")},
}, {
	cluster: eu, name: "preemption storm", seconds: 24 * minute,
	fault: fault{edit: set("vllm:num_preemptions_total", more(0, 2), "target", "chat")},
	want:  []map[string]string{fires("InferencePreemptionStorm", "owner", "assistants", "workload", "chat")},
}, {
	cluster: eu, name: "errors after an answer that began well", seconds: 16 * minute,
	fault: fault{edit: set("vllm:request_success_total", more(0, 0.05), "target", "chat", "finished_reason", "error")},
	want:  []map[string]string{fires("InferenceFinishErrors", "owner", "assistants", "workload", "chat")},
}, {
	cluster: eu, name: "a batch's worth waits", seconds: 16 * minute,
	fault: fault{edit: both(
		set("vllm:num_requests_waiting", to(40), "pod", "summarise-2"),
		set("vllm:num_requests_running", to(32), "pod", "summarise-2"))},
	want: []map[string]string{fires("InferenceSaturated", "owner", "search", "workload", "summarise", "pod", "summarise-2")},
}, {
	cluster: eu, name: "throughput collapsed", seconds: 22 * minute, fault: fault{edit: fewer(0.25, "chat", "vllm:generation_tokens_total")},
	want: []map[string]string{fires("InferenceThroughputCollapsed", "owner", "assistants", "workload", "chat")},
}, {
	cluster: eu, name: "less traffic", seconds: 22 * minute,
	fault: fault{edit: both(fewer(0.25, "chat", "vllm:generation_tokens_total"), set("vllm:num_requests_running", to(2), "target", "chat"))},
}, {
	cluster: eu, name: "a slow replica", seconds: 32 * minute,
	fault: fault{edit: set("vllm:request_time_per_output_token_seconds_sum", more(0, perReplica*0.03), "pod", "chat-6d5f7c9b8-x2x4z")},
	want:  []map[string]string{fires("InferenceReplicaSlow", "owner", "assistants", "workload", "chat", "pod", "chat-6d5f7c9b8-x2x4z")},
}, {
	cluster: eu, name: "GPUs of a server idle", seconds: 2*hour + 50*minute,
	fault: fault{edit: idle("namespace", "assistants")},
	want: []map[string]string{
		fires("GPUsIdleCostly", "owner", "assistants", "team", "assistants"),
		fires("InferenceGPUsIdle", "owner", "assistants"),
	},
}}

func init() {
	// Six hours and 30 days hold little more than three hours here, so that the slow
	// pair of windows burns soon after the fast one, and the budget is soon spent. What
	// is over a target now is over it too often for so short a past.
	often := map[string]string{"InferenceQueueLong": "InferenceQueueOftenLong", "TrainingMemoryNearlyFull": "TrainingMemoryOftenNearlyFull"}
	for _, faults := range [][]faultCase{inferenceFaults, trainingFaults} {
		for i, c := range faults {
			for _, want := range c.want {
				burns := want[labels.AlertName]
				if want["burn"] == "" {
					burns = often[burns]
				}
				if burns != "" {
					faults[i].also = append(faults[i].also, burns, "ErrorBudgetSpent")
				}
			}
		}
	}
}

// slower gives all new observations of a workload's histogram one value.
func slower(histogram string, seconds float64, workload string) fault {
	return fault{edit: func(r raw) (float64, bool) {
		if r.target.workload != workload || !r.is(histogram+"_bucket") {
			return r.now, true
		}
		edge, err := strconv.ParseFloat(r.labels.Get("le"), 64)
		if err != nil || edge < seconds {
			return r.before, true
		}
		return r.before + perReplica*r.since, true
	}}
}

// fewer lets a workload's counters rise by a share of what they would.
func fewer(share float64, workload string, counters ...string) func(raw) (float64, bool) {
	return func(r raw) (float64, bool) {
		if r.target.workload == workload && slices.Contains(counters, r.labels.Get(labels.MetricName)) {
			return r.before + share*(r.now-r.before), true
		}
		return r.now, true
	}
}

// idle stops GPUs.
func idle(kv ...string) func(raw) (float64, bool) {
	return func(r raw) (float64, bool) {
		if strings.HasPrefix(r.labels.Get(labels.MetricName), "DCGM_FI_PROF_") && r.of(kv...) {
			return 0, true
		}
		return r.now, true
	}
}

func ofPretrain(name string, kv ...string) []map[string]string {
	return []map[string]string{fires(name, append(kv, "owner", "research", "team", "research", "workload", "pretrain-7b")...)}
}

var trainingFaults = []faultCase{{
	cluster: us, name: "training GPU idle", seconds: 34 * minute,
	fault: fault{edit: idle("pod", "pretrain-7b-worker-3", "gpu", "5")},
	want:  ofPretrain("TrainingGPUIdle"),
}, {
	cluster: us, name: "training GPUs underused", seconds: 60 * minute,
	fault: fault{edit: set("DCGM_FI_PROF_GR_ENGINE_ACTIVE", to(0.6), "namespace", "research-training")},
	want:  ofPretrain("TrainingGPUsUnderused", "limit", "0.9"),
}, {
	cluster: us, name: "loss NaN", seconds: 4 * minute,
	fault: fault{edit: set("training_loss", to(math.NaN()), "target", "pretrain-7b")},
	want:  ofPretrain("TrainingLossNotFinite", "severity", "critical"),
}, {
	cluster: us, name: "loss infinite", seconds: 4 * minute,
	fault: fault{edit: set("training_loss", to(math.Inf(-1)), "target", "pretrain-7b")},
	want:  ofPretrain("TrainingLossNotFinite", "severity", "critical"),
}, {
	cluster: us, name: "one loss was NaN between scrapes", seconds: 4 * minute,
	fault: fault{edit: set("training_loss_nonfinite_total", more(1, 0), "target", "pretrain-7b")},
	want:  ofPretrain("TrainingLossNotFinite"),
}, {
	cluster: us, name: "loss does not fall", seconds: 80 * minute,
	history: before("workload:training_loss:avg", "workload", "pretrain-7b", 2.5), // it is near 2.7 now
	want:    ofPretrain("TrainingLossNotFalling", "severity", "info"),
}, {
	cluster: us, name: "gradient explodes", seconds: 12 * minute,
	fault: fault{edit: set("training_gradient_norm", to(40), "target", "pretrain-7b")},
	want:  ofPretrain("TrainingGradientExploding"),
}, {
	cluster: us, name: "training slow", seconds: 36 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		if r.is("training_samples_total") && r.target.workload == "pretrain-7b" {
			return r.before + (r.now-r.before)/2, true
		}
		return r.now, true
	}},
	want: ofPretrain("TrainingSlow", "limit", "0.7"),
}, {
	cluster: us, name: "training stalled", seconds: 30 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		if r.target.workload == "pretrain-7b" && strings.HasPrefix(r.labels.Get(labels.MetricName), "training_") {
			return r.before, true
		}
		return r.now, true
	}},
	want: ofPretrain("TrainingStalled", "severity", "critical"),
}, {
	cluster: us, name: "a straggler by its steps", seconds: 32 * minute,
	fault: fault{edit: set("training_step_duration_seconds_sum", more(0, perReplica*0.8), "pod", "pretrain-7b-worker-3")},
	want:  ofPretrain("TrainingStragglerRank", "pod", "pretrain-7b-worker-3", "rank", "4"),
}, {
	cluster: us, name: "a straggler by its clock", seconds: 22 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_SM_CLOCK", to(1200), "pod", "pretrain-7b-worker-3", "gpu", "5")},
	want: []map[string]string{fires("TrainingGPUSlow", "owner", "platform", "workload", "pretrain-7b",
		"pod", "pretrain-7b-worker-3", "gpu", "5")},
}, {
	cluster: us, name: "no checkpoint", seconds: 3*hour + 20*minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		if r.is("training_checkpoint_timestamp_seconds") && r.target.workload == "pretrain-7b" {
			return r.before, true
		}
		return r.now, true
	}},
	want: ofPretrain("TrainingCheckpointOverdue", "severity", "warning"),
}, {
	cluster: us, name: "a rank waits for data", seconds: 46 * minute,
	fault: fault{edit: set("training_data_wait_seconds_total", more(0, 0.4), "pod", "pretrain-7b-worker-3")},
	want:  ofPretrain("TrainingDataWait", "severity", "info"),
}, {
	cluster: us, name: "training memory nearly full", seconds: 18 * minute,
	fault: fault{edit: both(
		set("DCGM_FI_DEV_FB_USED", to(137000), "pod", "pretrain-7b-worker-3", "gpu", "5"),
		set("DCGM_FI_DEV_FB_FREE", to(3000), "pod", "pretrain-7b-worker-3", "gpu", "5"))},
	want: ofPretrain("TrainingMemoryNearlyFull", "limit", "0.9"),
}}

var costFaults = []faultCase{{
	cluster: eu, name: "price missing", seconds: 40 * minute,
	fault: fault{
		edit: lost("GPU-h100-sxm-3-6"),
		more: func(tg *target) []exposed {
			var out []exposed
			for _, e := range tg.series {
				if e.labels.Get("UUID") == "GPU-h100-sxm-3-6" {
					e.labels = labels.NewBuilder(e.labels).Set("UUID", "GPU-other").Set("modelName", "NVIDIA H100 NVL").Labels()
					out = append(out, e)
				}
			}
			return out
		},
	},
	want: []map[string]string{fires("GPUPriceMissing", "owner", "platform", "modelName", "NVIDIA H100 NVL")},
	also: []string{"GPULost", "GPUsMissing"}, // the known model has one less
}, {
	cluster: eu, name: "forecast over budget", seconds: 6*hour + 12*minute,
	history: before("team:gpu_spend_usd:per_hour", "team", "search", 20),
	want:    []map[string]string{fires("TeamBudgetForecastExceeded", "owner", "search", "team", "search", "severity", "warning")},
}, {
	cluster: eu, name: "GPUs free for hours", seconds: 6*hour + 12*minute, fault: released(),
	want: []map[string]string{fires("GPUsUnallocatedCostly", "owner", "platform", "severity", "info")},
	also: []string{"WorkloadWithoutGPUs"},
}, {
	cluster: eu, name: "tokens dear", seconds: 2*hour + 12*minute,
	fault:   fault{edit: fewer(0.1, "chat", "vllm:generation_tokens_total", "vllm:prompt_tokens_total")},
	history: before("workload:usd_per_million_tokens:avg1h", "workload", "chat", 4.7),
	want:    []map[string]string{fires("InferenceTokensCostly", "owner", "assistants", "workload", "chat", "severity", "info")},
	also:    []string{"InferenceThroughputCollapsed"},
}, {
	cluster: eu, name: "over budget", seconds: 40 * minute,
	history: before("team:gpu_spend_usd:per_hour", "team", "search", 600),
	want:    []map[string]string{fires("TeamOverBudget", "owner", "search", "team", "search", "severity", "warning")},
}}

// before is what was recorded in the 20 hours before the simulation.
func before(record, label, value string, was float64) func(*simulation) {
	return func(s *simulation) {
		for _, series := range s.ruler.store.byName[record] {
			if series.labels.Get(label) == value {
				series.prepend(begin, 20*60, was)
			}
		}
	}
}
