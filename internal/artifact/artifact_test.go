package artifact

import (
	"slices"
	"testing"
)

func TestAdd(t *testing.T) {
	for _, tt := range []struct {
		name  string
		paths []string // all but the last are fine
		want  string   // error of the last; "" if it is fine too
	}{
		{"plain", []string{"a.yaml", "rules/b.yaml", "rules/deep/c.yaml", "rules-2"}, ""},
		{"hidden file", []string{".gitattributes"}, ""},
		{"empty", []string{""}, "not a clean path"},
		{"the folder itself", []string{"."}, "not a clean path"},
		{"absolute", []string{"/etc/passwd"}, "not a clean path"},
		{"parent", []string{"../a"}, "not a clean path"},
		{"parent inside", []string{"a/../../b"}, "not a clean path"},
		{"unclean", []string{"a//b"}, "not a clean path"},
		{"dot", []string{"./a"}, "not a clean path"},
		{"trailing slash", []string{"a/"}, "not a clean path"},
		{"backslash", []string{`a\..\b`}, "not a clean path"},
		{"drive", []string{"c:a"}, "not a clean path"},
		{"zero byte", []string{"a\x00b"}, "not a clean path"},
		{"line break", []string{"a\nb"}, "not a clean path"},
		{"not UTF-8", []string{"a\xff"}, "not a clean path"},
		{"manifest", []string{ManifestName}, "keeps for itself"},
		{"manifest in other case", []string{"AIOBSGEN.manifest.json"}, "keeps for itself"},
		{"manifest as a folder", []string{ManifestName + "/a"}, "keeps for itself"},
		{"temporary", []string{".aiobsgen-1.tmp"}, "keeps for itself"},
		{"in a temporary", []string{".aiobsgen-1.tmp/a"}, "keeps for itself"},
		{"twice", []string{"a/b", "a/b"}, "two artefacts named a/b"},
		{"case", []string{"a/b.yaml", "a/B.yaml"}, "a/b.yaml and a/B.yaml differ only by case"},
		{"case of a folder", []string{"Rules/a", "rules/b"}, "Rules and rules differ only by case"},
		{"case of a folder above", []string{"X/y/a", "x/y/b"}, "differ only by case"},
		{"case of other letters", []string{"straße/Ö", "straße/ö"}, "differ only by case"},
		{"case of the long s", []string{"s", "ſ"}, "differ only by case"},
		{"file under a file", []string{"a", "a/b"}, "a is needed both as a file and as a folder"},
		{"file under a file, deep", []string{"a/b", "a/b/c/d"}, "a/b is needed both as a file and as a folder"},
		{"file on a folder", []string{"a/b/c", "a/b"}, "a/b is needed both as a file and as a folder"},
		{"file on a folder in other case", []string{"a/b", "A"}, "differ only by case"},
		{"file under a file in other case", []string{"A", "a/b"}, "differ only by case"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s Set
			for _, p := range tt.paths[:len(tt.paths)-1] {
				must(t, s.Add(File{Path: p}))
			}
			before := s.Files()
			err := s.Add(File{Path: tt.paths[len(tt.paths)-1]})
			if tt.want == "" {
				must(t, err)
				return
			}
			wantErr(t, err, tt.want)
			if len(s.Files()) != len(before) {
				t.Errorf("the refused file is in the set: %v", s.Files())
			}
		})
	}
}

func TestFilesAreSorted(t *testing.T) {
	var got []string
	for _, f := range set(t, tree{"b": "", "a/c": "", "a.b": "", "c": ""}).Files() {
		got = append(got, f.Path)
	}
	if want := []string{"a.b", "a/c", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
