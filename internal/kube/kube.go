// Package kube holds what all generated Kubernetes objects have in common:
// their metadata, the header comment of their file, and the relabeling steps
// that monitors are made of.
package kube

import (
	"maps"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// ManagedBy marks our objects; kustomize drops comments, labels stay.
const (
	ManagedByLabel = "app.kubernetes.io/managed-by"
	ManagedBy      = "aiobsgen"
)

// FluxSubstitute keeps the variable substitution of Flux off an object.
const (
	FluxSubstitute = "kustomize.toolkit.fluxcd.io/substitute"
	FluxDisabled   = "disabled"
)

// Meta is the metadata of an object, with further labels laid over ours.
func Meta(p *plan.Plan, name, namespace string, labels map[string]string) metav1.ObjectMeta {
	all := map[string]string{ManagedByLabel: ManagedBy}
	maps.Copy(all, labels)
	m := metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: all}
	if p.Cluster.Delivery.Flux {
		// Flux would read ${…} in queries and templates as its own variables.
		m.Annotations = map[string]string{FluxSubstitute: FluxDisabled}
	}
	return m
}

// Target is the identity that the targets of every monitor carry. Exporters
// spell their own label of the node differently from version to version.
func Target(p *plan.Plan, exporter string) []monitoringv1.RelabelConfig {
	return []monitoringv1.RelabelConfig{
		Static("cluster", p.Cluster.Name),
		Static(plan.LabelExporter, exporter),
		Copy("__meta_kubernetes_pod_node_name", "node"),
	}
}

// Static sets a label to a text, whatever it was.
func Static(label, text string) monitoringv1.RelabelConfig {
	// "$" would be read as a reference to a group of the expression.
	text = strings.ReplaceAll(text, "$", "$$")
	return monitoringv1.RelabelConfig{TargetLabel: label, Replacement: &text, Action: "replace"}
}

// Copy sets a label to another's value; without one, the label goes.
func Copy(from, to string) monitoringv1.RelabelConfig {
	return monitoringv1.RelabelConfig{SourceLabels: []monitoringv1.LabelName{monitoringv1.LabelName(from)}, TargetLabel: to, Action: "replace"}
}

// Step writes a relabeling of the plan.
func Step(r plan.Relabel) monitoringv1.RelabelConfig {
	var source []monitoringv1.LabelName
	for _, s := range r.Source {
		source = append(source, monitoringv1.LabelName(s))
	}
	return monitoringv1.RelabelConfig{SourceLabels: source, Regex: r.Regex, TargetLabel: r.Target, Replacement: &r.Replacement, Action: "replace"}
}

// Keep drops every series but those named.
func Keep(series []string) monitoringv1.RelabelConfig {
	return monitoringv1.RelabelConfig{SourceLabels: []monitoringv1.LabelName{"__name__"}, Regex: strings.Join(series, "|"), Action: "keep"}
}

// DropLabels drops labels.
func DropLabels(labels []string) monitoringv1.RelabelConfig {
	return monitoringv1.RelabelConfig{Regex: strings.Join(labels, "|"), Action: "labeldrop"}
}
