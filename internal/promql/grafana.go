package promql

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

var legendLabel = regexp.MustCompile(`\{\{ *([A-Za-z_][A-Za-z0-9_]*) *\}\}`)

// LegendLabels lists the labels that a panel's legend shows.
func LegendLabels(legend string) []string {
	var out []string
	for _, m := range legendLabel.FindAllStringSubmatch(legend, -1) {
		out = append(out, m[1])
	}
	return out
}

// GrafanaVariable matches $name, ${name}, ${name:format}, and [[name]] of old.
var GrafanaVariable = regexp.MustCompile(`\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]*)?\}|\[\[(\w+?)(?::\w+)?\]\]`)

// GrafanaVariables are the names of the variables in a text, in their order.
func GrafanaVariables(text string) []string {
	var out []string
	for _, m := range GrafanaVariable.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1]+m[2]+m[3])
	}
	return out
}

// FillLegend puts labels into a legend, or into a text of an annotation.
func FillLegend(legend string, value func(label string) string) string {
	return legendLabel.ReplaceAllStringFunc(legend, func(m string) string { return value(legendLabel.FindStringSubmatch(m)[1]) })
}

// LabelValues takes Grafana's label_values(selector, label) apart.
func LabelValues(query string) (selector, label string, ok bool) {
	inner, ok := strings.CutPrefix(strings.TrimSpace(query), "label_values(")
	if !ok {
		return "", "", false
	}
	inner, ok = strings.CutSuffix(inner, ")")
	if i := strings.LastIndex(inner, ","); ok && i >= 0 {
		return strings.TrimSpace(inner[:i]), strings.TrimSpace(inner[i+1:]), true
	}
	return "", strings.TrimSpace(inner), ok
}

// Fill puts into a panel's query what Grafana puts there: for each matcher on a
// variable, such as team=~"$team", what is chosen, as a regular expression, and
// for $__rate_interval a duration. A variable that is not known stays.
func Fill(e Expr, chosen map[string]string, rateInterval time.Duration) (Expr, error) {
	var wrong error
	out := Rewrite(e, func(e Expr) Expr {
		switch e := e.(type) {
		case *Selector:
			c := *e
			c.LabelMatchers = slices.Clone(e.LabelMatchers)
			for i, m := range c.LabelMatchers {
				name, isVariable := strings.CutPrefix(m.Value, "$")
				value, known := chosen[name]
				if !isVariable || !known {
					continue
				}
				filled, err := labels.NewMatcher(m.Type, m.Name, value)
				if err != nil {
					wrong = err
					continue
				}
				c.LabelMatchers[i] = filled
			}
			return &c
		case *parser.MatrixSelector:
			if IsRateInterval(e.Range) {
				c := *e
				c.Range = rateInterval
				return &c
			}
		}
		return e
	})
	return out, wrong
}

// FixedRates finds the rates over a range that does not follow the zoom of a
// panel, as bytes of the text.
func FixedRates(e Expr) [][2]int {
	var out [][2]int
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		call, ok := n.(*parser.Call)
		if !ok || call.Func.Name != "rate" && call.Func.Name != "irate" {
			return nil
		}
		if m, ok := call.Args[0].(*parser.MatrixSelector); ok && !IsRateInterval(m.Range) {
			at := call.PositionRange()
			out = append(out, [2]int{int(at.Start), int(at.End)})
		}
		return nil
	})
	return out
}
