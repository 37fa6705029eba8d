package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Labels of what is recorded of an objective, besides those of the workload.
const (
	labelSLO       = LabelSLO
	labelTarget    = LabelTarget
	labelObjective = "objective"
	labelWindow    = "window"
	labelBucket    = "bucket"
	labelPolicy    = LabelPolicy
	labelBurn      = LabelBurn
	labelLong      = "long" // the longer window of a pair
)

// objective is a promise that several workloads share: they get one set of rules.
type objective struct {
	name      string // the SLO's key
	slo       model.SLORule
	target    string  // as the user wrote it; "" for error ratios
	value     float64 // the target in the histogram's unit
	percent   float64 // of the events must be good
	window    string
	policy    string // as the user chose it; "" is that of the window
	bucket    string // as the user chose it; "" is the default
	workloads []string
	readings  []reading // how a histogram is read for the target, by engine
	pairs     []Pair    // those that can alert here
}

// labels identify the recorded series of the objective. What is chosen and not a
// default is a label too, since it changes what is recorded or who alerts.
func (o objective) labels() map[string]string {
	out := map[string]string{labelSLO: o.name, labelObjective: model.FormatNumber(o.percent), labelWindow: o.window}
	for name, value := range map[string]string{labelTarget: o.target, labelBucket: o.bucket, labelPolicy: o.policy} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

// matchers select the recorded series of the objective, and of no other.
func (l *lowering) matchers(o objective) map[string]string {
	out := o.labels()
	for _, other := range l.objectives {
		if other.name != o.name || other.target != o.target || other.percent != o.percent || other.window != o.window {
			continue
		}
		for label := range other.labels() {
			if _, ok := out[label]; !ok {
				out[label] = "" // the label is not there
			}
		}
	}
	return out
}

// selector reads a recorded series where labels are as given.
func selector(name string, matchers map[string]string) *promql.Selector {
	s := promql.Named(name)
	for _, k := range slices.Sorted(maps.Keys(matchers)) {
		s = promql.Match(s, promql.Equal, k, matchers[k])
	}
	return s
}

func (o objective) origins() []Origin {
	out := []Origin{Origin("library.slos." + o.name)}
	for _, w := range o.workloads {
		out = append(out, Origin("workloads."+w+".slo."+o.name))
	}
	return out
}

// minutes reports whether the events are minutes, each good or bad.
func (o objective) minutes() bool { return o.slo.By == model.ByTime }

// lowerSLOs records the bad events and all events of each objective, and what
// follows from them.
func (l *lowering) lowerSLOs() {
	for _, o := range l.collect() {
		at := []string{"library", "slos", o.name}
		total := l.parse(o.slo.Total, append(at, "total")...)
		good, bad := l.parseOptional(o.slo.Good, append(at, "good")), l.parseOptional(o.slo.Bad, append(at, "bad"))
		if total == nil || good == nil && bad == nil || !l.accepted(o) {
			continue
		}
		o.pairs = l.reachable(o)
		if o.minutes() {
			l.recordMinutes(o, bad, total)
		} else {
			l.recordEvents(o, good, bad, total)
		}
	}
	l.recordWindows()
	l.recordBudgets()
	l.recordAllowances()
	l.sayEstimates()
}

// collect finds the workloads of each distinct objective.
func (l *lowering) collect() []objective {
	var out []objective
	for _, name := range slices.Sorted(maps.Keys(l.library.SLOs)) {
		slo := l.library.SLOs[name]
		by := map[string]*objective{}
		for _, w := range l.plan.Workloads {
			t := w.SLO[name]
			percent, ok := t.Number("objective")
			if w.Kind != slo.Kind || !ok || !t.Enabled() {
				continue
			}
			o := objective{name: name, slo: slo, percent: percent, window: l.window(t), policy: t.Word("policy")}
			if b := t.Word("bucket"); b != interpolated {
				o.bucket = b
			}
			if slo.Field != "" {
				o.value, o.target = targetOf(t, slo)
			}
			key := strings.Join([]string{o.target, model.FormatNumber(percent), o.window, o.policy, o.bucket}, "\x00")
			if by[key] == nil {
				by[key] = &o
			}
			by[key].workloads = append(by[key].workloads, w.Name)
		}
		for _, key := range slices.Sorted(maps.Keys(by)) {
			out = append(out, *by[key])
		}
	}
	return out
}

// targetOf is a target in the histogram's unit, and as the user wrote it.
func targetOf(t model.Target, slo model.SLORule) (float64, string) {
	v, _ := t.Number(slo.Field)
	if slo.Invert {
		v = 1 / v
	}
	return v, t.Text(slo.Field)
}

// measured is how some of an objective's workloads are measured.
type measured struct {
	bad, total promql.Expr
	workloads  []string
}

// recordEvents measures an objective on each engine that its workloads run.
// Engines that expose the same series share a term.
func (l *lowering) recordEvents(o objective, good, bad, total promql.Expr) {
	var all []*measured
	for _, src := range l.sources {
		members := intersect(src.workloads, o.workloads)
		if src.of != o.slo.Kind || len(members) == 0 {
			continue
		}
		boundTotal := l.bindTo(total, src)
		if boundTotal == nil {
			l.unwatched(o.name, members...)
			continue
		}
		boundBad := l.badEvents(&o, good, bad, boundTotal, src, members)
		if boundBad == nil {
			continue
		}
		same := slices.IndexFunc(all, func(m *measured) bool {
			return m.bad.String() == boundBad.String() && m.total.String() == boundTotal.String()
		})
		if same >= 0 {
			all[same].workloads = append(all[same].workloads, members...)
		} else {
			all = append(all, &measured{boundBad, boundTotal, members})
		}
	}
	var bads, totals []promql.Expr
	for _, m := range all {
		limited := group{names: m.workloads, label: labelWorkload}
		bads, totals = append(bads, limited.match(l, m.bad)), append(totals, limited.match(l, m.total))
	}
	if len(bads) > 0 {
		l.record(o, promql.Or(bads...), promql.Or(totals...))
	}
}

// badEvents are the bad events a second on one source.
func (l *lowering) badEvents(o *objective, good, bad, total promql.Expr, src source, members []string) promql.Expr {
	if bad != nil {
		bound := l.bindTo(bad, src)
		if bound == nil {
			l.unwatched(o.name, members...)
		}
		return bound
	}
	bound := l.bindTo(good, src)
	h, ok := l.histogramOf(good, src)
	if bound == nil || !ok || len(h.buckets) == 0 {
		l.unwatched(o.name, members...)
		return nil
	}
	r, ok := l.reading(*o, h, src, members)
	if !ok {
		return nil
	}
	o.readings = append(o.readings, r)
	return promql.Minus(total, r.below(bound))
}

// recordMinutes measures an objective by time: a minute is an event, so that one
// of them is a sixtieth of an event each second, as everything else is counted.
func (l *lowering) recordMinutes(o objective, bad, total promql.Expr) {
	var members []string
	for _, w := range l.plan.Workloads {
		if !slices.Contains(o.workloads, w.Name) {
			continue
		}
		if l.watches(bad, w, nil) {
			members = append(members, w.Name)
		} else {
			l.unwatched(o.name, w.Name)
		}
	}
	if len(members) == 0 {
		return
	}
	threshold := targetPrefix + o.name + ":" + o.slo.Field
	bad = promql.Numbers(bad, func(series string) (float64, bool) { return o.value, series == threshold })
	limited := group{names: members, label: labelWorkload}
	l.record(o, promql.DividedBy(limited.match(l, bad), l.interval()), promql.DividedBy(limited.match(l, total), l.interval()))
}

// interval is the time between two evaluations, in seconds.
func (l *lowering) interval() float64 {
	s, _ := model.Seconds(l.library.Interval)
	return s
}

// record writes the rules of one objective, and keeps it for its alerts.
func (l *lowering) record(o objective, bad, total promql.Expr) {
	for name, e := range map[string]promql.Expr{l.library.SLONames.Bad: bad, l.library.SLONames.Total: total} {
		r := l.records[name]
		r.group, r.origin = l.library.SLONames.Group, Origin("library.slos."+o.name)
		r.rules = append(r.rules, l.rule(Rule{Record: name, Labels: o.labels(), Origins: o.origins()}, e))
		for _, s := range promql.Selectors(e) {
			if l.isRecorded(s.Name) && !slices.Contains(r.reads, s.Name) {
				r.reads = append(r.reads, s.Name)
			}
		}
		l.records[name] = r
	}
	l.objectives = append(l.objectives, o)
}

// wrote lists the workloads of an objective that say a field of it themselves, by
// their own words or the fleet's.
func (l *lowering) wrote(o objective, field string) []string {
	return slices.DeleteFunc(slices.Clone(o.workloads), func(w string) bool { return !l.in.Has("workloads", w, "slo", o.name, field) })
}

// refuse reports a fault of an objective at a field of each workload.
func (l *lowering) refuse(o objective, workloads []string, field, hint, format string, args ...any) {
	for _, w := range workloads {
		l.in.Diags.Add(diag.Diagnostic{Code: codeUnreachable, Pos: l.in.Pos("workloads", w, "slo", o.name, field),
			Message: fmt.Sprintf("%s of %s: ", o.name, w) + fmt.Sprintf(format, args...), Hint: hint})
	}
}

func (l *lowering) parseOptional(text string, at []string) promql.Expr {
	if text == "" {
		return nil
	}
	return l.parse(text, at...)
}

func intersect(a, b []string) []string {
	var out []string
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
