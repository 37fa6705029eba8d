package dashboards

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	v2 "github.com/grafana/grafana-foundation-sdk/go/dashboardv2"
	"github.com/grafana/grafana-foundation-sdk/go/folderv1"
	"github.com/grafana/grafana-foundation-sdk/go/resource"
	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/grafanaop"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// via is the small plan on another way to Grafana.
func via(way, schema string) *plan.Plan {
	p := smallPlan()
	p.Cluster.Grafana.Via, p.Cluster.Grafana.Schema = way, schema
	p.Cluster.Grafana.InstanceSelector = map[string]string{"dashboards": "grafana"}
	p.Cluster.Grafana.FilesPath = "/var/lib/grafana/aiobs"
	return p
}

func yamlOf(t *testing.T, files map[string]artifact.File, path string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict(files[path].Data, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func TestWays(t *testing.T) {
	for _, tt := range []struct {
		way, schema      string
		raw, inKustomize []string
	}{
		{model.ViaSidecar, model.SchemaClassic, []string{"dashboards/aiobs-small.json"}, []string{"dashboards/aiobs-small.yaml"}},
		{model.ViaFiles, model.SchemaClassic, []string{"dashboards/aiobs-folder/aiobs-small.json", "dashboards/provider.yaml"}, nil},
		{model.ViaOperator, model.SchemaClassic, []string{"dashboards/aiobs-small.json"}, []string{"dashboards/aiobs-small.yaml", "dashboards/folders/aiobs-folder.yaml"}},
		{model.ViaOperator, model.SchemaV2, []string{"dashboards/aiobs-small.json"}, []string{"dashboards/aiobs-small.yaml", "dashboards/folders/aiobs-folder.yaml"}},
		{model.ViaAPI, model.SchemaV2, []string{"dashboards/aiobs-small.json", "dashboards/folders/aiobs-folder.json"}, nil},
	} {
		files, objects, err := Generate(via(tt.way, tt.schema))
		if err != nil {
			t.Errorf("%s %s: %v", tt.way, tt.schema, err)
			continue
		}
		var paths []string
		for _, f := range files {
			paths = append(paths, f.Path)
		}
		slices.Sort(paths)
		slices.Sort(objects)
		want := slices.Sorted(slices.Values(append(slices.Clone(tt.raw), tt.inKustomize...)))
		if !slices.Equal(paths, want) || !slices.Equal(objects, tt.inKustomize) {
			t.Errorf("%s %s: files %q, objects %q", tt.way, tt.schema, paths, objects)
		}
	}
	if _, _, err := Generate(via(model.ViaFiles, model.SchemaV2)); err == nil || !strings.Contains(err.Error(), `"v2" goes via "files"`) {
		t.Errorf("a pair that is no way: %v", err)
	}
}

func TestOperatorDashboard(t *testing.T) {
	p := via(model.ViaOperator, model.SchemaClassic)
	files := generate(t, p)
	var f grafanaop.Folder
	yamlOf(t, files, "dashboards/folders/aiobs-folder.yaml", &f)
	if f.APIVersion != "grafana.integreatly.org/v1beta1" || f.Kind != "GrafanaFolder" || f.Namespace != "monitoring" ||
		f.Spec.UID != "aiobs-folder" || f.Spec.Title != "AI fleet" {
		t.Errorf("folder %s", text(f))
	}
	var d grafanaop.Dashboard
	yamlOf(t, files, "dashboards/aiobs-small.yaml", &d)
	if d.Kind != "GrafanaDashboard" || d.Namespace != "monitoring" || d.Name != "aiobs-small" || d.Spec.FolderRef != f.Name {
		t.Errorf("dashboard %s", text(d))
	}
	if d.Spec.JSON != string(files["dashboards/aiobs-small.json"].Data) {
		t.Error("the object carries another page than the file")
	}
	for _, s := range []*grafanaop.Common{&f.Spec.Common, &d.Spec.Common} {
		if got := text(s.InstanceSelector); got != `{"matchLabels":{"dashboards":"grafana"}}` {
			t.Errorf("selector %s", got)
		}
	}
	p.Cluster.Grafana.InstanceSelector = nil
	if data := generate(t, p)["dashboards/aiobs-small.yaml"].Data; !strings.Contains(string(data), "\n  instanceSelector: {}\n") {
		t.Errorf("without labels: %.400s", data)
	}
}

// The page of a GrafanaManifest is no text, so Flux is kept off it in every cluster.
func TestOperatorManifest(t *testing.T) {
	files := generate(t, via(model.ViaOperator, model.SchemaV2))
	var m grafanaop.Manifest
	yamlOf(t, files, "dashboards/aiobs-small.yaml", &m)
	if m.Kind != "GrafanaManifest" || m.Name != "aiobs-small" || m.Namespace != "monitoring" ||
		m.Annotations["kustomize.toolkit.fluxcd.io/substitute"] != "disabled" || m.Spec.InstanceSelector == nil {
		t.Errorf("manifest %s", text(m.ObjectMeta))
	}
	if got := text(decoded(m.Spec.Template)); got != text(decoded(json.RawMessage(files["dashboards/aiobs-small.json"].Data))) {
		t.Error("the object carries another resource than the file")
	}
	var f grafanaop.Folder
	yamlOf(t, files, "dashboards/folders/aiobs-folder.yaml", &f)
	if got := m.Spec.Template.Metadata.Annotations["grafana.app/folder"]; got != f.Spec.UID {
		t.Errorf("the folder is %q, and %q is written", got, f.Spec.UID)
	}
}

func TestManifestWithNull(t *testing.T) {
	p := via(model.ViaOperator, model.SchemaV2)
	for _, c := range []struct {
		data string
		want bool
	}{{`{"a": [1, {"b": null}]}`, true}, {`{"null": "null", "a": false}`, false}} {
		if hasNull([]byte(c.data)) != c.want {
			t.Errorf("%s: want %v", c.data, c.want)
		}
	}
	page := []byte(`{"title": "a", "panels": [{"id": 1, "type": "stat", "options": {"a": null}, "fieldConfig": {"defaults": {}, "overrides": []}}]}`)
	if err := operatorManifest(nil, p, p.Dashboards[0], page); err == nil || !strings.Contains(err.Error(), "null") {
		t.Errorf("error %v", err)
	}
}

func TestResources(t *testing.T) {
	registered()
	files := generate(t, via(model.ViaAPI, model.SchemaV2))
	for path, want := range map[string]struct {
		apiVersion, kind, name string
		spec                   strictly
	}{
		"dashboards/aiobs-small.json":          {"dashboard.grafana.app/v2", "Dashboard", "aiobs-small", v2.NewDashboard()},
		"dashboards/folders/aiobs-folder.json": {"folder.grafana.app/v1", "Folder", "aiobs-folder", folderv1.NewFolder()},
	} {
		var r resource.Manifest
		if err := decode(files[path].Data, &r); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if r.ApiVersion != want.apiVersion || r.Kind != want.kind || r.Metadata.Name != want.name {
			t.Errorf("%s is %s %s %s", path, r.ApiVersion, r.Kind, r.Metadata.Name)
		}
		if err := decode([]byte(text(r.Spec)), want.spec); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestProviders(t *testing.T) {
	p := via(model.ViaFiles, model.SchemaClassic)
	p.Folders = append(p.Folders, plan.Folder{Title: "AI $HOME: a/b", UID: "aiobs-folder-x"})
	files := generate(t, p)
	var config provisioning
	yamlOf(t, files, "dashboards/provider.yaml", &config)
	if config.APIVersion != 1 || len(config.Providers) != 2 {
		t.Fatalf("%s", text(config))
	}
	if got := text(config.Providers[1]); got != `{"name":"aiobs-folder-x","type":"file","folder":"AI $$HOME: a/b","folderUid":"aiobs-folder-x","options":{"path":"/var/lib/grafana/aiobs/aiobs-folder-x"}}` {
		t.Errorf("provider %s", got)
	}
}

// A page that fits may still make an object that a client cannot apply, since its
// quotes are escaped in there.
func TestLargeObjectsAreForTheServer(t *testing.T) {
	for _, way := range []string{model.ViaSidecar, model.ViaOperator} {
		p := via(way, model.SchemaClassic)
		small := string(generate(t, p)["dashboards/aiobs-small.yaml"].Data)
		p.Dashboards[0].Rows[0].Panels[0].Description = strings.Repeat(`"`, 100_000)
		large := string(generate(t, p)["dashboards/aiobs-small.yaml"].Data)
		for _, mark := range []string{"use kubectl apply --server-side", "argocd.argoproj.io/sync-options: ServerSideApply=true"} {
			if strings.Contains(small, mark) || !strings.Contains(large, mark) {
				t.Errorf("%s: %q is on the small object or not on the large one", way, mark)
			}
		}
	}
}

// teamPlan has the copy of a team beside the fleet's page.
func teamPlan() *plan.Plan {
	p := smallPlan()
	c := p.Dashboards[0]
	c.Team, c.UID, c.Title = "search", "aiobs-small-search", "Small (search)"
	p.Dashboards = append(p.Dashboards, c)
	return p
}

func TestPageOfATeam(t *testing.T) {
	p := teamPlan()
	files := generate(t, p)
	var fleet, team map[string]any
	for path, into := range map[string]*map[string]any{"dashboards/aiobs-small.json": &fleet, "dashboards/aiobs-small-search.json": &team} {
		if err := json.Unmarshal(files[path].Data, into); err != nil {
			t.Fatal(err)
		}
	}
	same(t, fleet, "tags", `["aiobs","small"]`)
	same(t, team, "tags", `["aiobs-search","small"]`)
	links := list(team, "links")
	if len(links) != 2 || len(list(fleet, "links")) != 1 {
		t.Fatalf("links %s", text(links))
	}
	same(t, links[0], "title", `"search"`)
	same(t, links[0], "tags", `["aiobs-search"]`)
	same(t, links[0], "includeVars", "true")
	same(t, links[1], "tags", `["aiobs"]`)
	if got := slices.Sorted(maps.Keys(files)); len(got) != 4 {
		t.Errorf("files %q", got)
	}
	if got := files["dashboards/aiobs-small-search.json"].Origins; !slices.Equal(got, []string{"library.dashboards.small", "teams.search"}) {
		t.Errorf("origins %q", got)
	}
}
