package compile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/load"
)

// fleet writes a spec of n workloads over the given number of clusters: in one
// cluster each, or everywhere. Every tenth has a target of its own.
func fleet(b *testing.B, n, clusters int, everywhere bool) string {
	b.Helper()
	var s strings.Builder
	s.WriteString("package fleet\n\nsettings: owner: \"team-0\"\n")
	s.WriteString("gpus: {\"h100-sxm\": usdPerHour: 3, \"l40s\": usdPerHour: 1}\n")
	for i := range 10 {
		fmt.Fprintf(&s, "teams: \"team-%d\": {owner: \"team%d@example.com\", budget: usdPerMonth: 50000}\n", i, i)
	}
	for i := range clusters {
		fmt.Fprintf(&s, "clusters: \"cluster-%d\": {profiles: [\"kube-prometheus-stack\"], prometheus: retention: \"45d\", gpus: {\"h100-sxm\": perNode: 8, \"l40s\": perNode: 4}}\n", i)
	}
	for i := range n {
		fmt.Fprintf(&s, "workloads: \"workload-%d\": {kind: \"inference\", team: \"team-%d\", namespace: \"ns-%d\", model: \"org/model-%d\", engine: {name: \"vllm\", version: \"%s\"}, gpu: {model: \"%s\", count: 2}",
			i, i%10, i%10, i%20, []string{"0.30.0", "0.9.1"}[i%2], []string{"h100-sxm", "l40s"}[i%2])
		if !everywhere {
			fmt.Fprintf(&s, ", clusters: [\"cluster-%d\"]", i%clusters)
		}
		if i%10 == 0 {
			fmt.Fprintf(&s, ", slo: ttft: under: \"%dms\"", 300+i)
		}
		s.WriteString("}\n")
	}
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fleet.cue"), []byte(s.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	return dir
}

func BenchmarkCompile(b *testing.B) {
	for _, c := range []struct {
		name       string
		workloads  int
		everywhere bool
	}{
		{"200 workloads, one of 4 clusters each", 200, false},
		{"200 workloads, in all 4 clusters", 200, true},
		{"1000 workloads, one of 4 clusters each", 1000, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			dir := fleet(b, c.workloads, 4, c.everywhere)
			b.ReportAllocs()
			for b.Loop() {
				compiler, err := New(dir)
				if err != nil {
					b.Fatal(err)
				}
				out, err := compiler.Compile()
				if err != nil || out == nil {
					b.Fatalf("%v %v", err, compiler.Diags.Sorted())
				}
				b.ReportMetric(float64(out.Stats.Rules), "rules")
			}
		})
	}
}

// BenchmarkEmbedded is the part that every run pays: schema, catalogue, library.
func BenchmarkEmbedded(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := load.LoadEmbedded(); err != nil {
			b.Fatal(err)
		}
	}
}
