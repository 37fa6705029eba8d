package fleet

import (
	"math"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
)

// shape says which series of a metric a curve is drawn for.
type shape int

const (
	gauge shape = iota
	counter
	bucket // of a histogram: counts what is observed at or below its edge
	count
	sum
)

// forever ends what does not end.
const forever = math.MaxFloat64

// Window is the time of a fault, in seconds; the zero value is none.
type Window struct{ From, Until float64 }

// draw is the curve of a series that behaves one way, and another while the
// fault lasts; fault is nil where it does not change.
func draw(s shape, edge float64, usual behaviour, fault *behaviour, w Window) evaluate.Curve {
	if fault == nil {
		return usual.from(s, edge, 0, forever, 0)
	}
	before := usual.from(s, edge, 0, w.From, 0)
	reached, there := end(before)
	during := fault.from(s, edge, w.From, w.Until, reached)
	if fault.stands && there {
		during = evaluate.Curve{{From: w.From, Until: w.Until, Value: reached}}
	}
	after := usual
	if ended, ok := end(during); ok {
		reached = ended
		// A counter that a fault brought stays where it is.
		if s != gauge && !there {
			after = behaviour{rate: number(0), observe: number(0)}
		}
	}
	return append(append(before, during...), after.from(s, edge, w.Until, forever, reached)...)
}

// end is the value that the last piece of a curve reaches; false where there is none.
func end(c evaluate.Curve) (float64, bool) {
	if len(c) == 0 {
		return 0, false
	}
	p := c[len(c)-1]
	return p.Value + p.PerSecond*(p.Until-p.From), true
}

// from is the course of a behaviour: one straight piece, or several where it is
// alive; reached is the value of a counter
// at its beginning. A gauge that moves is counted from the beginning of time.
func (b behaviour) from(s shape, edge, from, until, reached float64) evaluate.Curve {
	if b.absent || from >= until {
		return nil
	}
	p := evaluate.Piece{From: from, Until: until}
	if b.life != nil && (s != gauge || b.sways > 0) {
		return b.life.course(b, s, edge, p, reached)
	}
	rate, value := b.rate.or(0), b.observe.or(0)
	switch s {
	case gauge:
		p.Value = b.value.or(0) + b.perHour.or(0)/3600*from
		p.PerSecond = b.perHour.or(0) / 3600
		if b.age.set {
			p.Value, p.PerSecond = from-b.age.value, 1
		}
	case counter, count:
		p.Value, p.PerSecond = reached+b.jump.or(0), rate
	case bucket:
		p.Value = reached
		if value <= edge {
			p.PerSecond = rate
		}
	case sum:
		p.Value, p.PerSecond = reached, rate*value
	}
	return evaluate.Curve{p}
}

// behaviour is a model.Behaviour with its quantities computed, in the unit of
// the series.
type behaviour struct {
	value, perHour, age, rate, jump, observe optional
	stands, absent                           bool
	// sways is the share by which a gauge moves where there is life, or a rate that
	// has a share of its own.
	sways float64
	life  *life
}

// optional is a number or none.
type optional struct {
	value float64
	set   bool
}

func number(v float64) optional { return optional{v, true} }

func (o optional) or(other float64) float64 {
	if o.set {
		return o.value
	}
	return other
}

// with is what a fault says, and where it says nothing of a histogram's rate,
// or of its value, what is usual.
func (b behaviour) with(usual behaviour) behaviour {
	if !b.rate.set {
		b.rate = usual.rate
	}
	if !b.observe.set {
		b.observe = usual.observe
	}
	return b
}
