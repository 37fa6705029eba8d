package promql

import (
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// SumOver adds up the samples of a range.
func SumOver(s *Selector, length time.Duration) Expr {
	return call("sum_over_time", &parser.MatrixSelector{VectorSelector: s, Range: length})
}

// AtLeastZero raises what is negative to 0.
func AtLeastZero(e Expr) Expr { return call("clamp_min", e, Number(0)) }

// Always is a series without labels of one value.
func Always(v float64) Expr { return call("vector", Number(v)) }

func call(function string, args ...Expr) Expr {
	return &parser.Call{Func: parser.Functions[function], Args: args}
}

// Per divides one vector by another with the same labels; where the second is
// not above 0 there is no result.
func Per(a, b Expr) Expr { return divide(a, wrap(Above(b, 0))) }

func divide(a, b Expr) Expr {
	return &parser.BinaryExpr{Op: parser.DIV, LHS: wrap(a), RHS: b, VectorMatching: &parser.VectorMatching{Card: parser.CardOneToOne}}
}

// DividedBy divides by a number.
func DividedBy(e Expr, by float64) Expr {
	return &parser.BinaryExpr{Op: parser.DIV, LHS: wrap(e), RHS: Number(by)}
}

// Rest is what a share leaves of the whole: 1 - e.
func Rest(e Expr) Expr {
	return &parser.BinaryExpr{Op: parser.SUB, LHS: Number(1), RHS: wrap(e)}
}
