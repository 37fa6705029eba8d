package dashboards

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// known are the panels that a Grafana of today draws, of those that we use.
var known = []string{"timeseries", "stat", "table", "heatmap", "bargauge", "state-timeline"}

// problems lists what is wrong with the JSON of a page.
func problems(data []byte) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if err := strict(data); err != nil {
		say("strict: %v", err)
	}
	var page map[string]any
	if err := json.Unmarshal(data, &page); err != nil {
		return append(out, err.Error())
	}
	if uid, _ := page["uid"].(string); uid == "" || len(uid) > 40 {
		say("uid %q", uid)
	}
	if v := list(page, "templating.list"); len(v) == 0 || at(v[0], "name") != "datasource" || at(v[0], "type") != "datasource" {
		say("the first variable is not the data source")
	}
	ids, cells := map[float64]bool{}, map[[2]int]string{}
	for _, p := range list(page, "panels") {
		title, _ := at(p, "title").(string)
		id, ok := at(p, "id").(float64)
		if !ok || id == 0 || ids[id] {
			say("%s: id %v", title, at(p, "id"))
		}
		ids[id] = true
		for _, s := range overlaps(p, title, cells) {
			say("%s", s)
		}
		if at(p, "type") != "row" {
			for _, s := range panelProblems(p.(map[string]any)) {
				say("%s: %s", title, s)
			}
		}
	}
	return out
}

// strict decodes as the SDK does it. A success comes as a list of no errors
// in an error that is not nil.
func strict(data []byte) error {
	registered()
	var board sdk.Dashboard
	err := board.UnmarshalJSONStrict(data)
	var faults cog.BuildErrors
	if err == nil || errors.As(err, &faults) && len(faults) == 0 {
		return nil
	}
	return err
}

var registered = sync.OnceFunc(plugins.RegisterDefaultPlugins)

func panelProblems(p map[string]any) []string {
	var out []string
	if kind, _ := p["type"].(string); !slices.Contains(known, kind) {
		out = append(out, fmt.Sprintf("unknown type %q", kind))
	}
	for _, field := range []string{"title", "description", "fieldConfig.defaults.unit", "fieldConfig.defaults.noValue"} {
		if s, _ := at(p, field).(string); s == "" {
			out = append(out, "no "+field)
		}
	}
	if len(list(p, "fieldConfig.defaults.thresholds.steps")) == 0 {
		out = append(out, "no thresholds")
	}
	targets := list(p, "targets")
	if len(targets) == 0 {
		out = append(out, "no query")
	}
	refs := map[any]bool{}
	for _, t := range append([]any{p}, targets...) {
		if at(t, "datasource.uid") != "$datasource" || at(t, "datasource.type") != "prometheus" {
			out = append(out, "data source "+text(at(t, "datasource")))
		}
	}
	for _, t := range targets {
		if s, _ := at(t, "expr").(string); s == "" {
			out = append(out, "empty query")
		}
		if ref := at(t, "refId"); ref == nil || refs[ref] {
			out = append(out, "refId "+text(ref))
		} else {
			refs[ref] = true
		}
		if at(t, "interval") != nil {
			out = append(out, "an interval of its own")
		}
	}
	return out
}

// overlaps marks the cells of a panel and tells which were taken.
func overlaps(p any, title string, cells map[[2]int]string) []string {
	n := func(k string) int { f, _ := at(p, "gridPos."+k).(float64); return int(f) }
	x, y, w, h := n("x"), n("y"), n("w"), n("h")
	if w < 1 || h < 1 || x < 0 || x+w > 24 {
		return []string{fmt.Sprintf("%s: off the grid: %s", title, text(at(p, "gridPos")))}
	}
	for i := x; i < x+w; i++ {
		for j := y; j < y+h; j++ {
			if other, taken := cells[[2]int{i, j}]; taken {
				return []string{fmt.Sprintf("%s lies on %s", title, other)}
			}
			cells[[2]int{i, j}] = title
		}
	}
	return nil
}

// grafanaUnits reads the ids of units from the SDK's source.
func grafanaUnits(t *testing.T) map[string]bool {
	t.Helper()
	pkg, err := build.Import("github.com/grafana/grafana-foundation-sdk/go/units", ".", 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), pkg.Dir+"/"+name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, _ := strconv.Unquote(lit.Value)
				out[s] = true
			}
			return true
		})
	}
	if !out["percentunit"] {
		t.Fatal("the SDK's units were not found")
	}
	return out
}
