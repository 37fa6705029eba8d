package promql

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
)

// TargetEdge is the value of the "le" matcher that asks for the share of a
// histogram below a target.
const TargetEdge = "target"

// Edges are the two bucket edges around a threshold. Lower equals Upper when
// the threshold is an edge; Lower is 0 when it lies in the first bucket, and
// Upper is +Inf when it lies above the last edge.
type Edges struct {
	Threshold    float64
	Lower, Upper float64
}

// Exact reports whether the threshold can be measured without an estimate.
func (e Edges) Exact() bool { return e.Lower == e.Upper }

// At are the edges of a threshold that is an edge itself.
func At(edge float64) Edges { return Edges{edge, edge, edge} }

// Around finds the edges around a threshold.
func Around(buckets []float64, threshold float64) Edges {
	lower := 0.0
	for _, b := range slices.Sorted(slices.Values(buckets)) {
		// A converted threshold, 1/40, equals its edge up to rounding.
		if math.Abs(b-threshold) <= 1e-9*math.Max(b, threshold) {
			return Edges{threshold, b, b}
		}
		if b > threshold {
			return Edges{threshold, lower, b}
		}
		lower = b
	}
	return Edges{threshold, lower, math.Inf(1)}
}

// Between finds the edges around a threshold. It reports false when the
// threshold is above the last edge, where a histogram says nothing.
func Between(buckets []float64, threshold float64) (Edges, bool) {
	e := Around(buckets, threshold)
	if math.IsInf(e.Upper, 1) {
		return Edges{}, false
	}
	return e, true
}

// Below replaces each aggregation over buckets with le="target" by the share
// below the threshold. Between two edges it follows the straight line that
// histogram_quantile draws, so that an alert agrees with a percentile panel:
//
//	lower + (upper - lower) × (threshold - lower edge) / (upper edge - lower edge)
func Below(e Expr, edges Edges) Expr {
	at := func(e Expr, edge float64) Expr {
		return Rewrite(e, func(e Expr) Expr {
			if s, ok := e.(*parser.VectorSelector); ok {
				if v, ok := MatcherValue(s, "le"); ok && v == TargetEdge {
					return Match(s, Equal, "le", FormatEdge(edge))
				}
			}
			return e
		})
	}
	return Rewrite(e, func(e Expr) Expr {
		a, ok := e.(*parser.AggregateExpr)
		if !ok || !slices.ContainsFunc(Selectors(a), isTargetEdge) {
			return e
		}
		if edges.Exact() {
			return at(a, edges.Upper)
		}
		share := (edges.Threshold - edges.Lower) / (edges.Upper - edges.Lower)
		upper := Scale(at(a, edges.Upper), round(share))
		if edges.Lower == 0 {
			return upper
		}
		return &parser.BinaryExpr{Op: parser.ADD, LHS: Scale(at(a, edges.Lower), round(1-share)), RHS: upper,
			VectorMatching: &parser.VectorMatching{Card: parser.CardOneToOne}}
	})
}

// round keeps twelve digits: weights are read by people.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(fmt.Sprintf("%.12g", v), 64)
	if err != nil {
		return v
	}
	return r
}

func isTargetEdge(s *Selector) bool {
	v, ok := MatcherValue(s, "le")
	return ok && v == TargetEdge
}

// FormatEdge prints a bucket edge as Prometheus stores it: a float, with a
// point even where it is whole, since le="1" matches nothing.
func FormatEdge(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if strings.ContainsAny(s, ".e") || math.IsInf(v, 0) {
		return s
	}
	return s + ".0"
}
