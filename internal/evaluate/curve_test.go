package evaluate

import (
	"math"
	"testing"
)

func TestCurve(t *testing.T) {
	rising := Curve{{From: 0, Until: 600, Value: 10, PerSecond: 2}}
	for _, c := range []struct {
		name  string
		curve Curve
		at    float64
		want  float64 // NaN where there is no sample
	}{
		{"rises", rising, 60, 130},
		{"the end is not part of it", rising, 600, math.NaN()},
		{"a cut goes on where it was", rising.Cut(60, 120), 60, 130},
		{"a cut begins where it begins", rising.Cut(60, 120), 59, math.NaN()},
		{"before a gap", rising.Without(60, 120), 59, 128},
		{"in a gap", rising.Without(60, 120), 60, math.NaN()},
		{"after a gap it is where it would have been", rising.Without(60, 120), 120, 250},
		{"a gap outside changes nothing", rising.Without(700, 800), 60, 130},
	} {
		got, ok := c.curve.Value(c.at)
		if !ok {
			got = math.NaN()
		}
		if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %v at %v, want %v", c.name, got, c.at, c.want)
		}
	}
}
