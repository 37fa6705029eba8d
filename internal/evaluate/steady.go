package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// rankedPrefix begins the names of what is ranked.
const rankedPrefix = "ranked_"

// steady makes a query give the same each time. The engine hands on the results of
// operators in the order of a map, and topk takes the first of equal values: so what
// it ranks is evaluated by itself, and ranked in the order of its labels.
func (s *Store) steady(expr string, span Span) (*Store, string, error) {
	e, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		return nil, "", err
	}
	var ranking []*parser.AggregateExpr
	parser.Inspect(e, func(n parser.Node, above []parser.Node) error {
		a, ok := n.(*parser.AggregateExpr)
		if !ok || a.Op != parser.TOPK && a.Op != parser.BOTTOMK {
			return nil
		}
		_, plain := a.Expr.(*parser.VectorSelector)
		within := slices.ContainsFunc(above, func(n parser.Node) bool {
			_, subquery := n.(*parser.SubqueryExpr) // which has steps of its own
			return subquery
		})
		if !plain && !within {
			ranking = append(ranking, a)
		}
		return nil
	})
	if len(ranking) == 0 {
		return s, expr, nil
	}
	out := s.Without(func(string) bool { return false })
	for i, a := range slices.Backward(ranking) { // the inner ones first
		result, err := out.query(a.Expr.String(), span)
		if err != nil {
			return nil, "", err
		}
		name, taken := fmt.Sprint(rankedPrefix, i), map[string]bool{}
		for _, one := range result {
			l := labels.NewBuilder(one.Metric).Set(labels.MetricName, name).Labels()
			if taken[l.String()] {
				return s, expr, nil // only names tell them apart
			}
			taken[l.String()] = true
			out.put(series{labels: l, samples: samples(one.Floats, span)})
		}
		a.Expr = &parser.VectorSelector{Name: name, LabelMatchers: []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, labels.MetricName, name)}}
	}
	return out, e.String(), nil
}

// unranked takes away the name that a series has for being ranked.
func unranked(l labels.Labels) labels.Labels {
	if strings.HasPrefix(l.Get(labels.MetricName), rankedPrefix) {
		return labels.NewBuilder(l).Del(labels.MetricName).Labels()
	}
	return l
}
