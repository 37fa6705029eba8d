package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/pkg/labels"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	aiobs "github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// values are what a label of an alert may be. Before it fires only some are
// known: a query returns series of any node, and some without one.
type values struct {
	known  []string
	any    bool // others too
	absent bool // or the label is not there, which equals ""
}

func (v values) none() bool { return len(v.known) == 0 && !v.any && !v.absent }

// that match remain. Of a value that is not known, all but equality is taken to
// match.
func (v values) that(m *labels.Matcher) values {
	out := values{absent: v.absent && m.Matches(""), any: v.any && m.Type != labels.MatchEqual}
	for _, k := range v.known {
		if m.Matches(k) {
			out.known = append(out.known, k)
		}
	}
	if v.any && m.Type == labels.MatchEqual && m.Value != "" {
		out.known = append(out.known, m.Value)
	}
	return out
}

// mayEqual as Alertmanager compares: what neither has is equal.
func (v values) mayEqual(o values) bool {
	return v.absent && o.absent || v.any && (o.any || len(o.known) > 0) || o.any && len(v.known) > 0 ||
		slices.ContainsFunc(v.known, func(k string) bool { return slices.Contains(o.known, k) })
}

// values of a label of an alert that fires.
func (o owned) values(label string) values {
	text, static := o.Labels[label]
	switch {
	case label == "alertname":
		return values{known: []string{o.Rule.Alert}}
	case label == plan.LabelOwner:
		owner, ok := o.ownerLabel()
		if !ok {
			return values{absent: true}
		}
		return values{known: []string{owner}}
	case static && !strings.Contains(text, "{{"):
		return values{known: []string{text}, absent: text == ""}
	case static:
		return values{any: true, absent: true}
	case !o.carries(label):
		return values{absent: true}
	case label == plan.LabelTeam && o.followsTeam():
		return values{known: []string{o.owner}}
	}
	return values{any: true, absent: true}
}

// narrowed are the values of the labels that matchers ask for, where all of them
// may match.
func (o owned) narrowed(matchers labels.Matchers) (map[string]values, bool) {
	out := map[string]values{}
	for _, m := range matchers {
		v, ok := out[m.Name]
		if !ok {
			v = o.values(m.Name)
		}
		v = v.that(m)
		if v.none() {
			return nil, false
		}
		out[m.Name] = v
	}
	return out, true
}

// mayMute reports whether an alert may keep another quiet. Alertmanager leaves
// out a source that is a target too where the target is a source as well; here
// it counts, so that too much is told and never too little.
func mayMute(rule *inhibit.InhibitRule, source, target owned) bool {
	from, ok := source.narrowed(rule.SourceMatchers)
	if !ok {
		return false
	}
	to, ok := target.narrowed(rule.TargetMatchers)
	if !ok {
		return false
	}
	for label := range rule.Equal {
		name := string(label)
		a, ok := from[name]
		if !ok {
			a = source.values(name)
		}
		b, ok := to[name]
		if !ok {
			b = target.values(name)
		}
		if !a.mayEqual(b) {
			return false
		}
	}
	return true
}

// inhibitions reports those that hide a page. A page may be hidden behind another
// that comes to all the same receivers. One that hides nothing does no harm.
func (r *routes) inhibitions(t tree) {
	if t.closed {
		return
	}
	for _, rule := range t.inhibit {
		var sources, targets []owned
		for _, a := range r.alerts {
			if _, ok := a.narrowed(rule.SourceMatchers); ok {
				sources = append(sources, a)
			}
			if _, ok := a.narrowed(rule.TargetMatchers); ok {
				targets = append(targets, a)
			}
		}
		mutes := slices.ContainsFunc(targets, func(target owned) bool {
			return slices.ContainsFunc(sources, func(source owned) bool { return mayMute(rule, source, target) })
		})
		if !mutes {
			r.diags.Add(diag.Diagnostic{Code: codeInhibition, Severity: diag.Warning,
				Message: fmt.Sprintf("%s/%s: the inhibition %s can never match an alert", r.plan.Cluster.Name, t.where, inWords(rule))})
		}
		for _, target := range targets {
			if target.severity() != aiobs.SeverityPage {
				continue
			}
			for _, source := range sources {
				if mayMute(rule, source, target) && !r.tells(t, source, target) {
					r.fault(codeInhibition, t.where, "the inhibition %s hides the page %s of team %q while %s (%s) of team %q fires, which does not reach the same receivers",
						inWords(rule), target.Rule.Alert, target.owner, source.Rule.Alert, source.severity(), source.owner)
				}
			}
		}
	}
}

// tells reports whether who would have been paged by the target is paged by the
// source.
func (r *routes) tells(t tree, source, target owned) bool {
	told := t.reached(source.labels())
	return source.severity() == aiobs.SeverityPage &&
		!slices.ContainsFunc(t.reached(target.labels()), func(to string) bool { return !slices.Contains(told, to) })
}

func inWords(rule *inhibit.InhibitRule) string {
	var equal []string
	for _, l := range slices.Sorted(maps.Keys(rule.Equal)) {
		equal = append(equal, string(l))
	}
	return rule.SourceMatchers.String() + " over " + rule.TargetMatchers.String() + " with equal " + strings.Join(equal, ", ")
}
