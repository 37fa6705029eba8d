package golden

import (
	"cmp"
	"path"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"sigs.k8s.io/yaml"
)

// monitor is what a ServiceMonitor or PodMonitor makes Prometheus do with one
// target and with each sample of it.
type monitor struct {
	honorLabels    bool
	ofTarget, each []*relabel.Config
}

// dcgmMonitor is the key of the GPU exporter's monitor; the others go by the
// name of their workload.
const dcgmMonitor = ""

// monitors reads those of a cluster, in the operator's own types.
func monitors(t *testing.T, files map[string][]byte, cluster string) map[string]*monitor {
	t.Helper()
	out := map[string]*monitor{}
	for name, data := range files {
		var m *monitor
		switch kind := kindOf(data); {
		case !strings.HasPrefix(name, cluster+"/"):
			continue
		case kind == "ServiceMonitor":
			var obj monitoringv1.ServiceMonitor
			decode(t, name, data, &obj)
			if n := len(obj.Spec.Endpoints); n != 1 {
				t.Fatalf("%s has %d endpoints", name, n)
			}
			e := obj.Spec.Endpoints[0]
			m = &monitor{e.HonorLabels, relabelings(t, e.RelabelConfigs), relabelings(t, e.MetricRelabelConfigs)}
		case kind == "PodMonitor":
			var obj monitoringv1.PodMonitor
			decode(t, name, data, &obj)
			if n := len(obj.Spec.PodMetricsEndpoints); n != 1 {
				t.Fatalf("%s has %d endpoints", name, n)
			}
			e := obj.Spec.PodMetricsEndpoints[0]
			m = &monitor{e.HonorLabels, relabelings(t, e.RelabelConfigs), relabelings(t, e.MetricRelabelConfigs)}
		default:
			continue
		}
		key := strings.TrimSuffix(path.Base(name), ".yaml")
		if path.Base(path.Dir(name)) == "dcgm" {
			key = dcgmMonitor
		}
		out[key] = m
	}
	if out[dcgmMonitor] == nil || len(out) < 2 {
		t.Fatalf("cluster %s has the monitors %v", cluster, out)
	}
	return out
}

// kindOf is the kind of a Kubernetes object as our files write it.
func kindOf(data []byte) string {
	_, rest, _ := strings.Cut(string(data), "\nkind: ")
	kind, _, _ := strings.Cut(rest, "\n")
	return kind
}

func decode(t *testing.T, name string, data []byte, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// relabelings converts as the operator does: what is left out is Prometheus'
// own default.
func relabelings(t *testing.T, from []monitoringv1.RelabelConfig) []*relabel.Config {
	t.Helper()
	var out []*relabel.Config
	for _, f := range from {
		c := relabel.DefaultRelabelConfig
		c.TargetLabel, c.Modulus = f.TargetLabel, uint64(f.Modulus)
		for _, l := range f.SourceLabels {
			c.SourceLabels = append(c.SourceLabels, model.LabelName(l))
		}
		c.Action = relabel.Action(strings.ToLower(cmp.Or(f.Action, string(c.Action))))
		if f.Separator != nil {
			c.Separator = *f.Separator
		}
		if f.Replacement != nil {
			c.Replacement = *f.Replacement
		}
		if f.Regex != "" {
			re, err := relabel.NewRegexp(f.Regex)
			if err != nil {
				t.Fatal(err)
			}
			c.Regex = re
		}
		if err := c.Validate(model.UTF8Validation); err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		out = append(out, &c)
	}
	return out
}

// target gives the labels of what was discovered.
func (m *monitor) target(discovered labels.Labels) labels.Labels {
	b := labels.NewBuilder(discovered)
	if !relabel.ProcessBuilder(b, m.ofTarget...) {
		return labels.EmptyLabels()
	}
	b.Range(func(l labels.Label) {
		if strings.HasPrefix(l.Name, "__") {
			b.Del(l.Name)
		}
	})
	return b.Labels()
}

// sample gives the labels under which Prometheus stores an exposed series, as
// scrape.mutateSampleLabels does; none if it is dropped.
func (m *monitor) sample(target, exposed labels.Labels) labels.Labels {
	b := labels.NewBuilder(exposed)
	target.Range(func(l labels.Label) {
		was := exposed.Get(l.Name)
		if was != "" && m.honorLabels {
			return
		}
		b.Set(l.Name, l.Value)
		if was != "" {
			b.Set(model.ExportedLabelPrefix+l.Name, was)
		}
	})
	if !relabel.ProcessBuilder(b, m.each...) {
		return labels.EmptyLabels()
	}
	return b.Labels()
}

// discoveredPod is a pod behind a port as the operator's configuration hands
// it to our relabelings.
func discoveredPod(namespace, pod, container, node, address string) labels.Labels {
	return labels.FromStrings(
		"namespace", namespace, "pod", pod, "container", container, "job", namespace+"/"+container,
		"service", container, "endpoint", "metrics", "instance", address,
		"__address__", address, "__meta_kubernetes_pod_node_name", node)
}
