package ruletest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	tree "github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/ruletest"
)

// BenchmarkObjectives evaluates the rules of 1,000 workloads with four
// objectives each once, over a Prometheus TSDB with an hour of samples: as they
// are written, one rule for all workloads that share a target, and as a
// generator writes them that makes a set of rules for each objective of each
// workload. Both give the same series.
func BenchmarkObjectives(b *testing.B) {
	s := objectives(b)
	grouped := s.Objectives()
	var single []ruletest.Written
	for _, r := range grouped {
		single = append(single, apart(b, r)...)
	}
	store := filled(b, s, grouped)
	for _, c := range []struct {
		name  string
		rules []ruletest.Written
	}{{"one rule a target", grouped}, {"one rule an objective of a workload", single}} {
		b.Run(c.name, func(b *testing.B) {
			series := 0
			for b.Loop() {
				series = 0
				for _, r := range c.rules {
					values, err := store.Values(r.Expr, end)
					if err != nil {
						b.Fatal(err)
					}
					series += len(values)
				}
			}
			b.ReportMetric(float64(len(c.rules)), "rules")
			b.ReportMetric(float64(series), "series")
		})
	}
}

// objectives compiles the spec of the benchmark.
func objectives(b *testing.B) *ruletest.Suite {
	b.Helper()
	var text strings.Builder
	text.WriteString("package fleet\n\nsettings: owner: \"ml\"\nteams: ml: owner: \"ml@example.com\"\ngpus: \"l40s\": usdPerHour: 1.1\n")
	text.WriteString("clusters: prod: {prometheus: retention: \"45d\", gpus: \"l40s\": perNode: 4}\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "workloads: \"w%d\": {kind: \"inference\", team: \"ml\", namespace: \"serving\", engine: {name: \"vllm\", version: \"0.30.0\"}, model: \"m\", gpu: {model: \"l40s\", count: 1}, slo: ttft: under: \"%dms\"}\n",
			i, []int{250, 500, 1000}[i%3])
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fleet.cue"), []byte(text.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	c, err := compile.New(dir)
	if err != nil {
		b.Fatal(err)
	}
	all, err := c.Suites("")
	if err != nil || len(all) != 1 {
		b.Fatal(err, c.Diags.Sorted())
	}
	return all[0]
}

// objectivesOf each workload: a rule that speaks of all of them has no label slo.
var objectivesOf = []string{"errors", "queueDepth", "tokensPerSecond", "ttft"}

// apart writes a rule once for each objective of each workload that it speaks of.
func apart(b *testing.B, r ruletest.Written) []ruletest.Written {
	slos, shared := objectivesOf, r.Labels["slo"] == ""
	switch {
	case !shared:
		slos = []string{r.Labels["slo"]}
	case !r.Alert && !strings.HasPrefix(r.Name, "workload:slo_"):
		slos, shared = []string{""}, false // what an objective by time reads
	}
	var out []ruletest.Written
	for _, w := range r.Workloads {
		for _, slo := range slos {
			e, faults := tree.Parse(r.Expr)
			if len(faults) > 0 {
				b.Fatal(faults)
			}
			e = tree.Rewrite(e, func(e tree.Expr) tree.Expr {
				s, ok := e.(*tree.Selector)
				if !ok {
					return e
				}
				s = tree.Unmatch(tree.Unmatch(s, tree.Regexp, "workload"), tree.NotEqual, "workload")
				if shared {
					s = tree.Match(s, tree.Equal, "slo", slo)
				}
				return tree.Match(s, tree.Equal, "workload", w)
			})
			out = append(out, ruletest.Written{Name: r.Name, Expr: e.String(), Workloads: []string{w}})
		}
	}
	return out
}

// filled holds an hour of what the rules read, their records among it.
func filled(b *testing.B, s *ruletest.Suite, rules []ruletest.Written) *evaluate.Store {
	b.Helper()
	series, err := s.Healthy(rules)
	if err != nil {
		b.Fatal(err)
	}
	store := evaluate.NewStore(time.Minute)
	for _, one := range series {
		store.Add(one.Labels, one.Curve)
	}
	for _, r := range rules {
		if !r.Alert {
			if err := store.Record(evaluate.Rule{Name: r.Name, Expr: r.Expr, Labels: r.Labels}, evaluate.Span{Start: 60, End: end, Step: 60}); err != nil {
				b.Fatal(err)
			}
		}
	}
	return store
}

// end is when the rules are evaluated.
const end = 3600
