package plan

import (
	"math"
	"time"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Timing is how fast a Prometheus can notice anything.
type Timing struct {
	// Interval at which rules are evaluated.
	Interval time.Duration
	// Rate is the range of the rate() that events are counted by.
	Rate time.Duration
	// Stage that long windows are summed by: they may lag by one sum.
	Stage model.Stage
}

// TimeToDetect predicts when the alert of a pair of windows fires, from the
// moment at which a share of the events, 0 to 1, begins to be bad. It reports
// false when that share never reaches the threshold of the pair.
//
// Traffic is constant, both windows held good events alone before, and the floor
// of bad events is reached. rate() lets the share rise in a straight line over its
// range. Of evaluation one interval is added for the record, one for the alert
// that reads it, one sum of the stage where the long window is staged, and `for` is
// waited out; the alert fires at that time, or earlier by what was added.
func TimeToDetect(p Pair, objective, share float64, at Timing) (time.Duration, bool) {
	threshold := p.Threshold(objective)
	if share <= threshold {
		return 0, false
	}
	long, short := crosses(duration(p.Long), at.Rate, threshold/share), crosses(duration(p.Short), at.Rate, threshold/share)
	lag := 2 * at.Interval
	if from := duration(at.Stage.From); from > 0 && duration(p.Long) >= from {
		lag += duration(at.Stage.Every)
	}
	return max(long, short) + lag + duration(p.For), true
}

// crosses is when the mean of a signal over a window reaches a part, below 1, of
// what the signal rises to. The signal rises from 0 to 1 in a straight line for
// the time of the ramp.
func crosses(window, ramp time.Duration, part float64) time.Duration {
	// sum is the signal added up until a time.
	sum := func(t float64) float64 {
		switch r := ramp.Seconds(); {
		case t <= 0:
			return 0
		case t < r:
			return t * t / (2 * r)
		default:
			return t - r/2
		}
	}
	w := window.Seconds()
	mean := func(t float64) float64 { return (sum(t) - sum(t-w)) / w }
	low, high := 0.0, w+ramp.Seconds()
	for range 64 {
		if mid := (low + high) / 2; mean(mid) < part {
			low = mid
		} else {
			high = mid
		}
	}
	return time.Duration(math.Round(high)) * time.Second
}
