package compile

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/check"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// The world is closed: whichever link between what is read and what exports it
// is removed from the output, the check fails and names both ends.
func TestEachLinkIsNeeded(t *testing.T) {
	c, err := New("../../examples/fleet")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := c.loader.Load()
	if err != nil {
		t.Fatal(err)
	}
	const cluster = "eu-west-1"
	view := spec.Clusters[cluster]
	plans := c.plan(spec)
	p := plans[slices.IndexFunc(plans, func(p *plan.Plan) bool { return p.Cluster.Name == cluster })]
	files, err := generate(p)
	if err != nil || c.Diags.HasErrors() {
		t.Fatal(err, c.Diags.Sorted())
	}
	judge := func(facts *model.Catalog, files []artifact.File) string {
		var diags diag.List
		check.Queries(p, catalog.New(facts), files, c.source(view), &diags)
		var b bytes.Buffer
		if err := diag.Write(&b, "text", &diags, nil); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	facts := catalog.With(&c.loader.Embedded.Catalog, view.Spec)
	if found := judge(facts, files); found != "" {
		t.Fatalf("the example as it is:\n%s", found)
	}
	for _, tt := range []struct {
		name, file, old, new string
		want                 []string // all on one line
	}{
		{"a counter from the counters file", "dcgm/configmap.yaml", "\n    DCGM_FI_DEV_FB_USED, ", "\n    # ",
			[]string{"dcgm/configmap.yaml", "does not collect DCGM_FI_DEV_FB_USED", "rule gpu:memory_used_bytes:max"}},
		{"a series from a keep-list", "scrape/chat.yaml", "vllm:num_requests_waiting|", "",
			[]string{"scrape/chat.yaml", "does not keep vllm:num_requests_waiting", "rule workload:inference_queue_depth:sum"}},
		{"a series from the keep-list of the GPUs", "dcgm/servicemonitor.yaml", "DCGM_FI_DEV_POWER_USAGE|", "",
			[]string{"dcgm/servicemonitor.yaml", "does not keep DCGM_FI_DEV_POWER_USAGE", "rule gpu:power_watts:max"}},
		{"a label from the relabelings", "dcgm/servicemonitor.yaml", "targetLabel: team", "targetLabel: squad",
			[]string{"rule gpu:power_watts:max", "the label team", "DCGM_FI_DEV_POWER_USAGE does not carry it"}},
		{"a label that queries need is dropped", "dcgm/servicemonitor.yaml", "regex: exported_namespace|", "regex: pod|exported_namespace|",
			[]string{"rule gpu:power_watts:max", "the label pod", "the scrape drops it"}},
		{"a monitor from the selector", "scrape/chat.yaml", "release: kube-prometheus-stack", "release: other",
			[]string{"scrape/chat.yaml", "release: kube-prometheus-stack", "clusters.eu-west-1.prometheus.selectorLabels"}},
		{"a rule from the selector", "rules/gpu.yaml", "release: kube-prometheus-stack", "release: other",
			[]string{"rules/gpu.yaml", "release: kube-prometheus-stack", "clusters.eu-west-1.prometheus.selectorLabels"}},
		{"the Service from the monitor", "dcgm/service.yaml", "  labels:\n    app.kubernetes.io/instance: aiobs-dcgm-exporter", "  labels:\n    app.kubernetes.io/instance: other",
			[]string{"dcgm/servicemonitor.yaml", "app.kubernetes.io/instance: aiobs-dcgm-exporter", "dcgm/service.yaml"}},
		{"the port from the Service", "dcgm/service.yaml", "name: metrics", "name: other",
			[]string{"dcgm/servicemonitor.yaml", `scrapes the port "metrics"`, "dcgm/service.yaml"}},
		{"the pods from the Service", "dcgm/service.yaml", "  selector:\n    app.kubernetes.io/instance: aiobs-dcgm-exporter", "  selector:\n    app.kubernetes.io/instance: other",
			[]string{"dcgm/service.yaml", "app.kubernetes.io/instance: other", "dcgm/daemonset.yaml"}},
		{"the port from the pods", "dcgm/daemonset.yaml", "name: metrics\n          protocol", "name: other\n          protocol",
			[]string{"dcgm/service.yaml", `leads to the port "metrics"`, "dcgm/daemonset.yaml"}},
		{"the namespace from the monitor", "dcgm/servicemonitor.yaml", "- gpu-monitoring", "- other",
			[]string{"dcgm/servicemonitor.yaml", "namespaces other", "dcgm/service.yaml is in gpu-monitoring"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := slices.Clone(files)
			i := slices.IndexFunc(changed, func(f artifact.File) bool { return f.Path == tt.file })
			if i < 0 || !bytes.Contains(changed[i].Data, []byte(tt.old)) {
				t.Fatalf("%s has no %q", tt.file, tt.old)
			}
			changed[i].Data = bytes.ReplaceAll(changed[i].Data, []byte(tt.old), []byte(tt.new))
			found := judge(facts, changed)
			if !slices.ContainsFunc(strings.Split(found, "\n"), func(line string) bool {
				return !slices.ContainsFunc(tt.want, func(w string) bool { return !strings.Contains(line, w) })
			}) {
				t.Errorf("no line has %q:\n%s", tt.want, found)
			}
		})
	}
	// A metric from the catalogue's version.
	older := *facts
	older.Exporters = map[string]model.Exporter{}
	for name, e := range facts.Exporters {
		older.Exporters[name] = e
	}
	e := older.Exporters[catalog.DCGM]
	metrics := map[string]model.Metric{}
	for name, m := range e.Metrics {
		metrics[name] = m
	}
	m := metrics["DCGM_FI_DEV_POWER_USAGE"]
	m.Removed = "4.8.0"
	metrics["DCGM_FI_DEV_POWER_USAGE"] = m
	e.Metrics = metrics
	older.Exporters[catalog.DCGM] = e
	if found := judge(&older, files); !strings.Contains(found, "rule gpu:power_watts:max: DCGM_FI_DEV_POWER_USAGE is not there in dcgm-exporter 4.8.2: it was removed in 4.8.0") {
		t.Errorf("a metric that the version does not have:\n%s", found)
	}
}
