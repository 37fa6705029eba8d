package lint

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads the documents of a YAML text whose bytes stand where source
// says. After an error it returns those before it.
func parseYAML(source Text) ([]*node, error) {
	p := &yamlParser{source: source, lines: yamlLines(source.Value), anchors: map[*yaml.Node]*anchor{}}
	dec := yaml.NewDecoder(strings.NewReader(source.Value))
	var out []*node
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err == nil && len(doc.Content) == 0 {
			continue
		}
		var n *node
		if err == nil {
			n, _, err = p.node(doc.Content[0], 0)
		}
		if err != nil {
			return out, p.syntaxError(err)
		}
		out = append(out, n)
	}
}

type yamlParser struct {
	source  Text
	lines   []int
	anchors map[*yaml.Node]*anchor
	size    int
	// The place of the node before: most nodes are in order, and a line may hold
	// a whole file.
	line, column, at int
}

// anchor is a node that aliases share; it is nil while it is being read.
type anchor struct {
	node         *node
	size, height int
}

// mostSize that a text may unfold to, in nodes and bytes of scalars: an alias of
// an alias of an alias would never end.
const mostSize = 3 * mostBytes

func (p *yamlParser) grow(by int) error {
	if p.size += by; p.size > mostSize {
		return errors.New("its aliases unfold to too much")
	}
	return nil
}

// node reads a node, and says how many are below each other in it.
func (p *yamlParser) node(y *yaml.Node, depth int) (*node, int, error) {
	if depth > mostDepth {
		return nil, 0, fmt.Errorf("values are nested more than %d deep", mostDepth)
	}
	if y.Kind == yaml.AliasNode {
		a := p.anchors[y.Alias]
		switch {
		case a == nil || a.node == nil:
			return nil, 0, fmt.Errorf("the alias *%s stands inside of what it names", y.Value)
		case depth+a.height > mostDepth:
			return nil, 0, fmt.Errorf("values are nested more than %d deep", mostDepth)
		}
		return a.node, a.height, p.grow(a.size)
	}
	before := p.size
	var a *anchor
	if y.Anchor != "" {
		a = &anchor{}
		p.anchors[y] = a
	}
	if err := p.grow(1 + len(y.Value)); err != nil {
		return nil, 0, err
	}
	n := &node{quoted: y.Tag == "!!str"}
	height := 0
	switch y.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		n.isMap, n.isList = y.Kind == yaml.MappingNode, y.Kind == yaml.SequenceNode
		n.text = nowhere("", p.source.offset(p.offset(y)))
		var read, merged []*node
		for i, c := range y.Content {
			child, h, err := p.node(c, depth+1)
			if err != nil {
				return nil, 0, err
			}
			height = max(height, h+1)
			if n.isMap && i%2 == 1 && y.Content[i-1].Tag == "!!merge" {
				merged, read = append(merged, child), read[:len(read)-1]
				continue
			}
			read = append(read, child)
		}
		if n.isList {
			n.items = read
			break
		}
		for i := 0; i+1 < len(read); i += 2 {
			n.fields = append(n.fields, field{read[i].text, read[i+1]})
		}
		if err := p.merge(n, merged); err != nil {
			return nil, 0, err
		}
	default:
		n.text = p.scalar(y)
	}
	if a != nil {
		*a = anchor{n, p.size - before, height}
	}
	return n, height, nil
}

// merge takes in the fields of other maps, as "<<" asks, that a map does not have
// itself. An earlier one wins.
func (p *yamlParser) merge(n *node, from []*node) error {
	if len(from) == 0 {
		return nil
	}
	has := map[string]bool{}
	for _, f := range n.fields {
		has[f.key.Value] = true
	}
	for _, m := range from {
		for _, source := range append([]*node{m}, m.items...) {
			if err := p.grow(len(source.fields)); err != nil {
				return err
			}
			for _, f := range source.fields {
				if !has[f.key.Value] {
					n.fields = append(n.fields, f)
				}
				has[f.key.Value] = true
			}
		}
	}
	return nil
}

// offset of a node in the text: the library counts columns in runes.
func (p *yamlParser) offset(y *yaml.Node) int {
	if y.Line < 1 || y.Line > len(p.lines) {
		return 0
	}
	if p.line != y.Line || p.column > y.Column {
		p.line, p.column, p.at = y.Line, 1, p.lines[y.Line-1]
	}
	for ; p.column < y.Column && p.at < len(p.source.Value); p.column++ {
		_, size := utf8.DecodeRuneInString(p.source.Value[p.at:])
		p.at += size
	}
	return p.at
}

// yamlLine is how the library begins its errors: it knows the line alone.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func (p *yamlParser) syntaxError(err error) syntaxError {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return syntaxError{err, p.source.offset(0)}
	}
	line, _ := strconv.Atoi(m[1])
	return syntaxError{errors.New(err.Error()[len(m[0]):]), p.source.offset(p.lines[max(0, min(line, len(p.lines))-1)])}
}

// yamlLines are the offsets at which lines begin as YAML counts them: it knows
// more line breaks than others.
func yamlLines(text string) []int {
	out := []int{len(text) - len(strings.TrimPrefix(text, byteOrderMark))}
	for i := 0; i < len(text); i++ {
		switch rest := text[i:]; {
		case rest[0] == '\n', rest[0] == '\r' && !strings.HasPrefix(rest, "\r\n"):
			out = append(out, i+1)
		case strings.HasPrefix(rest, "\u0085"):
			out = append(out, i+2)
		case strings.HasPrefix(rest, "\u2028"), strings.HasPrefix(rest, "\u2029"):
			out = append(out, i+3)
		}
	}
	return out
}

// byteOrderMark may begin a file, and no parser sees it.
const byteOrderMark = "\ufeff"
