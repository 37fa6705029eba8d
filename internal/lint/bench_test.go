package lint

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// queriesOf are queries as people write them; each name is one of the catalogue.
var queriesOf = []string{
	`sum by (namespace, pod) (rate(vllm:prompt_tokens_total{namespace=~"$namespace"}[$__rate_interval]))`,
	`histogram_quantile(0.95, sum by (le, model_name) (rate(vllm:time_to_first_token_seconds_bucket[$__rate_interval])))`,
	`avg by (Hostname, gpu) (DCGM_FI_DEV_GPU_UTIL{pod=~"$pod"})`,
	`max by (node) (DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE))`,
	`sum(vllm:num_requests_waiting) / clamp_min(sum(vllm:num_requests_running), 1)`,
}

// bigDashboard has a number of panels, with all that Grafana writes around them.
func bigDashboard(panels int) string {
	var b strings.Builder
	b.WriteString("{\n  \"title\": \"Big\",\n  \"schemaVersion\": 39,\n  \"templating\": {\"list\": [{\"name\": \"namespace\", \"type\": \"query\", \"query\": \"label_values(vllm:num_requests_running, namespace)\"}, {\"name\": \"pod\", \"type\": \"custom\"}]},\n  \"panels\": [\n")
	for i := range panels {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `    {
      "id": %d,
      "title": "Panel %d",
      "type": "timeseries",
      "datasource": {"type": "prometheus", "uid": "${datasource}"},
      "gridPos": {"h": 8, "w": 12, "x": 0, "y": %d},
      "fieldConfig": {"defaults": {"custom": {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never"}, "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": null}, {"color": "red", "value": 80}]}}, "overrides": []},
      "options": {"legend": {"calcs": [], "displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "none"}},
      "targets": [{"refId": "A", "legendFormat": "{{pod}}", "expr": %q}]
    }`, i, i, i*8, queriesOf[i%len(queriesOf)])
	}
	return b.String() + "\n  ]\n}\n"
}

// bigRules has a number of rules.
func bigRules(rules int) string {
	var b strings.Builder
	b.WriteString("groups:\n- name: big\n  rules:\n")
	for i := range rules {
		expr := strings.NewReplacer("$__rate_interval", "5m", `=~"$namespace"`, `="a"`, `=~"$pod"`, `="b"`).Replace(queriesOf[i%len(queriesOf)])
		fmt.Fprintf(&b, "  - alert: Alert%d\n    expr: |\n      %s\n        > 3\n    for: 5m\n    labels:\n      severity: page\n    annotations:\n      summary: 'It is {{ $value }}'\n", i, expr)
	}
	return b.String()
}

// A thousand expressions, half in rule files and half in dashboards: what a pull
// request waits for besides the start of the process.
func BenchmarkRun(b *testing.B) {
	var files []File
	for i := range 10 {
		files = append(files, found(fmt.Sprintf("r%d.yaml", i), bigRules(50)), found(fmt.Sprintf("d%d.json", i), bigDashboard(49)))
	}
	index() // is loaded once
	b.ReportAllocs()
	for b.Loop() {
		w, err := World(index(), nil, Options{Interval: 15 * time.Second})
		if err != nil {
			b.Fatal(err)
		}
		if s := Run(files, w, &diag.List{}); s.Queries != 1000 || s.Files != 20 {
			b.Fatalf("%+v", s)
		}
	}
}

// Files as large as they get are read in a time that one can wait for.
func TestBigFiles(t *testing.T) {
	dashboard := bigDashboard(6000)
	line := strings.ReplaceAll(strings.ReplaceAll(dashboard, "\n", ""), "  ", "")
	long := "sum by (pod) (" + strings.TrimSuffix(strings.Repeat(`rate(vllm:prompt_tokens_total{pod=~"$pod"}[$__rate_interval]) + `, 1600), "+ ") + ")"
	for _, tt := range []struct {
		name string
		file File
	}{
		{"a dashboard", found("d.json", dashboard)},
		{"in one line", found("d.json", line)},
		{"in one line, as YAML", found("d.yaml", line+"\n---\n")},
		{"in a ConfigMap", found("c.yaml", "kind: ConfigMap\ndata:\n  d.json: |\n"+indented(dashboard, "    "))},
		{"in a ConfigMap, quoted", found("c.yaml", fmt.Sprintf("kind: ConfigMap\ndata:\n  d.json: %q\n", dashboard))},
		{"rules", found("r.yaml", bigRules(15_000))},
		{"a long query", found("d.json", dashboardOf(fmt.Sprintf(`"expr": %q`, long)))},
		{"aliases", found("r.yaml", "groups:\n- rules:\n  - &a {record: a, expr: up}\n"+strings.Repeat("  - *a\n", 100_000))},
		{"counters", found("c.csv", strings.Repeat("DCGM_FI_DEV_GPU_TEMP, gauge, t\n", 100_000))},
	} {
		start := time.Now()
		_, s := findings(t, Options{}, tt.file)
		took := time.Since(start)
		t.Logf("%s: %d bytes, %d expressions, %s", tt.name, len(tt.file.Data), s.Queries, took.Round(time.Millisecond))
		if s.Files != 1 || took > 60*time.Second {
			t.Errorf("%s: %+v in %s", tt.name, s, took)
		}
	}
}
