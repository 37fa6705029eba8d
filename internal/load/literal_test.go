package load

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	cueliteral "cuelang.org/go/cue/literal"
)

// Each literal holds HERE once, and its value too.
func TestInLiteral(t *testing.T) {
	for name, raw := range map[string]string{
		"plain":                     `"HERE"`,
		"behind text":               `"rate( HERE"`,
		"behind letters of 2 bytes": `"é HERE"`,
		"an escaped quote":          `"{x=\"1\"} HERE"`,
		"escapes of one letter":     `"\n\t\\\/ HERE"`,
		"an escape of 4 digits":     `"\u00e9\u0041 HERE"`,
		"an escape of 8 digits":     `"\U0001f600 HERE"`,
		"digits in capitals":        `"\u00E9\u20AC HERE"`,
		"a pair of halves":          `"\ud83d\ude00 HERE"`,
		"a raw string":              `#"{x="\d+"} HERE"#`,
		"an escape of a raw string": `#"\n \#n \#u00e9 \#" HERE"#`,
		"two marks":                 `##"\#n "# \##n HERE"##`,
		"many lines":                "\"\"\"\n\tfirst\n\tHERE\n\t\"\"\"",
		"the first line":            "\"\"\"\n\t\tHERE\n\t\tlast\n\t\t\"\"\"",
		"deeper than the quotes":    "\"\"\"\n\tsum(\n\t\tHERE)\n\t\"\"\"",
		"indented by blanks":        "\"\"\"\n   a\n     HERE\n   \"\"\"",
		"an empty line between":     "\"\"\"\n\t\ta\n\n\t\tHERE\n\t\t\"\"\"",
		"not indented":              "\"\"\"\na\nHERE\n\"\"\"",
		"quotes in many lines":      "\"\"\"\n\t{x=\"1\",y=\\\"2\\\"}\n\tHERE\n\t\"\"\"",
		"many raw lines":            "#\"\"\"\n\t\\d \\#n \"\"\"x\n\tHERE\n\t\"\"\"#",
		// The end of the line is left out, with the next line's indentation.
		"a line that goes on": "\"\"\"\n\t\ta \\\n\t\tHERE\n\t\t\"\"\"",
		"raw, and goes on":    "#\"\"\"\n\t\ta \\#\n\t\tHERE\n\t\t\"\"\"#",
	} {
		value, err := cueliteral.Unquote(raw)
		if err != nil {
			t.Errorf("%s: %v in %s", name, err, raw)
			continue
		}
		offset, want := strings.Index(value, "HERE"), strings.Index(raw, "HERE")
		if got := inLiteral(raw, offset); got != want {
			t.Errorf("%s: byte %d of the value is at %d of %q, want %d", name, offset, got, raw, want)
		}
		if got, want := inLiteral(raw, offset+4), want+4; got != want {
			t.Errorf("%s: the end is at %d of %q, want %d", name, got, raw, want)
		}
	}
}

// Whatever CUE quotes, in whatever form, each letter of the value is found
// where it is written: the literal between it and the next stands for it.
func TestInLiteralFindsEachLetter(t *testing.T) {
	forms := map[string]cueliteral.Form{
		"one line":   cueliteral.String,
		"ASCII":      cueliteral.String.WithASCIIOnly(),
		"many lines": cueliteral.String.WithTabIndent(2),
		"as needed":  cueliteral.String.WithOptionalTabIndent(1),
	}
	letters := []string{"a", "(", `"`, `"""`, `\`, `\n`, "#", "é", "€", "😀", "\n", "\n\t", "\t", " "}
	for n := range 400 {
		r := rand.New(rand.NewPCG(7, uint64(n)))
		var value string
		for range 1 + r.IntN(12) {
			value += letters[r.IntN(len(letters))]
		}
		for name, form := range forms {
			raw := form.Quote(value)
			for i, letter := range value {
				from, to := inLiteral(raw, i), inLiteral(raw, i+utf8.RuneLen(letter))
				written := raw[from:to]
				if letter == '\n' && strings.HasPrefix(written, "\n") {
					continue // and the indentation of the next line
				}
				if written == string(letter) {
					continue
				}
				marks := raw[:strings.IndexByte(raw, '"')]
				if meant, err := cueliteral.Unquote(marks + `"` + written + `"` + marks); err != nil || meant != string(letter) {
					t.Fatalf("%s: byte %d of %q, %q, is found at %q of %q", name, i, value, letter, written, raw)
				}
			}
		}
	}
}

// What ends in the middle of an escape, or asks beyond the end, ends within
// the literal.
func TestInLiteralStaysInside(t *testing.T) {
	for _, raw := range []string{``, `"`, `"a`, `"\`, `"\u00`, `"\uzzzz"`, `#`, `##"`, `"""`, "\"\"\"\n", "\"\"\"\n\t", `"a"`, "'''\n\tb\n\t'''"} {
		for offset := range 12 {
			if got := inLiteral(raw, offset); got < 0 || got > len(raw) {
				t.Errorf("byte %d is at %d of %q", offset, got, raw)
			}
		}
	}
}

// An error inside a query is shown in the user's file, whatever literal the
// query is written as.
func TestInString(t *testing.T) {
	for name, query := range map[string]string{
		"one line":   `"sum(up) + HERE"`,
		"escapes":    `"up{x=\"1\"} + HERE"`,
		"raw":        `#"up{x="1"} + HERE"#`,
		"many lines": "\"\"\"\n\t\tsum(up)\n\t\t  + HERE\n\t\t\"\"\"",
	} {
		for ending, text := range map[string]string{
			"":            minimal + "library: alerts: Mine: {\n\texpr: " + query + "\n\tfor: \"5m\"\n}\n",
			" of Windows": strings.ReplaceAll(minimal+"library: alerts: Mine: {\n\texpr: "+query+"\n}\n", "\n", "\r\n"),
		} {
			view := &View{tree: readTree(t, text)}
			value := view.tree.at("library", "alerts", "Mine", "expr").text()
			start := strings.Index(value, "HERE")
			pos := view.InString(start, start+4, "library", "alerts", "Mine", "expr")
			lines := strings.Split(text, "\n")
			if got := lines[pos.Line-1][pos.Col-1:]; !strings.HasPrefix(got, "HERE") || pos.Len != 4 {
				t.Errorf("%s%s: byte %d of %q is at %d:%d, %q, %d long", name, ending, start, value, pos.Line, pos.Col, got, pos.Len)
			}
		}
	}
	// What is no literal is told at its own place.
	view := &View{tree: readTree(t, "_a: \"x\"\nb: _a + \"y\"\n")}
	if got, want := view.InString(1, 2, "b"), view.Pos("b"); got != want {
		t.Errorf("in a sum of strings: %+v, want %+v", got, want)
	}
}
