package ruletest

import (
	"math"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
)

func TestNotation(t *testing.T) {
	for _, c := range []struct {
		name  string
		curve evaluate.Curve
		want  string
	}{
		{"constant", evaluate.Curve{{From: 0, Until: 300, Value: 2}}, "2x4"},
		{"rises", evaluate.Curve{{From: 0, Until: 180, Value: 2, PerSecond: 0.5}}, "2+30x2 stale"},
		{"a gap", evaluate.Curve{{From: 120, Until: 180, Value: 2}, {From: 240, Until: 300, Value: 3}}, "_x2 2 stale 3"},
		// promtool would read NaNx1 as a word.
		{"no number", evaluate.Curve{{From: 0, Until: 120, Value: 1}, {From: 120, Until: 300, Value: math.NaN()}}, "1x1 NaN NaN NaN"},
	} {
		if got := notation(c.curve, 60, 240); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
