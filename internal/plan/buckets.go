package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// What a target asks for that is no edge of the histogram.
const (
	interpolated = "interpolated"
	stricter     = "stricter"
	looser       = "looser"
	exact        = "exact"
)

// A histogram is what a target is read off, in one version of one engine.
type histogram struct {
	name    string
	buckets []float64 // its own edges
	added   []float64 // edges that the flags of the workload's args add
	by      *model.EdgesBy
}

// histogramOf finds the histogram that a query asks for its target.
func (l *lowering) histogramOf(good promql.Expr, src source) (histogram, bool) {
	for _, s := range promql.Selectors(good) {
		signal, _, ok := l.signalOf(s.Name)
		if !ok {
			continue
		}
		b, ok := l.binding(signal, src)
		if !ok {
			continue
		}
		e, _ := promql.Parse(b.Series)
		name := e.(*promql.Selector).Name
		m := l.in.Catalog.Exporters[src.exporter].Metrics[name]
		return histogram{name, m.Buckets, src.running.Edges[name], m.EdgesBy}, true
	}
	return histogram{}, false
}

// reading is how a target is read off a histogram.
type reading struct {
	engine string // and its version
	asked  string // the target in the histogram's terms, for a sentence
	// edges are what is read. Where flagged, they are an edge that the engine has once
	// it runs with the workload's args; until then the estimate stands in.
	edges    promql.Edges
	estimate promql.Edges
	flagged  bool
	snapped  string // stricter or looser, where the edge is not the target
	at       string // that edge, for a sentence
}

// reading decides by the bucket policy of a target; what cannot be is refused.
func (l *lowering) reading(o objective, h histogram, src source, members []string) (reading, bool) {
	around := promql.Around(h.buckets, o.value)
	// Metrics with a prefix of their own are those of an exporter vllm/ray_vllm_.
	engine, _, _ := strings.Cut(src.exporter, "/")
	r := reading{engine: strings.TrimSpace(engine + " " + src.running.Version), asked: o.inSeconds(o.value), edges: around}
	lower, upper := o.inSeconds(around.Lower), o.inSeconds(around.Upper)
	above, below := math.IsInf(around.Upper, 1), around.Lower == 0
	switch {
	case around.Exact():
	case o.bucket == exact:
		if !slices.ContainsFunc(h.added, func(e float64) bool { return promql.Around([]float64{e}, o.value).Exact() }) {
			hint := fmt.Sprintf("bucket: %q measures at %s, %q at %s", stricter, lower, looser, upper)
			switch {
			case below:
				hint = fmt.Sprintf("bucket: %q measures at %s", looser, upper)
			case above:
				hint = fmt.Sprintf("bucket: %q measures at %s", stricter, lower)
			}
			l.refuse(o, members, "bucket", hint, "%s has no bucket edge at %s, and %s", r.engine, r.asked, h.whyNot())
			return r, false
		}
		r.edges, r.estimate, r.flagged = promql.At(o.value), around, true
	case o.bucket == stricter && !below:
		r.edges, r.snapped, r.at = promql.At(around.Lower), stricter, lower
	case o.bucket == stricter:
		l.refuse(o, members, o.slo.Field, "choose a target at an edge or above it", "the first bucket of %s ends at %s, so there is none that is stricter than %s", r.engine, upper, r.asked)
		return r, false
	case above:
		l.refuse(o, members, o.slo.Field, "choose a target below the last bucket", "the last bucket of %s ends at %s, so a target of %s cannot be measured", r.engine, lower, r.asked)
		return r, false
	case o.bucket == looser:
		r.edges, r.snapped, r.at = promql.At(around.Upper), looser, upper
	}
	return r, true
}

// whyNot says why no flag adds an edge.
func (h histogram) whyNot() string {
	switch by := h.by; {
	case by == nil:
		return "no flag that adds one is known"
	case by.Confidence == model.Approximate:
		return fmt.Sprintf("no source is sure which release has %s", by.Flag)
	default:
		return fmt.Sprintf("%s came with %s", by.Flag, by.Since)
	}
}

// addable reports whether the engine, as it runs, has a flag for edges.
func (h histogram) addable(src source) bool {
	return h.by != nil && h.by.Confidence != model.Approximate && catalog.AtLeast(src.running.Version, h.by.Since)
}

// below is the share of events under the target.
func (r reading) below(good promql.Expr) promql.Expr {
	if r.flagged && !math.IsInf(r.estimate.Upper, 1) {
		return promql.Or(promql.Below(good, r.edges), promql.Below(good, r.estimate))
	}
	return promql.Below(good, r.edges)
}

// said is one sentence on a target that is not simply measured, or "".
func (r reading) said() string {
	switch {
	case r.flagged:
		return fmt.Sprintf("%s is measured at an edge that the engine has when it runs with the flags of the workload's args; until then the share is an estimate.", r.asked)
	case r.snapped != "":
		return fmt.Sprintf("%s is no bucket edge: the share is measured at %s, the next that is %s.", r.asked, r.at, r.snapped)
	case r.edges.Exact():
		return ""
	}
	return fmt.Sprintf("%s lies %s: the share is an estimate on the straight line there, as the percentile panel draws it.", r.asked, r.lies())
}

// said tells how the objective is read, engine by engine where they differ.
func (o objective) said() string {
	engines := map[string][]string{}
	for _, r := range o.readings {
		engines[r.said()] = append(engines[r.said()], r.engine)
	}
	var out []string
	for _, said := range slices.Sorted(maps.Keys(engines)) {
		switch {
		case said == "":
		case len(engines) == 1:
			out = append(out, said)
		default:
			out = append(out, fmt.Sprintf("On %s %s", strings.Join(engines[said], ", "), said))
		}
	}
	return strings.Join(out, " ")
}

// sayEstimates notes each target that is an estimate and was not asked for: one
// line, whatever the number of workloads, objectives and engines. One more is for
// each workload whose engine must be given flags.
func (l *lowering) sayEstimates() {
	engines := map[string]map[string][]string{} // of where a target lies, by target
	first := map[string]objective{}
	for _, o := range l.objectives {
		if len(l.wrote(o, "bucket")) == len(o.workloads) {
			continue
		}
		for _, r := range o.readings {
			if r.edges.Exact() {
				continue
			}
			key := o.name + " " + o.target
			if engines[key] == nil {
				engines[key], first[key] = map[string][]string{}, o
			}
			if at := r.lies(); !slices.Contains(engines[key][at], r.engine) {
				engines[key][at] = append(engines[key][at], r.engine)
			}
		}
	}
	for _, w := range l.plan.Workloads {
		if len(w.Args) > 0 {
			l.in.Diags.Add(diag.Diagnostic{Code: codeEstimate, Severity: diag.Info, Pos: l.in.LabelPos("workloads", w.Name),
				Message: fmt.Sprintf("exact targets of %s are estimates until its engine runs with the args of scrape/%s.args.yaml", w.Name, w.Name)})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(engines)) {
		var where []string
		for _, at := range slices.Sorted(maps.Keys(engines[key])) {
			where = append(where, at+" of "+strings.Join(engines[key][at], ", "))
		}
		o := first[key]
		l.in.Diags.Add(diag.Diagnostic{Code: codeEstimate, Severity: diag.Info, Pos: l.in.Pos("workloads", o.workloads[0], "slo", o.name, o.slo.Field),
			Message: fmt.Sprintf("%s %s %s is an estimate: it lies %s; bucket: %q, %q or %q decides otherwise",
				o.name, o.slo.Field, o.target, strings.Join(where, ", and "), stricter, looser, exact)})
	}
}

// lies says where the edges are that a target is estimated from.
func (r reading) lies() string {
	if r.edges.Lower == 0 {
		return fmt.Sprintf("below the first bucket edge %s", seconds(r.edges.Upper))
	}
	return fmt.Sprintf("between the bucket edges %s and %s", seconds(r.edges.Lower), seconds(r.edges.Upper))
}

// estimates is what a panel says of targets that its histogram is read for.
func (l *lowering) estimates(percentile string) string {
	byTarget := map[string]bool{}
	for _, o := range l.objectives {
		for _, r := range o.readings {
			if o.slo.Percentile != percentile {
				continue
			}
			switch {
			case r.snapped != "":
				byTarget[fmt.Sprintf("%s with bucket: %s is judged at the edge %s", o.target, r.snapped, r.at)] = true
			case !r.edges.Exact():
				byTarget[fmt.Sprintf("%s is an estimate %s", o.target, r.lies())] = true
			}
		}
	}
	if len(byTarget) == 0 {
		return ""
	}
	return " Of the targets, " + strings.Join(slices.SortedFunc(maps.Keys(byTarget), natural), "; ") + "."
}

// addEdges gives each workload that wants an exact target, which is no edge of its
// engine's histogram, the args that make it one.
func (l *lowering) addEdges() {
	for i := range l.plan.Workloads {
		w := &l.plan.Workloads[i]
		src := source{of: w.Kind, exporter: w.Exporter, running: w.Running()}
		for _, name := range slices.Sorted(maps.Keys(w.SLO)) {
			t, slo := w.SLO[name], l.library.SLOs[name]
			good, faults := promql.Parse(slo.Good)
			if t.Word("bucket") != exact || !t.Enabled() || len(faults) > 0 {
				continue
			}
			h, ok := l.histogramOf(good, src)
			value, _ := targetOf(t, slo)
			if !ok || !h.addable(src) || promql.Around(h.buckets, value).Exact() {
				continue
			}
			if w.Edges == nil {
				w.Edges = map[string][]float64{}
			}
			w.Edges[h.name] = append(w.Edges[h.name], value)
			edges := append(slices.Clone(h.buckets), w.Edges[h.name]...)
			slices.Sort(edges)
			arg := h.by.Flag
			for _, e := range edges {
				arg += " " + model.FormatNumber(e)
			}
			w.Args = append(slices.DeleteFunc(w.Args, func(a string) bool { return strings.HasPrefix(a, h.by.Flag+" ") }), arg)
		}
	}
}

// inSeconds prints a time of the histogram, with the speed that it is where the
// target is one.
func (o objective) inSeconds(v float64) string {
	if o.slo.Invert && v > 0 && !math.IsInf(v, 1) {
		return fmt.Sprintf("%s (%s a second)", seconds(v), model.FormatNumber(digits(1/v, 4)))
	}
	return seconds(v)
}

// seconds prints a time that people read.
func seconds(v float64) string { return model.FormatNumber(digits(v, 4)) + " s" }

// digits keeps so many significant digits.
func digits(v float64, n int) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', n, 64), 64)
	if err != nil {
		return v
	}
	return short
}
