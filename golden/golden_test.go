// Package golden compares what the compiler makes with what is committed,
// byte for byte, over whole trees.
//
// The two examples are committed whole: examples/fleet as the repository's
// out/, examples/minimal as golden/minimal. Under cases/ there is one case for
// each idea: its want/ holds the manifest, whose hashes stand for the bytes of
// every file, and the files that show the idea, named by the patterns in show.
// A file that is missing, extra or different fails.
//
//	go test ./golden -update
//
// rewrites them all; read the diff before you commit it.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

var update = flag.Bool("update", false, "rewrite the trees")

const manifest = "aiobsgen.manifest.json"

func TestExamples(t *testing.T) {
	for spec, want := range map[string]string{"../examples/fleet": "../out", "../examples/minimal": "minimal"} {
		t.Run(filepath.Base(spec), func(t *testing.T) {
			set := compileSpec(t, spec)
			if *update {
				if _, err := artifact.Write(want, set, artifact.Options{Force: true}); err != nil {
					t.Fatal(err)
				}
			}
			compareTree(t, want, filesOf(set))
		})
	}
}

func TestCases(t *testing.T) {
	specs, err := filepath.Glob("cases/*/spec.cue")
	if err != nil || len(specs) < 6 {
		t.Fatalf("found %d cases: %v", len(specs), err)
	}
	for _, spec := range specs {
		dir := filepath.Dir(spec)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			all := filesOf(compileSpec(t, dir))
			shown := map[string][]byte{manifest: all[manifest]}
			for _, pattern := range patterns(t, filepath.Join(dir, "show")) {
				found := false
				for name, data := range all {
					if ok, _ := path.Match(pattern, name); ok {
						shown[name], found = data, true
					}
				}
				if !found {
					t.Errorf("no file is named like %s", pattern)
				}
			}
			want := filepath.Join(dir, "want")
			if *update {
				rewrite(t, want, shown)
			}
			compareTree(t, want, shown)
		})
	}
}

// filesOf is the tree as it would be written, with its manifest.
func filesOf(set *artifact.Set) map[string][]byte {
	out := map[string][]byte{manifest: set.Manifest().Encode()}
	for _, f := range set.Files() {
		out[f.Path] = f.Data
	}
	return out
}

// compareTree fails for each file that is missing, extra or different.
func compareTree(t *testing.T, dir string, want map[string][]byte) {
	t.Helper()
	for name, data := range want {
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Errorf("%v", err)
		} else if !bytes.Equal(got, data) {
			t.Errorf("%s differs from what the compiler makes", filepath.Join(dir, name))
		}
	}
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if _, ok := want[filepath.ToSlash(rel)]; err == nil && !ok {
			t.Errorf("%s is not made any more", file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rewrite(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func patterns(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(data))
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
		var text bytes.Buffer
		_ = diag.Write(&text, "text", c.Diags, c.Source)
		t.Fatalf("%s does not compile:\n%s", dir, text.String())
	}
	return out.Set
}
