package load

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue/format"
)

// Every CUE file of the repository is formatted as cue fmt formats it, so
// that a change shows what it changes.
func TestCUEIsFormatted(t *testing.T) {
	seen := 0
	for _, root := range []string{"../../schema", "../../profiles", "../../examples", "../../golden"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".cue") {
				return err
			}
			seen++
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			formatted, err := format.Source(data)
			if err != nil {
				return err
			}
			if !bytes.Equal(data, formatted) {
				t.Errorf("%s is not formatted: run cue fmt", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 40 {
		t.Fatalf("found %d CUE files", seen)
	}
}
