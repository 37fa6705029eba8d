package typecheck

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// set joins what two sides select.
func (c *checker) set(n *parser.BinaryExpr) Type {
	guards := guardsAgainstZero(n)
	if guards {
		c.guarded++
	}
	if readsEarlier(n) {
		c.dated++
		defer func() { c.dated-- }()
	}
	before := len(c.findings)
	l := c.infer(n.LHS)
	if guards {
		c.guarded--
	}
	between := len(c.findings)
	r := c.infer(n.RHS)
	if n.Op == parser.LOR {
		c.standIn(before, between)
	}
	if n.VectorMatching.On {
		c.matchLabels(n, l, r)
	}
	if n.Op != parser.LOR {
		c.neverMatches(n, l, r)
		out := l
		if guards {
			out.mayBeZero = false
		}
		return out
	}
	return c.either(n, l, r)
}

// either is one side, or the other where that has nothing.
func (c *checker) either(n *parser.BinaryExpr, l, r Type) Type {
	out := l
	if !l.Unit.known {
		out.Unit = r.Unit
	}
	if !l.Unit.fits(r.Unit, c.Catalog) {
		// An alert may ask for one of several things; what its value is depends then.
		if c.query.Use != InAlert || !isCondition(n.LHS) || !isCondition(n.RHS) {
			c.unlike(n, l, r, "are joined by or")
		}
		out.Unit = Unit{}
	}
	out.Labels = l.Labels.union(r.Labels)
	out.bounds = l.bounds.union(r.bounds)
	out.mayBeZero = l.mayBeZero || r.mayBeZero || r.literal != nil && *r.literal == 0
	if l.gauge == nil || r.gauge == nil {
		out.gauge = nil
	}
	if l.counter == nil || r.counter == nil {
		out.counter = nil
	}
	out.buckets = l.buckets.or(r.buckets)
	if !slices.Equal(l.parts, r.parts) {
		out.parts = nil
	}
	if l.merged == "" {
		out.merged = r.merged
	}
	out.quantile = l.quantile && r.quantile
	out.boolean = l.boolean && r.boolean
	out.literal = nil
	out.keys = eitherKeys(l.keys, r.keys)
	return out
}

// mostKeys that are followed: rules join hundreds of alternatives, each with several.
const mostKeys = 8

// eitherKeys tell the series of two sides apart.
func eitherKeys(a, b [][]string) [][]string {
	if slices.EqualFunc(a, b, slices.Equal) {
		return a
	}
	var out [][]string
	for _, k := range a {
		for _, o := range b {
			both := unionOf(k, o)
			if len(out) < mostKeys && !slices.ContainsFunc(out, func(have []string) bool { return slices.Equal(have, both) }) {
				out = append(out, both)
			}
		}
	}
	return out
}

// standIn forgets that one side of "new or old" is not there, where the other is:
// such a query is written for several versions.
func (c *checker) standIn(before, between int) {
	absent := func(f Finding) bool {
		return f.Code == codeVersion || f.Code == codeNotEnabled || f.Code == codeHardware || f.renamed
	}
	left, right := slices.Clone(c.findings[before:between]), slices.Clone(c.findings[between:])
	if slices.ContainsFunc(left, absent) != slices.ContainsFunc(right, absent) {
		left, right = slices.DeleteFunc(left, absent), slices.DeleteFunc(right, absent)
	}
	c.findings = append(append(c.findings[:before], left...), right...)
}

func unionOf(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// guardsAgainstZero reports whether the right side keeps what is no zero alone: "and
// x > 0", "unless x == 0".
func guardsAgainstZero(n *parser.BinaryExpr) bool {
	if n.Op == parser.LOR {
		return false
	}
	found := false
	parser.Inspect(n.RHS, func(node parser.Node, _ []parser.Node) error {
		e, ok := node.(promql.Expr)
		found = found || ok && comparesWithNumber(e)
		return nil
	})
	return found
}

// comparesWithNumber reports whether an expression keeps the series above or
// below a number.
func comparesWithNumber(e promql.Expr) bool {
	b, ok := unwrap(e).(*parser.BinaryExpr)
	return ok && b.Op.IsComparisonOperator() && !b.ReturnBool
}

// readsEarlier reports whether one side reads what the other does as it was at
// another time: "x > 0 unless x offset 1h" is true while x is new.
func readsEarlier(n *parser.BinaryExpr) bool {
	return n.Op != parser.LOR && slices.ContainsFunc(promql.Selectors(n.LHS), func(l *promql.Selector) bool {
		return slices.ContainsFunc(promql.Selectors(n.RHS), func(r *promql.Selector) bool {
			return l.Name == r.Name && (l.OriginalOffset != r.OriginalOffset || l.StartOrEnd != r.StartOrEnd || (l.Timestamp == nil) != (r.Timestamp == nil) ||
				l.OriginalOffsetExpr != nil || r.OriginalOffsetExpr != nil)
		})
	})
}

// isCondition reports whether an expression asks for something, so that its value
// matters less than that it is there.
func isCondition(e promql.Expr) bool {
	switch n := unwrap(e).(type) {
	case *parser.BinaryExpr:
		switch n.Op {
		case parser.LAND, parser.LUNLESS:
			return isCondition(n.LHS) || isCondition(n.RHS) || readsEarlier(n)
		case parser.LOR:
			return isCondition(n.LHS) && isCondition(n.RHS)
		}
		return n.Op.IsComparisonOperator()
	case *parser.Call:
		return n.Func.Name == "absent" || n.Func.Name == "absent_over_time"
	}
	return false
}
