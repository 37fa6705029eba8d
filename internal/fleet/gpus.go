package fleet

import (
	"fmt"
	"math"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// mostGPUs that a subject may grow by.
const mostGPUs = 4000

// GPUsOf counts the GPUs of which a scenario needs a series: as many it has at
// least.
func (s *Simulation) GPUsOf(sc Scenario) (n int) {
	if !slices.ContainsFunc(s.plan.Counters, func(c plan.Counter) bool { return sc.Names[c.Field] }) {
		return 0
	}
	nodes := s.Nodes
	if sc.Part != nil {
		nodes = sc.Part.Nodes
	}
	for _, node := range nodes {
		n += len(node.GPUs)
	}
	return n
}

// more are the nodes with the GPUs that the subject holds beyond its own.
func (r *run) more() ([]*Node, error) {
	if r.Case == nil || r.Case.Times == "" {
		return nil, nil
	}
	times, err := compute(r.Case.Times, r.Subject.Numbers)
	if err != nil || r.Subject.Pod == nil {
		return nil, err
	}
	own := r.Subject.Pod
	g := own.GPUs[0].Node.GPU
	want := math.Ceil((times.value - 1) * float64(own.Workload.GPU.Count))
	if want > mostGPUs {
		return nil, fmt.Errorf("times: %q is %s GPUs more, which is too many to simulate", r.Case.Times, model.FormatNumber(want))
	}
	var out []*Node
	extra := &Fleet{}
	for left := int(want); left > 0; left -= g.PerNode {
		n := extra.add(g, len(r.Nodes)+len(out))
		for i := range min(left, g.PerNode) {
			n.GPUs[i].Pod = own
		}
		out = append(out, n)
	}
	return out, nil
}

// node adds what the exporter of a node says of its GPUs. An extra node is there
// during the fault alone.
func (r *run) node(n *Node, extra bool) {
	src := r.sourceOf(n)
	at := place{node: n}
	target := r.target(r.gpuMonitor(), at, place{node: n, pod: &Pod{Workload: &plan.Workload{Name: src.Exporter, Namespace: r.plan.Cluster.DCGM.Namespace},
		Name: at.texts(0).Replace(r.library.Simulation.ExporterPod)}}, r.hit(at), extra)
	// What the hardware of one pool lacks, another may have.
	running := src.Running
	if n.GPU.Facts.Architecture != "" {
		running.Architectures = []string{n.GPU.Facts.Architecture}
	}
	var fields []string
	for _, c := range r.plan.Counters {
		entry := r.catalog.Exporters[src.Exporter].Metrics[c.Field]
		if r.Names[c.Field] && !(n.GPU.MIG && entry.MIG == "absent") && running.Has(c.Field, entry) {
			fields = append(fields, c.Field)
		}
	}
	for _, g := range n.GPUs {
		held := place{node: n, gpu: g, pod: g.Pod}
		for _, f := range r.gpuFates(held, extra) {
			r.expose(src, f.at, fields, target, f.windows, f.hit)
		}
	}
}

// sourceOf is how the GPUs of a node are read.
func (r *run) sourceOf(n *Node) plan.Source {
	var out plan.Source
	for _, src := range r.plan.Sources {
		if src.Of == model.OfGPU && (out.Exporter == "" || !n.GPU.Facts.Profiling) {
			out = src
		}
	}
	return out
}

// fate is a place for some of the time.
type fate struct {
	at      place
	windows func(evaluate.Curve) evaluate.Curve
	hit     bool
}

// gpuFates are what a GPU is in turn: what a fault makes of it has labels of
// its own.
func (r *run) gpuFates(at place, extra bool) []fate {
	always := func(c evaluate.Curve) evaluate.Curve { return c }
	during := func(c evaluate.Curve) evaluate.Curve { return c.Cut(r.Window.From, r.Window.Until) }
	outside := func(c evaluate.Curve) evaluate.Curve { return c.Without(r.Window.From, r.Window.Until) }
	hit := r.hit(at)
	switch {
	case extra:
		return []fate{{at, during, hit}}
	case !hit || r.Case.GPUs == "":
		return []fate{{at, always, hit}}
	case r.Case.GPUs == "unheld" && at.pod == nil:
		return []fate{{at, always, hit}} // nobody held it before
	case r.Case.GPUs == "unheld":
		free := at
		free.pod = nil
		return []fate{{at, outside, false}, {free, during, false}}
	case r.Case.GPUs == "unknown":
		other, node := at, *at.node
		node.GPU.Facts.ModelName += " of another kind"
		other.node = &node
		return []fate{{at, outside, false}, {other, during, false}}
	}
	return []fate{{at, outside, hit}}
}
