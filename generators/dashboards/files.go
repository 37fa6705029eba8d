package dashboards

import (
	"path"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// provisioning is the configuration by which Grafana finds dashboards on its disk.
// Grafana publishes no type for it; source: its documentation, "Provision Grafana",
// and pkg/services/provisioning/dashboards of Grafana 13.
type provisioning struct {
	APIVersion int        `json:"apiVersion"`
	Providers  []provider `json:"providers"`
}

// provider reads one folder of the disk into one folder of Grafana. A folder that
// Grafana makes from the name of one on disk would get a uid by chance, and its
// name could not hold every title.
type provider struct {
	Name      string          `json:"name"`
	Type      string          `json:"type"`
	Folder    string          `json:"folder"`
	FolderUID string          `json:"folderUid"`
	Options   providerOptions `json:"options"`
}

type providerOptions struct {
	Path string `json:"path"`
}

// providers writes the configuration, with one provider for each folder.
func providers(out *kube.Output, p *plan.Plan) error {
	config := provisioning{APIVersion: 1}
	for _, f := range p.Folders {
		// Grafana puts variables of its environment into the values.
		title := strings.ReplaceAll(f.Title, "$", "$$")
		config.Providers = append(config.Providers, provider{Name: f.UID, Type: "file", Folder: title, FolderUID: f.UID,
			Options: providerOptions{Path: path.Join(p.Cluster.Grafana.FilesPath, f.UID)}})
	}
	out.YAML(folder+"provider.yaml", config, []string{"clusters." + p.Cluster.Name},
		"Put it into provisioning/dashboards of Grafana, and the folders beside it into "+p.Cluster.Grafana.FilesPath+".")
	return nil
}

// file writes a page into the folder that its provider reads.
func file(out *kube.Output, _ *plan.Plan, d plan.Dashboard, page []byte) error {
	out.Raw(folder+d.Folder.UID+"/"+d.UID+".json", page, origins(d))
	return nil
}
