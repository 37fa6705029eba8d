package lint

import (
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
)

func TestWorld(t *testing.T) {
	latest := index().Exporters["vllm"].Latest
	w, err := World(index(), map[string][]catalog.Running{"sglang": {{Version: "0.5.0"}}}, Options{Exporters: []string{"dcgm=4.8.2", "dcgm=4.9.0-4.6.0"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := w.Running["vllm"]; len(r) != 1 || r[0].Version != latest || !r[0].Assumed {
		t.Errorf("vLLM runs as %+v, want the newest known, %s", r, latest)
	}
	if r := w.Running["sglang"]; len(r) != 1 || r[0].Version != "0.5.0" || r[0].Assumed {
		t.Errorf("SGLang runs as %+v, want what the spec says", r)
	}
	if r := w.Running["dcgm"]; len(r) != 2 || r[0].Version != "4.8.2" || r[1].Assumed {
		t.Errorf("DCGM runs as %+v, want both versions", r)
	}
	// What the user says counts more than the spec.
	w, err = World(index(), map[string][]catalog.Running{"vllm": {{Version: "0.9.0"}}}, Options{Exporters: []string{"vllm=0.30"}})
	if err != nil || len(w.Running["vllm"]) != 1 || w.Running["vllm"][0].Version != "0.30" {
		t.Errorf("%v, %v", w.Running["vllm"], err)
	}
	for _, tt := range []struct{ exporter, want string }{
		{"vlm=0.30", `there is no exporter "vlm", did you mean "vllm"?`},
		{"=1", `there is no exporter ""`},
		{"vllm", "want NAME=VERSION"},
		{"vllm=", "want NAME=VERSION"},
		{"vllm=v0.30", "want NAME=VERSION"},
		{"vllm=new", "want NAME=VERSION"},
		{"vllm=0.1.0", "are known from 0.8.0 on"},
	} {
		if _, err := World(index(), nil, Options{Exporters: []string{tt.exporter}}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.exporter, err, tt.want)
		}
	}
}
