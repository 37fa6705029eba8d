package promql

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

// Separates reports whether choosing a value of a variable, which matches a label
// in all selectors of a query, does no more than to leave out the results that have
// another value: nothing adds up, ranks or joins over the label. It says no where
// it is not sure.
func Separates(e Expr, label, variable string) bool {
	switch e := e.(type) {
	case *parser.VectorSelector:
		return slices.ContainsFunc(e.LabelMatchers, func(m *Matcher) bool {
			return m.Name == label && m.Value == "$"+variable
		})
	case *parser.MatrixSelector:
		return Separates(e.VectorSelector, label, variable)
	case *parser.SubqueryExpr:
		return Separates(e.Expr, label, variable)
	case *parser.ParenExpr:
		return Separates(e.Expr, label, variable)
	case *parser.UnaryExpr:
		return Separates(e.Expr, label, variable)
	case *parser.Call:
		// The first argument that is a vector gives the labels; functions that make
		// series out of nothing, or change labels, are not among these.
		if !slices.Contains(labelKeeping, e.Func.Name) {
			return false
		}
		for _, a := range e.Args {
			if t := a.Type(); (t == parser.ValueTypeVector || t == parser.ValueTypeMatrix) && !Separates(a, label, variable) {
				return false
			}
		}
		return true
	case *parser.AggregateExpr:
		if e.Op.IsAggregatorWithParam() && e.Op != parser.QUANTILE {
			return false
		}
		return slices.Contains(e.Grouping, label) != e.Without && Separates(e.Expr, label, variable)
	case *parser.BinaryExpr:
		scalar := func(e Expr) bool { return e.Type() == parser.ValueTypeScalar }
		switch {
		case scalar(e.LHS):
			return Separates(e.RHS, label, variable)
		case scalar(e.RHS):
			return Separates(e.LHS, label, variable)
		}
		m := e.VectorMatching
		return slices.Contains(m.MatchingLabels, label) == m.On && Separates(e.LHS, label, variable) && Separates(e.RHS, label, variable)
	}
	return false
}

// labelKeeping are functions whose results keep the labels of what they are given.
var labelKeeping = []string{
	"abs", "avg_over_time", "ceil", "changes", "clamp", "clamp_max", "clamp_min", "count_over_time", "delta", "deriv", "floor",
	"histogram_quantile", "increase", "irate", "last_over_time", "max_over_time", "min_over_time", "predict_linear",
	"quantile_over_time", "rate", "resets", "round", "sort", "sort_desc", "sum_over_time", "timestamp",
}

// Chooses reports whether a query holds a variable at all.
func Chooses(e Expr, variable string) bool {
	return slices.ContainsFunc(Selectors(e), func(s *Selector) bool {
		return slices.ContainsFunc(s.LabelMatchers, func(m *Matcher) bool { return m.Value == "$"+variable })
	})
}
