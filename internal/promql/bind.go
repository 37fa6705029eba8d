package promql

import (
	"math"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// Prune removes what reads nothing: of "a or b" the other side stays, but for a
// 0 that stood in for the first event of a: without a it would be made up. It
// returns nil when the whole expression depends on a selector that keep refuses.
func Prune(e Expr, keep func(*Selector) bool) Expr {
	switch n := e.(type) {
	case *parser.VectorSelector:
		if !keep(n) {
			return nil
		}
		return n
	case *parser.BinaryExpr:
		l, r := Prune(n.LHS, keep), Prune(n.RHS, keep)
		if n.Op == parser.LOR {
			switch {
			case l == nil && r == nil:
				return nil
			case l == nil && isZero(n.RHS):
				return nil
			case l == nil:
				return r
			case r == nil:
				return l
			}
		}
		if l == nil || r == nil {
			return nil
		}
		c := *n
		c.LHS, c.RHS = l, r
		return &c
	case *parser.ParenExpr:
		inner := Prune(n.Expr, keep)
		if inner == nil {
			return nil
		}
		return wrap(unwrap(inner))
	case *parser.UnaryExpr:
		inner := Prune(n.Expr, keep)
		if inner == nil {
			return nil
		}
		return &parser.UnaryExpr{Op: n.Op, Expr: wrap(inner), StartPos: n.StartPos}
	case *parser.MatrixSelector:
		if Prune(n.VectorSelector, keep) == nil {
			return nil
		}
		return n
	case *parser.SubqueryExpr:
		inner := Prune(n.Expr, keep)
		if inner == nil {
			return nil
		}
		c := *n
		c.Expr = wrap(inner)
		return &c
	case *parser.AggregateExpr:
		inner := Prune(n.Expr, keep)
		if inner == nil {
			return nil
		}
		c := *n
		c.Expr = inner
		if n.Param != nil {
			if c.Param = Prune(n.Param, keep); c.Param == nil {
				return nil
			}
		}
		return &c
	case *parser.Call:
		c := *n
		c.Args = make(parser.Expressions, len(n.Args))
		for i, a := range n.Args {
			if c.Args[i] = Prune(a, keep); c.Args[i] == nil {
				return nil
			}
		}
		return &c
	}
	return e
}

// isZero reports whether an expression is "0 * x": 0 for each series of x.
func isZero(e Expr) bool {
	n, ok := unwrap(e).(*parser.BinaryExpr)
	if !ok || n.Op != parser.MUL {
		return false
	}
	zero := func(e Expr) bool {
		number, ok := unwrap(e).(*parser.NumberLiteral)
		return ok && number.Val == 0
	}
	return zero(n.LHS) || zero(n.RHS)
}

// Reading is what stands for a selector.
type Reading struct {
	// Series that the meaning is made of. No two of them have a set of labels in
	// common, so that "or" joins all there is of them.
	Series []*Selector
	// Factor brings the value to the unit wanted.
	Factor float64
	// Repeated are labels over which an exporter tells one value several times.
	Repeated []string
}

// of applies a reading to what was made of each series.
func (r Reading) of(each []Expr, factor float64) Expr {
	out := Or(each...)
	if len(r.Repeated) > 0 {
		out = &parser.AggregateExpr{Op: parser.MAX, Expr: out, Grouping: slices.Clone(r.Repeated), Without: true}
	}
	return Scale(out, factor)
}

// Bind replaces selectors by what to gives for them; a selector that it does not
// know stays. Factor and repetitions are dealt with at the selector, or at the
// function around its range: rate(x[5m]) * 0.001. The functions that take a range
// are linear, so the two mean the same; those that are not are in powers.
func Bind(e Expr, to func(*Selector) (Reading, bool)) Expr {
	readings, ranges := map[Expr]Reading{}, map[Expr]Reading{}
	return Rewrite(e, func(e Expr) Expr {
		switch n := e.(type) {
		case *parser.VectorSelector:
			r, ok := to(n)
			if !ok {
				return e
			}
			each := make([]Expr, len(r.Series))
			for i, s := range r.Series {
				each[i] = s
			}
			out := r.of(each, r.Factor)
			readings[out] = r
			return out
		case *parser.MatrixSelector:
			if r, ok := readings[unwrap(n.VectorSelector)]; ok {
				n.VectorSelector = r.Series[0]
				ranges[n] = r
			}
		case *parser.Call:
			for i, a := range n.Args {
				r, ok := ranges[unwrap(a)]
				if !ok {
					continue
				}
				factor := r.Factor
				if power, ok := powers[n.Func.Name]; ok {
					factor = math.Pow(factor, power)
				}
				return r.of(calls(n, i, r.Series), factor)
			}
		case *parser.AggregateExpr:
			if inner, ok := unwrap(n.Expr).(*parser.BinaryExpr); ok && inner.Op == parser.LOR {
				n.Expr = inner
			}
		}
		return e
	})
}

// calls are a function of a range, for each of several series in turn.
func calls(n *parser.Call, arg int, series []*Selector) []Expr {
	var out []Expr
	for _, s := range series {
		c := *n
		c.Args = slices.Clone(n.Args)
		of := *unwrap(n.Args[arg]).(*parser.MatrixSelector)
		of.VectorSelector = s
		c.Args[arg] = &of
		if _, ok := n.Args[arg].(*parser.ParenExpr); ok {
			c.Args[arg] = &parser.ParenExpr{Expr: &of}
		}
		out = append(out, &c)
	}
	return out
}

// powers of the factor for functions of a range that are not linear: a count
// stays what it is, a variance grows with the square.
var powers = map[string]float64{
	"absent_over_time": 0, "changes": 0, "count_over_time": 0, "present_over_time": 0, "resets": 0,
	"stdvar_over_time": 2,
}
