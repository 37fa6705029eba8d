package golden

import (
	"fmt"
	"testing"
)

// fault changes what exporters say from a moment on.
type fault struct {
	// edit returns a sample's value, and whether it is there.
	edit func(raw) (float64, bool)
	// more are series that the fault brings with it; their time is the fault's.
	more func(*target) []exposed
}

const healthyFor = 4 * hour

func TestX(t *testing.T) {
	for _, mk := range []func(*testing.T) *fleet{minimal, euWest, usEast} {
		f := mk(t)
		s := simulate(f, newRuler(newStore(), readRules(t, f.files, f.cluster)))
		if err := s.run(healthyFor); err != nil {
			t.Error(err)
		}
		fmt.Println(f.cluster, len(s.ruler.store.byLabels), s.ruler.notFinite(), s.ruler.firing())
	}
}
