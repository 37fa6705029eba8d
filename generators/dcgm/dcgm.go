// Package dcgm writes the GPU exporter: the counters file that it collects,
// the DaemonSet that runs it, and the monitor that scrapes it.
//
// The counters file holds what rules and panels read, and the spec's explicit
// extras; each line is preceded by what it is kept for. Under the NVIDIA GPU
// operator there is no DaemonSet of ours, because two exporters on a node
// fight over the profiling module and double every series. The operator gets
// our counters file by values, and its own monitor is switched off: it cannot
// relabel metrics, and identity is attached by relabeling.
package dcgm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// name of our objects.
const name = "aiobs-dcgm-exporter"

// nameLabel is what cost tools recognise the exporter's Service by.
const (
	nameLabel = "app.kubernetes.io/name"
	nameValue = "dcgm-exporter"
)

// portName of the metrics port on our container and Service.
const portName = "metrics"

// Generate returns the exporter's files.
func Generate(p *plan.Plan) ([]artifact.File, []string, error) {
	out := kube.NewOutput(p)
	from := []string{"clusters." + p.Cluster.Name + ".dcgm"}
	if p.Cluster.DCGM.Mode == model.ModeGPUOperator {
		operator(p, out, from)
	} else {
		exporter(p, out, from)
	}
	return out.Done()
}

// exporter is what runs and scrapes an exporter of our own.
func exporter(p *plan.Plan, out *kube.Output, from []string) {
	csv := counters(p)
	if p.Cluster.DCGM.CreateNamespace {
		out.Object("dcgm/namespace.yaml", namespace(p), from,
			"Pods that mount a host path and add a capability are refused below this level.",
			"If others own the namespace, set dcgm.createNamespace: false and the label there.")
	}
	out.Object("dcgm/configmap.yaml", configMap(p, name, p.DCGM.ConfigKey, csv), from,
		"The exporter reads this file instead of its built-in list.")
	out.Object("dcgm/daemonset.yaml", daemonSet(p, csv), from, privilege(p)...)
	out.Object("dcgm/service.yaml", service(p), from)
	out.Object("dcgm/serviceaccount.yaml", serviceAccount(p), from,
		"It has no rights: the exporter reads the kubelet's socket, not the API.")
	out.Object("dcgm/servicemonitor.yaml", serviceMonitor(p, selector, portName), from)
}

// operator is what the exporter of the GPU operator is given.
func operator(p *plan.Plan, out *kube.Output, from []string) {
	csv := counters(p)
	// A new name makes the operator roll its pods; an update in place would
	// not be seen, since it mounts the file with a subPath.
	counters := name + "-" + hash(csv)[:8]
	out.Object("dcgm/configmap.yaml", configMap(p, counters, p.DCGM.OperatorConfigKey, csv), from,
		"The GPU operator mounts it by the name in gpu-operator-values.yaml; the name changes with the content.")
	out.Object("dcgm/servicemonitor.yaml", serviceMonitor(p, p.DCGM.OperatorService, p.DCGM.OperatorServicePort), from)
	out.YAML("dcgm/gpu-operator-values.yaml", values(p, counters), from,
		"Not a Kubernetes object. Values of the Helm chart gpu-operator "+p.Cluster.DCGM.OperatorVersion+", applied with:",
		"helm upgrade gpu-operator <repo>/gpu-operator --namespace "+p.Cluster.DCGM.Namespace+" --version v"+p.Cluster.DCGM.OperatorVersion+" --reuse-values -f gpu-operator-values.yaml")
}

// counters is the counters file. A comment of its reader stands in column 0;
// a line has three fields, and help has no commas or quotes.
func counters(p *plan.Plan) string {
	var b strings.Builder
	b.WriteString("# FIELD, TYPE, HELP\n")
	for _, c := range p.Counters {
		kept := "asked for in extraCounters"
		if len(c.Readers) > 0 {
			kept = strings.Join(c.Readers, "; ")
		}
		fmt.Fprintf(&b, "# kept for: %s\n%s, %s, %s\n", kept, c.Field, c.Type, c.Help)
	}
	return b.String()
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func configMap(p *plan.Plan, name, key, csv string) *corev1.ConfigMap {
	return kube.ConfigMap(p, name, p.Cluster.DCGM.Namespace, nil, map[string]string{key: csv})
}

// privilege says in the file why the container has what it has.
func privilege(p *plan.Plan) []string {
	switch d := p.Cluster.DCGM; {
	case d.Privileged:
		return []string{"Privileged, as dcgm.privileged asks: DCGM reads XIDs 79, 119 and 120 from the kernel log."}
	case d.Profiling:
		return []string{"SYS_ADMIN is what profiling metrics need; all other capabilities are dropped.",
			"XIDs 79, 119 and 120 come through the kernel log, which only a privileged container can read (dcgm.privileged);",
			"GPULost and GPUExporterBlind see their effect either way."}
	}
	return []string{"No capability: profiling metrics are off (dcgm.profiling)."}
}
