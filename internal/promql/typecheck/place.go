package typecheck

import (
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

// within narrows a range to a word in it, if the text is known.
func (c *checker) within(pos posrange.PositionRange, word string) posrange.PositionRange {
	if at, ok := c.find(pos.Start, pos.End, word); ok {
		return at
	}
	return pos
}

// inGrouping narrows an aggregation to a word that stands before or after what is
// aggregated.
func (c *checker) inGrouping(n *parser.AggregateExpr, word string) posrange.PositionRange {
	inner := n.Expr.PositionRange()
	if at, ok := c.find(n.PosRange.Start, inner.Start, word); ok {
		return at
	}
	if at, ok := c.find(inner.End, n.PosRange.End, word); ok {
		return at
	}
	return n.PosRange
}

// inMatching narrows an operation to a word that stands between its sides.
func (c *checker) inMatching(n *parser.BinaryExpr, word string) posrange.PositionRange {
	if at, ok := c.find(n.LHS.PositionRange().End, n.RHS.PositionRange().Start, word); ok {
		return at
	}
	return n.PositionRange()
}

// find looks for a whole word between two places of the text.
func (c *checker) find(from, to posrange.Pos, word string) (posrange.PositionRange, bool) {
	start, end := int(from), min(int(to), len(c.query.Text))
	if start >= end || word == "" {
		return posrange.PositionRange{}, false
	}
	text := c.query.Text[start:end]
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return posrange.PositionRange{}, false
		}
		at := from + i
		if !letter(text, at-1) && !letter(text, at+len(word)) {
			return posrange.PositionRange{Start: posrange.Pos(start + at), End: posrange.Pos(start + at + len(word))}, true
		}
		from = at + 1
	}
}

// letter reports whether a byte can stand in a name.
func letter(text string, i int) bool {
	if i < 0 || i >= len(text) {
		return false
	}
	b := text[i]
	return b == '_' || b == ':' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
