package promql

import (
	"testing"
	"time"
)

func TestFill(t *testing.T) {
	chosen := map[string]string{"team": "search|ml", "workload": ".*"}
	for in, want := range map[string]string{
		`sum(rate(a_total{team=~"$team",workload=~"$workload"}[$__rate_interval]))`: `sum(rate(a_total{team=~"search|ml",workload=~".*"}[4m]))`,
		`a{team="$team"} and b{pod=~"$pod"}`:                                        `a{team="search|ml"} and b{pod=~"$pod"}`,
		`max_over_time(a{x="team"}[5m])`:                                            `max_over_time(a{x="team"}[5m])`,
	} {
		e, faults := Parse(in)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		filled, err := Fill(e, chosen, 4*time.Minute)
		if err != nil || filled.String() != want {
			t.Errorf("%s\n becomes %s, %v\n    want %s", in, filled, err, want)
		}
		if again, _ := Parse(in); e.String() != again.String() {
			t.Errorf("the query itself is now %s", e)
		}
	}
	e, _ := Parse(`a{team=~"$team"}`)
	if _, err := Fill(e, map[string]string{"team": "("}, 0); err == nil {
		t.Error("a choice that is no regular expression is taken")
	}
}
