package compile

import (
	"bytes"
	"strings"
	"testing"
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
