package ruletest_test

import (
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/load"
)

// proven are specs of which every rule is proven; together they have every alert of
// the library.
var proven = []string{"../../examples/fleet", "../../examples/minimal", "../../golden/cases/blackwell"}

func TestEveryRuleIsProven(t *testing.T) {
	seen := map[string]bool{}
	for _, dir := range proven {
		for _, s := range suites(t, dir) {
			for _, u := range s.Uncovered {
				t.Errorf("%s: no case proves %s %s: %s", dir, u.Alert, u.Labels, u.Why)
			}
			r, err := s.Report(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range r.Results {
				seen[one.Alert] = true
				for _, f := range one.Failures {
					t.Errorf("%s %s %s: %s: %s", one.Cluster, one.Alert, one.Labels, one.Name, f)
				}
			}
			for _, l := range r.Loud {
				t.Errorf("%s: %+v", dir, l)
			}
		}
	}
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	for name := range embedded.Library.Alerts {
		if !seen[name] {
			t.Errorf("no spec of this test has the alert %s", name)
		}
	}
	for _, slo := range embedded.Library.SLOs {
		if !seen[slo.Alert] {
			t.Errorf("no spec of this test has the alert %s", slo.Alert)
		}
	}
}
