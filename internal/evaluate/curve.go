package evaluate

import "sort"

// Curve is the course of a series: pieces in the order of time, with gaps where
// there is no sample. Times are seconds of the simulation.
type Curve []Piece

// Piece is a straight part of a curve, from From until before Until.
type Piece struct {
	From, Until float64
	// Value at From, and what is added each second.
	Value, PerSecond float64
}

// Value is that of the curve at a time; false where there is none.
func (c Curve) Value(at float64) (float64, bool) {
	i := sort.Search(len(c), func(i int) bool { return at < c[i].Until })
	if i == len(c) || at < c[i].From {
		return 0, false
	}
	return c[i].Value + c[i].PerSecond*(at-c[i].From), true
}

// Cut is the part of a curve between two times.
func (c Curve) Cut(from, until float64) Curve {
	var out Curve
	for _, p := range c {
		start, end := max(p.From, from), min(p.Until, until)
		if start < end {
			out = append(out, Piece{start, end, p.Value + p.PerSecond*(start-p.From), p.PerSecond})
		}
	}
	return out
}

// Without is the curve with a gap between two times.
func (c Curve) Without(from, until float64) Curve {
	var out Curve
	for _, p := range c {
		out = append(out, Curve{p}.Cut(p.From, from)...)
		out = append(out, Curve{p}.Cut(until, p.Until)...)
	}
	return out
}
