package plan

import (
	"fmt"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// burnAlerts writes the alerts of the objectives that are measured.
func (l *lowering) burnAlerts() []lowered {
	var out []lowered
	for _, o := range l.objectives {
		if tuning, tuned := l.in.Spec.Alerts[o.slo.Alert]; tuned && !tuning.Enabled {
			continue
		}
		for _, p := range o.pairs {
			out = append(out, lowered{rules: []Rule{l.burnAlert(o, p)}, group: o.slo.Group, origin: Origin("library.slos." + o.name)})
		}
	}
	return out
}

// burnAlert fires while both windows of a pair burn, and the long one holds the
// floor of events.
func (l *lowering) burnAlert(o objective, p Pair) Rule {
	threshold, floor := p.Threshold(o.percent), p.Floor(o.percent, l.library.Floor.BadEvents)
	names, matchers := l.library.SLONames, l.matchers(o)
	on := append(slices.Clone(l.library.Levels[labelWorkload].Labels), labelSLO, labelTarget, labelObjective, labelWindow)
	for _, label := range []string{labelBucket, labelPolicy} {
		if matchers[label] != "" {
			on = append(on, label)
		}
	}
	e := promql.And(
		promql.And(promql.Above(selector(names.Ratio+p.Long, matchers), threshold), promql.Above(selector(names.Ratio+p.Short, matchers), threshold), on),
		promql.AtLeast(selector(names.Events+p.Long, matchers), floor), on)
	r := Rule{Alert: o.slo.Alert, For: p.For, Labels: l.alertLabels(l.severityOf(o, p), "team"), Origins: o.origins(),
		Of: slices.Sorted(slices.Values(o.workloads)), OfLabel: labelWorkload, Burn: &Burning{p, o.percent}}
	set(&r.For, l.in.Spec.Alerts[o.slo.Alert].Burn[p.Name].For)
	r.Burn.Pair.For = r.For
	for k, v := range o.labels() {
		r.Labels[k] = v
	}
	r.Labels[labelBurn] = p.Name
	what := o.slo.Title
	if o.target != "" {
		what += map[bool]string{true: " over ", false: " under "}[o.slo.Invert] + o.target
	}
	description := fmt.Sprintf("The promise: %s, for %s %% of %s over %s. Over %s and over %s more than %s %% missed it, %s what the budget of %s allows.",
		what, model.FormatNumber(o.percent), o.slo.Noun, o.window, p.Long, p.Short,
		model.FormatNumber(roundTo(threshold*100)), times(p.Factor), o.window)
	if said := o.said(); said != "" {
		description += " " + said
	}
	r.Annotations = l.annotations(o.slo.Dashboard, map[string]string{
		"summary":     fmt.Sprintf("{{ $labels.workload }}: {{ $value | humanizePercentage }} of %s miss their promise: %s", o.slo.Noun, what),
		"description": description,
		"reason": fmt.Sprintf("%s At least %s %s in %s, so that %d of them are bad before anybody is called.",
			o.slo.Why, model.FormatNumber(floor), o.slo.Noun, p.Long, l.library.Floor.BadEvents),
		"action": o.slo.Action,
	})
	return l.rule(r, e)
}

// severityOf is the pair's, or the user's, and no worse than the SLO's own unless
// the user says so.
func (l *lowering) severityOf(o objective, p Pair) string {
	if tuned := l.in.Spec.Alerts[o.slo.Alert].Burn[p.Name].Severity; tuned != "" {
		return tuned
	}
	if o.slo.Severity != model.SeverityPage && p.Severity == model.SeverityPage {
		return o.slo.Severity
	}
	return p.Severity
}

// times says a factor in a sentence.
func times(factor float64) string {
	if factor == 1 {
		return "more than"
	}
	return model.FormatNumber(factor) + " times"
}
