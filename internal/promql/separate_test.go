package promql

import "testing"

func TestSeparates(t *testing.T) {
	for text, want := range map[string]bool{
		`a{team=~"$team"}`: true,
		`a`:                false,
		`sum by (cluster, team) (a{team=~"$team"})`:                                      true,
		`sum by (cluster) (a{team=~"$team"})`:                                            false,
		`sum without (pod) (a{team=~"$team"})`:                                           true,
		`sum without (team) (a{team=~"$team"})`:                                          false,
		`topk(3, a{team=~"$team"})`:                                                      false,
		`sort_desc(a{team=~"$team"})`:                                                    true,
		`a{team=~"$team"} / on (cluster, team) b{team=~"$team"}`:                         true,
		`a{team=~"$team"} / on (cluster) group_left () b{team=~"$team"}`:                 false,
		`a{team=~"$team"} / on (cluster, team) b`:                                        false,
		`a{team=~"$team"} - ignoring (x) b{team=~"$team"}`:                               true,
		`a{team=~"$team"} > 3`:                                                           true,
		`a{team=~"$team"} or vector(0)`:                                                  false,
		`label_replace(a{team=~"$team"}, "x", "$1", "y", "(.*)")`:                        false,
		`histogram_quantile(0.9, sum by (team, le) (rate(a_bucket{team=~"$team"}[5m])))`: true,
		`max_over_time(sum by (team) (a{team=~"$team"})[1h:5m])`:                         true,
		`absent(a{team=~"$team"})`:                                                       false,
	} {
		e, faults := Parse(text)
		if len(faults) > 0 {
			t.Fatalf("%s: %v", text, faults)
		}
		if got := Separates(e, "team", "team"); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
