package promql

import "github.com/prometheus/prometheus/promql/parser"

// ShareOf writes the share that a part has of itself and the rest.
func ShareOf(part, rest Expr) string {
	matching := func() *parser.VectorMatching { return &parser.VectorMatching{Card: parser.CardOneToOne} }
	whole := &parser.BinaryExpr{Op: parser.ADD, LHS: wrap(unwrap(part)), RHS: wrap(unwrap(rest)), VectorMatching: matching()}
	return (&parser.BinaryExpr{Op: parser.DIV, LHS: wrap(unwrap(part)), RHS: wrap(whole), VectorMatching: matching()}).String()
}
