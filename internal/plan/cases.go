package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// SubjectFacts are the numbers that fact:NAME stands for in a case: of the GPU
// model, of the workload, of its team.
var SubjectFacts = []string{
	"usdPerHour", "perNode", "total", "memoryBytes", "slowdownCelsius", "memoryMaxCelsius", "tdpWatts",
	"gpus", "pods", "workloadUSDPerHour", "teamUSDPerHour", "budgetUSDPerMonth",
}

// checkCases refuses what the cases of an alert name and nothing has: keys that
// are no selector, signals, and arithmetic on what is no number.
func (l *lowering) checkCases(cases map[string]model.Case, at []string) {
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		own := append(slices.Clone(at), name)
		l.checkQuantity(c.Times, append(own, "times"))
		for _, key := range slices.Sorted(maps.Keys(c.Fault)) {
			path := append(slices.Clone(own), "fault", key)
			l.checkFaultKey(key, path)
			b := c.Fault[key]
			for field, q := range map[string]model.Quantity{"value": b.Value, "perHour": b.PerHour, "age": b.Age, "rate": b.Rate,
				"jump": b.Jump, "observe": b.Observe, "atMost": b.AtMost, "atLeast": b.AtLeast} {
				l.checkQuantity(q, append(slices.Clone(path), field))
			}
		}
	}
}

func (l *lowering) checkFaultKey(key string, at []string) {
	e, faults := promql.Parse(key)
	s, ok := e.(*promql.Selector)
	if len(faults) > 0 || !ok {
		message := "want the name of a series, perhaps with matchers"
		if len(faults) > 0 {
			message = "PromQL: " + faults[0].Message
		}
		l.in.Diags.Add(diag.Diagnostic{Code: codeQuery, Pos: l.in.LabelPos(at...), Message: fmt.Sprintf("%s: %s", strings.Join(at, "."), message)})
		return
	}
	signal, ok := strings.CutPrefix(s.Name, signalPrefix)
	if _, known := l.library.Signals[signal]; ok && !known {
		l.in.Diags.Add(diag.Diagnostic{Code: codePlaceholder, Pos: l.in.LabelPos(at...),
			Message: fmt.Sprintf("%s: there is no signal %q", strings.Join(at, "."), signal),
			Hint:    placeholderHint(s.Name, slices.Collect(maps.Keys(l.library.Signals)))})
	}
}

// checkQuantity refuses arithmetic that does not parse, or that reads series.
func (l *lowering) checkQuantity(q model.Quantity, at []string) {
	if q == "" {
		return
	}
	e, faults := promql.Parse(string(q))
	for _, f := range faults {
		l.in.Diags.Add(diag.Diagnostic{Code: codeQuery, Pos: l.in.Pos(at...), Message: fmt.Sprintf("%s: %s", strings.Join(at, "."), f.Message)})
	}
	if len(faults) > 0 {
		return
	}
	for _, s := range promql.Selectors(e) {
		fact, isFact := strings.CutPrefix(s.Name, factPrefix)
		switch {
		case isFact && !slices.Contains(SubjectFacts, fact):
			l.in.Diags.Add(diag.Diagnostic{Code: codePlaceholder, Pos: l.in.Pos(at...),
				Message: fmt.Sprintf("%s: there is no number %s of a subject", strings.Join(at, "."), s.Name),
				Hint:    placeholderHint(s.Name, SubjectFacts)})
			return
		case !isFact && !strings.HasPrefix(s.Name, targetPrefix):
			l.in.Diags.Add(diag.Diagnostic{Code: codePlaceholder, Pos: l.in.Pos(at...),
				Message: fmt.Sprintf("%s: %s is no number of the subject", strings.Join(at, "."), s.Name),
				Hint:    "write a number, or arithmetic on target:SLO:FIELD and fact:NAME"})
			return
		}
	}
	if _, ok := promql.Constant(promql.Numbers(e, func(string) (float64, bool) { return 1, true })); !ok {
		l.in.Diags.Add(diag.Diagnostic{Code: codeQuery, Pos: l.in.Pos(at...),
			Message: fmt.Sprintf("%s: found %q, want +, -, * and / on numbers", strings.Join(at, "."), q)})
	}
}
