package artifact

import (
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // sha256 of "abc"

func TestManifestBytes(t *testing.T) {
	want := `{
  "files": {
    "a/b.yaml": {
      "sha256": "` + abc + `",
      "from": [
        "base.cue:9:1 <x> & y",
        "spec.cue:1:2"
      ]
    },
    "z.yaml": {
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "from": []
    }
  }
}
`
	abcFile := func(origins ...string) File { return File{Path: "a/b.yaml", Data: []byte("abc"), Origins: origins} }
	for _, files := range [][]File{
		{abcFile("spec.cue:1:2", "base.cue:9:1 <x> & y"), {Path: "z.yaml"}},
		{{Path: "z.yaml"}, abcFile("base.cue:9:1 <x> & y", "spec.cue:1:2", "spec.cue:1:2")},
	} {
		var s Set
		for _, f := range files {
			must(t, s.Add(f))
		}
		given := s.files["a/b.yaml"].Origins[0]
		if got := string(s.Manifest().Encode()); got != want {
			t.Errorf("got:\n%s\nwant:\n%s", got, want)
		}
		if s.files["a/b.yaml"].Origins[0] != given {
			t.Error("the origins of the caller were sorted in place")
		}
		m, err := ReadManifest(s.Manifest().Encode())
		must(t, err)
		if !reflect.DeepEqual(m, s.Manifest()) {
			t.Errorf("read back: %v", m)
		}
	}
}

func TestReadManifestRefuses(t *testing.T) {
	entry := `{"sha256": "` + abc + `", "from": []}`
	for _, tt := range []struct{ name, data, want string }{
		{"empty file", ``, "is not a manifest"},
		{"conflict of a merge", "<<<<<<< HEAD\n{}", "is not a manifest"},
		{"cut off", `{"files": {`, "is not a manifest"},
		{"null", `null`, `has no "files"`},
		{"no files", `{}`, `has no "files"`},
		{"list", `[]`, "is not a manifest"},
		{"unknown field", `{"files": {}, "version": 1}`, `unknown field "version"`},
		{"unknown field of an entry", `{"files": {"a": {"sha256": "` + abc + `", "mode": 420}}}`, `unknown field "mode"`},
		{"two values", `{"files": {}} {"files": {}}`, "goes on after its end"},
		{"rubbish at the end", `{"files": {}} }`, "goes on after its end"},
		{"parent", `{"files": {"../a": ` + entry + `}}`, `path "../a" is not a clean path inside the output folder`},
		{"parent inside", `{"files": {"a/../../b": ` + entry + `}}`, "not a clean path"},
		{"parent inside, in disguise", `{"files": {"a/\u002e\u002e/\u002e\u002e/b": ` + entry + `}}`, "not a clean path"},
		{"absolute", `{"files": {"/etc/passwd": ` + entry + `}}`, "not a clean path"},
		{"drive", `{"files": {"c:/a": ` + entry + `}}`, "not a clean path"},
		{"backslash", `{"files": {"..\\a": ` + entry + `}}`, "not a clean path"},
		{"the folder itself", `{"files": {".": ` + entry + `}}`, "not a clean path"},
		{"no path", `{"files": {"": ` + entry + `}}`, "not a clean path"},
		{"unclean", `{"files": {"a//b": ` + entry + `}}`, "not a clean path"},
		{"itself", `{"files": {"` + ManifestName + `": ` + entry + `}}`, "keeps for itself"},
		{"file and folder", `{"files": {"a": ` + entry + `, "a/b": ` + entry + `}}`, "both as a file and as a folder"},
		{"null entry", `{"files": {"a": null}}`, "the sha256 of a is"},
		{"no hash", `{"files": {"a": {"from": []}}}`, "the sha256 of a is"},
		{"short hash", `{"files": {"a": {"sha256": "ba78"}}}`, "the sha256 of a is"},
		{"upper-case hash", `{"files": {"a": {"sha256": "` + strings.ToUpper(abc) + `"}}}`, "the sha256 of a is"},
		{"hash that is no hex", `{"files": {"a": {"sha256": "` + strings.Repeat("x", 64) + `"}}}`, "the sha256 of a is"},
		{"one origin", `{"files": {"a": {"sha256": "` + abc + `", "from": "spec.cue"}}}`, "is not a manifest"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ReadManifest([]byte(tt.data))
			wantErr(t, err, ManifestName+": ", tt.want, "restore it from version control, or delete it and build with --force")
			if m.Files != nil {
				t.Errorf("files came with the error: %v", m)
			}
		})
	}
}

// A manifest from a checkout with CRLF, or laid out by a formatter, says the
// same.
func TestReadManifestAnyLayout(t *testing.T) {
	want := set(t, tree{"a": "abc", "b/c": ""}).Manifest()
	for _, layout := range []string{"\r\n", "", "\n\t"} {
		data := bytes.ReplaceAll(want.Encode(), []byte("\n"), []byte(layout))
		got, err := ReadManifest(data)
		must(t, err)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("with %q for line breaks: %v", layout, got)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add([]byte(`{"files": {"a/b": {"sha256": "` + abc + `", "from": ["x:1:1"]}}}`))
	f.Add([]byte(`{"files": {"../a": {"sha256": "` + abc + `"}}}`))
	f.Add([]byte(`{"files": {"/": {"sha256": "` + abc + `"}}}`))
	f.Add([]byte(`{"files": {"A": null, "a/b": null}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ReadManifest(data)
		if err != nil {
			return
		}
		var s Set
		for p := range m.Files {
			if !filepath.IsLocal(filepath.FromSlash(p)) {
				t.Fatalf("%q leaves the folder", p)
			}
			if err := s.Add(File{Path: p}); err != nil {
				t.Fatalf("no set has these paths: %v", err)
			}
		}
		again, err := ReadManifest(m.Encode())
		must(t, err)
		if !bytes.Equal(again.Encode(), m.Encode()) {
			t.Fatalf("%q does not stay as it is", m.Encode())
		}
	})
}
