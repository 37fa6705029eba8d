package load

import (
	"strings"
	"testing"
)

// Mistakes that CUE lets pass, or tells about without a place. Those that have
// a script under cmd/aiobsgen/testdata are not repeated here.
func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string // "line:col code part of the message"
	}{
		// CUE takes one struct or another for a value that is not decided yet, and
		// an undecided struct has no fields: the inventory would be lost.
		{"one struct or another", minimal + `clusters: prod: {gpus: l40s: perNode: 4} | {gpus: l40s: perNode: 8}`,
			[]string{`6:17 AIO007 found a constraint at clusters.prod, want a value`}},
		{"one list or another", minimal + `clusters: prod: profiles: ["flux"] | ["kube-prometheus"]`,
			[]string{`6:27 AIO007 found a constraint at clusters.prod.profiles, want a value`}},
		{"under an open condition", minimal + "_big: bool\nworkloads: {if _big {x: kind: \"inference\"}}",
			[]string{`7:12 AIO007 found a constraint at workloads, want a value`}},
		{"with an open condition at the top", minimal + "_big: bool\nif _big {workloads: x: kind: \"inference\"}",
			[]string{`2:1 AIO007 found a constraint at the top, want a value`}},
		{"an open element", minimal + `clusters: prod: profiles: [string]`,
			[]string{`6:27 AIO007 clusters.prod.profiles: an element of the list has no concrete value`}},
		// A default among them decides.
		{"a struct by default", minimal + `clusters: other: *{gpus: l40s: perNode: 4} | {gpus: l40s: perNode: 8}`, nil},

		// Workloads and the library are checked entry by entry, if they have any.
		{"workloads of no entries", minimal + `workloads: 5`, []string{`6:12 AIO003 workloads: found 5, want a struct`}},
		{"workloads in a list", minimal + `workloads: [{kind: "inference"}]`, []string{`6:12 AIO003 workloads: found a list, want a struct`}},
		{"a library of no entries", minimal + `library: "x"`, []string{`6:10 AIO003 library: found "x", want a struct`}},

		// Targets of the fleet, with workloads of the kind and without: told once.
		{"a target of the fleet", minimal + workload + `slo: inference: {ttft: under: "1w", tfft: under: "1s"}`,
			[]string{`12:31 AIO004 slo.inference.ttft.under: found "1w", want a duration`, `12:37 AIO002 slo.inference has no field "tfft"`}},
		{"a target of the fleet for no workload", minimal + `slo: training: {los: enabled: false}`,
			[]string{`6:17 AIO002 slo.training has no field "los"`}},
		{"a target of the fleet that is none", minimal + workload + `slo: inference: ttft: 5`,
			[]string{`12:23 AIO003 slo.inference.ttft: found 5, want a struct`}},
		{"targets of the fleet that are none", minimal + workload + `slo: inference: 5`,
			[]string{`12:17 AIO003 slo.inference: found 5, want a struct`}},

		// Beside another error, CUE tells of the fields inside an unknown one.
		{"an unknown struct beside an error", minimal + `cost: {teamLabl: a: b: "x", modelLabel: 5}`,
			[]string{`6:8 AIO002 cost has no field "teamLabl"`, `6:41 AIO003 cost.modelLabel: found 5, want a`}},
		{"a bad name beside an error", minimal + `teams: {"M L": owner: "x@example.com", ml: budget: usdPerMonth: "x"}`,
			[]string{`6:9 AIO006 teams: found the name "M L"`, `6:65 AIO003 teams.ml.budget.usdPerMonth: found "x"`}},

		// Numbers that CUE holds and Go does not.
		{"a large whole number", minimal + `clusters: prod: gpus: l40s: perNode: 99999999999999999999`,
			[]string{`6:38 AIO004 clusters.prod.gpus.l40s.perNode: found a number that does not fit 64 bits`}},
		{"a large number", minimal + `cost: cpuUSDPerHour: 1e400`,
			[]string{`6:22 AIO004 cost.cpuUSDPerHour: found a number that does not fit 64 bits`}},
		{"a small number", minimal + `cost: cpuUSDPerHour: 1e-400`,
			[]string{`6:22 AIO004 cost.cpuUSDPerHour: found a number that does not fit 64 bits`}},

		// Dashboards: a list that is missing, and what has a default.
		{"a dashboard without rows", minimal + `library: dashboards: d: {title: "T", uid: "d", description: "d"}`,
			[]string{`6:22 AIO005 library.dashboards.d.rows is missing, want a list`}},
		{"a topic that is none", minimal + `library: dashboards: d: topic: "cots"`,
			[]string{`6:32 AIO004 library.dashboards.d.topic: found "cots", want one of "cost", "custom", "exporters", "fleet", "gpu", "inference", "slo", "training"`}},
		{"a panel too wide", minimal + `library: dashboards: d: {title: "T", uid: "d", description: "d", rows: [{title: "R", panels: [{title: "P", description: "d", kind: "stat", unit: "s", width: 25}]}]}`,
			[]string{`6:158 AIO004 library.dashboards.d.rows.0.panels.0.width: found 25, want a whole number and > 0 and <= 24`}},

		// Values of kinds that the schema never wants.
		{"null", minimal + `cost: cpuUSDPerHour: null`, []string{`6:22 AIO003 cost.cpuUSDPerHour: found null, want a number`}},
		{"null for a struct", minimal + `cost: null`, []string{`6:7 AIO003 cost: found null, want a struct`}},
		{"bytes", minimal + `cost: teamLabel: 'team'`, []string{`6:18 AIO003 cost.teamLabel: found bytes, want `}},
		{"a list of other things", minimal + `clusters: prod: profiles: [5]`,
			[]string{`6:27 AIO004 clusters.prod.profiles: found a list, want [...string]`}},
		{"an empty list", minimal + workload + `workloads: chat: clusters: []`,
			[]string{`12:28 AIO004 workloads.chat.clusters: found a list, want [string, ...string]`}},

		// Lists of structs: a mistake in an element is told at the element.
		{"a field of a check", minimal + alert(`checks: [{say: "a", qery: "up"}, {say: 5}, {say: "c"}, "d"]`),
			[]string{`7:21 AIO002 library.alerts.Mine.runbook.checks.0 has no field "qery"`,
				`7:40 AIO003 library.alerts.Mine.runbook.checks.1.say: found 5, want a string`,
				`7:56 AIO003 library.alerts.Mine.runbook.checks.3: found "d", want a struct`}},
		{"a check without a text", minimal + alert(`checks: [{say: "a"}, {say: "b"}, {query: "up"}]`),
			[]string{`7:34 AIO005 library.alerts.Mine.runbook.checks.2.say is missing, want a string`}},
		{"too few checks", minimal + alert(`checks: [{say: "a"}, {say: "b"}]`),
			[]string{`7:9 AIO004 library.alerts.Mine.runbook.checks: found a list, want a list of at least 3`}},
		{"a step that is none", minimal + alert(`checks: [{say: "a"}, {say: "b"}, {say: "c"}], steps: ["a", 5]`),
			[]string{`7:60 AIO003 library.alerts.Mine.runbook.steps.1: found 5, want a string`}},

		{"a spec that is a number", `5`, []string{`1:1 AIO005 settings.owner is missing`, `1:1 AIO012 the spec has no clusters`}},
		{"nothing at all", ``, []string{`1:1 AIO005 settings.owner is missing`, `1:1 AIO012 the spec has no clusters`}},
	} {
		result, found := loadFiles(t, map[string]string{"spec.cue": tt.text})
		if (result != nil) != (len(tt.want) == 0) {
			t.Errorf("%s: loaded: %t", tt.name, result != nil)
		}
		var got []string
		for _, d := range found {
			got = append(got, strings.TrimPrefix(d.Pos.String(), "spec.cue:")+" "+d.Code+" "+d.Message)
		}
		fits := len(got) == len(tt.want)
		for i := range min(len(got), len(tt.want)) {
			fits = fits && strings.HasPrefix(got[i], tt.want[i])
		}
		if !fits {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
		}
	}
}

// alert is one of the user's own; what its runbook is given is its second line.
func alert(given string) string {
	runbook := "means: \"m\", impact: \"i\", noise: \"n\"\n" + given
	if !strings.Contains(given, "steps") {
		runbook += `, steps: ["s"]`
	}
	return `library: alerts: Mine: {expr: "up == 0", for: "5m", severity: "info", owner: "team", dashboard: "gpu", summary: "", description: "", why: "", action: "", runbook: {` + runbook + `}}`
}

// A profile that cannot be read is told about, and not laid over.
func TestMistakesInProfiles(t *testing.T) {
	for _, tt := range []struct{ name, profile, want string }{
		{"a number", `gpus: l40s: usdPerHour: 1e400`, `profiles/mine.cue:1:25 AIO004 gpus.l40s.usdPerHour: found a number that does not fit`},
		{"one or another", `cluster: {delivery: flux: true} | {delivery: flux: false}`, `profiles/mine.cue:1:10 AIO007 found a constraint at cluster`},
		{"no struct", `5`, `profiles/mine.cue:1:1 AIO003 : found 5, want a struct`},
		{"no such field", `clusters: {}`, `profiles/mine.cue:1:1 AIO002 the top level has no field "clusters"`},
		{"no such workload", `workloads: chta: kind: "inference"`, `profiles/mine.cue:1:12 AIO010 profile "mine" changes workloads.chta, which the spec does not have`},
		{"no syntax", `a: [`, `profiles/mine.cue:1:6 AIO001 expected ']'`},
	} {
		result, found := loadFiles(t, map[string]string{
			"spec.cue": minimal + workload + `clusters: prod: profiles: ["mine"]`, "profiles/mine.cue": tt.profile + "\n",
		})
		if result != nil || len(found) != 1 {
			t.Errorf("%s: %v", tt.name, found)
			continue
		}
		if got := found[0].Pos.String() + " " + found[0].Code + " " + found[0].Message; !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
