//go:build linux || darwin

package artifact

import (
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that is full is played by a limit on the size of files, which stops
// root as well. The limit is the whole process's, and go test writes a log of
// its own beside us: it is far above what that log may reach.
func TestDiskFull(t *testing.T) {
	dir := built(t, tree{"a": "1", "stale": "2"})
	before := snapshot(t, dir)
	now := set(t, tree{"a": "1!", "b/c": "3", "z": strings.Repeat("x", 33<<20)})

	var limit syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 32 << 20, Max: limit.Max}))
	_, err := Write(dir, now, Options{})
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))

	wantErr(t, err, "nothing was written: z: cannot be staged: file too large")
	if got := snapshot(t, dir); !maps.Equal(got, before) {
		t.Errorf("on disk:\n%q\nbefore:\n%q", got, before)
	}
	_, err = Write(dir, now, Options{})
	must(t, err)
}

// A pipe is not read from: that would wait for ever.
func TestPipe(t *testing.T) {
	for _, at := range []string{"a", "b", ManifestName} {
		dir := built(t, tree{"a": "1", "b/c": "2"})
		must(t, os.RemoveAll(filepath.Join(dir, at)))
		must(t, syscall.Mkfifo(filepath.Join(dir, at), 0o644))
		before := snapshot(t, dir)
		for _, now := range []tree{{"a": "2", "b/c": "3"}, nil} {
			_, err := Compare(dir, set(t, now))
			wantErr(t, err, at+": is neither a file nor a folder: move it away")
			_, err = Write(dir, set(t, now), Options{Force: true})
			wantErr(t, err, at+": is neither a file nor a folder: move it away")
		}
		if got := snapshot(t, dir); !maps.Equal(got, before) {
			t.Errorf("changed: %q", got)
		}
	}
}

func TestModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o002))
	dir := filepath.Join(t.TempDir(), "out")
	write(t, dir, tree{"a": "1", "b/c/d": "2"})
	write(t, dir, tree{"a": "1!", "b/c/d": "2"})
	for p, want := range map[string]fs.FileMode{"": 0o755, "a": 0o644, "b": 0o755, "b/c": 0o755, "b/c/d": 0o644, ManifestName: 0o644} {
		info, err := os.Stat(filepath.Join(dir, p))
		must(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%q has mode %o, want %o", p, info.Mode().Perm(), want)
		}
	}
}
