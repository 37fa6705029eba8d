package fleet

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Life makes what is constant in a case move, so that a picture of a fleet looks
// like one at work: rates follow a load, gauges sway, and observations spread
// over the buckets of a histogram. It is the same at each run.
type Life struct {
	// From and Until are when it moves, in seconds; outside it is constant.
	From, Until float64
}

// life is that of one pod or GPU: all that it exposes follows one load.
type life struct {
	Life
	// every piece is so long, and the day of the fleet, in seconds.
	every, day float64
	// rates move by this share, where they have none of their own.
	rates float64
	// load and own are the seeds of the load, and of what a gauge does by itself.
	load, own uint64
	// shares of the observations of a histogram.
	shares []model.Share
}

// course is a behaviour in pieces.
func (l *life) course(b behaviour, s shape, edge float64, whole evaluate.Piece, reached float64) evaluate.Curve {
	var out evaluate.Curve
	for from := whole.From; from < whole.Until; {
		until := whole.Until
		n := math.Floor(from / l.every)
		switch next := (n + 1) * l.every; {
		case from < l.From:
			until = min(until, math.Ceil(l.From/l.every)*l.every)
		case from < l.Until:
			until = min(until, next)
		}
		p := evaluate.Piece{From: from, Until: until}
		if s == gauge {
			// It sways around the line that it would be.
			at := func(t float64) float64 { return (b.value.or(0) + b.perHour.or(0)/3600*t) * l.factor(l.own, b.sways, t) }
			p.Value, p.PerSecond = at(from), b.perHour.or(0)/3600
			if from >= l.From && until < forever {
				p.PerSecond = (at(until) - p.Value) / (until - from)
			}
		} else {
			p.Value, p.PerSecond = reached, l.perSecond(b, s, edge, from)
			reached += p.PerSecond * (until - from)
			if b.jump.set && from == whole.From {
				p.Value += b.jump.value
				reached += b.jump.value
			}
		}
		out = append(out, p)
		from = until
	}
	return out
}

// perSecond is by how much a counter, or a part of a histogram, grows.
func (l *life) perSecond(b behaviour, s shape, edge, at float64) float64 {
	rate := b.rate.or(0) * l.factor(l.load, cmp.Or(b.sways, l.rates), at)
	if s == counter || s == count {
		return rate
	}
	// The more load, the more of the slow ones.
	total, below, sum := 0.0, 0.0, 0.0
	for i, part := range l.shares {
		weight := part.Share
		if i == len(l.shares)-1 {
			weight *= l.factor(l.load, cmp.Or(b.sways, 1), at)
		}
		value := b.observe.or(0) * part.Times
		total, sum = total+weight, sum+weight*value
		if value <= edge {
			below += weight
		}
	}
	if s == bucket {
		return rate * below / total
	}
	return rate * sum / total
}

// factor is around 1, by a share at most; it is 1 while nothing moves.
func (l *life) factor(seed uint64, share, at float64) float64 {
	if at < l.From || at >= l.Until {
		return 1
	}
	n := int(at / l.every)
	// Half of it is the time of the day, the same for all, and half is noise.
	period := int(math.Round(l.day / l.every))
	phase := n % period
	wave := 4*float64(min(phase, period-phase))/float64(period) - 1
	return 1 + share/2*(wave+(noise(seed, n-1)+2*noise(seed, n)+noise(seed, n+1))/4)
}

// noise is between -1 and 1, and the same everywhere.
func noise(seed uint64, n int) float64 {
	h := seed + uint64(n)*0x9E3779B97F4A7C15
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return float64((h^h>>31)%257)/128 - 1
}

func seed(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// alive gives a behaviour its life. What is usual keeps below the value that it
// has, so that a promise which is kept stays kept; a fault keeps above it.
func (r *run) alive(b behaviour, at place, series string, fault bool) behaviour {
	if r.Life == nil {
		return b
	}
	lively := r.library.Simulation.Lively
	who := ""
	switch {
	case at.gpu != nil:
		who = fmt.Sprint(at.node.Name, "/", at.gpu.Index)
	case at.pod != nil:
		who = at.pod.Name
	}
	b.life = &life{Life: *r.Life, rates: lively.Rates, load: seed(who), own: seed(who, series), shares: byTimes(lively.Usual)}
	b.life.every, _ = model.Seconds(lively.Every)
	b.life.day, _ = model.Seconds(lively.Day)
	if fault {
		b.life.shares = byTimes(lively.Fault)
	}
	return b
}

// byTimes orders shares, the slowest last.
func byTimes(shares map[string]model.Share) []model.Share {
	return slices.SortedFunc(maps.Values(shares), func(a, b model.Share) int { return cmp.Compare(a.Times, b.Times) })
}
