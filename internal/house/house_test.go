// Package house keeps the rooms apart: docs/architecture.md says which package
// may import what, and this test over "go list" holds it to that.
package house

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/aiobsgen/aiobsgen/"

type pkg struct {
	ImportPath string
	Imports    []string
}

// list returns our packages with their direct imports.
func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		pkgs = append(pkgs, p)
	}
	if len(pkgs) < 15 {
		t.Fatalf("go list found %d packages, want all of ours", len(pkgs))
	}
	return pkgs
}

// within: what each room may import of our own packages.
var within = map[string][]string{
	"cmd/aiobsgen":              {"internal/compile", "internal/artifact", "internal/catalog", "internal/diag", "internal/explain", "internal/lint", "internal/model", "internal/ruletest", "internal/preview", "internal/browser"},
	"internal/compile":          {"generators/", "internal/monitors", "internal/preview", "internal/ruletest", "internal/artifact", "internal/catalog", "internal/check", "internal/checkpage", "internal/diag", "internal/load", "internal/model", "internal/plan"},
	"internal/check":            {"internal/artifact", "internal/catalog", "internal/diag", "internal/grafanaop", "internal/model", "internal/plan", "internal/promql", "internal/promql/typecheck"},
	"internal/load":             {"internal/diag", "internal/model", "schema", "profiles"},
	"internal/plan":             {"internal/catalog", "internal/diag", "internal/model", "internal/promql"},
	"internal/kube":             {"internal/artifact", "internal/plan"},
	"internal/grafanaop":        {},
	"generators/dcgm":           {"internal/artifact", "internal/kube", "internal/model", "internal/plan"},
	"generators/scrape":         {"internal/artifact", "internal/kube", "internal/plan"},
	"generators/kubecost":       {"internal/artifact", "internal/kube", "internal/model", "internal/plan"},
	"generators/rules":          {"internal/artifact", "internal/kube", "internal/plan"},
	"generators/alertmanager":   {"internal/artifact", "internal/kube", "internal/model", "internal/plan"},
	"generators/dashboards":     {"internal/artifact", "internal/grafanaop", "internal/kube", "internal/model", "internal/plan", "internal/promql"},
	"generators/kustomization":  {"internal/artifact", "internal/kube", "internal/plan"},
	"generators/runbooks":       {"internal/artifact", "internal/kube", "internal/markdown", "internal/model", "internal/plan"},
	"internal/artifact":         {},
	"internal/checkpage":        {"internal/markdown", "internal/model"},
	"internal/markdown":         {},
	"internal/diag":             {},
	"internal/model":            {},
	"internal/promql":           {},
	"internal/promql/typecheck": {"internal/catalog", "internal/diag", "internal/model", "internal/promql"},
	"internal/catalog":          {"internal/diag", "internal/model"},
	"internal/lint":             {"internal/catalog", "internal/diag", "internal/promql", "internal/promql/typecheck"},
	"internal/explain":          {"internal/catalog", "internal/model", "internal/promql"},
	"internal/evaluate":         {},
	"internal/monitors":         {"internal/artifact"},
	"internal/fleet":            {"internal/catalog", "internal/evaluate", "internal/model", "internal/monitors", "internal/plan", "internal/promql"},
	"internal/rulegraph":        {"internal/evaluate", "internal/model", "internal/plan", "internal/promql"},
	"internal/ruletest":         {"internal/rulegraph", "internal/artifact", "internal/evaluate", "internal/fleet", "internal/kube", "internal/model", "internal/monitors", "internal/plan", "internal/promql"},
	"internal/preview":          {"internal/evaluate", "internal/fleet", "internal/model", "internal/plan", "internal/promql", "internal/rulegraph", "internal/ruletest"},
	"internal/browser":          {},
	"internal/house":            {},
	"golden":                    {},
	"schema":                    {},
	"profiles":                  {},
}

// only: who may import a library that does the work of one room.
var only = map[string][]string{
	"cuelang.org/go/": {"internal/load"},
	"github.com/prometheus/prometheus/promql/parser": {"internal/promql", "internal/promql/typecheck", "internal/check", "internal/evaluate"},
	"github.com/prometheus/prometheus/model/rulefmt": {"internal/check"},
	"github.com/grafana/grafana-foundation-sdk/":     {"generators/dashboards"},
	"sigs.k8s.io/kustomize/api/krusty":               {"internal/check"},
	"github.com/prometheus/alertmanager/":            {"internal/check"},
	"github.com/spf13/cobra":                         {"cmd/aiobsgen"},
	"go.yaml.in/yaml/v3":                             {"internal/lint"},
	"os":                                             {"cmd/aiobsgen", "internal/load", "internal/lint", "internal/artifact", "internal/browser"},
	"net":                                            {"internal/preview"},
	"net/http":                                       {"internal/preview"},
	"time":                                           {"cmd/aiobsgen", "internal/artifact", "internal/lint", "internal/plan", "internal/promql", "internal/promql/typecheck", "internal/evaluate", "internal/ruletest", "internal/preview", "internal/browser"},
}

func TestImports(t *testing.T) {
	for _, p := range list(t) {
		allowed, ok := within[p.ImportPath]
		if !ok {
			t.Errorf("package %s is not in the plan of the house: add it here and to docs/architecture.md", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if own, ok := strings.CutPrefix(imported, module); ok && !matches(own, allowed) {
				t.Errorf("%s imports %s", p.ImportPath, own)
			}
			for library, rooms := range only {
				if matches(imported, []string{library}) && !slices.Contains(rooms, p.ImportPath) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imported, rooms)
				}
			}
		}
	}
}

// matches compares with names, or with prefixes that end in a slash.
func matches(path string, list []string) bool {
	return slices.ContainsFunc(list, func(l string) bool {
		return path == l || strings.HasSuffix(l, "/") && strings.HasPrefix(path, l)
	})
}
