package ruletest

import (
	"strconv"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// burn is what the arithmetic of burn rates says of an outage in which every
// event is bad: the earliest and the latest time to detect, and to clear.
func (s *Suite) burn(c Case, slo string, wait, slack float64) (earliest, within, clears float64) {
	b := s.library.Burn[c.rule.Labels["burn"]]
	objective, _ := strconv.ParseFloat(c.rule.Labels["objective"], 64)
	long, _ := model.Seconds(b.Long)
	short, _ := model.Seconds(b.Short)
	spent := long * b.Factor * (1 - objective/100)
	return spent + wait - c.time.step, spent + wait + slack + 300, short + slack
}
