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

	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// What plan.TimeToDetect predicts is what the rules do in Prometheus' engine, at most
// what it adds for evaluation and stages earlier.
func TestTimeToDetectIsWhatHappens(t *testing.T) {
	const objective = 99
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	lib := embedded.Library
	timing := plan.Timing{Interval: time.Minute, Rate: 5 * time.Minute, Stage: lib.Stage}
	healthy := 3*1440 + 10 // minutes, so that the longest window is full
	for _, p := range plan.Pairs(lib.Policies["month"], "30d") {
		for _, share := range []float64{1, 0.2, 0.04} {
			t.Run(fmt.Sprintf("%s/%v", p.Name, share), func(t *testing.T) {
				t.Parallel()
				predicted, ok := plan.TimeToDetect(p, objective, share, timing)
				limit := 60 // minutes in which nothing may happen
				if ok {
					limit = int(predicted/time.Minute) + 2
				}
				fired := firesAfter(t, p.Name, share, healthy, limit)
				switch {
				case !ok && fired >= 0:
					t.Errorf("it fires after %d minutes, and was to stay silent", fired)
				case ok && fired < 0:
					t.Errorf("it does not fire in %d minutes, and was to after %v", limit, predicted)
				case ok:
					early := predicted - time.Duration(fired)*time.Minute
					if most := 8 * time.Minute; early < 0 || early > most {
						t.Errorf("it fires after %d minutes, %v were predicted", fired, predicted)
					}
				}
			})
		}
	}
}

// firesAfter lets a share of the events of one objective be bad after so many
// healthy minutes, and returns the minute of the fault in which the alert of a pair
// fires, or -1.
func firesAfter(t *testing.T, pair string, share float64, healthy, limit int) int {
	t.Helper()
	groups := sloGroups(t)
	var rules []rulefmt.Rule
	for _, r := range groups["aiobs-slo-records"].Rules {
		if len(r.Labels) == 0 {
			rules = append(rules, r)
		}
	}
	rules = append(rules, burnAlert(t, pair))
	s := newStore()
	of := func(name string) *series {
		return s.series(labels.FromStrings(labels.MetricName, name, "cluster", "eu-west-1", "team", "assistants", "workload", "chat", "model", "m",
			"slo", "ttft", "target", "250ms", "objective", "99", "window", "30d"))
	}
	stage, judge := newRuler(s, groups["aiobs-slo-records-5m"].Rules), newRuler(s, rules)
	for i := 1; i <= healthy+limit; i++ {
		at := begin.Add(time.Duration(i) * time.Minute)
		// rate() over five minutes rises in a straight line.
		bad := share * math.Min(1, math.Max(0, float64(i-healthy)/5))
		for name, v := range map[string]float64{"workload:slo_events:rate5m": 10, "workload:slo_bad_events:rate5m": 10 * bad} {
			if err := of(name).append(at, v); err != nil {
				t.Fatal(err)
			}
		}
		if i%5 == 0 {
			if err := stage.eval(at); err != nil {
				t.Fatal(err)
			}
		}
		if i < healthy {
			continue
		}
		if err := judge.eval(at); err != nil {
			t.Fatal(err)
		}
		if len(judge.firing()) > 0 {
			return i - healthy
		}
	}
	return -1
}

// burnAlert is the alert of a pair for the objective that is simulated.
func burnAlert(t *testing.T, pair string) rulefmt.Rule {
	t.Helper()
	files := fleets["eu-west-1"](t).files
	parsed, errs := rulefmt.Parse(files["eu-west-1/rules/plain/inference.rules.yaml"], false, model.UTF8Validation, promParser, slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, g := range parsed.Groups {
		for _, r := range g.Rules {
			if r.Alert == "InferenceFirstTokenSlow" && r.Labels["burn"] == pair && r.Labels["objective"] == "99" {
				return r
			}
		}
	}
	t.Fatalf("there is no alert of the pair %s", pair)
	return rulefmt.Rule{}
}
