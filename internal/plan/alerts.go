package plan

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// lowerAlerts writes the alerts of the library and of the user.
func (l *lowering) lowerAlerts() []lowered {
	out := l.burnAlerts()
	for _, name := range slices.Sorted(maps.Keys(l.library.Alerts)) {
		a := l.library.Alerts[name]
		at := []string{"library", "alerts", name}
		tuning, tuned := l.in.Spec.Alerts[name]
		l.checkCases(a.Cases, append(slices.Clone(at), "cases"))
		l.checkCases(tuning.Cases, []string{"alerts", name, "cases"})
		if tuned && !tuning.Enabled {
			continue
		}
		e := l.parse(a.Expr, append(at, "expr")...)
		if e == nil || !l.checkAlert(name, a, e, at) {
			continue
		}
		params := maps.Clone(a.Params)
		if params == nil {
			params = map[string]float64{}
		}
		maps.Copy(params, tuning.Params)
		set(&a.For, tuning.For)
		set(&a.Severity, tuning.Severity)
		var rules []Rule
		if a.Kind == "" || l.classes["workloads."+a.Kind] != "" {
			rules = l.alert(name, a, params, e, at)
		}
		if len(rules) > 0 {
			out = append(out, lowered{rules: rules, group: a.Group, origin: Origin("library.alerts." + name)})
		} else if l.fromUser(at) && !l.readsTooOld(e) {
			l.in.Diags.Add(diag.Diagnostic{Code: codeUnwatched, Severity: diag.Warning, Pos: l.in.LabelPos(at...),
				Message: fmt.Sprintf("the alert %s is left out of cluster %q: nothing there exposes what it reads, or nothing there is of its kind", name, l.in.Cluster)})
		}
	}
	return out
}

// checkAlert refuses what a user's alert names and nothing has.
func (l *lowering) checkAlert(name string, a model.Alert, e promql.Expr, at []string) bool {
	ok := true
	if _, known := l.library.Dashboards[a.Dashboard]; !known {
		l.in.unknown(l.in.Pos(append(at, "dashboard")...), "dashboard", a.Dashboard, slices.Collect(maps.Keys(l.library.Dashboards)))
		ok = false
	}
	ok = l.checkFacts(e, append(at, "expr")) && ok
	for fact := range a.Needs {
		if !slices.Contains(gpuTexts, fact) {
			l.in.unknown(l.in.LabelPos(append(at, "needs", fact)...), "text of a GPU", fact, gpuTexts)
			ok = false
		}
	}
	return ok
}

// checkFacts refuses a fact that no GPU has.
func (l *lowering) checkFacts(e promql.Expr, at []string) bool {
	ok := true
	for _, fact := range placeholders(e, factPrefix) {
		if !slices.Contains(gpuNumbers, fact) {
			l.placeholder(factPrefix+fact, gpuNumbers, at)
			ok = false
		}
	}
	return ok
}

// alert writes one alert: a rule for each distinct set of numbers it reads.
func (l *lowering) alert(name string, a model.Alert, params map[string]float64, e promql.Expr, at []string) []Rule {
	e = l.params(e, params, append(at, "expr"))
	groups := l.factGroups(e, a)
	if targets := placeholders(e, targetPrefix); len(targets) > 0 {
		l.warnUnwatched(e, a.Kind, targets)
		groups = l.targetGroups(e, a.Kind, at)
	}
	var rules []Rule
	for _, g := range groups {
		all := l.bind(g.expr, l.sources, append(at, "expr"))
		bound := l.readable(all)
		if bound == nil && len(all) > 0 {
			l.tooOldFor(name, promql.Merge(all...))
		}
		if bound != nil {
			r := Rule{Alert: name, For: a.For, Labels: l.alertLabels(a.Severity, a.Owner),
				Origins: append([]Origin{Origin("library.alerts." + name)}, g.origins...),
				Of:      slices.Sorted(slices.Values(g.names)), OfLabel: g.label}
			// Rules of one name differ in a label, so that none hides another.
			var values []string
			for _, k := range slices.Sorted(maps.Keys(g.values)) {
				values = append(values, g.values[k])
			}
			if a.Each != "" {
				r.Labels[labelModelName] = escapeTemplate(g.names[0])
			}
			if len(values) > 0 {
				r.Labels["limit"] = strings.Join(values, ",")
			}
			texts := map[string]string{}
			for k, v := range map[string]string{"summary": a.Summary, "description": a.Description, "reason": a.Why, "action": a.Action} {
				texts[k] = l.fillText(v, params, g.values, at)
			}
			r.Annotations = l.annotations(a.Dashboard, texts)
			rules = append(rules, l.rule(r, g.match(l, bound)))
		}
	}
	return rules
}

// readable joins the bindings of a query, without what nothing records here.
func (l *lowering) readable(bound []promql.Expr) promql.Expr {
	if len(bound) == 0 {
		return nil
	}
	return promql.Prune(promql.Merge(bound...), func(s *promql.Selector) bool { return !l.isRecorded(s.Name) || l.exists(s.Name) })
}

// params puts the numbers of the alert in, into the query at a path.
func (l *lowering) params(e promql.Expr, params map[string]float64, at []string) promql.Expr {
	return promql.Numbers(e, func(series string) (float64, bool) {
		name, ok := strings.CutPrefix(series, paramPrefix)
		if !ok {
			return 0, false
		}
		v, ok := params[name]
		if !ok {
			l.placeholder(series, slices.Collect(maps.Keys(params)), at)
		}
		return v, ok
	})
}

// alertLabels are on every alert. The cluster stands also where an expression
// loses it, as absent() does; the owner is whom Alertmanager routes by.
func (l *lowering) alertLabels(severity, owner string) map[string]string {
	labels := map[string]string{"severity": severity, "cluster": l.plan.Cluster.Name, "owner": "{{ $labels.team }}"}
	if owner == "platform" {
		labels["owner"] = l.plan.Owner
	}
	return labels
}

// annotations adds the link to a dashboard to the texts; the one to the runbook
// follows when all rules of the alert are known.
func (l *lowering) annotations(dashboard string, texts map[string]string) map[string]string {
	if to := l.dashboardURL(dashboard); to != "" {
		for _, name := range l.library.Dashboards[dashboard].Variables {
			if label := l.library.Variables[name].Label; label != "cluster" {
				to += "{{ with $labels." + label + " }}&var-" + name + "={{ . | urlquery }}{{ end }}"
			}
		}
		texts["dashboard_url"] = to
	}
	return texts
}

// escapeTemplate keeps a text of the spec from being read as a template, where
// Prometheus expands labels.
func escapeTemplate(text string) string {
	return strings.ReplaceAll(text, "{{", `{{ "{{" }}`)
}

// textPlaceholder is a number in an annotation: {{ param:NAME }} and the like.
var textPlaceholder = regexp.MustCompile(`\{\{ *((?:param|target|fact):[A-Za-z0-9_:]+) *\}\}`)

// fillText puts numbers into an annotation. Prometheus' own templates stay.
func (l *lowering) fillText(text string, params map[string]float64, values map[string]string, at []string) string {
	return textPlaceholder.ReplaceAllStringFunc(text, func(m string) string {
		name := textPlaceholder.FindStringSubmatch(m)[1]
		kind, rest, _ := strings.Cut(name, ":")
		if v, ok := params[rest]; ok && kind+":" == paramPrefix {
			return model.FormatNumber(v)
		}
		if v, ok := values[rest]; ok && kind+":" != paramPrefix {
			return v
		}
		l.placeholder(name, nil, at)
		return m
	})
}

// mostRules of one group: a PrometheusRule holds one group of records and one
// of alerts, and stays below what a client can apply.
const mostRules = 100

// groups sorts all rules into groups: for each concern the records, in an
// order in which each is written before it is read, then the alerts. What does
// not fit in one group goes on in the next.
func (l *lowering) groups(alerts []lowered) {
	byName := map[string][]Rule{}
	concern, interval := map[string]string{}, map[string]string{}
	add := func(kind string, r lowered) {
		name := "aiobs-" + r.group + "-" + kind
		interval[name] = l.library.Interval
		if r.every != "" {
			name += "-" + r.every
			interval[name] = r.every
		}
		byName[name], concern[name] = append(byName[name], r.rules...), r.group
	}
	for _, name := range l.evaluationOrder() {
		add("records", l.records[name])
	}
	for _, a := range alerts {
		add("alerts", a)
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		part := 0
		for rules := range slices.Chunk(byName[name], mostRules) {
			part++
			g := RuleGroup{Name: name, Concern: concern[name], Part: part, Interval: interval[name], Rules: rules}
			if part > 1 {
				g.Name = fmt.Sprintf("%s-%d", name, part)
			}
			l.plan.Groups = append(l.plan.Groups, g)
		}
	}
}

// evaluationOrder sorts records by how deep they read into others, then by
// name: a group is evaluated in order.
func (l *lowering) evaluationOrder() []string {
	depth := map[string]int{}
	var visit func(name string, path []string) int
	visit = func(name string, path []string) int {
		if d, ok := depth[name]; ok {
			return d
		}
		if slices.Contains(path, name) {
			l.in.Diags.Add(diag.Diagnostic{Code: codeReadsItself, Pos: l.in.Pos("library", "records", name, "expr"),
				Message: fmt.Sprintf("the record %s reads itself: %s", name, strings.Join(append(path, name), " → "))})
			return 0
		}
		d := 0
		for _, r := range l.records[name].reads {
			if _, ok := l.records[r]; ok {
				d = max(d, visit(r, append(slices.Clone(path), name))+1)
			}
		}
		depth[name] = d
		return d
	}
	names := slices.Sorted(maps.Keys(l.records))
	for _, n := range names {
		visit(n, nil)
	}
	slices.SortStableFunc(names, func(a, b string) int { return depth[a] - depth[b] })
	return names
}
