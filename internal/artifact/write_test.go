package artifact

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestWrite(t *testing.T) {
	for _, tt := range []struct {
		name        string
		last, after tree // the last build, and what somebody wrote since
		now         tree
		force       bool
		want        tree // all that is on disk then, but the manifest
		report      Report
	}{
		{name: "first", now: tree{"a": "1", "b/c/d": "2", "b/e": ""},
			want: tree{"a": "1", "b/": "", "b/c/": "", "b/c/d": "2", "b/e": ""}, report: Report{Written: 3}},
		{name: "again", last: tree{"a": "1", "b/c": "2"}, now: tree{"a": "1", "b/c": "2"},
			want: tree{"a": "1", "b/": "", "b/c": "2"}, report: Report{Unchanged: 2}},
		{name: "all at once", last: tree{"same": "1", "changed": "2", "old/x": "3"}, now: tree{"same": "1", "changed": "2!", "new/y": "4"},
			want: tree{"same": "1", "changed": "2!", "new/": "", "new/y": "4"}, report: Report{Written: 2, Unchanged: 1, Removed: 1}},
		{name: "put back what somebody removed", last: tree{"a": "1"}, after: tree{}, now: tree{"a": "1", "b": "2"},
			want: tree{"a": "1", "b": "2"}, report: Report{Written: 1, Unchanged: 1}},
		{name: "adopt the same bytes", after: tree{"a": "1"}, now: tree{"a": "1"},
			want: tree{"a": "1"}, report: Report{Unchanged: 1}},

		{name: "empty set", last: tree{"a": "1", "b/c/d": "2", "b/e": "3"},
			want: tree{}, report: Report{Removed: 3}},
		{name: "empty set with files of the user", last: tree{"a": "1", "b/c/d": "2", "b/e": "3"}, after: tree{"b/c/mine": "x", "top": "y"},
			want: tree{"b/": "", "b/c/": "", "b/c/mine": "x", "top": "y"}, report: Report{Removed: 3}},
		{name: "empty set over nothing", want: tree{}},
		{name: "empty folders of the user stay", last: tree{"a/b": "1"}, after: tree{"mine/": "", "a/mine/": ""},
			want: tree{"mine/": "", "a/": "", "a/mine/": ""}, report: Report{Removed: 1}},

		{name: "force edited", last: tree{"a": "1"}, after: tree{"a": "mine"}, now: tree{"a": "1"}, force: true,
			want: tree{"a": "1"}, report: Report{Written: 1}},
		{name: "force edited, no longer in the set", last: tree{"a/b": "1", "c": "2"}, after: tree{"a/b": "mine"}, now: tree{"c": "2"}, force: true,
			want: tree{"c": "2"}, report: Report{Unchanged: 1, Removed: 1}},
		{name: "force foreign", after: tree{"a/b": "mine", "a/c": "mine"}, now: tree{"a/b": "1"}, force: true,
			want: tree{"a/": "", "a/b": "1", "a/c": "mine"}, report: Report{Written: 1}},

		{name: "a file becomes a folder", last: tree{"a": "1", "b": "2"}, now: tree{"a/x/y": "1", "b": "2"},
			want: tree{"a/": "", "a/x/": "", "a/x/y": "1", "b": "2"}, report: Report{Written: 1, Unchanged: 1, Removed: 1}},
		{name: "a folder becomes a file", last: tree{"a/x/y": "1", "a/z": "2"}, now: tree{"a": "1"},
			want: tree{"a": "1"}, report: Report{Written: 1, Removed: 2}},
		{name: "an edited file becomes a folder, by force", last: tree{"a": "1"}, after: tree{"a": "mine"}, now: tree{"a/b": "1"}, force: true,
			want: tree{"a/": "", "a/b": "1"}, report: Report{Written: 1, Removed: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := built(t, tt.last)
			tt.after.lay(t, dir)
			r, err := Write(dir, set(t, tt.now), Options{Force: tt.force})
			must(t, err)
			if r != tt.report {
				t.Errorf("report %+v, want %+v", r, tt.report)
			}
			tt.want.check(t, dir)
			clean(t, dir, tt.now)
			_, err = os.Stat(filepath.Join(dir, ManifestName))
			if exists := err == nil; exists != (len(tt.now) > 0) {
				t.Errorf("there is a manifest: %v", exists)
			}
		})
	}
}

func TestWriteConflict(t *testing.T) {
	last := tree{"a": "1", "b": "2", "c": "3", "dropped": "4"}
	dir := built(t, last)
	tree{"a": "mine", "dropped": "mine", "new": "mine", "zoo/new": "mine"}.lay(t, dir)
	before := snapshot(t, dir)
	now := set(t, tree{"a": "1", "b": "2!", "new": "5", "zoo/new": "6", "fine": "7"})

	r, err := Write(dir, now, Options{})
	var conflict *ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("error %v is no conflict", err)
	}
	if want := (ConflictError{Edited: []string{"a", "dropped"}, Foreign: []string{"new", "zoo/new"}}); !reflect.DeepEqual(*conflict, want) {
		t.Errorf("got %+v", *conflict)
	}
	wantErr(t, err, "nothing was written",
		"\n  a: edited by hand since the last build: move the change into the spec, or build with --force",
		"\n  dropped: edited by hand", "\n  new: an output file goes here", "\n  zoo/new: an output file goes here")
	if r != (Report{}) {
		t.Errorf("report %+v", r)
	}
	if got := snapshot(t, dir); !maps.Equal(got, before) {
		t.Errorf("changed all the same: %q", got)
	}

	r, err = Write(dir, now, Options{Force: true})
	must(t, err)
	if r != (Report{Written: 5, Removed: 2}) {
		t.Errorf("forced: %+v", r)
	}
	tree{"a": "1", "b": "2!", "new": "5", "zoo/": "", "zoo/new": "6", "fine": "7"}.check(t, dir)
}

func TestOneConflictIsEnough(t *testing.T) {
	for name, now := range map[string]tree{
		"edited":                       {"a": "1"},
		"edited, no longer in the set": {},
		"foreign":                      {"a": "mine", "b": "2"},
	} {
		dir := built(t, tree{"a": "1"})
		tree{"a": "mine", "b": "mine"}.lay(t, dir)
		_, err := Write(dir, set(t, now), Options{})
		var conflict *ConflictError
		if !errors.As(err, &conflict) {
			t.Errorf("%s: error %v is no conflict", name, err)
		}
		tree{"a": "mine", "b": "mine"}.check(t, dir)
	}
}

// What stands in the way stops Compare and Write before anything is written,
// forced or not.
func TestObstacles(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, tt := range []struct {
		name string
		last tree
		gone string // removed before after is laid
		put  tree
		now  tree
		want []string
	}{
		{name: "a folder where a file goes", put: tree{"z/mine": "x"}, now: tree{"a": "1", "z": "2"},
			want: []string{"z: stands where an output file or its folder goes", "move it away"}},
		{name: "an empty folder where a file goes", put: tree{"z/": ""}, now: tree{"a": "1", "z": "2"},
			want: []string{"z: stands where"}},
		{name: "a folder where a file was", last: tree{"a": "1", "z": "2"}, gone: "z", put: tree{"z/mine": "x"}, now: tree{"a": "1!", "z": "2"},
			want: []string{"z: stands where"}},
		{name: "a file where a folder goes", put: tree{"z/y": "mine"}, now: tree{"a": "1", "z/y/x/w": "2"},
			want: []string{"z/y: stands where"}},
		{name: "a folder where the manifest goes", last: tree{"a": "1"}, gone: ManifestName, put: tree{ManifestName + "/mine": "x"}, now: tree{"a": "2"},
			want: []string{ManifestName + ": is a folder, but the manifest goes here"}},
		{name: "a link where a file goes", put: tree{"z": "-> mine", "mine": "x"}, now: tree{"a": "1", "z": "2"},
			want: []string{"z: is a symbolic link", "replace it by a plain file or folder"}},
		{name: "a link where a file was", last: tree{"a": "1", "z": "2"}, gone: "z", put: tree{"z": "-> mine", "mine": "2"}, now: tree{"a": "1!", "z": "2!"},
			want: []string{"z: is a symbolic link"}},
		{name: "a link with the right bytes behind it", put: tree{"z": "-> mine", "mine": "2"}, now: tree{"a": "1", "z": "2"},
			want: []string{"z: is a symbolic link"}},
		{name: "a link to nowhere", put: tree{"z": "-> nowhere"}, now: tree{"a": "1", "z": "2"},
			want: []string{"z: is a symbolic link"}},
		{name: "a link to nowhere for a folder", put: tree{"z": "-> nowhere"}, now: tree{"a": "1", "z/y": "2"},
			want: []string{"z: is a symbolic link"}},
		{name: "a link for a folder", put: tree{"z/y": "-> ../mine", "mine/x": "2"}, now: tree{"a": "1", "z/y/x": "2!"},
			want: []string{"z/y: is a symbolic link"}},
		{name: "a link that leaves", put: tree{"z": "-> ../outside"}, now: tree{"a": "1", "z/victim": "2"},
			want: []string{"z: is a symbolic link"}},
		{name: "a link over a stale file", last: tree{"a": "1", "z": "2"}, gone: "z", put: tree{"z": "-> mine", "mine": "2"}, now: tree{"a": "1!"},
			want: []string{"z: is a symbolic link"}},
		{name: "a link over the folder of a stale file", last: tree{"a": "1", "z/victim": "safe"}, gone: "z", put: tree{"z": "-> ../outside"}, now: tree{"a": "1!"},
			want: []string{"z: is a symbolic link"}},
		{name: "a link for the manifest", last: tree{"a": "1"}, gone: ManifestName, put: tree{ManifestName: "-> ../outside/victim"}, now: tree{"a": "2"},
			want: []string{ManifestName + ": is a symbolic link"}},
		{name: "a name that is too long", now: tree{"a": "1", long: "2"},
			want: []string{long + ": cannot be looked at: file name too long"}},
		{name: "a manifest that leaves", last: tree{"a": "1"}, gone: ManifestName, now: tree{"a": "2"},
			put:  tree{ManifestName: `{"files": {"../outside/victim": {"sha256": "` + hash([]byte("safe")) + `", "from": []}}}`},
			want: []string{ManifestName + `: path "../outside/victim" is not a clean path`}},
		{name: "a manifest that leaves, and the set is empty", last: tree{"a": "1"}, gone: ManifestName,
			put:  tree{ManifestName: `{"files": {"b/../../outside/victim": {"sha256": "` + hash([]byte("safe")) + `", "from": []}}}`},
			want: []string{"is not a clean path"}},
		{name: "a broken manifest", last: tree{"a": "1"}, gone: ManifestName, put: tree{ManifestName: "<<<<<<< HEAD"}, now: tree{"a": "2"},
			want: []string{ManifestName + ": is not a manifest", "build with --force"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			above := t.TempDir()
			dir := filepath.Join(above, "out")
			must(t, os.Mkdir(dir, 0o755))
			tree{"outside/victim": "safe"}.lay(t, above)
			write(t, dir, tt.last)
			if tt.gone != "" {
				must(t, os.RemoveAll(filepath.Join(dir, tt.gone)))
			}
			tt.put.lay(t, dir)
			before := snapshot(t, above)
			_, err := Compare(dir, set(t, tt.now))
			wantErr(t, err, tt.want...)
			for _, force := range []bool{false, true} {
				_, err := Write(dir, set(t, tt.now), Options{Force: force})
				wantErr(t, err, tt.want...)
				if strings.Contains(err.Error(), above) {
					t.Errorf("error %q does not name paths relative to the folder", err)
				}
				if got := snapshot(t, above); !maps.Equal(got, before) {
					t.Errorf("force %v: changed all the same:\n%q\nbefore:\n%q", force, got, before)
				}
			}
		})
	}
}

func TestWriteNewFolder(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "not", "yet")
	write(t, dir, nil)
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an empty set made the folder")
	}
	_, err := Write(dir, set(t, tree{"a/" + strings.Repeat("x", 300): "1"}), Options{})
	wantErr(t, err, "nothing was changed")
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a failed write left the folder behind")
	}
	write(t, dir, tree{"a/b": "1"})
	tree{"a/": "", "a/b": "1"}.check(t, dir)
	write(t, dir, nil)
	if got := snapshot(t, dir); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
	if _, err := os.Lstat(dir); err != nil {
		t.Error("a folder that was there is gone")
	}
}

func TestBadOutputFolder(t *testing.T) {
	above := t.TempDir()
	tree{"file": "mine", "dangling": "-> nowhere"}.lay(t, above)
	before := snapshot(t, above)
	for _, name := range []string{"file", "file/out", "dangling", strings.Repeat("x", 300)} {
		_, err := Write(filepath.Join(above, name), set(t, tree{"a": "1"}), Options{Force: true})
		wantErr(t, err, "output folder", name)
	}
	_, err := Write("", set(t, tree{"a": "1"}), Options{Force: true})
	wantErr(t, err, "output folder")
	_, err = Compare(filepath.Join(above, "file"), set(t, tree{"a": "1"}))
	wantErr(t, err, "output folder", "file")
	if got := snapshot(t, above); !maps.Equal(got, before) {
		t.Errorf("changed: %q", got)
	}
}

func TestOutputFolderMayBeALink(t *testing.T) {
	above := t.TempDir()
	tree{"real/": "", "out": "-> real"}.lay(t, above)
	dir := filepath.Join(above, "out")
	write(t, dir, tree{"a/b": "1"})
	clean(t, dir, tree{"a/b": "1"})
	tree{"a/": "", "a/b": "1"}.check(t, filepath.Join(above, "real"))
	write(t, dir, nil)
	tree{"real/": "", "out": "-> real"}.check(t, above)
}

func TestUnchangedFilesAreNotTouched(t *testing.T) {
	dir := built(t, tree{"a": "1", "b": "2"})
	stat := func(name string) fs.FileInfo {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		return info
	}
	a, b, manifest := stat("a"), stat("b"), stat(ManifestName)
	write(t, dir, tree{"a": "1", "b": "2"})
	if !os.SameFile(manifest, stat(ManifestName)) {
		t.Error("the manifest was written again")
	}
	write(t, dir, tree{"a": "1", "b": "2!"})
	if !os.SameFile(a, stat("a")) {
		t.Error("a was written again")
	}
	if os.SameFile(b, stat("b")) {
		t.Error("b was written in place: a reader may see half of it")
	}
}

// A hard link shares its bytes with a file elsewhere, which a write in place
// would change.
func TestHardLinksElsewhereKeepTheirBytes(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "out")
	write(t, dir, tree{"a": "1"})
	must(t, os.Link(filepath.Join(dir, "a"), filepath.Join(above, "elsewhere")))
	write(t, dir, tree{"a": "2"})
	if got := snapshot(t, above)["elsewhere"]; got != "1" {
		t.Errorf("elsewhere now holds %q", got)
	}
}

// Where case does not count, two spellings are one file. A hard link looks
// the same from here.
func TestNameChangesCase(t *testing.T) {
	dir := built(t, tree{"Rules.yaml": "1", "other": "x"})
	if err := os.Link(filepath.Join(dir, "Rules.yaml"), filepath.Join(dir, "rules.yaml")); !errors.Is(err, fs.ErrExist) {
		must(t, err)
	}
	now := tree{"rules.yaml": "2", "other": "x"}
	d, err := Compare(dir, set(t, now))
	must(t, err)
	if want := (Diff{Changed: []string{"rules.yaml"}, Manifest: true}); !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v, want %+v", d, want)
	}
	if r := write(t, dir, now); r != (Report{Written: 1, Unchanged: 1}) {
		t.Errorf("report %+v", r)
	}

}

// Where case does count, they are two.
func TestNameChangesCaseWhereItCounts(t *testing.T) {
	dir := built(t, tree{"Rules.yaml": "1"})
	if _, err := os.Lstat(filepath.Join(dir, "rules.yaml")); err == nil {
		t.Skip("case does not count on this file system")
	}
	if r := write(t, dir, tree{"rules.yaml": "1"}); r != (Report{Written: 1, Removed: 1}) {
		t.Errorf("report %+v", r)
	}
	tree{"rules.yaml": "1"}.check(t, dir)
}
