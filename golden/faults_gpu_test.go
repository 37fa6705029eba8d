package golden

import (
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

const eu, us = "eu-west-1", "us-east-1"

// One GPU that chat holds.
var chatGPU = []string{"UUID", "GPU-h100-sxm-0-2"}

func firesForChatGPU(name, severity string) map[string]string {
	return fires(name, "owner", "platform", "severity", severity, "node", "h100-sxm-0", "gpu", "2",
		"UUID", "GPU-h100-sxm-0-2", "workload", "chat", "team", "assistants", "modelName", "NVIDIA H100 80GB HBM3")
}

// Memory outlives who holds it: these alerts name the board alone.
func firesForBoard(name, severity string) map[string]string {
	return fires(name, "owner", "platform", "severity", severity, "node", "h100-sxm-0", "gpu", "2", "workload", "", "pod", "")
}

var hardwareFaults = []faultCase{{
	cluster: us, name: "GPU hot", seconds: 12 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_GPU_TEMP", to(87), "UUID", "GPU-a100-sxm4-80gb-0-2")},
	want: []map[string]string{fires("GPUTemperatureHigh", "owner", "platform", "severity", "warning", "node", "a100-sxm4-80gb-0",
		"gpu", "2", "modelName", "NVIDIA A100-SXM4-80GB", "workload", "reranker-tuning", "team", "search")},
}, {
	cluster: eu, name: "GPU close to slowing down", seconds: 12 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_GPU_TEMP_LIMIT", to(2), chatGPU...)},
	want:  []map[string]string{firesForChatGPU("GPUThermalMarginLow", "warning")},
}, {
	cluster: eu, name: "GPU memory hot", seconds: 12 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_MEMORY_TEMP", to(94), chatGPU...)},
	want:  []map[string]string{firesForChatGPU("GPUMemoryTemperatureHigh", "warning")},
}, {
	cluster: eu, name: "GPU throttled for heat", seconds: 14 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_CLOCKS_EVENT_REASON_HW_THERM_SLOWDOWN_NS", more(0, 0.4e9), chatGPU...)},
	want:  []map[string]string{firesForChatGPU("GPUThermalThrottling", "critical")},
}, {
	cluster: eu, name: "power brake", seconds: 10 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN_NS", more(0, 0.1e9), chatGPU...)},
	want:  []map[string]string{firesForChatGPU("GPUPowerBrake", "critical")},
}, {
	cluster: eu, name: "XID 79", seconds: 4 * minute, fault: xid("79", 1),
	want: []map[string]string{firesForChatGPU("GPUXIDCritical", "critical")},
}, {
	cluster: eu, name: "XID 94", seconds: 4 * minute, fault: xid("94", 1),
	want: []map[string]string{firesForChatGPU("GPUXIDWarning", "warning")},
}, {
	cluster: eu, name: "XID 31 again and again", seconds: 4 * minute, fault: xid("31", 3),
	want: []map[string]string{fires("GPUXIDApplication", "owner", "assistants", "team", "assistants", "workload", "chat", "xid", "31")},
}, {
	// An instance of a MIG GPU repeats what the board counts.
	cluster: eu, name: "two XIDs on a MIG GPU", seconds: 4 * minute, fault: onInstances(xid("31", 2), "1", "2"),
}, {
	cluster: eu, name: "uncorrectable ECC error", seconds: 4 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", more(1, 0), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUUncorrectableECC", "critical")},
}, {
	cluster: eu, name: "row remapped", seconds: 4 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", more(1, 0), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPURowsRemapped", "warning")},
}, {
	cluster: eu, name: "row remap failed", seconds: 4 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_ROW_REMAP_FAILURE", to(1), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPURowRemapFailed", "critical")},
}, {
	cluster: eu, name: "row remap pending", seconds: 76 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_ROW_REMAP_PENDING", to(1), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPURowRemapPending", "warning")},
}, {
	cluster: eu, name: "GPU wants a reset", seconds: 10 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_GET_GPU_RECOVERY_ACTION", to(1), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPURecoveryNeeded", "critical")},
}, {
	cluster: eu, name: "GPU wants a drain", seconds: 20 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_GET_GPU_RECOVERY_ACTION", to(4), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUDrainNeeded", "warning")},
}, {
	cluster: eu, name: "no spare rows", seconds: 20 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_BANKS_REMAP_ROWS_AVAIL_NONE", to(2), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUSpareRowsUsedUp", "warning")},
}, {
	cluster: eu, name: "clock low under load", seconds: 22 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_SM_CLOCK", to(750), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUClockLow", "warning")},
}, {
	cluster: eu, name: "slowed by the driver for heat", seconds: 18 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_CLOCKS_EVENT_REASON_SW_THERM_SLOWDOWN_NS", more(0, 0.4e9), chatGPU...)},
	want:  []map[string]string{firesForChatGPU("GPUSoftwareThermalSlowdown", "warning")},
}, {
	cluster: eu, name: "power cap alone", seconds: 74 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP_NS", more(0, 0.8e9), chatGPU...)},
}, {
	cluster: eu, name: "power cap and a low clock", seconds: 74 * minute,
	fault: fault{edit: both(
		set("DCGM_FI_DEV_CLOCKS_EVENT_REASON_SW_POWER_CAP_NS", more(0, 0.8e9), chatGPU...),
		set("DCGM_FI_DEV_SM_CLOCK", to(1100), chatGPU...))},
	want: []map[string]string{firesForChatGPU("GPUPowerCapHeld", "info")},
}, {
	cluster: eu, name: "PCIe replays", seconds: 30 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", more(0, 0.5), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUPCIeReplays", "warning")},
}, {
	cluster: eu, name: "PCIe link narrow", seconds: 22 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_PCIE_LINK_WIDTH", to(8), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUPCIeLinkNarrow", "warning")},
}, {
	cluster: eu, name: "PCIe link slow", seconds: 22 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_PCIE_LINK_GEN", to(4), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUPCIeLinkSlow", "warning")},
}, {
	cluster: eu, name: "NVLink replays on Hopper", seconds: 48 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_NVLINK_ERROR_DL_REPLAY", more(0, 0.5), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUNVLinkReplays", "warning")},
}, {
	cluster: us, name: "NVLink replays on Ampere", seconds: 48 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL", more(0, 0.5), "UUID", "GPU-a100-sxm4-80gb-0-2")},
	want:  []map[string]string{fires("GPUNVLinkReplays", "owner", "platform", "node", "a100-sxm4-80gb-0", "gpu", "2", "workload", "")},
}, {
	cluster: eu, name: "NVLink trained again on Hopper", seconds: 4 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_NVLINK_ERROR_DL_RECOVERY", more(1, 0), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUNVLinkRecovered", "warning")},
}, {
	cluster: us, name: "NVLink trained again on Ampere", seconds: 4 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_NVLINK_RECOVERY_ERROR_COUNT_TOTAL", more(1, 0), "UUID", "GPU-a100-sxm4-80gb-0-2")},
	want:  []map[string]string{fires("GPUNVLinkRecovered", "owner", "platform", "node", "a100-sxm4-80gb-0", "gpu", "2", "workload", "")},
}, {
	cluster: eu, name: "not registered with the fabric", seconds: 16 * minute,
	fault: fault{edit: set("DCGM_FI_DEV_FABRIC_MANAGER_STATUS", to(4), chatGPU...)},
	want:  []map[string]string{firesForBoard("GPUFabricFailed", "critical")},
}, {
	cluster: eu, name: "GPU lost from a node", seconds: 12 * minute, fault: fault{edit: lost("GPU-h100-sxm-0-2")},
	want: []map[string]string{fires("GPULost", "owner", "platform", "severity", "critical", "node", "h100-sxm-0", "limit", "8")},
}, {
	cluster: "prod", name: "GPU lost from a node", seconds: 12 * minute, fault: fault{edit: lost("GPU-l40s-0-3")},
	want: []map[string]string{fires("GPULost", "owner", "ml", "node", "l40s-0", "limit", "4")},
}, {
	cluster: us, name: "both halves of a MIG GPU lost", seconds: 12 * minute, fault: fault{edit: lost("GPU-h100-sxm-1-7")},
	want: []map[string]string{fires("GPULost", "owner", "platform", "node", "h100-sxm-1", "limit", "8")},
}, {
	cluster: eu, name: "node lost", seconds: 22 * minute, fault: fault{edit: gone("up", "node", "h100-sxm-3", "target", dcgmMonitor)},
	want: []map[string]string{fires("GPUsMissing", "owner", "platform", "modelName", "NVIDIA H100 80GB HBM3", "limit", "32")},
}, {
	cluster: eu, name: "every node of a model lost", seconds: 22 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		return r.now, !(r.is("up") && r.target.workload == dcgmMonitor && strings.HasPrefix(r.target.node, "l40s"))
	}},
	want: []map[string]string{fires("GPUsMissing", "owner", "platform", "modelName", "NVIDIA L40S", "limit", "24")},
}, {
	cluster: us, name: "every GPU lost", seconds: 22 * minute, fault: fault{edit: gone("up", "target", dcgmMonitor)},
	want: []map[string]string{
		fires("GPUsMissing", "modelName", "NVIDIA H200", "limit", "96"),
		fires("GPUsMissing", "modelName", "NVIDIA H100 80GB HBM3", "limit", "16"),
		fires("GPUsMissing", "modelName", "NVIDIA A100-SXM4-80GB", "limit", "32"),
		fires("GPUExporterAbsent", "owner", "platform"),
	},
}}

// xid replaces the series without a code, as the exporter does.
func xid(code string, times float64) fault {
	return fault{
		edit: gone("DCGM_EXP_XID_ERRORS_COUNT", chatGPU...),
		more: func(tg *target) []exposed {
			for _, e := range tg.series {
				l := e.labels
				if l.Get(labels.MetricName) == "DCGM_EXP_XID_ERRORS_COUNT" && l.Get("UUID") == "GPU-h100-sxm-0-2" && l.Get("pod") != "" {
					e.labels = labels.NewBuilder(l).Set("xid", code).Set("err_msg", "text").Labels()
					e.value = always(times)
					return []exposed{e}
				}
			}
			return nil
		},
	}
}

// onInstances repeats the series that a fault brings for each MIG instance.
func onInstances(f fault, instances ...string) fault {
	whole := f.more
	f.more = func(tg *target) []exposed {
		var out []exposed
		for _, e := range whole(tg) {
			for _, id := range instances {
				out = append(out, exposed{labels: labels.NewBuilder(e.labels).Set("GPU_I_ID", id).Labels(), value: e.value})
			}
		}
		return out
	}
	return f
}

// released lets go of the GPUs that pods hold: the exporter reports them
// without a pod.
func released(kv ...string) fault {
	held := func(l labels.Labels) bool {
		return l.Get(labels.MetricName) == "DCGM_FI_DEV_FB_USED" && l.Get("pod") != "" && raw{target: &target{}, labels: l}.of(kv...)
	}
	return fault{
		edit: func(r raw) (float64, bool) { return r.now, !held(r.labels) },
		more: func(tg *target) []exposed {
			var out []exposed
			for _, e := range tg.series {
				if held(e.labels) && e.until == forever {
					e.labels = labels.NewBuilder(e.labels).Del("pod", "namespace", "container").Labels()
					out = append(out, e)
				}
			}
			return out
		},
	}
}

// taken lets a pod hold all GPUs of a model that nobody holds.
func taken(model, namespace, pod string) fault {
	return fault{more: func(tg *target) []exposed {
		var out []exposed
		for _, e := range tg.series {
			l := e.labels
			if l.Get(labels.MetricName) == "DCGM_FI_DEV_FB_USED" && l.Get("pod") == "" && l.Get("modelName") == model && e.until == forever {
				e.labels = labels.NewBuilder(l).Set("pod", pod).Set("namespace", namespace).Set("container", "engine").Labels()
				out = append(out, e)
			}
		}
		return out
	}}
}

// renamed lets pods of a namespace hold its GPUs that no workload has.
func renamed(namespace string) func(*target) []exposed {
	return func(tg *target) []exposed {
		var out []exposed
		for _, e := range tg.series {
			if e.labels.Get(labels.MetricName) == "DCGM_FI_DEV_FB_USED" && e.labels.Get("namespace") == namespace {
				e.labels = labels.NewBuilder(e.labels).Set("pod", "other-"+e.labels.Get("gpu")).Labels()
				out = append(out, e)
			}
		}
		return out
	}
}

// lost removes every series of a GPU.
func lost(uuid string) func(raw) (float64, bool) {
	return func(r raw) (float64, bool) { return r.now, r.labels.Get("UUID") != uuid }
}

var exporterFaults = []faultCase{{
	cluster: eu, name: "exporter blind", seconds: 12 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		return r.now, r.is("up") || r.target.workload != dcgmMonitor || r.target.node != "h100-sxm-0"
	}},
	want: []map[string]string{fires("GPUExporterBlind", "owner", "platform", "severity", "critical", "node", "h100-sxm-0")},
}, {
	cluster: eu, name: "exporter down", seconds: 14 * minute,
	fault: fault{edit: set("up", to(0), "target", dcgmMonitor, "node", "l40s-2")},
	want:  []map[string]string{fires("GPUExporterDown", "owner", "platform", "severity", "critical", "node", "l40s-2")},
}, {
	cluster: eu, name: "workload down", seconds: 20 * minute,
	fault: fault{edit: set("up", to(0), "target", "code-assist")},
	want:  []map[string]string{fires("WorkloadDown", "owner", "assistants", "severity", "critical", "team", "assistants", "workload", "code-assist")},
}, {
	cluster: eu, name: "one replica down", seconds: 28 * minute,
	fault: fault{edit: set("up", to(0), "pod", "code-assist-54b8c7d9f-ccccc")},
	want:  []map[string]string{fires("WorkloadReplicasDown", "owner", "assistants", "team", "assistants", "workload", "code-assist", "severity", "warning")},
}, {
	// Its pods hold GPUs, and no monitor finds them: a label of the Service was
	// renamed, say. Its alerts are silent, and its panels empty.
	cluster: eu, name: "workload not scraped", seconds: 44 * minute,
	fault: fault{edit: gone("up", "target", "code-assist")},
	want:  []map[string]string{fires("WorkloadNotScraped", "owner", "assistants", "team", "assistants", "workload", "code-assist")},
}, {
	// Without an inventory of nodes nothing else would miss them.
	cluster: "prod", name: "no exporter at all", seconds: 20 * minute,
	fault: fault{edit: gone("up", "target", dcgmMonitor)},
	want:  []map[string]string{fires("GPUExporterAbsent", "owner", "ml", "severity", "critical")},
}, {
	// Its pods are named otherwise than the spec says.
	cluster: eu, name: "GPUs not attributed", seconds: 44 * minute,
	fault: fault{edit: gone("DCGM_FI_DEV_FB_USED", "namespace", "search"), more: renamed("search")},
	want: []map[string]string{
		fires("WorkloadWithoutGPUs", "owner", "platform", "team", "search", "workload", "summarise"),
		fires("WorkloadWithoutGPUs", "owner", "platform", "team", "search", "workload", "query-rewrite"),
	},
}, {
	cluster: eu, name: "exporter repeats itself", seconds: 22 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		if r.target.workload == dcgmMonitor && r.target.node == "h100-sxm-0" && !r.is("up") {
			return r.before, true
		}
		return r.now, true
	}},
	want: []map[string]string{fires("GPUExporterStale", "owner", "platform", "severity", "critical", "node", "h100-sxm-0")},
}, {
	cluster: eu, name: "no profiling on a node", seconds: 22 * minute,
	fault: fault{edit: gone("DCGM_FI_PROF_GR_ENGINE_ACTIVE", "node", "l40s-2")},
	want:  []map[string]string{fires("GPUCountersMissing", "owner", "platform", "severity", "warning", "node", "l40s-2")},
}, {
	cluster: us, name: "XIDs not counted on a node", seconds: 22 * minute,
	fault: fault{edit: gone("DCGM_EXP_XID_ERRORS_COUNT", "node", "h200-sxm-2")},
	want:  []map[string]string{fires("GPUCountersMissing", "owner", "platform", "node", "h200-sxm-2")},
}, {
	cluster: eu, name: "replica without statistics", seconds: 16 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		return r.now, !r.of("pod", "summarise-1") || !strings.HasPrefix(r.labels.Get(labels.MetricName), "vllm:")
	}},
	want: []map[string]string{fires("WorkloadMetricsMissing", "owner", "search", "workload", "summarise", "pod", "summarise-1")},
}, {
	cluster: us, name: "endpoint without metrics", seconds: 16 * minute,
	fault: fault{edit: func(r raw) (float64, bool) {
		return r.now, r.target.workload != "deep-research" || r.is("up") || strings.HasPrefix(r.labels.Get(labels.MetricName), "scrape_")
	}},
	want: []map[string]string{fires("WorkloadMetricsMissing", "owner", "research", "workload", "deep-research")},
}, {
	cluster: eu, name: "scrape close to its timeout", seconds: 20 * minute,
	fault: fault{edit: set("scrape_duration_seconds", to(9.5), "pod", "summarise-1")},
	want:  []map[string]string{fires("ScrapeSlow", "owner", "platform", "workload", "summarise", "pod", "summarise-1")},
}, {
	// The pod is gone; its GPUs are free.
	cluster: eu, name: "a replica less", seconds: 28 * minute, fault: released("pod", "code-assist-54b8c7d9f-ccccc"),
	want: []map[string]string{fires("WorkloadGPUsShort", "owner", "assistants", "workload", "code-assist")},
}, {
	cluster: us, name: "training job holds GPUs unseen", seconds: 44 * minute,
	fault: fault{edit: gone("up", "target", "pretrain-7b")},
	want:  []map[string]string{fires("TrainingNotScraped", "owner", "research", "workload", "pretrain-7b")},
}, {
	cluster: eu, name: "workload grew", seconds: 6*hour + 12*minute, fault: taken("NVIDIA L40S", "search", "query-rewrite-9c8b7d6d5-zzzzz"),
	want: []map[string]string{fires("WorkloadGPUsOver", "owner", "search", "workload", "query-rewrite")},
}, {
	cluster: us, name: "training pods down", seconds: 20 * minute,
	fault: fault{edit: set("up", to(0), "target", "pretrain-7b")},
	want:  []map[string]string{fires("WorkloadDown", "owner", "research", "workload", "pretrain-7b")},
}}
