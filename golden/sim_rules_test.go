package golden

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
)

var (
	promParser = parser.NewParser(parser.Options{})
	engine     = promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute,
		EnableAtModifier: true, EnableNegativeOffset: true, Parser: promParser,
	})
)

// ruler evaluates the rules of a cluster as Prometheus does: in order within a
// group, results stored, series that are gone marked stale. Groups run in the
// order of their files, which puts alerts before the records they read: what
// they see is one interval old, as it may be in Prometheus.
type ruler struct {
	store *store
	rules []rulefmt.Rule
	// without begins the names of records to leave out, where that saves time.
	without string
	// previous is what each rule wrote last.
	previous []map[*series]bool
	// active is since when each alert of each rule holds.
	active []map[string]*alert
}

type alert struct {
	labels labels.Labels
	// dashboard is where its link leads, "" without one.
	dashboard string
	since     time.Time
	firing    bool
}

func readRules(t *testing.T, files map[string][]byte, cluster string) []rulefmt.Rule {
	t.Helper()
	var out []rulefmt.Rule
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if ok, _ := path.Match(cluster+"/rules/plain/*.rules.yaml", name); !ok {
			continue
		}
		groups, errs := rulefmt.Parse(files[name], false, model.UTF8Validation, promParser, slog.New(slog.DiscardHandler))
		if err := errors.Join(errs...); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, g := range groups.Groups {
			out = append(out, g.Rules...)
		}
	}
	if len(out) < 50 {
		t.Fatalf("cluster %s has %d rules", cluster, len(out))
	}
	return out
}

func newRuler(s *store, rules []rulefmt.Rule) *ruler {
	return &ruler{
		store: s, rules: rules,
		previous: make([]map[*series]bool, len(rules)), active: make([]map[string]*alert, len(rules)),
	}
}

// fork continues on a fork of the store.
func (r *ruler) fork() *ruler {
	out := newRuler(r.store.fork(), r.rules)
	for i := range r.rules {
		out.previous[i], out.active[i] = map[*series]bool{}, map[string]*alert{}
		for s := range r.previous[i] {
			out.previous[i][out.store.series(s.labels)] = true
		}
		for key, a := range r.active[i] {
			out.active[i][key] = &alert{a.labels, a.dashboard, a.since, a.firing}
		}
	}
	return out
}

// eval evaluates every rule once and returns what went wrong.
func (r *ruler) eval(at time.Time) error {
	var errs []error
	for i, rule := range r.rules {
		if r.without != "" && strings.HasPrefix(rule.Record, r.without) {
			continue
		}
		vector, err := query(r.store, rule.Expr, at)
		if err == nil && rule.Record != "" {
			vector, err = r.record(rule, vector)
		} else if err == nil {
			vector, err = r.alert(i, rule, vector, at)
		}
		if err == nil {
			err = r.write(i, vector, at)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s%s at %s: %w", rule.Record, rule.Alert, at.Format("15:04"), err))
		}
	}
	return errors.Join(errs...)
}

func query(s *store, expr string, at time.Time) (promql.Vector, error) {
	q, err := engine.NewInstantQuery(context.Background(), s, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result := q.Exec(context.Background())
	if result.Err != nil {
		return nil, result.Err
	}
	if s, ok := result.Value.(promql.Scalar); ok {
		return promql.Vector{{T: s.T, F: s.V}}, nil
	}
	v, err := result.Vector()
	return slices.Clone(v), err
}

func (*ruler) record(rule rulefmt.Rule, vector promql.Vector) (promql.Vector, error) {
	for i := range vector {
		b := labels.NewBuilder(vector[i].Metric).Set(labels.MetricName, rule.Record)
		for name, value := range rule.Labels {
			b.Set(name, value)
		}
		vector[i].Metric = b.Labels()
	}
	if vector.ContainsSameLabelset() {
		return nil, errors.New("two results have the same labels")
	}
	return vector, nil
}

// alert moves the alerts of a rule on, and returns ALERTS.
func (r *ruler) alert(i int, rule rulefmt.Rule, vector promql.Vector, at time.Time) (promql.Vector, error) {
	now := map[string]*alert{}
	var out promql.Vector
	for _, sample := range vector {
		sample.T = at.UnixMilli()
		l, annotations, err := evaluate.Texts(evaluate.Rule{Name: rule.Alert, Labels: rule.Labels, Annotations: rule.Annotations}, sample)
		if err != nil {
			return nil, err
		}
		key := l.String()
		if now[key] != nil {
			return nil, fmt.Errorf("two alerts have the labels %s", key)
		}
		a := r.active[i][key]
		if a == nil {
			a = &alert{labels: l, dashboard: annotations["dashboard_url"], since: at}
		}
		a.firing = a.firing || at.Sub(a.since) >= time.Duration(rule.For)
		now[key] = a
		state := "pending"
		if a.firing {
			state = "firing"
		}
		metric := labels.NewBuilder(l).Set(labels.MetricName, "ALERTS").Set("alertstate", state).Labels()
		out = append(out, promql.Sample{Metric: metric, F: 1})
	}
	r.active[i] = now
	return out, nil
}

func (r *ruler) write(i int, vector promql.Vector, at time.Time) error {
	now := map[*series]bool{}
	var errs []error
	for _, sample := range vector {
		s := r.store.series(sample.Metric)
		errs = append(errs, s.append(at, sample.F))
		now[s] = true
	}
	for s := range r.previous[i] {
		if !now[s] {
			s.markStale(at)
		}
	}
	r.previous[i] = now
	return errors.Join(errs...)
}

// firing returns the alerts that fire.
func (r *ruler) firing() []*alert {
	var out []*alert
	for _, rule := range r.active {
		for _, a := range rule {
			if a.firing {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, func(a, b *alert) int { return labels.Compare(a.labels, b.labels) })
	return out
}

// notFinite returns the recorded series whose last value is NaN or infinite.
func (r *ruler) notFinite() []string {
	var out []string
	for i, rule := range r.rules {
		for s := range r.previous[i] {
			if v := s.samples[len(s.samples)-1].F(); rule.Record != "" && (math.IsNaN(v) || math.IsInf(v, 0)) {
				out = append(out, fmt.Sprintf("%s is %v", s.labels, v))
			}
		}
	}
	return out
}
