package artifact

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// asNobody gives up root's power over files, on the thread of this test only
// and until it ends, as root may write to every folder. Others keep their own.
func asNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	runtime.LockOSThread()
	syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)
	t.Cleanup(func() {
		syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
		runtime.UnlockOSThread()
	})
}

func TestUnwritableFolders(t *testing.T) {
	for name, tt := range map[string]struct {
		locked string
		now    tree
		want   string
	}{
		"the output folder":          {".", tree{"a": "1!", "sub/b": "2"}, "nothing was written: the output folder cannot be written to: permission denied"},
		"the folder of a file":       {"sub", tree{"a": "1!", "new/x": "1", "sub/b": "2!"}, "sub/b: cannot be written: permission denied\nnothing was changed"},
		"the folder of a new folder": {"sub", tree{"a": "1!", "sub/b": "2", "sub/new/c": "3"}, "sub/new/c: cannot be written: permission denied\nnothing was changed"},
		"the folder of a stale file": {"sub", tree{"a": "1!"}, "sub/b: cannot be removed: permission denied\nnothing was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			above := t.TempDir()
			must(t, os.Chmod(filepath.Dir(above), 0o755))
			must(t, os.Chmod(above, 0o777))
			asNobody(t)
			dir := filepath.Join(above, "out")
			write(t, dir, tree{"a": "1", "sub/b": "2"})
			before := snapshot(t, dir)
			must(t, os.Chmod(filepath.Join(dir, tt.locked), 0o555))
			defer os.Chmod(filepath.Join(dir, tt.locked), 0o755)
			_, err := Write(dir, set(t, tt.now), Options{})
			wantErr(t, err, tt.want)
			if got := snapshot(t, dir); !maps.Equal(got, before) {
				t.Errorf("on disk:\n%q\nbefore:\n%q", got, before)
			}
		})
	}
}
