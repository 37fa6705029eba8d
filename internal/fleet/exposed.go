package fleet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// exposed is one series as an exporter prints it.
type exposed struct {
	labels map[string]string // __name__ among them
	metric string            // its name without the suffix of a histogram
	kind   string            // type of the metric
	shape  shape
	edge   float64
	// signals that are read from it, and the factor to their unit.
	signals []string
	scale   float64
	usual   model.Behaviour
}

// place is where a series comes from: a GPU of a node, or a pod.
type place struct {
	node *Node
	gpu  *GPU
	pod  *Pod
}

// texts fills the placeholders of a simulation's label.
func (p place) texts(rank int) *strings.Replacer {
	values := map[string]string{"rank": fmt.Sprint(rank)}
	if p.node != nil {
		values["node"], values["model"] = p.node.Name, p.node.GPU.Facts.ModelName
	}
	if p.gpu != nil {
		values["index"] = fmt.Sprint(p.gpu.Index)
	}
	if p.pod != nil {
		values["pod"], values["namespace"], values["workload"] = p.pod.Name, p.pod.Workload.Namespace, p.pod.Workload.Name
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, "{"+name+"}", values[name])
	}
	return strings.NewReplacer(pairs...)
}

// exposes lists what one place exposes of a source, as far as it is needed: a
// series for each signal that is bound there, and for each other name that the
// monitor keeps.
func (r *run) exposes(src plan.Source, at place, kept []string) []exposed {
	exporter := r.catalog.Exporters[src.Exporter]
	var out []exposed
	index := map[string]int{}
	add := func(one exposed, signal string) {
		key := labels.FromMap(one.labels).String()
		if i, ok := index[key]; ok {
			signals := out[i].signals
			if one.shape == counter && out[i].shape != counter {
				out[i] = one // who reads a histogram's sum by itself says how it grows
			}
			out[i].signals = signals
			if signal != "" {
				out[i].signals = append(signals, signal)
			}
			return
		}
		if signal != "" {
			one.signals = []string{signal}
		}
		index[key] = len(out)
		out = append(out, one)
	}
	bound := map[string]bool{}
	for _, signal := range slices.Sorted(maps.Keys(src.Bindings)) {
		b := src.Bindings[signal]
		selector := r.selectors[b.Series]
		if selector == nil || !r.needs(append([]string{b.Series}, b.With...)...) {
			continue
		}
		declared := r.library.Signals[signal]
		usual := declared.Healthy
		if r.Idle {
			usual = declared.Idle
		}
		switch {
		case usual == nil:
			usual = &model.Behaviour{}
		case usual.Stands && declared.Healthy != nil:
			usual = standing(declared.Healthy)
		}
		found, _ := catalog.Bound(src.Exporter, exporter, selector.Name)
		bound[found.Metric] = true
		for _, one := range r.series(src, at, selector.Name, declared.Type, found.Entry, b) {
			one.metric, one.scale, one.usual = found.Metric, b.Scale, *usual
			add(one, signal)
		}
		// The first of several series carries all of the meaning.
		for _, with := range b.With {
			if r.selectors[with] == nil {
				continue
			}
			further := b
			further.Series = with
			name := r.selectors[with].Name
			entry := exporter.Metrics[name]
			bound[name] = true
			for _, one := range r.series(src, at, name, declared.Type, entry, further) {
				one.metric, one.scale, one.usual = name, 1, nothing
				add(one, "")
			}
		}
	}
	for _, name := range kept {
		found, ok := catalog.Of(src.Exporter, exporter, name)
		if !ok || bound[found.Metric] {
			continue
		}
		bound[found.Metric] = true
		for _, one := range r.series(src, at, found.Metric, found.Entry.Type, found.Entry, model.Binding{Scale: 1}) {
			one.metric, one.scale, one.usual = found.Metric, 1, nothing
			add(one, "")
		}
	}
	return out
}

// standing is a series that once was healthy and keeps what it had; a time stands
// at the beginning of all.
func standing(healthy *model.Behaviour) *model.Behaviour {
	out := model.Behaviour{Value: healthy.Value, Rate: "0", Observe: healthy.Observe}
	if healthy.Age != "" {
		out.Value = "1"
	}
	return &out
}

// nothing is what a series reads that no signal speaks of.
var nothing = model.Behaviour{Value: "0", Rate: "0", Observe: "0"}

// series are those of one name at a place: one for each rank where the metric
// carries it, and for each edge of a histogram.
func (s *Simulation) series(src plan.Source, at place, name, kind string, entry model.Metric, b model.Binding) []exposed {
	ranks := []int{0}
	if at.pod != nil && at.gpu == nil {
		ranks = []int{at.pod.Rank}
		if slices.Contains(entry.Labels, s.library.Simulation.Rank) {
			ranks = nil
			for i := range at.pod.GPUs {
				ranks = append(ranks, at.pod.Rank+i)
			}
		} else if at.pod.Rank > 0 && at.pod.Workload.Kind == model.Training {
			return nil // the first process speaks for the job
		}
	}
	// What an exporter tells several times is there twice.
	copies := []string{""}
	if len(b.Repeated) > 0 {
		copies = []string{"0", "1"}
	}
	var out []exposed
	for i := range len(ranks) * len(copies) {
		own := s.labels(src, at, ranks[i/len(copies)], entry, b)
		for _, label := range b.Repeated {
			own[label] = copies[i%len(copies)]
		}
		add := func(suffix string, sh shape, edge float64, le string) {
			l := maps.Clone(own)
			l[labels.MetricName] = name + suffix
			if le != "" {
				l[labels.BucketLabel] = le
			}
			out = append(out, exposed{labels: l, kind: kind, shape: sh, edge: edge})
		}
		switch kind {
		case model.Histogram:
			for _, edge := range entry.Buckets {
				add("_bucket", bucket, edge, promql.FormatEdge(edge))
			}
			add("_bucket", bucket, forever, "+Inf")
			add("_count", count, 0, "")
			add("_sum", sum, 0, "")
		case model.Counter:
			add("", counter, 0, "")
		default:
			add("", gauge, 0, "")
		}
	}
	return out
}

// labels are those of a series, as the exporter prints it at its version.
func (s *Simulation) labels(src plan.Source, at place, rank int, entry model.Metric, b model.Binding) map[string]string {
	sim, exporter := s.library.Simulation, s.catalog.Exporters[src.Exporter]
	texts := at.texts(rank)
	out := map[string]string{}
	set := func(name string, ofMetric bool) {
		// The catalogue says how a clash with a target's label is stored.
		name = strings.TrimPrefix(name, "exported_")
		v, versioned := exporter.LabelVersions[name]
		text, known := sim.Labels[name]
		switch {
		case versioned && (!catalog.AtLeast(src.Running.Version, v.Since) || v.Removed != "" && catalog.AtLeast(src.Running.Version, v.Removed)):
			return
		case at.gpu != nil && at.pod == nil && slices.Contains(sim.Held, name), slices.Contains(sim.Divided, name) && !at.node.GPU.MIG:
			return
		case known:
			out[name] = texts.Replace(text)
		case ofMetric && len(entry.Values[name]) > 0:
			out[name] = entry.Values[name][0]
		case ofMetric:
			out[name] = "x"
		}
		if out[name] == "" {
			delete(out, name)
		}
	}
	for _, name := range exporter.Labels {
		set(name, at.gpu == nil)
	}
	for _, name := range entry.Labels {
		set(name, true)
	}
	// Of several series of a binding, not each has every label of the example.
	for name, value := range b.Example {
		if slices.Contains(entry.Labels, name) || slices.Contains(exporter.Labels, name) {
			out[name] = value
		}
	}
	if selector := s.selectors[b.Series]; selector != nil {
		for _, m := range selector.LabelMatchers {
			if m.Type == labels.MatchEqual && m.Name != labels.MetricName {
				out[m.Name] = m.Value
			}
		}
	}
	return out
}

// needs reports whether any of some selectors of bindings names a series that is
// asked for; a histogram is bound by its bare name.
func (r *run) needs(series ...string) bool {
	for _, text := range series {
		if selector := r.selectors[text]; selector != nil {
			for _, suffix := range append([]string{""}, catalog.HistogramParts...) {
				if r.Names[selector.Name+suffix] {
					return true
				}
			}
		}
	}
	return false
}

// selectors are those of the bindings, by their text.
func selectors(sources []plan.Source) map[string]*promql.Selector {
	out := map[string]*promql.Selector{}
	for _, src := range sources {
		for _, b := range src.Bindings {
			for _, text := range append([]string{b.Series}, b.With...) {
				if e, faults := promql.Parse(text); len(faults) == 0 {
					out[text], _ = e.(*promql.Selector)
				}
			}
		}
	}
	return out
}
