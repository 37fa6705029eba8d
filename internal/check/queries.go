package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// Source finds what a finding is about in the user's files.
type Source struct {
	// Rule is the place of a part of a field of a user's rule, by its name; a rule
	// of ours has none.
	Rule func(name, field, part string) diag.Pos
	// Part is the place of a part of a text in an entry of the user's library, by its
	// path, or of the nearest thing that was written; an entry of ours has none.
	Part func(part string, path ...string) diag.Pos
	// Unit that a record declares.
	Unit func(record string) string
	// Place of a name of the spec, by its path, or of the nearest above it; Has
	// reports whether it was written.
	Place func(path ...string) diag.Pos
	Has   func(path ...string) bool
}

// Alert is an alert of the plan whose query has been typed.
type Alert struct {
	plan.Rule
	// carries reports whether the series of its query may have a label.
	carries func(label string) bool
}

// Queries types every query of a cluster against what its monitors bring into
// Prometheus, as they are written: what a rule or panel reads is exported,
// collected, kept and labelled, or the finding names both ends. It returns the
// alerts whose query has a type.
func Queries(p *plan.Plan, x *catalog.Index, files []artifact.File, src Source, diags *diag.List) []Alert {
	q := &queries{plan: p, source: src, diags: diags, scraped: scrapes(files, x), links: map[string][]link{}, world: typecheck.World{
		Catalog: x, Running: map[string][]catalog.Running{}, Recorded: map[string]typecheck.Type{},
		Attached: map[string][]string{}, Dropped: map[string][]string{}, Closed: true,
	}}
	for exporter, runs := range p.Running {
		q.world.Running[exporter] = runs
		s := q.scraped[exporter]
		if s == nil {
			continue // what others scrape may carry any label
		}
		q.world.Attached[exporter], q.world.Dropped[exporter] = append(s.attached, p.Unsaid(exporter)...), s.dropped
	}
	q.world.Learn(recordings(p))
	for _, g := range p.Groups {
		for _, r := range g.Rules {
			q.rule(r)
		}
	}
	q.dashboards(files)
	for _, r := range p.Runbooks {
		for i, c := range r.Page.Checks {
			if c.Query != "" {
				q.query(c.Query, typecheck.InPanel, "runbook "+r.Alert, q.inRule(r.Alert, fmt.Sprintf("runbook.checks.%d.query", i)))
			}
		}
	}
	selection(p, files, q.add)
	return q.alerts
}

type queries struct {
	plan    *plan.Plan
	source  Source
	diags   *diag.List
	scraped map[string]*scraped
	links   map[string][]link // by series
	world   typecheck.World
	alerts  []Alert
}

// place finds a part of a text in the user's files; a text of ours has none.
type place func(part string) diag.Pos

func (q *queries) inRule(name, field string) place {
	return func(part string) diag.Pos { return q.source.Rule(name, field, part) }
}

func (q *queries) in(path ...string) place {
	return func(part string) diag.Pos { return q.source.Part(part, path...) }
}

func (q *queries) add(code, file, format string, args ...any) {
	q.diags.Add(diag.Diagnostic{Code: code, Message: fmt.Sprintf("%s/%s: ", q.plan.Cluster.Name, file) + fmt.Sprintf(format, args...)})
}

func recordings(p *plan.Plan) []typecheck.Recording {
	var out []typecheck.Recording
	for _, g := range p.Groups {
		for _, r := range g.Rules {
			if e, faults := promql.Parse(r.Expr); r.Record != "" && len(faults) == 0 {
				labels := slices.Collect(maps.Keys(r.Labels))
				if r.Labels[plan.LabelSLO] != "" {
					// An objective without a threshold has no target, and is matched on it like
					// the others.
					labels = append(labels, plan.LabelTarget)
				}
				if r.Labels[plan.LabelSLO] != "" || r.Labels[plan.LabelBurn] != "" {
					labels = append(labels, plan.LabelPolicy) // that of a window is not named
				}
				out = append(out, typecheck.Recording{Name: r.Record, Expr: e, Labels: unique(labels)})
			}
		}
	}
	return out
}

// rule types a rule.
func (q *queries) rule(r plan.Rule) {
	name, use := r.Record, typecheck.InRecord
	if r.Alert != "" {
		name, use = r.Alert, typecheck.InAlert
	}
	t, ok := q.query(r.Expr, use, "rule "+name, q.inRule(name, "expr"))
	if !ok {
		return
	}
	if r.Record != "" {
		if f, bad := q.world.Declares(t, q.source.Unit(name)); bad {
			q.report(f, "rule "+name, q.inRule(name, "unit"), "")
		}
		if f, bad := q.world.Names(t, name); bad {
			q.report(f, "rule "+name, q.inRule(name, "expr"), "")
		}
		return
	}
	known := map[string]bool{}
	q.alerts = append(q.alerts, Alert{Rule: r, carries: func(label string) bool {
		if _, ok := known[label]; !ok {
			_, lacks := q.world.Lacks(t, label)
			known[label] = !lacks
		}
		return known[label]
	}})
	for _, field := range slices.Sorted(maps.Keys(r.Annotations)) {
		text := r.Annotations[field]
		for _, f := range q.world.Template(t, text) {
			q.report(f, "text of "+name, q.inRule(name, field), text[f.Start:f.End])
		}
	}
}

// query types one expression, and follows each series to where it comes from.
func (q *queries) query(text string, use typecheck.Use, reader string, at place) (typecheck.Type, bool) {
	e, faults := promql.Parse(text)
	if len(faults) > 0 {
		return typecheck.Type{}, false // told when it was written
	}
	result := q.world.Check(e, typecheck.Query{Use: use, Text: text})
	for _, f := range result.Findings {
		q.report(f, reader, at, text[f.Start:f.End], q.attaches(f, e)...)
	}
	for _, s := range promql.Selectors(e) {
		for _, l := range q.broken(s.Name) {
			q.add(codeLink, l.file, l.fault, reader)
		}
	}
	return result.Type, true
}

// enable says in the spec what a series needs.
func (q *queries) enable(series string) string {
	for _, found := range q.world.Catalog.Find(series) {
		runs := q.world.Running[found.Exporter]
		switch {
		case len(runs) == 0:
			return fmt.Sprintf("if others scrape it here, write clusters.%s.exporters.%q: {}", q.plan.Cluster.Name, found.Exporter)
		case found.Entry.Requires != "" && !slices.ContainsFunc(runs, func(r catalog.Running) bool { return !r.NoProfiling }):
			return "set dcgm.profiling"
		case found.Entry.OptIn != "":
			return "if it is on, say so in flags, of the workload's engine or of the cluster's exporters"
		}
	}
	return ""
}

// attaches names the monitors that could have attached a label that is not there.
func (q *queries) attaches(f typecheck.Finding, e promql.Expr) []diag.Note {
	if f.Code != codeLabel {
		return nil
	}
	var files []string
	for _, s := range promql.Selectors(e) {
		for _, found := range q.world.Catalog.Find(s.Name) {
			if from := q.scraped[found.Exporter]; from != nil {
				for _, m := range from.monitors {
					files = append(files, m.file)
				}
			}
		}
	}
	const most = 3
	files = unique(files)
	if len(files) > most {
		files = append(files[:most], "…")
	}
	if len(files) == 0 {
		return nil
	}
	return []diag.Note{{Text: strings.Join(files, ", ") + " attaches no such label"}}
}

// link is a place between an exporter and Prometheus where a series is lost.
type link struct{ file, fault string }

// broken follows a series from the exporter through its counters file and the
// monitors, and returns where it is lost.
func (q *queries) broken(name string) []link {
	if out, ok := q.links[name]; ok {
		return out
	}
	var out []link
	_, recorded := q.world.Recorded[name]
	for _, found := range q.world.Catalog.Find(name) {
		s := q.scraped[found.Exporter]
		has := func(r catalog.Running) bool { return r.Has(found.Metric, found.Entry) }
		if recorded || s == nil || !slices.ContainsFunc(q.world.Running[found.Exporter], has) {
			continue // what the exporter does not have is told already
		}
		if s.counters != nil && !s.counters[found.Metric] {
			out = append(out, link{s.countersFile, "does not collect " + found.Metric + ", which the %s reads"})
		}
		for _, m := range s.monitors {
			if m.keep != nil && q.exposes(m, found) && !m.keep.MatchString(name) {
				out = append(out, link{m.file, "does not keep " + name + ", which the %s reads"})
			}
		}
	}
	q.links[name] = out
	return out
}

// exposes reports whether what a monitor scrapes has a series.
func (q *queries) exposes(m monitored, found catalog.Series) bool {
	for _, w := range q.plan.Workloads {
		if w.Name == m.workload {
			return w.Running().Has(found.Metric, found.Entry)
		}
	}
	return true // the GPU exporter: its series are there, or it was told
}

func unique(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// report tells a finding: at the user's line, where the text is theirs.
func (q *queries) report(f typecheck.Finding, reader string, at place, part string, notes ...diag.Note) {
	d := diag.Diagnostic{Code: f.Code, Severity: f.Severity, Message: reader + ": " + f.Message, Hint: f.Hint, Notes: notes}
	if f.Code == codeNotEnabled && d.Hint == "" {
		d.Hint = q.enable(part)
	}
	q.tell(d, at(part))
}

// tell adds a finding at a place, or with the name of the cluster where the place
// is not the user's.
func (q *queries) tell(d diag.Diagnostic, pos diag.Pos) {
	d.Pos = pos
	if !pos.IsValid() {
		d.Message = q.plan.Cluster.Name + ": " + d.Message
	}
	q.diags.Add(d)
}
