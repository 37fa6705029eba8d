package typecheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

func (c *checker) aggregate(n *parser.AggregateExpr) Type {
	t := c.infer(n.Expr)
	if n.Param != nil {
		c.infer(n.Param)
	}
	if !n.Without {
		c.needLabels(t.Labels, n.Grouping, func(l string) posrange.PositionRange { return c.inGrouping(n, l) }, "is grouped by")
	}
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return c.chosen(n, t)
	}
	out := c.reduced(n, t)
	out.Labels, out.keys = c.grouped(n, t)
	if n.Op == parser.COUNT_VALUES {
		if s, ok := unwrap(n.Param).(*parser.StringLiteral); ok {
			out.Labels = out.Labels.with(s.Val).surely(s.Val)
			for i := range out.keys {
				out.keys[i] = append(slices.Clone(out.keys[i]), s.Val)
			}
		}
	}
	return out
}

// chosen are some of the series, as they are. One of each group is told apart by what
// they are grouped by.
func (c *checker) chosen(n *parser.AggregateExpr, t Type) Type {
	k, ok := unwrap(n.Param).(*parser.NumberLiteral)
	if ok && k.Val == 1 && !n.Without && n.Op != parser.LIMIT_RATIO && !slices.ContainsFunc(n.Grouping, c.isStandIn) {
		t.keys = append(slices.Clone(t.keys), n.Grouping)
	}
	return t
}

// merges reports whether an aggregation surely brings several series together: what it
// keeps does not tell them apart.
func merges(n *parser.AggregateExpr, t Type) bool {
	apart := t.tells
	if n.Without {
		apart = t.tellsWithout
	}
	return len(t.keys) > 0 && !apart(n.Grouping)
}

// grouped are the labels and keys that an aggregation leaves.
func (c *checker) grouped(n *parser.AggregateExpr, t Type) (Labels, [][]string) {
	text := fmt.Sprintf("%s by (%s)", n.Op, strings.Join(n.Grouping, ", "))
	if n.Without {
		text = fmt.Sprintf("%s without (%s)", n.Op, strings.Join(n.Grouping, ", "))
		keys := slices.DeleteFunc(slices.Clone(t.keys), func(k []string) bool {
			return slices.ContainsFunc(k, func(l string) bool { return slices.Contains(n.Grouping, l) })
		})
		l := t.Labels.without(text, n.Grouping...)
		if !l.open {
			keys = append(keys, l.names)
		}
		return l, keys
	}
	if len(n.Grouping) == 0 {
		text = n.Op.String() + "() without by"
	}
	l := c.only(n.Grouping, text, t.Labels.firm)
	keys := [][]string{n.Grouping}
	for _, k := range t.keys {
		if !slices.ContainsFunc(k, func(l string) bool { return !slices.Contains(n.Grouping, l) }) {
			keys = append(keys, k)
		}
	}
	return l, keys
}

// only are the labels of a list, unless a variable stands in it.
func (c *checker) only(list []string, by string, firm []string) Labels {
	l := closed(list, by, firm...)
	if slices.ContainsFunc(list, c.isStandIn) {
		l.open, l.unknown = true, true
	}
	return l
}

// reduced is the value of an aggregation.
func (c *checker) reduced(n *parser.AggregateExpr, t Type) Type {
	out := Type{bounds: unbounded}
	merged := merges(n, t)
	keep := func() {
		out.Unit, out.counter, out.merged, out.quantile, out.mayBeZero, out.parts = t.Unit, t.counter, t.merged, t.quantile, t.mayBeZero, t.parts
		if merged && t.counter != nil {
			out.merged = n.Op.String()
		}
		if t.buckets != nil {
			b := *t.buckets
			// A mean of buckets is their sum over one number, and has the same quantiles.
			if merged && n.Op != parser.SUM && n.Op != parser.AVG && b.reduced == "" {
				b.reduced = n.Op.String()
			}
			out.buckets = &b
		}
	}
	switch n.Op {
	case parser.SUM:
		keep()
		if t.quantile && merged {
			c.add(codeQuantile, n.PosRange, "add the buckets up first, then take the quantile", "the sum of quantiles is no quantile")
		}
		out.Unit.share = false
		if t.boolean {
			out.Unit = plain
		}
	case parser.AVG:
		keep()
		out.bounds = t.bounds
		if t.quantile && merged {
			c.add(codeQuantile, n.PosRange, "add the buckets up first, then take the quantile: histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))",
				"the average of quantiles is no quantile of all")
		}
		if t.boolean {
			out.Unit = unitNamed(c.Catalog, "ratio")
		}
	case parser.MIN, parser.MAX, parser.QUANTILE:
		keep()
		out.bounds, out.boolean = t.bounds, t.boolean
	case parser.STDDEV:
		out.Unit = t.Unit.difference()
	case parser.COUNT, parser.COUNT_VALUES:
		out.Unit = plain
	case parser.GROUP:
		out.bounds = bounds{1, 1}
	}
	return out
}
