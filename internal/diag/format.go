package diag

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Formats lists the names that Write accepts.
var Formats = []string{"text", "json", "sarif", "github"}

// Write prints the findings of l in one of Formats; notes only where nothing is
// wrong. source returns the text
// of a file named in a Pos, or nil when it is not to be had; it is used to
// show the offending line.
func Write(w io.Writer, format string, l *List, source func(file string) []byte) error {
	items := l.Sorted()
	if l.HasErrors() {
		items = slices.DeleteFunc(items, func(d Diagnostic) bool { return d.Severity == Info })
	}
	switch format {
	case "text":
		return writeText(w, items, source)
	case "json":
		return WriteJSON(w, map[string]any{"diagnostics": nonNil(items)})
	case "sarif":
		return WriteJSON(w, sarif(items))
	case "github":
		return writeGitHub(w, items)
	}
	return fmt.Errorf("unknown format %q, %s", format, WantOneOf(Formats))
}

func nonNil(items []Diagnostic) []Diagnostic {
	if items == nil {
		return []Diagnostic{}
	}
	return items
}

// WriteJSON writes a value as indented JSON, the form of every answer that is data.
func WriteJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func writeText(w io.Writer, items []Diagnostic, source func(string) []byte) error {
	var b strings.Builder
	lines := lineCache(source)
	for _, d := range items {
		if d.Pos.IsValid() {
			b.WriteString(clean(d.Pos.String()) + ": ")
		}
		fmt.Fprintf(&b, "%s %s: %s\n", d.Severity, d.Code, clean(d.Message))
		if d.Severity == Info {
			continue // one line: there is nothing to mend
		}
		writeLine(&b, d.Pos, lines)
		for _, n := range d.Notes {
			b.WriteString("    because ")
			if n.Pos.IsValid() {
				b.WriteString(clean(n.Pos.String()) + ": ")
			}
			b.WriteString(clean(n.Text) + "\n")
		}
		if d.Hint != "" {
			b.WriteString("    hint: " + clean(d.Hint) + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lineCache splits each file once: one may have a thousand findings.
func lineCache(source func(string) []byte) func(string) []string {
	files := map[string][]string{}
	return func(file string) []string {
		if _, ok := files[file]; !ok && source != nil {
			files[file] = strings.Split(string(source(file)), "\n")
		}
		return files[file]
	}
}

// writeLine shows the source line with a caret under the column. Tabs are
// kept in the caret line so that both lines align in any terminal.
func writeLine(b *strings.Builder, p Pos, lines func(file string) []string) {
	if p.Line == 0 || p.Line > len(lines(p.File)) {
		return
	}
	line := strings.TrimRight(lines(p.File)[p.Line-1], "\r")
	line, col := window(line, min(max(p.Col, 1), len(line)+1))
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:col-1])
	marked := line[col-1 : min(col-1+max(p.Len, 1), len(line))]
	fmt.Fprintf(b, "    | %s\n    | %s%s\n", clean(line), pad, strings.Repeat("^", max(utf8.RuneCountInString(marked), 1)))
}

// mostShown of a line: dashboards have whole panels in one.
const mostShown = 200

// window cuts a long line to the part around a column, and moves the column.
func window(line string, col int) (string, int) {
	if len(line) <= mostShown {
		return line, col
	}
	start := max(0, min(col-1-mostShown/4, len(line)-mostShown))
	end := min(len(line), start+mostShown)
	for start > 0 && !utf8.RuneStart(line[start]) {
		start--
	}
	for end < len(line) && !utf8.RuneStart(line[end]) {
		end++
	}
	const more = "…"
	shown, at := line[start:end], col-start
	if end < len(line) {
		shown += more
	}
	if start > 0 {
		shown, at = more+shown, at+len(more)
	}
	return shown, at
}

// clean keeps control characters of hostile input off the terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '�'
		}
		return r
	}, s)
}

// writeGitHub prints workflow commands, which a runner shows at the line.
func writeGitHub(w io.Writer, items []Diagnostic) error {
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, d := range items {
		text := d.Message
		if d.Hint != "" {
			text += "\nhint: " + d.Hint
		}
		place := ""
		if d.Pos.IsValid() {
			place = fmt.Sprintf("file=%s,", property.Replace(d.Pos.File))
			if d.Pos.Line > 0 {
				place += fmt.Sprintf("line=%d,col=%d,endColumn=%d,", d.Pos.Line, d.Pos.Col, d.Pos.Col+max(d.Pos.Len, 1))
			}
		}
		level := string(d.Severity)
		if d.Severity == Info {
			level = "notice"
		}
		if _, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", level, place, d.Code, message.Replace(text)); err != nil {
			return err
		}
	}
	return nil
}

// sarif builds a SARIF 2.1.0 log with one run.
func sarif(items []Diagnostic) map[string]any {
	results := []any{}
	for _, d := range items {
		text := d.Message
		for _, n := range d.Notes {
			text += "\nbecause " + n.Text
		}
		if d.Hint != "" {
			text += "\nhint: " + d.Hint
		}
		result := map[string]any{
			"ruleId":  d.Code,
			"level":   string(d.Severity),
			"message": map[string]any{"text": text},
		}
		if d.Pos.IsValid() {
			region := map[string]any{"startLine": max(d.Pos.Line, 1), "startColumn": max(d.Pos.Col, 1)}
			if d.Pos.Len > 0 {
				region["endColumn"] = max(d.Pos.Col, 1) + d.Pos.Len
			}
			result["locations"] = []any{map[string]any{"physicalLocation": map[string]any{
				"artifactLocation": map[string]any{"uri": (&url.URL{Path: d.Pos.File}).EscapedPath()},
				"region":           region,
			}}}
		}
		results = append(results, result)
	}
	return map[string]any{
		"version": "2.1.0",
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"runs": []any{map[string]any{
			"tool":    map[string]any{"driver": map[string]any{"name": "aiobsgen"}},
			"results": results,
		}},
	}
}
