package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a diagnostic stops the build.
type Severity string

// Errors stop the build after the phase that found them; warnings do not. A note
// says what was decided, and asks for nothing.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "note"
)

// Pos is a place in a source file. Line and Col count from 1, Col in bytes;
// the zero Pos means that no single place is to blame.
type Pos struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	// Len is the number of bytes the caret underlines, at least 1.
	Len int `json:"len,omitempty"`
}

// IsValid reports whether p names a file.
func (p Pos) IsValid() bool { return p.File != "" }

// String formats p as file:line:col, or file alone when there is no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Note gives a second place or reason behind a diagnostic.
type Note struct {
	Pos  Pos    `json:"pos,omitzero"`
	Text string `json:"text"`
}

// Diagnostic is one finding.
type Diagnostic struct {
	// Code is stable, for example "AIO004"; each has a page in docs/checks.
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Pos      Pos      `json:"pos,omitzero"`
	Message  string   `json:"message"`
	Notes    []Note   `json:"notes,omitempty"`
	Hint     string   `json:"hint,omitempty"`
}

// List collects the findings of a phase. The zero List is ready to use.
type List struct {
	items []Diagnostic
	seen  map[string]bool
}

// Add records d. The same finding at the same place is kept once: the schema
// is applied per cluster, and a mistake in the fleet's part of the spec would
// otherwise be told once for each of them.
func (l *List) Add(d Diagnostic) {
	if d.Severity == "" {
		d.Severity = Error
	}
	key := d.Code + "\x00" + d.Pos.String() + "\x00" + d.Message
	if l.seen[key] {
		return
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[key] = true
	l.items = append(l.items, d)
}

// Errorf records an error without notes.
func (l *List) Errorf(code string, pos Pos, format string, args ...any) {
	l.Add(Diagnostic{Code: code, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// WithoutNotes is the list with errors and warnings alone.
func (l *List) WithoutNotes() *List {
	out := &List{}
	for _, d := range l.items {
		if d.Severity != Info {
			out.Add(d)
		}
	}
	return out
}

// HasErrors reports whether a finding stops the build.
func (l *List) HasErrors() bool {
	return slices.ContainsFunc(l.items, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the findings ordered by file, line, column, code and text.
func (l *List) Sorted() []Diagnostic {
	out := slices.Clone(l.items)
	slices.SortFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
			strings.Compare(a.Code, b.Code),
			strings.Compare(a.Message, b.Message),
		)
	})
	return out
}
