package typecheck

import (
	"fmt"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// compared keeps the series on one side of a number.
func (c *checker) compared(n *parser.BinaryExpr, t Type, v float64, op parser.ItemType) Type {
	rises := op == parser.GTR || op == parser.GTE || op == parser.NEQ
	if t.counter != nil && c.query.Use == InAlert && rises && c.dated == 0 {
		c.raw(t, "is compared with a number: once past it, it stays there")
	}
	if t.mixed != "" && v != 0 {
		c.add(codeUnlike, n.PositionRange(), "bring both sides to one unit", "the quotient is %s, and is compared with %s", t.mixed, model.FormatNumber(v))
	}
	c.threshold(n, t, v, op)
	out := t
	out.literal = nil
	if n.ReturnBool {
		out = derived(t)
		out.Unit, out.boolean, out.bounds = plain, true, bounds{0, 1}
		out.mayBeZero = true
		return out
	}
	if t.counter != nil && c.query.Use == InAlert {
		out.counter = nil
	}
	zero := map[parser.ItemType]bool{
		parser.GTR: v >= 0, parser.GTE: v > 0, parser.LSS: v <= 0, parser.LTE: v < 0, parser.NEQ: v == 0, parser.EQLC: v != 0,
	}
	out.mayBeZero = t.mayBeZero && !zero[op]
	return out
}

// threshold tells of a number that the values never reach, or always do. Zero asks
// whether there is anything, which may always be so.
func (c *checker) threshold(n *parser.BinaryExpr, t Type, v float64, op parser.ItemType) {
	b := t.bounds
	what := func(fate string) {
		c.add(codeUnit, n.PositionRange(), c.rangeHint(t), "the comparison with %s %s", model.FormatNumber(v), fate)
	}
	switch {
	case op == parser.GTR && v >= b.max || op == parser.GTE && v > b.max, op == parser.LSS && v <= b.min || op == parser.LTE && v < b.min,
		op == parser.EQLC && (v > b.max || v < b.min):
		what("is never true: " + c.rangeText(t))
	case v == 0:
	case op == parser.LSS && v > b.max, op == parser.LTE && v > b.max, op == parser.GTR && v < b.min, op == parser.GTE && v < b.min,
		op == parser.NEQ && (v > b.max || v < b.min):
		what("is always true: " + c.rangeText(t))
	case (op == parser.GTR || op == parser.GTE) && v > 0 && v < c.Catalog.Units[t.Unit.name].Granule:
		// Below such a number is what is as good as nothing.
		what(fmt.Sprintf("is far below any value in %s", t.Unit.name))
	}
}

func (c *checker) rangeText(t Type) string {
	name := "the value"
	if len(t.parts) == 1 {
		name = t.parts[0]
	}
	text := fmt.Sprintf("%s goes from %s to %s", name, model.FormatNumber(t.bounds.min), model.FormatNumber(t.bounds.max))
	if t.Unit.name != "" && t.Unit.name != "1" {
		text += fmt.Sprintf(" (%s)", t.Unit.name)
	}
	return text
}

func (c *checker) rangeHint(t Type) string {
	switch t.Unit.name {
	case "", "1", "boolean":
		return ""
	}
	return "the value counts in " + t.Unit.name
}
