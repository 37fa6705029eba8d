package golden

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// store keeps samples in memory, so that a fleet that took hours of simulated
// time to become healthy can be forked for each fault. It is a
// storage.Queryable for the engine.
type store struct {
	byLabels map[string]*series
	byName   map[string][]*series
}

type series struct {
	labels  labels.Labels
	samples []chunks.Sample
}

// point is a chunks.Sample of one float.
type point struct {
	t int64
	v float64
}

func (p point) T() int64                      { return p.t }
func (p point) ST() int64                     { return 0 }
func (p point) F() float64                    { return p.v }
func (p point) H() *histogram.Histogram       { return nil }
func (p point) FH() *histogram.FloatHistogram { return nil }
func (p point) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (p point) Copy() chunks.Sample           { return p }

func newStore() *store {
	return &store{byLabels: map[string]*series{}, byName: map[string][]*series{}}
}

// fork is a copy; what one of the two appends, the other does not see.
func (s *store) fork() *store {
	out := newStore()
	for _, all := range s.byName {
		for _, from := range all {
			out.series(from.labels).samples = slices.Clip(from.samples)
		}
	}
	return out
}

func (s *store) series(l labels.Labels) *series {
	key := l.String()
	found := s.byLabels[key]
	if found == nil {
		found = &series{labels: l}
		name := l.Get(labels.MetricName)
		s.byLabels[key], s.byName[name] = found, append(s.byName[name], found)
	}
	return found
}

// append fails where Prometheus drops a sample: two for one moment.
func (s *series) append(t time.Time, v float64) error {
	ms := t.UnixMilli()
	if n := len(s.samples); n > 0 && s.samples[n-1].T() >= ms {
		if value.IsStaleNaN(v) {
			return nil // something else still writes the series
		}
		return fmt.Errorf("%s has a sample for this moment already", s.labels)
	}
	s.samples = append(s.samples, point{ms, v})
	return nil
}

// prepend puts so many minutes of one value before a time.
func (s *series) prepend(before time.Time, minutes int, v float64) {
	var past []chunks.Sample
	for i := minutes; i > 0; i-- {
		past = append(past, point{before.Add(-time.Duration(i) * time.Minute).UnixMilli(), v})
	}
	s.samples = append(past, s.samples...)
}

func (s *series) markStale(t time.Time) { _ = s.append(t, math.Float64frombits(value.StaleNaN)) }

func (s *store) Querier(mint, maxt int64) (storage.Querier, error) {
	return &querier{store: s, mint: mint, maxt: maxt}, nil
}

type querier struct {
	store      *store
	mint, maxt int64
}

func (q *querier) Select(_ context.Context, sorted bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	out := &seriesList{}
	for name, all := range q.store.byName {
		if !matches(matchers, labels.MetricName, name) {
			continue
		}
		for _, s := range all {
			if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(s.labels.Get(m.Name)) }) {
				from := sort.Search(len(s.samples), func(i int) bool { return s.samples[i].T() >= q.mint })
				to := sort.Search(len(s.samples), func(i int) bool { return s.samples[i].T() > q.maxt })
				if from < to {
					out.all = append(out.all, storage.NewListSeries(s.labels, s.samples[from:to]))
				}
			}
		}
	}
	if sorted {
		slices.SortFunc(out.all, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	}
	return out
}

func matches(matchers []*labels.Matcher, name, value string) bool {
	for _, m := range matchers {
		if m.Name == name && !m.Matches(value) {
			return false
		}
	}
	return true
}

func (*querier) LabelValues(context.Context, string, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (*querier) LabelNames(context.Context, *storage.LabelHints, ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return nil, nil, nil
}

func (*querier) Close() error { return nil }

type seriesList struct {
	all []storage.Series
	at  int
}

func (l *seriesList) Next() bool                      { l.at++; return l.at <= len(l.all) }
func (l *seriesList) At() storage.Series              { return l.all[l.at-1] }
func (*seriesList) Err() error                        { return nil }
func (*seriesList) Warnings() annotations.Annotations { return nil }
