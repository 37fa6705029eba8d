package golden

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/checkpage"
	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/lint"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

func loadChecks(t *testing.T) model.Checks {
	t.Helper()
	checks, err := load.LoadChecks()
	if err != nil {
		t.Fatal(err)
	}
	return checks
}

// The pages of docs/checks are those that the data makes; -update writes them.
func TestCheckPages(t *testing.T) {
	const dir = "../docs/checks"
	checks := loadChecks(t)
	pages := map[string][]byte{"README.md": []byte(checkpage.Index(checks))}
	for id, c := range checks.Checks {
		pages[id+".md"] = []byte(checkpage.Page(id, c, checks.Base))
	}
	if *update {
		rewrite(t, dir, pages)
	}
	compareTree(t, dir, pages)
}

// Every example prints what its page says, and mended it prints nothing.
func TestCheckPagesExamples(t *testing.T) {
	checks := loadChecks(t)
	for id, c := range checks.Checks {
		said := ""
		for i, e := range c.Examples {
			said += e.Printed + "\n"
			if e.NotRun != "" {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", id, i), func(t *testing.T) {
				t.Parallel()
				if c.Of == model.OfSpec && len(e.Flags) > 0 {
					t.Errorf("it has the flags %v, and none changes what is found in a spec", e.Flags)
				}
				if got := strings.TrimSuffix(judge(t, checks.Base, c.Of, e, e.Failing), "\n"); got != e.Printed {
					t.Errorf("it prints:\n%s\nits page says:\n%s", got, e.Printed)
				}
				if !strings.Contains(e.Printed, " "+id+": ") {
					t.Errorf("it does not raise %s", id)
				}
				if got := judge(t, checks.Base, c.Of, e, e.Mended); got != "" {
					t.Errorf("mended it prints:\n%s", got)
				}
			})
		}
		if want := c.Severity + " " + id + ": "; !strings.Contains(said, want) {
			t.Errorf("%s: no example prints %q", id, want)
		}
	}
}

// judge compiles or lints an example with text in its place, and returns what
// the command prints in its folder.
func judge(t *testing.T, base, of string, e model.Example, text string) string {
	t.Helper()
	files := maps.Clone(e.Files)
	if files == nil {
		files = map[string]string{}
	}
	files[e.File] = text
	if e.File == model.BaseFile {
		lines := strings.Split(base, "\n")
		if e.Line == 0 {
			lines = append(lines, text)
		} else {
			lines[e.Line-1] = text
		}
		files[e.File] = strings.Join(lines, "\n")
	}
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if of != model.OfSpec {
		lintExample(t, &out, dir, slices.Sorted(maps.Keys(files)), e.Flags)
	} else {
		vetExample(t, &out, dir)
	}
	return strings.ReplaceAll(out.String(), filepath.ToSlash(dir)+"/", "")
}

// vetExample prints what vet finds in a spec.
func vetExample(t *testing.T, w io.Writer, dir string) {
	t.Helper()
	c, err := compile.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile(); err != nil {
		t.Fatal(err)
	}
	if err := diag.Write(w, "text", c.Diags, c.Source); err != nil {
		t.Fatal(err)
	}
}

// lintExample prints what lint finds in the files of a folder that are no spec,
// each of them named.
func lintExample(t *testing.T, w io.Writer, dir string, names, args []string) {
	t.Helper()
	var options lint.Options
	var spec string
	flags := flag.NewFlagSet("lint", flag.ContinueOnError)
	flags.Func("exporter", "", func(s string) error { options.Exporters = append(options.Exporters, s); return nil })
	flags.StringVar(&spec, "spec", "", "")
	flags.DurationVar(&options.Interval, "scrape-interval", 15*time.Second, "")
	flags.BoolVar(&options.Strict, "strict", false, "")
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, name := range names {
		if filepath.Ext(name) != ".cue" {
			paths = append(paths, filepath.Join(dir, filepath.FromSlash(name)))
		}
	}
	files, err := lint.ReadFiles(paths)
	if err != nil {
		t.Fatal(err)
	}
	facts, running := runs(t, dir, spec)
	world, err := lint.World(facts, running, options)
	if err != nil {
		t.Fatal(err)
	}
	diags := &diag.List{}
	lint.Run(files, world, diags)
	source := func(name string) []byte {
		for _, f := range files {
			if f.Name == name {
				return f.Data
			}
		}
		return nil
	}
	if err := diag.Write(w, "text", diags, source); err != nil {
		t.Fatal(err)
	}
}

// runs is the catalogue, and what runs in the cluster of a spec if one is named.
func runs(t *testing.T, dir, spec string) (*catalog.Index, map[string][]catalog.Running) {
	t.Helper()
	if spec == "" {
		facts, err := compile.Facts()
		if err != nil {
			t.Fatal(err)
		}
		return facts, nil
	}
	c, err := compile.New(filepath.Join(dir, spec))
	if err != nil {
		t.Fatal(err)
	}
	facts, running, err := c.Cluster("")
	if err != nil || c.Diags.HasErrors() {
		t.Fatalf("the spec of the example: %v %v", err, c.Diags.Sorted())
	}
	return facts, running
}

// A code without a page explains nothing, and a page without a code is of
// something that is never found.
func TestCheckPagesCodes(t *testing.T) {
	checks := loadChecks(t)
	used := codes(t)
	for _, id := range slices.Sorted(maps.Keys(used)) {
		if _, ok := checks.Checks[id]; !ok {
			t.Errorf("%s of %s is not in schema/checks", id, used[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(checks.Checks)) {
		if used[id] == "" {
			t.Errorf("%s is in schema/checks, and no Go says it", id)
		}
	}
}

// codes are the strings of our Go, without its tests, that are a code, and a
// file of each.
func codes(t *testing.T) map[string]string {
	t.Helper()
	code := regexp.MustCompile("^AIO[0-9]{3}$")
	found := map[string]string{}
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok {
				if s, err := strconv.Unquote(lit.Value); err == nil && code.MatchString(s) {
					found[s] = file
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("found the codes %v, want all of ours", found)
	}
	return found
}
