package promql

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// renamed binds every selector whose name begins with "signal:" to the series
// of the same name without it, with the factor given.
func renamed(factor float64) func(*Selector) (Reading, bool) {
	return func(s *Selector) (Reading, bool) {
		name, ok := strings.CutPrefix(s.Name, "signal:")
		return Reading{Series: []*Selector{Rename(s, Named(name))}, Factor: factor}, ok
	}
}

// summed reads a signal from two series, each told by every rank.
func summed(s *Selector) (Reading, bool) {
	name, ok := strings.CutPrefix(s.Name, "signal:")
	return Reading{Series: []*Selector{Rename(s, Named(name+"_ok")), Rename(s, Named(name+"_failed"))}, Factor: 2, Repeated: []string{"rank"}}, ok
}

// without refuses one series.
func without(name string) func(*Selector) bool {
	return func(s *Selector) bool { return s.Name != name }
}

func numbers(series string) (float64, bool) {
	v, ok := map[string]float64{"target:ttft:under": 0.25, "fact:price": 2.95, "param:drop": -3}[series]
	return v, ok
}

func scopes(label string) ([]string, bool) {
	levels := map[string][]string{"scope_workload": {"cluster", "team", "workload"}, "scope_team": {"cluster", "team"}, "scope_none": nil}
	names, ok := levels[label]
	return names, ok
}

// verbs, each on one query.
var verbs = []struct {
	name string
	in   string
	do   func(Expr) Expr
	want string // "" where nothing is left
}{
	{"bind an instant selector", `sum by (l) (signal:a{x="1"})`,
		func(e Expr) Expr { return Bind(e, renamed(0.001)) }, `sum by (l) ((a{x="1"} * 0.001))`},
	{"bind without a factor", `signal:a + other`,
		func(e Expr) Expr { return Bind(e, renamed(1)) }, `a + other`},
	// A range cannot be multiplied, so its function is.
	{"bind a range selector", `sum by (l) (rate(signal:a[5m]))`,
		func(e Expr) Expr { return Bind(e, renamed(1e6)) }, `sum by (l) ((rate(a[5m]) * 1000000))`},
	{"bind a range in brackets", `rate((signal:a[5m]))`,
		func(e Expr) Expr { return Bind(e, renamed(2)) }, `(rate((a[5m])) * 2)`},
	{"bind a range beside a number", `quantile_over_time(0.9, signal:a[5m])`,
		func(e Expr) Expr { return Bind(e, renamed(2)) }, `(quantile_over_time(0.9, a[5m]) * 2)`},
	{"bind inside a subquery", `max_over_time(signal:a[1h:1m])`,
		func(e Expr) Expr { return Bind(e, renamed(2)) }, `max_over_time((a * 2)[1h:1m])`},
	{"bind a range inside a subquery", `max_over_time(rate(signal:a[5m])[1h:1m])`,
		func(e Expr) Expr { return Bind(e, renamed(2)) }, `max_over_time((rate(a[5m]) * 2)[1h:1m])`},
	{"bind a parameter", `topk(scalar(signal:a), b)`,
		func(e Expr) Expr { return Bind(e, renamed(2)) }, `topk(scalar((a * 2)), b)`},
	{"bind two of two units", `signal:a / other`,
		func(e Expr) Expr { return Bind(e, renamed(2)) }, `(a * 2) / other`},
	// A count of changes has no unit, a variance the unit's square.
	{"bind what counts", `changes(signal:a[5m])`,
		func(e Expr) Expr { return Bind(e, renamed(2)) }, `changes(a[5m])`},
	{"bind a variance", `stdvar_over_time(signal:a[5m])`,
		func(e Expr) Expr { return Bind(e, renamed(3)) }, `(stdvar_over_time(a[5m]) * 9)`},
	{"bind to several series", `sum by (l) (rate(signal:a{x="1"}[5m])) + b`, func(e Expr) Expr { return Bind(e, summed) },
		`sum by (l) ((max without (rank) (rate(a_ok{x="1"}[5m]) or rate(a_failed{x="1"}[5m])) * 2)) + b`},
	{"bind to several series at an instant", `sum(signal:a)`,
		func(e Expr) Expr { return Bind(e, summed) }, `sum((max without (rank) (a_ok or a_failed) * 2))`},
	{"bind to several series in a subquery", `max_over_time(signal:a[1h:1m])`,
		func(e Expr) Expr { return Bind(e, summed) }, `max_over_time((max without (rank) (a_ok or a_failed) * 2)[1h:1m])`},

	{"prune or, left", `a or b`, func(e Expr) Expr { return Prune(e, without("a")) }, `b`},
	{"prune or, right", `a or b`, func(e Expr) Expr { return Prune(e, without("b")) }, `a`},
	{"prune or of operations", `2 * (a or b * c)`, func(e Expr) Expr { return Prune(e, without("a")) }, `2 * (b * c)`},
	{"prune or, both", `a or -a`, func(e Expr) Expr { return Prune(e, without("a")) }, ``},
	{"prune or, a made-up 0", `a or 0 * b`, func(e Expr) Expr { return Prune(e, without("a")) }, ``},
	{"prune or, a 0 in brackets", `(a or (b * 0)) / b`, func(e Expr) Expr { return Prune(e, without("a")) }, ``},
	{"prune or, a 0 that is no longer asked for", `a or 0 * b`, func(e Expr) Expr { return Prune(e, without("b")) }, `a`},
	{"prune and", `a and on (l) b`, func(e Expr) Expr { return Prune(e, without("b")) }, ``},
	// What cannot be measured is not what is absent: "unless" without its right
	// side would alert on everything.
	{"prune unless", `a unless on (l) b`, func(e Expr) Expr { return Prune(e, without("b")) }, ``},
	{"prune inside and", `(a or b) and on (l) c`, func(e Expr) Expr { return Prune(e, without("b")) }, `a and on (l) c`},
	{"prune in brackets", `(a or b) / (c or d)`, func(e Expr) Expr { return Prune(e, without("c")) }, `(a or b) / d`},
	{"prune under a call", `abs(a or b)`, func(e Expr) Expr { return Prune(e, without("b")) }, `abs(a)`},
	{"prune a call", `clamp_max(a, scalar(b))`, func(e Expr) Expr { return Prune(e, without("b")) }, ``},
	{"prune a range", `rate(a[5m]) or rate(b[5m])`, func(e Expr) Expr { return Prune(e, without("a")) }, `rate(b[5m])`},
	{"prune a subquery", `max_over_time((a or b)[1h:])`, func(e Expr) Expr { return Prune(e, without("a")) }, `max_over_time(b[1h:])`},
	{"prune a sign", `-(a or b * c)`, func(e Expr) Expr { return Prune(e, without("a")) }, `-(b * c)`},
	{"prune a parameter", `topk(scalar(b), a)`, func(e Expr) Expr { return Prune(e, without("b")) }, ``},
	{"prune nothing", `topk(3, a)`, func(e Expr) Expr { return Prune(e, without("b")) }, `topk(3, a)`},

	{"labels of by", `sum by (le, scope_workload) (a)`,
		func(e Expr) Expr { return Labels(e, scopes) }, `sum by (le, cluster, team, workload) (a)`},
	{"labels once", `sum by (team, scope_workload, scope_team) (a)`,
		func(e Expr) Expr { return Labels(e, scopes) }, `sum by (team, cluster, workload) (a)`},
	{"labels of none", `sum by (scope_none) (a)`,
		func(e Expr) Expr { return Labels(e, scopes) }, `sum(a)`},
	{"labels of on", `a and on (scope_team) b`,
		func(e Expr) Expr { return Labels(e, scopes) }, `a and on (cluster, team) b`},
	{"labels of group_left", `a * on (pod) group_left (scope_workload) b`,
		func(e Expr) Expr { return Labels(e, scopes) }, `a * on (pod) group_left (cluster, team, workload) b`},
	{"labels of ignoring and without", `a / ignoring (scope_team) sum without (scope_team) (b)`,
		func(e Expr) Expr { return Labels(e, scopes) }, `a / ignoring (cluster, team) sum without (cluster, team) (b)`},

	{"number for a series", `a > target:ttft:under`, func(e Expr) Expr { return Numbers(e, numbers) }, `a > 0.25`},
	{"number for a scalar", `vector(scalar(fact:price))`, func(e Expr) Expr { return Numbers(e, numbers) }, `vector(2.95)`},
	{"scalar of a series", `a * scalar(b)`, func(e Expr) Expr { return Numbers(e, numbers) }, `a * scalar(b)`},
	{"number as an argument", `clamp_max(a, scalar(fact:price))`, func(e Expr) Expr { return Numbers(e, numbers) }, `clamp_max(a, 2.95)`},
	// A number has no labels to match on.
	{"number beside on", `a > on (scope_team) group_left () target:ttft:under`, func(e Expr) Expr { return Numbers(e, numbers) }, `a > 0.25`},
	{"number left of on", `fact:price * on (l) a`, func(e Expr) Expr { return Numbers(e, numbers) }, `2.95 * a`},
	{"numbers in brackets", `a > on (l) (2 * target:ttft:under)`, func(e Expr) Expr { return Numbers(e, numbers) }, `a > (2 * 0.25)`},
	{"matching of series stays", `a > on (l) b * fact:price`, func(e Expr) Expr { return Numbers(e, numbers) }, `a > on (l) b * 2.95`},
	{"negative number", `a < param:drop`, func(e Expr) Expr { return Numbers(e, numbers) }, `a < -3`},
	{"number with a sign", `a < -fact:price`, func(e Expr) Expr { return Numbers(e, numbers) }, `a < -2.95`},
	{"negative number with a sign", `a < -param:drop`, func(e Expr) Expr { return Numbers(e, numbers) }, `a < 3`},
	// It has no past either: the series stays, and whoever checks what is read
	// tells about it.
	{"number with a range", `rate(fact:price[5m])`, func(e Expr) Expr { return Numbers(e, numbers) }, `rate(fact:price[5m])`},

	{"scale by one", `a + b`, func(e Expr) Expr { return Scale(e, 1) }, `a + b`},
	{"scale", `a + b`, func(e Expr) Expr { return Scale(e, 0.5) }, `(a + b) * 0.5`},
	{"above", `a or b`, func(e Expr) Expr { return Above(e, 5) }, `(a or b) > 5`},
	{"minus", `a - b`, func(e Expr) Expr { return Minus(e, e) }, `(a - b) - (a - b)`},
	{"and on nothing", `a`, func(e Expr) Expr { return And(e, Named("b"), []string{}) }, `a and on () b`},
	{"and", `a > 1`, func(e Expr) Expr { return And(e, Named("b"), nil) }, `(a > 1) and b`},
	{"or", `a > 1`, func(e Expr) Expr { return Or(e, Named("b"), Named("c")) }, `(a > 1) or b or c`},
	{"or of one", `a > 1`, func(e Expr) Expr { return Or(e) }, `a > 1`},

	{"below, at an edge", `sum by (l) (rate(a_bucket{le="target"}[5m]))`,
		func(e Expr) Expr { return Below(e, Edges{0.25, 0.25, 0.25}) }, `sum by (l) (rate(a_bucket{le="0.25"}[5m]))`},
	{"below, at a whole edge", `sum(a_bucket{le="target"})`,
		func(e Expr) Expr { return Below(e, Edges{1, 1, 1}) }, `sum(a_bucket{le="1.0"})`},
	{"below, in the first bucket", `sum(a_bucket{le="target"})`,
		func(e Expr) Expr { return Below(e, Edges{0.2, 0, 0.5}) }, `(sum(a_bucket{le="0.5"}) * 0.4)`},
	{"below, between edges", `sum by (l) (a_bucket{le="target"})`,
		func(e Expr) Expr { return Below(e, Edges{0.2, 0.1, 0.25}) },
		`(sum by (l) (a_bucket{le="0.1"}) * 0.333333333333 + sum by (l) (a_bucket{le="0.25"}) * 0.666666666667)`},
	{"below leaves other edges", `sum(a_bucket{le="target"}) / sum(a_bucket{le="0.5"})`,
		func(e Expr) Expr { return Below(e, Edges{1, 1, 1}) }, `sum(a_bucket{le="1.0"}) / sum(a_bucket{le="0.5"})`},
}

func TestVerbs(t *testing.T) {
	for _, tt := range verbs {
		out := tt.do(mustParse(t, tt.in))
		if out == nil || tt.want == "" {
			if out != nil || tt.want != "" {
				t.Errorf("%s: %s gives %v, want %q", tt.name, tt.in, out, tt.want)
			}
			continue
		}
		if got := out.String(); got != tt.want {
			t.Errorf("%s: %s\n gives %s\n  want %s", tt.name, tt.in, got, tt.want)
		}
		mustPrint(t, out)
	}
}

// Bindings, targets and windows are applied to one tree several times over:
// a verb that changed its input would leak one workload's into the next.
func TestVerbsLeaveTheirInputAlone(t *testing.T) {
	inputs := slices.Clone(seeds)
	for _, v := range verbs {
		inputs = append(inputs, v.in)
	}
	for _, v := range verbs {
		for _, in := range inputs {
			e := mustParse(t, in)
			text, before := e.String(), shape(e)
			v.do(e)
			if e.String() != text || shape(e) != before {
				t.Errorf("%s changes its input %s to %s", v.name, text, e)
			}
		}
	}
}

// Every node that Rewrite hands out may be changed in place.
func TestRewriteCopies(t *testing.T) {
	change := func(list []string) {
		for i := range list {
			list[i] = "changed"
		}
	}
	for _, in := range seeds {
		e := mustParse(t, in)
		text, before := e.String(), shape(e)
		Rewrite(e, func(e Expr) Expr {
			switch n := e.(type) {
			case *Selector:
				n.Name, n.OriginalOffset = "changed", time.Hour
				for i := range n.LabelMatchers {
					n.LabelMatchers[i] = Named("changed").LabelMatchers[0]
				}
			case *parser.AggregateExpr:
				change(n.Grouping)
			case *parser.BinaryExpr:
				if m := n.VectorMatching; m != nil {
					m.Card = parser.CardManyToMany
					change(m.MatchingLabels)
					change(m.Include)
				}
			case *parser.NumberLiteral:
				n.Val++
			case *parser.StringLiteral:
				n.Val = "changed"
			}
			return e
		})
		if e.String() != text || shape(e) != before {
			t.Errorf("%s became %s", text, e)
		}
	}
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct {
		name         string
		alternatives []string
		want         string
	}{
		{"alike", []string{`sum(a)`, `sum(a)`}, `sum(a)`},
		// Around the sums, the first would hide the second's workloads.
		{"inside a sum", []string{`sum by (le) (rate(new[5m]))`, `sum by (le) (rate(old[5m]))`},
			`sum by (le) (rate(new[5m]) or rate(old[5m]))`},
		{"inside a quantile", []string{`histogram_quantile(0.9, sum by (le) (rate(new[5m])))`, `histogram_quantile(0.9, sum by (le) (rate(old[5m])))`},
			`histogram_quantile(0.9, sum by (le) (rate(new[5m]) or rate(old[5m])))`},
		{"three", []string{`sum(a)`, `sum(b)`, `sum(c)`}, `sum((a or b) or c)`},
		{"of two units", []string{`sum(rate(new[5m]))`, `sum((rate(old[5m]) * 0.001))`}, `sum(rate(new[5m]) or (rate(old[5m]) * 0.001))`},
		{"other labels", []string{`sum by (le) (a)`, `sum by (l) (b)`}, `(sum by (le) (a) or sum by (l) (b))`},
		{"other operation", []string{`sum(a)`, `max(b)`}, `(sum(a) or max(b))`},
		{"other parameter", []string{`topk(3, a)`, `topk(5, b)`}, `(topk(3, a) or topk(5, b))`},
		{"other function", []string{`abs(a)`, `ceil(b)`}, `(abs(a) or ceil(b))`},
		{"other function of a range", []string{`rate(a[5m])`, `increase(b[5m])`}, `(rate(a[5m]) or increase(b[5m]))`},
		{"other argument", []string{`histogram_quantile(0.9, a)`, `histogram_quantile(0.5, b)`}, `(histogram_quantile(0.9, a) or histogram_quantile(0.5, b))`},
		{"by and without", []string{`sum by (l) (a)`, `sum without (l) (b)`}, `(sum by (l) (a) or sum without (l) (b))`},
		// Hits of the one over queries of the other would be nobody's ratio.
		{"a ratio", []string{`sum(rate(new_hits[5m])) / (sum(rate(new_queries[5m])) > 0)`, `sum(rate(old_hits[5m])) / (sum(rate(old_queries[5m])) > 0)`},
			`((sum(rate(new_hits[5m])) / (sum(rate(new_queries[5m])) > 0)) or (sum(rate(old_hits[5m])) / (sum(rate(old_queries[5m])) > 0)))`},
		{"inside brackets", []string{`(sum(a))`, `(sum(b))`}, `sum(a or b)`},
	} {
		var list []Expr
		for _, a := range tt.alternatives {
			list = append(list, mustParse(t, a))
		}
		if got := mustPrint(t, Merge(list...)); got != tt.want {
			t.Errorf("%s: got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// Old and new engines side by side: the merged query sees both.
func TestMergeCountsBoth(t *testing.T) {
	w := world{`new{w="x"} 3`, `old{w="y"} 4`}
	e := Merge(mustParse(t, `sum(new)`), mustParse(t, `sum(old)`))
	if got := w.eval(t, mustPrint(t, e), 0)["{}"]; got != 7 {
		t.Errorf("the sum over both is %v, want 7", got)
	}
}

func TestSelectorEdits(t *testing.T) {
	s := sel(t, `signal:a{x="1",y!="2"} offset 5m`)
	for _, tt := range []struct {
		name string
		got  *Selector
		want string
	}{
		{"rename", Rename(s, sel(t, `b{z="3"}`)), `b{x="1",y!="2",z="3"} offset 5m`},
		{"suffix", Suffixed(s, "_bucket"), `signal:a_bucket{x="1",y!="2"} offset 5m`},
		{"match another", Match(s, Regexp, "z", "3|4"), `signal:a{x="1",y!="2",z=~"3|4"} offset 5m`},
		{"match again", Match(s, Equal, "x", "9"), `signal:a{x="9",y!="2"} offset 5m`},
		{"match with another kind", Match(s, NotEqual, "x", "9"), `signal:a{x!="9",x="1",y!="2"} offset 5m`},
		{"narrow", Narrow(s, Equal, "x", "9"), `signal:a{x="1",x="9",y!="2"} offset 5m`},
		{"narrow by what stands", Narrow(s, Equal, "x", "1"), `signal:a{x="1",y!="2"} offset 5m`},
		{"unmatch", Unmatch(s, Equal, "x"), `signal:a{y!="2"} offset 5m`},
		{"unmatch another kind", Unmatch(s, Equal, "y"), `signal:a{x="1",y!="2"} offset 5m`},
		{"named", Named("a", [2]string{"x", `"`}), `a{x="\""}`},
	} {
		if got := mustPrint(t, tt.got); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		// The name is matched by what is stored, not by the field alone.
		if name, _ := MatcherValue(tt.got, "__name__"); name != tt.got.Name {
			t.Errorf("%s: matches the name %q of %q", tt.name, name, tt.got.Name)
		}
	}
	if got, want := s.String(), `signal:a{x="1",y!="2"} offset 5m`; got != want {
		t.Errorf("the selector became %s", got)
	}
	if v, ok := MatcherValue(s, "x"); v != "1" || !ok {
		t.Errorf("x is %q, %t", v, ok)
	}
	if _, ok := MatcherValue(s, "y"); ok {
		t.Error("y has a value, and it is excluded")
	}
	if !Matches(s, "y") || Matches(s, "z") {
		t.Error("y is matched on, z is not")
	}
}

func TestWhatATreeReads(t *testing.T) {
	e := mustParse(t, `sum by (l) (a) / on (m) group_left (n) max_over_time(rate(b[5m])[1h:]) or topk(scalar(c), a)`)
	var names []string
	for _, s := range Selectors(e) {
		names = append(names, s.Name)
	}
	if got, want := strings.Join(names, " "), "a b a c"; got != want {
		t.Errorf("it reads %s, want %s", got, want)
	}
	if got, want := strings.Join(GroupingLabels(e), " "), "l m n"; got != want {
		t.Errorf("it groups by %s, want %s", got, want)
	}
}

// The names that go into a regular expression are no regular expressions.
func TestAlternation(t *testing.T) {
	s := Match(Named("a"), Regexp, "x", Alternation([]string{"chat.v1", "b+"}))
	m := s.LabelMatchers[len(s.LabelMatchers)-1]
	for value, want := range map[string]bool{"chat.v1": true, "b+": true, "chatxv1": false, "bb": false, "chat.v1b+": false, "": false} {
		if m.Matches(value) != want {
			t.Errorf("%s matches %q: %t", m, value, !want)
		}
	}
}

func TestValued(t *testing.T) {
	var got []string
	for _, s := range Valued(mustParse(t, `sum(rate(a[5m])) / (b unless on (x) c) and on (x) (d > 0) or topk(scalar(e), f)`)) {
		got = append(got, s.Name)
	}
	if want := []string{"a", "b", "f", "e"}; !slices.Equal(got, want) {
		t.Errorf("values come from %v, want %v", got, want)
	}
}
