package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus/alertmanager/config"
	amcommoncfg "github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Files that generators/alertmanager writes.
const (
	routesFolder = "alertmanager/"
	plainFile    = routesFolder + "plain/alertmanager.yaml"
)

// Values of matcherStrategy that leave an AlertmanagerConfig in Alertmanager's
// own namespace as it is. With any other the operator adds a matcher of its
// namespace to the top route and to both sides of each inhibition.
var openStrategies = []string{"None", "OnNamespaceExceptForAlertmanagerNamespace"}

// Routed is whom Alertmanager tells of an alert.
type Routed struct {
	Alert     string   `json:"alert"`
	Owner     string   `json:"owner"`
	Severity  string   `json:"severity"`
	Receivers []string `json:"receivers"`
}

// Routes pushes every alert of a cluster, once for each team that may own it,
// through the trees that were written, with Alertmanager's own code: each must
// reach somebody. Then it asks what the inhibitions may hide.
func Routes(p *plan.Plan, alerts []Alert, files []artifact.File, src Source, diags *diag.List) []Routed {
	if p.Routing == nil {
		return nil
	}
	r := &routes{plan: p, source: src, diags: diags}
	for _, a := range alerts {
		for _, owner := range a.Owners {
			r.alerts = append(r.alerts, owned{a, owner})
		}
	}
	trees := r.trees(files)
	for _, t := range trees {
		r.reach(t)
		r.inhibitions(t)
	}
	if len(trees) == 0 {
		return nil
	}
	return r.routed(trees[0])
}

type routes struct {
	plan   *plan.Plan
	source Source
	diags  *diag.List
	alerts []owned
}

// owned is an alert of one owner.
type owned struct {
	Alert
	owner string
}

func (o owned) severity() string { return o.Labels[plan.LabelSeverity] }

// labels are those that its text names. What a query returns beside them, other
// than the team, is known when it fires; no route of ours asks for it.
func (o owned) labels() model.LabelSet {
	set := model.LabelSet{model.AlertNameLabel: model.LabelValue(o.Rule.Alert)}
	for name, v := range o.Labels {
		if !strings.Contains(v, "{{") {
			set[model.LabelName(name)] = model.LabelValue(v)
		}
	}
	owner, ok := o.ownerLabel()
	if ok {
		set[plan.LabelOwner] = model.LabelValue(owner)
	}
	if ok && o.followsTeam() {
		set[plan.LabelTeam] = model.LabelValue(owner)
	}
	return set
}

// followsTeam reports whether the owner is the team of the series.
func (o owned) followsTeam() bool { return strings.Contains(o.Labels[plan.LabelOwner], "{{") }

// ownerLabel is the owner as Alertmanager sees it: none where it is the team of
// series that carry no team.
func (o owned) ownerLabel() (string, bool) {
	if o.followsTeam() && !o.carries(plan.LabelTeam) {
		return "", false
	}
	return o.owner, true
}

// tree is one form of the configuration, as Alertmanager will have it.
type tree struct {
	where string // its file or folder
	root  *dispatch.Route
	// ways out of each receiver, such as slack.
	ways    map[string][]string
	inhibit []*inhibit.InhibitRule
	// closed: the operator lets only alerts of one namespace in.
	closed bool
}

// reached are the receivers with a way out that an alert comes to.
func (t tree) reached(set model.LabelSet) []string {
	var out []string
	for _, route := range t.root.Match(set) {
		if name := route.RouteOpts.Receiver; len(t.ways[name]) > 0 {
			out = append(out, name)
		}
	}
	return unique(out)
}

func (r *routes) trees(files []artifact.File) []tree {
	var plain, objects []artifact.File
	for _, f := range files {
		if f.Path == plainFile {
			plain = append(plain, f)
		} else if strings.HasPrefix(f.Path, routesFolder) {
			objects = append(objects, f)
		}
	}
	var out []tree
	add := func(where string, from []artifact.File, read func([]artifact.File) (tree, error)) {
		if len(from) == 0 {
			r.fault(codeInclude, where, "is not generated, and teams have receivers")
			return
		}
		t, err := read(from)
		if err != nil {
			r.fault(codeObject, where, "%v", err)
			return
		}
		t.where = where
		out = append(out, t)
	}
	add(plainFile, plain, plainTree)
	add(routesFolder, objects, r.operatorTree)
	return out
}

func (r *routes) fault(code, file, format string, args ...any) {
	r.diags.Add(diag.Diagnostic{Code: code, Message: fmt.Sprintf("%s/%s: ", r.plan.Cluster.Name, file) + fmt.Sprintf(format, args...)})
}

func plainTree(files []artifact.File) (tree, error) {
	c, err := config.Load(string(files[0].Data))
	if err != nil {
		return tree{}, fmt.Errorf("Alertmanager refuses it: %w", err)
	}
	t := tree{root: dispatch.NewRoute(c.Route, nil), ways: map[string][]string{}}
	for _, to := range c.Receivers {
		t.ways[to.Name] = ways(len(to.SlackConfigs), len(to.EmailConfigs), len(to.PagerdutyConfigs), len(to.OpsGenieConfigs), len(to.WebhookConfigs))
	}
	for _, i := range c.InhibitRules {
		t.inhibit = append(t.inhibit, inhibit.NewInhibitRule(i))
	}
	return t, nil
}

// ways are named as in the spec.
func ways(slack, email, pagerduty, opsgenie, webhook int) []string {
	var out []string
	for i, n := range []int{slack, email, pagerduty, opsgenie, webhook} {
		if n > 0 {
			out = append(out, []string{"slack", "email", "pagerduty", "opsgenie", "webhook"}[i])
		}
	}
	return out
}

// operatorTree is what the operator makes of the objects: the route of each below
// a root of its own, going on to the next.
func (r *routes) operatorTree(files []artifact.File) (tree, error) {
	t := tree{ways: map[string][]string{}, closed: !slices.Contains(openStrategies, r.plan.Cluster.Alertmanager.MatcherStrategy)}
	root := &config.Route{}
	for _, f := range files {
		var object monitoringv1alpha1.AlertmanagerConfig
		err := yaml.UnmarshalStrict(f.Data, &object)
		if err == nil {
			err = t.add(object, root)
		}
		if err != nil {
			return tree{}, fmt.Errorf("%s: %w", f.Path, err)
		}
	}
	t.root = dispatch.NewRoute(root, nil)
	return t, nil
}

// add puts one object below the root.
func (t *tree) add(object monitoringv1alpha1.AlertmanagerConfig, root *config.Route) error {
	var added amcommoncfg.Matchers
	if t.closed {
		m, err := labels.NewMatcher(labels.MatchEqual, "namespace", object.Namespace)
		if err != nil {
			return err
		}
		added = amcommoncfg.Matchers{m}
	}
	// The operator puts the object's name before those of its receivers.
	prefix := object.Namespace + "/" + object.Name + "/"
	if object.Spec.Route != nil {
		top, err := routeOf(*object.Spec.Route, prefix)
		if err != nil {
			return err
		}
		top.Continue = true
		top.Matchers = append(top.Matchers, added...)
		root.Routes = append(root.Routes, top)
	}
	for _, to := range object.Spec.Receivers {
		t.ways[prefix+to.Name] = ways(len(to.SlackConfigs), len(to.EmailConfigs), len(to.PagerDutyConfigs), len(to.OpsGenieConfigs), len(to.WebhookConfigs))
	}
	for _, i := range object.Spec.InhibitRules {
		source, err := matchersOf(i.SourceMatch)
		if err != nil {
			return err
		}
		target, err := matchersOf(i.TargetMatch)
		if err != nil {
			return err
		}
		t.inhibit = append(t.inhibit, inhibit.NewInhibitRule(amcommoncfg.InhibitRule{
			SourceMatchers: append(source, added...), TargetMatchers: append(target, added...), Equal: i.Equal}))
	}
	return nil
}

func routeOf(r monitoringv1alpha1.Route, prefix string) (*config.Route, error) {
	matchers, err := matchersOf(r.Matchers)
	if err != nil {
		return nil, err
	}
	out := &config.Route{Receiver: prefix + r.Receiver, Matchers: matchers, Continue: r.Continue}
	children, err := r.ChildRoutes()
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		child, err := routeOf(c, prefix)
		if err != nil {
			return nil, err
		}
		out.Routes = append(out.Routes, child)
	}
	return out, nil
}

func matchersOf(list []monitoringv1alpha1.Matcher) (amcommoncfg.Matchers, error) {
	types := map[monitoringv1alpha1.MatchType]labels.MatchType{"=": labels.MatchEqual, "!=": labels.MatchNotEqual, "=~": labels.MatchRegexp, "!~": labels.MatchNotRegexp}
	var out amcommoncfg.Matchers
	for _, m := range list {
		kind, ok := types[m.MatchType]
		if !ok {
			return nil, fmt.Errorf("the matcher of %s has the type %q", m.Name, m.MatchType)
		}
		matcher, err := labels.NewMatcher(kind, m.Name, m.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, matcher)
	}
	return out, nil
}

// reach reports the alerts that come to nobody, those of one owner and severity
// together.
func (r *routes) reach(t tree) {
	if t.closed {
		r.closed()
		return
	}
	type group struct{ owner, severity string }
	lost := map[group][]string{}
	for _, a := range r.alerts {
		if len(t.reached(a.labels())) > 0 {
			continue
		}
		if _, ok := a.ownerLabel(); !ok {
			r.diags.Add(diag.Diagnostic{Code: codeUnrouted, Pos: r.source.Rule(a.Rule.Alert, "expr", ""),
				Message: fmt.Sprintf("the alert %s reaches nobody in cluster %q: it belongs to the team of its series, and its query leaves no label team", a.Rule.Alert, r.plan.Cluster.Name),
				Hint:    `keep team in the query, or set owner: "platform"`})
			continue
		}
		g := group{a.owner, a.severity()}
		lost[g] = append(lost[g], a.Rule.Alert)
	}
	for g, names := range lost {
		at, hint := r.why(g.owner, g.severity)
		slices.Sort(names)
		names = slices.Compact(names)
		r.diags.Add(diag.Diagnostic{Code: codeUnrouted, Pos: r.source.Place(at...),
			Message: fmt.Sprintf("alerts of team %q that are %s reach nobody in cluster %q: %s", g.owner, g.severity, r.plan.Cluster.Name, strings.Join(names, ", ")),
			Hint:    hint})
	}
}

// why finds the place of the spec that leaves alerts without a receiver.
func (r *routes) why(owner, severity string) (at []string, hint string) {
	at = []string{"teams", owner, "alerts"}
	if slices.ContainsFunc(r.plan.Routing.Routes, func(x plan.Route) bool { return x.Owner == owner && x.Severity == severity }) {
		return at, "the team has a receiver for them, and the configuration that was written does not lead there"
	}
	var taken []string
	for _, x := range r.plan.Routing.Routes {
		if x.Owner == owner {
			taken = append(taken, x.Severity)
		}
	}
	if len(taken) == 0 {
		return at, fmt.Sprintf(`add teams.%s.alerts: slack: {channel: "#%s-alerts", url: {secret: "slack", key: "%s"}}`, owner, owner, owner)
	}
	return at, fmt.Sprintf("its receivers take %s: add one, or add %q to the severities of one", strings.Join(taken, " and "), severity)
}

// closed reports that the operator would let none of our alerts in.
func (r *routes) closed() {
	cluster, am := r.plan.Cluster.Name, r.plan.Cluster.Alertmanager
	at := []string{"clusters", cluster, "alertmanager", "matcherStrategy"}
	if !r.source.Has(at...) {
		at = at[:2] // not what a profile says of Alertmanager
	}
	r.diags.Add(diag.Diagnostic{Code: codeNamespace, Pos: r.source.Place(at...),
		Message: fmt.Sprintf("no alert reaches a team in cluster %q: with the strategy %s the operator routes only alerts with namespace=%q to an AlertmanagerConfig in %s, and alerts of GPUs, nodes and teams carry no namespace",
			cluster, am.MatcherStrategy, am.Namespace, am.Namespace),
		Hint: fmt.Sprintf("set spec.alertmanagerConfigMatcherStrategy.type of the Alertmanager object to %s, and say so: clusters.%q.alertmanager: matcherStrategy: %q",
			openStrategies[0], cluster, openStrategies[0])})
}

// routed lists who is told of what, by alert, owner and severity.
func (r *routes) routed(t tree) []Routed {
	byKey := map[string]Routed{}
	for _, a := range r.alerts {
		out := Routed{Alert: a.Rule.Alert, Owner: a.owner, Severity: a.severity()}
		for _, name := range t.reached(a.labels()) {
			out.Receivers = append(out.Receivers, t.ways[name]...)
		}
		out.Receivers = unique(out.Receivers)
		byKey[out.Alert+"\x00"+out.Owner+"\x00"+out.Severity] = out
	}
	var out []Routed
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		out = append(out, byKey[k])
	}
	return out
}
