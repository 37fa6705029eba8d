package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Prefixes of the library's placeholders.
const (
	signalPrefix = "signal:"
	targetPrefix = "target:"
	factPrefix   = "fact:"
	paramPrefix  = "param:"
	scopePrefix  = "scope_"
	classPrefix  = "class:"
)

// lowering writes the queries of one plan.
type lowering struct {
	in   *Input
	plan *Plan
	// records are those that exist in this cluster, by name, lowered.
	records map[string]lowered
	// library is the embedded one with the user's entries in it.
	library model.Library
	// classes by name: the regular expression of their values.
	classes map[string]string
	sources []source
	// objectives are those that are measured here; their alerts are written
	// with the others, when it is known which dashboards there are.
	objectives []objective
	// reads collects the readers of each series.
	reads  map[string][]string
	labels map[string]bool
	// tooOld are records that read a longer past than Prometheus keeps.
	tooOld map[string]string
}

// lowered is a record ready to be written: one rule, or one for each instance.
type lowered struct {
	rules  []Rule
	group  string
	every  string   // how often, "" at each interval
	reads  []string // recorded names that it reads
	origin Origin
}

// A source exposes series: the GPU exporter, or one engine at one version.
type source struct {
	of        string // "gpu" or a kind of workload
	exporter  string
	running   catalog.Running
	workloads []string
}

// Lower writes every rule and panel, and closes the world.
func Lower(in *Input, p *Plan) {
	l := &lowering{in: in, plan: p, records: map[string]lowered{}, reads: map[string][]string{}, labels: map[string]bool{}, tooOld: map[string]string{}}
	l.library = WithUser(*in.Library, in.Spec.Library)
	l.addEdges()
	l.sources = sources(p)
	p.Running = running(l.sources, p)
	p.Sources = l.bindings()
	l.classes = classes(in.Catalog, p.Workloads)
	l.lowerSLOs()
	l.lowerRecords()
	l.lowerDashboards()
	p.DashboardLimits = l.library.DashboardLimits
	l.lowerFolders()
	alerts := l.lowerAlerts()
	l.lowerRunbooks(alerts)
	l.groups(alerts)
	l.lowerRouting()
	l.close()
}

// WithUser adds the user's records, alerts and dashboards.
func WithUser(lib model.Library, user model.UserLibrary) model.Library {
	lib.Records, lib.Alerts, lib.Dashboards = maps.Clone(lib.Records), maps.Clone(lib.Alerts), maps.Clone(lib.Dashboards)
	maps.Copy(lib.Records, user.Records)
	maps.Copy(lib.Alerts, user.Alerts)
	maps.Copy(lib.Dashboards, user.Dashboards)
	return lib
}

// sources lists who exposes series here: newest engines first, so that in
// "new or old" the newer name wins where both are there.
func sources(p *Plan) []source {
	gpu := source{of: model.OfGPU, exporter: GPUExporter, running: gpuExporter(p)}
	out := []source{gpu}
	// A model without profiling metrics is read by the coarser field, beside
	// the others.
	if !gpu.running.NoProfiling && slices.ContainsFunc(p.GPUs, func(g GPU) bool { return !g.Facts.Profiling }) {
		gpu.running.NoProfiling = true
		out = append(out, gpu)
	}
	byEngine := map[string]*source{}
	var keys []string
	for _, w := range p.Workloads {
		key := strings.Join(append([]string{w.Exporter, w.Engine.Version}, append(slices.Clone(w.Engine.Flags), w.Args...)...), " ")
		s := byEngine[key]
		if s == nil {
			s = &source{of: w.Kind, exporter: w.Exporter, running: w.Running()}
			byEngine[key] = s
			keys = append(keys, key)
		}
		s.workloads = append(s.workloads, w.Name)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, y := byEngine[a], byEngine[b]
		if x.exporter != y.exporter {
			return strings.Compare(x.exporter, y.exporter)
		}
		if x.running.Version == y.running.Version {
			return strings.Compare(a, b)
		}
		if catalog.AtLeast(x.running.Version, y.running.Version) {
			return -1
		}
		return 1
	})
	for _, k := range keys {
		out = append(out, *byEngine[k])
	}
	return out
}

// GPUExporter and targetExporter are keys of the catalogue's exporters.
const (
	GPUExporter    = catalog.DCGM
	targetExporter = "prometheus"
)

// classes builds the regular expressions that stand for a class of values.
func classes(c *model.Catalog, workloads []Workload) map[string]string {
	lists := map[string][]string{}
	for code, x := range c.XIDs {
		lists["xid."+x.Class] = append(lists["xid."+x.Class], code)
	}
	for _, w := range workloads {
		lists["workloads."+w.Kind] = append(lists["workloads."+w.Kind], w.Name)
	}
	out := map[string]string{}
	for name, list := range lists {
		slices.SortFunc(list, natural)
		out[name] = strings.Join(list, "|")
	}
	return out
}

// natural orders numbers by value: shorter first, then by text.
func natural(a, b string) int {
	if len(a) != len(b) && a[0] <= '9' && b[0] <= '9' {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// parse reads a query of the library or of the spec.
func (l *lowering) parse(text string, at ...string) promql.Expr {
	e, faults := promql.Parse(text)
	for _, f := range faults {
		l.in.Diags.Add(diag.Diagnostic{Code: codeQuery, Pos: l.in.InString(f.Start, f.End, at...),
			Message: fmt.Sprintf("%s: PromQL: %s", strings.Join(at, "."), f.Message)})
	}
	if len(faults) > 0 {
		return nil
	}
	if kind, ok := promql.HasValue(e); !ok {
		l.in.Diags.Errorf(codeQuery, l.in.InString(0, len(text), at...), "%s: PromQL: found a %s, want a value for each series", strings.Join(at, "."), kind)
		return nil
	}
	return l.expand(e, at)
}

// expand replaces label placeholders and classes.
func (l *lowering) expand(e promql.Expr, at []string) promql.Expr {
	e = promql.Labels(e, func(label string) ([]string, bool) {
		name, ok := strings.CutPrefix(label, scopePrefix)
		if !ok {
			return nil, false
		}
		level, ok := l.library.Levels[name]
		if !ok {
			l.placeholder(label, slices.Collect(maps.Keys(l.library.Levels)), at)
		}
		return level.Labels, ok
	})
	return promql.Rewrite(e, func(e promql.Expr) promql.Expr {
		s, ok := e.(*promql.Selector)
		if !ok {
			return e
		}
		if v, ok := promql.MatcherValue(s, "le"); ok && v == promql.TargetEdge && at[1] != "slos" {
			l.in.Diags.Add(diag.Diagnostic{Code: codePlaceholder, Pos: l.in.Find(promql.TargetEdge, at...),
				Message: fmt.Sprintf("%s: le=%q stands for a bucket edge in an SLO of the library only", strings.Join(at, "."), v),
				Hint:    "write the edge, such as le=\"0.25\""})
		}
		for _, m := range s.LabelMatchers {
			name, ok := strings.CutPrefix(m.Value, classPrefix)
			if !ok {
				continue
			}
			values, ok := l.classes[name]
			if !ok && !strings.HasPrefix(name, "workloads.") {
				l.placeholder(m.Value, slices.Collect(maps.Keys(l.classes)), at)
				continue
			}
			// A class without members matches nothing: no value is "-".
			if values == "" {
				values = "-"
			}
			return promql.Match(s, promql.Regexp, m.Name, values)
		}
		return e
	})
}

func (l *lowering) placeholder(name string, have []string, at []string) {
	l.in.Diags.Add(diag.Diagnostic{Code: codePlaceholder, Pos: l.in.Find(name, at...),
		Message: fmt.Sprintf("%s: the placeholder %s stands for nothing", strings.Join(at, "."), name),
		Hint:    placeholderHint(name, have)})
}

// placeholderHint compares the part after the kind: queue_dept of
// signal:queue_dept.
func placeholderHint(name string, have []string) string {
	prefix, rest, ok := strings.Cut(name, ":")
	if ok {
		prefix += ":"
	} else {
		prefix, rest = scopePrefix, strings.TrimPrefix(name, scopePrefix)
	}
	full := make([]string, len(have))
	for i, h := range have {
		full[i] = prefix + h
	}
	if near := diag.Nearest(rest, have); near != "" {
		return fmt.Sprintf("did you mean %q?", prefix+near)
	}
	return diag.WantOneOf(full)
}

// level is the level that a recorded name starts with.
func (l *lowering) level(name string) (model.Level, bool) {
	prefix, _, ok := strings.Cut(name, ":")
	if !ok {
		return model.Level{}, false
	}
	level, ok := l.library.Levels[prefix]
	return level, ok
}

// isRecorded reports whether a name is one that a rule of ours records.
func (l *lowering) isRecorded(name string) bool {
	if _, ok := l.library.Records[name]; ok {
		return true
	}
	return l.library.SLONames.Own(name)
}

// LabelExporter tells by which exporter of the catalogue a target is read; the
// monitors that we write attach it.
const LabelExporter = "exporter"

// Labels of identity, on every target of a workload or a node.
const (
	LabelWorkload  = labelWorkload
	LabelPod       = labelPod
	LabelNode      = "node"
	LabelModelName = labelModelName
)
