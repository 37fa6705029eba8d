package diag

import (
	"slices"
	"strings"
	"testing"
)

func TestPosString(t *testing.T) {
	for _, tt := range []struct {
		pos   Pos
		want  string
		valid bool
	}{
		{Pos{}, "", false},
		{Pos{File: "a.cue"}, "a.cue", true},
		{Pos{File: "a.cue", Line: 3, Col: 7, Len: 2}, "a.cue:3:7", true},
	} {
		if got := tt.pos.String(); got != tt.want || tt.pos.IsValid() != tt.valid {
			t.Errorf("%+v is %q, valid %t", tt.pos, got, tt.pos.IsValid())
		}
	}
}

// The schema is applied for each cluster: what is told twice is kept once,
// and what differs in place, code or text is kept.
func TestListKeepsOnce(t *testing.T) {
	at := Pos{File: "a.cue", Line: 1, Col: 1}
	var l List
	l.Add(Diagnostic{Code: "AIO001", Pos: at, Message: "m"})
	for _, same := range []Diagnostic{
		{Code: "AIO001", Pos: at, Message: "m"},
		{Code: "AIO001", Pos: at, Message: "m", Hint: "h", Notes: []Note{{Text: "n"}}},
	} {
		l.Add(same)
	}
	if got := l.Sorted(); len(got) != 1 || got[0].Hint != "" {
		t.Errorf("kept %+v, want the first alone", got)
	}
	l.Add(Diagnostic{Code: "AIO002", Pos: at, Message: "m"})
	l.Add(Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 1, Col: 2}, Message: "m"})
	l.Errorf("AIO001", at, "%s %d", "m", 2)
	if got := l.Sorted(); len(got) != 4 {
		t.Errorf("kept %+v, want 4", got)
	}
}

// The same input prints the same text, in whatever order it was found.
func TestListSorts(t *testing.T) {
	want := []Diagnostic{
		{Code: "AIO009", Message: "nowhere"},
		{Code: "AIO001", Pos: Pos{File: "a.cue"}, Message: "the whole file"},
		{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 2, Col: 1}, Message: "m"},
		{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 2, Col: 9}, Message: "m"},
		{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 10, Col: 2}, Message: "m"},
		{Code: "AIO002", Pos: Pos{File: "a.cue", Line: 10, Col: 2}, Message: "a"},
		{Code: "AIO002", Pos: Pos{File: "a.cue", Line: 10, Col: 2}, Message: "b"},
		{Code: "AIO000", Pos: Pos{File: "b.cue", Line: 1, Col: 1}, Message: "m"},
	}
	// Forwards, backwards, and from the middle.
	for shift := range want {
		for _, backwards := range []bool{false, true} {
			in := append(slices.Clone(want[shift:]), want[:shift]...)
			if backwards {
				slices.Reverse(in)
			}
			var l List
			for _, d := range in {
				l.Add(d)
			}
			for i, got := range l.Sorted() {
				if got.Code != want[i].Code || got.Pos != want[i].Pos || got.Message != want[i].Message {
					t.Fatalf("shift %d, backwards %t: item %d is %+v, want %+v", shift, backwards, i, got, want[i])
				}
			}
		}
	}
}

func TestHasErrors(t *testing.T) {
	var l List
	if l.HasErrors() {
		t.Error("nothing is an error")
	}
	l.Add(Diagnostic{Code: "AIO023", Severity: Warning, Message: "w"})
	if l.HasErrors() {
		t.Error("a warning stops the build")
	}
	// What says no severity is an error.
	l.Add(Diagnostic{Code: "AIO001", Message: "e"})
	if !l.HasErrors() || l.Sorted()[0].Severity != Error {
		t.Error("an error does not stop the build")
	}
}

func TestNearest(t *testing.T) {
	fields := []string{"tolerations", "namespace", "timeout", "gpus"}
	for _, tt := range []struct {
		name       string
		candidates []string
		want       string
	}{
		{"namespace", fields, "namespace"},
		{"namspace", fields, "namespace"},   // one missing
		{"namesspace", fields, "namespace"}, // one too many
		{"nemespace", fields, "namespace"},  // one other
		{"namepsace", fields, "namespace"},  // two swapped: one slip
		{"tiemuot", fields, "timeout"},      // swapped twice, in seven letters
		{"gups", fields, "gpus"},
		{"tolerate", fields, ""},               // five slips in eight letters
		{"toleratings", fields, "tolerations"}, // three in eleven
		{"xxxxxxxxx", fields, ""},
		{"", fields, ""},
		{"a", nil, ""},
		{"gp", []string{"gpb", "gpa"}, "gpa"}, // of two as near, the first by name
		{"naïvé", []string{"naive"}, "naive"}, // two letters, of four bytes
	} {
		if got := Nearest(tt.name, tt.candidates); got != tt.want {
			t.Errorf("nearest to %q is %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	many := strings.Split("abcdefghijklm", "")
	for _, tt := range []struct {
		name       string
		candidates []string
		want       string
	}{
		{"protuction", []string{"staging", "production"}, `did you mean "production"?`},
		{"elsewhere", []string{"staging", "production"}, `want one of "production", "staging"`},
		{"elsewhere", []string{"production"}, `want one of "production"`},
		{"elsewhere", nil, ``},
		// Twelve are shown, in order; more would hide the message.
		{"elsewhere", many[:12], `want one of "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"`},
		{"elsewhere", many, `want one of "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", …`},
	} {
		before := slices.Clone(tt.candidates)
		if got := DidYouMean(tt.name, tt.candidates); got != tt.want {
			t.Errorf("%q of %v: %s, want %s", tt.name, tt.candidates, got, tt.want)
		}
		if !slices.Equal(before, tt.candidates) {
			t.Errorf("the candidates %v were sorted in place", before)
		}
	}
}
