package golden

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
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
	s.samples = append(s.samples, evaluate.Sample(ms, v))
	return nil
}

// prepend puts so many minutes of one value before a time.
func (s *series) prepend(before time.Time, minutes int, v float64) {
	var past []chunks.Sample
	for i := minutes; i > 0; i-- {
		past = append(past, evaluate.Sample(before.Add(-time.Duration(i)*time.Minute).UnixMilli(), v))
	}
	s.samples = append(past, s.samples...)
}

func (s *series) markStale(t time.Time) { _ = s.append(t, math.Float64frombits(value.StaleNaN)) }

func (s *store) Querier(mint, maxt int64) (storage.Querier, error) {
	return evaluate.Select(s.find).Querier(mint, maxt)
}

func (s *store) find(mint, maxt int64, matchers []*labels.Matcher) []storage.Series {
	var out []storage.Series
	for name, all := range s.byName {
		if slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return m.Name == labels.MetricName && !m.Matches(name) }) {
			continue
		}
		for _, s := range all {
			if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(s.labels.Get(m.Name)) }) {
				from := sort.Search(len(s.samples), func(i int) bool { return s.samples[i].T() >= mint })
				to := sort.Search(len(s.samples), func(i int) bool { return s.samples[i].T() > maxt })
				if from < to {
					out = append(out, storage.NewListSeries(s.labels, s.samples[from:to]))
				}
			}
		}
	}
	return out
}
