package ruletest

import (
	"math"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// timeline is when what happens in a case, in seconds.
type timeline struct {
	step float64
	// alerts are looked at from here on: what reads two samples has them.
	from  float64
	fault fleet.Window
	end   float64
	// earliest and within: the alert fires between these, after the fault began.
	earliest, within float64
	clears           float64
}

// longest is the longest past that a fleet is healthy for before a fault. What
// reads further back sees as much as there is.
const longest = 3 * 86400

// timeline follows from the ranges that a rule reads and from its wait, where
// the case says nothing.
func (s *Suite) timeline(c Case) timeline {
	interval, _ := model.Seconds(s.library.Interval)
	t := timeline{step: interval}
	if every, ok := model.Seconds(c.model.Every); ok {
		t.step = every
	}
	wait, _ := model.Seconds(c.rule.For)
	slack := 2*t.step + evaluate.Lookback
	t.within, t.clears = wait+c.needs.Past+slack, c.needs.Past+slack
	if c.rule.Burn != nil {
		t.earliest, t.within, t.clears = s.burn(c, t.step)
	}
	if within, ok := model.Seconds(c.model.Within); ok {
		t.within = within
	}
	if clears, ok := model.Seconds(c.model.Clears); ok {
		t.clears = clears
	}
	lasts, _ := model.Seconds(c.model.Lasts)
	t.from = 10 * t.step
	up := func(v float64) float64 { return math.Ceil(v/t.step) * t.step }
	most := float64(longest)
	if c.rule.Burn != nil {
		// Its arithmetic is that of a long window which was good before.
		long, _ := model.Seconds(c.rule.Burn.Pair.Long)
		most = max(most, long)
	}
	past, _ := model.Seconds(c.model.Past)
	t.fault.From = up(t.from + max(min(c.needs.Past, most), past) + 5*t.step)
	t.fault.Until = up(t.fault.From + t.within + lasts)
	t.end = up(t.fault.Until + t.clears + 2*t.step)
	return t
}
