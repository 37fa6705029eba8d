package fleet

import (
	"cmp"
	"math"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

func alive(from, until float64) *life {
	return &life{Life: Life{from, until}, every: 600, day: 4800, rates: 0.3, load: seed("chat-0"), own: seed("chat-0", "busy"),
		shares: []model.Share{{Share: 0.7, Times: 0.5}, {Share: 0.3, Times: 1}}}
}

func TestLifeMovesWithinItsShare(t *testing.T) {
	busy := behaviour{value: number(0.8), sways: 0.1, life: alive(1000, 20000)}
	curve := busy.from(gauge, 0, 0, forever, 0)
	moved := 0.0
	for at := 0.0; at < 30000; at += 50 {
		v, ok := curve.Value(at)
		if !ok || math.Abs(v-0.8) > 0.08+1e-9 {
			t.Fatalf("at %v it is %v, %v", at, v, ok)
		}
		moved = max(moved, math.Abs(v-0.8))
		if (at < 1000 || at > 20400) && v != 0.8 {
			t.Errorf("at %v, where nothing moves, it is %v", at, v)
		}
	}
	if moved < 0.02 {
		t.Errorf("it moves by %v at most", moved)
	}
}

// A job does its steps evenly, whatever the load of the rest.
func TestLifeMovesARateByItsOwnShare(t *testing.T) {
	for _, share := range []float64{0, 0.04} {
		steps := behaviour{rate: number(2), sways: share, life: alive(0, 20000)}
		curve := steps.from(counter, 0, 0, forever, 0)
		moved := 0.0
		for at := 0.0; at < 20000; at += 600 {
			before, _ := curve.Value(at)
			after, _ := curve.Value(at + 600)
			moved = max(moved, math.Abs((after-before)/600/2-1))
		}
		if want := cmp.Or(share, 0.3); moved > want+1e-9 || moved < want/4 {
			t.Errorf("a rate that sways by %v moves by %v", want, moved)
		}
	}
}

// What a histogram counts is consistent: no bucket falls, none holds more than the
// next, and the last one is the count.
func TestLifeKeepsHistogramsWhole(t *testing.T) {
	b := behaviour{rate: number(5), observe: number(0.2), life: alive(0, 20000)}
	edges := []float64{0.05, 0.1, 0.15, 0.2, forever}
	last := make([]float64, len(edges))
	for at := 0.0; at < 20000; at += 100 {
		below := 0.0
		for i, edge := range edges {
			v, _ := b.from(bucket, edge, 0, forever, 0).Value(at)
			if v < last[i]-1e-9 || v < below-1e-9 {
				t.Fatalf("at %v the bucket %v holds %v", at, edge, v)
			}
			last[i], below = v, v
		}
		if n, _ := b.from(count, 0, 0, forever, 0).Value(at); math.Abs(n-below) > 1e-6 {
			t.Fatalf("at %v there are %v, and %v in the last bucket", at, n, below)
		}
	}
	if last[1] == 0 || last[1] == last[3] {
		t.Errorf("the observations do not spread: %v", last)
	}
}

func TestLifeIsTheSameAgain(t *testing.T) {
	for n := range 100 {
		if v := noise(seed("a", "b"), n); v < -1 || v > 1 || v != noise(seed("a", "b"), n) {
			t.Fatalf("noise %v", v)
		}
	}
	if seed("ab") == seed("a", "b") {
		t.Error("two places have one seed")
	}
}

// A fault that takes all GPUs from their pods leaves one that nobody holds alone: two
// series of one labelset could not be added up.
func TestFreeGPUIsOneSeries(t *testing.T) {
	r := &run{Simulation: &Simulation{Fleet: &Fleet{}}, Scenario: Scenario{Case: &model.Case{On: OnCluster, GPUs: "unheld"}, Window: Window{100, 200}}}
	node := &Node{}
	free := place{node: node, gpu: &GPU{Node: node}}
	if got := r.gpuFates(free, false); len(got) != 1 {
		t.Errorf("a free GPU has %d fates", len(got))
	}
	held := free
	held.pod = &Pod{}
	if got := r.gpuFates(held, false); len(got) != 2 {
		t.Errorf("a held GPU has %d fates", len(got))
	}
}
