package plan

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// sloSpec has no workload.
const sloSpec = `package fleet

teams: ml: owner: "ml@example.com"
settings: owner: "ml"
gpus: "l40s": usdPerHour: 1.10
clusters: prod: {gpus: "l40s": perNode: 4, prometheus: selectorLabels: {}, grafana: sidecarLabels: {}}
#chat: {
	kind: "inference", team: "ml", namespace: "serving", model: "m"
	engine: {name: *"own" | string, version: *"1.0.0" | string}
	gpu: {model: "l40s", count: 1}
	slo: {
		...
		_off: {enabled: *false | bool, ...}
		ttft: _off, tokensPerSecond: _off, queueDepth: _off, errors: _off, gpuBusy: _off
	}
	...
}
`

// own is an engine with a flag for the edges of its first histogram, and with none
// for the other.
var own = model.Exporter{
	Metrics: map[string]model.Metric{
		"own_ttft_seconds": {Type: model.Histogram, Buckets: []float64{0.1, 0.25, 0.5},
			EdgesBy: &model.EdgesBy{Flag: "--ttft-edges", Since: "2.0.0"}},
		"own_token_seconds":  {Type: model.Histogram, Buckets: []float64{0.025, 0.05}},
		"own_waiting":        {Type: model.Gauge},
		"own_requests_total": {Type: model.Counter},
		"own_failed_total":   {Type: model.Counter},
	},
	Signals: map[string][]model.Binding{
		"ttft": {{Series: "own_ttft_seconds", Scale: 1}}, "time_per_token": {{Series: "own_token_seconds", Scale: 1}},
		"queue_depth": {{Series: "own_waiting", Scale: 1}},
		"requests":    {{Series: "own_requests_total", Scale: 1}}, "request_errors": {{Series: "own_failed_total", Scale: 1}},
	},
}

var embedded = sync.OnceValues(load.LoadEmbedded)

// lower compiles a spec as far as the plan, and returns what was found: severity,
// code and message of each.
func lower(t *testing.T, more string) (*Plan, []string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "spec.cue"), []byte(sloSpec+more), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	facts := e.Catalog
	facts.Exporters, facts.Engines = maps.Clone(facts.Exporters), maps.Clone(facts.Engines)
	facts.Exporters["own"], facts.Engines["own"] = own, model.EngineFacts{Kind: model.Inference, Exporter: "own", Port: "http", Path: "/metrics"}
	diags := &diag.List{}
	loader, err := load.NewLoader(e, dir, diags)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := loader.Load()
	if err != nil {
		t.Fatal(err)
	}
	var p *Plan
	if !diags.HasErrors() {
		view := spec.Clusters["prod"]
		in := &Input{Cluster: "prod", Spec: view.Spec, Catalog: &facts, Library: &e.Library,
			Diags: diags, Pos: view.Pos, LabelPos: view.LabelPos, Has: view.Has, InString: view.InString, Find: view.Find}
		if p = Resolve(in); !diags.HasErrors() {
			Lower(in, p)
		}
	}
	var found []string
	for _, d := range diags.Sorted() {
		found = append(found, string(d.Severity)+" "+d.Code+": "+d.Message)
	}
	return p, found
}

// rulesOf lists the rules of a name.
func rulesOf(p *Plan, name string) []Rule {
	var out []Rule
	for _, g := range p.Groups {
		for _, r := range g.Rules {
			if r.Record == name || r.Alert == name {
				out = append(out, r)
			}
		}
	}
	return out
}

// What is refused or left out says the numbers that lead to it.
func TestObjectivesThatCannotHold(t *testing.T) {
	for _, tt := range []struct {
		name, spec string
		want       []string // in order; nothing else is found
	}{
		{"a window beyond retention, by the user",
			`workloads: chat: #chat & {slo: ttft: {enabled: true, under: "250ms", window: "28d"}}`,
			[]string{`error AIO032: ttft of chat is counted over 28d, and cluster "prod" keeps 10d of data`}},
		{"retention of less than a week",
			`clusters: prod: prometheus: retention: "2d"
			workloads: chat: #chat & {slo: ttft: {enabled: true, under: "250ms"}}`,
			[]string{
				`warning AIO032: cluster "prod" keeps 2d of data and error budgets are those of 7d: what is left of them is not recorded`,
				`warning AIO032: cluster "prod" keeps 2d of data and the steady alert of ttft reads 3d: it is left out`,
			}},
		{"an objective that a pair cannot reach",
			`workloads: chat: #chat & {slo: ttft: {enabled: true, under: "250ms", objective: 92}}`,
			[]string{`error AIO030: ttft of chat: an objective of 92 % leaves 8 % of bad events; the fast alert fires at 13.44 times that, 107.52 %, which cannot happen`}},
		{"less than a minute by time",
			`workloads: chat: #chat & {slo: queueDepth: {enabled: true, objective: 99.995}}`,
			[]string{`error AIO030: queueDepth of chat: one event each 1m gives 10080 minutes in 7d, of which 0.005 % may be bad: 0.504, less than one`}},
		{"a floor that an hour of minutes cannot hold",
			`workloads: chat: #chat & {slo: queueDepth: {enabled: true, objective: 99.9}}`,
			[]string{
				`error AIO030: queueDepth of chat: the fast alert fires when 1.344 % of minutes are bad and 5 of them are, which takes 373 in 1h; one event each 1m gives 60`,
				`error AIO030: queueDepth of chat: the slow alert fires when 0.56 % of minutes are bad and 5 of them are, which takes 893 in 6h; one event each 1m gives 360`,
			}},
		{"less than one request",
			`workloads: chat: #chat & {slo: errors: enabled: true, traffic: requestsPerDay: 100}`,
			[]string{`error AIO030: errors of chat: a traffic of 100 requests a day gives 700 requests in 7d, of which 0.1 % may be bad: 0.7, less than one`}},
		{"a floor that the traffic never reaches",
			`workloads: chat: #chat & {slo: ttft: {enabled: true, under: "250ms"}, traffic: requestsPerDay: 100}`,
			[]string{`error AIO030: ttft of chat: the fast alert fires when 67.2 % of requests are bad and 5 of them are, which takes 8 in 1h; a traffic of 100 requests a day gives 4.17`}},
		{"enough traffic", `workloads: chat: #chat & {slo: errors: enabled: true, traffic: requestsPerDay: 100000}`, nil},
		{"a policy slower than the objective",
			`slo: policies: own: idle: {long: "3d", short: "6h", budget: 0.1}
			workloads: chat: #chat & {slo: errors: {enabled: true, policy: "own"}}`,
			[]string{`error AIO030: 10 % of the budget of 7d in 3d is 0.233 times what the objective allows, so that the idle pair of policy own would alert on a service that keeps errors`}},
		{"a policy of the library for a longer window",
			`workloads: chat: #chat & {slo: errors: {enabled: true, policy: "month"}}`,
			[]string{`warning AIO030: 10 % of the budget of 7d in 3d is 0.233 times what the objective allows, so that the steady pair of policy month would alert on a service that keeps errors: it is left out`}},
		{"a short window of one evaluation, and one that is not short",
			`slo: policies: own: {a: {long: "1h", short: "1m", budget: 0.1}, b: {long: "1h", short: "1h", budget: 0.1}}`,
			[]string{
				`error AIO030: the short window of a of policy own is 1m: rules are evaluated each 1m, and a share needs two values`,
				`error AIO030: the short window of b of policy own is 1h, and the long one 1h: the short one ends the alert soon after the fault`,
			}},
		{"a policy that nobody has", `workloads: chat: #chat & {slo: errors: {enabled: true, policy: "weak"}}`,
			[]string{`error AIO010: there is no policy "weak"`}},
		{"a policy of the library's name", `slo: policies: week: a: {long: "1h", short: "5m", budget: 0.1}`,
			[]string{`error AIO011: policy "week" exists in the library already`}},
		{"tuning that makes pairs alike", `alerts: InferenceErrors: severity: "info"
			workloads: chat: #chat & {slo: errors: enabled: true}`,
			[]string{`error AIO024: alerts.InferenceErrors.severity would make the rules of all pairs of windows alike`}},
		{"tuning of a pair that is none", `alerts: InferenceErrors: burn: quick: for: "1m"`,
			[]string{`error AIO010: there is no pair of windows "quick"`}},
		{"tuning of pairs of another alert", `alerts: InferenceQueueLong: burn: fast: for: "1m"`,
			[]string{`error AIO024: alerts.InferenceQueueLong.burn has no effect: InferenceQueueLong is no alert of an objective`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, found := lower(t, tt.spec); !slices.Equal(found, tt.want) {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(found, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// How a target between two edges is read, as the user chooses.
func TestBucketPolicies(t *testing.T) {
	for _, tt := range []struct {
		name, slo, version string
		record             string // a regular expression that the bad events match
		found              string // what the one finding says, "" for none
	}{
		{"on an edge", `ttft: under: "250ms"`, "", `^[^*]*own_ttft_seconds_bucket\{le="0.25"[^*]*$`, ""},
		{"on an edge, exact", `ttft: {under: "250ms", bucket: "exact"}`, "", `^[^*]*le="0.25"[^*]*$`, ""},
		{"interpolated by default", `ttft: under: "200ms"`, "", `le="0.1".*\* 0.333.* le="0.25".*\* 0.666|le="0.1".*0.333.*le="0.25".*0.666`,
			"note AIO033: ttft under 200ms is an estimate: it lies between the bucket edges 0.1 s and 0.25 s of own 1.0.0"},
		{"interpolated as the user says", `ttft: {under: "200ms", bucket: "interpolated"}`, "", `le="0.1".*0.333.*le="0.25".*0.666`, ""},
		{"below the first edge", `ttft: under: "50ms"`, "", `le="0.1".*\* 0.5`, "it lies below the first bucket edge 0.1 s of own 1.0.0"},
		{"above the last edge", `ttft: under: "2s"`, "", "", "error AIO030: ttft of chat: the last bucket of own 1.0.0 ends at 0.5 s, so a target of 2 s cannot be measured"},
		{"stricter", `ttft: {under: "200ms", bucket: "stricter"}`, "", `^[^*]*le="0.1"[^*]*$`, ""},
		{"looser", `ttft: {under: "200ms", bucket: "looser"}`, "", `^[^*]*le="0.25"[^*]*$`, ""},
		{"stricter than the first edge", `ttft: {under: "50ms", bucket: "stricter"}`, "", "", "the first bucket of own 1.0.0 ends at 0.1 s, so there is none that is stricter than 0.05 s"},
		{"looser than the first edge", `ttft: {under: "50ms", bucket: "looser"}`, "", `^[^*]*le="0.1"[^*]*$`, ""},
		{"stricter than what is above the last edge", `ttft: {under: "2s", bucket: "stricter"}`, "", `^[^*]*le="0.5"[^*]*$`, ""},
		{"looser than the last edge", `ttft: {under: "2s", bucket: "looser"}`, "", "", "the last bucket of own 1.0.0 ends at 0.5 s"},
		// 30 tokens a second are 0.0333 s for each: the stricter promise is 40.
		{"a stricter speed", `tokensPerSecond: {over: 30, bucket: "stricter"}`, "", `^[^*]*own_token_seconds_bucket\{le="0.025"[^*]*$`, ""},
		{"a looser speed", `tokensPerSecond: {over: 30, bucket: "looser"}`, "", `^[^*]*own_token_seconds_bucket\{le="0.05"[^*]*$`, ""},
		{"exact, with a flag that is too young", `ttft: {under: "200ms", bucket: "exact"}`, "", "",
			"error AIO030: ttft of chat: own 1.0.0 has no bucket edge at 0.2 s, and --ttft-edges came with 2.0.0"},
		{"exact, without a flag", `tokensPerSecond: {over: 30, bucket: "exact"}`, "2.0.0", "",
			"error AIO030: tokensPerSecond of chat: own 2.0.0 has no bucket edge at 0.03333 s (30 a second), and no flag that adds one is known"},
		// Until the flag is set the estimate stands in.
		{"exact, with a flag", `ttft: {under: "200ms", bucket: "exact"}`, "2.0.0", `le="0.2".* or .*le="0.1".*0.333.*le="0.25".*0.666`,
			"note AIO033: exact targets of chat are estimates until its engine runs with the args of scrape/chat.args.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			version := tt.version
			if version == "" {
				version = "1.0.0"
			}
			target, rest, _ := strings.Cut(tt.slo, ": ")
			p, found := lower(t, `workloads: chat: #chat & {engine: version: "`+version+`", slo: `+target+`: {enabled: true} & {`+strings.Trim(rest, "{}")+`}}`)
			if tt.found == "" && len(found) > 0 || tt.found != "" && (len(found) != 1 || !strings.Contains(found[0], tt.found)) {
				t.Errorf("found %q, want %q", found, tt.found)
			}
			var rules []Rule
			if p != nil {
				rules = rulesOf(p, "workload:slo_bad_events:rate5m")
			}
			if tt.record == "" {
				if len(rules) > 0 {
					t.Errorf("it is recorded all the same: %s", rules[0].Expr)
				}
				return
			}
			if len(rules) != 1 || !regexp.MustCompile(tt.record).MatchString(rules[0].Expr) {
				t.Errorf("it is recorded as %v, want %s", rules, tt.record)
			}
		})
	}
}

// The flag replaces the whole list: what is there stays, what is wanted comes in.
func TestArgsHoldEveryEdge(t *testing.T) {
	p, _ := lower(t, `workloads: chat: #chat & {engine: version: "2.0.0", slo: ttft: {enabled: true, under: "300ms", bucket: "exact"}}`)
	if want := []string{"--ttft-edges 0.1 0.25 0.3 0.5"}; !slices.Equal(p.Workloads[0].Args, want) {
		t.Errorf("the args are %q, want %q", p.Workloads[0].Args, want)
	}
}

// Two workloads with one target and two policies have two sets of alerts, of which
// each reads the series of one.
func TestEqualTargetsWithOtherPolicies(t *testing.T) {
	p, found := lower(t, `slo: policies: calm: only: {long: "6h", short: "30m", budget: 0.3, severity: "critical"}
		workloads: a: #chat & {slo: errors: enabled: true}
		workloads: b: #chat & {namespace: "serving", scrape: selector: app: "b", slo: errors: {enabled: true, policy: "calm"}}
		alerts: InferenceErrors: burn: only: {for: "9m", severity: "info"}`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	pairs := map[string]string{}
	for _, r := range rulesOf(p, "InferenceErrors") {
		pairs[r.Labels["burn"]] = r.Labels["policy"]
		if none := strings.Contains(r.Expr, `policy=""`); none != (r.Labels["policy"] == "") {
			t.Errorf("the alert of policy %q reads %s", r.Labels["policy"], r.Expr)
		}
		if r.Labels["burn"] == "only" && (r.For != "9m" || r.Labels["severity"] != "info") {
			t.Errorf("the tuned pair waits %s and is %s", r.For, r.Labels["severity"])
		}
	}
	if len(pairs) != 4 || pairs["only"] != "calm" {
		t.Errorf("the pairs are %v", pairs)
	}
}

// What burn rates and traffic are held against is what the alerts compare with, once
// for all workloads.
func TestAllowances(t *testing.T) {
	p, found := lower(t, `slo: policies: calm: only: {long: "6h", short: "30m", budget: 0.3, severity: "critical"}
		workloads: a: #chat & {slo: errors: enabled: true}
		workloads: b: #chat & {scrape: selector: app: "b", slo: errors: enabled: true}
		workloads: c: #chat & {scrape: selector: app: "c", slo: errors: {enabled: true, policy: "calm"}}`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	written := func(name string, labels ...string) map[string]string {
		out := map[string]string{}
		for _, r := range rulesOf(p, name) {
			key := r.Labels["cluster"]
			for _, l := range labels {
				key += " " + r.Labels[l]
			}
			out[key] = r.Expr
		}
		return out
	}
	for name, c := range map[string]struct {
		labels []string
		want   map[string]string
	}{
		"cluster:slo_error_budget:ratio": {[]string{"objective"}, map[string]string{"prod 99.9": "vector(0.001)"}},
		"cluster:slo_burn_rate:threshold": {[]string{"window", "policy", "burn", "long"}, map[string]string{
			"prod 7d  fast 1h": "vector(13.44)", "prod 7d  slow 6h": "vector(5.6)", "prod 7d  steady 3d": "vector(1.167)", "prod 7d calm only 6h": "vector(8.4)"}},
		"cluster:slo_events:floor": {[]string{"objective", "policy", "burn"}, map[string]string{
			"prod 99.9  fast": "vector(373)", "prod 99.9  slow": "vector(893)", "prod 99.9  steady": "vector(4285)", "prod 99.9 calm only": "vector(596)"}},
	} {
		if got := written(name, c.labels...); !maps.Equal(got, c.want) || len(rulesOf(p, name)) != len(got) {
			t.Errorf("%s is %v, want %v", name, got, c.want)
		}
	}
	budget := rulesOf(p, "cluster:slo_error_budget:ratio")[0]
	for _, from := range []Origin{"workloads.a.slo.errors", "workloads.b.slo.errors", "workloads.c.slo.errors"} {
		if !slices.Contains(budget.Origins, from) {
			t.Errorf("the budget comes from %v, and not from %s", budget.Origins, from)
		}
	}
}

// Panels of an exporter that others scrape are there where the spec says so.
func TestPanelsOfWhatOthersScrape(t *testing.T) {
	for spec, want := range map[string]bool{"": false, `clusters: prod: exporters: "prometheus-server": {}`: true} {
		p, found := lower(t, "workloads: a: #chat & {slo: errors: enabled: true}\n"+spec)
		if len(found) > 0 {
			t.Fatal(found)
		}
		got := false
		for _, d := range p.Dashboards {
			got = got || slices.ContainsFunc(d.Rows, func(r Row) bool { return r.Title == "Prometheus itself" && len(r.Panels) > 2 })
		}
		if got != want {
			t.Errorf("with %q there is a row of Prometheus itself: %t", spec, got)
		}
	}
}

// All tables have one order of columns: what a row is first, whose it is last.
func TestColumnsHaveOneOrder(t *testing.T) {
	p, found := lower(t, "workloads: a: #chat & {slo: errors: enabled: true}")
	if len(found) > 0 {
		t.Fatal(found)
	}
	tables := 0
	for _, d := range p.Dashboards {
		for _, r := range d.Rows {
			for _, panel := range r.Panels {
				if len(panel.Columns) < 2 {
					continue
				}
				tables++
				for i, c := range panel.Columns[1:] {
					if panel.Columns[i].Label == "cluster" || c.Label == "workload" && panel.Columns[i].Label == "team" {
						t.Errorf("%s/%s: columns %v", d.Name, panel.Title, panel.Columns)
					}
				}
			}
		}
	}
	if tables < 5 {
		t.Errorf("%d tables", tables)
	}
}

// Rules grow with distinct targets: ten workloads with one target have the rules of
// one, but for what each has of its own.
func TestRulesGrowWithTargets(t *testing.T) {
	count := func(n int) int {
		var s strings.Builder
		for i := range n {
			name := string(rune('a' + i))
			s.WriteString("workloads: " + name + `: #chat & {scrape: selector: app: "` + name + `", slo: {ttft: {enabled: true, under: "250ms"}, errors: enabled: true, queueDepth: enabled: true}}` + "\n")
		}
		p, found := lower(t, s.String())
		if len(found) > 0 {
			t.Fatal(found)
		}
		total := 0
		for _, g := range p.Groups {
			for _, r := range g.Rules {
				if strings.Contains(r.Record, ":slo_") || r.Labels["burn"] != "" {
					total++
				}
			}
		}
		return total
	}
	if one, ten := count(1), count(10); one != ten || one == 0 {
		t.Errorf("one workload has %d rules, ten have %d", one, ten)
	}
}

// The window is what the cluster keeps.
func TestDefaultWindow(t *testing.T) {
	for retention, want := range map[string]string{"10d": "7d", "28d": "28d", "29d": "28d", "30d": "30d", "1000d": "30d", "1d": "7d"} {
		p, _ := lower(t, `clusters: prod: prometheus: retention: "`+retention+`"
			workloads: chat: #chat & {slo: ttft: {enabled: true, under: "250ms"}}`)
		r := rulesOf(p, "workload:slo_bad_events:rate5m")
		if len(r) != 1 || r[0].Labels["window"] != want {
			t.Errorf("with %s the window is %v, want %s", retention, r, want)
		}
		if budgets := len(rulesOf(p, "workload:slo_error_budget_remaining:ratio")); (budgets == 1) != (retention != "1d") {
			t.Errorf("with %s there are %d records of budgets", retention, budgets)
		}
		if alerts := len(rulesOf(p, "ErrorBudgetSpent")); (alerts == 1) != (retention != "1d") {
			t.Errorf("with %s there are %d alerts on budgets", retention, alerts)
		}
	}
}
