package evaluate

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/value"
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

func TestScrapesOfACurve(t *testing.T) {
	c := Curve{{From: 60, Until: 180, Value: 1, PerSecond: 1}, {From: 180, Until: 240, Value: 9}, {From: 400, Until: 420, Value: 3}}
	for _, w := range []struct {
		name       string
		mint, maxt int64
		want       string
	}{
		// A gap begins with a stale marker, and a piece between two scrapes is not seen.
		{"all", -5000, 600000, "60:1 120:61 180:9 240:stale"},
		{"from the middle", 100000, 200000, "120:61 180:9"},
		{"after its end", 200000, 300000, "240:stale"},
		{"in the gap", 300000, 419999, ""},
	} {
		var got []string
		found := scrape(c, 60000, w.mint, w.maxt)
		for i := range found.Len() {
			one := found.Get(i)
			text := fmt.Sprint(one.F())
			if value.IsStaleNaN(one.F()) {
				text = "stale"
			}
			got = append(got, fmt.Sprintf("%d:%s", one.T()/1000, text))
		}
		if strings.Join(got, " ") != w.want {
			t.Errorf("%s: %v, want %s", w.name, got, w.want)
		}
	}
}
