package dashboards

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// sidecar carries a page in a ConfigMap, beside the page itself.
func sidecar(out *kube.Output, p *plan.Plan, d plan.Dashboard, page []byte) error {
	out.Raw(folder+d.UID+".json", page, origins(d))
	return object(out, d, configMap(p, d, page))
}

func configMap(p *plan.Plan, d plan.Dashboard, page []byte) *corev1.ConfigMap {
	g := p.Cluster.Grafana
	object := kube.ConfigMap(p, d.UID, g.Namespace, g.SidecarLabels, map[string]string{d.UID + ".json": string(page)})
	annotate(object, g.FolderAnnotation, d.Folder.Title)
	return object
}
