package evaluate

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

func TestWithoutSharesTheRest(t *testing.T) {
	s := NewStore(time.Minute)
	s.Add(labels.FromStrings("__name__", "a"), Curve{{Until: 1000, Value: 1}})
	s.Add(labels.FromStrings("__name__", "b"), Curve{{Until: 1000, Value: 2}})
	other := s.Without(func(name string) bool { return name == "b" })
	other.Add(labels.FromStrings("__name__", "b"), Curve{{Until: 1000, Value: 3}})
	for expr, want := range map[string][2]float64{"a": {1, 1}, "b": {2, 3}} {
		for i, store := range []*Store{s, other} {
			if v, err := store.Values(expr, 600); err != nil || len(v) != 1 || v[0].Value != want[i] {
				t.Errorf("store %d: %s is %v, %v", i, expr, v, err)
			}
		}
	}
}

func TestRangeHasAValueForEachStep(t *testing.T) {
	s := NewStore(time.Minute)
	s.Add(labels.FromStrings("__name__", "a"), Curve{{From: 600, Until: 1200, Value: 5}})
	got, err := s.Range("a", Span{Start: 0, End: 1800, Step: 300})
	if err != nil || len(got) != 1 || len(got[0].Values) != 7 {
		t.Fatalf("%v, %v", got, err)
	}
	for i, want := range []float64{math.NaN(), math.NaN(), 5, 5, math.NaN(), math.NaN(), math.NaN()} {
		if v := got[0].Values[i]; v != want && !(math.IsNaN(v) && math.IsNaN(want)) {
			t.Errorf("step %d is %v, want %v", i, v, want)
		}
	}
}

// ALERTS is pending before an alert fires, then firing, then gone; a second
// episode is the same series.
func TestRememberWritesALERTS(t *testing.T) {
	s := NewStore(time.Minute)
	s.Add(labels.FromStrings("__name__", "hot", "gpu", "3"), Curve{{From: 600, Until: 1800, Value: 1}, {From: 3000, Until: 9000, Value: 1}})
	episodes, err := s.Alert(Rule{Name: "Hot", Expr: "hot", For: 300, Labels: map[string]string{"severity": "page"}}, Span{Start: 60, End: 4200, Step: 60})
	if err != nil {
		t.Fatal(err)
	}
	s.Remember(episodes)
	for at, want := range map[float64]string{300: "", 660: "pending", 1200: "firing", 1740: "firing", 2700: "", 3060: "pending", 3600: "firing"} {
		v, err := s.Values(`ALERTS{alertname="Hot",gpu="3",severity="page"}`, at)
		state := ""
		if len(v) > 0 {
			state = v[0].Labels.Get("alertstate")
		}
		if err != nil || len(v) > 1 || state != want {
			t.Errorf("at %v it is %v, %v, want %s", at, v, err, want)
		}
	}
}

// A record that goes on from another store has the past of the one and the present of
// the other, and no value twice.
func TestContinueGoesOn(t *testing.T) {
	healthy := NewStore(time.Minute)
	healthy.Add(labels.FromStrings("__name__", "a", "x", "1"), Curve{{Until: 9000, Value: 1}})
	healthy.Add(labels.FromStrings("__name__", "a", "x", "2"), Curve{{Until: 9000, Value: 1}})
	rule := Rule{Name: "r", Expr: "a * 2"}
	if err := healthy.Record(rule, Span{Start: 60, End: 3600, Step: 60}); err != nil {
		t.Fatal(err)
	}
	faulty := healthy.Without(func(name string) bool { return name == "a" || name == "r" })
	faulty.Add(labels.FromStrings("__name__", "a", "x", "1"), Curve{{Until: 9000, Value: 5}})
	faulty.Continue("r", healthy, 1800)
	if err := faulty.Record(rule, Span{Start: 1800, End: 3600, Step: 60}); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[float64]map[string]float64{1740: {"1": 2, "2": 2}, 1800: {"1": 10}, 1860: {"1": 10}, 3600: {"1": 10}} {
		got, err := faulty.Values("r", at)
		if err != nil || len(got) != len(want) {
			t.Fatalf("at %v: %v, %v", at, got, err)
		}
		for _, v := range got {
			if v.Value != want[v.Labels.Get("x")] {
				t.Errorf("at %v it is %v", at, got)
			}
		}
	}
	if got, err := faulty.Values("count_over_time(r[30m])", 3000); err != nil || len(got) != 2 || got[0].Value != 30 {
		t.Errorf("counts %v, %v", got, err)
	}
	if got, err := healthy.Values("r", 3600); err != nil || len(got) != 2 || got[0].Value != 2 {
		t.Errorf("the other store has changed: %v, %v", got, err)
	}
}
