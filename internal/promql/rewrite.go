package promql

import (
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// Rewrite copies a tree bottom-up, passing each copied node through f. A
// result that is an operation is put in brackets, so that it keeps its
// meaning wherever it lands. The given tree is not changed.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	var out Expr
	switch e := e.(type) {
	case *parser.VectorSelector:
		c := *e
		c.LabelMatchers = slices.Clone(e.LabelMatchers)
		out = &c
	case *parser.MatrixSelector:
		c := *e
		c.VectorSelector = Rewrite(e.VectorSelector, f)
		out = &c
	case *parser.SubqueryExpr:
		c := *e
		c.Expr = Rewrite(e.Expr, f)
		out = &c
	case *parser.Call:
		c := *e
		c.Args = make(parser.Expressions, len(e.Args))
		for i, a := range e.Args {
			c.Args[i] = Rewrite(a, f)
		}
		out = &c
	case *parser.AggregateExpr:
		c := *e
		c.Grouping = slices.Clone(e.Grouping)
		c.Expr = Rewrite(e.Expr, f)
		if e.Param != nil {
			c.Param = Rewrite(e.Param, f)
		}
		out = &c
	case *parser.BinaryExpr:
		c := *e
		c.LHS, c.RHS = Rewrite(e.LHS, f), Rewrite(e.RHS, f)
		if e.VectorMatching != nil {
			m := *e.VectorMatching
			m.MatchingLabels = slices.Clone(m.MatchingLabels)
			m.Include = slices.Clone(m.Include)
			c.VectorMatching = &m
		}
		out = &c
	case *parser.ParenExpr:
		c := *e
		c.Expr = unwrap(Rewrite(e.Expr, f))
		out = &c
	case *parser.UnaryExpr:
		c := *e
		c.Expr = Rewrite(e.Expr, f)
		out = &c
	case *parser.NumberLiteral:
		c := *e
		out = &c
	case *parser.StringLiteral:
		c := *e
		out = &c
	default:
		out = e
	}
	before := out
	if out = f(out); out != before {
		return wrap(out)
	}
	return out
}

// wrap puts an operation in brackets.
func wrap(e Expr) Expr {
	switch e.(type) {
	case *parser.BinaryExpr, *parser.UnaryExpr:
		return &parser.ParenExpr{Expr: e}
	}
	return e
}

func unwrap(e Expr) Expr {
	if p, ok := e.(*parser.ParenExpr); ok {
		return p.Expr
	}
	return e
}

// Selectors lists the selectors of a tree in the order they are written.
func Selectors(e Expr) []*Selector {
	var out []*Selector
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if s, ok := n.(*parser.VectorSelector); ok {
			out = append(out, s)
		}
		return nil
	})
	return out
}

// Valued lists the selectors that a value can come from: what stands right of "and"
// and "unless" only chooses.
func Valued(e Expr) []*Selector {
	var out []*Selector
	_ = parser.Walk(valued{&out}, e, nil)
	return out
}

type valued struct{ out *[]*Selector }

func (v valued) Visit(n parser.Node, path []parser.Node) (parser.Visitor, error) {
	switch n := n.(type) {
	case *parser.VectorSelector:
		*v.out = append(*v.out, n)
	case *parser.BinaryExpr:
		if n.Op == parser.LAND || n.Op == parser.LUNLESS {
			return nil, parser.Walk(v, n.LHS, path)
		}
	}
	return v, nil
}

// MatcherValue returns the value of the equality matcher on a label.
func MatcherValue(s *Selector, label string) (string, bool) {
	for _, m := range s.LabelMatchers {
		if m.Name == label && m.Type == labels.MatchEqual {
			return m.Value, true
		}
	}
	return "", false
}

// Rename gives a selector another series, keeping its other matchers and
// adding those of the series.
func Rename(s *Selector, series *Selector) *Selector {
	c := *s
	c.Name = series.Name
	c.LabelMatchers = nil
	for _, m := range s.LabelMatchers {
		if m.Name != labels.MetricName {
			c.LabelMatchers = append(c.LabelMatchers, m)
		}
	}
	c.LabelMatchers = append(c.LabelMatchers, series.LabelMatchers...)
	return &c
}

// Match returns the selector with one more matcher; one that stands already
// with the same label and kind is replaced.
func Match(s *Selector, kind MatchKind, label, value string) *Selector {
	return Narrow(Unmatch(s, kind, label), kind, label, value)
}

// Narrow returns the selector with one more matcher, beside those on the same label.
func Narrow(s *Selector, kind MatchKind, label, value string) *Selector {
	c := *s
	// Only a regular expression can be refused, and ours are alternations of
	// names that the schema has checked.
	m := labels.MustNewMatcher(labels.MatchType(kind), label, value)
	c.LabelMatchers = slices.DeleteFunc(slices.Clone(s.LabelMatchers), func(o *Matcher) bool {
		return o.Name == label && o.Type == m.Type && o.Value == value
	})
	c.LabelMatchers = append(c.LabelMatchers, m)
	return &c
}

// Suffixed returns the selector of name+suffix with the same matchers.
func Suffixed(s *Selector, suffix string) *Selector {
	c := *s
	c.Name += suffix
	c.LabelMatchers = slices.Clone(s.LabelMatchers)
	for i, m := range c.LabelMatchers {
		if m.Name == labels.MetricName {
			c.LabelMatchers[i] = labels.MustNewMatcher(m.Type, m.Name, c.Name)
		}
	}
	return &c
}

// Matches reports whether the selector has any matcher on a label.
func Matches(s *Selector, label string) bool {
	return slices.ContainsFunc(s.LabelMatchers, func(m *Matcher) bool { return m.Name == label })
}

// Unmatch returns the selector without the matchers of one kind on a label.
func Unmatch(s *Selector, kind MatchKind, label string) *Selector {
	c := *s
	c.LabelMatchers = slices.DeleteFunc(slices.Clone(s.LabelMatchers), func(m *Matcher) bool {
		return m.Name == label && m.Type == labels.MatchType(kind)
	})
	return &c
}

// MatchKind says how a matcher compares.
type MatchKind labels.MatchType

// Kinds of matcher that the compiler writes.
const (
	Equal     = MatchKind(labels.MatchEqual)
	NotEqual  = MatchKind(labels.MatchNotEqual)
	Regexp    = MatchKind(labels.MatchRegexp)
	NotRegexp = MatchKind(labels.MatchNotRegexp)
)

// Labels replaces labels in grouping and matching lists by what expand gives
// for them, in order and without repetition.
func Labels(e Expr, expand func(label string) ([]string, bool)) Expr {
	list := func(in []string) []string {
		var out []string
		for _, l := range in {
			names, ok := expand(l)
			if !ok {
				names = []string{l}
			}
			for _, n := range names {
				if !slices.Contains(out, n) {
					out = append(out, n)
				}
			}
		}
		return out
	}
	return Rewrite(e, func(e Expr) Expr {
		switch e := e.(type) {
		case *parser.AggregateExpr:
			e.Grouping = list(e.Grouping)
		case *parser.BinaryExpr:
			if m := e.VectorMatching; m != nil {
				m.MatchingLabels = list(m.MatchingLabels)
				m.Include = list(m.Include)
			}
		}
		return e
	})
}

// GroupingLabels lists every label that a tree groups or matches by.
func GroupingLabels(e Expr) []string {
	var out []string
	Labels(e, func(l string) ([]string, bool) {
		out = append(out, l)
		return nil, false
	})
	return out
}

// ShortestRanges gives, for each series read over a range, the shortest one in
// seconds.
func ShortestRanges(e Expr) map[string]float64 {
	out := map[string]float64{}
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if m, ok := n.(*parser.MatrixSelector); ok {
			name := m.VectorSelector.(*parser.VectorSelector).Name
			if have, ok := out[name]; !ok || m.Range.Seconds() < have {
				out[name] = m.Range.Seconds()
			}
		}
		return nil
	})
	return out
}

// Numbers puts numbers in for series names: x and scalar(x) both become the
// number that value gives for x. A number has no past: x[5m] stays a series,
// for the check of what is read to refuse.
func Numbers(e Expr, value func(series string) (float64, bool)) Expr {
	ranged := map[string]bool{}
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if m, ok := n.(*parser.MatrixSelector); ok {
			for _, s := range Selectors(m) {
				ranged[s.Name] = true
			}
		}
		return nil
	})
	return Rewrite(e, func(e Expr) Expr {
		switch n := e.(type) {
		case *parser.VectorSelector:
			if v, ok := value(n.Name); ok && !ranged[n.Name] {
				return Number(v)
			}
		case *parser.UnaryExpr:
			// -5 is read as one number.
			if v, ok := n.Expr.(*parser.NumberLiteral); ok && n.Op == parser.SUB {
				return Number(-v.Val)
			}
		case *parser.Call:
			if n.Func.Name == "scalar" {
				if v, ok := n.Args[0].(*parser.NumberLiteral); ok {
					return v
				}
			}
		case *parser.BinaryExpr:
			// A number has no labels to match on.
			if n.LHS.Type() == parser.ValueTypeScalar || n.RHS.Type() == parser.ValueTypeScalar {
				n.VectorMatching = nil
			} else if n.VectorMatching == nil {
				n.VectorMatching = &parser.VectorMatching{Card: parser.CardOneToOne}
			}
		}
		return e
	})
}

// Number is a literal.
func Number(v float64) Expr { return &parser.NumberLiteral{Val: v} }

// Scale multiplies by a factor; 1 changes nothing.
func Scale(e Expr, factor float64) Expr {
	if factor == 1 {
		return e
	}
	return &parser.BinaryExpr{Op: parser.MUL, LHS: wrap(e), RHS: Number(factor)}
}

// Or joins alternatives, the first that has a series wins.
func Or(alternatives ...Expr) Expr {
	out := wrap(alternatives[0])
	for _, a := range alternatives[1:] {
		out = set(parser.LOR, out, wrap(a), nil)
	}
	return unwrap(out)
}

// And keeps the series of a that b has too, matched on labels.
func And(a, b Expr, on []string) Expr { return set(parser.LAND, wrap(a), wrap(b), on) }

func set(op parser.ItemType, a, b Expr, on []string) Expr {
	return &parser.BinaryExpr{Op: op, LHS: a, RHS: b, VectorMatching: &parser.VectorMatching{
		Card: parser.CardManyToMany, MatchingLabels: on, On: on != nil,
	}}
}

// Above compares with a number.
func Above(e Expr, limit float64) Expr {
	return &parser.BinaryExpr{Op: parser.GTR, LHS: wrap(e), RHS: Number(limit)}
}

// AtLeast compares with a number that is itself enough.
func AtLeast(e Expr, limit float64) Expr {
	return &parser.BinaryExpr{Op: parser.GTE, LHS: wrap(e), RHS: Number(limit)}
}

// Minus subtracts one vector from another with the same labels.
func Minus(a, b Expr) Expr {
	return &parser.BinaryExpr{Op: parser.SUB, LHS: wrap(a), RHS: wrap(b), VectorMatching: &parser.VectorMatching{Card: parser.CardOneToOne}}
}

// Named is a selector of one series.
func Named(name string, matchers ...[2]string) *Selector {
	s := &parser.VectorSelector{Name: name, LabelMatchers: []*Matcher{labels.MustNewMatcher(labels.MatchEqual, labels.MetricName, name)}}
	for _, m := range matchers {
		s.LabelMatchers = append(s.LabelMatchers, labels.MustNewMatcher(labels.MatchEqual, m[0], m[1]))
	}
	return s
}

// Alternation is the regular expression that matches exactly the given texts.
func Alternation(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = regexp.QuoteMeta(t)
	}
	return strings.Join(quoted, "|")
}

// Constant computes an expression of numbers alone; false where it holds
// anything else.
func Constant(e Expr) (float64, bool) {
	switch e := e.(type) {
	case *parser.NumberLiteral:
		return e.Val, true
	case *parser.ParenExpr:
		return Constant(e.Expr)
	case *parser.UnaryExpr:
		v, ok := Constant(e.Expr)
		if e.Op == parser.SUB {
			v = -v
		}
		return v, ok
	case *parser.BinaryExpr:
		a, left := Constant(e.LHS)
		b, right := Constant(e.RHS)
		if !left || !right {
			return 0, false
		}
		switch e.Op {
		case parser.ADD:
			return a + b, true
		case parser.SUB:
			return a - b, true
		case parser.MUL:
			return a * b, true
		case parser.DIV:
			return a / b, true
		}
	}
	return 0, false
}

// Past says how long ago the oldest sample may be that an expression reads of
// each series, in seconds: its range, its offset, and those of the subqueries
// around it.
func Past(e Expr) map[string]float64 {
	out := map[string]float64{}
	parser.Inspect(e, func(n parser.Node, above []parser.Node) error {
		s, ok := n.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		past := s.OriginalOffset
		for _, node := range above {
			switch node := node.(type) {
			case *parser.MatrixSelector:
				past += node.Range
			case *parser.SubqueryExpr:
				past += node.Range + node.OriginalOffset
			}
		}
		out[s.Name] = max(out[s.Name], past.Seconds())
		return nil
	})
	return out
}

// Present is 1 without labels while an expression has any series.
func Present(e Expr) Expr { return &parser.AggregateExpr{Op: parser.GROUP, Expr: e} }
