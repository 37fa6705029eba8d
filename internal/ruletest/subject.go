package ruletest

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// subject chooses whom a case hits: of the workloads or GPUs that the rule
// speaks of, and that expose what the fault changes, the one with the most pods.
// An alert of a team speaks of GPUs that one of its workloads holds.
func (s *Suite) subject(r rulegraph.Rule, c model.Case, kind string, ofTeam bool) (fleet.Subject, bool) {
	var best *fleet.Pod
	pods := func(w string) (n int) {
		for _, p := range s.sim.Pods {
			if p.Workload.Name == w {
				n++
			}
		}
		return n
	}
	for _, p := range s.sim.Pods {
		w := p.Workload
		if kind != "" && w.Kind != kind || r.OfLabel == plan.LabelWorkload && !slices.Contains(r.Of, w.Name) ||
			r.OfLabel == plan.LabelModelName && !slices.Contains(r.Of, p.GPUs[0].Node.GPU.Facts.ModelName) || !s.exposes(w.Name, p.GPUs[0].Node.GPU, c) {
			continue
		}
		// A workload of two GPUs has two pods.
		if c.Peers == fleet.PeersWorkload && pods(w.Name) < 2 || c.Peers == fleet.PeersNode && len(p.Node.GPUs) < 2 ||
			!fleet.Possible(c, s.sim.Numbers(w, &p.Node.GPU)) {
			continue
		}
		if best == nil || pods(w.Name) > pods(best.Workload.Name) {
			best = p
		}
	}
	if best != nil {
		g := best.GPUs[0]
		return fleet.Subject{Pod: best, GPU: g, Numbers: s.sim.Numbers(best.Workload, &g.Node.GPU)}, true
	}
	if c.On == fleet.OnWorkload || c.On == fleet.OnReplica || kind != "" || ofTeam {
		return fleet.Subject{}, false
	}
	// Nobody holds a GPU of the model.
	for _, n := range s.sim.Nodes {
		if (r.OfLabel != plan.LabelModelName || slices.Contains(r.Of, n.GPU.Facts.ModelName)) && !(c.Peers == fleet.PeersNode && len(n.GPUs) < 2) && s.exposes("", n.GPU, c) {
			return fleet.Subject{GPU: n.GPUs[0], Numbers: s.sim.Numbers(nil, &n.GPU)}, true
		}
	}
	return fleet.Subject{}, false
}

// exposes reports whether each signal that a case changes is read somewhere for
// a workload, or for a GPU of its model.
func (s *Suite) exposes(workload string, g plan.GPU, c model.Case) bool {
	for key := range c.Fault {
		e, wrong := promql.Parse(key)
		if len(wrong) > 0 {
			continue
		}
		selector, ok := e.(*promql.Selector)
		if !ok {
			continue
		}
		signal, ok := strings.CutPrefix(selector.Name, "signal:")
		if !ok {
			continue
		}
		bound := slices.ContainsFunc(s.plan.Sources, func(src plan.Source) bool {
			_, ok := src.Bindings[signal]
			return ok && (src.Of == model.OfGPU && (g.Facts.Profiling || src.Running.NoProfiling || !s.divided()) || slices.Contains(src.Workloads, workload))
		})
		if !bound {
			return false
		}
	}
	return true
}

// divided reports whether some GPU models are read another way than others.
func (s *Suite) divided() bool {
	n := 0
	for _, src := range s.plan.Sources {
		if src.Of == model.OfGPU {
			n++
		}
	}
	return n > 1
}

// part is the subject with its neighbours: nodes that it is on, one other node
// of the model, and one other workload that the rule speaks of. What is
// wrong with one must not be said of the other.
func (s *Suite) part(c Case) *fleet.Part {
	out := &fleet.Part{}
	var models []string
	node := func(n *fleet.Node) {
		if !slices.Contains(out.Nodes, n) {
			out.Nodes, models = append(out.Nodes, n), append(models, n.GPU.Name)
		}
	}
	workloads := []string{}
	if c.subject.Pod != nil {
		workloads = append(workloads, c.subject.Pod.Workload.Name)
	}
	for _, p := range s.sim.Pods {
		if len(workloads) < 2 && !slices.Contains(workloads, p.Workload.Name) && (c.rule.OfLabel != plan.LabelWorkload || slices.Contains(c.rule.Of, p.Workload.Name)) {
			workloads = append(workloads, p.Workload.Name)
		}
	}
	node(c.subject.GPU.Node)
	for _, p := range s.sim.Pods {
		if slices.Contains(workloads, p.Workload.Name) {
			out.Pods = append(out.Pods, p)
			node(p.Node)
		}
	}
	for _, n := range s.sim.Nodes {
		if !slices.Contains(out.Nodes, n) && n.GPU.Name == c.subject.GPU.Node.GPU.Name && count(models, n.GPU.Name) < 2 {
			node(n)
		}
	}
	return out
}

func count(list []string, want string) (n int) {
	for _, one := range list {
		if one == want {
			n++
		}
	}
	return n
}

// isSubject reports whether an alert speaks of the subject of a case: each
// label of it that names one thing names the subject's.
func (c Case) isSubject(l labels.Labels, sim model.Simulation) bool {
	want := map[string]string{}
	s := c.subject
	if s.Pod != nil && c.model.On != fleet.OnCluster && c.model.On != fleet.OnNode {
		want[plan.LabelWorkload], want[plan.LabelTeam] = s.Pod.Workload.Name, s.Pod.Workload.Team
	}
	switch c.model.On {
	case fleet.OnReplica:
		want[plan.LabelPod] = s.Pod.Name
	case fleet.OnNode:
		want[plan.LabelNode] = s.GPU.Node.Name
	case fleet.OnGPU:
		want[plan.LabelNode] = s.GPU.Node.Name
		for name, value := range s.GPU.Labels(sim) {
			want[name] = value
		}
	}
	for name, value := range want {
		if has := l.Get(name); has != "" && has != value {
			return false
		}
	}
	return true
}
