package plan

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Runbook is the page of an alert, with everything that it shows.
type Runbook struct {
	Alert   string
	Concern string // library group
	// Page is what the library says, its queries final; a query that this cluster
	// cannot answer is "".
	Page model.Runbook
	// Owners are the teams that may be paged; Workloads are theirs, where the alert
	// is about a workload.
	Owners    []Team
	Workloads []Workload
	// Params are the alert's own numbers, as they are tuned here.
	Params map[string]float64
	// XIDs are the codes that the alert is about, in order.
	XIDs []XID
	// Dashboard is the title of the one to open; its URL is "" where the address
	// of Grafana is not known.
	Dashboard, DashboardURL string
	Rules                   []RunbookRule
}

// XID is an error code of the driver with what the catalogue says of it.
type XID struct {
	Code string
	model.XID
}

// RunbookRule is one rule of an alert as its page shows it.
type RunbookRule struct {
	Rule
	// Anchor is the name of its part of the page.
	Anchor string
	// Of are the workloads, or the GPU models as DCGM reports them, that the rule
	// is limited to; none is no limit.
	Of []string
}

// entry is what an alert's page is made of: an alert of the library, or an
// objective.
type entry struct {
	at                                    []string // path of the entry
	kind                                  string
	needs                                 map[string]string
	params                                map[string]float64
	owner, dashboard, description, action string
	expr                                  string // "" for an objective
	runbook                               *model.Runbook
}

// lowerRunbooks writes the page of every alert that exists here, and leads each
// of its rules there.
func (l *lowering) lowerRunbooks(alerts []lowered) {
	rules := map[string][]*Rule{}
	concern := map[string]string{}
	for _, a := range alerts {
		for i := range a.rules {
			name := a.rules[i].Alert
			rules[name], concern[name] = append(rules[name], &a.rules[i]), a.group
		}
	}
	base, linked := l.runbookAddress()
	files := map[string]string{strings.ToLower(RunbookIndex): RunbookIndex}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		l.checkFile(name, files)
		e := l.entry(name)
		page := Runbook{Alert: name, Concern: concern[name], Page: l.page(name, e), Owners: l.answering(e.owner), Params: e.params, XIDs: l.xids(e.expr)}
		if e.owner != "platform" {
			page.Workloads = slices.DeleteFunc(slices.Clone(l.plan.Workloads), func(w Workload) bool { return e.kind != "" && w.Kind != e.kind })
		}
		page.Dashboard, page.DashboardURL = l.library.Dashboards[e.dashboard].Title, l.dashboardURL(e.dashboard)
		anchors := anchors(rules[name])
		for i, r := range rules[name] {
			if linked {
				r.Annotations["runbook_url"] = runbookURL(base, l.plan.Cluster.Name, name, anchors[i], len(rules[name]) > 1)
			}
			page.Rules = append(page.Rules, RunbookRule{Rule: *r, Anchor: anchors[i], Of: l.limitedTo(r.Origins)})
		}
		l.plan.Runbooks = append(l.plan.Runbooks, page)
	}
}

// RunbookIndex is the page that lists the others, without its ending.
const RunbookIndex = "README"

// checkFile refuses an alert whose page would be the file of another: names that
// differ only by case are one file on macOS and Windows.
func (l *lowering) checkFile(name string, files map[string]string) {
	other, taken := files[strings.ToLower(name)]
	files[strings.ToLower(name)] = name
	if !taken {
		return
	}
	own := name // one of the two is not the library's
	if _, ok := l.in.Spec.Library.Alerts[name]; !ok {
		own = other
	}
	l.in.Diags.Add(diag.Diagnostic{Code: codeTwice, Pos: l.in.LabelPos("library", "alerts", own),
		Message: fmt.Sprintf("the pages runbooks/%s.md and runbooks/%s.md are one file on some systems", other, name),
		Hint:    "choose another name for the alert " + own})
}

// entry finds what an alert is made of.
func (l *lowering) entry(name string) entry {
	for key, slo := range l.library.SLOs {
		if slo.Alert == name {
			return entry{at: []string{"library", "slos", key}, kind: slo.Kind, owner: "team", dashboard: slo.Dashboard,
				description: slo.Why, action: slo.Action, runbook: slo.Runbook}
		}
	}
	a := l.library.Alerts[name]
	params := map[string]float64{}
	maps.Copy(params, a.Params)
	maps.Copy(params, l.in.Spec.Alerts[name].Params)
	return entry{at: []string{"library", "alerts", name}, kind: a.Kind, needs: a.Needs, params: params, owner: a.Owner, dashboard: a.Dashboard,
		description: a.Description, action: a.Action, expr: a.Expr, runbook: a.Runbook}
}

// page puts the numbers of the cluster into the queries of a runbook. An alert
// without one is described by its own texts.
func (l *lowering) page(name string, e entry) model.Runbook {
	if e.runbook == nil {
		return model.Runbook{Means: Untemplated(e.description), Steps: []string{Untemplated(e.action)}}
	}
	out := *e.runbook
	out.Checks = slices.Clone(out.Checks)
	for i, c := range out.Checks {
		if c.Query != "" {
			out.Checks[i].Query = l.look(name, c.Query, e, append(slices.Clone(e.at), "runbook", "checks", strconv.Itoa(i), "query"))
		}
	}
	return out
}

// look writes a query that somebody pastes: one for all sets of numbers that it
// reads. It is "" where this cluster has no data for it.
func (l *lowering) look(name, text string, of entry, at []string) string {
	e := l.parse(text, at...)
	if e == nil || !l.checkFacts(e, at) {
		return ""
	}
	e = l.params(e, of.params, at)
	groups := l.targetGroups(e, of.kind, at)
	if len(placeholders(e, factPrefix)) > 0 {
		groups = l.factGroups(e, model.Alert{Needs: of.needs})
	}
	var terms []promql.Expr
	for _, g := range groups {
		if bound := l.readable(l.bind(g.expr, l.sources, at)); bound != nil {
			terms = append(terms, g.match(l, bound))
		}
	}
	if len(terms) == 0 {
		return ""
	}
	e = promql.Or(terms...)
	for _, prefix := range []string{targetPrefix, factPrefix, paramPrefix} {
		for _, left := range placeholders(e, prefix) {
			l.placeholder(prefix+left, nil, at)
			return ""
		}
	}
	l.read(e, "runbook "+name)
	return l.rule(Rule{Alert: name}, e).Expr
}

// answering are who owns an alert: the team of the platform, or each that has something here.
func (l *lowering) answering(owner string) []Team {
	if owner != "platform" {
		return l.plan.Teams
	}
	return []Team{{Name: l.plan.Owner, Owner: l.in.Spec.Teams[l.plan.Owner].Owner}}
}

// xids are the codes of the classes that an expression names.
func (l *lowering) xids(expr string) []XID {
	e, faults := promql.Parse(expr)
	if len(faults) > 0 {
		return nil
	}
	var out []XID
	for _, s := range promql.Selectors(e) {
		for _, m := range s.LabelMatchers {
			for code, x := range l.in.Catalog.XIDs {
				if m.Value == classPrefix+"xid."+x.Class {
					out = append(out, XID{Code: code, XID: x})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b XID) int { return natural(a.Code, b.Code) })
	return slices.Compact(out)
}

// limitedTo are the workloads or GPU models among what caused a rule.
func (l *lowering) limitedTo(origins []Origin) []string {
	var out []string
	for _, o := range origins {
		parts := strings.Split(string(o), ".")
		switch parts[0] {
		case "workloads":
			out = append(out, parts[1])
		case "gpus":
			i := slices.IndexFunc(l.plan.GPUs, func(g GPU) bool { return g.Name == parts[1] })
			out = append(out, l.plan.GPUs[i].Facts.ModelName)
		}
	}
	return out
}

// anchors names the rules of an alert by the labels that tell them apart. An
// anchor of lower-case letters, digits and single hyphens is the same as its
// heading on every site that renders Markdown.
func anchors(rules []*Rule) []string {
	var out []string
	for _, r := range rules {
		name := "rule"
		for _, k := range slices.Sorted(maps.Keys(r.Labels)) {
			if !slices.Contains([]string{"severity", "owner", "cluster"}, k) {
				name += " " + r.Labels[k]
			}
		}
		name = strings.Trim(notInAnchor.ReplaceAllString(strings.ToLower(name), "-"), "-")
		unique := name
		for n := 2; slices.Contains(out, unique); n++ {
			unique = fmt.Sprintf("%s-%d", name, n)
		}
		out = append(out, unique)
	}
	return out
}

var notInAnchor = regexp.MustCompile("[^a-z0-9]+")

// Placeholders of settings.runbooks.
const (
	clusterInURL = "{cluster}"
	alertInURL   = "{alert}"
)

var inURL = regexp.MustCompile(`\{[A-Za-z]*\}`)

// runbookAddress is settings.runbooks; false where there is none or it is wrong.
func (l *lowering) runbookAddress() (string, bool) {
	base := l.in.Spec.Settings.Runbooks
	at := []string{"settings", "runbooks"}
	found := inURL.FindAllStringIndex(base, -1)
	for _, f := range found {
		if name := base[f[0]:f[1]]; name != clusterInURL && name != alertInURL {
			l.in.Diags.Add(diag.Diagnostic{Code: codePlaceholder, Pos: l.in.InString(f[0], f[1], at...),
				Message: fmt.Sprintf("settings.runbooks: the placeholder %s stands for nothing", name),
				Hint:    diag.WantOneOf([]string{clusterInURL, alertInURL})})
			return "", false
		}
	}
	if len(found) > 0 && !strings.Contains(base, alertInURL) {
		l.in.Diags.Add(diag.Diagnostic{Code: codeNotAllowed, Pos: l.in.Pos(at...),
			Message: fmt.Sprintf("settings.runbooks: found %q, want %s in it: every alert would lead to one page", base, alertInURL),
			Hint:    "the pages of a cluster are written to " + clusterInURL + "/runbooks/" + alertInURL + ".md"})
		return "", false
	}
	return base, base != ""
}

// runbookURL is the address of an alert's page. A page that is a Markdown file
// is ours, so a rule among several leads to its part of it.
func runbookURL(base, cluster, alert, anchor string, several bool) string {
	if !strings.Contains(base, alertInURL) {
		if !strings.ContainsAny(base[len(base)-1:], "/=#") {
			base += "/"
		}
		return base + alert
	}
	if several && strings.Contains(base, alertInURL+".md") && !strings.Contains(base, "#") {
		base += "#" + anchor
	}
	return strings.NewReplacer(clusterInURL, cluster, alertInURL, alert).Replace(base)
}

// dashboardURL leads to a dashboard of the cluster; "" where there is none, or
// where the address of Grafana is not known.
func (l *lowering) dashboardURL(name string) string {
	made := slices.ContainsFunc(l.plan.Dashboards, func(d Dashboard) bool { return d.Name == name })
	if !made || l.plan.Cluster.Grafana.URL == "" {
		return ""
	}
	return strings.TrimRight(l.plan.Cluster.Grafana.URL, "/") + "/d/" + l.library.Dashboards[name].UID + "?var-cluster=" + url.QueryEscape(l.plan.Cluster.Name)
}

// Templates of Prometheus that stand for a label or for the value of an alert.
var (
	labelTemplate = regexp.MustCompile(`\{\{-? *\$labels\.([A-Za-z0-9_]+)[^{}]*\}\}`)
	valueTemplate = regexp.MustCompile(`\{\{[^{}]*\$value[^{}]*\}\}`)
	numberInText  = regexp.MustCompile(`\{\{ *(?:param|target|fact):([A-Za-z0-9_:]+) *\}\}`)
)

// Untemplated shows a text of an alert where no alert fires: a label by its name
// in angle brackets, which is how runbooks write what is to be filled in.
func Untemplated(text string) string {
	text = labelTemplate.ReplaceAllString(text, "<$1>")
	text = valueTemplate.ReplaceAllString(text, "<value>")
	return numberInText.ReplaceAllString(text, "<$1>")
}
