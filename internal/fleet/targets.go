package fleet

import (
	"maps"
	"path"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/aiobsgen/aiobsgen/internal/evaluate"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/monitors"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// pod adds what the engine of a pod says.
func (r *run) pod(p *Pod) {
	i := slices.IndexFunc(r.plan.Sources, func(s plan.Source) bool { return slices.Contains(s.Workloads, p.Workload.Name) })
	monitor := r.monitors["scrape/"+p.Workload.Name+".yaml"]
	if i < 0 || monitor == nil {
		return
	}
	at := place{node: p.Node, pod: p}
	target := r.target(monitor, at, at, r.hit(at), false)
	var names []string
	for _, name := range p.Workload.Keep {
		if r.Names[name] {
			names = append(names, name)
		}
	}
	r.expose(r.plan.Sources[i], at, names, target, func(c evaluate.Curve) evaluate.Curve { return c }, r.hit(at))
}

// other adds what an exporter exposes that others scrape: one target of it.
func (r *run) other(name string) {
	running := r.plan.Running[name]
	if len(running) == 0 {
		return
	}
	var kept []string
	exporter := r.catalog.Exporters[name]
	for _, series := range slices.Sorted(maps.Keys(r.Names)) {
		kept = append(kept, series)
	}
	hit := r.Case != nil
	target := &target{labels: labels.FromStrings("job", name, "instance", name, "cluster", r.plan.Cluster.Name),
		store:   merged,
		windows: func(c evaluate.Curve) evaluate.Curve { return c }}
	src := plan.Source{Exporter: name, Running: running[0], Bindings: map[string]model.Binding{}}
	if len(exporter.Metrics) > 0 {
		r.expose(src, place{}, kept, target, target.windows, hit)
	}
}

// merged keeps the exposed labels, and the target's where there is none.
func merged(own, exposed labels.Labels) labels.Labels {
	b := labels.NewBuilder(own)
	exposed.Range(func(l labels.Label) { b.Set(l.Name, l.Value) })
	return b.Labels()
}

// target is a scraped endpoint.
type target struct {
	labels labels.Labels
	store  func(own, exposed labels.Labels) labels.Labels
	// windows cuts away the time in which its series are not scraped.
	windows func(evaluate.Curve) evaluate.Curve
}

// gpuMonitor is the monitor of the GPU exporter.
func (r *run) gpuMonitor() *monitors.Monitor {
	for _, file := range slices.Sorted(maps.Keys(r.monitors)) {
		if path.Dir(file) == "dcgm" {
			return r.monitors[file]
		}
	}
	return nil
}

// target adds what Prometheus itself writes for an endpoint.
func (r *run) target(m *monitors.Monitor, at, discovered place, hit, extra bool) *target {
	texts := discovered.texts(0)
	found := map[string]string{}
	for name, text := range r.library.Simulation.Discovered {
		found[name] = texts.Replace(text)
	}
	t := &target{labels: m.Target(labels.FromMap(found)), store: m.Sample, windows: func(c evaluate.Curve) evaluate.Curve { return c }}
	gap := func(c evaluate.Curve) evaluate.Curve { return c.Without(r.Window.From, r.Window.Until) }
	own := t.windows
	scrape := ""
	if hit {
		scrape = r.Case.Scrape
	}
	switch {
	case extra:
		own = func(c evaluate.Curve) evaluate.Curve { return c.Cut(r.Window.From, r.Window.Until) }
	case scrape == "gone":
		t.windows, own = gap, gap
	case scrape != "":
		t.windows = gap
	}
	for _, name := range slices.Sorted(maps.Keys(r.library.Simulation.Target)) {
		usual, err := behave(r.library.Simulation.Target[name], model.Gauge, 1, r.numbers(at))
		r.check(err)
		var change *behaviour
		if name == r.library.Simulation.Up && scrape == "fails" {
			change = &behaviour{value: number(0)}
		}
		if b, ok := r.library.Simulation.Empty[name]; ok && (scrape == "empty" || scrape == "fails") {
			nothing, err := behave(b, model.Gauge, 1, r.numbers(at))
			r.check(err)
			change = &nothing
		}
		one := exposed{labels: map[string]string{labels.MetricName: name}, metric: name}
		for _, f := range r.faults {
			if hit && f.names(one) {
				r.used[f.key] = true
				b, err := behave(f.change, model.Gauge, 1, r.numbers(at))
				r.check(err)
				change = &b
			}
		}
		if r.Names[name] {
			b := labels.NewBuilder(t.labels).Set(labels.MetricName, name)
			r.add(b.Labels(), own(draw(gauge, 0, usual, change, r.Window)))
		}
	}
	return t
}
