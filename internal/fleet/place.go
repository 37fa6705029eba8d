package fleet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Fleet is what runs in a cluster.
type Fleet struct {
	Nodes []*Node
	Pods  []*Pod
}

// Node is a machine with GPUs of one model.
type Node struct {
	Name string
	GPU  plan.GPU
	GPUs []*GPU
}

// GPU is one board. Nobody holds it where Pod is nil.
type GPU struct {
	Node  *Node
	Index int
	Pod   *Pod
}

// Pod is a replica of an inference service, or some ranks of a training job.
type Pod struct {
	Workload *plan.Workload
	Name     string
	Node     *Node
	GPUs     []*GPU
	// Rank of its first process in the workload.
	Rank int
}

// New places the pods of the plan's workloads on the nodes of its inventory. A
// pool that scales has as many nodes as its workloads need.
func New(p *plan.Plan) *Fleet {
	f := &Fleet{}
	for _, g := range p.GPUs {
		for i := range g.Nodes {
			f.add(g, i)
		}
	}
	for i := range p.Workloads {
		f.place(p, &p.Workloads[i])
	}
	for _, g := range p.GPUs {
		if len(f.nodes(g)) == 0 {
			f.add(g, 0)
		}
	}
	return f
}

func (f *Fleet) add(g plan.GPU, i int) *Node {
	n := &Node{Name: fmt.Sprintf("%s-%d", g.Name, i), GPU: g}
	for index := range g.PerNode {
		n.GPUs = append(n.GPUs, &GPU{Node: n, Index: index})
	}
	f.Nodes = append(f.Nodes, n)
	return n
}

func (f *Fleet) nodes(g plan.GPU) []*Node {
	return slices.DeleteFunc(slices.Clone(f.Nodes), func(n *Node) bool { return n.GPU.Name != g.Name })
}

// place gives a workload pods of equal size: two at least, where its GPUs can be
// divided, so that one can differ from the others.
func (f *Fleet) place(p *plan.Plan, w *plan.Workload) {
	i := slices.IndexFunc(p.GPUs, func(g plan.GPU) bool { return g.Name == w.GPU.Model })
	if i < 0 {
		return
	}
	g := p.GPUs[i]
	names := podNames(w, pods(w, g))
	for left := w.GPU.Count; left > 0 && len(names) > 0; names = names[1:] {
		size := (left + len(names) - 1) / len(names)
		pod := &Pod{Workload: w, Name: names[0], Rank: w.GPU.Count - left}
		pod.Node = f.room(g, size)
		for _, board := range pod.Node.GPUs {
			if board.Pod == nil && len(pod.GPUs) < size {
				board.Pod, pod.GPUs = pod, append(pod.GPUs, board)
			}
		}
		f.Pods = append(f.Pods, pod)
		left -= size
	}
}

// pods that a workload has on nodes of a model.
func pods(w *plan.Workload, g plan.GPU) int {
	n := (w.GPU.Count + g.PerNode - 1) / g.PerNode
	if n < 2 && w.GPU.Count > 1 {
		return 2
	}
	return n
}

// room is the first node with so many free GPUs. Where pods leave none, though
// the inventory has enough GPUs, there is a node more.
func (f *Fleet) room(g plan.GPU, size int) *Node {
	nodes := f.nodes(g)
	for _, n := range nodes {
		free := 0
		for _, board := range n.GPUs {
			if board.Pod == nil {
				free++
			}
		}
		if free >= size {
			return n
		}
	}
	return f.add(g, len(nodes))
}

// podNames are so many names that the workload's pods may have: variants of the
// samples of its controller.
func podNames(w *plan.Workload, count int) []string {
	const alphabet = "0123456789bcdfghjklmnpqrstvwxz"
	match := regexp.MustCompile("^(?:" + w.PodRegex + ")$")
	var out []string
	for _, sample := range w.PodSamples {
		ends := []string{sample}
		// Change the last letter, then the last two, until there are enough.
		for cut := 1; cut <= 3 && len(out) < count && cut < len(sample); cut++ {
			var next []string
			for _, end := range variants(alphabet, cut) {
				next = append(next, sample[:len(sample)-cut]+end)
			}
			ends = append(ends, next...)
			for _, name := range ends {
				if len(out) < count && match.MatchString(name) && !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// variants are all texts of a length.
func variants(alphabet string, length int) []string {
	out := []string{""}
	for range length {
		var next []string
		for _, begin := range out {
			for _, letter := range strings.Split(alphabet, "") {
				next = append(next, begin+letter)
			}
		}
		out = next
	}
	return out
}

// Labels are those of a simulation that name the GPU itself.
func (g *GPU) Labels(sim model.Simulation) map[string]string {
	texts := place{node: g.Node, gpu: g}.texts(0)
	out := map[string]string{}
	for name, text := range sim.Labels {
		if strings.Contains(text, "{index}") {
			out[name] = texts.Replace(text)
		}
	}
	return out
}
