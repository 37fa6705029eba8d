package load

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// large names most of what a spec may hold.
const large = `
teams: ml: {owner: "ml@example.com", costCenter: "cc-1", budget: usdPerMonth: 1000}
settings: {owner: "ml", runbooks: "https://runbooks.example.com/"}
gpus: l40s: {usdPerHour: 1.1, slowdownCelsius: 90, temperature: "absolute", profiling: true}
cost: {teamLabel: "team", sharedNamespaces: ["a"], sharedOverheadUSDPerMonth: 3, cpuUSDPerHour: 0.1}
alerts: GPUsIdleCostly: {enabled: true, for: "5m", severity: "info", params: usdPerHour: 25}
slo: {inference: ttft: {under: "250ms", objective: 99}, training: loss: enabled: false}
library: {
	records: "workload:mine:sum": {expr: "up", unit: "1", help: "mine", group: "custom", labels: a: "b"}
	alerts: Mine: {
		expr: "up > 1", for: "5m", severity: "info", owner: "team", group: "custom", params: {}
		summary: "s", description: "d", why: "w", action: "a", dashboard: "gpu"
	}
}
clusters: prod: {
	profiles: ["flux"]
	gpus: l40s: {perNode: 4, nodes: 2}
	prometheus: {namespace: "monitoring", selectorLabels: release: "x", retention: "30d"}
	grafana: {namespace: "monitoring", sidecarLabels: grafana_dashboard: "1", folder: "AI", url: "https://grafana.example.com"}
	dcgm: {
		mode: "exporter", version: "4.8.2", namespace: "gpu-monitoring", createNamespace: true
		nodeSelector: a: "b"
		tolerations: gpu: {key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule"}
		runtimeClass: "nvidia", interval: "15s", extraCounters: ["DCGM_FI_DEV_GPU_TEMP"]
		resources: {memory: "1Gi", cpu: "100m"}
	}
	costTool: {name: "kubecost", version: "3.2.1", gpuNodeLabel: {key: "a", value: "b"}}
	delivery: flux: true
}
workloads: chat: {
	kind: "inference", team: "ml", namespace: "serving", model: "m", clusters: ["prod"]
	engine: {name: "vllm", version: "0.30.0"}
	gpu: {model: "l40s", count: 2}
	pods: {name: "chat", controller: "Deployment"}
	scrape: {via: "service", selector: a: "b", port: "http", path: "/metrics", scheme: "http", interval: "15s", timeout: "10s"}
	slo: {ttft: {enabled: true, under: "250ms", objective: 99}, queueDepth: under: 3}
}
workloads: tune: {kind: "training", team: "ml", namespace: "train", gpu: {model: "l40s", count: 2}, slo: loss: fallsBy: 0.1}
`

// nonsense are values, most of which fit nowhere; never those that no field
// takes, and that must therefore be refused wherever they stand.
var nonsense = []struct {
	text  string
	never bool
}{
	{`null`, true}, {`'bytes'`, true}, {`{a: 1} | {b: 2}`, true},
	{`5`, false}, {`["A B"]`, false}, {`{misspelt: misspelt: 1}`, false},
}

// Every field of a spec, with every value: the loader has a result or a
// reason, and nothing is passed over in silence.
func TestEveryFieldWithNonsense(t *testing.T) {
	mustLoad(t, map[string]string{"spec.cue": large})
	tree := readTree(t, large)
	tried := 0
	var walk func(n *node, path []string)
	walk = func(n *node, path []string) {
		for _, name := range slices.Sorted(maps.Keys(n.fields)) {
			child, at := n.fields[name], append(slices.Clone(path), name)
			for _, value := range nonsense {
				tried++
				n.fields[name] = &node{leaf: json.RawMessage(fmt.Sprintf("%q", "@"+value.text+"@"))}
				text, err := json.Marshal(tree.data())
				if err != nil {
					t.Fatal(err)
				}
				where := fmt.Sprintf("%s: %s", strings.Join(at, "."), value.text)
				result, found := loadFiles(t, map[string]string{"spec.cue": unquoteMarked(string(text))})
				if (result != nil) != (len(found) == 0) {
					t.Errorf("%s: loaded: %t, with %d findings", where, result != nil, len(found))
				}
				if value.never && len(found) == 0 {
					t.Errorf("%s is passed over in silence", where)
				}
				for _, d := range found {
					_, rest, _ := strings.Cut(d.Message, ": found ")
					if have, want, ok := strings.Cut(rest, ", want "); ok && have == want {
						t.Errorf("%s: %s", where, d.Message)
					}
					if d.Pos.File != "spec.cue" || d.Pos.Line != 1 || d.Pos.Col < 1 {
						t.Errorf("%s: %s is told at %s", where, d.Message, d.Pos)
					}
				}
			}
			n.fields[name] = child
			walk(child, at)
		}
	}
	walk(tree, nil)
	if tried < 600 {
		t.Errorf("%d values were tried", tried)
	}
}

// unquoteMarked puts CUE in for the strings of JSON that hold it between @.
func unquoteMarked(text string) string {
	start := strings.Index(text, `"@`)
	end := strings.LastIndex(text, `@"`)
	var value string
	if json.Unmarshal([]byte(text[start:end+2]), &value) != nil {
		return text
	}
	return text[:start] + strings.Trim(value, "@") + text[end+2:]
}
