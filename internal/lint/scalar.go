package lint

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar finds the bytes of a scalar. Its style is followed once more, as the
// library does it. Where that does not come to the library's value, all bytes
// stand at the scalar's beginning.
func (p *yamlParser) scalar(y *yaml.Node) Text {
	start := p.afterProperties(p.offset(y))
	r := &scalarReader{source: p.source, at: start, want: len(y.Value)}
	switch {
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		r.block(y.Value, y.Style&yaml.FoldedStyle != 0)
	case y.Style&yaml.DoubleQuotedStyle != 0:
		r.at++
		r.flow('"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		r.at++
		r.flow('\'')
	case strings.HasPrefix(p.source.Value[start:], y.Value):
		return p.source.part(start, start+len(y.Value))
	default:
		r.flow(0)
	}
	if t := r.text(p.source.offset(min(r.at, len(p.source.Value)))); t.Value == y.Value {
		return t
	}
	return nowhere(y.Value, p.source.offset(start))
}

// afterProperties passes over an anchor and a tag before a scalar, and over what
// may stand between them.
func (p *yamlParser) afterProperties(at int) int {
	s := p.source.Value
	for at < len(s) && (s[at] == '&' || s[at] == '!') {
		for at < len(s) && !isSpace(s[at]) {
			at++
		}
		for at < len(s) && (isSpace(s[at]) || s[at] == '#') {
			if s[at] == '#' {
				at += lineLength(s[at:])
			} else {
				at++
			}
		}
	}
	return at
}

// scalarReader reads one scalar with the places of its bytes, until it has as
// many as the library read.
type scalarReader struct {
	builder
	source Text
	at     int
	want   int
}

func (r *scalarReader) more() bool {
	return r.value.Len() < r.want && r.at < len(r.source.Value)
}

// flow reads a plain or a quoted scalar.
func (r *scalarReader) flow(quote byte) {
	for r.more() {
		s := r.source.Value[r.at:]
		switch {
		case quote == '"' && s[0] == '\\':
			text, n := yamlEscape(s)
			r.replace(r.source, r.at, r.at+n, text)
			r.at += n
			if text == "" { // a line break that is not there
				r.fold(false)
			}
		case quote == '\'' && strings.HasPrefix(s, "''"):
			r.replace(r.source, r.at, r.at+2, "'")
			r.at += 2
		case isSpace(s[0]):
			r.fold(true)
		default:
			r.keep(r.source, r.at, r.at+1)
			r.at++
		}
	}
}

// fold reads spaces. If a line ends in them, they are its indentation: one break
// stands for a space, and each further one for itself. After a break that is
// escaped every further one counts.
func (r *scalarReader) fold(first bool) {
	s := r.source.Value
	end := r.at
	var breaks []int
	for ; end < len(s) && isSpace(s[end]); end++ {
		if s[end] == '\n' {
			breaks = append(breaks, end)
		}
	}
	switch {
	case first && len(breaks) == 0:
		r.keep(r.source, r.at, end)
	case first && len(breaks) == 1:
		r.replace(r.source, breaks[0], breaks[0]+1, " ")
	case first:
		breaks = breaks[1:]
		fallthrough
	default:
		for _, at := range breaks {
			r.keep(r.source, at, at+1)
		}
	}
	r.at = end
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// lineLength is that of the first line, without its break.
func lineLength(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

// yamlEscapes are the letters of escapes, and what each writes to the library.
var yamlEscapes = map[byte]string{'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	' ': " ", '"': `"`, '\'': "'", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029"}

// yamlEscape reads one escape of a double-quoted scalar, with its length. A line
// break that is escaped writes nothing.
func yamlEscape(raw string) (string, int) {
	if len(raw) < 2 {
		return raw, len(raw)
	}
	if s, ok := yamlEscapes[raw[1]]; ok {
		return s, 2
	}
	if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[raw[1]]; digits > 0 && len(raw) >= 2+digits {
		if v, err := strconv.ParseUint(raw[2:2+digits], 16, 32); err == nil {
			return string(rune(v)), 2 + digits
		}
	}
	if strings.HasPrefix(raw[1:], "\r\n") {
		return "", 3
	}
	if raw[1] == '\n' {
		return "", 2
	}
	return raw[:2], 2
}

// block reads a literal or a folded scalar line by line.
func (r *scalarReader) block(value string, folded bool) {
	s := r.source.Value
	r.at = min(len(s), r.at+lineLength(s[r.at:])+1) // the indicator, and a comment
	indent, ok := indentation(s[r.at:], value)
	if !ok {
		return
	}
	// A break is written when it is known what comes after it.
	pending, deep := -1, false
	var blank []int
	breaks := func() {
		if pending >= 0 {
			blank = append([]int{pending}, blank...)
		}
		for _, at := range blank {
			if r.value.Len() < r.want && at < len(s) {
				r.keep(r.source, at, at+1)
			}
		}
		pending, blank = -1, nil
	}
	for r.more() {
		end := r.at + lineLength(s[r.at:]) // where the break is
		line := strings.TrimSuffix(s[r.at:end], "\r")
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case spaces < min(indent, len(line)): // the scalar is over
			breaks()
			return
		case len(line) <= indent:
			blank = append(blank, end)
		default:
			wasDeep := deep
			deep = isSpace(line[indent])
			if folded && pending >= 0 && !deep && !wasDeep {
				if len(blank) == 0 {
					r.replace(r.source, pending, pending+1, " ")
				}
				pending = -1
			}
			breaks()
			r.keep(r.source, r.at+indent, r.at+len(line))
			pending = end
		}
		r.at = min(end+1, len(s))
	}
	breaks()
}

// indentation of a block is the difference between its first line with letters
// and that of the value: no indicator is needed to know it. If the value is
// nothing but line breaks, no line is deep enough to be text.
func indentation(source, value string) (int, bool) {
	if strings.Trim(value, "\n") == "" {
		return math.MaxInt, true
	}
	in, ok := firstIndent(source)
	of, inValue := firstIndent(value)
	return in - of, ok && inValue && in >= of
}

func firstIndent(text string) (int, bool) {
	rest := strings.TrimLeft(text, " \r\n")
	if rest == "" {
		return 0, false
	}
	line := text[:len(text)-len(rest)]
	return len(line) - 1 - strings.LastIndexByte(line, '\n'), true
}
