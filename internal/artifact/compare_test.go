package artifact

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name  string
		last  tree // the last build
		after tree // what somebody wrote since
		gone  []string
		now   tree // the set
		want  Diff
	}{
		{name: "same", last: tree{"a": "1", "b/c": "2"}, now: tree{"a": "1", "b/c": "2"}},
		{name: "nothing at all"},
		{name: "missing: new in the set", last: tree{"b": "1"}, now: tree{"b": "1", "c/d": "2", "a": "3"},
			want: Diff{Missing: []string{"a", "c/d"}, Manifest: true}},
		{name: "missing: removed by somebody", last: tree{"a": "1", "b": "2"}, gone: []string{"a"}, now: tree{"a": "1", "b": "2"},
			want: Diff{Missing: []string{"a"}}},
		{name: "changed", last: tree{"a": "1", "b": "2", "c": "3"}, now: tree{"a": "1", "b": "2!", "c": "3!"},
			want: Diff{Changed: []string{"b", "c"}, Manifest: true}},
		{name: "stale", last: tree{"a": "1", "b/c": "2", "b/d": "3"}, now: tree{"a": "1"},
			want: Diff{Stale: []string{"b/c", "b/d"}, Manifest: true}},
		{name: "stale: all", last: tree{"a": "1"}, want: Diff{Stale: []string{"a"}, Manifest: true}},
		{name: "no longer in the set, and gone", last: tree{"a": "1", "b": "2"}, gone: []string{"b"}, now: tree{"a": "1"},
			want: Diff{Manifest: true}},
		{name: "edited", last: tree{"a": "1"}, after: tree{"a": "mine"}, now: tree{"a": "1"},
			want: Diff{Edited: []string{"a"}}},
		{name: "edited, and changed in the set", last: tree{"a": "1"}, after: tree{"a": "mine"}, now: tree{"a": "2"},
			want: Diff{Edited: []string{"a"}, Manifest: true}},
		{name: "edited, and no longer in the set", last: tree{"a": "1", "b": "2", "c": "3"}, after: tree{"a": "mine", "c": "mine"}, now: tree{"b": "2", "c": "3"},
			want: Diff{Edited: []string{"a", "c"}, Manifest: true}},
		{name: "edited: line ends", last: tree{"a": "1\n"}, after: tree{"a": "1\r\n"}, now: tree{"a": "1\n"},
			want: Diff{Edited: []string{"a"}}},
		{name: "edited to what the set has now", last: tree{"a": "1"}, after: tree{"a": "2"}, now: tree{"a": "2"},
			want: Diff{Manifest: true}},
		{name: "foreign", last: tree{"a": "1"}, after: tree{"b": "mine"}, now: tree{"a": "1", "b": "2"},
			want: Diff{Foreign: []string{"b"}, Manifest: true}},
		{name: "foreign with the same bytes", last: tree{"a": "1"}, after: tree{"b": "2"}, now: tree{"a": "1", "b": "2"},
			want: Diff{Manifest: true}},
		{name: "no manifest, same files", last: tree{"a": "1"}, gone: []string{ManifestName}, now: tree{"a": "1"},
			want: Diff{Manifest: true}},
		{name: "no manifest, other files", last: tree{"a": "1", "b": "2"}, gone: []string{ManifestName}, now: tree{"a": "2"},
			want: Diff{Foreign: []string{"a"}, Manifest: true}},
		{name: "files of the user", last: tree{"a/b": "1"}, now: tree{"a/b": "1"},
			after: tree{"mine": "x", "a/mine": "x", "overlay/kustomization.yaml": "x", "empty/": "", "link": "-> /etc", "a/link": "-> b"}},
		{name: "temporary files", last: tree{"a": "1"}, now: tree{"a": "1"},
			after: tree{".aiobsgen-1.tmp": "x", ".aiobsgen-9-f.tmp/0.new": "x"}},
		{name: "a file becomes a folder", last: tree{"a": "1"}, now: tree{"a/b": "1"},
			want: Diff{Missing: []string{"a/b"}, Stale: []string{"a"}, Manifest: true}},
		{name: "a folder becomes a file", last: tree{"a/b": "1"}, now: tree{"a": "1"},
			want: Diff{Missing: []string{"a"}, Stale: []string{"a/b"}, Manifest: true}},
		{name: "a folder where a stale file was", last: tree{"a": "1", "b": "2"}, gone: []string{"a"}, after: tree{"a/mine": "x"}, now: tree{"b": "2"},
			want: Diff{Manifest: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := built(t, tt.last)
			for _, p := range tt.gone {
				must(t, os.Remove(filepath.Join(dir, p)))
			}
			tt.after.lay(t, dir)
			before := snapshot(t, dir)
			got, err := Compare(dir, set(t, tt.now))
			must(t, err)
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if got.Clean() != reflect.DeepEqual(tt.want, Diff{}) {
				t.Errorf("Clean is %v", got.Clean())
			}
			if !maps.Equal(before, snapshot(t, dir)) {
				t.Error("Compare changed the folder")
			}
		})
	}
}

func TestClean(t *testing.T) {
	one := []string{"a"}
	if !(Diff{}).Clean() {
		t.Error("no difference is not clean")
	}
	for _, d := range []Diff{{Missing: one}, {Changed: one}, {Stale: one}, {Edited: one}, {Foreign: one}, {Manifest: true}} {
		if d.Clean() {
			t.Errorf("%+v is clean", d)
		}
	}
}

func TestCompareOrigins(t *testing.T) {
	dir := built(t, tree{"a": "1"})
	var moved Set
	must(t, moved.Add(File{Path: "a", Data: []byte("1"), Origins: []string{"spec.cue:2:1"}}))
	d, err := Compare(dir, &moved)
	must(t, err)
	if want := (Diff{Manifest: true}); !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v", d)
	}
	r, err := Write(dir, &moved, Options{})
	must(t, err)
	if r != (Report{Unchanged: 1}) {
		t.Errorf("got %+v", r)
	}
	if d, err = Compare(dir, &moved); err != nil || !d.Clean() {
		t.Errorf("after a write: %+v, %v", d, err)
	}
}

func TestCompareNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "out")
	d, err := Compare(dir, set(t, tree{"x": "1", "b/y": "2"}))
	must(t, err)
	if want := (Diff{Missing: []string{"b/y", "x"}, Manifest: true}); !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v", d)
	}
	clean(t, dir, nil)
	if _, err := os.Lstat(filepath.Dir(dir)); err == nil {
		t.Error("Compare made the folder")
	}
	_, err = Compare("", set(t, tree{"x": "1"}))
	wantErr(t, err, "output folder")
}

// A file may go at any moment, through another run or through a person.
func TestFileGoesWhileWeLook(t *testing.T) {
	dir := built(t, tree{"a": "1"})
	name := filepath.Join(dir, "a")
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				os.Remove(name)
				os.WriteFile(name, []byte("1"), 0o644)
			}
		}
	}()
	defer func() { close(stop); <-done }()
	for range 5000 {
		if _, err := Compare(dir, set(t, tree{"a": "1"})); err != nil {
			t.Fatal(err)
		}
	}
}
