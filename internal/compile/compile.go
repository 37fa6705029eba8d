package compile

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/generators/alertmanager"
	"github.com/aiobsgen/aiobsgen/generators/dashboards"
	"github.com/aiobsgen/aiobsgen/generators/dcgm"
	"github.com/aiobsgen/aiobsgen/generators/kubecost"
	"github.com/aiobsgen/aiobsgen/generators/kustomization"
	"github.com/aiobsgen/aiobsgen/generators/rules"
	"github.com/aiobsgen/aiobsgen/generators/runbooks"
	"github.com/aiobsgen/aiobsgen/generators/scrape"
	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/check"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// generators write the files of a cluster from its plan. Each returns its
// files and which of them are Kubernetes objects.
var generators = []struct {
	name string
	run  func(*plan.Plan) ([]artifact.File, []string, error)
}{
	{"dcgm", dcgm.Generate},
	{"scrape", scrape.Generate},
	{"kubecost", kubecost.Generate},
	{"rules", rules.Generate},
	{"dashboards", dashboards.Generate},
	{"runbooks", runbooks.Generate},
	{"alertmanager", alertmanager.Generate},
}

// Output is what a spec compiles into.
type Output struct {
	Set   *artifact.Set
	Stats Stats
	// Routed is whom Alertmanager tells of what, by cluster; a cluster is not there
	// where no team has receivers.
	Routed map[string][]check.Routed

	clusters []cluster
}

// cluster is a compiled cluster, with its files below its own folder.
type cluster struct {
	plan  *plan.Plan
	view  *load.View
	files []artifact.File
}

// Stats counts what was made, for the summary line.
type Stats struct {
	Clusters, Files, Rules, Panels int
}

// Compiler compiles one spec.
type Compiler struct {
	Diags  *diag.List
	loader *load.Loader
}

// New prepares to compile the spec in a folder or file. An error is a fault of
// the embedded catalogue or library.
func New(dir string) (*Compiler, error) {
	embedded, err := load.LoadEmbedded()
	if err != nil {
		return nil, fmt.Errorf("embedded CUE: %w", err)
	}
	diags := &diag.List{}
	loader, err := load.NewLoader(embedded, dir, diags)
	if err != nil {
		return nil, fmt.Errorf("embedded CUE: %w", err)
	}
	return &Compiler{Diags: diags, loader: loader}, nil
}

// Source returns the text of a file that a diagnostic names.
func (c *Compiler) Source(file string) []byte { return c.loader.Source(file) }

// Compile runs the pipeline. What is wrong with the spec is in Diags, and the
// output is then nil; an error is one of I/O or a fault of a generator.
func (c *Compiler) Compile() (*Output, error) {
	spec, err := c.loader.Load()
	if err != nil || c.Diags.HasErrors() {
		return nil, err
	}
	plans := c.plan(spec)
	if c.Diags.HasErrors() {
		return nil, nil
	}
	out := &Output{Set: &artifact.Set{}, Stats: Stats{Clusters: len(plans)}, Routed: map[string][]check.Routed{}}
	for _, p := range plans {
		files, err := generate(p)
		if err != nil {
			return nil, fmt.Errorf("cluster %s: %w", p.Cluster.Name, err)
		}
		view := spec.Clusters[p.Cluster.Name]
		tests, err := c.ruleTests(cluster{p, view, files})
		if err != nil {
			return nil, fmt.Errorf("cluster %s: %w", p.Cluster.Name, err)
		}
		files = append(files, tests...)
		check.Output(p.Cluster.Name, files, func(rule string) diag.Pos { return userRule(view, rule) }, c.Diags)
		alerts := check.Queries(p, catalog.New(catalog.With(&c.loader.Embedded.Catalog, view.Spec)), files, c.source(view), c.Diags)
		routed := check.Routes(p, alerts, files, c.source(view), c.Diags)
		if routed != nil {
			out.Routed[p.Cluster.Name] = routed
		}
		trace, err := traceFile(p, view, c.loader)
		if err != nil {
			return nil, err
		}
		out.clusters = append(out.clusters, cluster{p, view, files})
		for _, f := range append(files, trace) {
			f.Path = path.Join(p.Cluster.Name, f.Path)
			if err := out.Set.Add(f); err != nil {
				return nil, err
			}
		}
		out.Stats.add(p)
	}
	if c.Diags.HasErrors() {
		return nil, nil
	}
	out.Stats.Files = len(out.Set.Files())
	return out, nil
}

// source leads from a finding to the user's rules.
func (c *Compiler) source(view *load.View) check.Source {
	return check.Source{
		Part: func(part string, path ...string) diag.Pos {
			if !view.Has(path...) {
				return diag.Pos{}
			}
			return view.Find(part, path...)
		},
		Rule:  func(name, field, part string) diag.Pos { return userPart(view, name, field, part) },
		Place: view.LabelPos,
		Has:   view.Has,
		Unit: func(record string) string {
			if r, ok := view.Spec.Library.Records[record]; ok {
				return r.Unit
			}
			return c.loader.Embedded.Library.Records[record].Unit
		},
	}
}

// userPart is where a part of a field of a user's rule stands, and the rule itself
// where the field was not written.
func userPart(view *load.View, name, field, part string) diag.Pos {
	if field == "reason" {
		field = "why" // as the library calls it
	}
	for _, kind := range []string{"alerts", "records"} {
		if at := append([]string{"library", kind, name}, strings.Split(field, ".")...); view.Has(at...) {
			return view.Find(part, at...)
		}
	}
	return userRule(view, name)
}

// userRule is where the user wrote a rule; a rule of ours has no place.
func userRule(view *load.View, name string) diag.Pos {
	for _, part := range []string{"alerts", "records"} {
		if view.Has("library", part, name) {
			return view.LabelPos("library", part, name)
		}
	}
	return diag.Pos{}
}

// plan resolves every cluster, then lowers those whose names resolved.
func (c *Compiler) plan(spec *load.Result) []*plan.Plan {
	planned := plannedSpend(spec)
	var plans []*plan.Plan
	var inputs []*plan.Input
	for _, name := range slices.Sorted(maps.Keys(spec.Clusters)) {
		view := spec.Clusters[name]
		in := &plan.Input{
			Cluster: name, Spec: view.Spec,
			Catalog: catalog.With(&c.loader.Embedded.Catalog, view.Spec), Library: &c.loader.Embedded.Library,
			PlannedUSDPerHour: planned,
			Diags:             c.Diags, Pos: view.Pos, LabelPos: view.LabelPos, Has: view.Has, InString: view.InString, Find: view.Find,
		}
		plans, inputs = append(plans, plan.Resolve(in)), append(inputs, in)
	}
	if c.Diags.HasErrors() {
		return nil
	}
	for i, p := range plans {
		plan.Lower(inputs[i], p)
	}
	return plans
}

// plannedSpend is what each team's GPUs cost over all clusters by the spec.
func plannedSpend(spec *load.Result) map[string]float64 {
	out := map[string]float64{}
	for _, cluster := range slices.Sorted(maps.Keys(spec.Clusters)) {
		s := spec.Clusters[cluster].Spec
		for _, name := range slices.Sorted(maps.Keys(s.Workloads)) {
			w := s.Workloads[name]
			out[w.Team] += float64(w.GPU.Count) * s.GPUs[w.GPU.Model].USDPerHour
		}
	}
	return out
}

func generate(p *plan.Plan) ([]artifact.File, error) {
	var files []artifact.File
	var resources []string
	for _, g := range generators {
		f, r, err := g.run(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", g.name, err)
		}
		files, resources = append(files, f...), append(resources, r...)
	}
	k, err := kustomization.Generate(p, resources)
	if err != nil {
		return nil, err
	}
	return append(files, k...), nil
}

func (s *Stats) add(p *plan.Plan) {
	for _, g := range p.Groups {
		s.Rules += len(g.Rules)
	}
	for _, d := range p.Dashboards {
		for _, r := range d.Rows {
			s.Panels += len(r.Panels)
		}
	}
}
