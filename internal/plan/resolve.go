package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Resolve looks up every name of the spec. The plan it returns has no rules
// and dashboards yet.
func Resolve(in *Input) *Plan {
	p := &Plan{Owner: in.Spec.Settings.Owner, Cost: in.Spec.Cost, DCGM: in.Catalog.DCGM}
	p.Cluster = in.cluster()
	p.GPUs = in.gpus()
	for _, name := range slices.Sorted(maps.Keys(in.Spec.Workloads)) {
		p.Workloads = append(p.Workloads, in.workload(name, in.Spec.Workloads[name]))
	}
	in.checkInventory(p)
	in.checkModels(p.GPUs)
	p.Teams = in.teams(p.Workloads)
	p.CostTarget = in.costTarget()
	in.checkExporters()
	in.checkOwner()
	in.checkTuning()
	in.checkPolicies()
	in.checkEffect(p.Cluster)
	in.checkGrafana(p.Cluster.Grafana)
	in.checkTolerations(p.Cluster)
	in.checkNamespace(p)
	in.checkPods(p.Workloads)
	in.checkLabels()
	in.checkSelected()
	p.Relabels = relabels(p.Workloads)
	return p
}

// unknown reports a reference to nothing.
func (in *Input) unknown(pos diag.Pos, what, name string, have []string) {
	in.Diags.Add(diag.Diagnostic{Code: codeUnknownName, Pos: pos,
		Message: fmt.Sprintf("there is no %s %q", what, name), Hint: diag.DidYouMean(name, have)})
}

func (in *Input) cluster() Cluster {
	c := Cluster{Name: in.Cluster, Cluster: in.Spec.Clusters[in.Cluster]}
	at := []string{"clusters", in.Cluster, "dcgm"}
	facts := in.Catalog.DCGM
	if len(c.DCGM.NodeSelector) == 0 {
		c.DCGM.NodeSelector = facts.NodeSelector
	}
	if len(c.DCGM.Tolerations) == 0 {
		c.DCGM.Tolerations = facts.Tolerations
	}
	switch d := c.DCGM; {
	case d.Mode == model.ModeGPUOperator:
		c.DCGMVersion = in.operatorExporter(d, at)
	case d.Version == "":
		c.DCGMVersion = facts.DefaultVersion
	default:
		c.DCGMVersion = d.Version
	}
	if _, ok := facts.ImageTags[c.DCGMVersion]; !ok && c.DCGM.Mode == model.ModeExporter && c.DCGMVersion != "" {
		in.Diags.Add(diag.Diagnostic{Code: codeUnsupported, Pos: in.Pos(append(at, "version")...),
			Message: fmt.Sprintf("no image of dcgm-exporter %s is known", c.DCGMVersion),
			Hint:    diag.WantOneOf(slices.Collect(maps.Keys(facts.ImageTags)))})
	}
	if c.DCGMVersion != "" && !catalog.AtLeast(c.DCGMVersion, facts.VerifiedFrom) {
		in.Diags.Add(diag.Diagnostic{Code: codeUnverified, Severity: diag.Warning, Pos: in.LabelPos(at...),
			Message: fmt.Sprintf("the counters of dcgm-exporter %s are known from newer versions only; one that it refuses would stop it at the start", c.DCGMVersion),
			Hint:    fmt.Sprintf("try the counters file on one node first, or run %s or newer", facts.VerifiedFrom)})
	}
	in.checkTimes(c.DCGM.Interval, c.DCGM.Timeout, at)
	return c
}

// operatorExporter finds the exporter that a release of the GPU operator runs.
func (in *Input) operatorExporter(d model.DCGM, at []string) string {
	releases := slices.Collect(maps.Keys(in.Catalog.DCGM.Operators))
	if d.OperatorVersion == "" {
		in.Diags.Add(diag.Diagnostic{Code: codeUnsupported, Pos: in.LabelPos(at...),
			Message: fmt.Sprintf("clusters.%s.dcgm.operatorVersion is missing: the release of the GPU operator decides which exporter runs", in.Cluster),
			Hint:    diag.WantOneOf(releases)})
		return ""
	}
	r, ok := in.Catalog.DCGM.Operators[d.OperatorVersion]
	if !ok {
		in.Diags.Add(diag.Diagnostic{Code: codeUnsupported, Pos: in.Pos(append(at, "operatorVersion")...),
			Message: fmt.Sprintf("the GPU operator's release %s is not known", d.OperatorVersion),
			Hint:    diag.DidYouMean(d.OperatorVersion, releases)})
		return ""
	}
	if d.Version != "" && d.Version != r.Exporter {
		in.Diags.Add(diag.Diagnostic{Code: codeUnsupported, Pos: in.Pos(append(at, "version")...),
			Message: fmt.Sprintf("the GPU operator %s runs dcgm-exporter %s, not %s", d.OperatorVersion, r.Exporter, d.Version),
			Hint:    "leave version out: the operator decides it"})
	}
	return r.Exporter
}

// gpus merges the catalogue's facts, the spec's own and the prices.
func (in *Input) gpus() []GPU {
	var out []GPU
	pools := in.Spec.Clusters[in.Cluster].GPUs
	for _, name := range slices.Sorted(maps.Keys(pools)) {
		price, ok := in.Spec.GPUs[name]
		if !ok {
			in.unknown(in.LabelPos("clusters", in.Cluster, "gpus", name), "GPU model", name, slices.Collect(maps.Keys(in.Spec.GPUs)))
			continue
		}
		facts, ok := in.gpuFacts(name, price)
		if !ok {
			continue
		}
		out = append(out, GPU{Name: name, USDPerHour: price.USDPerHour,
			PerNode: pools[name].PerNode, Nodes: pools[name].Nodes, MIG: pools[name].MIG, Facts: facts})
	}
	// Prices of models that no cluster holds are still checked.
	for _, name := range slices.Sorted(maps.Keys(in.Spec.GPUs)) {
		if _, ok := pools[name]; !ok {
			in.gpuFacts(name, in.Spec.GPUs[name])
		}
	}
	return out
}

func (in *Input) gpuFacts(name string, g model.GPU) (model.GPUFacts, bool) {
	facts, known := in.Catalog.GPUs[name]
	if !known && g.ModelName == "" {
		in.Diags.Add(diag.Diagnostic{Code: codeUnknownName, Pos: in.LabelPos("gpus", name),
			Message: fmt.Sprintf("the catalogue has no GPU model %q", name),
			Hint: strings.TrimPrefix(nearestHint(name, slices.Collect(maps.Keys(in.Catalog.GPUs)))+
				"a model of your own needs modelName, as DCGM reports it", "; ")})
		return facts, false
	}
	if !known {
		facts = model.GPUFacts{Vendor: "nvidia", Temperature: "absolute", Profiling: true}
	}
	set(&facts.ModelName, g.ModelName)
	set(&facts.SlowdownCelsius, g.SlowdownCelsius)
	set(&facts.MemoryMaxCelsius, g.MemoryMaxCelsius)
	set(&facts.Temperature, g.Temperature)
	if g.Profiling != nil {
		facts.Profiling = *g.Profiling
	}
	return facts, true
}

func nearestHint(name string, have []string) string {
	if n := diag.Nearest(name, have); n != "" {
		return fmt.Sprintf("did you mean %q? ", n)
	}
	return ""
}

func set[T comparable](to *T, from T) {
	var zero T
	if from != zero {
		*to = from
	}
}

func (in *Input) workload(name string, w model.Workload) Workload {
	at := func(path ...string) []string { return append([]string{"workloads", name}, path...) }
	out := Workload{Name: name, Kind: w.Kind, Team: w.Team, Namespace: w.Namespace, Model: w.Model,
		Engine: w.Engine, GPU: w.GPU, SLO: w.SLO}
	if _, ok := in.Spec.Teams[w.Team]; !ok {
		in.unknown(in.Pos(at("team")...), "team", w.Team, slices.Collect(maps.Keys(in.Spec.Teams)))
	}
	if _, ok := in.Spec.GPUs[w.GPU.Model]; !ok {
		have := slices.Collect(maps.Keys(in.Spec.GPUs))
		in.unknown(in.Pos(at("gpu", "model")...), "GPU model", w.GPU.Model, have)
	} else if _, ok := in.Spec.Clusters[in.Cluster].GPUs[w.GPU.Model]; !ok {
		in.Diags.Add(diag.Diagnostic{Code: codeInventory, Pos: in.Pos(at("gpu", "model")...),
			Message: fmt.Sprintf("workload %q needs %s, which cluster %q does not list under gpus", name, w.GPU.Model, in.Cluster),
			Notes:   []diag.Note{{Pos: in.LabelPos("clusters", in.Cluster, "gpus"), Text: "this is the cluster's inventory"}},
			Hint:    fmt.Sprintf("add clusters.%q.gpus.%q: perNode: 8, or give the workload clusters", in.Cluster, w.GPU.Model)})
	}
	if w.Traffic != nil {
		out.RequestsPerDay = w.Traffic.RequestsPerDay
	}
	engine := in.engine(name, w)
	out.Exporter = in.spelling(name, w, engine)
	out.Scrape = scrape(name, w.Scrape, engine)
	in.checkTimes(w.Scrape.Interval, w.Scrape.Timeout, at("scrape"))
	owner := w.Pods.Name
	if owner == "" {
		owner = name
	}
	controller := in.Catalog.Controllers[w.Pods.Controller]
	out.PodOwner, out.PodRegex = owner, owner+controller.PodSuffix
	for _, sample := range controller.Samples {
		out.PodSamples = append(out.PodSamples, owner+sample)
	}
	return out
}

func (in *Input) engine(name string, w model.Workload) model.EngineFacts {
	pos := in.Pos("workloads", name, "engine", "name")
	engine, ok := in.Catalog.Engines[w.Engine.Name]
	var ofKind []string
	for n, e := range in.Catalog.Engines {
		if e.Kind == w.Kind {
			ofKind = append(ofKind, n)
		}
	}
	if !ok || engine.Kind != w.Kind {
		in.unknown(pos, w.Kind+" engine", w.Engine.Name, ofKind)
		return engine
	}
	if oldest := in.Catalog.Exporters[engine.Exporter].Since; !catalog.AtLeast(w.Engine.Version, oldest) {
		in.Diags.Add(diag.Diagnostic{Code: codeUnsupported, Pos: in.Pos("workloads", name, "engine", "version"),
			Message: fmt.Sprintf("the metrics of %s %s are not known: the catalogue begins with %s", w.Engine.Name, w.Engine.Version, oldest)})
	}
	return engine
}

// spelling is the exporter of an engine as a deployment spells its metrics.
func (in *Input) spelling(name string, w model.Workload, engine model.EngineFacts) string {
	e, prefix := in.Catalog.Exporters[engine.Exporter], w.Engine.MetricPrefix
	if prefix != "" && e.Prefix == "" && engine.Exporter != "" {
		in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: in.Pos("workloads", name, "engine", "metricPrefix"),
			Message: fmt.Sprintf("the metrics of %s have no prefix that a deployment could spell as %q", w.Engine.Name, prefix),
			Hint:    "leave metricPrefix out; metrics of your own names are described under exporters"})
	}
	return catalog.Spelling(engine.Exporter, e, prefix)
}

func scrape(name string, s model.Scrape, engine model.EngineFacts) Scrape {
	out := Scrape{Via: s.Via, Selector: s.Selector, Port: s.Port, Path: s.Path, Scheme: s.Scheme, Interval: s.Interval, Timeout: s.Timeout}
	if len(out.Selector) == 0 {
		out.Selector = map[string]string{"app.kubernetes.io/name": name}
	}
	if out.Port == "" {
		out.Port = engine.Port
	}
	if out.Path == "" {
		out.Path = engine.Path
	}
	return out
}

// checkTimes refuses what the Prometheus operator refuses: a scrape that may
// take longer than its interval.
func (in *Input) checkTimes(interval, timeout string, at []string) {
	i, _ := model.Seconds(interval)
	t, _ := model.Seconds(timeout)
	if t > i {
		in.Diags.Add(diag.Diagnostic{Code: codeScrape, Pos: in.Pos(append(at, "timeout")...),
			Message: fmt.Sprintf("%s.timeout is %s, longer than the interval of %s: the operator refuses the monitor", strings.Join(at, "."), timeout, interval),
			Hint:    "make timeout at most the interval"})
	}
}

// teams lists who has workloads here, with their share of the budget.
func (in *Input) teams(workloads []Workload) []Team {
	spend := map[string]float64{}
	for _, w := range workloads {
		spend[w.Team] += float64(w.GPU.Count) * in.Spec.GPUs[w.GPU.Model].USDPerHour
	}
	for _, name := range slices.Sorted(maps.Keys(in.Spec.Teams)) {
		if in.Spec.Teams[name].Budget != nil && in.PlannedUSDPerHour[name] == 0 {
			in.Diags.Add(diag.Diagnostic{Code: codeUnwatched, Severity: diag.Warning, Pos: in.LabelPos("teams", name, "budget"),
				Message: fmt.Sprintf("the budget of %s is not watched: no workload of the team holds GPUs", name)})
		}
	}
	var out []Team
	for _, name := range slices.Sorted(maps.Keys(spend)) {
		t, ok := in.Spec.Teams[name]
		if !ok {
			continue
		}
		team := Team{Name: name, Owner: t.Owner, CostCenter: t.CostCenter}
		if total := in.PlannedUSDPerHour[name]; t.Budget != nil && total > 0 {
			team.BudgetUSDPerMonth = math.Round(t.Budget.USDPerMonth*spend[name]/total*100) / 100
		}
		out = append(out, team)
	}
	return out
}

// costTarget finds the range of versions that the cost tool falls in.
func (in *Input) costTarget() model.CostTarget {
	tool := in.Spec.Clusters[in.Cluster].CostTool
	if tool.Name == model.NoCostTool || tool.Name == "" {
		return model.CostTarget{}
	}
	at := []string{"clusters", in.Cluster, "costTool"}
	if tool.Version == "" {
		in.Diags.Errorf(codeUnsupported, in.LabelPos(at...),
			"clusters.%s.costTool.version is missing: the values that %s accepts depend on it", in.Cluster, tool.Name)
		return model.CostTarget{}
	}
	for _, t := range in.Catalog.CostTools[tool.Name] {
		if !catalog.AtLeast(tool.Version, t.Since) || t.Until != "" && catalog.AtLeast(tool.Version, t.Until) {
			continue
		}
		if t.Shape == "none" {
			in.Diags.Errorf(codeUnsupported, in.Pos(append(at, "version")...),
				"%s %s cannot be configured from files: %s", tool.Name, tool.Version, t.Note)
		}
		return t
	}
	in.Diags.Errorf(codeUnsupported, in.Pos(append(at, "version")...), "%s %s is not known to the catalogue", tool.Name, tool.Version)
	return model.CostTarget{}
}

func (in *Input) checkOwner() {
	if _, ok := in.Spec.Teams[in.Spec.Settings.Owner]; !ok && in.Spec.Settings.Owner != "" {
		in.unknown(in.Pos("settings", "owner"), "team", in.Spec.Settings.Owner, slices.Collect(maps.Keys(in.Spec.Teams)))
	}
}

// checkTuning refuses tuning of alerts, params and pairs that do not exist.
func (in *Input) checkTuning() {
	objectives := map[string]bool{}
	for _, s := range in.Library.SLOs {
		objectives[s.Alert] = true
	}
	known := append(slices.Collect(maps.Keys(in.Library.Alerts)), slices.Collect(maps.Keys(objectives))...)
	for name, tuning := range in.Spec.Alerts {
		if !slices.Contains(known, name) {
			if _, own := in.Spec.Library.Alerts[name]; own {
				in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: in.LabelPos("alerts", name),
					Message: fmt.Sprintf("alerts.%s tunes an alert of your own", name), Hint: "change it where it is written, under library"})
			} else {
				in.unknown(in.LabelPos("alerts", name), "alert", name, known)
			}
			continue
		}
		params := in.Library.Alerts[name].Params
		for param := range tuning.Params {
			if _, ok := params[param]; !ok {
				in.unknown(in.LabelPos("alerts", name, "params", param), "param of "+name, param, slices.Collect(maps.Keys(params)))
			}
		}
		in.checkBurnTuning(name, tuning, objectives[name])
	}
}

// checkBurnTuning refuses tuning that no rule or every rule of an alert would
// take: the alert of an objective has a rule for each pair of windows.
func (in *Input) checkBurnTuning(name string, tuning model.AlertTuning, ofObjective bool) {
	var pairs []string
	for _, policy := range in.policies() {
		pairs = append(pairs, slices.Collect(maps.Keys(policy))...)
	}
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	for pair := range tuning.Burn {
		at := in.LabelPos("alerts", name, "burn", pair)
		switch {
		case !ofObjective:
			in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: at, Message: fmt.Sprintf("alerts.%s.burn has no effect: %s is no alert of an objective", name, name),
				Hint: "write for and severity beside it"})
		case !slices.Contains(pairs, pair):
			in.unknown(at, "pair of windows", pair, pairs)
		}
	}
	for field, value := range map[string]string{"for": tuning.For, "severity": tuning.Severity} {
		if ofObjective && value != "" {
			in.Diags.Add(diag.Diagnostic{Code: codeNoEffect, Pos: in.LabelPos("alerts", name, field),
				Message: fmt.Sprintf("alerts.%s.%s would make the rules of all pairs of windows alike", name, field),
				Hint:    fmt.Sprintf("name the pair: burn: %s: %s: %q", pairs[0], field, value)})
		}
	}
}
