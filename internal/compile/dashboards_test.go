package compile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/check"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// obj is an object of JSON.
type obj = map[string]any

// in follows a path of names and indices through JSON.
func in(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			v = v.(obj)[p]
		case int:
			v = v.([]any)[p]
		}
	}
	return v
}

// titled finds a panel.
func titled(t *testing.T, page obj, title string) obj {
	t.Helper()
	for _, p := range page["panels"].([]any) {
		if p.(obj)["title"] == title {
			return p.(obj)
		}
	}
	t.Fatalf("no panel %q", title)
	return nil
}

// ownDashboards has a panel of each kind of which something is asked.
const ownDashboards = `package fleet
slo: inference: {ttft: under: "250ms", tokensPerSecond: over: 40}
teams: ml: owner: "ml@example.com"
settings: owner: "ml"
gpus: [string]: usdPerHour: 2
gpus: {"l40s": {}, "a100-sxm4-80gb": {}, "b200": {}, "v100-sxm2-16gb": {}}
clusters: prod: {
	gpus: [string]: perNode: 8 // so that each query of the library is asked
	gpus: {"l40s": {}, "a100-sxm4-80gb": mig: true, "b200": {}, "v100-sxm2-16gb": {}}
	exporters: "prometheus-server": {}
}
workloads: chat: {
	kind: "inference", team: "ml", namespace: "serving", engine: {name: "vllm", version: "0.30.0"}
	model: "m", gpu: {model: "l40s", count: 2}
}
library: dashboards: {
	own: {
		title: "Own", uid: "ml-own", description: "d", tags: ["own"], variables: ["cluster", "workload"]
		rows: [{title: "Lines", panels: [
			_panel & {
				title: "Busy", kind: "timeseries", unit: "percentunit"
				queries: [{expr: "workload:gpu_busy:avg", legend: "{{workload}}"}, {expr: "workload:gpu_busy:target", legend: "{{workload}} target", target: true}]
				links: [{to: "other", title: "Open", with: workload: "workload"}]
			},
			_panel & {
				title: "Heat", kind: "heatmap", unit: "s"
				queries: [{expr: "sum by (le) (rate(signal:ttft_bucket[$__rate_interval]))", unit: "reqps"}]
			},
		]}, {title: "Table", panels: [
			_panel & {
				title: "Workloads", kind: "table", unit: "percentunit", columns: {cluster: "Cluster", workload: "Workload"}
				queries: [{expr: "workload:gpu_busy:avg", legend: "Busy"}, {expr: "workload:gpus:sum", legend: "GPUs", unit: "short"}]
				links: [{to: "other", title: "Open", with: workload: "workload"}]
			},
			_panel & {
				title: "Nodes", kind: "grid", unit: "percentunit", rows: "node", across: "gpu", columns: node: "Node"
				queries: [{expr: "max by (node, gpu) (gpu:busy:ratio)"}]
			},
		]}]
	}
	other: {
		title: "Other", uid: "ml-other", description: "d", variables: ["workload"]
		rows: [{title: "Lines", panels: [_panel & {title: "Busy", kind: "stat", unit: "short", queries: [{expr: "sum(workload:gpus:sum)"}]}]}]
	}
}
_panel: {description: "d", ...}
`

// own compiles the spec of ownDashboards.
func own(t *testing.T) *Compiler {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fleet.cue"), []byte(ownDashboards), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Only what is written is checked, so each query of the library has to be written
// for one of the clusters that compile without a finding.
func TestEachQueryOfTheLibraryIsChecked(t *testing.T) {
	compilers := []*Compiler{own(t)}
	for _, spec := range []string{"examples/fleet", "golden/cases/engine-settings"} {
		c, err := New("../../" + spec)
		if err != nil {
			t.Fatal(err)
		}
		compilers = append(compilers, c)
	}
	asked := map[string]bool{}
	for _, c := range compilers {
		spec, err := c.loader.Load()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.plan(spec) {
			for _, d := range p.Dashboards {
				for _, r := range d.Rows {
					for _, panel := range r.Panels {
						for _, i := range panel.Asked {
							asked[fmt.Sprint(panel.At, i)] = true
						}
					}
				}
			}
		}
	}
	for name, d := range compilers[0].loader.Embedded.Library.Dashboards {
		for i, r := range d.Rows {
			for j, panel := range r.Panels {
				for k, q := range panel.Queries {
					at := []string{"library", "dashboards", name, "rows", strconv.Itoa(i), "panels", strconv.Itoa(j)}
					if !asked[fmt.Sprint(at, k)] {
						t.Errorf("%s: no cluster asks %s of %q", name, q.Expr, panel.Title)
					}
				}
			}
		}
	}
}

// A finished dashboard is broken in one way after the other, and each is found.
func TestEachFaultOfADashboardIsFound(t *testing.T) {
	c := own(t)
	spec, err := c.loader.Load()
	if err != nil {
		t.Fatal(err)
	}
	view := spec.Clusters["prod"]
	p := c.plan(spec)[0]
	files, err := generate(p)
	if err != nil || c.Diags.HasErrors() {
		t.Fatal(err, c.Diags.Sorted())
	}
	facts := catalog.New(catalog.With(&c.loader.Embedded.Catalog, view.Spec))
	judge := func(files []artifact.File) string {
		var diags diag.List
		check.Queries(p, facts, files, c.source(view), &diags)
		var b bytes.Buffer
		if err := diag.Write(&b, "text", &diags, nil); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if found := judge(files); found != "" {
		t.Fatalf("the dashboards as they are:\n%s", found)
	}
	const file = "dashboards/ml-own.json"
	// set changes a field of a panel, found by its title.
	set := func(title string, value any, path ...any) func(t *testing.T, page obj) {
		return func(t *testing.T, page obj) {
			last := len(path) - 1
			in(titled(t, page, title), path[:last]...).(obj)[path[last].(string)] = value
		}
	}
	const busy = "Busy"
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, page obj)
		want   []string // all on one line
	}{
		{"no description", set(busy, "", "description"), []string{"AIO055", busy, "no text in description"}},
		{"nothing where there is no data", set(busy, " ", "fieldConfig", "defaults", "noValue"), []string{"AIO055", busy, "no text in empty"}},
		{"a unit that Grafana has not", set(busy, "percents", "fieldConfig", "defaults", "unit"), []string{"AIO055", busy, `no unit "percents"`}},
		{"no query", set(busy, []any{}, "targets"), []string{"AIO055", busy, "no query"}},
		{"an empty query", set(busy, "", "targets", 0, "expr"), []string{"AIO055", busy, "query A is empty"}},
		{"a second A", set(busy, "A", "targets", 1, "refId"), []string{"AIO055", busy, `"A", which is empty or another's`}},
		{"a data source of its own", set(busy, "abc", "datasource", "uid"), []string{"AIO055", busy, `"abc"`}},
		{"a query with a data source of its own", set(busy, "abc", "targets", 0, "datasource", "uid"), []string{"AIO055", busy, `query A asks the data source "abc"`}},
		{"a second id", set(busy, 1, "id"), []string{"AIO055", busy, "its id is 1"}},
		{"a panel on another", set(busy, 0, "gridPos", "y"), []string{"AIO055", busy, "it lies on the panel"}},
		{"a panel off the grid", set(busy, 20, "gridPos", "x"), []string{"AIO055", busy, "off the grid: x 20"}},
		{"several lines without a name", set(busy, "", "targets", 0, "legendFormat"), []string{"AIO055", busy, "no legend tells them apart"}},
		{"a variable where Grafana replaces none", set(busy, "of ${cluster}", "fieldConfig", "defaults", "noValue"), []string{"AIO055", busy, "${cluster} is shown as it is written"}},
		{"a long uid", func(_ *testing.T, page obj) { page["uid"] = strings.Repeat("x", 41) }, []string{"AIO055", file, "1 to 40 characters"}},
		{"a uid of another", func(_ *testing.T, page obj) { page["uid"] = "ml-other" }, []string{"AIO055", `"ml-other" is that of`}},
		{"a data source that nobody chooses", func(_ *testing.T, page obj) { in(page, "templating", "list", 0).(obj)["query"] = "loki" }, []string{"AIO055", file, "does not choose a Prometheus"}},

		{"a query of what is not there", set(busy, `gpu:bussy:ratio{cluster=~"$cluster"}`, "targets", 0, "expr"), []string{"AIO06", busy, "gpu:bussy:ratio"}},
		{"a legend of what is not there", set(busy, "{{pid}}", "targets", 0, "legendFormat"), []string{"AIO06", busy, "the legend shows the label pid"}},
		{"a unit that does not fit", set(busy, "bytes", "fieldConfig", "defaults", "unit"), []string{"AIO074", busy, `the unit "bytes"`}},
		{"a heatmap over another axis", set("Heat", "bytes", "options", "yAxis", "unit"), []string{"AIO074", "Heat", `"bytes"`}},
		{"an annotation of what is not there", func(_ *testing.T, page obj) { in(page, "annotations", "list", 1).(obj)["textFormat"] = "{{pid}}" }, []string{"AIO06", "annotation own/New pods", "label pid"}},
		{"a rate that does not follow the zoom", set(busy, `sum(rate(vllm:prompt_tokens_total{cluster=~"$cluster"}[5m]))`, "targets", 0, "expr"), []string{"warning AIO059", busy, "rate(vllm:prompt_tokens_total"}},

		{"a variable that is not declared", set(busy, `gpu:busy:ratio{cluster=~"$clusters"}`, "targets", 0, "expr"), []string{"AIO057", busy, "$clusters, which the dashboard has not"}},
		{"several values where one is compared", set(busy, `gpu:busy:ratio{cluster="$cluster"}`, "targets", 0, "expr"), []string{"AIO057", busy, "$cluster may be several values"}},
		{"a variable that nothing asks for", func(_ *testing.T, page obj) {
			list := in(page, "templating", "list").([]any)
			more := obj{"name": "spare", "type": "query", "query": "label_values(up, job)", "datasource": in(list, 1, "datasource")}
			in(page, "templating").(obj)["list"] = append(list, more)
		}, []string{"AIO057", file, "nothing asks for the variable spare"}},

		{"too much to read", set(busy, strings.Repeat("x", 250_000), "description"), []string{"AIO058", "fleet.cue:19:9", "want at most 250000"}},
		{"no title", func(_ *testing.T, page obj) { page["title"] = "" }, []string{"AIO055", "fleet.cue:18:10", "no text in title"}},
		{"too many points", set(busy, 5000, "maxDataPoints"), []string{"AIO058", busy, "maxDataPoints is 5000"}},
		{"no bound of points", set(busy, nil, "maxDataPoints"), []string{"AIO058", busy, "maxDataPoints is 0"}},
		{"too many queries", func(t *testing.T, page obj) {
			p := titled(t, page, busy)
			p["targets"] = slices.Repeat(p["targets"].([]any), 20)
		}, []string{"AIO058", busy, "queries, want at most"}},

		{"a link to no dashboard", set(busy, []any{obj{"title": "Open", "url": "/d/aiobs-gone?var-cluster=x"}}, "links"), []string{"AIO056", busy, `no dashboard has the uid "aiobs-gone"`}},
		{"a link that sets what is not there", set(busy, []any{obj{"title": "Open", "url": "/d/ml-other?var-nodes=x"}}, "links"), []string{"AIO056", busy, "has no variable nodes"}},
		{"a link that keeps what is not there", set(busy, []any{obj{"title": "Open", "url": "/d/ml-other?${gpus:queryparam}"}}, "links"), []string{"AIO056", busy, "${gpus:queryparam} is no variable"}},
		{"a link from a label that is not there", set(busy, []any{obj{"title": "Open", "url": "/d/ml-other?var-team=${__field.labels.squad}"}}, "fieldConfig", "defaults", "links"), []string{"AIO06", busy, "the link takes the label squad"}},
		{"a link from a column that is not there", set("Workloads", []any{obj{"title": "Open", "url": `/d/ml-other?var-team=${__data.fields["Squad"]}`}}, "links"), []string{"AIO056", `no field "Squad"`}},
		{"a link that is no address", set(busy, []any{obj{"title": "Open", "url": "javascript:alert(1)"}}, "links"), []string{"AIO056", busy, "neither /d/ and a uid nor an address"}},
		{"a link from a column with a bracket", set("Workloads", []any{obj{"title": "Open", "url": `/d/ml-other?var-team=${__data.fields["a\"]"]}`}}, "links"), []string{"AIO056", "is no variable of the dashboard"}},
		{"a panel that is not written", func(_ *testing.T, page obj) { page["panels"] = page["panels"].([]any)[:3] }, []string{"AIO055", file, "it has 2 panels, and the plan 4"}},
		{"a column that is not there", set("Workloads", []any{"cluster", "squad", "Value #A", "Value #B"}, "transformations", 0, "options", "include", "names"), []string{"AIO06", "Workloads", "the table shows the label squad"}},
		{"values of no query", set("Workloads", []any{"cluster", "Value #A", "Value #C"}, "transformations", 0, "options", "include", "names"), []string{"AIO055", "Workloads", "the values of the query C"}},
		{"rows of a grid that are not there", set("Nodes", "rack", "transformations", 0, "options", "rowField"), []string{"AIO06", "Nodes", "the grid shows the label rack"}},
		{"a unit of one column that does not fit", func(t *testing.T, page obj) {
			for _, o := range in(titled(t, page, "Workloads"), "fieldConfig", "overrides").([]any) {
				for _, p := range in(o, "properties").([]any) {
					if in(p, "id") == "unit" {
						p.(obj)["value"] = "bytes"
					}
				}
			}
		}, []string{"AIO074", "Workloads", `the unit "bytes"`}},
		{"links to nobody", func(_ *testing.T, page obj) { in(page, "links", 0).(obj)["tags"] = []any{"other"} }, []string{"AIO056", file, "no dashboard has the tags other"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := slices.Clone(files)
			i := slices.IndexFunc(changed, func(f artifact.File) bool { return f.Path == file })
			var page obj
			if err := json.Unmarshal(changed[i].Data, &page); err != nil {
				t.Fatal(err)
			}
			tt.change(t, page)
			changed[i].Data, _ = json.Marshal(page)
			found := judge(changed)
			if !slices.ContainsFunc(strings.Split(found, "\n"), func(line string) bool {
				return !slices.ContainsFunc(tt.want, func(w string) bool { return !strings.Contains(line, w) })
			}) {
				t.Errorf("no line has %q:\n%s", tt.want, found)
			}
		})
	}
	without := slices.DeleteFunc(slices.Clone(files), func(f artifact.File) bool { return f.Path == file })
	if found := judge(without); !strings.Contains(found, `no file has the dashboard own`) {
		t.Errorf("a dashboard that is not written:\n%s", found)
	}
}
