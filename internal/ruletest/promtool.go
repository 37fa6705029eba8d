package ruletest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// The files that promtool test rules reads. Its own types are in a main package
// (prometheus/prometheus at v0.315.0, cmd/promtool/unittest.go).
type testFile struct {
	RuleFiles          []string   `json:"rule_files"`
	EvaluationInterval string     `json:"evaluation_interval"`
	Tests              []testCase `json:"tests"`
}

type testCase struct {
	Name        string       `json:"name"`
	Interval    string       `json:"interval"`
	InputSeries []testSeries `json:"input_series"`
	ExprTests   []exprTest   `json:"promql_expr_test"`
}

type testSeries struct {
	Series string `json:"series"`
	Values string `json:"values"`
}

type exprTest struct {
	Expr       string       `json:"expr"`
	EvalTime   string       `json:"eval_time"`
	ExpSamples []testSample `json:"exp_samples"`
}

type testSample struct {
	Labels string  `json:"labels"`
	Value  float64 `json:"value"`
}

const (
	// warmest and farthest bound the time that a file of promtool goes through:
	// it evaluates every rule of a file at each step. What is beyond them, the
	// windows of days, is looked at by aiobsgen test alone.
	warmest  = 3600
	farthest = 6 * 3600
	// mostSeries of one case: a case on all GPUs of a large fleet is left to
	// aiobsgen test.
	mostSeries = 500
)

// Promtool writes the cases as files for promtool test rules, one for each
// concern, beside the plain rule files. What takes days is left out, and so is a
// case that cannot be played, which is then among Faulty.
func (s *Suite) Promtool() ([]artifact.File, []string, error) {
	out := kube.NewOutput(s.plan)
	files := map[string]*testFile{}
	origins := map[string][]string{}
	for _, cases := range s.alike() {
		first := cases[0]
		// A case of the spec's own is looked at all the same: it may be wrong.
		if !first.own && s.sim.GPUsOf(first.scenario()) > mostSeries {
			continue
		}
		test, err := s.promtool(cases)
		if err != nil {
			s.Faulty = append(s.Faulty, Faulty{first.Alert, first.Name, err})
			continue
		}
		if len(test.InputSeries) > mostSeries {
			continue
		}
		concern := s.plan.Groups[first.rule.Group].Concern
		f := files[concern]
		if f == nil {
			f = &testFile{EvaluationInterval: test.Interval}
			files[concern] = f
		}
		f.Tests = append(f.Tests, test)
		for _, c := range cases {
			for g := range c.needs.Groups {
				f.RuleFiles = append(f.RuleFiles, "../plain/"+s.plan.Groups[g].File()+".rules.yaml")
			}
			origins[concern] = append(origins[concern], string(c.rule.Origins[0]))
		}
	}
	for _, concern := range slices.Sorted(maps.Keys(files)) {
		slices.Sort(files[concern].RuleFiles)
		files[concern].RuleFiles = slices.Compact(files[concern].RuleFiles)
		slices.Sort(origins[concern])
		out.YAML("rules/tests/"+concern+".test.yaml", files[concern], slices.Compact(origins[concern]),
			"The cases of the alerts for promtool test rules. aiobsgen test plays them with a longer past.")
	}
	return out.Done()
}

// alike are the cases with those that differ in the rule alone, as the pairs of
// windows of one objective do: one fault is enough for them.
func (s *Suite) alike() [][]Case {
	var out [][]Case
	for _, c := range s.Cases {
		if past, _ := model.Seconds(c.model.Past); c.model.Every != "" || past > warmest {
			continue
		}
		same := slices.IndexFunc(out, func(other []Case) bool {
			o := other[0]
			return o.Name == c.Name && o.Alert == c.Alert && o.rule.Origins[0] == c.rule.Origins[0] &&
				o.subject.Pod == c.subject.Pod && o.subject.GPU == c.subject.GPU && slices.Equal(o.rule.Of, c.rule.Of)
		})
		if same < 0 {
			out = append(out, []Case{c})
		} else {
			out[same] = append(out[same], c)
		}
	}
	return out
}

// promtool is a fault with a past of an hour at most, and what each rule that
// it is for makes of it.
func (s *Suite) promtool(cases []Case) (testCase, error) {
	scenario, t := cases[0].scenario(), cases[0].time
	scenario.Names = map[string]bool{}
	t.fault.From = min(t.fault.From, t.from+warmest)
	from, lasts, clears := t.fault.From, 0.0, 0.0
	for _, c := range cases {
		maps.Copy(scenario.Names, c.needs.Names)
		lasts, clears = max(lasts, c.time.fault.Until-c.time.fault.From), max(clears, c.time.end-c.time.fault.Until)
	}
	t.fault.Until = from + lasts
	t.end = t.fault.Until
	if lasts+clears <= farthest {
		t.end += clears
	}
	scenario.Window = t.fault
	series, err := s.sim.Series(scenario)
	if err != nil {
		return testCase{}, err
	}
	out := testCase{Name: cases[0].Alert + " on " + name(cases[0]) + ": " + cases[0].Name, Interval: human(t.step)}
	for _, one := range series {
		if values := notation(one.Curve, t.step, t.end); values != "" {
			out.InputSeries = append(out.InputSeries, testSeries{written(one.Labels), values})
		}
	}
	at := func(seconds float64, expr string, want ...testSample) {
		out.ExprTests = append(out.ExprTests, exprTest{expr, human(seconds), append([]testSample{}, want...)})
	}
	for _, c := range cases {
		silent, fires, err := c.alerts()
		if err != nil {
			return out, err
		}
		at(from-t.step, silent)
		at(from+c.time.fault.Until-c.time.fault.From-t.step, fires, testSample{"{}", 1})
		if t.end > t.fault.Until {
			at(t.end, silent)
		}
	}
	return out, nil
}

// written is a series with its name in front of its labels.
func written(l labels.Labels) string {
	var pairs [][2]string
	l.Range(func(one labels.Label) {
		if one.Name != labels.MetricName {
			pairs = append(pairs, [2]string{one.Name, one.Value})
		}
	})
	return promql.Named(l.Get(labels.MetricName), pairs...).String()
}

// name of the subject.
func name(c Case) string {
	switch {
	case c.subject.Pod != nil && c.model.On != fleet.OnGPU && c.model.On != fleet.OnNode:
		return c.subject.Pod.Workload.Name
	case c.model.On == fleet.OnCluster:
		return c.Cluster
	}
	return c.subject.GPU.Node.Name
}

// alerts are queries for the rule's alerts: any, which is empty while it is
// silent, and 1 while it fires.
func (c Case) alerts() (silent, fires string, err error) {
	any := promql.Named("ALERTS", [2]string{"alertname", c.Alert})
	for _, label := range slices.Sorted(maps.Keys(c.rule.Labels)) {
		// A template may read otherwise on another day.
		if value := c.rule.Labels[label]; !strings.Contains(value, "{{") {
			any = promql.Match(any, promql.Equal, label, value)
		}
	}
	if silent, err = promql.Print(any); err != nil {
		return "", "", err
	}
	fires, err = promql.Print(promql.Present(promql.Match(any, promql.Equal, "alertstate", "firing")))
	return silent, fires, err
}

// notation writes a curve in promtool's form: 1+2x3 is 1, 3, 5, 7, stale says
// that the series is gone, and _ that there is no sample.
func notation(c evaluate.Curve, step, end float64) string {
	var out []string
	missing := 0
	gap := func() {
		if missing > 0 {
			out = append(out, fmt.Sprintf("_x%d", missing))
		}
		missing = 0
	}
	steps := int(end / step)
	for k := 0; k <= steps; {
		at := float64(k) * step
		i := slices.IndexFunc(c, func(p evaluate.Piece) bool { return p.From <= at && at < p.Until })
		if i < 0 {
			if len(out) > 0 && missing == 0 && out[len(out)-1] != "stale" {
				out = append(out, "stale")
			} else {
				missing++
			}
			k++
			continue
		}
		gap()
		n := 0
		for k+n+1 <= steps && float64(k+n+1)*step < c[i].Until {
			n++
		}
		value, slope := model.FormatNumber(c[i].Value+c[i].PerSecond*(at-c[i].From)), c[i].PerSecond*step
		switch {
		case math.IsNaN(c[i].Value) || math.IsInf(c[i].Value, 0):
			// promtool reads NaNx3 as a word.
			out = append(out, slices.Repeat([]string{value}, n+1)...)
		case n == 0:
			out = append(out, value)
		case slope == 0:
			out = append(out, fmt.Sprintf("%sx%d", value, n))
		case slope < 0:
			out = append(out, fmt.Sprintf("%s-%sx%d", value, model.FormatNumber(-slope), n))
		default:
			out = append(out, fmt.Sprintf("%s+%sx%d", value, model.FormatNumber(slope), n))
		}
		k += n + 1
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, " ")
}
