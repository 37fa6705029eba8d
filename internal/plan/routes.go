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

// Routing says whom Alertmanager tells of which alerts.
type Routing struct {
	// Owners are the teams whose alerts are routed, with receivers or without.
	Owners  []string
	GroupBy []string
	// Routes are sorted by owner, then by severity, loudest first.
	Routes      []Route
	Inhibitions []Inhibition
	Messages    model.Messages
}

// Route leads the alerts of one owner and severity to the receivers that take
// them, at least one.
type Route struct {
	Owner     string
	Severity  string
	Timing    model.Timing
	Receivers model.Receivers
}

// Inhibition keeps targets quiet while a source fires and Equal are the same.
type Inhibition struct {
	Name           string
	Source, Target []LabelMatcher
	Equal          []string
	Why            string
}

// LabelMatcher asks for one of the values, or without any for a label that is
// there.
type LabelMatcher struct {
	Label  string
	Values []string
}

// Names of labels that routes go by.
const (
	LabelCluster  = "cluster"
	LabelOwner    = "owner"
	LabelSeverity = "severity"
	LabelTeam     = labelTeam
)

// lowerRouting finds who may own each alert, and leads the alerts to the
// receivers of their owners. Where no team of the cluster has any, Alertmanager
// is left alone.
func (l *lowering) lowerRouting() {
	for i, g := range l.plan.Groups {
		for j, r := range g.Rules {
			if r.Alert != "" {
				l.plan.Groups[i].Rules[j].Owners = l.owners(r)
			}
		}
	}
	owners := []string{l.plan.Owner}
	for _, t := range l.plan.Teams {
		owners = append(owners, t.Name)
	}
	slices.Sort(owners)
	owners = slices.Compact(owners)
	if !slices.ContainsFunc(owners, func(o string) bool { return hasReceivers(l.in.Spec.Teams[o]) }) {
		return
	}
	routing := &Routing{Owners: owners, GroupBy: l.library.Routing.GroupBy, Messages: l.library.Routing.Messages}
	for _, o := range owners {
		for _, s := range model.Severities {
			if to := taking(l.in.Spec.Teams[o].Alerts, s); to != (model.Receivers{}) {
				routing.Routes = append(routing.Routes, Route{Owner: o, Severity: s, Timing: l.library.Routing.Severities[s], Receivers: to})
			}
		}
		l.checkMail(o)
	}
	for _, name := range slices.Sorted(maps.Keys(l.library.Routing.Inhibitions)) {
		i := l.library.Routing.Inhibitions[name]
		out := Inhibition{Name: name, Source: matchers(i.Source), Target: matchers(i.Target), Equal: i.Equal, Why: i.Why}
		if l.mayMute(out) {
			routing.Inhibitions = append(routing.Inhibitions, out)
		}
	}
	l.plan.Routing = routing
}

func hasReceivers(t model.Team) bool { return t.Alerts != nil && *t.Alerts != (model.Receivers{}) }

// taking leaves the receivers that take a severity.
func taking(r *model.Receivers, severity string) model.Receivers {
	var out model.Receivers
	if r == nil {
		return out
	}
	if r.Slack != nil && slices.Contains(r.Slack.Severities, severity) {
		out.Slack = r.Slack
	}
	if r.Email != nil && slices.Contains(r.Email.Severities, severity) {
		out.Email = r.Email
	}
	if r.PagerDuty != nil && slices.Contains(r.PagerDuty.Severities, severity) {
		out.PagerDuty = r.PagerDuty
	}
	if r.Opsgenie != nil && slices.Contains(r.Opsgenie.Severities, severity) {
		out.Opsgenie = r.Opsgenie
	}
	if r.Webhook != nil && slices.Contains(r.Webhook.Severities, severity) {
		out.Webhook = r.Webhook
	}
	return out
}

// checkMail wants a server where a team is told by mail: what the Alertmanager
// object says of one is not known here.
func (l *lowering) checkMail(team string) {
	if a := l.in.Spec.Teams[team].Alerts; a == nil || a.Email == nil || l.plan.Cluster.Alertmanager.Email != nil {
		return
	}
	l.in.Diags.Add(diag.Diagnostic{Code: codeNoMailServer, Pos: l.in.LabelPos("teams", team, "alerts", "email"),
		Message: fmt.Sprintf("team %q is told by mail, and cluster %q has no server that sends it", team, l.in.Cluster),
		Notes:   []diag.Note{{Pos: l.in.LabelPos("clusters", l.in.Cluster), Text: "this is the cluster"}},
		Hint:    fmt.Sprintf(`add clusters.%q.alertmanager.email: {from: "alerts@example.com", smarthost: "smtp.example.com:587"}`, l.in.Cluster)})
}

// owners are the teams that may own an alert: the one that its label names, or
// those whose workloads it speaks of.
func (l *lowering) owners(r Rule) []string {
	if owner := r.Labels[LabelOwner]; !strings.Contains(owner, "{{") {
		return []string{owner}
	}
	named := map[string]bool{}
	for _, o := range r.Origins {
		if part := strings.Split(string(o), "."); part[0] == "workloads" {
			named[part[1]] = true
		}
	}
	kind := l.library.Alerts[r.Alert].Kind
	var out []string
	for _, w := range l.plan.Workloads {
		if len(named) == 0 && (kind == "" || kind == w.Kind) || named[w.Name] {
			out = append(out, w.Team)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func matchers(values map[string][]string) []LabelMatcher {
	var out []LabelMatcher
	for _, label := range slices.Sorted(maps.Keys(values)) {
		out = append(out, LabelMatcher{Label: label, Values: values[label]})
	}
	return out
}

// mayMute reports whether an inhibition may keep an alert of the plan quiet. What
// queries return is not known here, so labels may be equal unless the texts of
// both alerts say otherwise; internal/check knows more.
func (l *lowering) mayMute(i Inhibition) bool {
	sources, targets := l.matching(i.Source), l.matching(i.Target)
	return slices.ContainsFunc(sources, func(s Rule) bool {
		return slices.ContainsFunc(targets, func(t Rule) bool {
			return !slices.ContainsFunc(i.Equal, func(label string) bool { return !mayEqual(s, t, label) })
		})
	})
}

// matching are the alerts that matchers may match.
func (l *lowering) matching(matchers []LabelMatcher) []Rule {
	var out []Rule
	for _, g := range l.plan.Groups {
		for _, r := range g.Rules {
			if r.Alert != "" && !slices.ContainsFunc(matchers, func(m LabelMatcher) bool { return !l.mayMatch(r, m) }) {
				out = append(out, r)
			}
		}
	}
	return out
}

func (l *lowering) mayMatch(r Rule, m LabelMatcher) bool {
	value, static := r.label(m.Label)
	switch {
	case !static:
		return l.mayCarry(r, m.Label)
	case strings.Contains(value, "{{") || len(m.Values) == 0:
		return true
	}
	return slices.Contains(m.Values, value)
}

func mayEqual(a, b Rule, label string) bool {
	if label == LabelOwner {
		return slices.ContainsFunc(a.Owners, func(o string) bool { return slices.Contains(b.Owners, o) })
	}
	x, xStatic := a.label(label)
	y, yStatic := b.label(label)
	return !xStatic || !yStatic || x == y || strings.Contains(x+y, "{{")
}

// label is what the text of an alert says of a label.
func (r Rule) label(name string) (value string, static bool) {
	if name == "alertname" {
		return r.Alert, true
	}
	value, static = r.Labels[name]
	return value, static
}

// mayCarry reports whether the series of an alert may have a label of a level:
// not where all that the query reads is recorded at levels without it.
func (l *lowering) mayCarry(r Rule, label string) bool {
	e, _ := promql.Parse(r.Expr)
	for _, level := range l.library.Levels {
		if slices.Contains(level.Labels, label) {
			return slices.ContainsFunc(promql.Selectors(e), func(s *promql.Selector) bool {
				level, ok := l.level(s.Name)
				return !ok || slices.Contains(level.Labels, label)
			})
		}
	}
	return false
}
