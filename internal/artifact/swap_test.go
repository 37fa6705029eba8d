package artifact

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The last file cannot be renamed to its place, so every earlier rename is
// taken back. The name is too long, and is not seen before, as its folder does
// not exist yet.
func TestRollback(t *testing.T) {
	late := "zz/" + strings.Repeat("x", 300)
	for _, tt := range []struct {
		name        string
		last, after tree
		now         tree
		want        string
	}{
		{name: "new files", last: tree{"b": "1"}, now: tree{"b": "1", "a": "2", "c/d/e": "3", late: "4"},
			want: late + ": cannot be written: file name too long"},
		{name: "changed files", last: tree{"a": "1", "b/c": "2"}, now: tree{"a": "1!", "b/c": "2!", late: "4"},
			want: late + ": cannot be written: file name too long"},
		{name: "edited and foreign files", last: tree{"a": "1"}, after: tree{"a": "mine", "b": "mine"}, now: tree{"a": "1", "b": "2", late: "4"},
			want: late + ": cannot be written: file name too long"},
		{name: "files removed to make way", last: tree{"a": "1", "b/c/d": "2", "b/c/e": "3"}, now: tree{"a/x": "1", "b": "2", late: "4"},
			want: late + ": cannot be written: file name too long"},
		{name: "a folder is not emptied", last: tree{"a": "1", "z/y/x": "2", "z/w": "3"}, after: tree{"z/mine": "x"}, now: tree{"a": "1!", "z": "2"},
			want: "z: cannot be written: "},
		{name: "a first build", now: tree{"a": "1", "b/c": "2", late: "4"},
			want: late + ": cannot be written: file name too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := built(t, tt.last)
			tt.after.lay(t, dir)
			before := snapshot(t, dir)
			r, err := Write(dir, set(t, tt.now), Options{Force: true})
			wantErr(t, err, tt.want, "nothing was changed: every file is as it was before")
			if r != (Report{}) {
				t.Errorf("report %+v", r)
			}
			if got := snapshot(t, dir); !maps.Equal(got, before) {
				t.Errorf("on disk:\n%q\nbefore:\n%q", got, before)
			}
		})
	}
}

// surveyed returns the changes of a write that has not begun, so that a test can change the folder between
// the look and the act.
func surveyed(t *testing.T, dir string, files tree) (*swap, []change) {
	t.Helper()
	root, err := open(dir)
	must(t, err)
	t.Cleanup(func() { root.Close() })
	_, changes, err := survey(root, set(t, files))
	must(t, err)
	return &swap{root: root}, changes
}

func TestNothingCanBeStaged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	must(t, os.Mkdir(dir, 0o755))
	w, changes := surveyed(t, dir, tree{"a": "1"})
	must(t, os.Remove(dir)) // which stops root as well
	wantErr(t, w.run(changes), "nothing was written: the output folder cannot be written to")
}

// The very last step fails, the one of the manifest: the removals before it
// are taken back too, with the folders that they emptied.
func TestRollbackOfTheLastStep(t *testing.T) {
	dir := built(t, tree{"a": "1", "old/x/y": "2", "old/z": "3"})
	w, changes := surveyed(t, dir, tree{"a": "1!", "new/b": "4"})
	must(t, os.Remove(filepath.Join(dir, ManifestName)))
	tree{ManifestName + "/mine": "x"}.lay(t, dir)
	before := snapshot(t, dir)
	wantErr(t, w.run(changes), ManifestName+": cannot be written", "nothing was changed")
	if got := snapshot(t, dir); !maps.Equal(got, before) {
		t.Errorf("on disk:\n%q\nbefore:\n%q", got, before)
	}
}

func TestRollbackThatFailsKeepsTheCopies(t *testing.T) {
	dir := built(t, tree{"a": "1", "b": "2"})
	w, changes := surveyed(t, dir, tree{"a": "1!", "b": "2!"})
	w.undo = append(w.undo, func() error { return errors.New("no luck") })
	must(t, os.Remove(filepath.Join(dir, "b")))
	tree{"b/mine": "x"}.lay(t, dir)
	wantErr(t, w.run(changes), "b: cannot be written", "not every file could be put back", w.stage+" keeps copies", "no luck")
	got := snapshot(t, dir)
	if got["a"] != "1" {
		t.Errorf("a was not put back though it could be: %q", got["a"])
	}
	if got[w.stage+"/1.old"] != "2" {
		t.Errorf("no copy of b: %q", got)
	}
}

// Nothing refers to a file that is gone, and the manifest tells of no file
// that is not there: new files, then removals, then the manifest.
func TestOrder(t *testing.T) {
	dir := built(t, tree{"a-stale": "1", "b": "2", "c-stale": "3"})
	_, changes := surveyed(t, dir, tree{"b/x": "1", "z": "2", "a": "3"})
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprint(c.path, " ", c.remove))
	}
	want := "b true, a false, b/x false, z false, a-stale true, c-stale true, " + ManifestName + " false"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// A run that is killed between two renames leaves a folder that the same
// build completes, without taking its own files for edited ones.
func TestKilledRun(t *testing.T) {
	last := tree{"a": "1", "b": "2", "old/x": "3", "file": "4", "folder/x": "5"}
	now := tree{"a": "1!", "b": "2!", "c": "6", "file/x": "7", "folder": "8"}
	for stop := 0; ; stop++ {
		dir := built(t, last)
		w, changes := surveyed(t, dir, now)
		if stop == len(changes) {
			break
		}
		w.stage = ".aiobsgen-killed.tmp"
		must(t, w.root.Mkdir(w.stage, 0o755))
		for i, c := range changes {
			must(t, w.prepare(i, c))
		}
		for i, c := range changes[:stop] {
			must(t, w.apply(i, c))
		}
		if _, err := Write(dir, set(t, now), Options{}); err != nil {
			t.Errorf("killed after %d steps: %v", stop, err)
			continue
		}
		tree{"a": "1!", "b": "2!", "c": "6", "file/": "", "file/x": "7", "folder": "8"}.check(t, dir)
		clean(t, dir, now)
	}
}

func TestSweep(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "out")
	files := tree{"a": "1"}
	write(t, dir, files)

	ended := exec.Command(os.Args[0], "-test.run=^$")
	must(t, ended.Run())
	mine := os.Getpid()
	live := tempName() + "/" // as of a run that goes on in this process
	tree{"outside/victim": "safe"}.lay(t, above)
	tree{
		".aiobsgen-1.tmp":              "x",
		".aiobsgen-.tmp":               "x",
		".aiobsgen-0-f.tmp":            "x",
		".aiobsgen-dir.tmp/deep/0.new": "x",
		".aiobsgen-link.tmp":           "-> ../outside",
		fmt.Sprintf(".aiobsgen-%d-dead.tmp/0.new", ended.Process.Pid): "x",
		fmt.Sprintf(".aiobsgen-%d-old.tmp/0.new", mine):               "x",
		live + "0.new":        "x",
		".aiobsgen-mine":      "not ours: no .tmp",
		"x.aiobsgen-mine.tmp": "not ours either",
	}.lay(t, dir)
	anHourAgo := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(filepath.Join(dir, fmt.Sprintf(".aiobsgen-%d-old.tmp", mine)), anHourAgo, anHourAgo))

	clean(t, dir, files) // Compare says nothing of them
	if r := write(t, dir, files); r != (Report{Unchanged: 1}) {
		t.Errorf("report %+v", r)
	}
	tree{"a": "1", ".aiobsgen-mine": "not ours: no .tmp", "x.aiobsgen-mine.tmp": "not ours either", live: "", live + "0.new": "x"}.check(t, dir)
	if got := snapshot(t, above)["outside/victim"]; got != "safe" {
		t.Error("the sweep followed a link")
	}
}

// Builds of the same set at once do not get in each other's way. One of them
// sweeps while others are at work.
func TestConcurrentWrites(t *testing.T) {
	last, now := tree{}, tree{}
	for i := range 5 {
		last[fmt.Sprintf("changed/%d", i)], now[fmt.Sprintf("changed/%d", i)] = "1", "2"
		now[fmt.Sprintf("new/%d/x", i)] = "1"
	}
	for i := range 300 {
		last[fmt.Sprintf("stale/%d/x", i)] = "1"
	}
	for round := range 6 {
		dir := filepath.Join(t.TempDir(), "out") // every third time a first build
		if round%3 > 0 {
			write(t, dir, last)
		}
		var all sync.WaitGroup
		for range 4 {
			s := set(t, now)
			all.Go(func() {
				if _, err := Write(dir, s, Options{}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		clean(t, dir, now)
		for p := range snapshot(t, dir) {
			if isTemp(strings.Split(p, "/")[0]) || strings.HasPrefix(p, "stale") {
				t.Errorf("left behind: %s", p)
			}
		}
	}
}
