package dashboards

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// maxBytes of an object that a client may apply: kubectl apply stores the whole object
// in an annotation, which may have 256 KiB.
const maxBytes = 250_000

// A way brings pages to Grafana: first what it needs for their folders, where that
// is anything, then each page.
type way struct {
	folders func(*kube.Output, *plan.Plan) error
	page    func(*kube.Output, *plan.Plan, plan.Dashboard, []byte) error
}

// ways by the cluster's choice, and by the schema that is read at their end.
var ways = map[[2]string]way{
	{model.ViaSidecar, model.SchemaClassic}:  {page: sidecar},
	{model.ViaFiles, model.SchemaClassic}:    {folders: providers, page: file},
	{model.ViaOperator, model.SchemaClassic}: {folders: operatorFolders, page: operatorDashboard},
	{model.ViaOperator, model.SchemaV2}:      {folders: operatorFolders, page: operatorManifest},
	{model.ViaAPI, model.SchemaV2}:           {folders: resourceFolders, page: resourceDashboard},
}

// wayOf is the way of the cluster; plan refuses the pairs that are none.
func wayOf(g model.Grafana) (way, error) {
	w, ok := ways[[2]string{g.Via, g.Schema}]
	if !ok {
		return way{}, fmt.Errorf("no dashboard of the schema %q goes via %q", g.Schema, g.Via)
	}
	return w, nil
}

// serverSide is how Argo CD is told of an object that a client cannot apply.
const serverSide, serverSideValue = "argocd.argoproj.io/sync-options", "ServerSideApply=true"

// object adds an object of a page. It is measured as it is stored: as JSON, whose
// quotes are escaped inside the object's own.
func object(out *kube.Output, d plan.Dashboard, o metav1.Object) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var note []string
	if len(data) > maxBytes {
		annotate(o, serverSide, serverSideValue)
		note = append(note, "Too large for a client-side apply: use kubectl apply --server-side.")
	}
	out.Object(folder+d.UID+".yaml", o, origins(d), note...)
	return nil
}

func annotate(o metav1.Object, key, value string) {
	all := o.GetAnnotations()
	if all == nil {
		all = map[string]string{}
	}
	all[key] = value
	o.SetAnnotations(all)
}

// origins of a page are its entry in the library and, of a copy, the team.
func origins(d plan.Dashboard) []string {
	out := []string{"library.dashboards." + d.Name}
	if d.Team != "" {
		out = append(out, "teams."+d.Team)
	}
	return out
}
