package compile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/alertmanager/template"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/check"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

const (
	plainRoutes      = "alertmanager/plain/alertmanager.yaml"
	searchRoutes     = "alertmanager/teams/search.yaml"
	inhibitionObject = "alertmanager/inhibitions.yaml"
)

// compiled is one cluster of a spec with its files and its typed alerts.
type compiled struct {
	plan   *plan.Plan
	files  []artifact.File
	alerts []check.Alert
	source check.Source
}

func compileCluster(t *testing.T, dir, cluster string) compiled {
	t.Helper()
	c, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := c.loader.Load()
	if err != nil {
		t.Fatal(err)
	}
	plans := c.plan(spec)
	if c.Diags.HasErrors() {
		t.Fatal(c.Diags.Sorted())
	}
	view := spec.Clusters[cluster]
	out := compiled{plan: plans[slices.IndexFunc(plans, func(p *plan.Plan) bool { return p.Cluster.Name == cluster })], source: c.source(view)}
	if out.files, err = generate(out.plan); err != nil {
		t.Fatal(err)
	}
	var diags diag.List
	out.alerts = check.Queries(out.plan, catalog.New(catalog.With(&c.loader.Embedded.Catalog, view.Spec)), out.files, out.source, &diags)
	if diags.HasErrors() {
		t.Fatal(diags.Sorted())
	}
	return out
}

func (c compiled) routes(files []artifact.File) string {
	var diags diag.List
	check.Routes(c.plan, c.alerts, files, c.source, &diags)
	var b bytes.Buffer
	_ = diag.Write(&b, "text", &diags, nil)
	return b.String()
}

// Each part of what is written is needed: whichever is changed, an alert reaches
// nobody or a page may be hidden, and the check names it.
func TestEachRouteIsNeeded(t *testing.T) {
	c := compileCluster(t, "../../examples/fleet", "eu-west-1")
	if found := c.routes(c.files); found != "" {
		t.Fatalf("the example as it is:\n%s", found)
	}
	for _, tt := range []struct {
		name, file, old, new string
		want                 []string // all of them
	}{
		{"the route of a severity", plainRoutes, "    - owner=\"search\"\n      - severity=\"critical\"", "    - owner=\"search\"\n      - severity=\"none\"",
			[]string{"teams.cue:31:3: error AIO090", `team "search" that are critical`, "WorkloadDown", "InferenceErrors"}},
		{"the same for the operator", searchRoutes, "name: severity\n        value: critical", "name: severity\n        value: none",
			[]string{"AIO090", `team "search" that are critical`, "WorkloadDown"}},
		{"the owner of a route", plainRoutes, "- owner=\"platform\"\n      - severity=\"warning\"", "- owner=\"platforms\"\n      - severity=\"warning\"",
			[]string{"AIO090", `team "platform" that are warning`, "GPURowsRemapped"}},
		{"what stands behind a route", plainRoutes, "receiver: aiobs-search-info", "receiver: aiobs-unrouted",
			[]string{"AIO090", `team "search" that are info`}},
		{"the ways out of a receiver", searchRoutes, "slackConfigs:", "discordConfigs:",
			[]string{"AIO051", searchRoutes}},
		{"the receiver of a route", searchRoutes, "receiver: aiobs-search-info", "receiver: aiobs-assistants-info",
			[]string{`team "search" that are info`}},
		{"the cluster", plainRoutes, "cluster=\"eu-west-1\"", "cluster=\"eu-west-2\"",
			[]string{`team "platform" that are critical`, `team "assistants" that are info`}},
		{"an owner of the top", plainRoutes, "assistants|platform|search", "assistants|platform",
			[]string{`team "search" that are critical`}},
		{"the owner of a team's routes", searchRoutes, "value: search", "value: research",
			[]string{`team "search" that are critical`}},
		{"a receiver that is not there", plainRoutes, "- name: aiobs-search-info", "- name: aiobs-search",
			[]string{"AIO051", "Alertmanager refuses it"}},
		// A GPU exporter without a node, and all that has none, are equal in it.
		{"the node of an inhibition", plainRoutes, "  - node!=\"\"\n  - severity=\"critical\"\n  target_matchers:\n  - gpu!=\"\"\n  - node!=\"\"", "  - severity=\"critical\"\n  target_matchers:\n  - severity=\"critical\"",
			nil}, // the owner is equal, so the same people are told
		{"the node and the owner of an inhibition", plainRoutes, "  - node\n  - owner\n  source_matchers:\n  - alertname=~\"GPUExporterDown|GPUExporterBlind\"\n  - node!=\"\"\n  - severity=\"critical\"\n  target_matchers:\n  - gpu!=\"\"\n  - node!=\"\"",
			"  - node\n  source_matchers:\n  - alertname=~\"GPUExporterDown|GPUExporterBlind\"\n  - severity=\"critical\"\n  target_matchers:\n  - severity=\"critical\"",
			[]string{"AIO092", `hides the page WorkloadDown of team "search" while GPUExporterDown (critical) of team "platform" fires`}},
		{"the severities of an inhibition", inhibitionObject, "value: critical\n    - matchType: '!='\n      name: slo\n      value: \"\"\n    - matchType: '!='\n      name: workload\n      value: \"\"\n    targetMatch:\n    - matchType: =~\n      name: severity\n      value: warning|info",
			"value: warning\n    - matchType: '!='\n      name: slo\n      value: \"\"\n    - matchType: '!='\n      name: workload\n      value: \"\"\n    targetMatch:\n    - matchType: =~\n      name: severity\n      value: critical|info",
			[]string{"AIO092", `hides the page InferenceErrors of team "search" while InferenceErrors (warning)`}},
		{"the source of an inhibition", plainRoutes, "alertname=\"GPUExporterAbsent\"", "alertname=\"GPUExporterGone\"",
			[]string{"warning AIO092", "GPUExporterGone", "can never match an alert"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := slices.Clone(c.files)
			i := slices.IndexFunc(changed, func(f artifact.File) bool { return f.Path == tt.file })
			if i < 0 || !bytes.Contains(changed[i].Data, []byte(tt.old)) {
				t.Fatalf("%s has no %q:\n%s", tt.file, tt.old, changed[i].Data)
			}
			changed[i].Data = bytes.ReplaceAll(changed[i].Data, []byte(tt.old), []byte(tt.new))
			found := c.routes(changed)
			for _, w := range tt.want {
				if !strings.Contains(found, w) {
					t.Errorf("nothing says %q:\n%s", w, found)
				}
			}
			if len(tt.want) == 0 && found != "" {
				t.Errorf("found:\n%s", found)
			}
		})
	}
	for file, want := range map[string]string{plainRoutes: plainRoutes + ": is not generated", searchRoutes: `team "search" that are critical reach nobody`} {
		without := slices.DeleteFunc(slices.Clone(c.files), func(f artifact.File) bool { return f.Path == file })
		if found := c.routes(without); !strings.Contains(found, want) {
			t.Errorf("without %s:\n%s", file, found)
		}
	}
}

// The operator's matcher is a part of the tree.
func TestMatcherStrategy(t *testing.T) {
	c := compileCluster(t, "../../examples/fleet", "eu-west-1")
	for strategy, reaches := range map[string]bool{"None": true, "OnNamespaceExceptForAlertmanagerNamespace": true, "OnNamespace": false, "": false} {
		c.plan.Cluster.Alertmanager.MatcherStrategy = strategy
		if found := c.routes(c.files); reaches != (found == "") || !reaches && !strings.Contains(found, "error AIO091: no alert reaches a team") {
			t.Errorf("%q:\n%s", strategy, found)
		}
	}
}

// The example has every inhibition of the library: each matches something.
func TestInhibitionsOfTheLibrary(t *testing.T) {
	c := compileCluster(t, "../../examples/fleet", "us-east-1")
	_, lib, err := Knowledge()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(c.plan.Routing.Inhibitions), len(lib.Routing.Inhibitions); got != want {
		t.Errorf("%d inhibitions of %d are written", got, want)
	}
}

const routedSpec = `package fleet
teams: {ml: owner: "ml@example.com", ops: owner: "ops@example.com"}
settings: owner: "ops"
gpus: "l40s": usdPerHour: 1.10
clusters: prod: {profiles: ["kube-prometheus-stack"], gpus: "l40s": perNode: 4, alertmanager: matcherStrategy: "None"}
workloads: chat: {
	kind: "inference", team: "ml", namespace: "serving", model: "m"
	engine: {name: "vllm", version: "0.30.0"}, gpu: {model: "l40s", count: 2}
}
`

// compileText compiles a spec of one file.
func compileText(t *testing.T, text string) (*Output, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fleet.cue"), []byte(text), 0o644); err != nil {
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
	var b bytes.Buffer
	_ = diag.Write(&b, "text", c.Diags, nil)
	return out, strings.ReplaceAll(b.String(), dir+"/", "")
}

func TestEveryAlertHasSomewhereToGo(t *testing.T) {
	slack := func(team, more string) string {
		return "teams: " + team + ": alerts: slack: {channel: \"#" + team + "\", url: {secret: \"slack\", key: \"" + team + "\"}" + more + "}\n"
	}
	own := func(owner, expr string) string {
		return "library: alerts: Mine: {expr: \"" + expr + "\", for: \"5m\", severity: \"critical\", owner: \"" + owner + "\", summary: \"s\", description: \"d\", why: \"w\", action: \"a\", dashboard: \"gpu\"}\n"
	}
	for _, tt := range []struct {
		name, text string
		want       []string // parts of lines; none where it compiles
	}{
		{"nobody is told", "", nil},
		{"everybody is told", slack("ml", "") + slack("ops", ""), nil},
		{"one team has no receivers", slack("ops", ""), []string{
			`fleet.cue:2:9: error AIO090: alerts of team "ml" that are critical reach nobody in cluster "prod": InferenceEngineHung, InferenceErrors,`,
			`fleet.cue:2:9: error AIO090: alerts of team "ml" that are warning reach nobody`,
			`fleet.cue:2:9: error AIO090: alerts of team "ml" that are info reach nobody`,
			`hint: add teams.ml.alerts: slack: {channel: "#ml-alerts"`}},
		{"pages are left out", slack("ml", `, severities: ["warning", "info"]`) + slack("ops", ""), []string{
			`fleet.cue:10:12: error AIO090: alerts of team "ml" that are critical reach nobody`, `its receivers take warning and info: add one, or add "critical"`}},
		{"a pager beside them", slack("ml", `, severities: ["warning", "info"]`) + slack("ops", "") + `teams: ml: alerts: pagerduty: routingKey: {secret: "p", key: "k"}`, nil},
		{"a pager alone", slack("ops", "") + `teams: ml: alerts: opsgenie: apiKey: {secret: "o", key: "k"}`, []string{
			`team "ml" that are warning`, `team "ml" that are info`}},
		{"an alert of one's own", slack("ml", "") + slack("ops", "") + own("team", "workload:inference_queue_depth:sum > 5"), nil},
		{"an alert that loses its team", slack("ml", "") + slack("ops", "") + own("team", "sum by (cluster) (workload:inference_queue_depth:sum) > 5"), []string{
			`error AIO090: the alert Mine reaches nobody in cluster "prod"`, `hint: keep team in the query, or set owner: "platform"`}},
		{"the same for the platform", slack("ml", "") + slack("ops", "") + own("platform", "sum by (cluster) (workload:inference_queue_depth:sum) > 5"), nil},
		{"a team that has nothing here", "teams: idle: {owner: \"idle@example.com\", budget: usdPerMonth: 5}\n" + slack("ml", "") + slack("ops", ""), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, found := compileText(t, routedSpec+tt.text)
			if (out != nil) != (len(tt.want) == 0) {
				t.Errorf("compiled: %t", out != nil)
			}
			for _, w := range tt.want {
				if !strings.Contains(found, w) {
					t.Errorf("nothing says %q:\n%s", w, found)
				}
			}
			if out != nil && (out.Routed["prod"] == nil) != (tt.text == "") {
				t.Errorf("routed: %v", out.Routed)
			}
		})
	}
}

// The messages show what an alert says, and nothing that it says is more than a
// text.
func TestMessages(t *testing.T) {
	_, lib, err := Knowledge()
	if err != nil {
		t.Fatal(err)
	}
	render, err := template.New()
	if err != nil {
		t.Fatal(err)
	}
	data := &template.Data{Status: "firing", GroupLabels: template.KV{"alertname": "GPULost", "cluster": "prod"}, CommonLabels: template.KV{"severity": "critical"},
		Alerts: template.Alerts{
			{Annotations: template.KV{"summary": "<!channel> a & b", "description": `{{ .ExternalURL }} {{ define "x" }}`, "action": "go", "runbook_url": "https://r/GPULost"}},
			{Annotations: template.KV{"summary": "second", "description": "d", "action": "look", "dashboard_url": "https://g/d/x?a=1&b=2"}},
		}}
	m := lib.Routing.Messages
	for text, want := range map[string]string{
		m.Title:     "critical: GPULost (2) in prod",
		m.Text:      "<!channel> a & b\n{{ .ExternalURL }} {{ define \"x\" }}\nTo do: go\nRunbook: https://r/GPULost\n\nsecond\nd\nTo do: look\nDashboard: https://g/d/x?a=1&b=2\n\n",
		m.SlackText: "&lt;!channel&gt; a &amp; b\n{{ .ExternalURL }} {{ define \"x\" }}\nTo do: go\nRunbook: https://r/GPULost\n\nsecond\nd\nTo do: look\nDashboard: https://g/d/x?a=1&amp;b=2\n\n",
	} {
		if got, err := render.ExecuteTextString(text, data); err != nil || got != want {
			t.Errorf("%q %v\nwant %q", got, err, want)
		}
	}
	data.Status = "resolved"
	if got, _ := render.ExecuteTextString(m.Title, data); got != "resolved: GPULost (2) in prod" {
		t.Errorf("%q", got)
	}
}

// What a list of routes says: each alert once for each owner and severity.
func TestRouted(t *testing.T) {
	out, found := compileText(t, routedSpec+`
teams: ml: alerts: {slack: {channel: "#ml", url: {secret: "slack", key: "ml"}}, pagerduty: routingKey: {secret: "p", key: "k"}}
teams: ops: alerts: webhook: {url: {secret: "w", key: "k"}, severities: ["critical", "warning", "info"]}
`)
	if out == nil {
		t.Fatal(found)
	}
	got := map[string]string{}
	for _, r := range out.Routed["prod"] {
		got[r.Alert+" "+r.Owner+" "+r.Severity] = strings.Join(r.Receivers, " ")
	}
	for key, want := range map[string]string{
		"WorkloadDown ml critical":        "pagerduty slack",
		"WorkloadReplicasDown ml warning": "slack",
		"InferenceErrors ml critical":     "pagerduty slack",
		"InferenceErrors ml warning":      "slack",
		"GPUXIDApplication ml info":       "slack", // no pager for what is only worth knowing
		"GPULost ops critical":            "webhook",
	} {
		if got[key] != want {
			t.Errorf("%s goes to %q, want %q", key, got[key], want)
		}
	}
}

// The louder a severity, the sooner it is told, and told again.
func TestTimings(t *testing.T) {
	_, lib, err := Knowledge()
	if err != nil {
		t.Fatal(err)
	}
	times := func(severity string) [3]float64 {
		var out [3]float64
		s := lib.Routing.Severities[severity]
		for i, text := range []string{s.GroupWait, s.GroupInterval, s.RepeatInterval} {
			out[i], _ = model.Seconds(text)
		}
		return out
	}
	for i, louder := range model.Severities[:len(model.Severities)-1] {
		a, b := times(louder), times(model.Severities[i+1])
		for n := range a {
			if a[n] <= 0 || a[n] >= b[n] {
				t.Errorf("%s: %v, %s: %v", louder, a, model.Severities[i+1], b)
			}
		}
	}
}

// An inhibition is written where one alert may be muted by another: by their
// names, severities, owners and the labels of their objective.
func TestInhibitionsThatMatch(t *testing.T) {
	base := routedSpec + `teams: {ml: alerts: #s, ops: alerts: #s}
#s: slack: {channel: "#all", url: {secret: "slack", key: "all"}}
`
	objectives := func(errors, others string) string {
		var out strings.Builder
		for _, pair := range []string{"fast", "slow", "steady"} {
			for _, alert := range []string{"InferenceErrors", "InferenceFirstTokenSlow", "InferenceStreamsSlow", "InferenceQueueOftenLong"} {
				severity := others
				if alert == "InferenceErrors" {
					severity = errors
				}
				fmt.Fprintf(&out, "alerts: %s: burn: %s: severity: %q\n", alert, pair, severity)
			}
		}
		return out.String()
	}
	for _, tt := range []struct {
		text, part string
		want       bool
	}{
		{"", "GPUExporterAbsent", true},
		{"alerts: GPUExporterAbsent: enabled: false\n", "GPUExporterAbsent", false},
		{"alerts: GPUExporterAbsent: severity: \"warning\"\n", "GPUExporterAbsent", false},
		{"", `slo!=""`, true},
		{objectives("critical", "critical"), `slo!=""`, false},
		{objectives("critical", "warning"), `slo!=""`, false}, // of other names
		{"slo: inference: {ttft: enabled: false, tokensPerSecond: enabled: false, errors: enabled: false, queueDepth: enabled: false}\n", `slo!=""`, false},
		{"", "WorkloadDown", true},
		{"settings: owner: \"ops\"\n", `gpu!=""`, true},
	} {
		out, found := compileText(t, base+tt.text)
		if out == nil {
			t.Fatal(found)
		}
		if strings.Contains(found, "AIO092") {
			t.Errorf("%q:\n%s", tt.text, found)
		}
		for _, f := range out.Set.Files() {
			if f.Path == "prod/"+plainRoutes && strings.Contains(string(f.Data), tt.part) != tt.want {
				t.Errorf("%q: %s is written: %t", tt.text, tt.part, !tt.want)
			}
		}
	}
}
