package fleet

import (
	"fmt"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

func planned(nodes, perNode int, counts ...int) *plan.Plan {
	p := &plan.Plan{GPUs: []plan.GPU{{Name: "l40s", PerNode: perNode, Nodes: nodes, Facts: model.GPUFacts{ModelName: "NVIDIA L40S"}}}}
	for i, n := range counts {
		p.Workloads = append(p.Workloads, plan.Workload{
			Name: fmt.Sprintf("w%d", i), Kind: model.Training, GPU: model.GPUUse{Model: "l40s", Count: n},
			PodRegex: fmt.Sprintf("w%d-[0-9]+", i), PodSamples: []string{fmt.Sprintf("w%d-0", i)},
		})
	}
	return p
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		name                 string
		plan                 *plan.Plan
		nodes, pods, idleGPU int
	}{
		{"fills nodes", planned(3, 8, 16), 3, 2, 8},
		{"divides what can be divided", planned(1, 8, 4), 1, 2, 4},
		{"one GPU is one pod", planned(1, 4, 1), 1, 1, 3},
		{"a pool that scales has what is needed", planned(0, 8, 24), 3, 3, 0},
		{"an empty pool has a node", planned(0, 8), 1, 0, 8},
		{"what does not fit gets a node more", planned(3, 4, 9, 3), 4, 5, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := New(c.plan)
			idle := 0
			for _, n := range f.Nodes {
				for _, g := range n.GPUs {
					if g.Pod == nil {
						idle++
					}
				}
			}
			if len(f.Nodes) != c.nodes || len(f.Pods) != c.pods || idle != c.idleGPU {
				t.Errorf("%d nodes, %d pods, %d idle GPUs, want %d, %d, %d", len(f.Nodes), len(f.Pods), idle, c.nodes, c.pods, c.idleGPU)
			}
			names := map[string]bool{}
			held := map[string]int{}
			for _, p := range f.Pods {
				if names[p.Name] {
					t.Errorf("two pods are called %s", p.Name)
				}
				names[p.Name] = true
				held[p.Workload.Name] += len(p.GPUs)
			}
			for _, w := range c.plan.Workloads {
				if held[w.Name] != w.GPU.Count {
					t.Errorf("%s holds %d GPUs, want %d", w.Name, held[w.Name], w.GPU.Count)
				}
			}
		})
	}
}

func TestPodNamesMatch(t *testing.T) {
	w := &plan.Workload{PodRegex: "chat-[bcdfghjklmnpqrstvwxz2456789]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}", PodSamples: []string{"chat-7f8b9c6d5-x2k4z"}}
	if got := podNames(w, 100); len(got) != 100 || got[0] != "chat-7f8b9c6d5-x2k4z" {
		t.Errorf("%d names, the first is %v", len(got), got[:1])
	}
}
