package golden

import (
	"maps"
	"runtime"
	"slices"
	"testing"
)

// The same spec gives the same bytes, in one run after another and on any
// number of cores.
func TestDeterminism(t *testing.T) {
	first := filesOf(compileSpec(t, "../examples/fleet"))
	for _, procs := range []int{1, 4, runtime.NumCPU()} {
		before := runtime.GOMAXPROCS(procs)
		again := filesOf(compileSpec(t, "../examples/fleet"))
		runtime.GOMAXPROCS(before)
		if !slices.Equal(slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(again))) {
			t.Fatalf("with GOMAXPROCS=%d other files are made", procs)
		}
		for name, data := range again {
			if string(data) != string(first[name]) {
				t.Errorf("with GOMAXPROCS=%d %s differs", procs, name)
			}
		}
	}
}
