package plan

import (
	"fmt"
	"maps"
	"regexp"
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
	if c.CostTool.Name == model.NoCostTool && in.Has("clusters", in.Cluster, "costTool", "version") {
		in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: in.LabelPos("clusters", in.Cluster, "costTool", "version"),
			Message: "costTool.version has no effect without costTool.name", Hint: `name the tool: "kubecost" or "opencost"`})
	}
	for _, field := range idle {
		at := []string{"clusters", in.Cluster, "dcgm", field}
		if in.Has(at...) {
			in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: in.LabelPos(at...),
				Message: fmt.Sprintf("dcgm.%s has no effect with mode %q", field, c.DCGM.Mode), Hint: hint})
		}
	}
}

// checkTolerations refuses what the API server refuses.
func (in *Input) checkTolerations(c Cluster) {
	for name, t := range c.DCGM.Tolerations {
		if t.Operator == "Exists" && t.Value != "" {
			in.Diags.Errorf(codeNotAllowed, in.Pos("clusters", in.Cluster, "dcgm", "tolerations", name, "value"),
				"toleration %q has a value and the operator Exists, which takes none: Kubernetes refuses it", name)
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

// checkInventory refuses workloads that together hold more GPUs of a model
// than the cluster has; a pool that scales has no end.
func (in *Input) checkInventory(p *Plan) {
	for _, g := range p.GPUs {
		held, last := 0, ""
		var names []string
		for _, w := range p.Workloads {
			if w.GPU.Model == g.Name {
				held += w.GPU.Count
				last = w.Name
				names = append(names, w.Name)
			}
		}
		if has := g.PerNode * g.Nodes; has > 0 && held > has {
			in.Diags.Add(diag.Diagnostic{Code: codeInventory, Pos: in.Pos("workloads", last, "gpu", "count"),
				Message: fmt.Sprintf("%d %s are wanted in cluster %q, by %s, and it has %d", held, g.Name, in.Cluster, strings.Join(names, ", "), has),
				Notes:   []diag.Note{{Pos: in.LabelPos("clusters", in.Cluster, "gpus", g.Name), Text: "it has nodes times perNode"}}})
		}
	}
}

// checkModels refuses two models that DCGM reports by one name, and warns of
// one whose temperature nothing can judge.
func (in *Input) checkModels(gpus []GPU) {
	byName := map[string]string{}
	for _, g := range gpus {
		if first, ok := byName[g.Facts.ModelName]; ok {
			in.Diags.Errorf(codeTwice, in.LabelPos("gpus", g.Name), "gpus %q and %q are both reported as %q", first, g.Name, g.Facts.ModelName)
		}
		byName[g.Facts.ModelName] = g.Name
		if g.Facts.Temperature == "absolute" && g.Facts.SlowdownCelsius == 0 {
			in.Diags.Add(diag.Diagnostic{Code: codeUnwatched, Severity: diag.Warning, Pos: in.LabelPos("gpus", g.Name),
				Message: fmt.Sprintf("the temperature of %s is not watched: no source gives its limit, and it does not report the distance", g.Name),
				Hint:    "give slowdownCelsius, as nvidia-smi -q prints it"})
		}
	}
}

// checkPods refuses workloads whose pods cannot be told apart, and those that
// are scraped twice because their selectors are one.
func (in *Input) checkPods(workloads []Workload) {
	for i, w := range workloads {
		for _, o := range workloads[:i] {
			if o.Namespace != w.Namespace {
				continue
			}
			if sample, ok := claimed(o, w); ok {
				in.Diags.Add(diag.Diagnostic{Code: codeAmbiguous, Pos: in.Pos("workloads", w.Name, "pods", "name"),
					Message: fmt.Sprintf("workloads %q and %q both claim the pod %s in namespace %s", o.Name, w.Name, sample, w.Namespace),
					Hint:    "say under pods what owns them: name and controller"})
			}
			if o.Scrape.Via == w.Scrape.Via && maps.Equal(o.Scrape.Selector, w.Scrape.Selector) {
				in.Diags.Add(diag.Diagnostic{Code: codeAmbiguous, Pos: in.Pos("workloads", w.Name, "scrape", "selector"),
					Message: fmt.Sprintf("workloads %q and %q select the same targets in namespace %s: each would be scraped as both", o.Name, w.Name, w.Namespace),
					Hint:    "select by a label that differs"})
			}
		}
	}
}

// claimed finds a pod that two workloads claim, where the order of relabeling
// cannot decide: the longer name wins what begins with it, so a pod of the
// shorter that looks like one of the longer is lost.
func claimed(a, b Workload) (string, bool) {
	if len(a.PodOwner) > len(b.PodOwner) {
		a, b = b, a
	}
	if !strings.HasPrefix(b.PodOwner, a.PodOwner) {
		return "", false
	}
	matches := regexp.MustCompile("^(?:" + a.PodRegex + ")$").MatchString
	for _, sample := range b.PodSamples {
		if matches(sample) && (a.PodOwner == b.PodOwner || !strings.HasSuffix(a.PodRegex, ".*)?")) {
			return sample, true
		}
	}
	return "", false
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

// checkGrafana refuses dashboards in a schema that nothing reads where they go, and
// settings of another way.
func (in *Input) checkGrafana(g model.Grafana) {
	at := func(field string) []string { return []string{"clusters", in.Cluster, "grafana", field} }
	refuse := func(message, hint string) {
		in.Diags.Add(diag.Diagnostic{Code: codeUnread, Pos: in.Pos(at("schema")...), Message: message, Hint: hint})
	}
	fromFiles := g.Via == model.ViaSidecar || g.Via == model.ViaFiles
	switch {
	case fromFiles && g.Schema == model.SchemaV2:
		refuse(fmt.Sprintf("via %q dashboards are loaded from files, where Grafana 13.0 refuses the schema v2", g.Via),
			`write via: "operator" or via: "api", or leave schema out`)
	case g.Via == model.ViaAPI && g.Schema == model.SchemaClassic:
		refuse(`via "api" dashboards are resources of Grafana's API, which have the schema v2`, "leave schema out")
	}
	for field, via := range map[string]string{"folderAnnotation": model.ViaSidecar, "instanceSelector": model.ViaOperator, "filesPath": model.ViaFiles} {
		if in.Has(at(field)...) && g.Via != via {
			in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: in.LabelPos(at(field)...),
				Message: fmt.Sprintf("grafana.%s has no effect via %q", field, g.Via), Hint: fmt.Sprintf("it belongs to via: %q", via)})
		}
	}
}

// checkSelected warns of objects without the label that they are found by: a
// monitor that Prometheus does not select is no error anywhere.
func (in *Input) checkSelected() {
	fields := [][]string{{"prometheus", "selectorLabels"}}
	switch in.Spec.Clusters[in.Cluster].Grafana.Via {
	case model.ViaSidecar:
		fields = append(fields, []string{"grafana", "sidecarLabels"})
	case model.ViaOperator:
		fields = append(fields, []string{"grafana", "instanceSelector"})
	}
	for _, field := range fields {
		at := append([]string{"clusters", in.Cluster}, field...)
		if !in.Has(at...) {
			in.Diags.Add(diag.Diagnostic{Code: codeUnselected, Severity: diag.Warning, Pos: in.LabelPos("clusters", in.Cluster),
				Message: fmt.Sprintf("%s is not said: most installations select objects by a label", strings.Join(at, ".")),
				Hint:    fmt.Sprintf("name a profile, or write %s: {} where everything is selected", strings.Join(field, ": "))})
		}
	}
}
