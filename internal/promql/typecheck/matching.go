package typecheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

// match is how an operation pairs the series of its sides: it computes the
// labels and keys of what comes out, and tells when series cannot be paired.
func (c *checker) match(n *parser.BinaryExpr, l, r Type) (Labels, [][]string) {
	m := n.VectorMatching
	if m.On {
		c.matchLabels(n, l, r)
	}
	switch m.Card {
	case parser.CardManyToOne:
		return c.grouping(n, l, r, "right")
	case parser.CardOneToMany:
		return c.grouping(n, r, l, "left")
	}
	if m.On || len(m.MatchingLabels) > 0 {
		c.oneSide(n, l, "left")
		c.oneSide(n, r, "right")
	}
	c.neverMatches(n, l, r)
	if m.On {
		out := c.only(m.MatchingLabels, fmt.Sprintf("matching on (%s)", strings.Join(m.MatchingLabels, ", ")), unionOf(l.Labels.firm, r.Labels.firm))
		return out, [][]string{m.MatchingLabels}
	}
	out := l.Labels
	if l.Labels.open && !r.Labels.open {
		out = r.Labels // equal labels on both sides: what one cannot have, neither has
	}
	if len(m.MatchingLabels) > 0 {
		out = out.without(fmt.Sprintf("matching ignoring (%s)", strings.Join(m.MatchingLabels, ", ")), m.MatchingLabels...)
	}
	keys := slices.Clone(l.keys)
	if !l.Labels.open && len(l.Labels.closedBy) > 0 {
		keys = append(keys, out.names)
	}
	return out, keys
}

// grouping keeps the labels of the side with many series, and takes some from
// the other.
func (c *checker) grouping(n *parser.BinaryExpr, many, one Type, side string) (Labels, [][]string) {
	c.oneSide(n, one, side)
	for _, label := range n.VectorMatching.Include {
		c.needLabel(one.Labels, label, c.inMatching(n, label), "is taken over by the matching")
	}
	return many.Labels.with(n.VectorMatching.Include...), many.keys
}

// matchLabels checks that both sides carry what they are matched on.
func (c *checker) matchLabels(n *parser.BinaryExpr, l, r Type) {
	for _, t := range []Type{l, r} {
		if t.literal == nil {
			c.needLabels(t.Labels, n.VectorMatching.MatchingLabels, func(label string) posrange.PositionRange { return c.inMatching(n, label) }, "is matched on")
		}
	}
}

// oneSide checks that the labels of a matching tell the series of a side apart,
// where that side must not have two of them.
func (c *checker) oneSide(n *parser.BinaryExpr, t Type, side string) {
	m := n.VectorMatching
	if len(t.keys) == 0 || slices.ContainsFunc(m.MatchingLabels, c.isStandIn) {
		return
	}
	text := "on (" + strings.Join(m.MatchingLabels, ", ") + ")"
	by := "by (" + strings.Join(unionOf(m.MatchingLabels, m.Include), ", ") + ")"
	if m.On {
		if t.tells(m.MatchingLabels) {
			return
		}
	} else {
		text = "ignoring (" + strings.Join(m.MatchingLabels, ", ") + ")"
		by = "without (" + strings.Join(m.MatchingLabels, ", ") + ")"
		if t.tellsWithout(m.MatchingLabels) {
			return
		}
	}
	missing := t.keys[0]
	for _, k := range t.keys {
		if len(k) < len(missing) {
			missing = k
		}
	}
	differ := slices.DeleteFunc(slices.Clone(missing), func(l string) bool { return slices.Contains(m.MatchingLabels, l) == m.On })
	if !t.Labels.open && len(common(differ, m.Include)) == len(differ) {
		return // brought together, but for the labels that are taken over
	}
	expr := n.RHS
	if side == "left" {
		expr = n.LHS
	}
	c.add(codeMany, expr.PositionRange(), "bring it to one series first: max "+by+" (…)",
		"the %s side may have several series for one match %s: they differ in %s, and Prometheus then stops with an error",
		side, text, strings.Join(differ, ", "))
}

// neverMatches tells of two aggregations that leave different labels and are
// matched on all of them. A label that may be empty on the one side matches that it is
// not there on the other.
func (c *checker) neverMatches(n *parser.BinaryExpr, l, r Type) {
	m := n.VectorMatching
	filled := m.FillValues.LHS != nil || m.FillValues.RHS != nil
	if m.On || filled || l.Labels.open || r.Labels.open || l.Labels.closedBy == "" || r.Labels.closedBy == "" {
		return
	}
	extra := func(a, b Labels) []string {
		return slices.DeleteFunc(slices.Clone(a.names), func(label string) bool {
			return b.has(label) || slices.Contains(m.MatchingLabels, label) || !slices.Contains(a.firm, label)
		})
	}
	left, right := extra(l.Labels, r.Labels), extra(r.Labels, l.Labels)
	if len(left)+len(right) == 0 {
		return
	}
	var differ []string
	for _, s := range []struct {
		side   string
		labels []string
	}{{"left", left}, {"right", right}} {
		if len(s.labels) > 0 {
			differ = append(differ, fmt.Sprintf("only the %s side has %s", s.side, strings.Join(s.labels, ", ")))
		}
	}
	c.add(codeNoMatch, n.PositionRange(), "aggregate both sides by the same labels, or match with on (…)",
		"the two sides never match: %s", strings.Join(differ, ", and "))
}
