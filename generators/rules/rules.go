// Package rules writes recording rules and alerts, one file for each concern,
// as PrometheusRule for the operator and as a plain rule file for a
// Prometheus without it.
//
// Concerns are kept apart because one bad expression makes the operator skip
// a whole PrometheusRule, and because an object over 512 KiB is refused.
package rules

import (
	"slices"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Generate returns both forms of each concern's rules.
func Generate(p *plan.Plan) ([]artifact.File, []string, error) {
	out := kube.NewOutput(p)
	for _, name := range names(p) {
		spec, origins := specOf(p, name)
		rule := monitoringv1.PrometheusRule{
			TypeMeta:   metav1.TypeMeta{APIVersion: monitoringv1.SchemeGroupVersion.String(), Kind: monitoringv1.PrometheusRuleKind},
			ObjectMeta: kube.Meta(p, "aiobs-"+name, p.Cluster.Prometheus.Namespace, p.Cluster.Prometheus.SelectorLabels),
			Spec:       spec,
		}
		out.Object("rules/"+name+".yaml", rule, origins,
			"The line of the spec behind each rule is in trace.json.")
		out.YAML("rules/plain/"+name+".rules.yaml", spec, origins,
			"For a Prometheus without the operator: name this file under rule_files. Not applied by kustomize.")
	}
	return out.Done()
}

func names(p *plan.Plan) []string {
	var out []string
	for _, g := range p.Groups {
		out = append(out, g.File())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func specOf(p *plan.Plan, name string) (monitoringv1.PrometheusRuleSpec, []string) {
	var spec monitoringv1.PrometheusRuleSpec
	var origins []string
	for _, g := range p.Groups {
		if g.File() != name {
			continue
		}
		interval := monitoringv1.Duration(g.Interval)
		group := monitoringv1.RuleGroup{Name: g.Name, Interval: &interval}
		for _, r := range g.Rules {
			group.Rules = append(group.Rules, rule(r))
			for _, o := range r.Origins {
				origins = append(origins, string(o))
			}
		}
		spec.Groups = append(spec.Groups, group)
	}
	slices.Sort(origins)
	return spec, slices.Compact(origins)
}

func rule(r plan.Rule) monitoringv1.Rule {
	out := monitoringv1.Rule{Record: r.Record, Alert: r.Alert, Expr: intstr.FromString(r.Expr), Labels: r.Labels, Annotations: r.Annotations}
	if r.For != "" && r.For != "0s" {
		d := monitoringv1.Duration(r.For)
		out.For = &d
	}
	return out
}
