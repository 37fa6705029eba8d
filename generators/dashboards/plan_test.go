package dashboards

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

func ptr[T any](v T) *T { return &v }

// panelOf is a panel that lacks nothing.
func panelOf(kind, title string, queries ...model.Query) plan.Panel {
	return plan.Panel{Panel: model.Panel{
		Title: title, Description: "What it shows. What is normal. What to do.",
		Kind: kind, Unit: "percentunit", Width: 12, Height: 8, Queries: queries,
		Empty: "nothing here", Min: ptr(0.0),
	}}
}

// smallPlan has one dashboard with a panel of each kind.
func smallPlan() *plan.Plan {
	busy := panelOf("timeseries", "Busy",
		model.Query{Expr: `workload:gpu_busy:avg{cluster=~"$cluster"} > 0.1`, Legend: "{{workload}}"},
		model.Query{Expr: `workload:gpu_busy:target{cluster=~"$cluster"}`, Legend: "{{workload}} target", Target: true})
	busy.Steps = []model.Step{{Color: "#56B4E9"}, {Color: "#D55E00", Value: ptr(0.9)}}
	stacked := panelOf("timeseries", "Stacked", model.Query{Expr: "a"}, model.Query{Expr: "b", Unit: "short"})
	stacked.Stack, stacked.Width, stacked.Height = true, 8, 5
	spend := panelOf("table", "Spend",
		model.Query{Expr: "team:spend", Legend: "Spend"},
		model.Query{Expr: "team:gpus", Legend: "GPUs", Unit: "short"},
		model.Query{Expr: "team:hidden"})
	spend.Columns = []plan.Column{{Label: "cluster", Title: "Cluster"}, {Label: "team", Title: "Team"}}
	spend.Steps = busy.Steps
	grid := panelOf("grid", "Grid", model.Query{Expr: "gpu:busy"})
	grid.RowLabel, grid.Across, grid.Columns, grid.Steps = "node", "gpu", []plan.Column{{Label: "node", Title: "Node"}}, busy.Steps
	grid.Links = []plan.Link{{Title: "Node", UID: "aiobs-small", With: []plan.LinkValue{{Variable: "cluster", Label: "node"}}}}
	bands := panelOf("statetimeline", "Bands", model.Query{Expr: "gpu:state", Legend: "{{node}}"})
	bands.States = []model.State{{Value: 0, Text: "well", Color: "#56B4E9"}, {Value: 1, Text: "slowed", Color: "#E69F00"}}
	return &plan.Plan{
		MaxDataPoints: map[string]int{"timeseries": 600},
		Cluster: plan.Cluster{Cluster: model.Cluster{Grafana: model.Grafana{
			Via: model.ViaSidecar, Schema: model.SchemaClassic,
			Namespace: "monitoring", SidecarLabels: map[string]string{"grafana_dashboard": "1"},
			FolderAnnotation: "grafana_folder", Folder: "AI fleet",
		}}},
		Folders: []plan.Folder{{Title: "AI fleet", UID: "aiobs-folder"}},
		Dashboards: []plan.Dashboard{{
			Name: "small", Title: "Small", UID: "aiobs-small", Folder: plan.Folder{Title: "AI fleet", UID: "aiobs-folder"}, Tags: []string{"aiobs", "small"},
			Variables: []plan.Variable{{Name: "cluster", Title: "Cluster", Query: `label_values(up{exporter!=""}, cluster)`}},
			Rows: []plan.Row{
				{Title: "First", Panels: []plan.Panel{busy, stacked, panelOf("stat", "Now", model.Query{Expr: "sum(a)"})}},
				{Title: "Nothing left"},
				{Title: "Second", Panels: []plan.Panel{
					panelOf("bargauge", "Bars", model.Query{Expr: "topk(3, a)", Legend: "{{node}}"}),
					spend,
					panelOf("heatmap", "Heat", model.Query{Expr: "sum by (le) (rate(b_bucket[$__rate_interval]))", Legend: "{{le}}", Unit: "reqps"}),
					grid, bands,
				}},
			},
		}},
	}
}

// generate runs the package, and returns the files by path.
func generate(t *testing.T, p *plan.Plan) map[string]artifact.File {
	t.Helper()
	files, _, err := Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]artifact.File{}
	for _, f := range files {
		out[f.Path] = f
	}
	return out
}

// page decodes the JSON of the small plan's dashboard.
func page(t *testing.T, p *plan.Plan) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(generate(t, p)["dashboards/aiobs-small.json"].Data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// panel finds a panel by its title.
func panel(t *testing.T, page map[string]any, title string) map[string]any {
	t.Helper()
	for _, p := range list(page, "panels") {
		if at(p, "title") == title {
			return p.(map[string]any)
		}
	}
	t.Fatalf("no panel %q", title)
	return nil
}

// at follows a dotted path through objects.
func at(v any, path string) any {
	for _, key := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func list(v any, path string) []any {
	l, _ := at(v, path).([]any)
	return l
}

func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
