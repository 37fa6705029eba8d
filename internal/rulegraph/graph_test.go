package rulegraph

import (
	"maps"
	"slices"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

func names(n Needs) (out []string) {
	for _, r := range n.Records {
		out = append(out, r.Record)
	}
	return out
}

func TestNeedsFollowWhatRulesRead(t *testing.T) {
	g := New(&plan.Plan{Groups: []plan.RuleGroup{
		{Interval: "1m", Rules: []plan.Rule{
			{Record: "share", Expr: "busy / count"},
			{Record: "busy", Expr: "sum(rate(raw_total[5m]))"},
			{Record: "count", Expr: "count(raw_total)"},
			{Record: "other", Expr: "sum(unread)"},
		}},
		{Interval: "5m", Rules: []plan.Rule{{Record: "day", Expr: "sum_over_time(share[1d])"}, {Alert: "Low", Expr: "day < 1"}}},
	}})
	n := g.Of(g.Alerts...)
	if got, want := names(n), []string{"busy", "count", "share", "day"}; !slices.Equal(got, want) {
		t.Errorf("records %v, want %v", got, want)
	}
	if got := slices.Collect(maps.Keys(n.Names)); !slices.Equal(got, []string{"raw_total"}) {
		t.Errorf("series %v", got)
	}
	if n.Past != 86400+300 {
		t.Errorf("it reads %v s back", n.Past)
	}
	if !n.Groups[1] || !n.Groups[0] {
		t.Errorf("groups %v", n.Groups)
	}
	if n.Records[3].Every != 300 {
		t.Errorf("day is recorded every %v s", n.Records[3].Every)
	}
	if n := g.Of(Query("max_over_time(count[1h]) > other")); n.Past != 3600 || !slices.Equal(names(n), []string{"count", "other"}) {
		t.Errorf("a query needs %v, %v s back", names(n), n.Past)
	}
}
