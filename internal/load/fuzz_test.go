package load

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// Whatever is in a spec, the loader says what it makes of it: no panic, no
// error of I/O, a result or a reason why there is none, and places that exist.
func FuzzSpec(f *testing.F) {
	example, err := os.ReadFile("../../examples/minimal/fleet.cue")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add(minimal + workload)
	for _, text := range []string{
		"", "5", "[1, 2]", "a: [", "_|_", "_", "\xff", "package", "package a\nimport \"b.example/c\"", "#Spec: 1",
		"clusters: prod: {}\nclusters: 5", "a: b: a", "a: {b: 1} | {b: 2}", "a: 1e999", "a: '\\xff'",
		"\"\": \"\": \"\"", "workloads: \"A b\": {kind: \"inference\", slo: ttft: 5}",
		minimal + "workloads: {for k in [\"a\", \"b\"] {(k): kind: \"training\"}}",
		minimal + "library: alerts: A: expr: \"\"\"\n\tup\n\t\"\"\"\nlibrary: records: \"team:a:b\": {}",
		minimal + "slo: inference: ttft: {under: 5, objective: 3}\ncost: {x: y: 1, teamLabel: 2}",
		minimal + "clusters: prod: profiles: [\"flux\", \"nope\", 5]",
		minimal + "clusters: prod: dcgm: {mode: \"gpu-operator\", tolerations: x: key: \"\"}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			t.Skip("evaluating CUE may take as long as one likes")
		}
		dir := t.TempDir()
		file := filepath.Join(dir, "spec.cue")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var found diag.List
		l := newLoader(t, embedded(t), dir, &found)
		result, err := l.Load()
		if err != nil {
			t.Fatalf("an error of I/O: %v", err)
		}
		if (result == nil) != found.HasErrors() {
			t.Errorf("loaded: %t, with the findings %v", result != nil, found.Sorted())
		}
		lines := strings.Split(text, "\n")
		for _, d := range found.Sorted() {
			if d.Code == "" || d.Message == "" || !d.Pos.IsValid() {
				t.Errorf("a finding without code, text or place: %+v", d)
			}
			// CUE's own parser puts the end of a file behind its last newline.
			if d.Pos.File != filepath.ToSlash(file) || d.Pos.Line == 0 || d.Code == codeSyntax {
				continue
			}
			if d.Pos.Line > len(lines) || d.Pos.Col < 1 || d.Pos.Col > len(lines[d.Pos.Line-1])+1 {
				t.Errorf("%s: %s is outside of the file", d.Pos, d.Message)
			}
		}
		var out bytes.Buffer
		for _, format := range diag.Formats {
			if err := diag.Write(&out, format, &found, l.Source); err != nil {
				t.Error(err)
			}
		}
	})
}
