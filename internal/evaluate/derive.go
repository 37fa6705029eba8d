package evaluate

import (
	"math"
	"slices"
	"sort"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
)

// Without is a store of its own that shares all series but those of some names.
// What both have must not be written to any more.
func (s *Store) Without(name func(string) bool) *Store {
	out := &Store{every: s.every, byName: map[string]*family{}}
	for n, f := range s.byName {
		if !name(n) {
			out.byName[n] = f
		}
	}
	return out
}

// Continue takes over what another store has recorded under a name before a time,
// in seconds. Rules that are recorded from then on go on with its series; what they
// do not go on with ends there.
func (s *Store) Continue(name string, from *Store, until float64) {
	f := from.byName[name]
	if f == nil {
		return
	}
	end := at(until).UnixMilli()
	for _, one := range f.all {
		n := sort.Search(len(one.samples), func(i int) bool { return one.samples[i].T() >= end })
		if n == 0 {
			continue
		}
		past := append(slices.Clip(one.samples[:n]), sample{end, math.Float64frombits(value.StaleNaN)})
		s.put(series{labels: one.labels, samples: past})
		mine := s.byName[name]
		if mine.past == nil {
			mine.past = map[uint64]int{}
		}
		mine.past[one.labels.Hash()] = len(mine.all) - 1
	}
}

// Course is a series of a range query: a value for each step, NaN where it has
// none.
type Course struct {
	Labels labels.Labels
	Values []float64
}

// Range evaluates an expression at each step of a span.
func (s *Store) Range(expr string, span Span) ([]Course, error) {
	s, expr, err := s.steady(expr, span)
	if err != nil {
		return nil, err
	}
	result, err := s.query(expr, span)
	if err != nil {
		return nil, err
	}
	first := at(span.Start).UnixMilli()
	steps := int(math.Round((span.End-span.Start)/span.Step)) + 1
	var out []Course
	for _, one := range result {
		c := Course{Labels: unranked(one.Metric), Values: make([]float64, steps)}
		for i := range c.Values {
			c.Values[i] = math.NaN()
		}
		for _, p := range one.Floats {
			c.Values[int(math.Round(float64(p.T-first)/(span.Step*1000)))] = p.F
		}
		out = append(out, c)
	}
	return out, nil
}

// Alerts are what Prometheus writes of alerts, and its values of alertstate.
const (
	Alerts       = "ALERTS"
	stateLabel   = "alertstate"
	StateFiring  = "firing"
	StatePending = "pending"
)

// Remember stores the episodes of alerts as Prometheus does, under ALERTS. Two
// episodes of one alert are one series.
func (s *Store) Remember(episodes []Episode) {
	curves := map[string]Curve{}
	all := map[string]labels.Labels{}
	var order []string
	add := func(e Episode, state string, from, until float64) {
		if from >= until || math.IsInf(from, 1) {
			return
		}
		l := labels.NewBuilder(e.Labels).Set(labels.MetricName, Alerts).Set(stateLabel, state).Labels()
		key := l.String()
		if _, ok := all[key]; !ok {
			order = append(order, key)
		}
		all[key], curves[key] = l, append(curves[key], Piece{From: from, Until: min(until, math.MaxFloat64), Value: 1})
	}
	for _, e := range episodes {
		add(e, StatePending, e.Since, min(e.Fired, e.Until))
		add(e, StateFiring, e.Fired, e.Until)
	}
	for _, key := range order {
		s.Add(all[key], curves[key])
	}
}
