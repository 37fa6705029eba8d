package evaluate

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

const forever = math.MaxFloat64

var hour = Span{Start: 60, End: 3600, Step: 60}

func stored(all map[string]Curve) *Store {
	s := NewStore(time.Minute)
	for text, c := range all {
		name, pod, _ := strings.Cut(text, " ")
		s.Add(labels.FromStrings(labels.MetricName, name, "pod", pod), c)
	}
	return s
}

func rises(perSecond float64) Curve { return Curve{{Until: forever, PerSecond: perSecond}} }

func stands(v float64) Curve { return Curve{{Until: forever, Value: v}} }

func TestRecordIsReadByTheNext(t *testing.T) {
	s := stored(map[string]Curve{"requests_total a": rises(2), "requests_total b": rises(3)})
	for _, r := range []Rule{
		{Name: "pod:requests:rate5m", Expr: "rate(requests_total[5m])", Labels: map[string]string{"tier": "gold"}},
		{Name: "all:requests:sum", Expr: "sum(sum_over_time(pod:requests:rate5m{tier=\"gold\"}[10m])) / 10"},
	} {
		if err := s.Record(r, hour); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Values("all:requests:sum", 3600)
	if err != nil || len(got) != 1 || math.Abs(got[0].Value-5) > 1e-9 {
		t.Errorf("got %v, %v, want 5", got, err)
	}
}

// What is gone is marked as stale, so that nobody reads it for five minutes more.
func TestWhatIsGoneIsStale(t *testing.T) {
	s := stored(map[string]Curve{"up a": stands(1).Cut(0, 600)})
	if err := s.Record(Rule{Name: "job:up:max", Expr: "max(up)"}, hour); err != nil {
		t.Fatal(err)
	}
	for _, expr := range []string{"up", "job:up:max"} {
		for at, want := range map[float64]int{540: 1, 600: 0, 660: 0} {
			if got, err := s.Values(expr, at); err != nil || len(got) != want {
				t.Errorf("%s at %v: %v, %v, want %d series", expr, at, got, err, want)
			}
		}
	}
}

func TestTwoResultsWithTheSameLabels(t *testing.T) {
	s := stored(map[string]Curve{"up a": stands(1), "up b": stands(1)})
	err := s.Record(Rule{Name: "job:up:max", Expr: "up", Labels: map[string]string{"pod": "x"}}, hour)
	if err == nil || !strings.Contains(err.Error(), "two results") {
		t.Errorf("got %v", err)
	}
	// One after the other is what a replaced pod does.
	s = stored(map[string]Curve{"up a": stands(1).Cut(0, 600), "up b": stands(1).Cut(600, forever)})
	if err := s.Record(Rule{Name: "job:up:max", Expr: "up", Labels: map[string]string{"pod": "x"}}, hour); err != nil {
		t.Error(err)
	}
}

func TestEpisodes(t *testing.T) {
	hot := Curve{{Until: 600, Value: 60}, {From: 600, Until: 1800, Value: 90}, {From: 1800, Until: 2400, Value: 60}, {From: 2400, Until: 2520, Value: 95}, {From: 2520, Until: forever, Value: 60}}
	s := stored(map[string]Curve{"temp a": hot, "temp b": stands(50)})
	got, err := s.Alert(Rule{Name: "Hot", Expr: "temp > 80", For: 300, Labels: map[string]string{"who": "{{ $labels.pod }}"},
		Annotations: map[string]string{"summary": "{{ $labels.pod }} is at {{ $value }}"}}, hour)
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	first, second := got[0], got[1]
	if first.Since != 600 || first.Fired != 900 || first.Until != 1800 || first.Annotations["summary"] != "a is at 90" || first.Labels.Get("who") != "a" {
		t.Errorf("first %+v", first)
	}
	if second.Since != 2400 || !math.IsInf(second.Fired, 1) || second.Until != 2520 {
		t.Errorf("second is pending only: %+v", second)
	}
	got, err = s.Alert(Rule{Name: "Cold", Expr: "temp == 50"}, hour)
	if err != nil || len(got) != 1 || got[0].Fired != 60 || !math.IsInf(got[0].Until, 1) {
		t.Errorf("what holds to the end has no end: %+v, %v", got, err)
	}
}

// A subquery gives its series in any order, so what reads it must not.
func TestValuesAreInOneOrder(t *testing.T) {
	s := stored(map[string]Curve{"a 1": stands(3), "a 2": stands(7), "a 3": stands(7), "a 4": stands(1), "a 5": stands(3)})
	for expr, want := range map[string]string{
		"last_over_time((a > 0)[30m:1m])":               "12345",
		"sort_desc(last_over_time((a > 0)[30m:1m]))":    "23154",
		"(topk(3, max_over_time((a > 0)[30m:1m]) < 7))": "154",
		"sort(min_over_time((a > 0)[30m:1m]))":          "41523",
	} {
		for range 20 {
			found, err := s.Values(expr, 3600)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, one := range found {
				got += one.Labels.Get("pod")
			}
			if got != want {
				t.Fatalf("%s: the order is %s, want %s", expr, got, want)
			}
		}
	}
}
