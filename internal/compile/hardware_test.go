package compile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/load"
)

// The panels of instances are there where the spec divides a GPU, and nowhere else:
// elsewhere they would be empty for ever.
func TestPanelsOfInstances(t *testing.T) {
	has := func(text string) bool {
		out, said := compileText(t, text)
		for _, f := range out.Set.Files() {
			if strings.HasSuffix(f.Path, "/dashboards/aiobs-gpu-fabric.json") {
				return bytes.Contains(f.Data, []byte(`"Instances"`))
			}
		}
		t.Fatalf("there is no page of links and instances: %s", said)
		return false
	}
	if has(routedSpec) {
		t.Error("no GPU is divided, and there are panels of instances")
	}
	if !has(strings.Replace(routedSpec, `"l40s": perNode: 4`, `"l40s": {perNode: 4, mig: true}`, 1)) {
		t.Error("a GPU is divided, and there are no panels of instances")
	}
}

// Each generation of GPUs counts by names of its own: where all are, the pages of
// GPUs ask every query that they have.
func TestPanelsOfAllHardware(t *testing.T) {
	out, said := compileText(t, strings.NewReplacer(
		`gpus: "l40s": usdPerHour: 1.10`,
		`gpus: {"l40s": usdPerHour: 1.1, "t4": usdPerHour: 0.4, "a100-sxm4-80gb": usdPerHour: 1.8, "h100-sxm": usdPerHour: 3, "b200": usdPerHour: 5}`,
		`gpus: "l40s": perNode: 4`,
		`gpus: {"l40s": perNode: 4, "t4": perNode: 4, "a100-sxm4-80gb": {perNode: 8, mig: true}, "h100-sxm": perNode: 8, "b200": {perNode: 8, nodes: 2}}`,
	).Replace(routedSpec))
	embedded, err := load.LoadEmbedded()
	if err != nil || out == nil || len(out.clusters) != 1 {
		t.Fatalf("%v: %s", err, said)
	}
	asked := map[string]int{}
	for _, d := range out.clusters[0].plan.Dashboards {
		for _, r := range d.Rows {
			for _, p := range r.Panels {
				asked[d.Name+": "+p.Title] = len(p.Queries)
			}
		}
	}
	for _, name := range []string{"gpu", "fabric"} {
		for _, r := range embedded.Library.Dashboards[name].Rows {
			for _, p := range r.Panels {
				if got := asked[name+": "+p.Title]; got != len(p.Queries) {
					t.Errorf("%s: %s asks %d of its %d queries", name, p.Title, got, len(p.Queries))
				}
			}
		}
	}
}
