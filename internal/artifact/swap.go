package artifact

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// swap makes many changes as one. New files and copies of old ones are staged
// in a folder of its own below the root, on the same file system, so that what
// follows are renames; each step notes how to take it back.
type swap struct {
	root  *os.Root
	stage string
	undo  []func() error
}

func (w *swap) run(changes []change) error {
	w.stage = tempName()
	if err := w.root.Mkdir(w.stage, 0o755); err != nil {
		return fmt.Errorf("nothing was written: the output folder cannot be written to: %w", reason(err))
	}
	for i, c := range changes {
		if err := w.prepare(i, c); err != nil {
			w.root.RemoveAll(w.stage) // what cannot be removed now, the next write sweeps
			return fmt.Errorf("nothing was written: %s: cannot be staged: %w", c.path, reason(err))
		}
	}
	for i, c := range changes {
		if err := w.apply(i, c); err != nil {
			verb := "written"
			if c.remove {
				verb = "removed"
			}
			return errors.Join(fmt.Errorf("%s: cannot be %s: %w", c.path, verb, reason(err)), w.rollback())
		}
	}
	if err := w.root.RemoveAll(w.stage); err != nil {
		return fmt.Errorf("all was written, but %s cannot be removed: %w", w.stage, reason(err))
	}
	return nil
}

func (w *swap) fresh(i int) string  { return fmt.Sprintf("%s/%d.new", w.stage, i) }
func (w *swap) backup(i int) string { return fmt.Sprintf("%s/%d.old", w.stage, i) }

// prepare stages the new bytes and a copy of the old. A copy and no move: the
// old file stays in its place until the very rename that replaces it.
func (w *swap) prepare(i int, c change) (err error) {
	if c.exists {
		err = w.root.WriteFile(w.backup(i), c.old, 0o644)
	}
	if err == nil && !c.remove {
		err = w.root.WriteFile(w.fresh(i), c.data, 0o644)
	}
	return err
}

func (w *swap) apply(i int, c change) error {
	restore := func() error {
		return errors.Join(w.mkdir(path.Dir(c.path)), w.root.Rename(w.backup(i), c.path))
	}
	if c.remove {
		if err := w.root.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		w.undo = append(w.undo, restore)
		dir := path.Dir(c.path)
		for dir != "." && w.root.Remove(dir) == nil { // fails at the first that is not empty
			dir = path.Dir(dir)
		}
		return nil
	}
	if err := w.mkdir(path.Dir(c.path)); err != nil {
		return err
	}
	if err := w.root.Rename(w.fresh(i), c.path); err != nil {
		return err
	}
	if !c.exists {
		restore = func() error { return w.root.Remove(c.path) }
	}
	w.undo = append(w.undo, restore)
	return nil
}

// mkdir makes a folder and those above it.
func (w *swap) mkdir(dir string) error {
	if dir == "." {
		return nil
	}
	if err := w.mkdir(path.Dir(dir)); err != nil {
		return err
	}
	err := w.root.Mkdir(dir, 0o755)
	if err == nil {
		w.undo = append(w.undo, func() error { return w.root.Remove(dir) })
	} else if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// rollback takes back every step, last one first, and says what came of it.
func (w *swap) rollback() error {
	steps := w.undo // restoring makes folders, which adds steps: not for now
	var failed []error
	for i := len(steps) - 1; i >= 0; i-- {
		failed = append(failed, steps[i]())
	}
	if err := errors.Join(failed...); err != nil {
		// The stage holds the only copies now: leave it to the user.
		return fmt.Errorf("not every file could be put back; %s keeps copies until the next build: %w", w.stage, err)
	}
	w.root.RemoveAll(w.stage) // what cannot be removed now, the next write sweeps
	return errors.New("nothing was changed: every file is as it was before")
}

const tempPrefix, tempSuffix = ".aiobsgen-", ".tmp"

// tempName names a stage after its process, so that another run can tell one
// at work from one that was killed.
func tempName() string {
	return fmt.Sprintf("%s%d-%016x%s", tempPrefix, os.Getpid(), rand.Uint64(), tempSuffix)
}

func isTemp(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix)
}

// sweep removes the stages that killed runs left behind.
func sweep(root *os.Root) error {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("the output folder cannot be read: %w", reason(err))
	}
	for _, e := range entries {
		if !isTemp(e.Name()) || atWork(e) {
			continue
		}
		if err := root.RemoveAll(e.Name()); err != nil {
			return fmt.Errorf("%s: left by a build that was stopped, cannot be removed: %w", e.Name(), reason(err))
		}
	}
	return nil
}

// atWork reports whether a stage belongs to a run that still goes on. Process
// ids are used again, in containers all the time, hence the limit on its age.
func atWork(e fs.DirEntry) bool {
	pid, _, _ := strings.Cut(strings.TrimPrefix(e.Name(), tempPrefix), "-")
	id, err := strconv.Atoi(pid)
	if err != nil || id <= 0 {
		return false
	}
	if info, err := e.Info(); err != nil || time.Since(info.ModTime()) > 10*time.Minute {
		return false
	}
	p, err := os.FindProcess(id)
	if err != nil {
		return false
	}
	defer p.Release()
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
