package typecheck

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Unit is what a value counts in. The zero Unit is unknown.
type Unit struct {
	known bool
	dims  map[string]int // powers by base dimension; none are zero
	// factor: how many base units one is; 0 for a sum of what differs in it, of which
	// only the dimensions are known.
	factor float64
	// before is the factor before a product with a conversion: it may have been
	// meant as a weight.
	before float64
	share  bool
	opaque bool
	// vague: a product with a plain count, which may have counted anything.
	vague bool
	name  string // as the catalogue calls it, "" for a computed one
}

// unitNamed is a unit of the catalogue.
func unitNamed(c *catalog.Index, name string) Unit {
	u, ok := c.Units[name]
	if !ok {
		return Unit{}
	}
	return Unit{known: true, dims: u.Dims, factor: u.Factor, share: u.Share, opaque: u.Opaque, name: name}
}

// plain is the unit of a number that counts nothing in particular.
var plain = Unit{known: true, factor: 1, name: "1"}

// named finds the catalogue's name for a computed unit.
func (u Unit) named(c *catalog.Index) string {
	switch {
	case !u.known:
		return "unknown"
	case u.name == plain.name || u.name == "" && u.plain() && u.factor == 1:
		return "plain numbers"
	case u.name != "":
		return u.name
	}
	for _, name := range slices.Sorted(maps.Keys(c.Units)) {
		d := c.Units[name]
		if !d.Opaque && maps.Equal(dropZero(d.Dims), u.dims) && same(d.Factor, u.factor) && (d.Share == u.share || len(u.dims) == 0) {
			return name
		}
	}
	var up, down []string
	for _, d := range slices.Sorted(maps.Keys(u.dims)) {
		if n := u.dims[d]; n > 0 {
			up = append(up, d)
		} else {
			down = append(down, d)
		}
	}
	text := strings.Join(up, "·")
	if text == "" {
		text = "1"
	}
	if len(down) > 0 {
		text += "/" + strings.Join(down, "/")
	}
	if u.factor != 0 && u.factor != 1 {
		text = model.FormatNumber(u.factor) + " " + text
	}
	return text
}

func dropZero(dims map[string]int) map[string]int {
	out := map[string]int{}
	for k, v := range dims {
		if v != 0 {
			out[k] = v
		}
	}
	return out
}

func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b)) }

// times multiplies units; power -1 divides by the second.
func (u Unit) times(v Unit, power int) Unit {
	if !u.known || !v.known || u.opaque || v.opaque {
		return Unit{}
	}
	dims := maps.Clone(u.dims)
	if dims == nil {
		dims = map[string]int{}
	}
	for d, n := range v.dims {
		dims[d] += power * n
	}
	out := Unit{known: true, dims: dropZero(dims), factor: u.factor * math.Pow(v.factor, float64(power)),
		vague: u.vague || v.vague || u.plain() != v.plain()}
	if math.IsInf(out.factor, 0) || math.IsNaN(out.factor) || u.factor == 0 || v.factor == 0 {
		out.factor = 0
	}
	return out
}

// equal reports whether two units are the same, under whatever name.
func (u Unit) equal(v Unit) bool {
	return u.known == v.known && maps.Equal(dropZero(u.dims), dropZero(v.dims)) && same(u.factor, v.factor) && u.share == v.share && u.opaque == v.opaque
}

// plain reports whether a unit counts nothing in particular.
func (u Unit) plain() bool { return len(u.dims) == 0 && !u.share }

// difference is the unit of how far two values are apart: what is sensible for a value
// is not for that.
func (u Unit) difference() Unit {
	out := u
	out.name = ""
	return out
}

// perSecond is the unit for each second.
func (u Unit) perSecond() Unit {
	return u.times(Unit{known: true, dims: map[string]int{"s": 1}, factor: 1}, -1)
}

// scaled is the unit after a product with a number. A conversion changes the factor;
// any other number may be a weight, or a price with a unit of its own, and one that is
// a time makes an amount of a rate.
func (u Unit) scaled(by float64, x *catalog.Index) Unit {
	by = math.Abs(by)
	if !u.known || u.opaque || by == 1 {
		return u
	}
	isOne := func(c float64) bool { return same(c, by) || same(c, 1/by) }
	if !slices.ContainsFunc(x.Conversions, isOne) || u.dims["s"] < 0 && slices.ContainsFunc(x.Times, func(c float64) bool { return same(c, by) }) {
		return Unit{}
	}
	return Unit{known: true, dims: u.dims, factor: u.factor / by, before: u.factor, share: u.share, vague: u.vague}
}

// fits reports whether a value in one unit can stand where another is wanted:
// added to it, compared with it, shown as it.
func (u Unit) fits(want Unit, x *catalog.Index) bool {
	if !u.known || !want.known || u.opaque || want.opaque {
		return true
	}
	if !u.sameDimensions(want, x) {
		return false
	}
	if u.factor == 0 || want.factor == 0 || same(u.factor, want.factor) {
		return true
	}
	// A number that is also a conversion may be a weight.
	return u.before != 0 && same(u.before, want.factor) || want.before != 0 && same(want.before, u.factor)
}

// sameDimensions compares what is measured. Nouns that are counted must agree
// where both sides name any; a share has none left. Errors and cycles are of anything:
// errors over requests are a share, and hertz are what happens in a second.
func (u Unit) sameDimensions(want Unit, x *catalog.Index) bool {
	split := func(dims map[string]int) (hard, nouns map[string]int) {
		hard, nouns = map[string]int{}, map[string]int{}
		for d, n := range dims {
			if slices.Contains(x.Counted, d) {
				nouns[d] = n
			} else {
				hard[d] = n
			}
		}
		return hard, nouns
	}
	ah, an := split(u.dims)
	bh, bn := split(want.dims)
	if !maps.Equal(ah, bh) {
		return false
	}
	if u.share && !isShare(bn, x.Vague) && !want.vague || want.share && !isShare(an, x.Vague) && !u.vague {
		return false
	}
	return len(an) == 0 || len(bn) == 0 || u.vague || want.vague || maps.Equal(an, bn) || standsForAny(an, bn, x.Vague)
}

// isShare reports whether nouns cancel.
func isShare(nouns map[string]int, vague []string) bool {
	return len(nouns) == 0 || standsForAny(nouns, nil, vague)
}

// standsForAny reports whether nouns are the same once those that may be of anything
// are taken for what they are of.
func standsForAny(a, b map[string]int, vague []string) bool {
	sum := 0
	for _, n := range a {
		sum += n
	}
	for _, n := range b {
		sum -= n
	}
	return sum == 0 && slices.ContainsFunc(vague, func(noun string) bool { return a[noun] != 0 || b[noun] != 0 })
}

// bounds are the smallest and largest value that makes sense.
type bounds struct{ min, max float64 }

var unbounded = bounds{math.Inf(-1), math.Inf(1)}

// boundsOf are those of the unit, or of the metric where it has its own.
func boundsOf(c *catalog.Index, unit string, m model.Metric) bounds {
	out := unbounded
	u := c.Units[unit]
	for _, limit := range []struct {
		to   *float64
		from []*float64
	}{{&out.min, []*float64{u.Min, m.Min}}, {&out.max, []*float64{u.Max, m.Max}}} {
		for _, f := range limit.from {
			if f != nil {
				*limit.to = *f
			}
		}
	}
	return out
}

func (b bounds) scaled(by float64) bounds {
	lo, hi := b.min*by, b.max*by
	if by == 0 {
		return bounds{0, 0}
	}
	return bounds{math.Min(lo, hi), math.Max(lo, hi)}
}

func (b bounds) shifted(by float64) bounds { return bounds{b.min + by, b.max + by} }

func (b bounds) union(o bounds) bounds { return bounds{math.Min(b.min, o.min), math.Max(b.max, o.max)} }
