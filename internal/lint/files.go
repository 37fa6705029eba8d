package lint

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// endings of files that are looked at in a folder.
var endings = []string{".yaml", ".yml", ".json", ".csv"}

// mostBytes of a file. A dashboard has some hundred thousand.
const mostBytes = 32 << 20

// stdin names the standard input in findings.
const stdin = "<stdin>"

// ReadFiles reads files, and all that may be checked below folders; "-" is the
// standard input. In a folder, links and what begins with a dot are passed over.
func ReadFiles(paths []string) ([]File, error) {
	l := loader{seen: map[string]int{}}
	for _, p := range paths {
		if err := l.load(p); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
	}
	return l.files, nil
}

type loader struct {
	files []File
	seen  map[string]int // where in files
}

func (l *loader) load(p string) error {
	if _, again := l.seen[stdin]; p == "-" && again {
		return nil
	}
	if p == "-" {
		return l.add(stdin, os.Stdin, true)
	}
	info, err := os.Stat(p)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return l.open(p, true)
	}
	found := 0
	// The folder may be a link: the separator makes it what the link leads to.
	root := strings.TrimSuffix(p, string(filepath.Separator)) + string(filepath.Separator)
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
		case d.Type().IsRegular() && slices.Contains(endings, strings.ToLower(filepath.Ext(name))):
			found++
			return l.open(name, false)
		}
		return nil
	})
	if err == nil && found == 0 {
		err = fmt.Errorf("%s holds no file whose name ends in %s", p, strings.Join(endings, ", "))
	}
	return err
}

func (l *loader) open(name string, named bool) error {
	if i, ok := l.seen[filepath.Clean(name)]; ok {
		l.files[i].Named = l.files[i].Named || named
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return l.add(name, f, named)
}

func (l *loader) add(name string, from io.Reader, named bool) error {
	data, err := io.ReadAll(io.LimitReader(from, mostBytes+1))
	if err != nil {
		return err
	}
	if len(data) > mostBytes {
		return fmt.Errorf("%s has more than %d bytes, which no rule file or dashboard has", name, mostBytes)
	}
	l.seen[filepath.Clean(name)] = len(l.files)
	l.files = append(l.files, File{Name: filepath.ToSlash(name), Data: data, Named: named})
	return nil
}
