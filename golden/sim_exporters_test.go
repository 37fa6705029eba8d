package golden

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/prometheus/prometheus/model/labels"
	"golang.org/x/mod/semver"
)

// exposed is one series as an exporter prints it, from and until are seconds
// of the simulation.
type exposed struct {
	labels      labels.Labels
	value       func(at float64) float64
	from, until float64
}

const forever = math.MaxFloat64

func expose(name string, value func(float64) float64, kv ...string) exposed {
	return exposed{labels.FromStrings(append([]string{labels.MetricName, name}, kv...)...), value, 0, forever}
}

func always(v float64) func(float64) float64 { return func(float64) float64 { return v } }

// perSecond is a counter that began with the series.
func perSecond(rate, from float64) func(float64) float64 {
	return func(at float64) float64 { return rate * (at - from) }
}

// holder is the pod that has a GPU, for a time.
type holder struct {
	namespace, pod, container string
	from, until               float64
}

// gpu is a GPU or MIG instance. Nobody holds it outside the times of holders.
type gpu struct {
	uuid, modelName string
	index           int
	instance        string
	memoryMiB       float64
	holders         []holder
}

// gpuValues are those of a GPU that works and of one that rests; where a field
// is not here both are 0.
var gpuValues = map[string][2]float64{
	"DCGM_FI_DEV_GPU_TEMP":               {64, 31},
	"DCGM_FI_DEV_MEMORY_TEMP":            {72, 40},
	"DCGM_FI_DEV_GPU_TEMP_LIMIT":         {23, 56},
	"DCGM_FI_DEV_POWER_USAGE":            {560, 90},
	"DCGM_FI_DEV_SM_CLOCK":               {1755, 345},
	"DCGM_FI_DEV_MAX_SM_CLOCK":           {1980, 1980},
	"DCGM_FI_DEV_PCIE_LINK_WIDTH":        {16, 16},
	"DCGM_FI_DEV_PCIE_MAX_LINK_WIDTH":    {16, 16},
	"DCGM_FI_DEV_PCIE_LINK_GEN":          {5, 1},
	"DCGM_FI_DEV_PCIE_MAX_LINK_GEN":      {5, 5},
	"DCGM_FI_DEV_FABRIC_MANAGER_STATUS":  {3, 3},
	"DCGM_FI_PROF_GR_ENGINE_ACTIVE":      {0.95, 0},
	"DCGM_FI_PROF_PIPE_TENSOR_ACTIVE":    {0.5, 0},
	"DCGM_FI_PROF_DRAM_ACTIVE":           {0.4, 0},
	"DCGM_FI_PROF_SM_ACTIVE":             {0.85, 0},
	"DCGM_FI_PROF_SM_OCCUPANCY":          {0.35, 0},
	"DCGM_FI_PROF_PIPE_FP32_ACTIVE":      {0.12, 0},
	"DCGM_FI_PROF_PCIE_RX_BYTES":         {4e9, 1e5},
	"DCGM_FI_PROF_PCIE_TX_BYTES":         {1.5e9, 1e5},
	"DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL": {120000, 0},
	"DCGM_FI_DEV_ENFORCED_POWER_LIMIT":   {700, 700},
	"DCGM_FI_DEV_MEM_CLOCK":              {2619, 2619},
	"DCGM_FI_DEV_MAX_MEM_CLOCK":          {2619, 2619},
	// What happened long ago stays in these.
	"DCGM_FI_DEV_ECC_DBE_VOL_TOTAL":           {2, 2},
	"DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS": {1, 1},
}

func (g gpu) value(field string, busy bool) func(float64) float64 {
	used := 0.01
	if busy {
		used = 0.85
	}
	switch field {
	case "DCGM_FI_DEV_FB_USED":
		return always(g.memoryMiB * used)
	case "DCGM_FI_DEV_FB_FREE":
		return always(g.memoryMiB * (0.98 - used))
	case "DCGM_FI_DEV_FB_RESERVED":
		return always(g.memoryMiB * 0.02)
	case "DCGM_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN_NS":
		return perSecond(0.001*1e9, 0)
	case "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION":
		return perSecond(gpuValues["DCGM_FI_DEV_POWER_USAGE"][1]*1e3, 0) // in mJ, and never less than at rest
	case "DCGM_FI_DEV_MEMORY_TEMP":
		if g.modelName == "NVIDIA L40S" {
			return always(0) // it has no sensor
		}
	}
	v := gpuValues[field]
	if busy {
		return always(v[0])
	}
	return always(v[1])
}

// exposes are the fields of a counters file for one GPU: while a pod holds it
// with the pod's labels, else without.
func (g gpu) exposes(fields []string, node, hostLabel string) []exposed {
	base := []string{
		"gpu", strconv.Itoa(g.index), "UUID", g.uuid, "pci_bus_id", "00000000:6" + strconv.Itoa(g.index) + ":00.0",
		"device", "nvidia" + strconv.Itoa(g.index), "modelName", g.modelName, hostLabel, node,
	}
	if g.instance != "" {
		base = append(base, "GPU_I_PROFILE", "3g.40gb", "GPU_I_ID", g.instance)
	}
	var out []exposed
	add := func(from, until float64, busy bool, kv ...string) {
		for _, field := range fields {
			e := expose(field, g.value(field, busy), slices.Concat(base, kv)...)
			if field == "DCGM_EXP_XID_ERRORS_COUNT" {
				e.labels = labels.NewBuilder(e.labels).Set("window_size_in_ms", "300000").Labels()
			}
			e.from, e.until = from, until
			if from < until {
				out = append(out, e)
			}
		}
	}
	end := 0.0
	for _, h := range g.holders {
		add(end, h.from, false)
		add(h.from, h.until, true, "namespace", h.namespace, "pod", h.pod, "container", h.container)
		end = h.until
	}
	add(end, forever, false)
	return out
}

// engineExposes is what the catalogue says a version of an engine exports,
// with counters that began at from. Requests are answered in healthy times.
func engineExposes(x model.Exporter, version, servedModel string, from float64) []exposed {
	var out []exposed
	for name, m := range x.Metrics {
		if !exportedBy(m, version) || strings.HasPrefix(name, "http_") {
			continue
		}
		var kv []string
		for _, l := range slices.Concat(m.Labels, x.Labels) {
			kv = append(kv, l, healthyLabel(l, servedModel))
		}
		switch {
		case m.Type == "histogram":
			out = append(out, buckets(name, m, from, kv)...)
		case len(m.Values["finished_reason"]) > 0:
			for _, reason := range m.Values["finished_reason"] {
				rate := 0.0 // each reason is there from the start
				if reason == "stop" {
					rate = perReplica
				}
				out = append(out, expose(name, perSecond(rate, from), "finished_reason", reason, "model_name", servedModel, "engine", "0"))
			}
		case m.Type == "counter":
			out = append(out, expose(name, perSecond(rateOf(name), from), kv...),
				expose(strings.TrimSuffix(name, "_total")+"_created", always(1.78e9), kv...))
		default:
			value := gauges[name]
			if value == nil {
				value = always(0)
			}
			out = append(out, expose(name, value, kv...))
		}
	}
	return out
}

func exportedBy(m model.Metric, version string) bool {
	before := func(a, b string) bool { return semver.Compare("v"+a, "v"+b) < 0 }
	return !before(version, m.Since) && (m.Removed == "" || before(version, m.Removed)) &&
		(m.Hidden == "" || before(version, m.Hidden))
}

func healthyLabel(name, servedModel string) string {
	switch name {
	case "model_name", "model":
		return servedModel
	case "engine", "rank", "position":
		return "0"
	case "split":
		return "train"
	case "sleep_state":
		return "awake"
	}
	return "x"
}

func rateOf(counter string) float64 {
	if rate, ok := rates[counter]; ok {
		return rate
	}
	return 1
}

// Per second; 1 where nothing is said.
var rates = map[string]float64{
	"vllm:num_preemptions_total":          0.001,
	"vllm:prefix_cache_hits_total":        300,
	"vllm:prefix_cache_queries_total":     1000,
	"vllm:gpu_prefix_cache_hits_total":    300,
	"vllm:gpu_prefix_cache_queries_total": 1000,
	"vllm:prompt_tokens_total":            1000,
	"vllm:generation_tokens_total":        400,
	"training_samples_total":              500,
	"training_tokens_total":               2e6,
	"training_loss_nonfinite_total":       0,
	"training_data_wait_seconds_total":    0.02,
}

// observed is the one value that each histogram saw, in its unit.
var observed = map[string]float64{
	"vllm:time_to_first_token_seconds":           0.05,
	"vllm:time_per_output_token_seconds":         0.008,
	"vllm:request_time_per_output_token_seconds": 0.008,
	"vllm:e2e_request_latency_seconds":           2.2,
	"training_step_duration_seconds":             0.8,
}

var gauges = map[string]func(float64) float64{
	"vllm:num_requests_running":             always(8),
	"vllm:num_requests_waiting":             always(1),
	"vllm:kv_cache_usage_perc":              always(0.5),
	"vllm:gpu_cache_usage_perc":             always(0.5),
	"vllm:engine_sleep_state":               always(1),
	"process_max_fds":                       always(65536),
	"process_start_time_seconds":            always(1.7e9),
	"training_loss":                         func(at float64) float64 { return 3 - 0.1*at/hour },
	"training_gradient_norm":                func(at float64) float64 { return 0.8 + 0.1*math.Sin(at) },
	"training_run_info":                     always(1),
	"training_heartbeat_timestamp_seconds":  func(at float64) float64 { return float64(begin.Unix()) + at - 4 },
	"training_checkpoint_timestamp_seconds": func(at float64) float64 { return float64(begin.Unix()) + at - 600 },
}

// perReplica is how many requests a replica answers in a second.
const perReplica = 5

func buckets(name string, m model.Metric, from float64, kv []string) []exposed {
	out := []exposed{
		expose(name+"_count", perSecond(perReplica, from), kv...),
		expose(name+"_sum", perSecond(perReplica*observed[name], from), kv...),
		expose(name+"_created", always(1.78e9), kv...),
		expose(name+"_bucket", perSecond(perReplica, from), append([]string{"le", "+Inf"}, kv...)...),
	}
	for _, edge := range m.Buckets {
		rate := 0.0
		if observed[name] <= edge {
			rate = perReplica
		}
		le := strconv.FormatFloat(edge, 'g', -1, 64)
		if !strings.ContainsAny(le, ".e") {
			le += ".0"
		}
		out = append(out, expose(name+"_bucket", perSecond(rate, from), append([]string{"le", le}, kv...)...))
	}
	return out
}

// httpExposes are the API server's own series. A class of status appears with
// its first answer: most replicas never answered with 5xx.
func httpExposes(from float64, with5xx bool) []exposed {
	request := func(handler, method, status string, rate float64) exposed {
		return expose("http_requests_total", perSecond(rate, from), "handler", handler, "method", method, "status", status)
	}
	out := []exposed{
		request("/v1/chat/completions", "POST", "2xx", perReplica),
		request("/v1/chat/completions", "POST", "4xx", 0.02),
		request("/v1/models", "GET", "2xx", 0.1),
	}
	if with5xx {
		out = append(out, request("/v1/chat/completions", "POST", "5xx", 0.0001))
	}
	return out
}
