package plan

import (
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
)

// gpuExporter is the GPU exporter as it runs. A condition of the hardware counts
// where it holds for every pool of the cluster.
func gpuExporter(p *Plan) catalog.Running {
	r := catalog.Running{Version: p.Cluster.DCGMVersion, NoProfiling: !p.Cluster.DCGM.Profiling, MIG: len(p.GPUs) > 0}
	for _, g := range p.GPUs {
		r.MIG = r.MIG && g.MIG
		if g.Facts.Architecture != "" && !slices.Contains(r.Architectures, g.Facts.Architecture) {
			r.Architectures = append(r.Architectures, g.Facts.Architecture)
		}
		if g.Facts.Architecture == "" {
			r.Architectures = nil // a model of the user's own
			break
		}
	}
	return r
}

// Running is the engine of the workload as it runs.
func (w Workload) Running() catalog.Running {
	return catalog.Running{Version: w.Engine.Version, Flags: append([]string{}, w.Engine.Flags...), Edges: w.Edges}
}

// running are all exporters whose series are in the cluster's Prometheus: those
// that we scrape, those that others do, and Prometheus itself.
func running(sources []source, p *Plan) map[string][]catalog.Running {
	out := map[string][]catalog.Running{targetExporter: {{}}}
	for _, s := range sources {
		out[s.exporter] = append(out[s.exporter], s.running)
	}
	for name, e := range p.Cluster.Exporters {
		out[name] = append(out[name], catalog.Running{Version: e.Version, Flags: append([]string{}, e.Flags...)})
	}
	return out
}
