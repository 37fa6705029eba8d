package golden

import (
	"slices"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
)

// faultCase is something that goes wrong in a healthy cluster.
type faultCase struct {
	cluster, name string
	// seconds that the fault lasts before alerts are looked at.
	seconds float64
	fault
	// history changes what was recorded before.
	history func(*simulation)
	// want are the alerts that fire, each with these labels and no others of
	// its name.
	want []map[string]string
	// also may fire, as a consequence.
	also []string
}

func fires(name string, kv ...string) map[string]string {
	return labels.FromStrings(append([]string{labels.AlertName, name}, kv...)...).Map()
}

func TestFaultsFireTheirAlerts(t *testing.T) {
	for cluster := range fleets {
		healthyFleet(t, cluster)
	}
	for _, c := range slices.Concat(hardwareFaults, exporterFaults, inferenceFaults, trainingFaults, costFaults) {
		t.Run(c.cluster+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			s := healthyFleet(t, c.cluster).fork(c.fault)
			if c.history != nil {
				c.history(s)
			}
			if c.seconds > 30*minute {
				s.evalEvery = 4 * minute
			}
			if c.seconds > 2*hour {
				s.ruler.without = "workload:slo_" // faults of money do not touch them
			}
			if err := s.run(c.seconds); err != nil {
				t.Error(err)
			}
			compareFiring(t, c, s)
		})
	}
}

func compareFiring(t *testing.T, c faultCase, s *simulation) {
	t.Helper()
	seen := make([]bool, len(c.want))
	for _, a := range s.ruler.firing() {
		expected := slices.Contains(c.also, a.labels.Get(labels.AlertName))
		for i, want := range c.want {
			if has(a.labels, want) && a.labels.Get("cluster") == c.cluster {
				seen[i], expected = true, true
			}
		}
		if !expected {
			t.Errorf("fires as well: %s", a.labels)
		}
		follow(t, healthyFleet(t, c.cluster), a)
	}
	for i, want := range c.want {
		if !seen[i] {
			t.Errorf("does not fire: %v", want)
		}
	}
}

func has(l labels.Labels, want map[string]string) bool {
	for name, value := range want {
		if l.Get(name) != value {
			return false
		}
	}
	return true
}

// set replaces a metric's values where the sample carries all these labels;
// "node" and "pod" may be those of the target.
func set(metric string, to func(raw) float64, kv ...string) func(raw) (float64, bool) {
	return func(r raw) (float64, bool) {
		if r.is(metric) && r.of(kv...) {
			return to(r), true
		}
		return r.now, true
	}
}

func to(v float64) func(raw) float64 { return func(raw) float64 { return v } }

// more adds to a value, and so much in every second.
func more(v, perSecond float64) func(raw) float64 {
	return func(r raw) float64 { return r.now + v + perSecond*r.since }
}

func (r raw) of(kv ...string) bool {
	for i := 0; i < len(kv); i += 2 {
		switch l := r.labels.Get(kv[i]); {
		case l == kv[i+1]:
		case l == "" && kv[i] == "node" && r.target.node == kv[i+1]:
		case l == "" && kv[i] == "pod" && r.target.pod == kv[i+1]:
		case l == "" && kv[i] == "target" && r.target.workload == kv[i+1]:
		default:
			return false
		}
	}
	return true
}

// gone removes a sample, together with its target where the metric is up.
func gone(metric string, kv ...string) func(raw) (float64, bool) {
	return func(r raw) (float64, bool) { return r.now, !r.is(metric) || !r.of(kv...) }
}

// both makes two edits, the second on what the first leaves.
func both(a, b func(raw) (float64, bool)) func(raw) (float64, bool) {
	return func(r raw) (float64, bool) {
		v, present := a(r)
		if !present {
			return v, false
		}
		r.now = v
		return b(r)
	}
}
