package load

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/parser"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

var loadedOnce = sync.OnceValues(LoadEmbedded)

func embedded(t testing.TB) *Embedded {
	t.Helper()
	e, err := loadedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// minimal is the least that the schema takes, but for its workloads.
const minimal = `
teams: ml: owner: "ml@example.com"
settings: owner: "ml"
gpus: l40s: usdPerHour: 1.1
clusters: prod: {}
`

// workload is one that runs on it.
const workload = `
workloads: chat: {
	kind: "inference", team: "ml", namespace: "serving", model: "m"
	engine: {name: "vllm", version: "0.30.0"}
	gpu: {model: "l40s", count: 2}
}
`

// loadFiles reads a spec from files by path, in a folder of its own that
// positions are shown relative to.
func loadFiles(t testing.TB, files map[string]string) (*Result, []diag.Diagnostic) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var found diag.List
	result, err := newLoader(t, embedded(t), dir, &found).Load()
	if err != nil {
		t.Fatalf("an error of I/O: %v", err)
	}
	list := found.Sorted()
	for i := range list {
		list[i].Pos.File = strings.TrimPrefix(list[i].Pos.File, filepath.ToSlash(dir)+"/")
	}
	return result, list
}

func newLoader(t testing.TB, e *Embedded, dir string, found *diag.List) *Loader {
	t.Helper()
	l, err := NewLoader(e, dir, found)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// definitions of a package of schema/.
func definitions(t testing.TB, e *Embedded, dir string) cue.Value {
	t.Helper()
	v, err := e.definitions(dir)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// mustLoad reads a spec that is in order.
func mustLoad(t testing.TB, files map[string]string) *Result {
	t.Helper()
	result, found := loadFiles(t, files)
	for _, d := range found {
		t.Errorf("%s: %s %s", d.Pos, d.Code, d.Message)
	}
	if result == nil {
		t.Fatal("nothing was loaded")
	}
	return result
}

// readTree reads CUE as the spec is read, without the schema.
func readTree(t testing.TB, text string) *node {
	t.Helper()
	var found diag.List
	e := embedded(t)
	f, err := parser.ParseFile("spec.cue", text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	v := e.ctx.BuildFile(f)
	if err := v.Validate(cue.Concrete(false)); err != nil {
		t.Fatal(err)
	}
	l := newLoader(t, e, ".", &found)
	r := &reader{places: places{}, pos: l.userPos, diags: &found}
	r.places.index(f, l.userPos)
	n := r.read(v, nil)
	for _, d := range found.Sorted() {
		t.Fatalf("%s: %s", d.Pos, d.Message)
	}
	return n
}
