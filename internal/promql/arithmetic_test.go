package promql

import (
	"testing"
	"time"
)

// Each verb keeps its operands together, whatever they are.
func TestArithmetic(t *testing.T) {
	a, b := sel(t, "a"), sel(t, "b")
	sum := mustParse(t, "a + b")
	for want, e := range map[string]Expr{
		`sum_over_time(a[5m])`:            SumOver(a, 5*time.Minute),
		`sum_over_time(a[30d])`:           SumOver(a, 30*24*time.Hour),
		`clamp_min(a + b, 0)`:             AtLeastZero(sum),
		`a / (b > 0)`:                     Per(a, b),
		`(a + b) / ((a + b) > 0)`:         Per(sum, sum),
		`(a + b) / 0.05`:                  DividedBy(sum, 0.05),
		`1 - (a + b)`:                     Rest(sum),
		`1 - ((a / (b > 0)) / 0.01)`:      Rest(DividedBy(Per(a, b), 0.01)),
		`(clamp_min(a, 0) * 2) / (b > 0)`: Per(Scale(AtLeastZero(a), 2), b),
	} {
		if got := mustPrint(t, e); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Where nothing is divided by, nothing comes out: no infinity, no NaN.
func TestPerIsSilentWithoutEvents(t *testing.T) {
	w := world{`a{w="x"} 1+0x10`, `a{w="y"} 1+0x10`, `b{w="x"} 4+0x10`, `b{w="y"} 0+0x10`}
	got := w.eval(t, mustPrint(t, Per(sel(t, "a"), sel(t, "b"))), 5)
	if len(got) != 1 || got[`{w="x"}`] != 0.25 {
		t.Errorf("%v", got)
	}
}

func TestAround(t *testing.T) {
	buckets := []float64{0.5, 0.1, 0.25}
	for threshold, want := range map[float64][2]float64{0.05: {0, 0.1}, 0.1: {0.1, 0.1}, 0.2: {0.1, 0.25}, 0.5: {0.5, 0.5}} {
		if e := Around(buckets, threshold); e.Lower != want[0] || e.Upper != want[1] {
			t.Errorf("around %v lie %v and %v, want %v", threshold, e.Lower, e.Upper, want)
		}
	}
	if e := Around(buckets, 2); e.Lower != 0.5 || e.Upper < 1e300 || e.Exact() {
		t.Errorf("above the last edge: %+v", e)
	}
}
