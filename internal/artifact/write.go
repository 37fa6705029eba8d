package artifact

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Options change how [Write] behaves.
type Options struct {
	// Force overwrites or removes files that were edited, and overwrites files
	// that are foreign.
	Force bool
}

// Report counts what [Write] did. The manifest is not counted.
type Report struct {
	Written, Unchanged, Removed int
}

// ConflictError lists the files that [Write] would have had to overwrite or
// remove although a person wrote them. Nothing was written.
type ConflictError struct {
	Edited, Foreign []string // as in [Diff]
}

func (e *ConflictError) Error() string {
	var b strings.Builder
	b.WriteString("nothing was written, because work done by hand would be lost:")
	for _, p := range e.Edited {
		b.WriteString("\n  " + p + ": edited by hand since the last build: move the change into the spec, or build with --force")
	}
	for _, p := range e.Foreign {
		b.WriteString("\n  " + p + ": an output file goes here, but aiobsgen did not write what is there: move it away, or build with --force")
	}
	return b.String()
}

// Write makes the folder hold the set: it writes what is missing or changed,
// removes what is stale, and leaves the user's files alone. Either all of it
// happens or none. An empty set removes everything of ours, the manifest too,
// but never the folder itself.
//
// Everything is looked at and staged before the first file is replaced, and if
// a step fails after all, the earlier ones are undone. Each file is replaced
// by a rename, so a reader sees it old or new and never half. A run that is
// killed while it renames leaves some files old and some new; the same build
// again puts that right. Files get mode 0644 and folders 0755, less the umask.
func Write(dir string, set *Set, opts Options) (Report, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return Report{}, fmt.Errorf("output folder %q: cannot be made: %w", dir, reason(err))
		}
		defer os.Remove(dir) // stays as soon as anything is in it
	}
	root, err := open(dir)
	if err != nil {
		return Report{}, err
	}
	defer root.Close()
	diff, changes, err := survey(root, set)
	if err != nil {
		return Report{}, err
	}
	if !opts.Force && len(diff.Edited)+len(diff.Foreign) > 0 {
		return Report{}, &ConflictError{Edited: diff.Edited, Foreign: diff.Foreign}
	}
	if err := sweep(root); err != nil {
		return Report{}, err
	}
	if len(changes) > 0 {
		if err := (&swap{root: root}).run(changes); err != nil {
			return Report{}, err
		}
	}
	report := Report{Unchanged: len(set.files)}
	for _, c := range changes {
		switch {
		case c.path == ManifestName:
		case c.remove:
			report.Removed++
		default:
			report.Written++
			report.Unchanged--
		}
	}
	return report, nil
}
