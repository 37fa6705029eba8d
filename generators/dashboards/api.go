package dashboards

import (
	v2 "github.com/grafana/grafana-foundation-sdk/go/dashboardv2"
	"github.com/grafana/grafana-foundation-sdk/go/folderv1"
	"github.com/grafana/grafana-foundation-sdk/go/resource"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// folderAnnotation names the folder of a resource, by its uid.
const folderAnnotation = "grafana.app/folder"

// resourceFolders writes the folders as resources of Grafana's own API. Its
// resources look like objects of Kubernetes and are none: no cluster knows them, so
// they are not in the kustomization.
func resourceFolders(out *kube.Output, p *plan.Plan) error {
	for _, f := range p.Folders {
		spec := folderv1.NewFolderBuilder(f.Title)
		r, err := folderv1.Manifest(f.UID, spec).Build()
		if err != nil {
			return err
		}
		data, err := artifact.JSON(r)
		if err != nil {
			return err
		}
		out.Raw(folder+"folders/"+f.UID+".json", data, []string{"clusters." + p.Cluster.Name})
	}
	return nil
}

// resourceDashboard writes a page as a resource.
func resourceDashboard(out *kube.Output, _ *plan.Plan, d plan.Dashboard, page []byte) error {
	r, err := resourceOf(d, page)
	if err != nil {
		return err
	}
	data, err := artifact.JSON(r)
	if err != nil {
		return err
	}
	out.Raw(folder+d.UID+".json", data, origins(d))
	return nil
}

// resourceOf is a page as a resource in the v2 schema, in its folder.
func resourceOf(d plan.Dashboard, page []byte) (resource.Manifest, error) {
	board, err := v2Of(page)
	if err != nil {
		return resource.Manifest{}, err
	}
	r := resource.NewManifest()
	r.ApiVersion, r.Kind, r.Spec = v2.DashboardAPIVersion, v2.DashboardKind, board
	r.Metadata.Name = d.UID
	r.Metadata.Annotations = map[string]string{folderAnnotation: d.Folder.UID}
	return *r, nil
}
