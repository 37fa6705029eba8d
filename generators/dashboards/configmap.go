package dashboards

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// maxObjectBytes keeps an object under the 256 KiB that an annotation may
// have: kubectl apply stores the whole object in one.
const maxObjectBytes = 250_000

// configMap carries a page to the sidecar.
func configMap(p *plan.Plan, d plan.Dashboard, page []byte) *corev1.ConfigMap {
	g := p.Cluster.Grafana
	object := kube.ConfigMap(p, d.UID, g.Namespace, g.SidecarLabels, map[string]string{d.UID + ".json": string(page)})
	if object.Annotations == nil {
		object.Annotations = map[string]string{}
	}
	object.Annotations[g.FolderAnnotation] = g.Folder
	return object
}

// checkSize measures the object as it is stored: as JSON, whose quotes are
// escaped inside the object's own.
func checkSize(object *corev1.ConfigMap) error {
	data, err := json.Marshal(object)
	if err != nil {
		return err
	}
	if len(data) > maxObjectBytes {
		return fmt.Errorf("ConfigMap %s has %d bytes, over the %d that kubectl apply can store: split the dashboard in two",
			object.Name, len(data), maxObjectBytes)
	}
	return nil
}
