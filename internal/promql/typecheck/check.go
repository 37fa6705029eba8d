package typecheck

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// checker walks one query.
type checker struct {
	*World
	query    Query
	findings []Finding
	// unread counts names of programs that the catalogue does not hold.
	unread []string
	// guarded: what is divided is joined with a comparison further out.
	guarded int
	// filtered: a comparison further out drops what is NaN.
	filtered int
	// capped: a comparison further out drops what is infinite.
	capped int
	// dated: a counter is joined with what it was earlier, so that what is asked is
	// how it changed.
	dated int
}

// Result of a check.
type Result struct {
	Type     Type
	Findings []Finding
	// Unknown are the names that belong to no exporter of the catalogue.
	Unknown []string
}

// Check computes the type of a query and tells what does not fit, in the order
// in which it stands there.
func (w *World) Check(e promql.Expr, q Query) Result {
	c := &checker{World: w, query: q}
	t := c.infer(e)
	// A record of a counter is a counter: what it is depends on who reads it.
	if t.counter != nil && q.Use == InPanel {
		c.raw(t, "is shown")
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), strings.Compare(a.Code, b.Code))
	})
	return Result{Type: t, Findings: slices.Compact(c.findings), Unknown: c.unread}
}

func (c *checker) add(code string, pos posrange.PositionRange, hint, format string, args ...any) {
	severity := diag.Error
	if warnings[code] {
		severity = diag.Warning
	}
	c.findings = append(c.findings, Finding{Code: code, Severity: severity, Start: int(pos.Start), End: int(pos.End),
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

// infer computes the type of an expression.
func (c *checker) infer(e promql.Expr) Type {
	switch n := e.(type) {
	case *parser.NumberLiteral:
		return number(n.Val)
	case *parser.StringLiteral:
		return Type{Labels: closed(nil, "")}
	case *parser.ParenExpr:
		return c.infer(n.Expr)
	case *parser.StepInvariantExpr:
		return c.infer(n.Expr)
	case *parser.UnaryExpr:
		t := c.infer(n.Expr)
		if n.Op == parser.SUB {
			t = c.scale(t, -1)
		}
		return t
	case *parser.VectorSelector:
		return c.selector(n)
	case *parser.MatrixSelector:
		return c.infer(n.VectorSelector)
	case *parser.SubqueryExpr:
		return c.infer(n.Expr)
	case *parser.Call:
		return c.call(n)
	case *parser.AggregateExpr:
		return c.aggregate(n)
	case *parser.BinaryExpr:
		return c.binary(n)
	}
	return unknown()
}

// unknown is a type of which nothing is known.
func unknown() Type {
	return Type{bounds: unbounded, Labels: Labels{open: true, unknown: true, firm: everywhere}}
}

func number(v float64) Type {
	return Type{literal: &v, bounds: bounds{v, v}, Labels: closed(nil, ""), keys: [][]string{{}}}
}

func unwrap(e promql.Expr) promql.Expr {
	for {
		switch n := e.(type) {
		case *parser.ParenExpr:
			e = n.Expr
		case *parser.StepInvariantExpr:
			e = n.Expr
		default:
			return e
		}
	}
}

// raw tells of a counter whose value since its start is taken for something.
func (c *checker) raw(t Type, what string) {
	s := t.counter.series
	hint := fmt.Sprintf("rate(%s[5m]) is its speed, increase(%s[1h]) what came in an hour", s.Name, s.Name)
	c.add(codeRaw, t.counter.pos, hint, "%s only rises until its process starts again, and its value since then %s", s.Name, what)
}
