package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// checkExporters looks up what the spec's own exporters and engines name, and the
// exporters that others scrape: a name that leads nowhere would do nothing.
func (in *Input) checkExporters() {
	known := slices.Sorted(maps.Keys(in.Catalog.Exporters))
	for _, name := range slices.Sorted(maps.Keys(in.Spec.Engines)) {
		if e := in.Spec.Engines[name]; !slices.Contains(known, e.Exporter) {
			in.unknown(in.Pos("engines", name, "exporter"), "exporter", e.Exporter, known)
		}
	}
	scraped := in.Spec.Clusters[in.Cluster].Exporters
	for _, name := range slices.Sorted(maps.Keys(scraped)) {
		if !slices.Contains(known, name) {
			in.unknown(in.LabelPos("clusters", in.Cluster, "exporters", name), "exporter", name, known)
			continue
		}
		in.checkFlags(name, scraped[name].Flags, "clusters", in.Cluster, "exporters", name, "flags")
	}
	for _, name := range slices.Sorted(maps.Keys(in.Spec.Workloads)) {
		w := in.Spec.Workloads[name]
		if e, ok := in.Catalog.Engines[w.Engine.Name]; ok {
			in.checkFlags(e.Exporter, w.Engine.Flags, "workloads", name, "engine", "flags")
		}
	}
	signals := slices.Sorted(maps.Keys(in.Library.Signals))
	for _, name := range slices.Sorted(maps.Keys(in.Spec.Exporters)) {
		for _, signal := range slices.Sorted(maps.Keys(in.Spec.Exporters[name].Signals)) {
			if !slices.Contains(signals, signal) {
				in.unknown(in.LabelPos("exporters", name, "signals", signal), "signal", signal, signals)
				continue
			}
			in.checkBindings(name, signal)
		}
	}
}

// checkFlags refuses a flag that no metric of the exporter needs: a slip would leave
// those off that were meant.
func (in *Input) checkFlags(exporter string, flags []string, at ...string) {
	var have []string
	for _, m := range in.Catalog.Exporters[exporter].Metrics {
		if m.OptIn != "" && !slices.Contains(have, m.OptIn) {
			have = append(have, m.OptIn)
		}
	}
	for _, f := range flags {
		if !slices.Contains(have, f) {
			in.unknown(in.Pos(at...), "setting of "+in.Catalog.Exporters[exporter].Title, f, have)
		}
	}
}

// checkBindings refuses a binding that is no selector of a metric of the exporter.
func (in *Input) checkBindings(exporter, signal string) {
	e := in.Spec.Exporters[exporter]
	pos := in.Pos("exporters", exporter, "signals", signal)
	refuse := func(series, why string, hint string) {
		in.Diags.Add(diag.Diagnostic{Code: codeQuery, Pos: pos, Hint: hint,
			Message: fmt.Sprintf("exporters.%s.signals.%s: %s %s", exporter, signal, series, why)})
	}
	for _, b := range e.Signals[signal] {
		hides := map[string]string{} // by the labels of a series
		for _, series := range append([]string{b.Series}, b.With...) {
			expr, faults := promql.Parse(series)
			if len(faults) > 0 {
				refuse(series, "is no PromQL: "+faults[0].Message, "")
				continue
			}
			s, ok := expr.(*promql.Selector)
			if !ok {
				refuse(series, "is no selector", `write a metric with matchers, such as my_loss{split="train"}`)
				continue
			}
			found, ok := catalog.Of(exporter, e, s.Name)
			kind := found.Entry.Type
			if m, histogram := e.Metrics[s.Name]; !ok && histogram {
				kind, ok = m.Type, true
			} else if ok && found.Monotonic() {
				kind = model.Counter
			}
			labels := strings.Join(slices.Sorted(slices.Values(found.Entry.Labels)), " ")
			other, same := hides[labels]
			hides[labels] = s.Name
			switch want := in.Library.Signals[signal]; {
			case !ok:
				refuse(s.Name, "is no metric of the exporter", strings.TrimSpace(nearestHint(s.Name, slices.Collect(maps.Keys(e.Metrics)))))
			case kind != want.Type:
				refuse(s.Name, fmt.Sprintf("is a %s, and the signal a %s", kind, want.Type), "")
			case kind == model.Histogram && (b.Scale != 1 || len(b.Repeated) > 0):
				refuse(s.Name, "is a histogram, and takes neither scale nor repeated", "bind one in the signal's unit, "+want.Unit)
			case same:
				refuse(s.Name, "has the labels of "+other+": read together, one hides the other", "bind a series that counts both")
			}
		}
	}
}
