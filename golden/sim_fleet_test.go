package golden

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/model"
	read "github.com/aiobsgen/aiobsgen/internal/monitors"
	"github.com/prometheus/prometheus/model/labels"
	"sigs.k8s.io/yaml"
)

const (
	minute = 60.0
	hour   = 3600.0
)

// begin is when simulations start, in a month of 31 days.
var begin = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)

// Churn that a healthy fleet has, in seconds of the simulation.
const (
	podReplaced     = 2*hour + 30*minute
	exporterStarted = 2*hour + 40*minute
	exporterStopped = 2*hour + 50*minute
)

// fleet is a cluster of an example with everything that runs in it.
type fleet struct {
	spec, cluster string
	files         map[string][]byte
	catalog       *model.Catalog
	monitors      map[string]*read.Monitor
	nodes         []*node
	targets       []*target
}

type node struct {
	name string
	gpus []gpu
}

// target is one scraped pod.
type target struct {
	// workload is "" for the GPU exporter.
	workload, pod, node string
	up                  labels.Labels
	series              []exposed
	// stored are the labels that Prometheus keeps for each of series.
	stored      []labels.Labels
	from, until float64
}

func newFleet(t *testing.T, spec, cluster string) *fleet {
	t.Helper()
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{spec: spec, cluster: cluster, files: filesOf(compileSpec(t, "../examples/"+spec)), catalog: &embedded.Catalog}
	f.monitors = monitors(t, f.files, cluster)
	return f
}

// pool adds nodes named after a GPU model, all of whose GPUs are idle.
func (f *fleet) pool(model string, nodes, perNode int) {
	facts := f.catalog.GPUs[model]
	for range nodes {
		n := &node{name: fmt.Sprintf("%s-%d", model, f.count(model+"-"))}
		for i := range perNode {
			n.gpus = append(n.gpus, gpu{
				uuid: fmt.Sprintf("GPU-%s-%d", n.name, i), index: i,
				modelName: facts.ModelName, memoryMiB: float64(facts.MemoryMiB),
			})
		}
		f.nodes = append(f.nodes, n)
	}
}

func (f *fleet) count(prefix string) (n int) {
	for _, node := range f.nodes {
		if strings.HasPrefix(node.name, prefix) {
			n++
		}
	}
	return n
}

func (f *fleet) node(name string) *node {
	for _, n := range f.nodes {
		if n.name == name {
			return n
		}
	}
	panic("no node " + name)
}

// mig splits the last GPU of a node in two; the pods of holders, at most one
// for each half, hold them from the start.
func (f *fleet) mig(on string, holders ...holder) {
	n := f.node(on)
	board := n.gpus[len(n.gpus)-1]
	n.gpus = n.gpus[:len(n.gpus)-1]
	for i, instance := range []string{"1", "2"} {
		half := board
		half.instance, half.memoryMiB = instance, board.memoryMiB/2
		if i < len(holders) {
			half.holders = []holder{holders[i]}
		}
		n.gpus = append(n.gpus, half)
	}
}

// place gives a pod the first GPUs of a model that nobody holds at its time,
// all of one node, and returns the node.
func (f *fleet) place(model string, count int, h holder) string {
	for _, n := range f.nodes {
		var free []*gpu
		for i := range n.gpus {
			g := &n.gpus[i]
			if k := len(g.holders); strings.HasPrefix(n.name, model) && (k == 0 || g.holders[k-1].until <= h.from) {
				free = append(free, g)
			}
		}
		if len(free) >= count {
			for _, g := range free[:count] {
				g.holders = append(g.holders, h)
			}
			return n.name
		}
	}
	panic(fmt.Sprintf("no node has %d free GPUs of %s", count, model))
}

// exporters adds a DaemonSet's targets, after the pods have been placed. The
// exporter of the first node is replaced, and for a while both answer.
func (f *fleet) exporters(t *testing.T, hostLabel string) {
	fields := counters(t, f)
	for i, n := range f.nodes {
		var all []exposed
		for _, g := range n.gpus {
			all = append(all, g.exposes(fields, n.name, hostLabel)...)
		}
		until := forever
		if i == 0 {
			f.target(dcgmMonitor, "gpu-monitoring", "dcgm-exporter-new00", n.name, all, exporterStarted, forever)
			until = exporterStopped
		}
		f.target(dcgmMonitor, "gpu-monitoring", fmt.Sprintf("dcgm-exporter-%05d", i), n.name, all, 0, until)
	}
}

// counters are the fields that our own counters file makes the exporter print.
func counters(t *testing.T, f *fleet) []string {
	t.Helper()
	var obj struct {
		Data map[string]string `json:"data"`
	}
	if err := yaml.Unmarshal(f.files[f.cluster+"/dcgm/configmap.yaml"], &obj); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, text := range obj.Data {
		for _, m := range regexp.MustCompile(`(?m)^(DCGM_\w+),`).FindAllStringSubmatch(text, -1) {
			out = append(out, m[1])
		}
	}
	if len(out) < 10 {
		t.Fatalf("the counters file of %s has the fields %v", f.cluster, out)
	}
	return out
}

func (f *fleet) target(workload, namespace, pod, node string, all []exposed, from, until float64) {
	m := f.monitors[workload]
	address := fmt.Sprintf("10.1.%d.%d:9400", len(f.targets)/250, len(f.targets)%250)
	own := m.Target(discoveredPod(namespace, pod, "main", node, address))
	tg := &target{workload: workload, pod: pod, node: node, from: from, until: until}
	tg.up = labels.NewBuilder(own).Set(labels.MetricName, "up").Labels()
	for _, e := range all {
		if l := m.Sample(own, e.labels); !l.IsEmpty() {
			tg.series, tg.stored = append(tg.series, e), append(tg.stored, l)
		}
	}
	f.targets = append(f.targets, tg)
}

// served runs pods of an inference workload, each on GPUs of its own.
func (f *fleet) served(workload, namespace, version, gpuModel string, gpus int, pods ...holder) {
	vllm := f.catalog.Exporters["vllm"]
	for _, p := range pods {
		p.namespace, p.container = namespace, "engine"
		node := f.place(gpuModel, gpus, p)
		all := append(engineExposes(vllm, version, "served-"+workload, p.from), httpExposes(p.from, workload == "chat")...)
		f.target(workload, namespace, p.pod, node, all, p.from, p.until)
	}
}

// trained runs pods of a training workload; the first exports everything, the
// others what has a rank.
func (f *fleet) trained(workload, namespace, gpuModel string, gpus int, pods ...holder) {
	for i, p := range pods {
		p.namespace, p.container = namespace, "trainer"
		node := f.place(gpuModel, gpus, p)
		var all []exposed
		for _, e := range engineExposes(f.catalog.Exporters["trainer"], "1.2.0", "run", p.from) {
			ranked := e.labels.Has("rank")
			if ranked {
				e.labels = labels.NewBuilder(e.labels).Set("rank", fmt.Sprint(i)).Labels()
			}
			if ranked || i == 0 {
				all = append(all, e)
			}
		}
		f.target(workload, namespace, p.pod, node, all, p.from, p.until)
	}
}

// pod runs from the start.
func pod(name string) holder { return holder{pod: name, until: forever} }

// euWest is clusters."eu-west-1" of examples/fleet.
func euWest(t *testing.T) *fleet {
	f := newFleet(t, "fleet", "eu-west-1")
	f.pool("h100-sxm", 4, 8)
	f.pool("l40s", 6, 4)
	f.mig("h100-sxm-3", holder{"notebooks", "notebook-ada-0", "jupyter", 0, forever})
	f.served("chat", "assistants", "0.30.0", "h100-sxm", 8, pod("chat-6d5f7c9b8-x2x4z"), pod("chat-6d5f7c9b8-k9m2q"))
	f.served("code-assist", "assistants", "0.30.0", "h100-sxm", 4, pod("code-assist-54b8c7d9f-ccccc"), pod("code-assist-54b8c7d9f-bbbbb"))
	old, young := pod("chat-fast-7f9d6b5c4-gggg2"), pod("chat-fast-7f9d6b5c4-hhhh4")
	old.until, young.from = podReplaced, podReplaced
	f.served("chat-fast", "assistants", "0.30.0", "l40s", 4, pod("chat-fast-7f9d6b5c4-kkkkk"), old, young)
	f.served("summarise", "search", "0.9.1", "l40s", 1, pod("summarise-0"), pod("summarise-1"), pod("summarise-2"), pod("summarise-3"))
	f.served("query-rewrite", "search", "0.9.1", "l40s", 2, pod("query-rewrite-9c8b7d6d5-qqqqq"))
	f.exporters(t, "Hostname")
	return f
}

// usEast is clusters."us-east-1" of examples/fleet.
func usEast(t *testing.T) *fleet {
	f := newFleet(t, "fleet", "us-east-1")
	f.pool("h200-sxm", 12, 8)
	f.pool("a100-sxm4-80gb", 4, 8)
	f.pool("h100-sxm", 2, 8)
	f.mig("h100-sxm-1")
	f.served("deep-research", "research-serving", "0.30.0", "h200-sxm", 8, pod("deep-research-0"))
	for _, worker := range []string{"deep-research-0-1", "deep-research-0-2", "deep-research-0-3"} {
		f.place("h200-sxm", 8, holder{"research-serving", worker, "engine", 0, forever})
	}
	pods := []holder{pod("pretrain-7b-master-0")}
	for i := range 7 {
		pods = append(pods, pod(fmt.Sprintf("pretrain-7b-worker-%d", i)))
	}
	f.trained("pretrain-7b", "research-training", "h200-sxm", 8, pods...)
	f.trained("reranker-tuning", "search-training", "a100-sxm4-80gb", 8, pod("reranker-tuning-0-zzzzz"), pod("reranker-tuning-1-wwwww"))
	f.exporters(t, "hostname")
	return f
}

// minimal is examples/minimal, where half of the GPUs are idle.
func minimal(t *testing.T) *fleet {
	f := newFleet(t, "minimal", "prod")
	f.pool("l40s", 1, 4)
	f.served("chat", "serving", "0.30.0", "l40s", 1, pod("chat-6d5f7c9b8-x2x4z"), pod("chat-6d5f7c9b8-k9m2q"))
	f.exporters(t, "hostname")
	return f
}
