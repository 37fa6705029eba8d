package fleet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Extents of a fault.
const (
	OnGPU      = "gpu"
	OnNode     = "node"
	OnReplica  = "replica"
	OnWorkload = "workload"
	OnCluster  = "cluster"
)

// What a subject must be one of several of.
const (
	PeersWorkload = "workload"
	PeersNode     = "node"
)

// Subject is whom a fault hits. Without a workload it is a GPU that nobody
// holds.
type Subject struct {
	Pod *Pod
	GPU *GPU
	// Numbers of the subject, for quantities.
	Numbers Numbers
}

// hit reports whether a fault reaches a place.
func (s Subject) hit(on string, at place) bool {
	switch on {
	case OnGPU:
		return at.gpu != nil && at.gpu == s.GPU
	case OnNode:
		return at.node == s.GPU.Node && (at.gpu != nil || at.pod == nil)
	case OnReplica:
		return at.pod != nil && s.Pod != nil && at.pod == s.Pod
	case OnWorkload:
		return at.pod != nil && s.Pod != nil && at.pod.Workload.Name == s.Pod.Workload.Name
	}
	return true
}

// fault is a change of the series that a selector names.
type fault struct {
	selector *promql.Selector
	signal   string // "" where a metric is named
	change   model.Behaviour
	key      string
}

// signalPrefix begins the name of a signal in a selector.
const signalPrefix = "signal:"

// faults reads the keys of a case.
func faults(c *model.Case) ([]fault, error) {
	var out []fault
	for _, key := range slices.Sorted(maps.Keys(c.Fault)) {
		e, wrong := promql.Parse(key)
		if len(wrong) > 0 {
			return nil, fmt.Errorf("%q is no selector: %s", key, wrong[0].Message)
		}
		selector, ok := e.(*promql.Selector)
		if !ok {
			return nil, fmt.Errorf("%q is no selector", key)
		}
		f := fault{selector: selector, change: c.Fault[key], key: key}
		f.signal, _ = strings.CutPrefix(selector.Name, signalPrefix)
		if f.signal == selector.Name {
			f.signal = ""
		}
		out = append(out, f)
	}
	return out, nil
}

// names reports whether the fault speaks of a series, but for its labels.
func (f fault) names(one exposed) bool {
	if f.signal != "" {
		return slices.Contains(one.signals, f.signal)
	}
	return f.selector.Name == one.metric || f.selector.Name == one.labels[labels.MetricName]
}

// matches compares the labels.
func (f fault) matches(one exposed) bool {
	return !slices.ContainsFunc(f.selector.LabelMatchers, func(m *promql.Matcher) bool {
		return m.Name != labels.MetricName && !m.Matches(one.labels[m.Name])
	})
}

// brings are the series that a fault makes, where none has its labels: copies
// with the labels set that it asks for.
func (f fault) brings(all []exposed) []exposed {
	if slices.ContainsFunc(all, func(one exposed) bool { return f.names(one) && f.matches(one) }) {
		return nil
	}
	var out []exposed
	for _, one := range all {
		if !f.names(one) {
			continue
		}
		one.labels = maps.Clone(one.labels)
		for _, m := range f.selector.LabelMatchers {
			if m.Type == labels.MatchEqual && m.Name != labels.MetricName {
				one.labels[m.Name] = m.Value
			}
		}
		one.usual = model.Behaviour{Absent: true}
		if f.matches(one) {
			out = append(out, one)
		}
	}
	return out
}

// narrowLast orders faults by how many of the series they name, the most first:
// signal:request_errors is among signal:requests, and has the last word.
func narrowLast(faults []fault, all []exposed) []fault {
	named := map[string]int{}
	for _, f := range faults {
		for _, one := range all {
			if f.names(one) && f.matches(one) {
				named[f.key]++
			}
		}
	}
	out := slices.Clone(faults)
	slices.SortStableFunc(out, func(a, b fault) int { return named[b.key] - named[a.key] })
	return out
}

// Possible reports whether all numbers of a case stand for something: who has no
// target for its queue is no subject of a fault of four times that. Nor can a
// workload grow to more GPUs than can be simulated.
func Possible(c model.Case, of Numbers) bool {
	times, err := compute(c.Times, of)
	if gpus, _ := of("fact:gpus"); err == nil && (times.value-1)*gpus > mostGPUs {
		return false
	}
	all := []model.Quantity{c.Times}
	for _, b := range c.Fault {
		all = append(all, b.Value, b.PerHour, b.Age, b.Rate, b.Jump, b.Observe)
	}
	return !slices.ContainsFunc(all, func(q model.Quantity) bool {
		_, err := compute(q, of)
		return err != nil
	})
}
