package lint

import (
	"sort"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// File is one file to read.
type File struct {
	Name string // as findings name it
	Data []byte
	// Named: the user gave its name, rather than a folder it is in.
	Named bool
}

// source finds lines in a file.
type source struct {
	name  string
	text  string
	lines []int
}

func newSource(f File) *source {
	text := string(f.Data)
	return &source{name: f.Name, text: text, lines: lineStarts(text)}
}

// lineStarts are the offsets at which lines begin.
func lineStarts(text string) []int {
	out := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// pos is the place of bytes [start, end) of the file, or of those of them that are
// in the first line.
func (s *source) pos(start, end int) diag.Pos {
	start = max(0, min(start, len(s.text)))
	line := sort.SearchInts(s.lines, start+1) - 1
	last := len(s.text)
	if line+1 < len(s.lines) {
		last = s.lines[line+1] - 1
	}
	return diag.Pos{File: s.name, Line: line + 1, Col: start - s.lines[line] + 1, Len: max(min(end, last)-start, 1)}
}

// in is the place of bytes [start, end) of a text of the file.
func (s *source) in(t Text, start, end int) diag.Pos {
	return s.pos(t.offset(start), t.offset(max(start, end-1))+1)
}

// all is the place of a whole text.
func (s *source) all(t Text) diag.Pos { return s.in(t, 0, len(t.Value)) }
