package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// overlaid are the parts of a profile that change entries which the spec has.
var overlaid = []string{"teams", "workloads", "gpus"}

// byEntry are the parts of a spec that are validated entry by entry, each against
// the definition of its kind.
var byEntry = []string{"workloads", "library", "exporters", "engines"}

// checkTop validates what is the fleet's own and the same for each cluster,
// so that a misspelt top-level field is told even when nothing else is right.
func (l *Loader) checkTop(fleet *node) {
	top := newStruct()
	top.label, top.value = fleet.label, fleet.value
	for k, n := range fleet.fields {
		if !slices.Contains(byEntry, k) || n.fields == nil {
			top.fields[k] = n
		}
	}
	l.apply(l.schema.LookupPath(cue.ParsePath("#Spec")), top, nil)
}

// view lays the cluster's profiles over the fleet's spec and validates it.
func (l *Loader) view(fleet *node, cluster string, placement map[string][]string) (*View, error) {
	tree := l.overlayProfiles(fleet, cluster)
	targetsFit := l.checkFleetTargets(tree)
	workloads := newStruct()
	if all := tree.at("workloads"); all != nil {
		workloads.label, workloads.value = all.label, all.value
		for name, w := range all.fields {
			// A workload that lists no known cluster is checked everywhere, so
			// that its other mistakes are told in the same run.
			if at := placement[name]; len(at) == 0 || slices.Contains(at, cluster) {
				if targetsFit {
					w = l.withFleetTargets(tree, w)
				}
				workloads.fields[name] = w
			}
		}
	}
	shown := &node{fields: map[string]*node{}, label: tree.label, value: tree.value}
	for k, n := range tree.fields {
		shown.fields[k] = n
	}
	shown.fields["workloads"] = workloads
	view := &View{Cluster: cluster, tree: shown}

	rest := newStruct()
	rest.label, rest.value = tree.label, tree.value
	for k, n := range shown.fields {
		switch {
		case slices.Contains(byEntry, k):
		case k == "alerts":
			rest.fields[k] = withoutCases(n)
		case k == "clusters":
			rest.fields[k] = &node{fields: map[string]*node{cluster: n.fields[cluster]}, label: n.label, value: n.value}
		default:
			rest.fields[k] = n
		}
	}
	value, ok := l.apply(l.schema.LookupPath(cue.ParsePath("#Spec")), rest, nil)
	if ok && targetsFit {
		if err := value.Decode(&view.Spec); err != nil {
			return nil, fmt.Errorf("decode the spec: %w", err)
		}
	}
	view.Spec.Workloads = map[string]model.Workload{}
	for _, name := range workloads.keys() {
		w, ok, err := l.workload(name, workloads.fields[name])
		if err != nil {
			return nil, err
		}
		if ok {
			view.Spec.Workloads[name] = w
		}
	}
	if err := l.userCatalog(tree, view); err != nil {
		return nil, err
	}
	if err := l.tunedCases(tree, view); err != nil {
		return nil, err
	}
	return view, l.userLibrary(tree.at("library"), view)
}

// overlayProfiles lays a cluster's profiles over the fleet.
func (l *Loader) overlayProfiles(fleet *node, cluster string) *node {
	tree := fleet
	listed := fleet.at("clusters", cluster, "profiles")
	own := fleet.at("clusters", cluster)
	under := newStruct()
	under.label, under.value = own.label, own.value
	for _, name := range listed.strings() {
		p := l.profile(name, listed.value)
		if p == nil {
			continue
		}
		if _, ok := l.apply(l.schema.LookupPath(cue.ParsePath("#Profile")), p, nil); !ok {
			continue
		}
		fits := l.checkProfile(p, name)
		for _, part := range overlaid {
			fits = l.checkOverlay(fleet, p, part, name) && fits
		}
		if !fits {
			continue
		}
		if c := p.at("cluster"); c != nil {
			under = overlay(under, c)
		}
		over := newStruct()
		over.label, over.value = tree.label, tree.value
		for k, n := range p.fields {
			if k != "cluster" && k != "description" {
				over.fields[k] = n
			}
		}
		tree = overlay(tree, over)
	}
	// The cluster's own entry is the nearest to the cluster, so it wins.
	entry := overlay(under, own)
	entry.label, entry.value = own.label, own.value
	clusters := newStruct()
	clusters.label, clusters.value = fleet.at("clusters").label, fleet.at("clusters").value
	clusters.fields[cluster] = entry
	return overlay(tree, &node{fields: map[string]*node{"clusters": clusters}})
}

// checkProfile refuses what a profile cannot do: it is one cluster's overlay,
// so where a workload runs and which profiles there are is not its to say.
func (l *Loader) checkProfile(p *node, name string) bool {
	fits := true
	refuse := func(n *node, what string) {
		if n != nil {
			l.Diags.Add(diag.Diagnostic{Code: codeUnknownField, Pos: n.label,
				Message: fmt.Sprintf("profile %q sets %s, which only the spec can", name, what)})
			fits = false
		}
	}
	refuse(p.at("cluster", "profiles"), "cluster.profiles")
	if workloads := p.at("workloads"); workloads != nil {
		for _, w := range workloads.keys() {
			refuse(workloads.fields[w].at("clusters"), "workloads."+w+".clusters")
		}
	}
	return fits
}

// checkOverlay refuses a profile that changes what the spec does not have: it
// would create half a thing.
func (l *Loader) checkOverlay(fleet, profile *node, part, name string) bool {
	changed := profile.at(part)
	if changed == nil {
		return true
	}
	fits := true
	var have []string
	if n := fleet.at(part); n != nil {
		have = n.keys()
	}
	for _, k := range changed.keys() {
		if !slices.Contains(have, k) {
			l.Diags.Add(diag.Diagnostic{Code: codeUnknownName, Pos: changed.fields[k].label,
				Message: fmt.Sprintf("profile %q changes %s.%s, which the spec does not have", name, part, k),
				Hint:    diag.DidYouMean(k, have)})
			fits = false
		}
	}
	return fits
}

// checkFleetTargets applies the targets of each kind to those of the fleet, so
// that a mistake is told once, and even where no workload of the kind runs.
func (l *Loader) checkFleetTargets(tree *node) bool {
	fit := true
	for kind, definition := range map[string]string{model.Inference: "#InferenceSLO", model.Training: "#TrainingSLO"} {
		if n := tree.at("slo", kind); n != nil {
			_, ok := l.apply(l.schema.LookupPath(cue.ParsePath(definition)), n, []string{"slo", kind})
			fit = fit && ok
		}
	}
	return fit
}

// withFleetTargets lays the fleet's targets for the workload's kind under its
// own. Only targets that the workload leaves alone change.
func (l *Loader) withFleetTargets(tree, w *node) *node {
	targets := tree.at("slo", w.at("kind").text())
	if targets == nil || w.fields == nil {
		return w
	}
	out := overlay(&node{fields: map[string]*node{"slo": targets}}, w)
	out.label, out.value = w.label, w.value
	return out
}

// workload validates one workload against the definition of its kind.
func (l *Loader) workload(name string, n *node) (model.Workload, bool, error) {
	var out model.Workload
	path := []string{"workloads", name}
	named := l.checkName(name, n, path)
	definition := "#AnyWorkload"
	switch n.at("kind").text() {
	case model.Inference:
		definition = "#Inference"
	case model.Training:
		definition = "#Training"
	}
	v, ok := l.apply(l.schema.LookupPath(cue.ParsePath(definition)), n, path)
	if !ok || !named || definition == "#AnyWorkload" {
		return out, false, nil
	}
	if err := v.Decode(&out); err != nil {
		return out, false, fmt.Errorf("decode workload %s: %w", name, err)
	}
	return out, true, nil
}

// checkName applies #Name to the key of a map that is validated by entry.
func (l *Loader) checkName(name string, n *node, path []string) bool {
	if l.schema.LookupPath(cue.ParsePath("#Name")).Unify(l.ctx.Encode(name)).Err() == nil {
		return true
	}
	l.badName(name, n, path)
	return false
}

// userLibrary validates the spec's own records, alerts and dashboards in the
// library's form.
func (l *Loader) userLibrary(n *node, view *View) error {
	view.Spec.Library = model.UserLibrary{Records: map[string]model.Record{}, Alerts: map[string]model.Alert{}, Dashboards: map[string]model.Dashboard{}}
	if n == nil {
		return nil
	}
	if _, ok := l.apply(l.schema.LookupPath(cue.ParsePath("#UserLibrary")), n, []string{"library"}); !ok {
		return nil
	}
	opinions, err := l.Embedded.definitions("library")
	if err != nil {
		return err
	}
	decode := func(part, definition string, have func(string) bool, put func(string, cue.Value) error) error {
		entries := n.at(part)
		if entries == nil {
			return nil
		}
		hint := "choose another name; the library's own alerts are tuned under alerts"
		if part == "dashboards" {
			hint = "choose another name"
		}
		for _, name := range entries.keys() {
			entry := entries.fields[name]
			path := []string{"library", part, name}
			if have(name) {
				l.Diags.Add(diag.Diagnostic{Code: codeTwice, Pos: entry.label,
					Message: fmt.Sprintf("%s %q exists in the library already", strings.TrimSuffix(part, "s"), name),
					Hint:    hint})
				continue
			}
			v, ok := l.apply(opinions.LookupPath(cue.ParsePath(definition)), entry, path)
			if !ok {
				continue
			}
			if err := put(name, v); err != nil {
				return fmt.Errorf("decode library.%s.%s: %w", part, name, err)
			}
		}
		return nil
	}
	if err := decode("records", "#Record",
		func(name string) bool {
			_, ok := l.Embedded.Library.Records[name]
			return ok || l.Embedded.Library.SLONames.Own(name)
		},
		func(name string, v cue.Value) error {
			var r model.Record
			defer func() { view.Spec.Library.Records[name] = r }()
			return v.Decode(&r)
		}); err != nil {
		return err
	}
	if err := decode("alerts", "#Alert",
		func(name string) bool {
			for _, slo := range l.Embedded.Library.SLOs {
				if slo.Alert == name {
					return true
				}
			}
			_, ok := l.Embedded.Library.Alerts[name]
			return ok
		},
		func(name string, v cue.Value) error {
			var a model.Alert
			defer func() { view.Spec.Library.Alerts[name] = a }()
			return v.Decode(&a)
		}); err != nil {
		return err
	}
	if err := decode("dashboards", "#Dashboard",
		func(name string) bool { _, ok := l.Embedded.Library.Dashboards[name]; return ok },
		func(name string, v cue.Value) error {
			var d model.Dashboard
			defer func() { view.Spec.Library.Dashboards[name] = d }()
			return v.Decode(&d)
		}); err != nil {
		return err
	}
	l.checkUIDs(n, view.Spec.Library.Dashboards)
	return nil
}

// libraryUIDs begin the uids of the library's dashboards, of their copies for teams
// and of folders.
const libraryUIDs = "aiobs-"

// checkUIDs refuses a dashboard with the uid of another: Grafana would show one
// of the two.
func (l *Loader) checkUIDs(n *node, own map[string]model.Dashboard) {
	of := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		uid := own[name].UID
		fault, hint := "", "choose another uid"
		if other, taken := of[uid]; taken {
			fault = "is the uid of dashboards." + other + " already"
		}
		if strings.HasPrefix(uid, libraryUIDs) {
			fault, hint = "begins with "+libraryUIDs+", which is kept for the library", "begin it with the name of a team"
		}
		if fault != "" {
			l.Diags.Add(diag.Diagnostic{Code: codeTwice, Pos: n.at("dashboards", name, "uid").value,
				Message: fmt.Sprintf("library.dashboards.%s.uid: %q %s", name, uid, fault), Hint: hint})
		}
		of[uid] = name
	}
}

// withoutCases are the tunings of alerts but for what tunedCases validates.
func withoutCases(alerts *node) *node {
	if alerts.fields == nil {
		return alerts
	}
	out := newStruct()
	out.label, out.value = alerts.label, alerts.value
	for name, tuning := range alerts.fields {
		if tuning.at("cases") == nil {
			out.fields[name] = tuning
			continue
		}
		rest := newStruct()
		rest.label, rest.value = tuning.label, tuning.value
		for k, n := range tuning.fields {
			if k != "cases" {
				rest.fields[k] = n
			}
		}
		out.fields[name] = rest
	}
	return out
}

// tunedCases validates the cases of tuned alerts in the library's form.
func (l *Loader) tunedCases(tree *node, view *View) error {
	for _, alert := range keysOf(tree, "alerts") {
		at := []string{"alerts", alert, "cases"}
		cases := map[string]model.Case{}
		for _, name := range keysOf(tree.at("alerts", alert), "cases") {
			opinions, err := l.Embedded.definitions("library")
			if err != nil {
				return err
			}
			v, ok := l.apply(opinions.LookupPath(cue.ParsePath("#Case")), tree.at(append(at, name)...), append(at, name))
			if !ok {
				continue
			}
			var c model.Case
			if err := v.Decode(&c); err != nil {
				return fmt.Errorf("decode %s.%s: %w", strings.Join(at, "."), name, err)
			}
			cases[name] = c
		}
		if tuning, ok := view.Spec.Alerts[alert]; ok {
			tuning.Cases = cases
			view.Spec.Alerts[alert] = tuning
		}
	}
	return nil
}
