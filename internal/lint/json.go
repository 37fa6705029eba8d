package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// parseJSON reads a JSON value whose bytes stand where source says. The library
// says whether it is one; what is left is to find where its parts begin.
func parseJSON(source Text) (*node, error) {
	var raw json.RawMessage
	if err := json.Unmarshal([]byte(source.Value), &raw); err != nil {
		at := len(source.Value)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = max(0, int(syntax.Offset)-1)
		}
		return nil, syntaxError{err, source.offset(at)}
	}
	p := &jsonReader{source: source}
	n := p.value(0)
	if p.deep {
		return nil, syntaxError{fmt.Errorf("values are nested more than %d deep", mostDepth), source.offset(0)}
	}
	return n, nil
}

// jsonReader walks over a text that is known to be JSON.
type jsonReader struct {
	source Text
	at     int
	deep   bool
}

// mostDepth of values in values; deeper ones are no dashboard.
const mostDepth = 200

// peek is the next byte that is no space.
func (p *jsonReader) peek() byte {
	for isSpace(p.source.Value[p.at]) {
		p.at++
	}
	return p.source.Value[p.at]
}

func (p *jsonReader) value(depth int) *node {
	p.deep = p.deep || depth > mostDepth
	switch open := p.peek(); {
	case p.deep:
		return nil
	case open == '"':
		return &node{quoted: true, text: p.string()}
	case open == '{' || open == '[':
		n := &node{isMap: open == '{', isList: open == '[', text: p.source.part(p.at, p.at+1)}
		for p.at++; ; p.at++ {
			if c := p.peek(); c == '}' || c == ']' { // at once, or after a value
				break
			}
			if n.isMap {
				key := p.string()
				p.peek()
				p.at++ // the colon
				n.fields = append(n.fields, field{key, p.value(depth + 1)})
			} else {
				n.items = append(n.items, p.value(depth+1))
			}
			if p.deep || p.peek() != ',' {
				break
			}
		}
		p.at++
		return n
	}
	start := p.at
	for p.at < len(p.source.Value) && !strings.ContainsRune(",]} \t\r\n", rune(p.source.Value[p.at])) {
		p.at++
	}
	return &node{text: p.source.part(start, p.at)}
}

// string reads a string that begins here, and follows its escapes.
func (p *jsonReader) string() Text {
	s := p.source.Value
	start := p.at + 1
	end := start
	for s[end] != '"' {
		if s[end] == '\\' {
			end++
		}
		end++
	}
	p.at = end + 1
	if raw := s[start:end]; strings.IndexByte(raw, '\\') < 0 && utf8.ValidString(raw) {
		return p.source.part(start, end)
	}
	var b builder
	for i := start; i < end; {
		switch c, size := utf8.DecodeRuneInString(s[i:end]); {
		case c == '\\':
			by, n := unescape(s[i:end])
			b.replace(p.source, i, i+n, by)
			i += n
		case c == utf8.RuneError && size == 1: // the library's word for no UTF-8
			b.replace(p.source, i, i+1, string(c))
			i++
		default:
			b.keep(p.source, i, i+size)
			i += size
		}
	}
	return b.text(p.source.offset(end))
}

// unescape reads one escape of JSON, or a pair of surrogates.
func unescape(raw string) (string, int) {
	if len(raw) < 2 {
		return raw, len(raw)
	}
	if i := strings.IndexByte(`"\/bfnrt`, raw[1]); i >= 0 {
		return "\"\\/\b\f\n\r\t"[i : i+1], 2
	}
	r, ok := unicodeEscape(raw)
	if !ok {
		return raw[:2], 2
	}
	if utf16.IsSurrogate(r) {
		if low, ok := unicodeEscape(raw[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return string(both), 12
			}
		}
	}
	return string(r), 6
}

// unicodeEscape reads \u and four digits.
func unicodeEscape(raw string) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(raw[2:6], 16, 32)
	return rune(v), err == nil
}

// isJSON guesses from the first byte.
func isJSON(text string) bool { return strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") }
