package artifact

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree is a folder as text: path to content, a folder ends in a slash, a link
// is "-> target".
type tree map[string]string

// lay makes the tree below dir.
func (want tree) lay(t *testing.T, dir string) {
	t.Helper()
	for _, p := range slices.Sorted(maps.Keys(want)) {
		at := filepath.Join(dir, filepath.FromSlash(p))
		must(t, os.MkdirAll(filepath.Dir(at), 0o755))
		target, isLink := strings.CutPrefix(want[p], "-> ")
		switch {
		case strings.HasSuffix(p, "/"):
			must(t, os.MkdirAll(at, 0o755))
		case isLink:
			must(t, os.Symlink(target, at))
		default:
			must(t, os.WriteFile(at, []byte(want[p]), 0o644))
		}
	}
}

// snapshot reads all of dir, the manifest and temporary files too.
func snapshot(t *testing.T, dir string) tree {
	t.Helper()
	got := tree{}
	must(t, filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, at)
		p := filepath.ToSlash(rel)
		switch {
		case d.IsDir():
			got[p+"/"] = ""
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(at)
			got[p] = "-> " + target
			return err
		case d.Type().IsRegular():
			data, err := os.ReadFile(at)
			got[p] = string(data)
			return err
		default:
			got[p] = d.Type().String()
		}
		return nil
	}))
	return got
}

// check compares dir with the tree; the manifest is left out.
func (want tree) check(t *testing.T, dir string) {
	t.Helper()
	got := snapshot(t, dir)
	delete(got, ManifestName)
	if !maps.Equal(got, want) {
		t.Errorf("on disk:\n%q\nwant:\n%q", got, want)
	}
}

// set makes a set of the files of a tree, with an origin each.
func set(t *testing.T, files tree) *Set {
	t.Helper()
	s := &Set{}
	for p, data := range files {
		must(t, s.Add(File{Path: p, Data: []byte(data), Origins: []string{"spec.cue:1:1"}}))
	}
	return s
}

// built returns a folder that holds the files as written by a build.
func built(t *testing.T, files tree) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, files)
	return dir
}

func write(t *testing.T, dir string, files tree) Report {
	t.Helper()
	r, err := Write(dir, set(t, files), Options{})
	must(t, err)
	return r
}

func clean(t *testing.T, dir string, files tree) {
	t.Helper()
	d, err := Compare(dir, set(t, files))
	must(t, err)
	if !d.Clean() {
		t.Errorf("not clean: %+v", d)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantErr fails unless err says all of the texts.
func wantErr(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q\nlacks %q", err, text)
		}
	}
}
