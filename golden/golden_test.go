// Package golden compares what the compiler makes with what is committed,
// byte for byte, over whole trees: the two examples, and one case for each
// idea under cases/. A file that is missing, extra or different fails.
//
//	go test ./golden -update
//
// rewrites the trees; read the diff before you commit it. The output of
// examples/fleet is the repository's out/.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

var update = flag.Bool("update", false, "rewrite the trees")

func TestTrees(t *testing.T) {
	trees := map[string]string{
		"../examples/fleet":   "../out",
		"../examples/minimal": "minimal",
	}
	cases, err := filepath.Glob("cases/*/spec.cue")
	if err != nil || len(cases) == 0 {
		t.Fatalf("found no cases: %v", err)
	}
	for _, c := range cases {
		trees[filepath.Dir(c)] = filepath.Join(filepath.Dir(c), "out")
	}
	for spec, want := range trees {
		t.Run(filepath.Base(spec), func(t *testing.T) { compareTree(t, spec, want) })
	}
}

func compareTree(t *testing.T, spec, want string) {
	set := compileSpec(t, spec)
	if *update {
		if _, err := artifact.Write(want, set, artifact.Options{Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	diff, err := artifact.Compare(want, set)
	if err != nil {
		t.Fatal(err)
	}
	if !diff.Clean() {
		t.Errorf("%s differs from what %s compiles into: %+v", want, spec, diff)
	}
	made := map[string]bool{"aiobsgen.manifest.json": true}
	for _, f := range set.Files() {
		made[filepath.FromSlash(f.Path)] = true
	}
	err = filepath.WalkDir(want, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(want, path)
		if err == nil && !made[rel] {
			t.Errorf("%s is not made by %s", path, spec)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// compileSpec compiles, and fails the test with what the compiler says.
func compileSpec(t *testing.T, dir string) *artifact.Set {
	t.Helper()
	c, err := compile.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if out == nil {
		_ = diag.Write(os.Stderr, "text", c.Diags, c.Source)
		t.Fatalf("%s does not compile", dir)
	}
	return out.Set
}
