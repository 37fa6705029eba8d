package golden

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	read "github.com/aiobsgen/aiobsgen/internal/monitors"
)

// scrapeOne gives what Prometheus keeps of one series of an exporter; target
// is namespace, pod and node of the scraped pod.
func scrapeOne(t *testing.T, m *read.Monitor, target [3]string, exposed ...string) map[string]string {
	t.Helper()
	if m == nil {
		t.Fatal("there is no such monitor")
	}
	own := m.Target(discoveredPod(target[0], target[1], "main", target[2], "10.0.0.1:9400"))
	return m.Sample(own, labels.FromStrings(exposed...)).Map()
}

// fleetMonitors are those of examples/fleet, by cluster.
func fleetMonitors(t *testing.T) map[string]map[string]*read.Monitor {
	t.Helper()
	files := filesOf(compileSpec(t, "../examples/fleet"))
	return map[string]map[string]*read.Monitor{eu: monitors(t, files, eu), us: monitors(t, files, us)}
}

// A DCGM series as the exporter prints it, of both spellings of the host and
// with everything that some version or setting adds and nobody reads.
func dcgmSeries(kv ...string) []string {
	return append([]string{
		"__name__", "DCGM_FI_DEV_FB_USED", "gpu", "3", "UUID", "GPU-3", "pci_bus_id", "00000000:65:00.0", "device", "nvidia3",
		"modelName", "NVIDIA H100 80GB HBM3", "DCGM_FI_DRIVER_VERSION", "580.95.05", "DCGM_FI_SYSTEM_DRIVER_VERSION", "580.95.05",
	}, kv...)
}

func TestRelabelingNamesTheHolderOfAGPU(t *testing.T) {
	of := fleetMonitors(t)
	type who struct{ workload, team, model string }
	var (
		chat     = who{"chat", "assistants", "meta-llama/Llama-3.3-70B-Instruct"}
		fast     = who{"chat-fast", "assistants", "Qwen/Qwen3-8B"}
		search   = who{"summarise", "search", "mistralai/Mistral-7B-Instruct-v0.3"}
		research = who{"deep-research", "research", "deepseek-ai/DeepSeek-V3.1"}
		pretrain = who{"pretrain-7b", "research", "inhouse/atlas-7b"}
		reranker = who{"reranker-tuning", "search", "BAAI/bge-reranker-v2-m3"}
		nobody   = who{}
	)
	for _, c := range []struct {
		cluster, namespace, pod string
		want                    who
	}{
		{eu, "assistants", "chat-6d5f7c9b8-x2x4z", chat},
		{eu, "assistants", "chat-fast-7f9d6b5c4-kkkkk", fast},
		{eu, "assistants", "code-assist-54b8c7d9f-ccccc", who{"code-assist", "assistants", "Qwen/Qwen3-Coder-30B-A3B-Instruct"}},
		{eu, "search", "query-rewrite-9c8b7d6d5-qqqqq", who{"query-rewrite", "search", "Qwen/Qwen2.5-3B-Instruct"}},
		{eu, "search", "summarise-0", search},
		{eu, "search", "summarise-12", search},
		{us, "research-serving", "deep-research-0", research},
		{us, "research-serving", "deep-research-0-3", research},
		{us, "research-serving", "deep-research-11-2", research},
		{us, "research-training", "pretrain-7b-master-0", pretrain},
		{us, "research-training", "pretrain-7b-worker-6", pretrain},
		{us, "search-training", "reranker-tuning-x7k2p", reranker},
		{us, "search-training", "reranker-tuning-1-x7k2p", reranker},
		// Names that only look alike, or that are of another namespace or cluster.
		{eu, "assistants", "chat", nobody},
		{eu, "assistants", "chat-slow-7f9d6b5c4-kkkkk", nobody},
		{eu, "assistants", "chat-canary-7f9d6b5c4-kkkkk", nobody},
		{eu, "assistants", "my-chat-6d5f7c9b8-x2x4z", nobody},
		{eu, "search", "chat-6d5f7c9b8-x2x4z", nobody},
		{eu, "xassistants", "chat-6d5f7c9b8-x2x4z", nobody},
		{eu, "search", "summarise-0-debug", nobody},
		{eu, "search", "summarise-canary-0", nobody},
		{eu, "notebooks", "notebook-ada-0", nobody},
		{eu, "research-training", "pretrain-7b-master-0", nobody},
		{us, "assistants", "chat-6d5f7c9b8-x2x4z", nobody},
		{us, "research-training", "pretrain-7b-launcher-0", nobody},
		{us, "research-training", "pretrain-7b2-worker-0", nobody},
	} {
		for _, host := range []string{"Hostname", "hostname"} {
			got := scrapeOne(t, of[c.cluster][dcgmMonitor], [3]string{"gpu-monitoring", "dcgm-exporter-abcde", "node-1"},
				dcgmSeries(host, "node-1", "namespace", c.namespace, "pod", c.pod, "container", "engine")...)
			want := map[string]string{
				"__name__": "DCGM_FI_DEV_FB_USED", "cluster": c.cluster, "node": "node-1", "exporter": "dcgm",
				"gpu": "3", "UUID": "GPU-3", "modelName": "NVIDIA H100 80GB HBM3",
				"namespace": c.namespace, "pod": c.pod, "workload": c.want.workload, "team": c.want.team, "model": c.want.model,
				"instance": "10.0.0.1:9400", "job": "gpu-monitoring/main",
			}
			same(t, c.cluster+" "+c.pod+" "+host, got, want)
		}
	}
}

// same compares labels; empty ones do not count.
func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	maps.DeleteFunc(want, func(_, v string) bool { return v == "" })
	if !maps.Equal(got, want) {
		t.Errorf("%s is stored as\n\t%v, want\n\t%v", what, labels.FromMap(got), labels.FromMap(want))
	}
}

func TestRelabelingLeavesAnIdleGPUToNobody(t *testing.T) {
	of := fleetMonitors(t)
	for _, cluster := range []string{eu, us} {
		want := map[string]string{
			"__name__": "DCGM_FI_DEV_FB_USED", "cluster": cluster, "node": "node-1", "exporter": "dcgm",
			"gpu": "3", "UUID": "GPU-3", "modelName": "NVIDIA H100 80GB HBM3", "instance": "10.0.0.1:9400", "job": "gpu-monitoring/main",
		}
		for _, idle := range [][]string{
			dcgmSeries("hostname", "node-1"),
			// Exporters 3.x print the labels empty.
			dcgmSeries("Hostname", "node-1", "namespace", "", "pod", "", "container", ""),
		} {
			target := [3]string{"gpu-monitoring", "dcgm-exporter-abcde", "node-1"}
			same(t, cluster+" idle GPU", scrapeOne(t, of[cluster][dcgmMonitor], target, idle...), want)
			// The exporter's own pod may even be named like a workload's.
			target = [3]string{"assistants", "chat-6d5f7c9b8-x2x4z", "node-1"}
			want["job"] = "assistants/main"
			same(t, cluster+" idle GPU", scrapeOne(t, of[cluster][dcgmMonitor], target, idle...), want)
			want["job"] = "gpu-monitoring/main"
		}
	}
}

func TestRelabelingOfWorkloads(t *testing.T) {
	of := fleetMonitors(t)
	for _, c := range []struct{ cluster, workload, namespace, pod, team, model, exporter, series string }{
		{eu, "chat", "assistants", "chat-6d5f7c9b8-x2x4z", "assistants", "meta-llama/Llama-3.3-70B-Instruct", "vllm", "vllm:num_requests_waiting"},
		{eu, "summarise", "search", "summarise-1", "search", "mistralai/Mistral-7B-Instruct-v0.3", "vllm", "vllm:gpu_cache_usage_perc"},
		{us, "deep-research", "research-serving", "deep-research-0", "research", "deepseek-ai/DeepSeek-V3.1", "vllm", "vllm:kv_cache_usage_perc"},
		{us, "pretrain-7b", "research-training", "pretrain-7b-master-0", "research", "inhouse/atlas-7b", "trainer", "training_loss"},
		{us, "reranker-tuning", "search-training", "reranker-tuning-0-zzzzz", "search", "BAAI/bge-reranker-v2-m3", "trainer", "training_loss"},
	} {
		target := [3]string{c.namespace, c.pod, "node-9"}
		got := scrapeOne(t, of[c.cluster][c.workload], target, "__name__", c.series, "model_name", "served", "model", "x", "team", "y")
		for name, want := range map[string]string{
			"cluster": c.cluster, "team": c.team, "workload": c.workload, "model": c.model, "exporter": c.exporter,
			"node": "node-9", "namespace": c.namespace, "pod": c.pod,
		} {
			if got[name] != want {
				t.Errorf("%s: %s is %q, want %q", c.workload, name, got[name], want)
			}
		}
		for _, dropped := range []string{
			"vllm:num_requests_waiting_created", "vllm:time_to_first_token_seconds_created",
			"vllm:e2e_request_latency_seconds_sum", "vllm:iteration_tokens_total_bucket", "vllm:request_prompt_tokens_bucket",
			"http_requests_created", "http_request_duration_seconds_bucket", "python_gc_objects_collected_total",
			"training_run_info",
		} {
			if kept := scrapeOne(t, of[c.cluster][c.workload], target, "__name__", dropped); len(kept) > 0 {
				t.Errorf("%s keeps %s, which nobody reads", c.workload, dropped)
			}
		}
	}
}

// Series of a node with seven GPUs, and an eighth that is split or shared,
// stay apart; the same GPUs seen by a second exporter differ by instance.
func TestRelabelingKeepsGPUsApart(t *testing.T) {
	f := newFleet(t, "fleet", eu)
	m := f.monitors[dcgmMonitor]
	f.pool("h100-sxm", 1, 8)
	f.mig("h100-sxm-0")
	for _, host := range []string{"Hostname", "hostname"} {
		seen := map[string]labels.Labels{}
		for _, exporter := range []string{"10.0.0.1:9400", "10.0.0.2:9400"} {
			own := m.Target(discoveredPod("gpu-monitoring", "dcgm-exporter-abcde", "exporter", "node-1", exporter))
			var all []exposed
			for _, g := range f.nodes[0].gpus {
				all = append(all, g.exposes(counters(t, f), "node-1", host)...)
			}
			shared := all[0].labels
			for _, kv := range [][2]string{{"vgpu", "0"}, {"vgpu", "1"}, {"hpc_job", "4711"}, {"GPU_CI_ID", "1"}} {
				all = append(all, exposed{labels: labels.NewBuilder(shared).Set(kv[0], kv[1]).Labels()})
			}
			for _, e := range all {
				kept := m.Sample(own, e.labels)
				if kept.IsEmpty() {
					t.Fatalf("%s is dropped", e.labels)
				}
				if other, twice := seen[kept.String()]; twice {
					t.Errorf("both become %s:\n\t%s\n\t%s", kept, e.labels, other)
				}
				seen[kept.String()] = e.labels
			}
		}
		if want := 2 * (9*len(counters(t, f)) + 4); len(seen) != want {
			t.Errorf("%d series are kept of %d", len(seen), want)
		}
	}
}

// Every series that a rule reads is one that some target exposes and that
// survives the relabeling of its monitor, or is recorded.
func TestEverySeriesReadSurvives(t *testing.T) {
	for cluster, build := range fleets {
		f := build(t)
		there := map[string]bool{"up": true, "ALERTS": true, ofScrape[0]: true, ofScrape[1]: true, ofScrape[2]: true, ofScrape[3]: true}
		for _, tg := range f.targets {
			for _, l := range tg.stored {
				there[l.Get(labels.MetricName)] = true
			}
		}
		rules := readRules(t, f.files, cluster)
		for _, rule := range rules {
			there[rule.Record] = true
		}
		for _, rule := range rules {
			for _, name := range seriesRead(t, rule.Expr) {
				if !there[name] {
					t.Errorf("%s: %s%s reads %s, which is not there", cluster, rule.Record, rule.Alert, name)
				}
			}
		}
	}
}

func seriesRead(t *testing.T, expr string) []string {
	t.Helper()
	parsed, err := promParser.ParseExpr(expr)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	parser.Inspect(parsed, func(n parser.Node, _ []parser.Node) error {
		if v, ok := n.(*parser.VectorSelector); ok {
			out = append(out, v.Name)
		}
		return nil
	})
	return slices.DeleteFunc(out, func(name string) bool { return strings.TrimSpace(name) == "" })
}
