package diag

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// write prints one list; sources are files by name.
func write(t *testing.T, format string, sources map[string]string, items ...Diagnostic) string {
	t.Helper()
	var l List
	for _, d := range items {
		l.Add(d)
	}
	var out bytes.Buffer
	if err := Write(&out, format, &l, func(file string) []byte { return []byte(sources[file]) }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWriteText(t *testing.T) {
	for _, tt := range []struct {
		name   string
		source string
		d      Diagnostic
		want   string
	}{
		{"everything", "teams: {}\nworkloads: 5\n",
			Diagnostic{Code: "AIO003", Pos: Pos{File: "a.cue", Line: 2, Col: 12, Len: 1}, Message: "found 5", Hint: "write a struct",
				Notes: []Note{{Pos: Pos{File: "b.cue", Line: 1, Col: 2}, Text: "this is the other value"}, {Text: "it is a map"}}},
			`a.cue:2:12: error AIO003: found 5
    | workloads: 5
    |            ^
    because b.cue:1:2: this is the other value
    because it is a map
    hint: write a struct
`},
		{"a warning without a place", "",
			Diagnostic{Code: "AIO023", Severity: Warning, Message: "unsure"},
			"warning AIO023: unsure\n"},
		{"a note is one line", "workloads: 5\n",
			Diagnostic{Code: "AIO033", Severity: Info, Pos: Pos{File: "a.cue", Line: 1, Col: 12}, Message: "m", Hint: "h"},
			"a.cue:1:12: note AIO033: m\n"},
		{"a file without a line", "text",
			Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue"}, Message: "m"},
			"a.cue: error AIO001: m\n"},
		// Tabs are kept, so that the caret stands under its column whatever the
		// terminal makes of a tab.
		{"tabs", "\t\tkind:\t\"x\"",
			Diagnostic{Code: "AIO004", Pos: Pos{File: "a.cue", Line: 1, Col: 9, Len: 3}, Message: "m"},
			"a.cue:1:9: error AIO004: m\n    | \t\tkind:\t\"x\"\n    | \t\t     \t^^^\n"},
		// Columns are bytes, what is seen are letters: é is two bytes.
		{"letters of two bytes before", `é: "x"`,
			Diagnostic{Code: "AIO004", Pos: Pos{File: "a.cue", Line: 1, Col: 5, Len: 3}, Message: "m"},
			"a.cue:1:5: error AIO004: m\n    | é: \"x\"\n    |    ^^^\n"},
		{"letters of two bytes within", `x: "éé" + 1`,
			Diagnostic{Code: "AIO004", Pos: Pos{File: "a.cue", Line: 1, Col: 4, Len: 6}, Message: "m"},
			"a.cue:1:4: error AIO004: m\n    | x: \"éé\" + 1\n    |    ^^^^\n"},
		{"longer than its line", "x: \"\"\"\n\ttext\n",
			Diagnostic{Code: "AIO004", Pos: Pos{File: "a.cue", Line: 1, Col: 4, Len: 40}, Message: "m"},
			"a.cue:1:4: error AIO004: m\n    | x: \"\"\"\n    |    ^^^\n"},
		{"beyond the end of its line", "x: [",
			Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 1, Col: 40, Len: 1}, Message: "m"},
			"a.cue:1:40: error AIO001: m\n    | x: [\n    |     ^\n"},
		{"lines of Windows", "a: 1\r\nb: 2\r\n",
			Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 2, Col: 4, Len: 1}, Message: "m"},
			"a.cue:2:4: error AIO001: m\n    | b: 2\n    |    ^\n"},
		{"beyond the end of its file", "x",
			Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 9, Col: 1}, Message: "m"},
			"a.cue:9:1: error AIO001: m\n"},
		{"nothing but a place", "x: 1",
			Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 1}, Message: "m"},
			"a.cue:1:0: error AIO001: m\n    | x: 1\n    | ^\n"},
	} {
		if got := write(t, "text", map[string]string{"a.cue": tt.source}, tt.d); got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
	// Without a way to the sources, the place has to do.
	var l List
	l.Add(Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 1, Col: 1}, Message: "m"})
	var out bytes.Buffer
	if err := Write(&out, "text", &l, nil); err != nil || out.String() != "a.cue:1:1: error AIO001: m\n" {
		t.Errorf("without sources: %q, %v", out.String(), err)
	}
}

// A spec may come from anywhere: what it holds, and how its files are called,
// must not move the cursor, clear the screen or set the title.
func TestTextKeepsControlCharactersOffTheTerminal(t *testing.T) {
	const hostile = "a\x1b[2J\x07b\x00c\x7fd\r\ne\u009bf\x9bg\u0085h"
	out := write(t, "text", map[string]string{hostile: "x: " + hostile, "a.cue": "x: " + strings.ReplaceAll(hostile, "\n", "")},
		Diagnostic{Code: "AIO001", Pos: Pos{File: hostile, Line: 1, Col: 1}, Message: hostile, Hint: hostile,
			Notes: []Note{{Pos: Pos{File: hostile, Line: 1, Col: 1}, Text: hostile}}},
		Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue", Line: 1, Col: 20}, Message: "m"})
	for i, r := range out {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			t.Errorf("%U at %d of %q", r, i, out)
		}
	}
	if strings.Contains(out, "\x9b") {
		t.Errorf("a byte that is no letter gets through: %q", out)
	}
	// A line of the diagnostic is a line of the output.
	if got := strings.Count(out, "\n"); got != 8 {
		t.Errorf("%d lines, want 8:\n%q", got, out)
	}
}

// Dashboards have whole panels in one line: what is shown is the part around the
// place, and the caret stands under it.
func TestTextShowsAWindowOfALongLine(t *testing.T) {
	for _, tt := range []struct{ before, after int }{{0, 1000}, {1000, 0}, {1000, 1000}, {150, 20}} {
		line := strings.Repeat("é", tt.before/2) + "HERE" + strings.Repeat("é", tt.after/2)
		var l List
		l.Errorf("AIO001", Pos{File: "f", Line: 1, Col: tt.before + 1, Len: 4}, "m")
		var b strings.Builder
		if err := Write(&b, "text", &l, func(string) []byte { return []byte(line) }); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(b.String(), "\n")
		shown, caret := []rune(lines[1]), []rune(lines[2])
		at := slices.Index(caret, '^')
		if len(lines[1]) > mostShown+30 || !utf8.ValidString(lines[1]) || at < 0 || string(shown[at:at+4]) != "HERE" || !strings.HasSuffix(lines[2], "^^^^") {
			t.Errorf("%d before and %d after:\n%s\n%s", tt.before, tt.after, lines[1], lines[2])
		}
	}
}

func TestWriteJSON(t *testing.T) {
	d := Diagnostic{Code: "AIO003", Severity: Warning, Pos: Pos{File: "a.cue", Line: 2, Col: 3, Len: 4}, Message: "want <5 & \x1b", Hint: "h",
		Notes: []Note{{Pos: Pos{File: "b.cue", Line: 1, Col: 1, Len: 1}, Text: "n"}}}
	out := write(t, "json", nil, d)
	var back struct{ Diagnostics []Diagnostic }
	if err := json.Unmarshal([]byte(out), &back); err != nil {
		t.Fatal(err)
	}
	if want := []Diagnostic{d}; !reflect.DeepEqual(back.Diagnostics, want) {
		t.Errorf("read back %+v, want %+v", back.Diagnostics, want)
	}
	if !strings.Contains(out, "<5 &") || strings.Contains(out, "\x1b") {
		t.Errorf("escaped for HTML, or not at all:\n%s", out)
	}
	for _, tt := range []struct {
		name  string
		items []Diagnostic
		want  string
	}{
		// A list that a script can always range over.
		{"nothing", nil, `{"diagnostics":[]}`},
		{"little", []Diagnostic{{Code: "AIO001", Message: "m"}}, `{"diagnostics":[{"code":"AIO001","severity":"error","message":"m"}]}`},
	} {
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(write(t, "json", nil, tt.items...))); err != nil {
			t.Fatal(err)
		}
		if compact.String() != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, compact.String(), tt.want)
		}
	}
}

func TestWriteSARIF(t *testing.T) {
	type location struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct{ StartLine, StartColumn int }
		}
	}
	var log struct {
		Version string
		Schema  string `json:"$schema"`
		Runs    []struct {
			Tool    struct{ Driver struct{ Name string } }
			Results []struct {
				RuleID    string
				Level     string
				Message   struct{ Text string }
				Locations []location
			}
		}
	}
	read := func(items ...Diagnostic) {
		t.Helper()
		log.Runs = nil
		if err := json.Unmarshal([]byte(write(t, "sarif", nil, items...)), &log); err != nil {
			t.Fatal(err)
		}
		if log.Version != "2.1.0" || !strings.Contains(log.Schema, "sarif-2.1.0") || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "aiobsgen" {
			t.Errorf("the frame is %+v", log)
		}
	}
	read(
		Diagnostic{Code: "AIO023", Severity: Warning, Message: "w"},
		Diagnostic{Code: "AIO003", Pos: Pos{File: "my spec/a#1.cue", Line: 2, Col: 3}, Message: "m"},
		Diagnostic{Code: "AIO001", Pos: Pos{File: "whole.cue"}, Message: "n"},
	)
	results := log.Runs[0].Results
	if len(results) != 3 {
		t.Fatalf("%d results, want 3", len(results))
	}
	if r := results[0]; r.RuleID != "AIO023" || r.Level != "warning" || r.Message.Text != "w" || len(r.Locations) != 0 {
		t.Errorf("a warning without a place is %+v", r)
	}
	var at location
	// A file is named by a URI, in which a blank or a # is written otherwise.
	at.PhysicalLocation.ArtifactLocation.URI = "my%20spec/a%231.cue"
	at.PhysicalLocation.Region.StartLine, at.PhysicalLocation.Region.StartColumn = 2, 3
	if r := results[1]; r.RuleID != "AIO003" || r.Level != "error" || r.Message.Text != "m" || !reflect.DeepEqual(r.Locations, []location{at}) {
		t.Errorf("an error is %+v", r)
	}
	// Lines and columns count from 1: a whole file is told at its start.
	if l := results[2].Locations; len(l) != 1 || l[0].PhysicalLocation.Region.StartLine != 1 || l[0].PhysicalLocation.Region.StartColumn != 1 {
		t.Errorf("a whole file is %+v", l)
	}
	read()
	if log.Runs[0].Results == nil {
		t.Error("no findings are no results, and not an empty list of them")
	}
}

func TestWriteGitHub(t *testing.T) {
	for _, tt := range []struct {
		name string
		d    Diagnostic
		want string
	}{
		{"an error", Diagnostic{Code: "AIO003", Pos: Pos{File: "a.cue", Line: 2, Col: 3}, Message: "found 5", Hint: "write 6"},
			"::error file=a.cue,line=2,col=3,endColumn=4,title=AIO003::found 5%0Ahint: write 6\n"},
		{"a warning without a place", Diagnostic{Code: "AIO023", Severity: Warning, Message: "unsure"},
			"::warning title=AIO023::unsure\n"},
		{"a whole file", Diagnostic{Code: "AIO001", Pos: Pos{File: "a.cue"}, Message: "m"},
			"::error file=a.cue,title=AIO001::m\n"},
		// A message that ends the command would begin another.
		{"hostile", Diagnostic{Code: "AIO001", Pos: Pos{File: "a,b:c%\n.cue", Line: 1, Col: 1}, Message: "50%: x\r\n::add-mask::y"},
			"::error file=a%2Cb%3Ac%25%0A.cue,line=1,col=1,endColumn=2,title=AIO001::50%25: x%0D%0A::add-mask::y\n"},
	} {
		if got := write(t, "github", nil, tt.d); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWriteRefusesOtherFormats(t *testing.T) {
	err := Write(&bytes.Buffer{}, "xml", &List{}, nil)
	if want := `unknown format "xml", want one of "github", "json", "sarif", "text"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteTellsWhatItCouldNotWrite(t *testing.T) {
	var l List
	l.Add(Diagnostic{Code: "AIO001", Message: "m"})
	for _, format := range Formats {
		if err := Write(full{}, format, &l, nil); err == nil {
			t.Errorf("%s: no error on a full disk", format)
		}
	}
}

// A note stops nothing, and is silent beside an error.
func TestNotes(t *testing.T) {
	note := Diagnostic{Code: "AIO033", Severity: Info, Pos: Pos{File: "a.cue", Line: 1, Col: 2}, Message: "m"}
	for format, want := range map[string]string{
		"text":   "a.cue:1:2: note AIO033: m\n",
		"github": "::notice file=a.cue,line=1,col=2,endColumn=3,title=AIO033::m\n",
		"json":   `"severity": "note"`,
		"sarif":  `"level": "note"`,
	} {
		if got := write(t, format, nil, note); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
		if got := write(t, format, nil, note, Diagnostic{Code: "AIO001", Message: "wrong"}); strings.Contains(got, "AIO033") {
			t.Errorf("%s beside an error: %s", format, got)
		}
	}
	l := List{}
	if l.Add(note); l.HasErrors() {
		t.Error("a note counts as an error")
	}
}
