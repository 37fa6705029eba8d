package promql

import (
	"math"

	"github.com/prometheus/prometheus/promql/parser"
)

// Prune removes what reads nothing: of "a or b" the other side stays. It
// returns nil when the whole expression depends on a selector that keep
// refuses.
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

// Bind replaces selectors by those that to gives, each with the factor that
// brings its value to the unit wanted. The factor is applied to the selector,
// or to the function around its range: rate(x[5m]) * 0.001. The functions that
// take a range are linear, so the two mean the same; those that are not are in
// powers.
func Bind(e Expr, to func(*Selector) (*Selector, float64)) Expr {
	factors := map[Expr]float64{}
	return Rewrite(e, func(e Expr) Expr {
		switch n := e.(type) {
		case *parser.VectorSelector:
			s, factor := to(n)
			if factor == 1 {
				if s == n {
					return e
				}
				return s
			}
			return Scale(s, factor)
		case *parser.MatrixSelector:
			if scaled, ok := unwrap(n.VectorSelector).(*parser.BinaryExpr); ok {
				n.VectorSelector = scaled.LHS
				factors[n] = scaled.RHS.(*parser.NumberLiteral).Val
			}
		case *parser.Call:
			for _, a := range n.Args {
				if f, ok := factors[unwrap(a)]; ok {
					if power, ok := powers[n.Func.Name]; ok {
						f = math.Pow(f, power)
					}
					return Scale(n, f)
				}
			}
		}
		return e
	})
}

// powers of the factor for functions of a range that are not linear: a count
// stays what it is, a variance grows with the square.
var powers = map[string]float64{
	"absent_over_time": 0, "changes": 0, "count_over_time": 0, "present_over_time": 0, "resets": 0,
	"stdvar_over_time": 2,
}
