package lint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder writes files, moves there, and returns to where it was.
func folder(t *testing.T, files ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func names(files []File) []string {
	var out []string
	for _, f := range files {
		name := f.Name
		if f.Named {
			name += " (named)"
		}
		out = append(out, name)
	}
	return out
}

func TestReadFiles(t *testing.T) {
	folder(t, "d/a.yaml", "d/b.YML", "d/c.json", "d/e.csv", "d/f.txt", "d/.hidden.yaml", "d/.git/g.yaml", "d/sub/h.yaml", ".dot/i.yaml", "j.txt")
	for link, to := range map[string]string{"d/link.yaml": "a.yaml", "d/linked": "sub", "folder": "d/sub", "file.yaml": "d/a.yaml"} {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		paths string
		want  string
	}{
		{"d", "d/a.yaml, d/b.YML, d/c.json, d/e.csv, d/sub/h.yaml"},
		{"d/", "d/a.yaml, d/b.YML, d/c.json, d/e.csv, d/sub/h.yaml"},
		{"d/sub d", "d/sub/h.yaml, d/a.yaml, d/b.YML, d/c.json, d/e.csv"},
		{"d/a.yaml d/a.yaml", "d/a.yaml (named)"},
		{"d/sub d/sub/../sub/h.yaml", "d/sub/h.yaml (named)"},
		{".dot", ".dot/i.yaml"},
		{"j.txt", "j.txt (named)"},
		// A link that is named is followed.
		{"folder", "folder/h.yaml"},
		{"file.yaml", "file.yaml (named)"},
	} {
		files, err := ReadFiles(strings.Fields(tt.paths))
		if err != nil {
			t.Errorf("%s: %v", tt.paths, err)
		}
		if got := strings.Join(names(files), ", "); got != tt.want {
			t.Errorf("%s: read %s, want %s", tt.paths, got, tt.want)
		}
	}
	files, err := ReadFiles([]string{"."})
	if err != nil || !slices.Contains(names(files), "d/sub/h.yaml") || string(files[0].Data) != files[0].Name {
		t.Errorf("of the folder itself: %v, %v", names(files), err)
	}
}

func TestReadFilesErrors(t *testing.T) {
	folder(t, "empty/x.txt", "locked/a.yaml", "locked/sub/b.yaml", "good/a.yaml")
	big, err := os.Create("big.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := big.Truncate(mostBytes + 1); err != nil {
		t.Fatal(err)
	}
	big.Close()
	for _, tt := range []struct{ paths, want string }{
		{"good empty", "read: empty holds no file whose name ends in .yaml, .yml, .json, .csv"},
		{"nowhere", "nowhere: no such file or directory"},
		{"big.yaml", "big.yaml has more than 33554432 bytes"},
	} {
		if _, err := ReadFiles(strings.Fields(tt.paths)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.paths, err, tt.want)
		}
	}
	if os.Getuid() == 0 {
		t.Skip("nothing is locked for root")
	}
	// What may not be read was not checked: that is told, and nothing else.
	for _, name := range []string{"locked/sub", "locked/a.yaml"} {
		if err := os.Chmod(name, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFiles([]string{"locked"}); err == nil || !strings.Contains(err.Error(), name+": permission denied") {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadStdin(t *testing.T) {
	folder(t, "input")
	in, err := os.Open("input")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	was := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = was }()
	files, err := ReadFiles([]string{"-", "-"})
	if err != nil || strings.Join(names(files), ", ") != "<stdin> (named)" || string(files[0].Data) != "input" {
		t.Errorf("%v, %v", names(files), err)
	}
}
