package ruletest

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// Result is what became of a case.
type Result struct {
	Case
	// Detected is how long after the fault began the alert fired, and Cleared how
	// long after it ended the alert was gone, in seconds.
	Detected, Cleared float64
	// Earliest and Within are between which the alert must fire, and Clears until
	// when it must be gone.
	Earliest, Within, Clears float64
	// Failures are empty where the case passed.
	Failures []string
}

// Run plays cases on all cores; the results are in the order of the cases.
func (s *Suite) Run(cases []Case) []Result {
	out := make([]Result, len(cases))
	next := make(chan int)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				out[i] = s.run(cases[i])
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	wait.Wait()
	return out
}

func (s *Suite) run(c Case) Result {
	store, err := s.store(c.scenario(), c.time)
	if err == nil {
		err = record(store, c.needs.Records, c.time)
	}
	if err != nil {
		return Result{Case: c, Failures: []string{err.Error()}}
	}
	return s.judge(store, c)
}

// judge evaluates the alert of a case, over what was recorded.
func (s *Suite) judge(store *evaluate.Store, c Case) Result {
	t := c.time
	r := Result{Case: c, Detected: math.Inf(1), Cleared: math.Inf(1), Earliest: t.earliest, Within: t.within, Clears: t.clears}
	fail := func(format string, args ...any) { r.Failures = append(r.Failures, fmt.Sprintf(format, args...)) }
	episodes, err := store.Alert(c.rule.Evaluable(), evaluate.Span{Start: t.from, End: t.end, Step: t.step})
	if err != nil {
		fail("%v", err)
		return r
	}
	gone := t.fault.Until
	for _, e := range episodes {
		own := c.isSubject(e.Labels, s.library.Simulation)
		switch {
		case e.Since < t.fault.From:
			fail("it is not silent before the fault: it holds for %s", e.Labels)
		case !own && !math.IsInf(e.Fired, 1):
			fail("it fires for %s, where nothing is wrong", e.Labels)
		case own && !math.IsInf(e.Fired, 1):
			r.Detected = min(r.Detected, e.Fired-t.fault.From)
			gone = max(gone, e.Until)
			if e.Until < t.fault.Until {
				fail("it clears %s before the fault ends, for %s", human(t.fault.Until-e.Until), e.Labels)
			}
		}
	}
	switch r.Cleared = gone - t.fault.Until; {
	case len(r.Failures) > 0:
	case math.IsInf(r.Detected, 1):
		fail("it does not fire within %s of the fault%s", human(t.fault.Until-t.fault.From), s.why(store, c))
	case r.Detected > t.within:
		fail("it fires after %s, which is more than %s", human(r.Detected), human(t.within))
	case r.Detected < t.earliest:
		fail("it fires after %s, which is less than %s", human(r.Detected), human(t.earliest))
	case r.Cleared > t.clears:
		fail("it has not cleared %s after the fault", human(t.clears))
	}
	return r
}

func (c Case) scenario() fleet.Scenario {
	return fleet.Scenario{Case: &c.model, Subject: c.subject, Window: c.time.fault, Names: c.needs.Names, Part: c.part}
}

// mostPoints of a case: with so many it takes a gigabyte or two.
const mostPoints = 30e6

// store holds what a scenario exposes.
func (s *Suite) store(sc fleet.Scenario, t timeline) (*evaluate.Store, error) {
	all, err := s.sim.Series(sc)
	if err != nil {
		return nil, err
	}
	if points := float64(len(all)) * t.end / t.step; points > mostPoints {
		return nil, fmt.Errorf("%d series over %s are too much to play: give the case an interval (every), or fewer GPUs (times)", len(all), human(t.end))
	}
	out := evaluate.NewStore(time.Duration(min(t.step, 60) * float64(time.Second)))
	for _, one := range all {
		out.Add(one.Labels, one.Curve)
	}
	return out, nil
}

func record(store *evaluate.Store, records []rulegraph.Rule, t timeline) error {
	for _, r := range records {
		step := max(t.step, r.Every)
		if err := store.Record(r.Evaluable(), evaluate.Span{Start: step, End: t.end, Step: step}); err != nil {
			return err
		}
	}
	return nil
}

// why says what an alert that did not fire reads while the fault is there.
func (s *Suite) why(store *evaluate.Store, c Case) string {
	e, _ := promql.Parse(c.rule.Expr)
	var out []string
	for _, selector := range promql.Selectors(e) {
		values, err := store.Values(selector.String(), c.time.fault.Until-c.time.step)
		if err != nil {
			continue
		}
		values = slices.DeleteFunc(values, func(v evaluate.Value) bool { return !c.isSubject(v.Labels, s.library.Simulation) })
		text := selector.Name + " has no series of the subject"
		if len(values) > 0 {
			text = fmt.Sprintf("%s is %s", selector.Name, model.FormatNumber(round(values[0].Value)))
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return ": " + strings.Join(out, ", ") + "; the rule is " + c.rule.Expr
}

// round keeps six digits, enough for people.
func round(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	scale := math.Pow(10, 6-math.Ceil(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// human says a duration in seconds as Prometheus writes it.
func human(seconds float64) string {
	return promql.FormatDuration(time.Duration(seconds) * time.Second)
}

// Loud is an alert that is not silent where it should be.
type Loud struct {
	Alert, Labels string
	// Idle fleet, or a healthy one.
	Idle bool
	// Series that it holds for.
	Series string
}

// Silence evaluates all rules on the whole fleet, healthy and then idle, and
// returns the alerts that are not silent. An alert may hold on an idle fleet
// where idleness is what it is for.
func (s *Suite) Silence() ([]Loud, error) {
	all := s.graph.Of(s.graph.Alerts...)
	interval, _ := model.Seconds(s.library.Interval)
	t := timeline{step: interval, from: 10 * interval, end: 70 * interval}
	may := map[string]bool{}
	for _, c := range s.Cases {
		may[c.Alert] = may[c.Alert] || c.idle
	}
	var out []Loud
	for _, idle := range []bool{false, true} {
		store, err := s.store(fleet.Scenario{Idle: idle, Names: all.Names}, t)
		if err == nil {
			err = record(store, all.Records, t)
		}
		if err != nil {
			return nil, err
		}
		for _, r := range s.graph.Alerts {
			episodes, err := store.Alert(r.Evaluable(), evaluate.Span{Start: t.from, End: t.end, Step: t.step})
			if err != nil {
				return nil, err
			}
			for _, e := range episodes {
				if !idle || !may[r.Alert] {
					out = append(out, Loud{r.Alert, told(r.Rule), idle, e.Labels.String()})
					break
				}
			}
		}
	}
	return out, nil
}
