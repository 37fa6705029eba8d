package catalog

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// facts are small enough to be read beside what is asked of them.
var facts = &model.Catalog{Engines: map[string]model.EngineFacts{}, Exporters: map[string]model.Exporter{
	"engine": {Title: "Engine", Owns: []string{"eng_"}, Partial: []string{"eng_plugin_"}, Metrics: map[string]model.Metric{
		"eng_latency_seconds": {Type: model.Histogram, Unit: "seconds", Labels: []string{"route"}},
		"eng_size_bytes":      {Type: model.Summary, Unit: "bytes"},
		"eng_requests_total":  {Type: model.Counter, Unit: "requests", Labels: []string{"route", "code"}, Keys: []string{"route"}},
		"eng_queue":           {Type: model.Gauge, Unit: "requests"},
	}},
	"proxy": {Title: "Proxy", Metrics: map[string]model.Metric{
		"eng_queue": {Type: model.Gauge, Unit: "requests"},
	}},
}}

func TestFind(t *testing.T) {
	x := New(facts)
	for _, tt := range []struct {
		name      string
		exporters string
		metric    string
		part      Part
		unit      string
		monotonic bool
		labels    string
		keys      string
	}{
		{"eng_latency_seconds_bucket", "engine", "eng_latency_seconds", Bucket, "count", true, "route le", "route le"},
		{"eng_latency_seconds_sum", "engine", "eng_latency_seconds", Sum, "seconds", true, "route", "route"},
		{"eng_latency_seconds_count", "engine", "eng_latency_seconds", Count, "count", true, "route", "route"},
		{"eng_latency_seconds_created", "engine", "eng_latency_seconds", Created, "seconds", false, "route", "route"},
		{"eng_latency_seconds", "", "", 0, "", false, "", ""}, // of a histogram the bare name is no series
		{"eng_size_bytes", "engine", "eng_size_bytes", Value, "bytes", false, "quantile", ""},
		{"eng_size_bytes_count", "engine", "eng_size_bytes", Count, "count", true, "", ""},
		{"eng_size_bytes_bucket", "", "", 0, "", false, "", ""},
		{"eng_requests_total", "engine", "eng_requests_total", Value, "requests", true, "route code", "route"},
		{"eng_requests_created", "engine", "eng_requests", Created, "seconds", false, "route code", "route"},
		{"eng_requests", "", "", 0, "", false, "", ""},
		{"eng_queue", "engine proxy", "eng_queue", Value, "requests", false, "", ""},
		{"eng_queue_sum", "", "", 0, "", false, "", ""},
	} {
		found := x.Find(tt.name)
		var exporters []string
		for _, s := range found {
			exporters = append(exporters, s.Exporter)
		}
		if got := strings.Join(exporters, " "); got != tt.exporters {
			t.Errorf("%s is found on %q, want %q", tt.name, got, tt.exporters)
			continue
		}
		if len(found) == 0 {
			continue
		}
		s := found[0]
		if s.Metric != tt.metric || s.Part != tt.part || s.Unit() != tt.unit || s.Monotonic() != tt.monotonic {
			t.Errorf("%s is part %d of %s in %s, monotonic: %t", tt.name, s.Part, s.Metric, s.Unit(), s.Monotonic())
		}
		if labels, keys := strings.Join(s.Labels(), " "), strings.Join(s.Keys(), " "); labels != tt.labels || keys != tt.keys {
			t.Errorf("%s has the labels %q and the keys %q, want %q and %q", tt.name, labels, keys, tt.labels, tt.keys)
		}
	}
	if h, ok := x.Histogram("eng_latency_seconds"); !ok || h.Exporter != "engine" {
		t.Error("the histogram is not known by its bare name")
	}
}

// A sum of what may be negative falls as well.
func TestSumOfNegativeValuesFalls(t *testing.T) {
	low := -1.0
	s := Series{Part: Sum, Entry: model.Metric{Type: model.Histogram, Min: &low}}
	if s.Monotonic() {
		t.Error("it is taken for a counter")
	}
}

func TestOwner(t *testing.T) {
	x := New(facts)
	for name, want := range map[string]string{"eng_anything": "engine", "eng_plugin_x": "", "other": ""} {
		owner, ok := x.Owner(name)
		if owner != want || ok != (want != "") {
			t.Errorf("%s belongs to %q, %t; want %q", name, owner, ok, want)
		}
	}
}

func TestNearest(t *testing.T) {
	x := New(facts)
	for name, want := range map[string]string{
		"eng_requests":            "eng_requests_total", // a forgotten ending comes before any slip
		"eng_latency":             "eng_latency_seconds_bucket",
		"eng_queue_total":         "eng_queue",
		"eng_reqests_total":       "eng_requests_total",
		"eng_queu":                "eng_queue",
		"something_else_entirely": "",
	} {
		if got := strings.Join(x.Nearest(name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := x.Nearest("my_recrd:sum", "my_record:sum"); !slices.Equal(got, []string{"my_record:sum"}) {
		t.Errorf("names that are given too: %q", got)
	}
}

func TestLacks(t *testing.T) {
	life := model.Metric{Since: "0.5.0", Hidden: "0.8.0", Removed: "0.9.0"}
	for _, tt := range []struct {
		name   string
		metric model.Metric
		run    Running
		want   Reason
	}{
		{"too old", life, Running{Version: "0.4.9"}, NotYet},
		{"the first", life, Running{Version: "0.5.0"}, Present},
		{"two numbers", life, Running{Version: "0.5"}, Present},
		{"tens are more than nines", life, Running{Version: "0.10"}, Removed},
		{"hidden", life, Running{Version: "0.8.3"}, Hidden},
		{"removed", life, Running{Version: "0.9.0"}, Removed},
		{"no version", life, Running{}, Present},
		{"profiling", model.Metric{Requires: "profiling"}, Running{}, Present},
		{"profiling is off", model.Metric{Requires: "profiling"}, Running{NoProfiling: true}, NotEnabled},
		{"flags are not known", model.Metric{OptIn: "--x"}, Running{}, Present},
		{"the flag is off", model.Metric{OptIn: "--x"}, Running{Flags: []string{}}, NotEnabled},
		{"the flag is on", model.Metric{OptIn: "--x"}, Running{Flags: []string{"--x"}}, Present},
		{"not collected", model.Metric{}, Running{Counters: map[string]bool{"other": true}}, NotEnabled},
		{"collected", model.Metric{}, Running{Counters: map[string]bool{"metric": true}}, Present},
		{"divided", model.Metric{MIG: "absent"}, Running{MIG: true}, NotMeasured},
		{"divided, of the board", model.Metric{MIG: "board"}, Running{MIG: true}, Present},
		{"another architecture", model.Metric{Architectures: []string{"Hopper"}}, Running{Architectures: []string{"Ampere"}}, NotMeasured},
		{"one of the architectures", model.Metric{Architectures: []string{"Hopper"}}, Running{Architectures: []string{"Ampere", "Hopper"}}, Present},
		{"architectures are not known", model.Metric{Architectures: []string{"Hopper"}}, Running{}, Present},
	} {
		got, why := tt.run.Lacks("metric", tt.metric)
		if got != tt.want || (why == "") != (got == Present) || tt.run.Has("metric", tt.metric) != (got == Present) {
			t.Errorf("%s: %d %q, want %d", tt.name, got, why, tt.want)
		}
	}
	if _, why := (Running{Architectures: []string{"Ada"}}).Lacks("m", model.Metric{Architectures: []string{"Hopper", "Blackwell", "Volta"}}); why != "is measured on Hopper, Blackwell and Volta alone" {
		t.Error(why)
	}
}

func TestWith(t *testing.T) {
	own := model.Spec{Exporters: map[string]model.Exporter{"mine": {Title: "Mine"}}, Engines: map[string]model.EngineFacts{"mine": {}}}
	all := With(facts, own)
	if len(all.Exporters) != 3 || len(all.Engines) != 1 || len(facts.Exporters) != 2 {
		t.Errorf("%d and %d exporters, %d engines", len(all.Exporters), len(facts.Exporters), len(all.Engines))
	}
}

// A workload whose metrics begin otherwise has an exporter of its own, which is the
// engine's in all but the names.
func TestWithAnotherPrefix(t *testing.T) {
	small := &model.Catalog{
		Engines: map[string]model.EngineFacts{"eng": {Exporter: "eng"}, "plain": {Exporter: "plain"}},
		Exporters: map[string]model.Exporter{
			"eng": {
				Title: "Engine", Prefix: "eng:", Owns: []string{"eng:"}, Shared: []string{"http_"}, Partial: []string{"eng:plugin_"},
				Metrics: map[string]model.Metric{
					"eng:old":             {Type: model.Gauge, Unit: "requests", ReplacedBy: "eng:queue"},
					"eng:queue":           {Type: model.Gauge, Unit: "requests", Labels: []string{"rank"}},
					"eng:latency_seconds": {Type: model.Histogram, Unit: "seconds", Buckets: []float64{1, 2}},
					"http_requests_total": {Type: model.Counter, Unit: "requests"},
				},
				Signals: map[string][]model.Binding{"queue": {{Series: `eng:queue{rank="0"}`, With: []string{"eng:old"}}}},
				Wholes:  map[string]model.Whole{"all": {Parts: []string{"eng:old"}, Total: "eng:queue"}},
			},
			"plain": {Title: "Plain"},
		},
	}
	engine := func(name, prefix string) model.Workload {
		return model.Workload{Engine: model.Engine{Name: name, MetricPrefix: prefix}}
	}
	all := With(small, model.Spec{Workloads: map[string]model.Workload{
		"a": engine("eng", "ray_eng_"), "b": engine("eng", ""), "c": engine("eng", "eng:"), "d": engine("plain", "ray_"), "e": engine("none", "ray_"),
	}})
	if len(all.Exporters) != 3 || len(small.Exporters) != 2 {
		t.Fatalf("the exporters are %v", all.Exporters)
	}
	x := New(all)
	for name, want := range map[string]string{
		"ray_eng_latency_seconds_bucket": "eng/ray_eng_", "ray_eng_queue": "eng/ray_eng_", "eng:queue": "eng", "ray_eng_http_requests_total": "",
	} {
		got := ""
		for _, s := range x.Find(name) {
			got += s.Exporter
		}
		if got != want {
			t.Errorf("%s is of %q, want %q", name, got, want)
		}
	}
	if got := x.Find("http_requests_total"); len(got) != 2 {
		t.Errorf("a name without the prefix is found on %v", got)
	}
	e, own := all.Exporters["eng/ray_eng_"], small.Exporters["eng"]
	if !reflect.DeepEqual(e.Metrics["ray_eng_latency_seconds"], own.Metrics["eng:latency_seconds"]) {
		t.Errorf("a histogram became %+v", e.Metrics["ray_eng_latency_seconds"])
	}
	if got := e.Metrics["ray_eng_old"].ReplacedBy; got != "ray_eng_queue" {
		t.Errorf("a metric is replaced by %s", got)
	}
	if b := e.Signals["queue"][0]; b.Series != `ray_eng_queue{rank="0"}` || b.With[0] != "ray_eng_old" {
		t.Errorf("a signal is read from %s and %s", b.Series, b.With)
	}
	if w := e.Wholes["all"]; w.Total != "ray_eng_queue" || w.Parts[0] != "ray_eng_old" {
		t.Errorf("a whole became %+v", w)
	}
	if owner, _ := x.Owner("ray_eng_missing"); owner != "eng/ray_eng_" || own.Signals["queue"][0].Series != `eng:queue{rank="0"}` {
		t.Error("the spelling does not own its names, or the engine's own has changed")
	}
	if _, ok := x.Owner("ray_eng_plugin_missing"); ok {
		t.Error("of the plugins all names are taken to be known")
	}
}

// A signal that is a histogram is bound by its bare name, which is no series.
func TestBound(t *testing.T) {
	e := model.Exporter{Metrics: map[string]model.Metric{"took_seconds": {Type: model.Histogram}, "waiting": {Type: model.Gauge}}}
	for name, want := range map[string]string{"took_seconds": "took_seconds", "took_seconds_count": "took_seconds", "waiting": "waiting"} {
		if s, ok := Bound("own", e, name); !ok || s.Metric != want {
			t.Errorf("%s reads %q, %t, want %s", name, s.Metric, ok, want)
		}
	}
	for _, name := range []string{"waiting_count", "took", "took_seconds_max"} {
		if s, ok := Bound("own", e, name); ok {
			t.Errorf("%s reads %+v", name, s)
		}
	}
}
