package fleet

import (
	"math"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

func TestDraw(t *testing.T) {
	w := Window{From: 100, Until: 200}
	serving := behaviour{rate: number(5), observe: number(0.05)}
	slow := behaviour{rate: number(5), observe: number(0.7)}
	for _, c := range []struct {
		name   string
		shape  shape
		edge   float64
		usual  behaviour
		fault  *behaviour
		before float64 // at 50
		during float64 // at 150
		after  float64 // at 250
	}{
		{"a gauge", gauge, 0, behaviour{value: number(64)}, &behaviour{value: number(92)}, 64, 92, 64},
		{"a gauge that moves", gauge, 0, behaviour{value: number(3), perHour: number(-3600)}, nil, -47, -147, -247},
		{"a time", gauge, 0, behaviour{age: number(4)}, &behaviour{stands: true}, 46, 96, 246},
		{"a counter that stops", counter, 0, behaviour{rate: number(2)}, &behaviour{rate: number(0)}, 100, 200, 300},
		{"a counter that stands", counter, 0, behaviour{rate: number(2)}, &behaviour{stands: true}, 100, 200, 300},
		{"a jump", counter, 0, behaviour{rate: number(0)}, &behaviour{jump: number(3)}, 0, 3, 3},
		{"a counter that a fault brings", counter, 0, behaviour{absent: true}, &behaviour{rate: number(2)}, math.NaN(), 100, 200},
		{"a bucket below the fault", bucket, 0.1, serving, &slow, 250, 500, 750},
		{"a bucket above it", bucket, 1, serving, &slow, 250, 750, 1250},
		{"the sum", sum, 0, serving, &slow, 12.5, 25 + 175, 375 + 12.5},
		{"what is gone", gauge, 0, behaviour{value: number(1)}, &behaviour{absent: true}, 1, math.NaN(), 1},
	} {
		curve := draw(c.shape, c.edge, c.usual, c.fault, w)
		for at, want := range map[float64]float64{50: c.before, 150: c.during, 250: c.after} {
			got, ok := curve.Value(at)
			if !ok {
				got = math.NaN()
			}
			if math.Abs(got-want) > 1e-9 || math.IsNaN(got) != math.IsNaN(want) {
				t.Errorf("%s at %v: %v, want %v", c.name, at, got, want)
			}
		}
	}
}

func TestBehave(t *testing.T) {
	of := func(name string) (float64, bool) {
		v, ok := map[string]float64{"target:ttft:under": 0.04, "fact:tdpWatts": 700}[name]
		return v, ok
	}
	b, err := behave(model.Behaviour{Observe: "0.05", Rate: "5", AtMost: "0.5 * target:ttft:under"}, model.Histogram, 1e-6, of)
	if err != nil || math.Abs(b.observe.value-20000) > 1e-6 || b.rate.value != 5 {
		t.Errorf("a histogram in microseconds that keeps a target: %+v, %v", b, err)
	}
	b, err = behave(model.Behaviour{Rate: "0.001"}, model.Counter, 1e-9, of)
	if err != nil || math.Abs(b.rate.value-1e6) > 1e-3 {
		t.Errorf("a counter in nanoseconds: %+v, %v", b, err)
	}
	b, err = behave(model.Behaviour{Value: "8", AtMost: "0.5 * target:queueDepth:under"}, model.Gauge, 1, of)
	if err != nil || b.value.value != 8 {
		t.Errorf("a target that is not there: %+v, %v", b, err)
	}
	for _, wrong := range []model.Quantity{"fact:unknown * 2", "2 *", "rate(x[5m])", "up"} {
		if _, err := behave(model.Behaviour{Value: wrong}, model.Gauge, 1, of); err == nil {
			t.Errorf("%q is computed", wrong)
		}
	}
}
