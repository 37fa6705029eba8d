package promql

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// Merge joins the bindings of one query to several engines, newest first. The
// "or" stands as far inside as the trees are alike:
//
//	sum by (le) (rate(new[5m]) or rate(old[5m]))
//
// and not around two sums, where the sum of the first would hide that of the
// second.
func Merge(alternatives ...Expr) Expr {
	out := alternatives[0]
	for _, a := range alternatives[1:] {
		if m := merge(out, a); m != nil {
			out = m
		} else {
			out = Or(out, a)
		}
	}
	return out
}

// merge returns nil where only a node above can join a and b.
func merge(a, b Expr) Expr {
	if shape(a) == shape(b) {
		return a
	}
	if joined := mergeInside(a, b); joined != nil {
		return joined
	}
	if a.Type() == parser.ValueTypeVector && b.Type() == parser.ValueTypeVector {
		return wrap(Or(a, b))
	}
	return nil
}

func mergeInside(a, b Expr) Expr {
	switch x := a.(type) {
	case *parser.ParenExpr:
		if m := merge(x.Expr, unwrap(b)); m != nil {
			return wrap(unwrap(m))
		}
	case *parser.AggregateExpr:
		y, ok := b.(*parser.AggregateExpr)
		if !ok || x.Op != y.Op || x.Without != y.Without || !slices.Equal(x.Grouping, y.Grouping) || !sameParam(x.Param, y.Param) {
			return nil
		}
		if m := merge(x.Expr, y.Expr); m != nil {
			c := *x
			c.Expr = unwrap(m)
			return &c
		}
	case *parser.Call:
		y, ok := b.(*parser.Call)
		if !ok || x.Func.Name != y.Func.Name || len(x.Args) != len(y.Args) {
			return nil
		}
		c := *x
		c.Args = make(parser.Expressions, len(x.Args))
		for i := range x.Args {
			if c.Args[i] = merge(x.Args[i], y.Args[i]); c.Args[i] == nil {
				return nil
			}
		}
		return &c
	}
	return nil
}

func sameParam(a, b Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return shape(a) == shape(b)
}
