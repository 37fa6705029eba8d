package golden

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// engineOf are the workloads of cases/engines, with the exporter that is scraped and
// its version.
var engineOf = map[string]struct{ exporter, prefix, version string }{
	"chat":    {"sglang", "", "0.5.10"},
	"code":    {"trtllm", "", "1.3.0"},
	"summary": {"tgi", "", "3.3.7"},
	"draft":   {"vllm", "", "0.30.0"},
	"search":  {"vllm", "ray_vllm_", "0.30.0"},
}

// said is what an engine says when its signals behave so: the series that the bindings
// name, with the labels of their examples. Ranks that repeat a value say it twice.
func said(e model.Exporter, version string, signals map[string]model.Signal, behaviour func(model.Signal) *model.Behaviour) map[string]exposed {
	out := map[string]exposed{}
	add := func(name string, value func(float64) float64, kv []string) {
		x := expose(name, value, kv...)
		if _, ok := out[x.labels.String()]; !ok {
			out[x.labels.String()] = x
		}
	}
	for signal, s := range signals {
		i := slices.IndexFunc(e.Signals[signal], func(b model.Binding) bool {
			m, ok := metricOfBinding(e, b.Series)
			return ok && catalog.AtLeast(version, b.Since) && exportedBy(m, version)
		})
		if i < 0 || s.Of != model.Inference || behaviour(s).Absent {
			continue
		}
		b := e.Signals[signal][i]
		for part, text := range append([]string{b.Series}, b.With...) {
			name, sets := labelSets(e, b, text)
			h := *behaviour(s)
			if part > 0 {
				h.Rate = "0" // all of it is in the first series
			}
			for _, kv := range sets {
				switch s.Type {
				case model.Gauge:
					add(name, always(quantity(h.Value)), kv)
				case model.Counter:
					add(name, perSecond(quantity(h.Rate), 0), kv)
				default:
					rate, value := quantity(h.Rate), quantity(h.Observe)
					add(name+"_count", perSecond(rate, 0), kv)
					add(name+"_sum", perSecond(rate*value, 0), kv)
					add(name+"_bucket", perSecond(rate, 0), append([]string{"le", "+Inf"}, kv...))
					for _, edge := range e.Metrics[name].Buckets {
						below := 0.0
						if value <= edge {
							below = rate
						}
						add(name+"_bucket", perSecond(below, 0), append([]string{"le", promql.FormatEdge(edge)}, kv...))
					}
				}
			}
		}
	}
	return out
}

func metricOfBinding(e model.Exporter, series string) (model.Metric, bool) {
	expr, _ := promql.Parse(series)
	name := expr.(*promql.Selector).Name
	if m, ok := e.Metrics[name]; ok {
		return m, true
	}
	found, ok := catalog.Of("", e, name)
	return found.Entry, ok
}

// labelSets are the labels of a series that a binding reads, once for each rank that
// repeats it.
func labelSets(e model.Exporter, b model.Binding, series string) (string, [][]string) {
	expr, _ := promql.Parse(series)
	s := expr.(*promql.Selector)
	m, _ := metricOfBinding(e, series)
	ranks := []string{"0"}
	if len(b.Repeated) > 0 {
		ranks = append(ranks, "1")
	}
	var out [][]string
	for _, rank := range ranks {
		var kv []string
		for _, label := range slices.Concat(m.Labels, e.Labels) {
			value, given := b.Example[label]
			if matched, ok := promql.MatcherValue(s, label); ok {
				value, given = matched, true
			}
			if !given {
				value = "x"
			}
			if slices.Contains(b.Repeated, label) {
				value = rank
			}
			kv = append(kv, label, value) // "" is no label
		}
		out = append(out, kv)
	}
	return s.Name, out
}

func quantity(q model.Quantity) float64 {
	v, err := strconv.ParseFloat(string(q), 64)
	if err != nil {
		return 0
	}
	return v
}

// recordEngines records what the workloads of cases/engines say, through the monitors
// and rules as they are written. The values are by name and workload. A router that says
// vLLM's names again is scraped beside them.
func recordEngines(t *testing.T, behaviour func(model.Signal) *model.Behaviour) map[string]map[string]float64 {
	t.Helper()
	const cluster = "prod"
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	files := filesOf(compileSpec(t, "cases/engines"))
	spec := model.Spec{Workloads: map[string]model.Workload{}}
	for name, of := range engineOf {
		spec.Workloads[name] = model.Workload{Engine: model.Engine{Name: of.exporter, MetricPrefix: of.prefix}}
	}
	facts := catalog.With(&embedded.Catalog, spec)
	s, scrapes := newStore(), monitors(t, files, cluster)
	const minutes = 12
	scrape := func(l labels.Labels, value func(float64) float64) {
		for i := range minutes {
			if err := s.series(l).append(begin.Add(time.Duration(i)*time.Minute), value(float64(i)*minute)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, of := range engineOf {
		m := scrapes[name]
		target := m.Target(discoveredPod("serving", name+"-0", name, "node-0", "10.0.0.1:8000"))
		e := facts.Exporters[catalog.Spelling(of.exporter, facts.Exporters[of.exporter], of.prefix)]
		for _, x := range said(e, of.version, embedded.Library.Signals, behaviour) {
			if l := m.Sample(target, x.labels); !l.IsEmpty() {
				scrape(l, x.value)
			}
		}
	}
	for metric := range facts.Exporters["production-stack-router"].Metrics {
		scrape(labels.FromStrings(labels.MetricName, metric, "job", "router", "instance", "10.0.0.9:8000", "namespace", "serving",
			"pod", "router-0", "server", "http://10.0.0.1:8000"), always(1000))
	}
	if both := s.byName["vllm:num_requests_running"]; len(both) != 2 {
		t.Fatalf("engine and router are %v", both)
	}
	rules := slices.DeleteFunc(readRules(t, files, cluster), func(r rulefmt.Rule) bool { return !strings.Contains(r.Record, ":inference_") })
	r := newRuler(s, rules)
	for i := range 2 { // targets read what was recorded before
		if err := r.eval(begin.Add(time.Duration(minutes-1)*time.Minute + time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]map[string]float64{}
	for i := range r.rules {
		for of := range r.previous[i] {
			name, workload := of.labels.Get(labels.MetricName), of.labels.Get("workload")
			if _, ok := engineOf[workload]; !ok {
				t.Errorf("%s is recorded for the workload %q", name, workload)
			}
			if got[name] == nil {
				got[name] = map[string]float64{}
			}
			got[name][workload] = of.samples[len(of.samples)-1].F()
		}
	}
	return got
}

// What a healthy server says is recorded under the same names and with the same values,
// whatever its engine.
func TestEnginesRecordTheSame(t *testing.T) {
	got := recordEngines(t, func(s model.Signal) *model.Behaviour { return s.Healthy })
	want := map[string]struct {
		least, most float64
		not         string // workloads whose engine has no such series
	}{
		"workload:inference_ttft_seconds:p50_5m":                       {0.01, 0.1, "summary"},
		"workload:inference_ttft_seconds:p95_5m":                       {0.01, 0.1, "summary"},
		"workload:inference_ttft_seconds:target":                       {0.2, 0.2, "summary"},
		"workload:inference_inter_token_latency_seconds:p95_5m":        {0.006, 0.01, "summary code"},
		"workload:inference_stream_tokens_per_second:p5_5m":            {100, 160, ""},
		"workload:inference_stream_tokens_per_second:mean5m":           {125, 125, ""},
		"workload:inference_stream_tokens_per_second:target":           {30, 30, ""},
		"workload:inference_e2e_latency_seconds:p95_5m":                {0.5, 0.8, ""},
		"workload:inference_queue_time_seconds:p95_5m":                 {0, 0.3, ""},
		"workload:inference_queue_depth:sum":                           {1, 1, ""},
		"workload:inference_queue_depth:target":                        {10, 10, ""},
		"workload:inference_running:sum":                               {8, 8, ""},
		"workload:inference_requests:rate5m":                           {5, 5, ""},
		"workload:inference_errors:ratio_rate5m":                       {0, 0, ""},
		"workload:inference_finished_requests:rate5m":                  {5, 5, ""},
		"workload:inference_error_finishes:ratio_rate5m":               {0, 0, "chat"},
		"workload:inference_error_finishes:increase10m":                {0, 0, "chat"},
		"workload:inference_prompt_tokens:rate5m":                      {1000, 1000, ""},
		"workload:inference_generation_tokens:rate5m":                  {400, 400, ""},
		"workload:inference_kv_cache_usage:max":                        {0.5, 0.5, "summary"},
		"workload:inference_preemptions:rate5m":                        {0.001, 0.001, "summary code"},
		"workload:inference_preemptions:per_request_rate10m":           {0.0002, 0.0002, "summary code"},
		"workload:inference_prefix_cache_hits:ratio_rate5m":            {0.3, 0.3, "summary"},
		"replica:inference_prefix_cache_hits:ratio_rate5m":             {0.3, 0.3, "summary"},
		"replica:inference_kv_cache_usage:max":                         {0.5, 0.5, "summary"},
		"replica:inference_queue_depth:sum":                            {1, 1, ""},
		"replica:inference_running:sum":                                {8, 8, ""},
		"replica:inference_time_per_token_seconds:avg10m":              {0.008, 0.008, ""},
		"replica:inference_engine_steps:rate5m":                        {50, 50, "code"},
		"workload:inference_ttft_seconds:p99_5m":                       {0.01, 0.1, "summary"},
		"workload:inference_inter_token_latency_seconds:p50_5m":        {0.004, 0.008, "summary code"},
		"workload:inference_inter_token_latency_seconds:p99_5m":        {0.006, 0.01, "summary code"},
		"workload:inference_stream_tokens_per_second:p50_5m":           {125, 200, ""},
		"workload:inference_stream_tokens_per_second:p1_5m":            {100, 160, ""},
		"workload:inference_e2e_latency_seconds:p50_5m":                {0.5, 0.8, ""},
		"workload:inference_e2e_latency_seconds:p99_5m":                {0.5, 0.8, ""},
		"workload:inference_queue_time_seconds:p50_5m":                 {0, 0.3, ""},
		"workload:inference_queue_time_seconds:p99_5m":                 {0, 0.3, ""},
		"workload:inference_ttft_seconds_bucket:rate5m":                {0, 5, "summary"},
		"workload:inference_inter_token_latency_seconds_bucket:rate5m": {0, 400, "summary code"},
		"workload:inference_time_per_token_seconds_bucket:rate5m":      {0, 400, ""},
		"workload:inference_e2e_latency_seconds_bucket:rate5m":         {0, 5, ""},
		"workload:inference_queue_time_seconds_bucket:rate5m":          {0, 5, ""},
		"workload:inference_queue_time_seconds:mean5m":                 {0.01, 0.01, ""},
		"workload:inference_prefill_time_seconds:mean5m":               {0.04, 0.04, "summary chat"},
		"workload:inference_decode_time_seconds:mean5m":                {0.65, 0.65, "summary chat"},
		"workload:inference_prompt_length_tokens:mean5m":               {200, 200, "code"},
		"workload:inference_generation_length_tokens:mean5m":           {80, 80, "code"},
		"workload:inference_errors:rate5m":                             {0, 0, ""},
		"workload:inference_client_errors:rate5m":                      {0, 0, ""},
		"workload:inference_finished_by_reason:rate5m":                 {0, 5, "summary chat"},
		"workload:inference_waiting_by_reason:sum":                     {1, 1, "summary chat code"},
		"workload:inference_running:limit":                             {64, 64, "summary chat draft search"},
		"workload:inference_kv_cache_usage:avg":                        {0.5, 0.5, "summary"},
		"workload:inference_engine_steps:rate5m":                       {50, 50, "code"},
		"workload:inference_step_tokens:mean5m":                        {28, 28, "summary code"},
		"workload:inference_prompt_tokens_by_source:rate5m":            {1000, 1000, "summary chat code"},
		"workload:inference_external_cache_hits:ratio_rate5m":          {0.14, 0.15, "summary chat code"},
		"workload:inference_input_cache_hits:ratio_rate5m":             {0.25, 0.25, "summary chat code"},
		"workload:inference_drafts_accepted:ratio_rate5m":              {0.66, 0.67, "summary draft search"},
		"workload:inference_draft_tokens:rate5m":                       {450, 450, "summary chat draft search"},
		"workload:inference_draft_tokens_accepted:rate5m":              {300, 300, "summary chat draft search"},
		"workload:inference_engines_asleep:count":                      {0, 0, "summary chat code"},
		"workload:inference_cache_transfers_failed:rate5m":             {0, 0, "summary draft search code"},
		"replica:inference_ttft_seconds:mean5m":                        {0.05, 0.05, "summary"},
		"replica:inference_requests:rate5m":                            {5, 5, ""},
		"replica:inference_generation_tokens:rate5m":                   {400, 400, ""},
	}
	for name, w := range want {
		for workload := range engineOf {
			v, ok := got[name][workload]
			switch lacks := slices.Contains(strings.Fields(w.not), workload); {
			case ok && lacks:
				t.Errorf("%s of %s is %v, and its engine has no such series", name, workload, v)
			case !ok && !lacks:
				t.Errorf("%s of %s is not recorded", name, workload)
			case ok && (v < w.least-1e-9 || v > w.most+1e-9 || math.IsNaN(v)):
				t.Errorf("%s of %s is %v, want %v to %v", name, workload, v, w.least, w.most)
			}
		}
	}
	for name, of := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is recorded and not looked at: %v", name, of)
		}
	}
}

// A server that nobody calls does nothing and takes no time: there are zeros, and no
// share or quantile of nothing.
func TestIdleEngines(t *testing.T) {
	got := recordEngines(t, func(s model.Signal) *model.Behaviour { return s.Idle })
	for name, of := range got {
		for workload, v := range of {
			switch {
			case strings.HasSuffix(name, ":target"), strings.HasSuffix(name, ":limit"):
			case v != 0:
				t.Errorf("%s of %s is %v", name, workload, v)
			case strings.Contains(name, "_seconds:") || strings.Contains(name, ":ratio_") || strings.Contains(name, "_per_second:"):
				t.Errorf("%s of %s is recorded", name, workload)
			}
		}
	}
	if len(got["workload:inference_running:sum"]) != len(engineOf) {
		t.Errorf("running are %v", got["workload:inference_running:sum"])
	}
}
