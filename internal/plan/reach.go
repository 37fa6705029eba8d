package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// policies are those of the library and of the spec.
func (in *Input) policies() map[string]map[string]model.Burn {
	out := maps.Clone(in.Library.Policies)
	maps.Copy(out, in.Spec.SLO.Policies)
	return out
}

// checkPolicies refuses policies of the spec that could not work with any
// objective, and names of policies that nobody has.
func (in *Input) checkPolicies() {
	interval := duration(in.Library.Interval)
	for _, name := range slices.Sorted(maps.Keys(in.Spec.SLO.Policies)) {
		if _, ok := in.Library.Policies[name]; ok {
			in.Diags.Add(diag.Diagnostic{Code: codeTwice, Pos: in.LabelPos("slo", "policies", name),
				Message: fmt.Sprintf("policy %q exists in the library already", name), Hint: "choose another name"})
		}
		for _, p := range Pairs(in.Spec.SLO.Policies[name], in.Library.Recent) {
			at := []string{"slo", "policies", name, p.Name}
			if duration(p.Short) < 2*interval {
				in.Diags.Add(diag.Diagnostic{Code: codeUnreachable, Pos: in.Pos(append(at, "short")...),
					Message: fmt.Sprintf("the short window of %s of policy %s is %s: rules are evaluated each %s, and a share needs two values", p.Name, name, p.Short, in.Library.Interval),
					Hint:    fmt.Sprintf("make it %s or longer", model.FormatDuration(2*interval.Seconds()))})
			}
			if duration(p.Short) >= duration(p.Long) {
				in.Diags.Add(diag.Diagnostic{Code: codeUnreachable, Pos: in.Pos(append(at, "short")...),
					Message: fmt.Sprintf("the short window of %s of policy %s is %s, and the long one %s: the short one ends the alert soon after the fault", p.Name, name, p.Short, p.Long),
					Hint:    "make short a twelfth of long"})
			}
		}
	}
	policies := in.policies()
	for _, w := range slices.Sorted(maps.Keys(in.Spec.Workloads)) {
		slo := in.Spec.Workloads[w].SLO
		for _, target := range slices.Sorted(maps.Keys(slo)) {
			if policy := slo[target].Word("policy"); policy != "" && policies[policy] == nil {
				in.unknown(in.Pos("workloads", w, "slo", target, "policy"), "policy", policy, slices.Collect(maps.Keys(policies)))
			}
		}
	}
}

// accepted refuses an objective that cannot be judged: a window that Prometheus
// does not keep, a budget of less than one event.
func (l *lowering) accepted(o objective) bool {
	keeps := l.plan.Cluster.Prometheus.Retention
	if wrote := l.wrote(o, "window"); len(wrote) > 0 && !l.retained(o.window) {
		for _, w := range wrote {
			l.in.Diags.Add(diag.Diagnostic{Code: codeRetention, Pos: l.in.Pos("workloads", w, "slo", o.name, "window"),
				Message: fmt.Sprintf("%s of %s is counted over %s, and cluster %q keeps %s of data", o.name, w, o.window, l.in.Cluster, keeps),
				Hint:    fmt.Sprintf("raise prometheus.retention to %s or more if Prometheus keeps it, or take a shorter window", o.window)})
		}
		return false
	}
	ok := true
	for _, t := range l.traffic(o) {
		events := t.perSecond * duration(o.window).Seconds()
		if bad := events * Budget(o.percent); roundTo(bad) < 1 {
			l.tooFew(o, t, "lower the objective, or count over a longer window",
				"%s gives %s %s in %s, of which %s %% may be bad: %s, less than one", t.said, number(events), o.slo.Noun, o.window,
				model.FormatNumber(roundTo(100*Budget(o.percent))), number(bad))
			ok = false
		}
	}
	return ok
}

// traffic is how many events some workloads of an objective have, where it is
// known: one a minute by time, and what a workload says of its requests.
type traffic struct {
	workloads []string
	perSecond float64
	said      string
}

func (l *lowering) traffic(o objective) []traffic {
	if o.minutes() {
		return []traffic{{o.workloads, 1 / l.interval(), "one event each " + l.library.Interval}}
	}
	var out []traffic
	for _, w := range l.plan.Workloads {
		if w.RequestsPerDay > 0 && o.slo.Noun == model.Requests && slices.Contains(o.workloads, w.Name) {
			out = append(out, traffic{[]string{w.Name}, w.RequestsPerDay / duration("1d").Seconds(),
				fmt.Sprintf("a traffic of %s requests a day", model.FormatNumber(w.RequestsPerDay))})
		}
	}
	return out
}

// reachable lists the pairs of an objective's policy that can alert on it. One
// that cannot is refused where the user asked for it, and left out with the
// arithmetic where it follows from defaults.
func (l *lowering) reachable(o objective) []Pair {
	name := o.policy
	if name == "" {
		name = l.library.SLOWindows[o.window].Policy
	}
	_, own := l.in.Spec.SLO.Policies[name]
	var out []Pair
	for _, p := range Pairs(l.in.policies()[name], o.window) {
		threshold := p.Threshold(o.percent)
		switch {
		case p.Factor < 1:
			l.slowPair(o, p, name, own)
		case threshold >= 1:
			l.impossible(o, p)
		case !l.retained(p.Long):
			l.in.Diags.Add(diag.Diagnostic{Code: codeRetention, Severity: diag.Warning,
				Pos: l.in.Pos("clusters", l.in.Cluster, "prometheus", "retention"),
				Message: fmt.Sprintf("cluster %q keeps %s of data and the %s alert of %s reads %s: it is left out",
					l.in.Cluster, l.plan.Cluster.Prometheus.Retention, p.Name, o.name, p.Long),
				Hint: "raise prometheus.retention here if Prometheus keeps more"})
		case l.proven(o, p):
			out = append(out, p)
		}
	}
	return out
}

// slowPair tells of a pair that alerts on what the objective allows.
func (l *lowering) slowPair(o objective, p Pair, policy string, own bool) {
	d := diag.Diagnostic{Code: codeUnreachable, Severity: diag.Warning, Pos: l.in.Pos("workloads", o.workloads[0], "slo", o.name, "policy"),
		Message: fmt.Sprintf("%s %% of the budget of %s in %s is %s times what the objective allows, so that the %s pair of policy %s would alert on a service that keeps %s",
			model.FormatNumber(roundTo(100*p.Budget)), o.window, p.Long, number(p.Factor), p.Name, policy, o.name),
		Hint: fmt.Sprintf("a budget above %s reaches 1", number(math.Ceil(1000*p.Budget/p.Factor)/1000))}
	if own {
		d.Severity, d.Pos = diag.Error, l.in.Pos("slo", "policies", policy, p.Name, "budget")
	} else {
		d.Message += ": it is left out"
	}
	l.in.Diags.Add(d)
}

// impossible tells of a pair that would need all events or more to be bad.
func (l *lowering) impossible(o objective, p Pair) {
	message := fmt.Sprintf("an objective of %s %% leaves %s %% of bad events; the %s alert fires at %s times that, %s %%, which cannot happen",
		model.FormatNumber(o.percent), model.FormatNumber(roundTo(100*Budget(o.percent))), p.Name,
		model.FormatNumber(p.Factor), model.FormatNumber(roundTo(100*p.Threshold(o.percent))))
	hint := fmt.Sprintf("an objective above %.2f has it, or a policy of slo.policies without it", math.Ceil(10000*(1-1/p.Factor))/100)
	chosen := append(l.wrote(o, "objective"), l.wrote(o, "policy")...)
	slices.Sort(chosen)
	if chosen = slices.Compact(chosen); len(chosen) > 0 {
		l.refuse(o, chosen, "objective", hint, "%s", message)
		return
	}
	l.in.Diags.Add(diag.Diagnostic{Code: codeUnreachable, Severity: diag.Warning, Pos: l.in.Pos("workloads", o.workloads[0], "slo", o.name, "objective"),
		Message: fmt.Sprintf("%s of %s: %s: it is left out", o.name, o.workloads[0], message), Hint: hint})
}

// proven refuses a pair whose long window can never hold as many events as the
// floor asks for.
func (l *lowering) proven(o objective, p Pair) bool {
	floor := p.Floor(o.percent, l.library.Floor.BadEvents)
	ok := true
	for _, t := range l.traffic(o) {
		if events := t.perSecond * duration(p.Long).Seconds(); roundTo(events) < floor {
			l.tooFew(o, t, "lower the objective, or choose a policy of slo.policies whose windows are longer",
				"the %s alert fires when %s %% of %s are bad and %d of them are, which takes %s in %s; %s gives %s",
				p.Name, model.FormatNumber(roundTo(100*p.Threshold(o.percent))), o.slo.Noun, l.library.Floor.BadEvents,
				number(floor), p.Long, t.said, number(events))
			ok = false
		}
	}
	return ok
}

// tooFew reports too few events, at the objective or, where that is a default, at
// the traffic that somebody wrote.
func (l *lowering) tooFew(o objective, t traffic, hint, format string, args ...any) {
	for _, w := range t.workloads {
		at := []string{"workloads", w, "slo", o.name, "objective"}
		if !l.in.Has(at...) && !o.minutes() {
			at = []string{"workloads", w, "traffic", "requestsPerDay"}
		}
		l.in.Diags.Add(diag.Diagnostic{Code: codeUnreachable, Pos: l.in.Pos(at...),
			Message: fmt.Sprintf("%s of %s: ", o.name, w) + fmt.Sprintf(format, args...), Hint: hint})
	}
}

// number prints a quantity for a sentence: three digits are enough.
func number(v float64) string {
	if v >= 1000 {
		return model.FormatNumber(math.Round(v))
	}
	return model.FormatNumber(digits(v, 3))
}
