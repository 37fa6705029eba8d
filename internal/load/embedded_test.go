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
			declared, known := e.Library.Signals[signal]
			if !known && slices.ContainsFunc(slices.Collect(maps.Values(e.Catalog.Engines)), func(f model.EngineFacts) bool {
				return f.Exporter == exporterName && f.Kind == model.Inference
			}) {
				t.Errorf("%s binds %s, which is no signal", exporterName, signal)
			}
			for _, b := range readings(bindings) {
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
				if known && kind != declared.Type {
					t.Errorf("%s is a %s, the signal a %s", at, kind, declared.Type)
				}
				if b.Scale == 0 || kind == model.Histogram && (b.Scale != 1 || len(b.Repeated) > 0) {
					t.Errorf("%s: neither a factor nor the largest of several ranks is a distribution", at)
				}
				carries := slices.Concat(m.Labels, exporter.Labels)
				for _, matcher := range s.LabelMatchers {
					if matcher.Name != "__name__" && !slices.Contains(carries, matcher.Name) {
						t.Errorf("%s: there is no label %s", at, matcher.Name)
					}
				}
				for _, label := range b.Repeated {
					if !slices.Contains(carries, label) {
						t.Errorf("%s: there is no label %s that repeats a value", at, label)
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

// readings are bindings with each of their series by itself.
func readings(bindings []model.Binding) []model.Binding {
	var out []model.Binding
	for _, b := range bindings {
		for _, series := range append([]string{b.Series}, b.With...) {
			one := b
			one.Series = series
			out = append(out, one)
		}
	}
	return out
}

// A simulated series that a binding reads has the labels of its example: each is a
// label of one of the binding's series and a value that exists, and every matcher
// accepts it. What no equality decides has an example.
func TestExamplesOfBindings(t *testing.T) {
	e := embedded(t)
	seen := 0
	for exporterName, exporter := range e.Catalog.Exporters {
		for signal, bindings := range exporter.Signals {
			for _, b := range bindings {
				unused := maps.Clone(b.Example)
				for _, one := range readings([]model.Binding{b}) {
					at := fmt.Sprintf("%s: %s: %s", exporterName, signal, one.Series)
					expr, _ := promql.Parse(one.Series)
					s := expr.(*promql.Selector)
					m, _, _ := metricOf(exporter, s.Name)
					for _, matcher := range s.LabelMatchers {
						value, given := b.Example[matcher.Name]
						switch equality := promql.MatchKind(matcher.Type) == promql.Equal; {
						case matcher.Name == "__name__":
						case !given && !equality:
							t.Errorf("%s has no example of %s", at, matcher.Name)
						case given && !matcher.Matches(value):
							t.Errorf("%s does not match the example %s=%q", at, matcher.Name, value)
						}
					}
					for _, label := range slices.Concat(m.Labels, exporter.Labels) {
						value, given := b.Example[label]
						if values := m.Values[label]; given && len(values) > 0 && !slices.Contains(values, value) {
							t.Errorf("%s: %s is never %q", at, label, value)
						}
						delete(unused, label)
					}
					seen++
				}
				for label := range unused {
					t.Errorf("%s: %s: no series has the label %s of the example", exporterName, signal, label)
				}
			}
		}
	}
	if seen < 100 {
		t.Errorf("%d series were looked at", seen)
	}
}

// Series that are read together have no set of labels in common: one would hide
// the other.
func TestSeriesReadTogetherDiffer(t *testing.T) {
	e := embedded(t)
	for exporterName, exporter := range e.Catalog.Exporters {
		for signal, bindings := range exporter.Signals {
			for _, b := range bindings {
				seen := map[string]string{}
				for _, one := range readings([]model.Binding{b}) {
					expr, _ := promql.Parse(one.Series)
					m, _, _ := metricOf(exporter, expr.(*promql.Selector).Name)
					labels := strings.Join(slices.Sorted(slices.Values(m.Labels)), " ")
					if other, ok := seen[labels]; ok {
						t.Errorf("%s: %s: %s and %s have the same labels", exporterName, signal, other, one.Series)
					}
					seen[labels] = one.Series
				}
			}
		}
	}
}

// Every signal of inference says what a server reports while it works, and while
// nobody calls it.
func TestSignalsBehave(t *testing.T) {
	e := embedded(t)
	for name, s := range e.Library.Signals {
		if s.Of != model.Inference {
			continue
		}
		for state, b := range map[string]*model.Behaviour{"healthy": s.Healthy, "idle": s.Idle} {
			if b == nil {
				t.Errorf("%s does not say what it is when %s", name, state)
				continue
			}
			said := map[string]bool{
				model.Gauge:     b.Value != "" || b.Age != "",
				model.Counter:   b.Rate != "" || b.Absent,
				model.Histogram: b.Rate != "" && (b.Observe != "" || b.Rate == "0"),
			}
			if !said[s.Type] {
				t.Errorf("%s is a %s, and %s is %+v", name, s.Type, state, *b)
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
		model.Inference: {"vllm", "0.32.0"},
		model.Training:  {"trainer", "1.2.0"},
		model.OfGPU:     {"dcgm", "4.8.2"},
	}
	// What vLLM does not tell, or another program than an engine.
	picker := struct{ exporter, version string }{"endpoint-picker", "0.10.0"}
	triton := struct{ exporter, version string }{"triton", "2.42.0"}
	others := map[string]struct{ exporter, version string }{
		"draft_acceptance": {"sglang", "0.5.20"}, "adapter_slots": {"sglang", "0.5.20"}, "running_limit": {"trtllm", "1.3.0"},
		"pick_time": picker, "picks": picker, "picks_failed": picker, "ready_endpoints": picker, "stage_decisions": picker,
		"plugin_time": picker, "prefix_index_entries": picker, "prefix_index_hits": picker,
		"queue_time_total": triton, "input_time_total": triton, "infer_time_total": triton, "output_time_total": triton, "timed_requests": triton,
	}
	seen := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(e.Library.Signals)) {
		of := e.Library.Signals[name].Of
		seen[of]++
		n, ok := newest[of]
		if other, has := others[name]; has {
			n = other
		}
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
