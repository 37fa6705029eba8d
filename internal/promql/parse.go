package promql

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// The types of the tree are the parser's own.
type (
	// Expr is any expression.
	Expr = parser.Expr
	// Selector names series and matches their labels.
	Selector = parser.VectorSelector
	// Matcher matches one label.
	Matcher = labels.Matcher
)

// What a query may give that is no value of a series.
const (
	Matrix = parser.ValueTypeMatrix
	String = parser.ValueTypeString
)

// rateInterval is Grafana's variable for a range that fits the scrape
// interval and the zoom. It does not parse, so a duration of the same length
// that nobody would write stands in for it.
const (
	rateInterval         = "$__rate_interval"
	rateIntervalStandIn  = "00000001234567ms"
	rateIntervalDuration = 1234567 * time.Millisecond
)

var parse = parser.NewParser(parser.Options{})

// parseAll takes what a server understands with every feature switched on.
var parseAll = parser.NewParser(parser.Options{EnableExperimentalFunctions: true, ExperimentalDurationExpr: true,
	EnableExtendedRangeSelectors: true, EnableBinopFillModifiers: true})

// A SyntaxError is a fault in a query, at bytes [Start, End) of its text.
type SyntaxError struct {
	Start, End int
	Message    string
}

// Parse reads a query, which may hold $__rate_interval, and returns every
// fault the parser found.
func Parse(text string) (Expr, []SyntaxError) { return parseWith(parse, text) }

// HasValue reports whether a query has a value at each time, which a rule and a panel
// need, and what it is: a range vector or a text has none.
func HasValue(e Expr) (kind string, ok bool) {
	t := e.Type()
	return parser.DocumentedType(t), t == parser.ValueTypeVector || t == parser.ValueTypeScalar
}

// ParseAny reads a query of others, whose server may have experimental features
// switched on.
func ParseAny(text string) (Expr, []SyntaxError) { return parseWith(parseAll, text) }

func parseWith(p parser.Parser, text string) (Expr, []SyntaxError) {
	e, err := p.ParseExpr(strings.ReplaceAll(text, rateInterval, rateIntervalStandIn))
	if err == nil {
		return e, nil
	}
	var list parser.ParseErrors
	if !errors.As(err, &list) {
		return nil, []SyntaxError{{End: len(text), Message: err.Error()}}
	}
	var out []SyntaxError
	for _, pe := range list {
		// The parser's range may end before it starts, or after the text.
		start := min(int(pe.PositionRange.Start), len(text))
		out = append(out, SyntaxError{
			Start:   start,
			End:     max(start, min(int(pe.PositionRange.End), len(text))),
			Message: pe.Err.Error(),
		})
	}
	return nil, out
}

// Print writes a tree as one line, and proves that it reads back as the same
// tree. For a panel, the stand-in becomes $__rate_interval again.
func Print(e Expr) (string, error) {
	text := e.String()
	again, err := parse.ParseExpr(text)
	if err != nil {
		return "", fmt.Errorf("the query does not read back: %w in %s", err, text)
	}
	if shape(e) != shape(again) {
		return "", fmt.Errorf("the query reads back differently: %s", text)
	}
	return restoreRateInterval.Replace(text), nil
}

// restoreRateInterval knows the places of a duration: a range, either half of
// a subquery's, an offset.
var restoreRateInterval = func() *strings.Replacer {
	var pairs []string
	for _, place := range []string{"[$]", "[$:$]", "[$:", ":$]", " offset $", " offset -$"} {
		pairs = append(pairs, strings.ReplaceAll(place, "$", printedStandIn), strings.ReplaceAll(place, "$", rateInterval))
	}
	return strings.NewReplacer(pairs...)
}()

var printedStandIn = func() string {
	e, err := parse.ParseExpr("x[" + rateIntervalStandIn + "]")
	if err != nil {
		panic("promql: the stand-in for $__rate_interval does not parse: " + err.Error())
	}
	text := e.String()
	return text[2 : len(text)-1]
}()

// shape prints a tree with every operation in brackets of its own, so that
// two trees are equal if their shapes are.
func shape(e Expr) string {
	switch e := e.(type) {
	case *parser.ParenExpr:
		return shape(e.Expr)
	case *parser.BinaryExpr:
		matching := ""
		if m := e.VectorMatching; m != nil {
			matching = fmt.Sprint(m.Card, m.On, m.MatchingLabels, m.Include)
		}
		return fmt.Sprintf("(%s %s %t %s %s)", e.Op, matching, e.ReturnBool, shape(e.LHS), shape(e.RHS))
	case *parser.UnaryExpr:
		return fmt.Sprintf("(%s %s)", e.Op, shape(e.Expr))
	case *parser.AggregateExpr:
		param := ""
		if e.Param != nil {
			param = shape(e.Param)
		}
		return fmt.Sprintf("(%s %t %q %s %s)", e.Op, e.Without, e.Grouping, param, shape(e.Expr))
	case *parser.Call:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = shape(a)
		}
		return fmt.Sprintf("(%s %s)", e.Func.Name, strings.Join(args, " "))
	case *parser.SubqueryExpr:
		return fmt.Sprintf("(subquery %s %s %s %s)", e.Range, e.Step, e.OriginalOffset, shape(e.Expr))
	case nil:
		return "()"
	}
	return e.String()
}
