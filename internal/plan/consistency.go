package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Settings of the exporter that concern our own DaemonSet, or the operator.
var (
	ofDaemonSet = []string{"image", "nodeSelector", "tolerations", "runtimeClass", "privileged", "kubeletPath", "createNamespace"}
	ofOperator  = []string{"operatorVersion"}
)

// checkEffect refuses a setting that would do nothing: who wrote it believes
// that it does.
func (in *Input) checkEffect(c Cluster) {
	idle, hint := ofOperator, `it belongs to mode: "gpu-operator"`
	if c.DCGM.Mode == model.ModeGPUOperator {
		idle, hint = ofDaemonSet, "the GPU operator runs the exporter: set it in the operator's own values"
	}
	for _, field := range idle {
		at := []string{"clusters", in.Cluster, "dcgm", field}
		if in.Has(at...) {
			in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: in.LabelPos(at...),
				Message: fmt.Sprintf("dcgm.%s has no effect with mode %q", field, c.DCGM.Mode), Hint: hint})
		}
	}
}

// checkNamespace refuses to write a namespace that others live in: our labels
// would be laid over theirs, and pruning ours would remove it.
func (in *Input) checkNamespace(p *Plan) {
	d := p.Cluster.DCGM
	if d.Mode != model.ModeExporter || !d.CreateNamespace {
		return
	}
	others := []string{p.Cluster.Prometheus.Namespace, p.Cluster.Grafana.Namespace, p.Cluster.CostTool.Namespace, "kube-system", "default"}
	for _, w := range p.Workloads {
		others = append(others, w.Namespace)
	}
	if slices.Contains(others, d.Namespace) {
		in.Diags.Add(diag.Diagnostic{Code: codeTakesOver, Pos: in.Pos("clusters", in.Cluster, "dcgm", "namespace"),
			Message: fmt.Sprintf("the namespace %q of the exporter belongs to others, and would be written", d.Namespace),
			Hint:    "set dcgm.createNamespace: false, and allow privileged pods there yourself"})
	}
}

// checkPods refuses workloads whose pods cannot be told apart.
func (in *Input) checkPods(workloads []Workload) {
	claimed := map[string]string{}
	for _, w := range workloads {
		key := w.Namespace + ";" + w.PodRegex
		if first, ok := claimed[key]; ok {
			in.Diags.Add(diag.Diagnostic{Code: codeAmbiguous, Pos: in.Pos("workloads", w.Name, "pods", "name"),
				Message: fmt.Sprintf("workloads %q and %q claim the same pods, named %s in namespace %s", first, w.Name, w.PodRegex, w.Namespace),
				Hint:    "give each the name of its own Deployment under pods.name"})
		}
		claimed[key] = w.Name
	}
}

// checkLabels refuses labels that cost tools, which see them as Prometheus
// spells them, cannot tell apart.
func (in *Input) checkLabels() {
	c := in.Spec.Cost
	spelled := strings.NewReplacer(".", "_", "/", "_", "-", "_")
	if c.TeamLabel != "" && spelled.Replace(c.TeamLabel) == spelled.Replace(c.ModelLabel) {
		in.Diags.Errorf(codeTwice, in.Pos("cost", "modelLabel"),
			"cost.teamLabel %q and cost.modelLabel %q are one label in Prometheus' spelling", c.TeamLabel, c.ModelLabel)
	}
}
