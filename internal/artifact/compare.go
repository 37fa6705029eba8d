package artifact

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

// Diff says how an output folder differs from a set. Paths are relative to
// the folder, with forward slashes, and sorted.
type Diff struct {
	Missing []string // in the set, not on disk
	Changed []string // on disk as the last build wrote it, other bytes in the set
	Stale   []string // on disk as the last build wrote it, no longer in the set
	Edited  []string // written by the last build, changed by somebody since
	Foreign []string // in the set, on disk with other bytes, not written by a build
	// Manifest is true when the manifest itself is not what would be written,
	// for instance because only an origin changed.
	Manifest bool
}

// Clean reports whether a write would change nothing.
func (d Diff) Clean() bool {
	return len(d.Missing)+len(d.Changed)+len(d.Stale)+len(d.Edited)+len(d.Foreign) == 0 && !d.Manifest
}

// Compare says how the folder differs from the set, and writes nothing. A
// folder that is not there lacks every file. A file on disk that has the bytes
// of the set is fine, whatever the manifest says. It is an error if the
// manifest cannot be trusted, or if something stands in the way that no write
// may replace: a symbolic link, or a user's folder where a file goes.
func Compare(dir string, set *Set) (Diff, error) {
	root, err := open(dir)
	if err != nil && (dir == "" || !errors.Is(err, fs.ErrNotExist)) {
		return Diff{}, err
	}
	if root != nil {
		defer root.Close()
	}
	diff, _, err := survey(root, set)
	return diff, err
}

// change is one file that a write replaces or removes.
type change struct {
	path   string
	remove bool   // or else write:
	data   []byte // the new bytes
	exists bool   // on disk, with:
	old    []byte // the bytes to put back if the write fails
}

// survey looks at the folder and returns the difference, and the changes that
// settle it in the order they must be made. A nil root is no folder yet.
func survey(root *os.Root, set *Set) (Diff, []change, error) {
	var diff Diff
	known, manifest, err := lastBuild(root, set)
	if err != nil {
		return Diff{}, nil, err
	}
	all := maps.Clone(known)
	for p := range set.files {
		all[p] = Entry{}
	}
	var changes []change
	var obstacles []string
	for _, p := range slices.Sorted(maps.Keys(all)) {
		f, wanted := set.files[p]
		entry, ours := known[p]
		old, exists, obstacle, err := read(root, p)
		var list *[]string
		switch {
		case err != nil:
			return Diff{}, nil, err
		case !wanted && !exists, wanted && exists && bytes.Equal(old, f.Data):
			continue
		case !exists:
			list = &diff.Missing
		case !ours:
			list = &diff.Foreign
		case hash(old) != entry.SHA256:
			list = &diff.Edited
		case wanted:
			list = &diff.Changed
		default:
			list = &diff.Stale
		}
		*list = append(*list, p)
		changes = append(changes, change{path: p, remove: !wanted, data: f.Data, exists: exists, old: old})
		if obstacle != "" {
			obstacles = append(obstacles, obstacle)
		}
	}
	if changes, err = order(changes, obstacles); err != nil {
		return Diff{}, nil, err
	}
	if !bytes.Equal(manifest.old, manifest.data) {
		diff.Manifest = true
		changes = append(changes, manifest) // last: until then the old one is true enough
	}
	return diff, changes, nil
}

// lastBuild returns what the manifest on disk lists, and the change that
// brings the manifest up to date.
func lastBuild(root *os.Root, set *Set) (map[string]Entry, change, error) {
	c := change{path: ManifestName, remove: len(set.files) == 0} // nothing of ours: no manifest either
	if !c.remove {
		c.data = set.Manifest().Encode()
	}
	old, exists, obstacle, err := read(root, ManifestName)
	if err == nil && obstacle != "" {
		err = fmt.Errorf("%s: is a folder, but the manifest goes here: move it away", obstacle)
	}
	if err != nil || !exists {
		return map[string]Entry{}, c, err
	}
	c.exists, c.old = true, old
	m, err := ReadManifest(old)
	if err != nil {
		return nil, c, err
	}
	// A file that only changed case is the same file where case does not
	// count: it must be overwritten there, and not be removed as stale.
	for p, entry := range maps.Clone(m.Files) {
		now := set.names[fold(p)]
		if _, isFile := set.files[now]; isFile && now != p && sameFile(root, p, now) {
			delete(m.Files, p)
			m.Files[now] = entry
		}
	}
	return m.Files, c, nil
}

func sameFile(root *os.Root, a, b string) bool {
	one, err1 := root.Lstat(a)
	two, err2 := root.Lstat(b)
	return err1 == nil && err2 == nil && os.SameFile(one, two)
}

// order puts removals last, so that nothing refers to a file that is gone;
// only those of files that stand in the way of new ones come first. An
// obstacle that is none of our files is an error.
func order(changes []change, obstacles []string) ([]change, error) {
	rank := map[string]int{}
	for _, o := range obstacles {
		ours := false
		for _, c := range changes {
			if c.remove && (c.path == o || strings.HasPrefix(c.path, o+"/")) {
				rank[c.path], ours = -1, true
			}
		}
		if !ours {
			return nil, fmt.Errorf("%s: stands where an output file or its folder goes, and aiobsgen did not write it: move it away", o)
		}
	}
	for _, c := range changes {
		if c.remove && rank[c.path] == 0 {
			rank[c.path] = 1
		}
	}
	slices.SortStableFunc(changes, func(a, b change) int { return rank[a.path] - rank[b.path] })
	return changes, nil
}

// read returns the bytes of a file and whether it exists. If it does not, the
// obstacle is what stands in its place: a folder, or a file where one of its
// folders goes. It walks down name by name, since only so no link is followed,
// not even one that stays inside the folder.
func read(root *os.Root, p string) (data []byte, exists bool, obstacle string, err error) {
	if root == nil {
		return nil, false, "", nil
	}
	parts := strings.Split(p, "/")
	for i := range parts {
		at := path.Join(parts[:i+1]...)
		info, err := root.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, false, "", nil
		case err != nil:
			return nil, false, "", fmt.Errorf("%s: cannot be looked at: %w", at, reason(err))
		case info.Mode()&fs.ModeSymlink != 0:
			return nil, false, "", fmt.Errorf("%s: is a symbolic link, and aiobsgen never writes through one: remove it, or replace it by a plain file or folder", at)
		case !info.IsDir() && !info.Mode().IsRegular():
			return nil, false, "", fmt.Errorf("%s: is neither a file nor a folder: move it away", at)
		case info.IsDir() == (at == p):
			return nil, false, at, nil
		}
	}
	data, err = root.ReadFile(p)
	switch {
	case errors.Is(err, fs.ErrNotExist): // another run was faster
		return nil, false, "", nil
	case err != nil:
		return nil, false, "", fmt.Errorf("%s: cannot be read: %w", p, reason(err))
	}
	return data, true, "", nil
}

// open opens the output folder, which may itself be a link that the user
// gave. Everything below goes through the root, which no path can leave.
func open(dir string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("output folder %q: cannot be opened: %w", dir, reason(err))
	}
	return root, nil
}

// reason strips the system call and path that package os puts before an
// error: ours name the path themselves, relative to the output folder.
func reason(err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}
