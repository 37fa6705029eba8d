package ruletest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/ruletest"
)

// suites compiles a spec, once for all tests.
func suites(t *testing.T, dir string) []*ruletest.Suite {
	t.Helper()
	compiled.Lock()
	defer compiled.Unlock()
	if all := compiled.of[dir]; all != nil {
		return all
	}
	c, err := compile.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Suites("")
	if err != nil || len(all) == 0 {
		t.Fatalf("%v, %v", err, c.Diags.Sorted())
	}
	if compiled.of == nil {
		compiled.of = map[string][]*ruletest.Suite{}
	}
	compiled.of[dir] = all
	return all
}

var compiled struct {
	sync.Mutex
	of map[string][]*ruletest.Suite
}

// mutants are an expression with one number moved far up or far down, or one
// name misspelt, by what was done to it.
func mutants(t *testing.T, expr string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	count := func(e promql.Expr) (numbers, names int) {
		parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
			switch n.(type) {
			case *parser.NumberLiteral:
				numbers++
			case *parser.VectorSelector:
				names++
			}
			return nil
		})
		return numbers, names
	}
	parse := func() promql.Expr {
		e, faults := promql.Parse(expr)
		if len(faults) > 0 {
			t.Fatal(expr, faults)
		}
		return e
	}
	change := func(what string, change func(e promql.Expr)) {
		e := parse()
		change(e)
		out[what] = append(out[what], e.String())
	}
	numbers, names := count(parse())
	for i := range numbers {
		for _, by := range []float64{1e9, -1e9} {
			change(fmt.Sprintf("number %d moved", i+1), func(e promql.Expr) {
				at := 0
				parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
					if literal, ok := n.(*parser.NumberLiteral); ok {
						if at == i {
							literal.Val += by
						}
						at++
					}
					return nil
				})
			})
		}
	}
	for i := range names {
		change(fmt.Sprintf("name %d misspelt", i+1), func(e promql.Expr) {
			at := 0
			parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
				if s, ok := n.(*parser.VectorSelector); ok {
					if at == i {
						*s = *promql.Rename(s, promql.Named("misspelt"))
					}
					at++
				}
				return nil
			})
		})
	}
	return out
}

// A case is worth what it notices: with a threshold moved far enough either way
// would do, or a metric misspelt, some case of the rule must fail.
func TestCasesNoticeABrokenRule(t *testing.T) {
	for _, s := range suites(t, "../../examples/fleet") {
		byRule := map[string][]ruletest.Case{}
		seen := map[string]bool{}
		for _, c := range s.Cases {
			// Rules of one alert differ in numbers alone: the first is enough, and of
			// objectives the pair of windows that is played soonest.
			if first := c.Alert + c.Name; !seen[first] && soonest(c) {
				seen[first] = true
				byRule[c.Alert+" "+c.Labels] = append(byRule[c.Alert+" "+c.Labels], c)
			}
		}
		for rule, cases := range byRule {
			t.Run(cases[0].Cluster+" "+rule, func(t *testing.T) {
				t.Parallel()
				var texts []string
				var what []string
				for name, all := range mutants(t, cases[0].Expr()) {
					for _, text := range all {
						texts, what = append(texts, text), append(what, name)
					}
				}
				noticed := map[string]bool{}
				for _, c := range cases {
					results, err := s.Judge(c, texts...)
					if err != nil {
						t.Fatal(err)
					}
					for i, r := range results {
						noticed[what[i]] = noticed[what[i]] || len(r.Failures) > 0
					}
				}
				for name := range mutants(t, cases[0].Expr()) {
					if !noticed[name] {
						t.Errorf("%s: no case notices it in %s", name, cases[0].Expr())
					}
				}
			})
		}
	}
}

// soonest reports whether a case is not of a slower pair of windows.
func soonest(c ruletest.Case) bool {
	return !strings.Contains(c.Labels, "burn=") || strings.Contains(c.Labels, "burn=fast")
}
