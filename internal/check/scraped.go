package check

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// scraped is what the monitors of a cluster, as they are written, bring into
// Prometheus of one exporter.
type scraped struct {
	monitors []monitored
	// attached and dropped labels.
	attached, dropped []string
	// counters that the exporter is told to collect, and the file that says so.
	counters     map[string]bool
	countersFile string
}

// monitored is one endpoint of a monitor.
type monitored struct {
	file     string
	workload string // "" of the GPU exporter
	keep     *regexp.Regexp
}

// discovered are the labels that the Prometheus operator attaches to the targets
// of each kind of monitor.
var discovered = map[string][]string{
	"ServiceMonitor": {"job", "instance", "namespace", "service", "pod", "container", "endpoint"},
	"PodMonitor":     {"job", "instance", "namespace", "pod", "container", "endpoint"},
}

// scrapes reads the monitors and counters files of a cluster.
func scrapes(files []artifact.File, x *catalog.Index) map[string]*scraped {
	out := map[string]*scraped{}
	of := func(exporter string) *scraped {
		if out[exporter] == nil {
			out[exporter] = &scraped{}
		}
		return out[exporter]
	}
	for _, f := range files {
		if !isKind(f, "ServiceMonitor", "PodMonitor", "ConfigMap") {
			continue
		}
		kind, endpoints := "", []endpoint(nil)
		if !isKind(f, "ConfigMap") {
			kind, endpoints = monitor(f.Data)
		}
		for _, e := range endpoints {
			s := of(static(e.relabelings, plan.LabelExporter))
			s.add(f.Path, kind, e, x.Exporters[static(e.relabelings, plan.LabelExporter)])
		}
		if counters := countersOf(f.Data, x.DCGM.ConfigKey, x.DCGM.OperatorConfigKey); counters != nil {
			of(plan.GPUExporter).counters, of(plan.GPUExporter).countersFile = counters, f.Path
		}
	}
	return out
}

// isKind finds the kind of an object without reading all of it: rules and
// dashboards are long.
func isKind(f artifact.File, kinds ...string) bool {
	return slices.ContainsFunc(kinds, func(k string) bool { return bytes.Contains(f.Data, []byte("\nkind: "+k+"\n")) })
}

// head is an object without its spec.
func head(data []byte) []byte {
	before, _, _ := bytes.Cut(data, []byte("\nspec:\n"))
	return before
}

// endpoint is what both kinds of monitor have in common.
type endpoint struct{ relabelings, metricRelabelings []monitoringv1.RelabelConfig }

func monitor(data []byte) (string, []endpoint) {
	var m struct {
		Kind string `json:"kind"`
		Spec struct {
			Endpoints           []monitoringv1.Endpoint           `json:"endpoints"`
			PodMetricsEndpoints []monitoringv1.PodMetricsEndpoint `json:"podMetricsEndpoints"`
		} `json:"spec"`
	}
	if yaml.Unmarshal(data, &m) != nil || discovered[m.Kind] == nil {
		return "", nil
	}
	var out []endpoint
	for _, e := range m.Spec.Endpoints {
		out = append(out, endpoint{e.RelabelConfigs, e.MetricRelabelConfigs})
	}
	for _, e := range m.Spec.PodMetricsEndpoints {
		out = append(out, endpoint{e.RelabelConfigs, e.MetricRelabelConfigs})
	}
	return m.Kind, out
}

// static is the text that relabelings set a label to.
func static(configs []monitoringv1.RelabelConfig, label string) string {
	for _, c := range configs {
		if c.TargetLabel == label && len(c.SourceLabels) == 0 && c.Replacement != nil {
			return *c.Replacement
		}
	}
	return ""
}

func (s *scraped) add(file, kind string, e endpoint, exporter model.Exporter) {
	set := slices.Clone(discovered[kind])
	for _, c := range append(slices.Clone(e.relabelings), e.metricRelabelings...) {
		if c.TargetLabel != "" && (c.Action == "replace" || c.Action == "") {
			set = append(set, c.TargetLabel)
		}
	}
	m := monitored{file: file, workload: static(e.relabelings, plan.LabelWorkload)}
	var drops []*regexp.Regexp
	for _, c := range e.metricRelabelings {
		re, err := regexp.Compile("^(?:" + c.Regex + ")$")
		if err != nil {
			continue // refused where the object is checked
		}
		switch {
		case c.Action == "labeldrop":
			drops = append(drops, re)
		case c.Action == "keep" && len(c.SourceLabels) == 1 && c.SourceLabels[0] == "__name__":
			m.keep = re
		}
	}
	s.monitors = append(s.monitors, m)
	all := slices.Concat(set, exporter.Labels)
	for _, metric := range exporter.Metrics {
		all = append(all, metric.Labels...)
	}
	slices.Sort(all)
	for _, l := range slices.Compact(all) {
		gone := slices.ContainsFunc(drops, func(re *regexp.Regexp) bool { return re.MatchString(l) })
		switch {
		case gone && !slices.Contains(s.dropped, l):
			s.dropped = append(s.dropped, l)
		case !gone && slices.Contains(set, l) && !slices.Contains(s.attached, l):
			s.attached = append(s.attached, l)
		}
	}
}

// countersOf are the fields of a counters file in a ConfigMap, or nil.
func countersOf(data []byte, keys ...string) map[string]bool {
	var c corev1.ConfigMap
	holds := func(key string) bool { return bytes.Contains(data, []byte("\n  "+key+": ")) }
	if !slices.ContainsFunc(keys, holds) || yaml.Unmarshal(data, &c) != nil {
		return nil
	}
	for _, k := range keys {
		text, ok := c.Data[k]
		if !ok {
			continue
		}
		out := map[string]bool{}
		for line := range strings.Lines(text) {
			if field, _, ok := strings.Cut(line, ","); ok && !strings.HasPrefix(line, "#") {
				out[strings.TrimSpace(field)] = true
			}
		}
		return out
	}
	return nil
}

// selection checks that the operator finds the objects, and that our own monitor
// finds the Service and the Service its pods.
func selection(p *plan.Plan, files []artifact.File, add addFunc) {
	type object struct {
		Kind     string `json:"kind"`
		Metadata struct {
			Name, Namespace string
			Labels          map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	var services []corev1.Service
	var sets []appsv1.DaemonSet
	file := map[string]string{} // of a Service or DaemonSet
	for _, f := range files {
		var o object
		if !isKind(f, "ServiceMonitor", "PodMonitor", "PrometheusRule", "Service", "DaemonSet") || yaml.Unmarshal(head(f.Data), &o) != nil {
			continue
		}
		want := map[string]string{}
		switch o.Kind {
		case "ServiceMonitor", "PodMonitor", "PrometheusRule":
			want = p.Cluster.Prometheus.SelectorLabels
		case "Service":
			var s corev1.Service
			if yaml.Unmarshal(f.Data, &s) == nil {
				services, file[o.Kind+s.Name] = append(services, s), f.Path
			}
		case "DaemonSet":
			var d appsv1.DaemonSet
			if yaml.Unmarshal(f.Data, &d) == nil {
				sets, file[o.Kind+d.Name] = append(sets, d), f.Path
			}
		}
		for _, k := range slices.Sorted(maps.Keys(want)) {
			if o.Metadata.Labels[k] != want[k] {
				add(codeLink, f.Path, "has not the label %s: %s by which clusters.%s.prometheus.selectorLabels says that Prometheus selects it", k, want[k], p.Cluster.Name)
			}
		}
	}
	for _, f := range files {
		var m monitoringv1.ServiceMonitor
		ours := bytes.Contains(f.Data, []byte("replacement: "+plan.GPUExporter+"\n"))
		if !ours || !isKind(f, "ServiceMonitor") || yaml.Unmarshal(f.Data, &m) != nil || static(relabelingsOf(m), plan.LabelExporter) != plan.GPUExporter {
			continue
		}
		for _, s := range services {
			monitorFinds(m, s, f.Path, file["Service"+s.Name], add)
		}
	}
	for _, s := range services {
		for _, d := range sets {
			serviceFinds(s, d, file["Service"+s.Name], file["DaemonSet"+d.Name], add)
		}
	}
}

func relabelingsOf(m monitoringv1.ServiceMonitor) []monitoringv1.RelabelConfig {
	if len(m.Spec.Endpoints) == 0 {
		return nil
	}
	return m.Spec.Endpoints[0].RelabelConfigs
}

func monitorFinds(m monitoringv1.ServiceMonitor, s corev1.Service, monitor, service string, add addFunc) {
	for _, k := range slices.Sorted(maps.Keys(m.Spec.Selector.MatchLabels)) {
		if v := m.Spec.Selector.MatchLabels[k]; s.Labels[k] != v {
			add(codeLink, monitor, "selects Services by %s: %s, which %s has not", k, v, service)
		}
	}
	if n := m.Spec.NamespaceSelector; !n.Any && !slices.Contains(n.MatchNames, s.Namespace) {
		add(codeLink, monitor, "looks in the namespaces %s, and %s is in %s", strings.Join(n.MatchNames, ", "), service, s.Namespace)
	}
	for _, e := range m.Spec.Endpoints {
		if !slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == e.Port }) {
			add(codeLink, monitor, "scrapes the port %q, which %s has not", e.Port, service)
		}
	}
}

func serviceFinds(s corev1.Service, d appsv1.DaemonSet, service, set string, add addFunc) {
	for _, k := range slices.Sorted(maps.Keys(s.Spec.Selector)) {
		if v := s.Spec.Selector[k]; d.Spec.Template.Labels[k] != v {
			add(codeLink, service, "selects pods by %s: %s, which those of %s have not", k, v, set)
		}
	}
	for _, p := range s.Spec.Ports {
		named := func(c corev1.Container) bool {
			return slices.ContainsFunc(c.Ports, func(o corev1.ContainerPort) bool { return o.Name == p.TargetPort.StrVal })
		}
		if p.TargetPort.StrVal != "" && !slices.ContainsFunc(d.Spec.Template.Spec.Containers, named) {
			add(codeLink, service, "leads to the port %q, which no container of %s has", p.TargetPort.StrVal, set)
		}
	}
}

// addFunc reports a fault of a file.
type addFunc = func(code, file, format string, args ...any)
