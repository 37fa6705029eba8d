package dashboards

import (
	"bytes"
	"encoding/json"
	"errors"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/grafanaop"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// operatorFolders writes a GrafanaFolder for each folder. The uid is ours, since a
// v2 dashboard names its folder by it.
func operatorFolders(out *kube.Output, p *plan.Plan) error {
	for _, f := range p.Folders {
		out.Object(folder+"folders/"+f.UID+".yaml", grafanaop.Folder{
			TypeMeta: operatorType(grafanaop.FolderKind), ObjectMeta: kube.Meta(p, f.UID, p.Cluster.Grafana.Namespace, nil),
			Spec: grafanaop.FolderSpec{Common: instances(p), UID: f.UID, Title: f.Title},
		}, []string{"clusters." + p.Cluster.Name})
	}
	return nil
}

// operatorDashboard carries a classic page as the text that it is.
func operatorDashboard(out *kube.Output, p *plan.Plan, d plan.Dashboard, page []byte) error {
	out.Raw(folder+d.UID+".json", page, origins(d))
	return object(out, d, &grafanaop.Dashboard{
		TypeMeta: operatorType(grafanaop.DashboardKind), ObjectMeta: kube.Meta(p, d.UID, p.Cluster.Grafana.Namespace, nil),
		Spec: grafanaop.DashboardSpec{Common: instances(p), FolderRef: d.Folder.UID, JSON: string(page)},
	})
}

// operatorManifest carries a page in the v2 schema, which the operator passes on to
// Grafana's own API. There the page is no text but a part of the object, in which
// Flux would replace the ${…} of links.
func operatorManifest(out *kube.Output, p *plan.Plan, d plan.Dashboard, page []byte) error {
	r, err := resourceOf(d, page)
	if err != nil {
		return err
	}
	text, err := artifact.JSON(r)
	if err != nil {
		return err
	}
	spec, err := json.Marshal(r.Spec)
	if err != nil {
		return err
	}
	if hasNull(spec) {
		return errors.New("a null of the v2 page would be lost in an object of Kubernetes")
	}
	out.Raw(folder+d.UID+".json", text, origins(d))
	o := &grafanaop.Manifest{
		TypeMeta: operatorType(grafanaop.ManifestKind), ObjectMeta: kube.Meta(p, d.UID, p.Cluster.Grafana.Namespace, nil),
		Spec: grafanaop.ManifestSpec{Common: instances(p), Template: grafanaop.Template{
			APIVersion: r.ApiVersion, Kind: r.Kind,
			Metadata: grafanaop.Metadata{Name: r.Metadata.Name, Annotations: r.Metadata.Annotations},
			Spec:     &apiextensionsv1.JSON{Raw: spec},
		}},
	}
	annotate(o, kube.FluxSubstitute, kube.FluxDisabled)
	return object(out, d, o)
}

// hasNull reports whether a value of a JSON document is null.
func hasNull(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if err != nil {
			return false
		}
		if token == nil {
			return true
		}
	}
}

func operatorType(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: grafanaop.APIVersion, Kind: kind}
}

// instances are the Grafana objects that the page is for.
func instances(p *plan.Plan) grafanaop.Common {
	return grafanaop.Common{InstanceSelector: &metav1.LabelSelector{MatchLabels: p.Cluster.Grafana.InstanceSelector}}
}
