package check

import (
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

const kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- a.yaml\n"

const good = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: b\ndata:\n  k: v\n"

// Each fault that a generator could make is found before anything is written.
func TestOutput(t *testing.T) {
	rule := "groups:\n- name: g\n  rules:\n  - record: a:b:c\n    expr: %s\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string // a code, or "" where nothing is wrong
	}{
		"fine":                {map[string]string{"kustomization.yaml": kustomization, "a.yaml": good}, ""},
		"names what is not":   {map[string]string{"kustomization.yaml": kustomization}, codeInclude},
		"unknown field":       {map[string]string{"kustomization.yaml": kustomization, "a.yaml": good + "spec: {}\n"}, codeObject},
		"bad name":            {map[string]string{"kustomization.yaml": kustomization, "a.yaml": strings.Replace(good, "name: a", "name: A_b", 1)}, codeObject},
		"bad label":           {map[string]string{"kustomization.yaml": kustomization, "a.yaml": strings.Replace(good, "  name: a", "  name: a\n  labels: {x: 'a/b'}", 1)}, codeObject},
		"unknown kind":        {map[string]string{"kustomization.yaml": kustomization, "a.yaml": strings.Replace(good, "ConfigMap", "Secret", 1)}, codeObject},
		"not an object":       {map[string]string{"kustomization.yaml": kustomization, "a.yaml": "x: [\n"}, codeObject},
		"too large":           {map[string]string{"kustomization.yaml": kustomization, "a.yaml": good + "  big: " + strings.Repeat("x", maxObject) + "\n"}, codeTooBig},
		"broken json":         {map[string]string{"kustomization.yaml": kustomization, "a.yaml": good, "d.json": "{"}, codeObject},
		"broken rule":         {map[string]string{"kustomization.yaml": kustomization, "a.yaml": good, "r.rules.yaml": strings.Replace(rule, "%s", "sum(", 1)}, codeRules},
		"rule":                {map[string]string{"kustomization.yaml": kustomization, "a.yaml": good, "r.rules.yaml": strings.Replace(rule, "%s", "sum(x)", 1)}, ""},
		"no kustomization":    {map[string]string{"a.yaml": good}, codeKustom},
		"two objects in one":  {map[string]string{"kustomization.yaml": kustomization, "a.yaml": good + "---\n" + strings.Replace(good, "name: a", "name: c", 1)}, codeKustom},
		"the same name twice": {map[string]string{"kustomization.yaml": kustomization + "- b.yaml\n", "a.yaml": good, "b.yaml": good}, codeObject},
	} {
		t.Run(name, func(t *testing.T) {
			var files []artifact.File
			for path, text := range c.files {
				files = append(files, artifact.File{Path: path, Data: []byte(text)})
			}
			var diags diag.List
			Output("prod", files, func(string) diag.Pos { return diag.Pos{} }, &diags)
			found := diags.Sorted()
			if c.want == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			for _, d := range found {
				if d.Code == c.want {
					return
				}
			}
			t.Errorf("found %v, want %s", found, c.want)
		})
	}
}
