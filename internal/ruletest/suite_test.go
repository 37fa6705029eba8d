package ruletest_test

import (
	"testing"
)

// Every alert of the library and of the examples is proven.
func TestEveryRuleIsProven(t *testing.T) {
	for _, dir := range []string{"../../examples/fleet", "../../examples/minimal"} {
		for _, s := range suites(t, dir) {
			for _, u := range s.Uncovered {
				t.Errorf("%s: no case proves %s %s: %s", dir, u.Alert, u.Labels, u.Why)
			}
			r, err := s.Report(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range r.Results {
				for _, f := range one.Failures {
					t.Errorf("%s %s %s: %s: %s", one.Cluster, one.Alert, one.Labels, one.Name, f)
				}
			}
			for _, l := range r.Loud {
				t.Errorf("%s: %+v", dir, l)
			}
		}
	}
}
