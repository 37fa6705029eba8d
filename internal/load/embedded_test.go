package load

import (
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"golang.org/x/mod/semver"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/profiles"
)

// Nothing that the compiler carries is left empty by the way it is read.
func TestEmbeddedIsComplete(t *testing.T) {
	e := embedded(t)
	for name, of := range map[string]reflect.Value{"Catalog": reflect.ValueOf(e.Catalog), "Library": reflect.ValueOf(e.Library)} {
		for i := range of.NumField() {
			if f := of.Field(i); f.IsZero() || f.Kind() == reflect.Map && f.Len() == 0 {
				t.Errorf("%s.%s is empty", name, of.Type().Field(i).Name)
			}
		}
	}
	l := newLoader(t, e, ".", &diag.List{})
	for _, dir := range []string{"spec.cue", "catalog/vllm.cue", "library/alerts_gpu.cue"} {
		if len(l.Source("schema/"+dir)) == 0 {
			t.Errorf("schema/%s has no text to show a line of", dir)
		}
	}
}

// A ready-made profile fits #Profile, and a cluster with it the whole schema.
func TestReadyMadeProfiles(t *testing.T) {
	e := embedded(t)
	names := readyMade()
	if len(names) < 4 {
		t.Errorf("the profiles are %v", names)
	}
	for _, name := range names {
		data, err := fs.ReadFile(profiles.Files, name+".cue")
		if err != nil {
			t.Error(err)
			continue
		}
		v := e.ctx.CompileBytes(data, cue.Filename(name)).Unify(definitions(t, e, ".").LookupPath(cue.ParsePath("#Profile")))
		if err := v.Validate(cue.Concrete(true)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if text, err := v.LookupPath(cue.ParsePath("description")).String(); err != nil || text == "" {
			t.Errorf("%s has no description", name)
		}
		mustLoad(t, map[string]string{"fleet.cue": minimal + workload + fmt.Sprintf("clusters: prod: profiles: [%q]\n", name)})
	}
}

// metricOf finds the metric that a selector reads, and the type of what it
// reads: the sum and the count of a histogram are counters.
func metricOf(e model.Exporter, name string) (m model.Metric, kind string, ok bool) {
	if m, ok := e.Metrics[name]; ok {
		return m, m.Type, true
	}
	for _, suffix := range []string{"_count", "_sum"} {
		if m, ok := e.Metrics[strings.TrimSuffix(name, suffix)]; ok && strings.HasSuffix(name, suffix) && m.Type == "histogram" {
			return m, "counter", true
		}
	}
	return model.Metric{}, "", false
}

// Every way to read a signal is a selector of a metric that the exporter has,
// of the signal's type, matched on labels that it carries.
func TestBindingsNameMetrics(t *testing.T) {
	e := embedded(t)
	for exporterName, exporter := range e.Catalog.Exporters {
		for signal, bindings := range exporter.Signals {
			if len(bindings) == 0 {
				t.Errorf("%s: %s is bound to nothing", exporterName, signal)
			}
			for _, b := range bindings {
				at := fmt.Sprintf("%s: %s: %s", exporterName, signal, b.Series)
				expr, faults := promql.Parse(b.Series)
				if len(faults) > 0 {
					t.Errorf("%s: %v", at, faults)
					continue
				}
				s, ok := expr.(*promql.Selector)
				if !ok {
					t.Errorf("%s is no selector", at)
					continue
				}
				m, kind, ok := metricOf(exporter, s.Name)
				if !ok {
					t.Errorf("%s: the exporter has no such series", at)
					continue
				}
				if declared, ok := e.Library.Signals[signal]; ok && kind != declared.Type {
					t.Errorf("%s is a %s, the signal a %s", at, kind, declared.Type)
				}
				if b.Scale == 0 {
					t.Errorf("%s: the factor is 0", at)
				}
				for _, matcher := range s.LabelMatchers {
					if matcher.Name != "__name__" && !slices.Contains(m.Labels, matcher.Name) && !slices.Contains(exporter.Labels, matcher.Name) {
						t.Errorf("%s: there is no label %s", at, matcher.Name)
					}
				}
			}
		}
		// Who carries on is there.
		for name, m := range exporter.Metrics {
			if m.ReplacedBy != "" && exporter.Metrics[m.ReplacedBy].Type == "" {
				t.Errorf("%s: %s is replaced by %s, which is not there", exporterName, name, m.ReplacedBy)
			}
		}
	}
}

// available reports whether a version exposes a metric without being asked.
func available(m model.Metric, version string) bool {
	before := func(limit string) bool { return semver.Compare("v"+version, "v"+limit) < 0 }
	return (m.Since == "" || !before(m.Since)) && (m.Hidden == "" || before(m.Hidden)) && (m.Removed == "" || before(m.Removed))
}

// What the library asks for, the newest of each kind that was checked has.
func TestEverySignalIsBound(t *testing.T) {
	e := embedded(t)
	newest := map[string]struct{ exporter, version string }{
		model.Inference: {"vllm", "0.30.0"},
		model.Training:  {"trainer", "1.1.0"},
		model.OfGPU:     {"dcgm", "4.8.2"},
	}
	seen := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(e.Library.Signals)) {
		of := e.Library.Signals[name].Of
		seen[of]++
		n, ok := newest[of]
		if !ok {
			t.Errorf("signal %s is of %q", name, of)
			continue
		}
		exporter := e.Catalog.Exporters[n.exporter]
		if !slices.ContainsFunc(exporter.Signals[name], func(b model.Binding) bool {
			expr, _ := promql.Parse(b.Series)
			m, _, ok := metricOf(exporter, expr.(*promql.Selector).Name)
			return ok && available(m, n.version)
		}) {
			t.Errorf("%s %s has no series for signal %s", n.exporter, n.version, name)
		}
	}
	for of := range newest {
		if seen[of] == 0 {
			t.Errorf("the library has no signal of %s", of)
		}
	}
}
