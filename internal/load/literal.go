package load

import (
	"strings"
	"unicode/utf8"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// inLiteral finds byte offset of the value of a CUE string in its literal, so
// that an error inside a query points into the user's file. It walks "…",
// """…""" and #"…"# forms, skipping escapes and the indentation of multi-line
// strings; what it does not know ends the walk at the last place it knew.
func inLiteral(raw string, offset int) int {
	hashes := len(raw) - len(strings.TrimLeft(raw, "#"))
	escape := `\` + strings.Repeat("#", hashes)
	i := hashes
	indent, multi := "", false
	switch {
	case strings.HasPrefix(raw[i:], `"""`) || strings.HasPrefix(raw[i:], `'''`):
		i += 3
		if n := strings.IndexByte(raw[i:], '\n'); n >= 0 {
			i += n + 1
		}
		last := raw[strings.LastIndexByte(raw, '\n')+1:]
		indent, multi = last[:len(last)-len(strings.TrimLeft(last, " \t"))], true
	default:
		i++
	}
	lineStart := multi
	for value := 0; i < len(raw); {
		if lineStart {
			i += len(raw[i:]) - len(strings.TrimPrefix(raw[i:], indent))
			lineStart = false
			continue
		}
		length, size := 1, 1
		if rest, ok := strings.CutPrefix(raw[i:], escape); ok {
			length, size = escaped(rest)
			length += len(escape)
		}
		if value >= offset && size > 0 {
			return i
		}
		lineStart = multi && raw[i+length-1] == '\n'
		i += length
		value += size
	}
	return len(raw)
}

// escaped returns the length of an escape after its backslash, and of the
// bytes it stands for.
func escaped(s string) (length, size int) {
	if s == "" {
		return 0, 0
	}
	digits := map[byte]int{'u': 4, 'U': 8}[s[0]]
	if digits == 0 || len(s) < 1+digits {
		if s[0] == '\n' {
			return 1, 0
		}
		return 1, 1
	}
	var r rune
	for _, c := range s[1 : 1+digits] {
		r = r<<4 + rune(strings.IndexByte("0123456789abcdef", byte(c|0x20)))
		if c >= '0' && c <= '9' {
			r = r&^0xf + (c - '0')
		}
	}
	// The first half of a pair stands for the bytes of both.
	switch {
	case 0xd800 <= r && r < 0xdc00:
		return 1 + digits, 4
	case 0xdc00 <= r && r < 0xe000:
		return 1 + digits, 0
	}
	return 1 + digits, max(utf8.RuneLen(r), 1)
}

// Find returns where a part of the text at a path was written; the whole text is
// the place of a part that it does not have.
func (v *View) Find(part string, path ...string) diag.Pos {
	i := strings.Index(v.tree.at(path...).text(), part)
	if i < 0 || part == "" {
		return v.Pos(path...)
	}
	return v.InString(i, i+len(part), path...)
}

// InString finds a part of a string of the spec in the file.
func (v *View) InString(start, end int, path ...string) diag.Pos {
	n := v.tree.at(path...)
	if n == nil || n.raw == "" {
		return v.Pos(path...)
	}
	from, to := inLiteral(n.raw, start), inLiteral(n.raw, end)
	before := n.raw[:from]
	pos := diag.Pos{File: n.value.File, Line: n.value.Line + strings.Count(before, "\n"), Len: max(to-from, 1)}
	if nl := strings.LastIndexByte(before, '\n'); nl >= 0 {
		pos.Col = from - nl
	} else {
		pos.Col = n.value.Col + from
	}
	return pos
}
