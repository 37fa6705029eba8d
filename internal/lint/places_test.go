package lint

import (
	"strings"
	"testing"
)

// texts are all scalars and keys of a tree, each once.
func texts(n *node, seen map[*node]bool) []Text {
	if n == nil || seen[n] {
		return nil
	}
	seen[n] = true
	out := []Text{n.text}
	if n.isMap || n.isList {
		out = nil
	}
	for _, f := range n.fields {
		out = append(append(out, f.key), texts(f.value, seen)...)
	}
	for _, item := range n.items {
		out = append(out, texts(item, seen)...)
	}
	return out
}

// fellBack: no byte of a text was followed.
func fellBack(t Text) bool {
	return t.Value != "" && t.at[0] == t.at[len(t.at)-1]
}

// misplaced says what is wrong with the places of a text: one lies outside of the
// file or before the one before it, or another byte stands there that is neither
// an escape nor a fold.
func misplaced(file string, t Text) string {
	if len(t.at) != len(t.Value)+1 {
		return "not every byte has a place"
	}
	for i, at := range t.at {
		switch {
		case at < 0 || at > len(file):
			return "a place outside of the file"
		case i > 0 && at < t.at[i-1]:
			return "places go back"
		case fellBack(t) || i == len(t.Value):
		case at == len(file):
			return "a byte after the end of the file"
		case file[at] != t.Value[i] && !written(file, at, t.Value[i]):
			return "another byte at " + t.Value[i:]
		}
	}
	return ""
}

// written reports whether a byte may come from an escape, from a fold, or from
// bytes that are no UTF-8.
func written(file string, at int, b byte) bool {
	return b == ' ' && file[at] == '\n' || strings.Contains(file[max(0, at-12):at+1], `\`) || file[at] >= 0x80
}

// wantText compares a text, and the place of a word in it.
func wantText(t *testing.T, file string, got Text, value, word, place string) {
	t.Helper()
	if got.Value != value {
		t.Fatalf("read %q, want %q", got.Value, value)
	}
	if why := misplaced(file, got); why != "" {
		t.Errorf("%q: %s: %v", got.Value, why, got.at)
	}
	i := strings.Index(value, word)
	if i < 0 {
		t.Fatalf("%q is not in %q", word, value)
	}
	src := newSource(File{Name: "f", Data: []byte(file)})
	if pos := src.in(got, i, i+len(word)); pos.String() != "f:"+place {
		t.Errorf("%q is at %s, want f:%s", word, pos, place)
	}
}

func TestPos(t *testing.T) {
	src := newSource(File{Name: "f", Data: []byte("ab\r\n\ncde")})
	for _, tt := range []struct {
		start, end int
		want       string
		length     int
	}{
		{0, 2, "f:1:1", 2},
		{1, 8, "f:1:2", 2}, // what is in the first line
		{4, 4, "f:2:1", 1},
		{5, 8, "f:3:1", 3},
		{8, 9, "f:3:4", 1}, // the end of the file
		{99, 120, "f:3:4", 1},
		{-5, 1, "f:1:1", 1},
		{6, 2, "f:3:2", 1},
	} {
		if got := src.pos(tt.start, tt.end); got.String() != tt.want || got.Len != tt.length {
			t.Errorf("[%d, %d) is %s with %d bytes, want %s with %d", tt.start, tt.end, got, got.Len, tt.want, tt.length)
		}
	}
	if got := newSource(File{Name: "f"}).pos(0, 1); got.String() != "f:1:1" || got.Len != 1 {
		t.Errorf("of an empty file: %s", got)
	}
}

func TestText(t *testing.T) {
	plain := plainText("abcdef", 10)
	var b builder
	b.keep(plain, 0, 2)
	b.replace(plain, 2, 4, "xyz")
	b.keep(plain, 4, 6)
	got := b.text(plain.offset(6))
	if got.Value != "abxyzef" {
		t.Errorf("built %q", got.Value)
	}
	// What is said of the whole replacement underlines the whole.
	for i, want := range []int{10, 11, 12, 12, 13, 14, 15, 16} {
		if got.offset(i) != want {
			t.Errorf("byte %d is at %d, want %d", i, got.offset(i), want)
		}
	}
	if got.offset(-1) != 10 || got.offset(99) != 16 || (Text{}).offset(3) != 0 {
		t.Error("an offset outside of the text")
	}
	if part := got.part(2, 5); part.Value != "xyz" || part.offset(0) != 12 || part.offset(3) != 14 {
		t.Errorf("part is %+v", part)
	}
	if n := nowhere("abc", 7); n.offset(0) != 7 || n.offset(3) != 7 {
		t.Errorf("nowhere is %+v", n)
	}
}
