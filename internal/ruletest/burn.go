package ruletest

import (
	"time"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// burn is what the arithmetic of burn rates says of an outage in which every
// event is bad: the earliest and the latest time to detect, and to clear.
func (s *Suite) burn(c Case, step float64) (earliest, within, clears float64) {
	b := *c.rule.Burn
	b.Pair.For = c.rule.For // a spec may have tuned it
	timing := plan.Timing{
		Interval: time.Duration(step) * time.Second, Rate: time.Duration(s.ramp(c)) * time.Second, Stage: s.library.Stage,
	}
	predicted, _ := plan.TimeToDetect(b.Pair, b.Objective, 1, timing)
	timing.Interval, timing.Stage = 0, model.Stage{}
	ideal, _ := plan.TimeToDetect(b.Pair, b.Objective, 1, timing)
	// The alert clears when the short window holds few enough bad events.
	short, _ := model.Seconds(b.Pair.Short)
	// A counter that begins with the fault has a rate from its second sample on.
	return ideal.Seconds() - step, predicted.Seconds() + 2*step, short + s.ramp(c) + 3*step
}

// ramp is the range over which the events of an objective are counted.
func (s *Suite) ramp(c Case) float64 {
	out := 0.0
	for _, r := range s.graph.Records[s.library.SLONames.Bad] {
		if r.Labels[plan.LabelSLO] == c.rule.Labels[plan.LabelSLO] {
			for _, past := range r.Past {
				out = max(out, past)
			}
		}
	}
	return out
}
