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

// problems lists what Grafana would not understand in the JSON of a page. What it
// needs besides is asked by internal/check of every dashboard that is written.
func problems(data []byte) []string {
	var out []string
	if err := strict(data); err != nil {
		out = append(out, fmt.Sprintf("strict: %v", err))
	}
	var page map[string]any
	if err := json.Unmarshal(data, &page); err != nil {
		return append(out, err.Error())
	}
	for _, p := range list(page, "panels") {
		for _, p := range append(list(p, "panels"), p) {
			if at(p, "type") != "row" {
				for _, s := range panelProblems(p.(map[string]any)) {
					out = append(out, fmt.Sprintf("%v: %s", at(p, "title"), s))
				}
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
	if len(list(p, "fieldConfig.defaults.thresholds.steps")) == 0 {
		out = append(out, "no thresholds")
	}
	for _, t := range list(p, "targets") {
		if at(t, "interval") != nil {
			out = append(out, "an interval of its own")
		}
	}
	return out
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
