package plan

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Pair is a pair of windows of a burn-rate policy, for objectives of one window.
type Pair struct {
	Name string
	model.Burn
	// Factor is how many times faster than allowed the budget goes when the pair
	// alerts: at that pace the long window spends its share of it.
	Factor float64
}

// Pairs lists the pairs of a policy for a window of objectives, fastest first.
func Pairs(policy map[string]model.Burn, window string) []Pair {
	var out []Pair
	whole, _ := model.Seconds(window)
	for name, b := range policy {
		long, _ := model.Seconds(b.Long)
		// Four digits: the factor stands in texts, and its threshold in expressions.
		out = append(out, Pair{name, b, digits(b.Budget*whole/long, 4)})
	}
	slices.SortFunc(out, func(a, b Pair) int {
		x, _ := model.Seconds(a.Long)
		y, _ := model.Seconds(b.Long)
		return cmp.Or(cmp.Compare(x, y), strings.Compare(a.Name, b.Name))
	})
	return out
}

// Budget is the share of events that an objective, in percent, leaves to be bad.
func Budget(objective float64) float64 { return roundTo((100 - objective) / 100) }

// Threshold is the share of bad events at which the pair alerts.
func (p Pair) Threshold(objective float64) float64 { return roundTo(p.Factor * Budget(objective)) }

// Floor is how many events the long window must hold, so that at the threshold
// so many of them are bad.
func (p Pair) Floor(objective float64, badEvents int) float64 {
	return math.Ceil(roundTo(float64(badEvents) / p.Threshold(objective)))
}

// roundTo keeps ten digits, so that 0.1 + 0.2 reads as 0.3.
func roundTo(v float64) float64 { return digits(v, 10) }
