package dcgm

import (
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

func namespace(p *plan.Plan) corev1.Namespace {
	return corev1.Namespace{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: kube.Meta(p, p.Cluster.DCGM.Namespace, "", map[string]string{
			"pod-security.kubernetes.io/enforce": "privileged"}),
	}
}

func serviceAccount(p *plan.Plan) corev1.ServiceAccount {
	token := false
	return corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   kube.Meta(p, name, p.Cluster.DCGM.Namespace, selector),
		AutomountServiceAccountToken: &token,
	}
}

func service(p *plan.Plan) corev1.Service {
	return corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: kube.Meta(p, name, p.Cluster.DCGM.Namespace, selector),
		Spec: corev1.ServiceSpec{
			// Each node's exporter is a target of its own; nobody wants one of them.
			ClusterIP: corev1.ClusterIPNone,
			Selector:  selector,
			Ports: []corev1.ServicePort{{Name: portName, Port: int32(p.DCGM.Port),
				TargetPort: intstr.FromString(portName), Protocol: corev1.ProtocolTCP}},
		},
	}
}

func serviceMonitor(p *plan.Plan, labels map[string]string, port string) monitoringv1.ServiceMonitor {
	d := p.Cluster.DCGM
	return monitoringv1.ServiceMonitor{
		TypeMeta:   metav1.TypeMeta{APIVersion: monitoringv1.SchemeGroupVersion.String(), Kind: "ServiceMonitor"},
		ObjectMeta: kube.Meta(p, name, p.Cluster.Prometheus.Namespace, p.Cluster.Prometheus.SelectorLabels),
		Spec: monitoringv1.ServiceMonitorSpec{
			Selector:          metav1.LabelSelector{MatchLabels: labels},
			NamespaceSelector: monitoringv1.NamespaceSelector{MatchNames: []string{d.Namespace}},
			Endpoints: []monitoringv1.Endpoint{{
				Port: port, Path: "/metrics",
				Interval: monitoringv1.Duration(d.Interval), ScrapeTimeout: monitoringv1.Duration(d.Timeout),
				RelabelConfigs:       kube.Target(p, plan.GPUExporter),
				MetricRelabelConfigs: metricRelabelings(p),
			}},
		},
	}
}

// metricRelabelings tell whose GPU it is. The pod that holds a GPU arrives as
// exported_pod, because the exporter's own pod has the plain name; a GPU that
// nobody holds ends up with no pod, no workload and no team.
func metricRelabelings(p *plan.Plan) []monitoringv1.RelabelConfig {
	var fields []string
	for _, c := range p.Counters {
		fields = append(fields, c.Field)
	}
	out := []monitoringv1.RelabelConfig{
		kube.Keep(fields),
		kube.Copy("exported_namespace", "namespace"),
		kube.Copy("exported_pod", "pod"),
		kube.Copy("exported_container", "container"),
	}
	for _, r := range p.Relabels {
		out = append(out, kube.Step(r))
	}
	return append(out, kube.DropLabels(append([]string{"exported_namespace", "exported_pod", "exported_container"}, p.GPUDrop...)))
}
