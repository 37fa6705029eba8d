package preview_test

import (
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/preview"
)

// BenchmarkWorlds builds a cluster of the example anew, healthy and then with a fault,
// and asks one dashboard: what somebody waits for who opens the page, and who chooses
// a scenario.
func BenchmarkWorlds(b *testing.B) {
	c, err := compile.New("../../examples/fleet")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p, err := c.Preview("eu-west-1")
		if err != nil {
			b.Fatal(err)
		}
		for _, scenario := range []string{preview.Healthy, "gpu-lost"} {
			if _, err := p.Clusters[0].Answer(scenario, "aiobs-gpu", hours6, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkAnswer asks a dashboard of a world that is there.
func BenchmarkAnswer(b *testing.B) {
	c := fleet().Clusters[0]
	if _, err := c.Answer(preview.Healthy, "aiobs-inference", hours6, nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := c.Answer(preview.Healthy, "aiobs-inference", hours6, preview.Choice{"team": {"search"}}); err != nil {
			b.Fatal(err)
		}
	}
}
