package fleet

import (
	"fmt"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Numbers gives what a quantity may name: target:ttft:under, fact:tdpWatts.
type Numbers func(name string) (float64, bool)

// compute reads a quantity. An error says what stands for nothing.
func compute(q model.Quantity, of Numbers) (optional, error) {
	if q == "" {
		return optional{}, nil
	}
	e, faults := promql.Parse(string(q))
	if len(faults) > 0 {
		return optional{}, fmt.Errorf("%q is no arithmetic: %s", q, faults[0].Message)
	}
	v, ok := promql.Constant(promql.Numbers(e, of))
	if !ok {
		for _, s := range promql.Selectors(e) {
			if _, known := of(s.Name); !known {
				return optional{}, fmt.Errorf("%q: %s stands for nothing here", q, s.Name)
			}
		}
		return optional{}, fmt.Errorf("%q is no arithmetic of numbers", q)
	}
	return number(v), nil
}

// behave computes a behaviour in the unit of a series, which times scale is the
// unit of the signal. The rate of a histogram is of its observations.
func behave(b model.Behaviour, kind string, scale float64, of Numbers) (behaviour, error) {
	out := behaviour{stands: b.Stands, absent: b.Absent, sways: b.Sways}
	rates := scale
	if kind == model.Histogram {
		rates = 1
	}
	for _, f := range []struct {
		q     model.Quantity
		to    *optional
		scale float64
	}{
		{b.Value, &out.value, scale}, {b.PerHour, &out.perHour, scale}, {b.Age, &out.age, 1},
		{b.Rate, &out.rate, rates}, {b.Jump, &out.jump, scale}, {b.Observe, &out.observe, scale},
	} {
		v, err := compute(f.q, of)
		if err != nil {
			return out, err
		}
		v.value /= f.scale
		*f.to = v
	}
	for _, limit := range []struct {
		q      model.Quantity
		choose func(a, b float64) float64
	}{{b.AtMost, func(a, b float64) float64 { return min(a, b) }}, {b.AtLeast, func(a, b float64) float64 { return max(a, b) }}} {
		v, err := compute(limit.q, of)
		if err != nil || !v.set {
			continue // the subject has no such target
		}
		for _, to := range []*optional{&out.value, &out.observe} {
			if to.set {
				to.value = limit.choose(to.value, v.value/scale)
			}
		}
	}
	return out, nil
}
