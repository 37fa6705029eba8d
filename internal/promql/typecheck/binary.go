package typecheck

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

func (c *checker) binary(n *parser.BinaryExpr) Type {
	if n.Op.IsSetOperator() {
		return c.set(n)
	}
	if n.Op.IsComparisonOperator() && !n.ReturnBool {
		c.filtered++
		defer func() { c.filtered-- }()
		if keepsBelow(n) {
			c.capped++
			defer func() { c.capped-- }()
		}
	}
	l, r := c.infer(n.LHS), c.infer(n.RHS)
	switch {
	case l.literal != nil && r.literal != nil:
		return fold(n.Op, *l.literal, *r.literal)
	case r.literal != nil:
		return c.withNumber(n, l, *r.literal, n.Op)
	case l.literal != nil:
		return c.numberWith(n, *l.literal, r)
	}
	out := c.combined(n, l, r)
	if n.LHS.Type() == parser.ValueTypeVector && n.RHS.Type() == parser.ValueTypeVector {
		out.Labels, out.keys = c.match(n, l, r)
	} else if n.LHS.Type() == parser.ValueTypeScalar {
		out.Labels, out.keys = r.Labels, r.keys
	} else {
		out.Labels, out.keys = l.Labels, l.keys
	}
	return out
}

// fold computes what two numbers give, as far as units need it.
func fold(op parser.ItemType, a, b float64) Type {
	switch op {
	case parser.ADD:
		return number(a + b)
	case parser.SUB:
		return number(a - b)
	case parser.MUL:
		return number(a * b)
	case parser.DIV:
		return number(a / b)
	case parser.POW:
		return number(math.Pow(a, b))
	}
	out := number(0)
	out.literal, out.bounds = nil, unbounded
	return out
}

// withNumber is an operation whose right side is a number.
func (c *checker) withNumber(n *parser.BinaryExpr, t Type, v float64, op parser.ItemType) Type {
	switch {
	case op == parser.MUL:
		return c.scale(t, v)
	case op == parser.DIV && v != 0:
		return c.scale(t, 1/v)
	case op == parser.ADD || op == parser.SUB:
		if op == parser.SUB {
			v = -v
		}
		out := t
		out.bounds = t.bounds.shifted(v)
		out.counter, out.gauge, out.boolean = nil, nil, false
		out.mayBeZero = t.mayBeZero && v <= 0
		out.parts = nil
		return out
	case op.IsComparisonOperator():
		return c.compared(n, t, v, op)
	case op == parser.MOD:
		out := derived(t)
		out.Unit = t.Unit
		return out
	}
	return derived(t)
}

// numberWith is an operation whose left side is a number.
func (c *checker) numberWith(n *parser.BinaryExpr, v float64, t Type) Type {
	mirrored := map[parser.ItemType]parser.ItemType{parser.GTR: parser.LSS, parser.LSS: parser.GTR, parser.GTE: parser.LTE, parser.LTE: parser.GTE}
	switch op := n.Op; {
	case op == parser.SUB:
		out := c.scale(t, -1)
		out.bounds = out.bounds.shifted(v)
		out.counter, out.gauge, out.parts, out.mayBeZero = nil, nil, nil, false
		return out
	case op == parser.DIV:
		c.idle(n, Type{mayBeZero: false}, t)
		out := derived(t)
		if v == 1 {
			out.Unit = plain.times(t.Unit, -1)
		}
		return out
	case op.IsComparisonOperator():
		if m, ok := mirrored[op]; ok {
			op = m
		}
		return c.compared(n, t, v, op)
	case op == parser.POW || op == parser.MOD || op == parser.ATAN2:
		return derived(t)
	default:
		return c.withNumber(n, t, v, op)
	}
}

// combined is the value of an operation on two vectors or on a vector and a
// scalar that is no number.
func (c *checker) combined(n *parser.BinaryExpr, l, r Type) Type {
	out := derived(l)
	sameCounter := l.counter != nil && r.counter != nil && l.counter.series.Name == r.counter.series.Name
	switch {
	case n.Op.IsComparisonOperator():
		if !l.Unit.fits(r.Unit, c.Catalog) {
			c.unlike(n, l, r, "are compared")
		}
		out = l
		out.literal, out.mayBeZero = nil, false
		if sameCounter || n.ReturnBool {
			out.counter = nil
		}
		if n.ReturnBool {
			out.Unit, out.boolean, out.bounds, out.gauge, out.parts = plain, true, bounds{0, 1}, nil, nil
		}
	case n.Op == parser.ADD || n.Op == parser.SUB:
		if !l.Unit.fits(r.Unit, c.Catalog) {
			c.unlike(n, l, r, map[parser.ItemType]string{parser.ADD: "are added", parser.SUB: "are subtracted"}[n.Op])
		}
		if l.Unit.known && r.Unit.known {
			out.Unit = l.Unit
			if r.Unit.factor != l.Unit.factor || r.Unit.before != l.Unit.before {
				out.Unit.factor, out.Unit.name = 0, ""
			}
			if n.Op == parser.SUB {
				out.Unit.name = ""
			}
		}
		out.mayBeZero = l.mayBeZero && r.mayBeZero
		if n.Op == parser.ADD {
			if len(l.parts) > 0 && len(r.parts) > 0 {
				out.parts = append(slices.Clone(l.parts), r.parts...)
			}
			if l.counter != nil && r.counter != nil {
				out.counter, out.merged = l.counter, "sum"
			}
			out.buckets = l.buckets.or(r.buckets)
		}
		if !sameCounter && n.Op == parser.SUB {
			c.rawBoth(l, r, "is subtracted")
		}
	case n.Op == parser.MUL:
		switch one := (bounds{1, 1}); {
		case r.bounds == one:
			return l // an info metric brings labels alone
		case l.bounds == one:
			return r
		}
		out.Unit = l.Unit.times(r.Unit, 1)
		out.mayBeZero = l.mayBeZero || r.mayBeZero
		if l.boolean && r.Unit.known {
			out.Unit = r.Unit
		}
	case n.Op == parser.DIV:
		out.Unit = l.Unit.times(r.Unit, -1)
		out.mayBeZero = l.mayBeZero
		if len(l.Unit.dims) > 0 && l.Unit.sameDimensions(r.Unit, c.Catalog) && !l.Unit.fits(r.Unit, c.Catalog) {
			out.mixed = fmt.Sprintf("%s over %s", l.Unit.named(c.Catalog), r.Unit.named(c.Catalog))
		}
		c.rawBoth(l, r, "is divided: that is the mean over the life of the process")
		c.idle(n, l, r)
		c.share(n, l, r)
	case n.Op == parser.MOD:
		out.Unit = l.Unit
	}
	return out
}

// rawBoth tells of counters whose value since the start goes into an operation.
func (c *checker) rawBoth(l, r Type, what string) {
	for _, t := range []Type{l, r} {
		if t.counter != nil {
			c.raw(t, what)
		}
	}
}

// idle tells of a division by what is zero when nothing happens. A comparison drops
// what is NaN, and one with an upper limit what is infinite.
func (c *checker) idle(n *parser.BinaryExpr, l, r Type) {
	if !r.mayBeZero || c.guarded > 0 || c.query.Use == InVariable {
		return
	}
	gives, dropped := "is NaN", c.filtered > 0 || c.query.Use == InAlert
	if !l.mayBeZero {
		gives, dropped = "is infinite", c.capped > 0
	}
	if dropped {
		return
	}
	c.add(codeIdle, n.RHS.PositionRange(), "keep what is above zero: / (… > 0)", "the division %s while nothing happens, since what it divides by is then 0", gives)
}

// unlike tells of two units that do not go together.
func (c *checker) unlike(n *parser.BinaryExpr, l, r Type, what string) {
	a, b := l.Unit.named(c.Catalog), r.Unit.named(c.Catalog)
	hint := ""
	if l.Unit.sameDimensions(r.Unit, c.Catalog) && r.Unit.factor != 0 && l.Unit.factor != 0 {
		hint = fmt.Sprintf("multiply the left side by %s", model.FormatNumber(l.Unit.factor/r.Unit.factor))
	}
	c.add(codeUnlike, n.PositionRange(), hint, "%s and %s %s", subject(l, a), subject(r, b), what)
}

func subject(t Type, unit string) string {
	if len(t.parts) == 1 {
		return fmt.Sprintf("%s in %s", t.parts[0], unit)
	}
	return unit
}

// share tells of a part that is divided by the other parts of its whole.
func (c *checker) share(n *parser.BinaryExpr, l, r Type) {
	if len(l.parts) != 1 || len(r.parts) == 0 || slices.Contains(r.parts, l.parts[0]) {
		return
	}
	for _, exporter := range c.exportersOf(l.parts[0]) {
		wholes := c.Catalog.Exporters[exporter].Wholes
		for _, name := range slices.Sorted(maps.Keys(wholes)) {
			whole := wholes[name]
			if !slices.Contains(whole.Parts, l.parts[0]) || slices.ContainsFunc(r.parts, func(p string) bool { return !slices.Contains(whole.Parts, p) }) {
				continue
			}
			hint := promql.ShareOf(n.LHS, n.RHS)
			if whole.Total != "" {
				hint += fmt.Sprintf("; or over %s, where it is collected", whole.Total)
			}
			c.add(codePart, n.PositionRange(), "write "+hint, "%s over %s is no share: it is a part over another part, and grows past 1",
				l.parts[0], strings.Join(r.parts, " + "))
			return
		}
	}
}

// keepsBelow reports whether a comparison keeps what lies below a number.
func keepsBelow(n *parser.BinaryExpr) bool {
	if _, ok := unwrap(n.LHS).(*parser.NumberLiteral); ok {
		return n.Op == parser.GTR || n.Op == parser.GTE || n.Op == parser.EQLC
	}
	return n.Op == parser.LSS || n.Op == parser.LTE || n.Op == parser.EQLC
}

func (c *checker) exportersOf(series string) []string {
	var out []string
	for _, s := range c.Catalog.Find(series) {
		out = append(out, s.Exporter)
	}
	return out
}
