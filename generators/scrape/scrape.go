// Package scrape writes the monitor of each workload: which endpoint is
// scraped, what identity its series get, and which of them are kept.
//
// Identity (cluster, team, workload, model) is attached to the target by
// relabeling, so that every series carries it, up included, and no query
// needs a join. The keep-list holds what rules and panels read, no more.
package scrape

import (
	"fmt"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Generate returns one monitor for each workload and, where Prometheus needs
// them, the rights to find their targets.
func Generate(p *plan.Plan) ([]artifact.File, []string, error) {
	out := kube.NewOutput(p)
	for _, w := range p.Workloads {
		var object any = serviceMonitor(p, w)
		if w.Scrape.Via == "pod" {
			object = podMonitor(p, w)
		}
		out.Object("scrape/"+w.Name+".yaml", object, []string{"workloads." + w.Name},
			fmt.Sprintf("%s %s of team %s; %d series names are kept, those that rules and panels read.", w.Engine.Name, w.Engine.Version, w.Team, len(w.Keep)))
		if len(w.Args) > 0 {
			out.YAML("scrape/"+w.Name+".args.yaml", engineArgs(w), []string{"workloads." + w.Name + ".slo"},
				fmt.Sprintf("Add these to the args of the container that runs %s, in all pods at once: they give its histograms the edges of exact targets.", w.Engine.Name),
				"Until it runs with them the share of bad events is an estimate. Not applied by kustomize.")
		}
	}
	access(p, out)
	return out.Done()
}

// containerArgs is the part of a container's spec that an engine's flags go to.
type containerArgs struct {
	Args []string `json:"args"`
}

func engineArgs(w plan.Workload) containerArgs {
	var out containerArgs
	for _, a := range w.Args {
		out.Args = append(out.Args, strings.Fields(a)...)
	}
	return out
}

func serviceMonitor(p *plan.Plan, w plan.Workload) monitoringv1.ServiceMonitor {
	scheme := monitoringv1.Scheme(w.Scrape.Scheme)
	return monitoringv1.ServiceMonitor{
		TypeMeta:   typeMeta("ServiceMonitor"),
		ObjectMeta: kube.Meta(p, "aiobs-workload-"+w.Name, p.Cluster.Prometheus.Namespace, p.Cluster.Prometheus.SelectorLabels),
		Spec: monitoringv1.ServiceMonitorSpec{
			Selector:          metav1.LabelSelector{MatchLabels: w.Scrape.Selector},
			NamespaceSelector: monitoringv1.NamespaceSelector{MatchNames: []string{w.Namespace}},
			Endpoints: []monitoringv1.Endpoint{{
				Port: w.Scrape.Port, Path: w.Scrape.Path, Scheme: &scheme,
				Interval: monitoringv1.Duration(w.Scrape.Interval), ScrapeTimeout: monitoringv1.Duration(w.Scrape.Timeout),
				RelabelConfigs: identity(p, w), MetricRelabelConfigs: kept(w),
			}},
		},
	}
}

func podMonitor(p *plan.Plan, w plan.Workload) monitoringv1.PodMonitor {
	scheme := monitoringv1.Scheme(w.Scrape.Scheme)
	return monitoringv1.PodMonitor{
		TypeMeta:   typeMeta("PodMonitor"),
		ObjectMeta: kube.Meta(p, "aiobs-workload-"+w.Name, p.Cluster.Prometheus.Namespace, p.Cluster.Prometheus.SelectorLabels),
		Spec: monitoringv1.PodMonitorSpec{
			Selector:          metav1.LabelSelector{MatchLabels: w.Scrape.Selector},
			NamespaceSelector: monitoringv1.NamespaceSelector{MatchNames: []string{w.Namespace}},
			PodMetricsEndpoints: []monitoringv1.PodMetricsEndpoint{{
				Port: &w.Scrape.Port, Path: w.Scrape.Path, Scheme: &scheme,
				Interval: monitoringv1.Duration(w.Scrape.Interval), ScrapeTimeout: monitoringv1.Duration(w.Scrape.Timeout),
				RelabelConfigs: identity(p, w), MetricRelabelConfigs: kept(w),
			}},
		},
	}
}

// identity is what every series of the target carries.
func identity(p *plan.Plan, w plan.Workload) []monitoringv1.RelabelConfig {
	out := append(kube.Target(p, w.Exporter), kube.Static("team", w.Team), kube.Static("workload", w.Name))
	if w.Model != "" {
		out = append(out, kube.Static("model", w.Model))
	}
	return out
}

func kept(w plan.Workload) []monitoringv1.RelabelConfig {
	return []monitoringv1.RelabelConfig{kube.Keep(w.Keep)}
}

func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: monitoringv1.SchemeGroupVersion.String(), Kind: kind}
}
