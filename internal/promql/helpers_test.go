package promql

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

func mustParse(t testing.TB, text string) Expr {
	t.Helper()
	e, faults := Parse(text)
	if len(faults) > 0 {
		t.Fatalf("%s: %v", text, faults)
	}
	return e
}

func mustPrint(t testing.TB, e Expr) string {
	t.Helper()
	text, err := Print(e)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sel parses one selector.
func sel(t testing.TB, text string) *Selector {
	t.Helper()
	return mustParse(t, text).(*Selector)
}

// A world is what Prometheus has stored, in the notation of promtool's tests,
// a sample a minute: `x{a="b"} 0+10x5`.
type world []string

// eval asks Prometheus' own engine, at a minute of the world's time, and gives
// the values by the text of their labels.
func (w world) eval(t testing.TB, query string, minute int) map[string]float64 {
	t.Helper()
	p := parser.NewParser(parser.Options{})
	var all []storage.Series
	for _, line := range w {
		lset, values, err := p.ParseSeriesDesc(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		var samples []chunks.Sample
		for i, v := range values {
			if !v.Omitted {
				samples = append(samples, sample{at: int64(i) * time.Minute.Milliseconds(), v: v.Value})
			}
		}
		all = append(all, storage.NewListSeries(lset, samples))
	}
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1e6, Timeout: time.Minute, Parser: p,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() }})
	q, err := engine.NewInstantQuery(context.Background(), stored{all}, nil, query, time.UnixMilli(int64(minute)*time.Minute.Milliseconds()))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer q.Close()
	vector, err := q.Exec(context.Background()).Vector()
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	out := map[string]float64{}
	for _, s := range vector {
		if !value.IsStaleNaN(s.F) {
			out[s.Metric.String()] = s.F
		}
	}
	return out
}

// stored is the least storage that the engine accepts.
type stored struct{ series []storage.Series }

func (s stored) Querier(int64, int64) (storage.Querier, error) { return s, nil }

func (s stored) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	var found []storage.Series
	for _, one := range s.series {
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(one.Labels().Get(m.Name)) }) {
			found = append(found, one)
		}
	}
	return &seriesSet{found: found, at: -1}
}

func (stored) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (stored) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (stored) Close() error { return nil }

type seriesSet struct {
	found []storage.Series
	at    int
}

func (s *seriesSet) Next() bool                      { s.at++; return s.at < len(s.found) }
func (s *seriesSet) At() storage.Series              { return s.found[s.at] }
func (*seriesSet) Err() error                        { return nil }
func (*seriesSet) Warnings() annotations.Annotations { return nil }

// sample is a number; what a histogram would need is not there.
type sample struct {
	chunks.Sample
	at int64
	v  float64
}

func (s sample) T() int64               { return s.at }
func (sample) ST() int64                { return 0 }
func (s sample) F() float64             { return s.v }
func (sample) Type() chunkenc.ValueType { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample    { return s }
