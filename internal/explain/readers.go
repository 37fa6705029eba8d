package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Readers are the entries of the library that come to a metric.
type Readers struct {
	Signals []string `json:"signals,omitempty"`
	Records []string `json:"records,omitempty"`
	Alerts  []string `json:"alerts,omitempty"`
	// Panels are "dashboard/title".
	Panels []string `json:"panels,omitempty"`
}

// signalPrefix begins the placeholder of a signal in a query of the library.
const signalPrefix = "signal:"

// graph is who reads what in the library: names of series, records and signals.
type graph struct {
	reads map[string][]string // by reader: "record x", "alert x", "panel x"
}

func graphOf(lib model.Library) *graph {
	g := &graph{reads: map[string][]string{}}
	for name, r := range lib.Records {
		g.add("record "+name, r.Expr)
	}
	for name, a := range lib.Alerts {
		g.add("alert "+name, a.Expr)
	}
	for _, s := range lib.SLOs {
		for _, expr := range []string{s.Good, s.Bad, s.Total} {
			g.add("alert "+s.Alert, expr)
		}
	}
	for name, d := range lib.Dashboards {
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				for _, q := range p.Queries {
					g.add("panel "+name+"/"+p.Title, q.Expr)
				}
			}
		}
	}
	return g
}

func (g *graph) add(reader, expr string) {
	e, faults := promql.Parse(expr)
	if expr == "" || len(faults) > 0 {
		return
	}
	for _, s := range promql.Selectors(e) {
		g.reads[reader] = append(g.reads[reader], s.Name)
	}
}

// readersOf finds who comes to a metric.
func readersOf(exporter string, e model.Exporter, metric string, lib model.Library) Readers {
	var out Readers
	sources := map[string]bool{}
	for signal, bindings := range e.Signals {
		for _, b := range bindings {
			expr, faults := promql.Parse(b.Series)
			if len(faults) == 0 && slices.ContainsFunc(promql.Selectors(expr), func(s *promql.Selector) bool { return isMetric(exporter, e, s.Name, metric) }) {
				out.Signals = append(out.Signals, signal)
				sources[signal] = true
				break
			}
		}
	}
	slices.Sort(out.Signals)
	g := graphOf(lib)
	comes := map[string]bool{} // records that come to it
	reads := func(name string) bool {
		if rest, ok := strings.CutPrefix(name, signalPrefix); ok {
			for _, suffix := range append([]string{""}, catalog.HistogramParts...) {
				if s, ok := strings.CutSuffix(rest, suffix); ok && sources[s] {
					return true
				}
			}
			return false
		}
		return comes[name] || isMetric(exporter, e, name, metric)
	}
	for changed := true; changed; {
		changed = false
		for reader, names := range g.reads {
			if record, ok := strings.CutPrefix(reader, "record "); ok && !comes[record] && slices.ContainsFunc(names, reads) {
				comes[record], changed = true, true
			}
		}
	}
	out.Records = slices.Sorted(maps.Keys(comes))
	for _, reader := range slices.Sorted(maps.Keys(g.reads)) {
		if !slices.ContainsFunc(g.reads[reader], reads) {
			continue
		}
		switch kind, name, _ := strings.Cut(reader, " "); kind {
		case "alert":
			out.Alerts = append(out.Alerts, name)
		case "panel":
			out.Panels = append(out.Panels, name)
		}
	}
	return out
}

// isMetric reports whether a name is a series of the metric.
func isMetric(exporter string, e model.Exporter, name, metric string) bool {
	s, ok := catalog.Of(exporter, e, name)
	return ok && s.Metric == metric || name == metric
}
