package compile

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// served is a spec with one workload, whose engine is to be filled in.
const served = `package fleet
teams: ml: owner: "ml@example.com"
settings: owner: "ml"
gpus: "h100-sxm": usdPerHour: 3
clusters: prod: {profiles: ["kube-prometheus-stack"], gpus: "h100-sxm": perNode: 8}
workloads: chat: {
	kind: "inference", team: "ml", namespace: "serving", model: "Qwen/Qwen3-8B"
	gpu: {model: "h100-sxm", count: 2}
	engine: %s
	slo: {ttft: bucket: "interpolated", tokensPerSecond: bucket: "interpolated"}
}
`

// serve compiles a spec with an engine, checks of the finished files and all. It
// returns the plan of its cluster, nil where the spec is refused.
func serve(t *testing.T, engine string) (*plan.Plan, *diag.List) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fleet.cue"), []byte(fmt.Sprintf(served, engine)), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.Compile()
	if err != nil {
		t.Fatal(err)
	}
	if out == nil {
		return nil, c.Diags
	}
	found := *c.Diags
	spec, err := c.loader.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.plan(spec)[0], &found
}

// recorded are the names of inference that a plan records.
func recorded(p *plan.Plan) []string {
	names := map[string]bool{}
	for _, g := range p.Groups {
		for _, r := range g.Rules {
			if strings.Contains(r.Record, ":inference_") {
				names[r.Record] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Why an engine lacks a recorded name.
const (
	noRejections  = "it has no counter of what it refuses"
	noErrorFinish = "it does not count what failed in the engine by itself"
	noSteps       = "it counts no iterations"
	noPerToken    = "it has no time between tokens"
	noPreemptions = "it counts no preemptions"
	noPrefixCache = "it counts no tokens of the prefix cache"
	noFirstToken  = "it has no time to first token"
	noQueueTime   = "it has no histogram of the wait"
	noKVCache     = "no metric of it is a share of the KV cache"
	noStreams     = "it has no time per token"
	noLast        = "it has no histogram of whole requests"
	noErrors      = "what clients break off counts as an error there"
	noFinishes    = "it stands before the engines: it has no finishes of its own"
	notYet        = "the version does not have it yet"
	perStatistics = "it needs statistics of iterations, which the version does not expose"
)

// alerted are the recorded names that alerts need.
func alerted(p *plan.Plan) map[string]bool {
	g := rulegraph.New(p)
	out := map[string]bool{}
	for _, r := range g.Of(g.Alerts...).Records {
		out[r.Record] = true
	}
	return out
}

// The same spec with another engine records the same names that alerts need. What an
// engine does not measure is missing, and nothing else.
func TestSameNamesOnEveryEngine(t *testing.T) {
	all, _ := serve(t, `{name: "vllm", version: "0.32.0"}`)
	names := recorded(all)
	if len(names) < 25 {
		t.Fatalf("vLLM records %v", names)
	}
	judged := alerted(all)
	for _, tt := range []struct {
		engine string
		lacks  map[string]string
	}{
		{`{name: "vllm", version: "0.30.0"}`, map[string]string{"rejections:rate5m": notYet}},
		{`{name: "vllm", version: "0.11.0"}`, map[string]string{"rejections:rate5m": notYet, "error_finishes:ratio_rate5m": notYet, "error_finishes:increase10m": notYet}},
		{`{name: "vllm", version: "0.9.2"}`, map[string]string{"rejections:rate5m": notYet, "error_finishes:ratio_rate5m": notYet, "error_finishes:increase10m": notYet}},
		{`{name: "vllm", version: "0.8.5"}`, map[string]string{"rejections:rate5m": notYet, "error_finishes:ratio_rate5m": notYet, "error_finishes:increase10m": notYet}},
		{`{name: "vllm", version: "0.32.0", metricPrefix: "ray_vllm_"}`, nil},
		{`{name: "vllm", version: "0.32.0", metricPrefix: "kserve_vllm:"}`, nil},
		{`{name: "sglang", version: "0.5.10"}`, map[string]string{"rejections:rate5m": noRejections, "error_finishes:ratio_rate5m": noErrorFinish, "error_finishes:increase10m": noErrorFinish}},
		{`{name: "tgi", version: "3.3.7"}`, map[string]string{
			"ttft_seconds:p50_5m": noFirstToken, "ttft_seconds:p95_5m": noFirstToken, "inter_token_latency_seconds:p95_5m": noPerToken,
			"kv_cache_usage:max": noKVCache, "preemptions:rate5m": noPreemptions, "preemptions:per_request_rate10m": noPreemptions, "prefix_cache_hits:ratio_rate5m": noPrefixCache,
		}},
		{`{name: "triton", version: "2.42.0"}`, map[string]string{
			"ttft_seconds:p50_5m": noFirstToken, "ttft_seconds:p95_5m": noFirstToken, "inter_token_latency_seconds:p95_5m": noPerToken,
			"stream_tokens_per_second:mean5m": noStreams, "time_per_token_seconds:avg10m": noStreams, "stream_tokens_per_second:p5_5m": noStreams,
			"e2e_latency_seconds:p95_5m": noLast, "queue_time_seconds:p95_5m": noQueueTime, "engine_steps:rate5m": noSteps,
			"preemptions:rate5m": noPreemptions, "preemptions:per_request_rate10m": noPreemptions, "prefix_cache_hits:ratio_rate5m": noPrefixCache,
			"finished_requests:rate5m": noErrorFinish, "error_finishes:ratio_rate5m": noErrorFinish, "error_finishes:increase10m": noErrorFinish, "rejections:rate5m": noRejections,
		}},
		{`{name: "trtllm", version: "1.3.0", flags: ["return_perf_metrics: true", "enable_iter_perf_stats: true"]}`, map[string]string{
			"inter_token_latency_seconds:p95_5m": noPerToken, "engine_steps:rate5m": noSteps, "preemptions:rate5m": noPreemptions, "preemptions:per_request_rate10m": noPreemptions, "rejections:rate5m": noRejections,
		}},
		{`{name: "trtllm", version: "1.2.1", flags: ["return_perf_metrics: true"]}`, map[string]string{
			"inter_token_latency_seconds:p95_5m": noPerToken, "engine_steps:rate5m": noSteps, "preemptions:rate5m": noPreemptions, "preemptions:per_request_rate10m": noPreemptions, "rejections:rate5m": noRejections,
			"kv_cache_usage:max": perStatistics, "queue_depth:sum": perStatistics, "running:sum": perStatistics,
			"errors:ratio_rate5m": notYet, "error_finishes:ratio_rate5m": notYet, "error_finishes:increase10m": notYet, "prefix_cache_hits:ratio_rate5m": notYet,
			"prompt_tokens:rate5m": notYet, "generation_tokens:rate5m": notYet,
			// Target lines are drawn for what has a queue.
			"queue_depth:target": perStatistics, "ttft_seconds:target": perStatistics, "stream_tokens_per_second:target": perStatistics,
		}},
		{`{name: "nim", version: "1.14.0"}`, map[string]string{
			"errors:ratio_rate5m": noErrors, "error_finishes:ratio_rate5m": noErrors, "error_finishes:increase10m": noErrors, "rejections:rate5m": noRejections, "engine_steps:rate5m": noSteps,
			"preemptions:rate5m": noPreemptions, "preemptions:per_request_rate10m": noPreemptions, "prefix_cache_hits:ratio_rate5m": noPrefixCache, "queue_time_seconds:p95_5m": noQueueTime,
		}},
		{`{name: "endpoint-picker", version: "0.10.0", flags: ["flowControl"]}`, map[string]string{
			"engine_steps:rate5m": noSteps, "preemptions:rate5m": noPreemptions, "preemptions:per_request_rate10m": noPreemptions, "finished_requests:rate5m": noFinishes, "error_finishes:ratio_rate5m": noFinishes, "error_finishes:increase10m": noFinishes,
		}},
		{`{name: "endpoint-picker", version: "0.8.0"}`, map[string]string{
			"engine_steps:rate5m": noSteps, "preemptions:rate5m": noPreemptions, "preemptions:per_request_rate10m": noPreemptions, "finished_requests:rate5m": noFinishes, "error_finishes:ratio_rate5m": noFinishes, "error_finishes:increase10m": noFinishes,
			"ttft_seconds:p50_5m": notYet, "ttft_seconds:p95_5m": notYet, "inter_token_latency_seconds:p95_5m": notYet,
			"stream_tokens_per_second:mean5m": notYet, "time_per_token_seconds:avg10m": notYet, "stream_tokens_per_second:p5_5m": notYet,
			"queue_time_seconds:p95_5m": "flow control is off", "rejections:rate5m": "flow control is off",
		}},
	} {
		t.Run(tt.engine, func(t *testing.T) {
			p, diags := serve(t, tt.engine)
			if p == nil {
				t.Fatal(diags.Sorted())
			}
			have, excused := recorded(p), map[string]bool{}
			for _, name := range names {
				_, short, _ := strings.Cut(name, ":inference_")
				why := tt.lacks[short]
				excused[short] = true
				if why == "" && !judged[name] {
					continue // a detail, of which docs/engines.md tells who has it
				}
				switch recorded := slices.Contains(have, name); {
				case !recorded && why == "":
					t.Errorf("%s is not recorded", name)
				case recorded && why != "":
					t.Errorf("%s is recorded, although %s", name, why)
				}
			}
			for short := range tt.lacks {
				if !excused[short] {
					t.Errorf("%s is no name that vLLM records", short)
				}
			}
		})
	}
}

// Two versions of an engine in one cluster may have a name in common that is the signal
// on one of them alone, or is another name of what is read already.
func TestVersionsBesideEachOther(t *testing.T) {
	for _, tt := range []struct {
		one, other string
		record     string
		has, not   []string
	}{
		{`{name: "vllm", version: "0.30.0"}`, `{name: "vllm", version: "0.11.0"}`, "workload:inference_error_finishes:ratio_rate5m",
			[]string{`vllm:request_success_total{finished_reason="error",workload!="",workload!~"other"}`}, nil},
		{`{name: "endpoint-picker", version: "0.10.0"}`, `{name: "endpoint-picker", version: "0.8.0"}`, "workload:inference_requests:rate5m",
			[]string{`llm_d_epp_request_total{workload!=""}`, `inference_objective_request_total{workload!="",workload!~"chat"}`}, nil},
		// The same labels: "or" takes the newer name where both are there.
		{`{name: "vllm", version: "0.30.0"}`, `{name: "vllm", version: "0.9.0"}`, "workload:inference_kv_cache_usage:max",
			[]string{`vllm:kv_cache_usage_perc{workload!=""} or vllm:gpu_cache_usage_perc{workload!=""}`}, []string{"!~"}},
	} {
		p, diags := serve(t, tt.one+`
}
workloads: other: {
	kind: "inference", team: "ml", namespace: "serving", model: "Qwen/Qwen3-8B"
	gpu: {model: "h100-sxm", count: 2}
	engine: `+tt.other)
		if p == nil {
			t.Fatal(diags.Sorted())
		}
		seen := false
		for _, g := range p.Groups {
			for _, r := range g.Rules {
				if r.Record != tt.record {
					continue
				}
				seen = true
				for _, want := range tt.has {
					if !strings.Contains(r.Expr, want) {
						t.Errorf("%s has not %s: %s", r.Record, want, r.Expr)
					}
				}
				for _, not := range tt.not {
					if strings.Contains(r.Expr, not) {
						t.Errorf("%s has %s: %s", r.Record, not, r.Expr)
					}
				}
			}
		}
		if !seen {
			t.Errorf("%s is not recorded", tt.record)
		}
	}
}

// Another prefix is another spelling and nothing else: queries, keep-list and panels
// are those of the engine, and the finished files pass the same checks.
func TestMetricPrefix(t *testing.T) {
	own, _ := serve(t, `{name: "vllm", version: "0.30.0"}`)
	for _, prefix := range []string{"ray_vllm_", "kserve_vllm:"} {
		p, diags := serve(t, fmt.Sprintf(`{name: "vllm", version: "0.30.0", metricPrefix: %q}`, prefix))
		if p == nil || len(diags.Sorted()) > 0 {
			t.Fatal(diags.Sorted())
		}
		spelt := func(text string) string { return strings.ReplaceAll(text, "vllm:", prefix) }
		texts := func(p *plan.Plan) (out []string) {
			for _, g := range p.Groups {
				for _, r := range g.Rules {
					out = append(out, r.Record+r.Alert+": "+r.Expr)
				}
			}
			for _, d := range p.Dashboards {
				for _, row := range d.Rows {
					for _, panel := range row.Panels {
						out = append(out, panel.Description)
						for _, q := range panel.Queries {
							out = append(out, q.Expr)
						}
					}
				}
			}
			return append(out, p.Workloads[0].Keep...)
		}
		want, got := texts(own), texts(p)
		for i := range want {
			want[i] = spelt(want[i])
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("with %s:\n%s\nwant\n%s", prefix, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if !slices.Contains(p.Workloads[0].Keep, prefix+"num_requests_waiting") || !slices.Contains(p.Workloads[0].Keep, "http_requests_total") {
			t.Errorf("with %s %v are kept", prefix, p.Workloads[0].Keep)
		}
	}
	// The engine's own spelling is no other exporter.
	p, _ := serve(t, `{name: "vllm", version: "0.30.0", metricPrefix: "vllm:"}`)
	if got := p.Workloads[0].Exporter; got != own.Workloads[0].Exporter {
		t.Errorf("with its own prefix vLLM is the exporter %s", got)
	}
}

func TestMetricPrefixIsRefused(t *testing.T) {
	for engine, want := range map[string]string{
		`{name: "sglang", version: "0.5.10", metricPrefix: "ray_sglang_"}`: `fleet.cue:9:60: error AIO024: the metrics of sglang have no prefix that a deployment could spell as "ray_sglang_"`,
		`{name: "vllm", version: "0.30.0", metricPrefix: "ray-vllm"}`:      `want the beginning of metric names: letters, digits, underscores and colons, no digit first, at most 40`,
		`{name: "vllm", version: "0.30.0", metricPrefix: "x{}or "}`:        `want the beginning of metric names`,
		`{name: "vllm", version: "0.30.0", metricPrefix: ""}`:              `workloads.chat.engine.metricPrefix: found ""`,
	} {
		p, diags := serve(t, engine)
		var b strings.Builder
		if err := diag.Write(&b, "text", diags, nil); err != nil {
			t.Fatal(err)
		}
		if p != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s:\n%s", engine, b.String())
		}
	}
}

// A panel says where a meaning differs, on the clusters where that engine runs.
func TestPanelsSayWhatDiffers(t *testing.T) {
	describe := func(engine, title string) string {
		p, diags := serve(t, engine)
		if p == nil {
			t.Fatal(diags.Sorted())
		}
		for _, d := range p.Dashboards {
			for _, row := range d.Rows {
				for _, panel := range row.Panels {
					if panel.Title == title {
						return panel.Description
					}
				}
			}
		}
		t.Fatalf("there is no panel %s", title)
		return ""
	}
	const vllm, picker = `{name: "vllm", version: "0.30.0"}`, `{name: "endpoint-picker", version: "0.10.0"}`
	const gateway = " With the endpoint picker of llm-d: measured at the gateway, its own queue included, and of answers that stream alone."
	for _, tt := range []struct{ engine, panel, ends string }{
		{vllm, "Time to the first token", "look at the queue. Of the targets, 200ms is an estimate between the bucket edges 0.1 s and 0.25 s."},
		{picker, "Time to the first token", gateway},               // through records
		{picker, "Time to the first token, all requests", gateway}, // by itself
		{picker, "Errors", "caused among them."},                   // and not of the others
		{picker, "Replicas that answer", "Look at the pods and their events."},
	} {
		if got := describe(tt.engine, tt.panel); !strings.HasSuffix(got, tt.ends) || strings.Count(got, "With ") > 1 {
			t.Errorf("%s of %s: %s", tt.panel, tt.engine, got)
		}
	}
	if got := describe(picker, "Errors"); strings.Contains(got, "gateway") {
		t.Errorf("the panel of errors speaks of first tokens: %s", got)
	}
}

// A setting that nobody says is on is what an engine lacks: the warning names it.
func TestUnsaidFlagsAreNamed(t *testing.T) {
	_, diags := serve(t, `{name: "trtllm", version: "1.3.0"}`)
	if found := diags.Sorted(); len(found) == 0 || found[0].Code != "AIO031" ||
		!strings.HasSuffix(found[0].Hint, `; if the engine runs with "enable_iter_perf_stats: true" or "return_perf_metrics: true", say so in engine: flags`) {
		t.Errorf("%+v", found)
	}
	_, diags = serve(t, `{name: "trtllm", version: "1.3.0", flags: ["return_perf_metrics: true", "enable_iter_perf_stats: true"]}`)
	if found := diags.Sorted(); len(found) > 0 {
		t.Errorf("with all of them: %+v", found)
	}
}
