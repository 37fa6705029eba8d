package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// With is the catalogue with a spec's own exporters and engines in it, and with
// the spellings that its workloads say their engines' metrics have.
func With(c *model.Catalog, s model.Spec) *model.Catalog {
	out := *c
	out.Exporters, out.Engines = maps.Clone(c.Exporters), maps.Clone(c.Engines)
	maps.Copy(out.Exporters, s.Exporters)
	maps.Copy(out.Engines, s.Engines)
	for _, w := range s.Workloads {
		name := out.Engines[w.Engine.Name].Exporter
		e := out.Exporters[name]
		if spelling := Spelling(name, e, w.Engine.MetricPrefix); spelling != name {
			out.Exporters[spelling] = respelt(e, w.Engine.MetricPrefix)
		}
	}
	return &out
}

// Spelling is the key of an exporter whose names begin with another prefix; "" is
// its own. No other exporter has a slash in its key.
func Spelling(name string, e model.Exporter, prefix string) string {
	if e.Prefix == "" || prefix == "" || prefix == e.Prefix {
		return name
	}
	return name + "/" + prefix
}

// respelt is an exporter whose names begin with another prefix: in all else a
// metric is what it was.
func respelt(e model.Exporter, prefix string) model.Exporter {
	spell := func(name string) string {
		if rest, ok := strings.CutPrefix(name, e.Prefix); ok {
			return prefix + rest
		}
		return name
	}
	all := func(names []string) []string {
		out := make([]string, len(names))
		for i, n := range names {
			out[i] = spell(n)
		}
		return out
	}
	out := e
	out.Owns, out.Shared, out.Partial = all(e.Owns), all(e.Shared), all(e.Partial)
	out.Metrics, out.Signals, out.Wholes = map[string]model.Metric{}, map[string][]model.Binding{}, map[string]model.Whole{}
	for name, m := range e.Metrics {
		m.ReplacedBy = spell(m.ReplacedBy)
		out.Metrics[spell(name)] = m
	}
	for signal, bindings := range e.Signals {
		bindings = slices.Clone(bindings)
		for i, b := range bindings {
			// A selector begins with its name.
			bindings[i].Series, bindings[i].With = spell(b.Series), all(b.With)
		}
		out.Signals[signal] = bindings
	}
	for name, w := range e.Wholes {
		out.Wholes[name] = model.Whole{Parts: all(w.Parts), Total: spell(w.Total)}
	}
	return out
}
