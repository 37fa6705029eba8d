package promql

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// seeds are expressions of every form that a query of the library may take.
var seeds = []string{
	`a`,
	`a{x="1",y=~"b|c"}`,
	`rate(a[5m])`,
	`sum by (l, m) (rate(a[5m] offset 10m))`,
	`sum without (l) (a)`,
	`-a`,
	`a ^ b ^ c`,
	`(a + b) * c`,
	`a + b * c`,
	`a - (b - c)`,
	`a % 2 > bool 1`,
	`a and on (l) b unless ignoring (m) c or d`,
	`a * on (l) group_left (m) b`,
	`a > on () group_right () b`,
	`histogram_quantile(0.95, sum by (le, l) (rate(a_bucket[5m])))`,
	`max_over_time((a / b)[1h:1m])`,
	`max_over_time(rate(a[5m])[1h:] @ 60 offset 1m)`,
	`topk(3, a)`,
	`quantile by (l) (0.9, a)`,
	`count_values("v", a)`,
	`label_replace(a, "x", "$1", "y", "(.*)")`,
	`a > scalar(b)`,
	`vector(1) or a @ end()`,
	`rate(a[$__rate_interval])`,
	`sum by (le) (a_bucket{le="target"})`,
}

// The printer of Prometheus drops the brackets that a tree built by hand
// needs; Print must not let such a text pass as the same query.
func TestPrintRefusesATreeThatReadsBackDifferently(t *testing.T) {
	binary := func(op parser.ItemType, l, r Expr) Expr {
		return &parser.BinaryExpr{Op: op, LHS: l, RHS: r, VectorMatching: &parser.VectorMatching{}}
	}
	a, b, c := Named("a"), Named("b"), Named("c")
	for name, e := range map[string]Expr{
		"(a + b) * c": binary(parser.MUL, binary(parser.ADD, a, b), c),
		"a - (b - c)": binary(parser.SUB, a, binary(parser.SUB, b, c)),
		"(a ^ b) ^ c": binary(parser.POW, binary(parser.POW, a, b), c),
		"(-a) ^ b":    binary(parser.POW, &parser.UnaryExpr{Op: parser.SUB, Expr: a}, b),
		"no syntax":   Named("a b"),
		"a type":      &parser.Call{Func: parser.Functions["rate"], Args: parser.Expressions{a}},
	} {
		if text, err := Print(e); err == nil {
			t.Errorf("%s: printed as %s, want an error", name, text)
		}
	}
	// The same through the helpers, which know where brackets belong.
	if got, want := mustPrint(t, Scale(binary(parser.ADD, a, b), 3)), "(a + b) * 3"; got != want {
		t.Errorf("Scale(a + b, 3) is printed as %s, want %s", got, want)
	}
}

// Whatever the verbs build, it prints, and reads back as the same tree.
func TestPrintRoundTripsWhatTheVerbsBuild(t *testing.T) {
	const trees, steps = 3000, 6
	seen := map[string]bool{}
	for n := range trees {
		r := rand.New(rand.NewPCG(42, uint64(n)))
		e := randomTree(t, r, steps)
		text, err := Print(e)
		if err != nil {
			t.Fatalf("tree %d: %v\n%s", n, err, shape(e))
		}
		if again := mustParse(t, text); shape(again) != shape(e) {
			t.Fatalf("tree %d: %s reads back as\n%s, want\n%s", n, text, shape(again), shape(e))
		}
		seen[text] = true
	}
	if len(seen) < trees/2 {
		t.Errorf("%d trees gave %d texts: the test repeats itself", trees, len(seen))
	}
}

// randomTree starts at a seed and applies verbs.
func randomTree(t *testing.T, r *rand.Rand, steps int) Expr {
	seed := func() Expr { return mustParse(t, seeds[r.IntN(len(seeds))]) }
	e := seed()
	for range steps {
		switch r.IntN(12) {
		case 0:
			e = Or(e, seed())
		case 1:
			e = Or(seed(), e)
		case 2:
			e = And(seed(), e, []string{"l"})
		case 3:
			e = And(e, seed(), nil)
		case 4:
			e = Above(e, float64(r.IntN(9))-4)
		case 5:
			e = Minus(e, seed())
		case 6:
			e = Minus(seed(), e)
		case 7:
			e = Scale(e, r.Float64()*10-5)
		case 8:
			e = Merge(e, seed())
		case 9:
			e = Bind(e, func(s *Selector) (Reading, bool) {
				return Reading{Series: []*Selector{Match(s, NotEqual, "z", ""), s}[:1+r.IntN(2)], Factor: float64(r.IntN(3)), Repeated: []string{"z"}[:r.IntN(2)]}, true
			})
		case 10:
			if pruned := Prune(e, func(*Selector) bool { return r.IntN(10) > 0 }); pruned != nil {
				e = pruned
			}
		case 11:
			// Any expression in the place of a selector, except under a range.
			ranged := rangedSelectors(e)
			e = Rewrite(e, func(e Expr) Expr {
				if s, ok := e.(*Selector); ok && !ranged[s.String()] && r.IntN(3) == 0 {
					return seed()
				}
				return e
			})
		}
	}
	return e
}

func rangedSelectors(e Expr) map[string]bool {
	out := map[string]bool{}
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		if m, ok := n.(*parser.MatrixSelector); ok {
			out[m.VectorSelector.String()] = true
		}
		return nil
	})
	return out
}

// Wherever Grafana's variable may stand, it stands again after printing.
func TestPrintKeepsTheRateInterval(t *testing.T) {
	for _, text := range []string{
		`rate(a[$__rate_interval])`,
		`sum by (l) (rate(a[$__rate_interval])) / sum by (l) (rate(b[$__rate_interval] offset 1h))`,
		`max_over_time(a[$__rate_interval:1m])`,
		`max_over_time(a[1h:$__rate_interval])`,
		`max_over_time(a[$__rate_interval:$__rate_interval])`,
		`a offset $__rate_interval`,
		`a offset -$__rate_interval`,
	} {
		if got := mustPrint(t, mustParse(t, text)); got != text {
			t.Errorf("%s is printed as %s", text, got)
		}
	}
}

func TestParseFaults(t *testing.T) {
	for _, tt := range []struct {
		text       string
		start, end int
		message    string
	}{
		{`a b`, 2, 3, `unexpected identifier "b"`},
		{`sum by (l) (rate(a))`, 17, 18, `expected type range vector`},
		{`rat(a[5m])`, 0, 3, `unknown function with name "rat"`},
		{`a +`, 3, 3, `unexpected end of input`},
		{``, 0, 0, `no expression found`},
		// The stand-in is as long as the variable, so that places hold.
		{`rate(a[$__rate_interval]) b`, 26, 27, `unexpected identifier "b"`},
		// Bytes, not letters: é takes two.
		{`a{x="é"} b`, 10, 11, `unexpected identifier "b"`},
	} {
		e, faults := Parse(tt.text)
		if e != nil || len(faults) == 0 {
			t.Errorf("%q parses", tt.text)
			continue
		}
		f := faults[0]
		if f.Start != tt.start || f.End != tt.end || !strings.Contains(f.Message, tt.message) {
			t.Errorf("%q: [%d, %d) %s, want [%d, %d) %s", tt.text, f.Start, f.End, f.Message, tt.start, tt.end, tt.message)
		}
	}
	if _, faults := Parse(`foo(a) + bar(b)`); len(faults) != 2 {
		t.Errorf("two unknown functions give %d faults: %v", len(faults), faults)
	}
}

// A text that parses is printed, or refused with an error: nothing panics, and
// faults lie within the text.
func FuzzParsePrint(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	for _, s := range []string{`-5 ^ 2`, `{"a.b"}`, `{__name__=~"a.*"}`, `a offset -5m`, `x[5m]`, `"text"`, `rate((a[5m]))`, `Inf`, `0x1F`, `1h`, `a @ -1`, `sum(`, `a{`, `A(0%sum(`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, faults := Parse(text)
		for _, fault := range faults {
			if fault.Start < 0 || fault.Start > fault.End || fault.End > len(text) {
				t.Errorf("%q: the fault %q is at [%d, %d)", text, fault.Message, fault.Start, fault.End)
			}
		}
		if e == nil {
			if len(faults) == 0 {
				t.Errorf("%q: neither a tree nor a fault", text)
			}
			return
		}
		for name, built := range map[string]Expr{
			"itself": e,
			"copy":   Rewrite(e, func(e Expr) Expr { return e }),
			"scaled": Bind(e, func(s *Selector) (Reading, bool) {
				return Reading{Series: []*Selector{s, s}, Factor: 2, Repeated: []string{"l"}}, true
			}),
			"number": Numbers(e, func(string) (float64, bool) { return -1, true }),
			"half":   Prune(e, func(s *Selector) bool { return len(s.Name)%2 == 0 }),
			"merged": Merge(e, e),
			"below":  Below(e, Edges{1, 0.5, 2}),
		} {
			if built == nil {
				continue
			}
			printed, err := Print(built)
			if err != nil {
				continue
			}
			if _, faults := Parse(printed); len(faults) > 0 {
				t.Errorf("%q, %s: printed as %q, which does not parse: %v", text, name, printed, faults)
			}
		}
	})
}
