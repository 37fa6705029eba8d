package evaluate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

var engine = promql.NewEngine(promql.EngineOpts{
	MaxSamples: 500_000_000, Timeout: 10 * time.Minute, LookbackDelta: lookback,
	EnableAtModifier: true, EnableNegativeOffset: true, Parser: parser.NewParser(parser.Options{}),
})

// lookback is Prometheus' default: how long a series without a new sample is
// still there.
const lookback = 5 * time.Minute

// Lookback in seconds.
const Lookback = float64(lookback / time.Second)

// Span is the time over which rules are evaluated, in seconds, and how often.
type Span struct{ Start, End, Step float64 }

// Rule is a recording rule or an alert.
type Rule struct {
	Name                string // of the record or the alert
	Expr                string
	For                 float64 // seconds
	Labels, Annotations map[string]string
}

// Record evaluates a recording rule and stores what it gives.
func (s *Store) Record(r Rule, span Span) error {
	result, err := s.query(r.Expr, span)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	taken := map[string][]promql.FPoint{}
	for _, from := range result {
		b := labels.NewBuilder(from.Metric).Set(labels.MetricName, r.Name)
		for name, value := range r.Labels {
			b.Set(name, value)
		}
		l := b.Labels()
		key := l.String()
		if other, ok := taken[key]; ok && overlap(other, from.Floats) {
			return fmt.Errorf("%s: two results have the labels %s", r.Name, key)
		}
		taken[key] = append(taken[key], from.Floats...)
		s.record(series{labels: l, samples: samples(from.Floats, span)})
	}
	return nil
}

// record puts in a series, or goes on with one of another store (Continue).
func (s *Store) record(next series) {
	f := s.byName[next.labels.Get(labels.MetricName)]
	if f == nil || f.past == nil {
		s.put(next)
		return
	}
	i, ok := f.past[next.labels.Hash()]
	if !ok || !labels.Equal(f.all[i].labels, next.labels) {
		s.put(next)
		return
	}
	had := f.all[i].samples
	if n := len(had) - 1; had[n].T() == next.samples[0].T() {
		had = had[:n] // the marker of its end
	}
	f.all[i].samples = append(slices.Clip(had), next.samples...)
}

// overlap reports whether two series have a point at the same time.
func overlap(a, b []promql.FPoint) bool {
	times := map[int64]bool{}
	for _, p := range a {
		times[p.T] = true
	}
	return slices.ContainsFunc(b, func(p promql.FPoint) bool { return times[p.T] })
}

// samples marks the steps at which a series is no longer there as stale.
func samples(points []promql.FPoint, span Span) []chunks.Sample {
	step := int64(span.Step * 1000)
	var out []chunks.Sample
	for i, p := range points {
		out = append(out, sample{p.T, p.F})
		if next := p.T + step; i == len(points)-1 && next <= int64(span.End*1000) || i < len(points)-1 && points[i+1].T > next {
			out = append(out, sample{next, math.Float64frombits(value.StaleNaN)})
		}
	}
	return out
}

func (s *Store) query(expr string, span Span) (promql.Matrix, error) {
	q, err := engine.NewRangeQuery(context.Background(), s, nil, expr, at(span.Start), at(span.End), time.Duration(span.Step*float64(time.Second)))
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result := q.Exec(context.Background())
	if result.Err != nil {
		return nil, result.Err
	}
	m, err := result.Matrix()
	if err != nil {
		return nil, err
	}
	// The engine takes its points back when the query is closed.
	out := make(promql.Matrix, len(m))
	for i, one := range m {
		out[i] = promql.Series{Metric: one.Metric, Floats: slices.Clone(one.Floats)}
	}
	return out, nil
}

// Episode is one time that an alert was active, for one set of labels. Times
// are seconds; Until is the first step without it, or infinite.
type Episode struct {
	Labels labels.Labels
	// Since it is pending, and Fired when it fires: infinite where it never does.
	Since, Fired, Until float64
	// Annotations as they read when the alert fires, or is pending first.
	Annotations map[string]string
}

// Alert evaluates an alert and returns its episodes in the order of time.
func (s *Store) Alert(r Rule, span Span) ([]Episode, error) {
	result, err := s.query(r.Expr, span)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	var out []Episode
	for _, from := range result {
		for _, run := range runs(from.Floats, span.Step) {
			e := Episode{Since: seconds(run[0].T), Fired: math.Inf(1), Until: seconds(run[len(run)-1].T) + span.Step}
			told := run[0]
			if i := slices.IndexFunc(run, func(p promql.FPoint) bool { return seconds(p.T)-e.Since >= r.For }); i >= 0 {
				e.Fired, told = seconds(run[i].T), run[i]
			}
			if e.Until > span.End {
				e.Until = math.Inf(1)
			}
			if e.Labels, e.Annotations, err = Texts(r, promql.Sample{Metric: from.Metric, T: told.T, F: told.F}); err != nil {
				return nil, err
			}
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Episode) int {
		if a.Since != b.Since {
			return int(math.Copysign(1, a.Since-b.Since))
		}
		return labels.Compare(a.Labels, b.Labels)
	})
	return out, nil
}

// runs splits points where a step is missing.
func runs(points []promql.FPoint, step float64) [][]promql.FPoint {
	var out [][]promql.FPoint
	from := 0
	for i := range points {
		if i+1 == len(points) || points[i+1].T > points[i].T+int64(step*1000) {
			out = append(out, points[from:i+1])
			from = i + 1
		}
	}
	return out
}

// Texts expands the templates of an alert's labels and annotations for one of its
// series. A label that the series does not have reads as nothing.
func Texts(r Rule, s promql.Sample) (labels.Labels, map[string]string, error) {
	b := labels.NewBuilder(s.Metric).Del(labels.MetricName)
	data := template.AlertTemplateData(s.Metric.Map(), nil, "", s)
	var errs []error
	expand := func(text string) string {
		out, err := template.NewTemplateExpander(context.Background(),
			"{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"+text,
			r.Name, data, model.Time(s.T), nil, &url.URL{}, nil).Expand()
		errs = append(errs, err)
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		b.Set(name, expand(r.Labels[name]))
	}
	annotations := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Annotations)) {
		annotations[name] = expand(r.Annotations[name])
	}
	return b.Set(labels.AlertName, r.Name).Labels(), annotations, errors.Join(errs...)
}

// Value is that of one series at a time.
type Value struct {
	Labels labels.Labels
	Value  float64
}

// Values evaluates an expression at one time. The order is that of the expression,
// where it sorts, and else that of the labels: a subquery gives its series in any.
func (s *Store) Values(expr string, when float64) ([]Value, error) {
	s, expr, err := s.steady(expr, Span{when, when, 1})
	if err != nil {
		return nil, err
	}
	q, err := engine.NewInstantQuery(context.Background(), s, nil, expr, at(when))
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result := q.Exec(context.Background())
	if result.Err != nil {
		return nil, result.Err
	}
	if scalar, err := result.Scalar(); err == nil {
		return []Value{{labels.EmptyLabels(), scalar.V}}, nil
	}
	vector, err := result.Vector()
	if err != nil {
		return nil, err
	}
	var out []Value
	for _, one := range vector {
		out = append(out, Value{unranked(one.Metric), one.F})
	}
	byLabels := func(a, b Value) int { return labels.Compare(a.Labels, b.Labels) }
	if !sorts(q.Statement().(*parser.EvalStmt).Expr) {
		slices.SortFunc(out, byLabels)
		return out, nil
	}
	for rest := out; len(rest) > 0; {
		n := 1 // of one value
		for n < len(rest) && rest[n].Value == rest[0].Value {
			n++
		}
		slices.SortFunc(rest[:n], byLabels)
		rest = rest[n:]
	}
	return out, nil
}

// sorts reports whether an expression gives its series in an order of its own.
func sorts(e parser.Expr) bool {
	switch e := e.(type) {
	case *parser.ParenExpr:
		return sorts(e.Expr)
	case *parser.StepInvariantExpr:
		return sorts(e.Expr)
	case *parser.AggregateExpr:
		return e.Op == parser.TOPK || e.Op == parser.BOTTOMK
	case *parser.Call:
		return strings.HasPrefix(e.Func.Name, "sort")
	}
	return false
}
