package artifact

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
)

// File is one output file.
type File struct {
	// Path below the output folder, with forward slashes.
	Path string
	// Origins are the places in the spec that caused it, for the manifest.
	Origins []string
	Data    []byte
}

// Set collects files; each path is written once. The zero value is empty.
type Set struct {
	files map[string]File
	names names
}

// Add puts a file in the set. A path that leaves the folder, that stands
// already, that differs from another only by case, or that needs a folder
// where another needs a file, is an error of the compiler, not of the user.
func (s *Set) Add(f File) error {
	if err := checkPath(f.Path); err != nil {
		return err
	}
	if s.files == nil {
		s.files, s.names = map[string]File{}, names{}
	}
	if err := s.names.add(f.Path); err != nil {
		return err
	}
	s.files[f.Path] = f
	return nil
}

// Files returns the set ordered by path.
func (s *Set) Files() []File {
	out := make([]File, 0, len(s.files))
	for _, f := range s.files {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// checkPath accepts clean relative paths only, and none that we keep for
// ourselves. It is the one gate for paths from generators and from manifests.
func checkPath(p string) error {
	if !fs.ValidPath(p) || p == "." || strings.ContainsAny(p, `\:`) || strings.ContainsFunc(p, unicode.IsControl) {
		return fmt.Errorf("path %q is not a clean path inside the output folder", p)
	}
	for part := range strings.SplitSeq(fold(p), "/") {
		if part == ManifestName || isTemp(part) {
			return fmt.Errorf("path %q uses a name that aiobsgen keeps for itself", p)
		}
	}
	return nil
}

// names remembers every file and folder of a tree, by its name without case:
// on macOS and Windows "Rules" and "rules" are one folder, so a tree that has
// both is refused everywhere. A folder's spelling ends in a slash.
type names map[string]string

// add notes a file and the folders it needs, or says what it collides with.
func (n names) add(p string) error {
	for at, spelled := p, p; at != "."; at, spelled = path.Dir(at), path.Dir(at)+"/" {
		was, ok := n[fold(at)]
		bare, isFolder := strings.CutSuffix(was, "/")
		switch {
		case !ok:
			n[fold(at)] = spelled
		case was == p:
			return fmt.Errorf("two artefacts named %s", p)
		case bare != at:
			return fmt.Errorf("%s and %s differ only by case, which some file systems do not tell apart", bare, at)
		case isFolder != (at != p):
			return fmt.Errorf("%s is needed both as a file and as a folder", at)
		}
	}
	return nil
}

// fold maps names that differ only by case to one; upper before lower case
// catches letters with two lower-case forms, such as the long s.
func fold(p string) string { return strings.ToLower(strings.ToUpper(p)) }
