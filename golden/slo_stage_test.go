package golden

import (
	"fmt"
	"log/slog"
	"math"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
)

// minuteByMinute stores what one objective recorded each minute: three events a
// second with a share that comes and goes, and nothing for a night.
func minuteByMinute(t *testing.T, minutes int, bad, total string) *store {
	t.Helper()
	s := newStore()
	of := func(name string) *series {
		return s.series(labels.FromStrings(labels.MetricName, name, "workload", "chat", "slo", "ttft", "target", "250ms", "objective", "99", "window", "30d"))
	}
	for i := 1; i <= minutes; i++ {
		if at := i % 1440; at > 1200 && at < 1260 {
			continue // scaled to zero
		}
		at := begin.Add(time.Duration(i) * time.Minute)
		events := 3 + math.Sin(float64(i)/500)
		share := 0.002
		if i%4000 < 90 {
			share = 0.3
		}
		for name, v := range map[string]float64{total: events, bad: events * share} {
			if err := of(name).append(at, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// Long windows add sums of five minutes up instead of minutes. When a sum has just
// been recorded the two are equal; later they are what they were then.
func TestStagedWindowsAgreeWithMinutes(t *testing.T) {
	const bad, total = "workload:slo_bad_events:rate5m", "workload:slo_events:rate5m"
	const minutes = 31*1440 + 15
	groups := sloGroups(t)
	s := minuteByMinute(t, minutes, bad, total)
	stage := groups["aiobs-slo-records-5m"]
	if time.Duration(stage.Interval) != 5*time.Minute || len(stage.Rules) != 2 {
		t.Fatalf("the stage is %d rules each %v", len(stage.Rules), time.Duration(stage.Interval))
	}
	r := newRuler(s, stage.Rules)
	for i := 5; i <= minutes; i += 5 {
		if err := r.eval(begin.Add(time.Duration(i) * time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	direct := map[string]string{
		"workload:slo_errors:ratio_rate3d":   fmt.Sprintf("sum_over_time(%s[3d]) / sum_over_time(%s[3d])", bad, total),
		"workload:slo_events:sum3d":          fmt.Sprintf("sum_over_time(%s[3d]) * 60", total),
		"workload:slo_bad_events:sum_window": fmt.Sprintf("sum_over_time(%s[30d]) * 60", bad),
		"workload:slo_events:sum_window":     fmt.Sprintf("sum_over_time(%s[30d]) * 60", total),
	}
	for _, rule := range groups["aiobs-slo-records"].Rules {
		plain, ok := direct[rule.Record]
		if !ok {
			continue
		}
		delete(direct, rule.Record)
		for _, at := range []int{3 * 1440, 3*1440 + 4, 3*1440 + 5, 4000 + 3*1440, 30 * 1440, 30*1440 + 1, 31 * 1440, minutes} {
			got, want := valueAt(t, s, rule.Expr, at), valueAt(t, s, plain, at-at%5)
			if math.Abs(got-want) > 1e-9*want {
				t.Errorf("%s after %d minutes is %v, over minutes %v", rule.Record, at, got, want)
			}
			if now := valueAt(t, s, plain, at); math.Abs(got-now) > 0.02*now {
				t.Errorf("%s after %d minutes is %v, %v now: the lag is worth more than a fiftieth", rule.Record, at, got, now)
			}
		}
	}
	if len(direct) > 0 {
		t.Errorf("not recorded: %v", direct)
	}
}

// What is left of a budget follows from the events of the window, by hand: of 30
// days with as many events each minute an hour was all bad.
func TestErrorBudget(t *testing.T) {
	const minutes = 30 * 1440
	groups := sloGroups(t)
	s := newStore()
	of := func(name string) *series {
		return s.series(labels.FromStrings(labels.MetricName, name, "workload", "chat", "slo", "ttft", "target", "250ms", "objective", "99", "window", "30d"))
	}
	for i := 1; i <= minutes; i++ {
		bad := 0.0
		if i > minutes-60 {
			bad = 2
		}
		at := begin.Add(time.Duration(i) * time.Minute)
		for name, v := range map[string]float64{"workload:slo_events:rate5m": 2, "workload:slo_bad_events:rate5m": bad} {
			if err := of(name).append(at, v); err != nil {
				t.Fatal(err)
			}
		}
		if i%5 == 0 {
			if err := newRuler(s, groups["aiobs-slo-records-5m"].Rules).eval(at); err != nil {
				t.Fatal(err)
			}
		}
	}
	at := begin.Add(minutes * time.Minute)
	var windows []rulefmt.Rule
	for _, rule := range groups["aiobs-slo-records"].Rules {
		if len(rule.Labels) == 0 { // not the objectives themselves
			windows = append(windows, rule)
		}
	}
	if err := newRuler(s, windows).eval(at); err != nil {
		t.Fatal(err)
	}
	// 60 of 43,200 minutes, of which 1 % may be bad; the last hour burnt a hundred
	// times as fast as that.
	left := 1 - 60.0/43200/0.01
	for expr, want := range map[string]float64{
		"workload:slo_events:sum_window":                         2 * 60 * minutes,
		"workload:slo_bad_events:sum_window":                     2 * 60 * 60,
		"workload:slo_burn_rate:ratio_rate1h":                    100,
		"workload:slo_error_budget_remaining:ratio":              left,
		"workload:slo_error_budget_exhaustion_seconds:rate1h":    left * 30 * 86400 / 100,
		"count(workload:slo_error_budget_remaining:ratio <= 0)":  math.NaN(),
		"count(workload:slo_error_budget_remaining:ratio > 0.8)": 1,
	} {
		if got := valueAt(t, s, expr, minutes); math.Abs(got-want) > 1e-6*math.Abs(want) || math.IsNaN(got) != math.IsNaN(want) {
			t.Errorf("%s is %v, want %v", expr, got, want)
		}
	}
}

// sloGroups are the groups of rules of a cluster that keeps 30 days.
func sloGroups(t *testing.T) map[string]rulefmt.RuleGroup {
	t.Helper()
	files := fleets["eu-west-1"](t).files
	parsed, errs := rulefmt.Parse(files["eu-west-1/rules/plain/slo.rules.yaml"], false, model.UTF8Validation, promParser, slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	out := map[string]rulefmt.RuleGroup{}
	for _, g := range parsed.Groups {
		out[g.Name] = g
	}
	return out
}

// valueAt is the one value of a query after so many minutes, NaN for none.
func valueAt(t *testing.T, s *store, expr string, minute int) float64 {
	t.Helper()
	v, err := query(s, expr, begin.Add(time.Duration(minute)*time.Minute))
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	switch len(v) {
	case 0:
		return math.NaN()
	case 1:
		return v[0].F
	}
	t.Fatalf("%s has %d values", expr, len(v))
	return 0
}
