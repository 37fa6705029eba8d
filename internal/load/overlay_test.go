package load

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestOverlay(t *testing.T) {
	for _, tt := range []struct{ name, base, over, want string }{
		{"other fields", `a: 1`, `b: 2`, `{"a":1,"b":2}`},
		{"a leaf wins", `a: 1, b: 2`, `a: 3`, `{"a":3,"b":2}`},
		{"deep down", `a: b: {c: 1, d: 2}`, `a: b: c: 3`, `{"a":{"b":{"c":3,"d":2}}}`},
		{"a struct over a leaf", `a: 1`, `a: b: 2`, `{"a":{"b":2}}`},
		{"a leaf over a struct", `a: b: 2`, `a: 1`, `{"a":1}`},
		// A list is one value: nobody could say which element is which.
		{"a list over a list", `a: [1, 2]`, `a: [3]`, `{"a":[3]}`},
		{"an empty list", `a: [1, 2]`, `a: []`, `{"a":[]}`},
		{"an empty struct changes nothing", `a: b: 1`, `a: {}`, `{"a":{"b":1}}`},
		{"false and 0 are values", `a: true, b: 1`, `a: false, b: 0`, `{"a":false,"b":0}`},
		{"null is one too", `a: 1`, `a: null`, `{"a":null}`},
		{"nothing over all", `a: 1`, ``, `{"a":1}`},
	} {
		base, over := readTree(t, tt.base), readTree(t, tt.over)
		got, err := json.Marshal(overlay(base, over).data())
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s over %s is %s, %v; want %s", tt.name, tt.over, tt.base, got, err, tt.want)
		}
		// The fleet's tree is overlaid once for each cluster.
		if !reflect.DeepEqual(base, readTree(t, tt.base)) {
			t.Errorf("%s: the base has changed", tt.name)
		}
	}
	n := readTree(t, `a: 1`)
	if overlay(n, nil) != n || overlay(nil, n) != n {
		t.Error("nothing under or over a tree is the tree")
	}
}

// The order is fleet, profiles as they are listed, the cluster's own entry for
// what is the cluster's; and a workload's own targets over all of the fleet's.
func TestProfilesAreLaidOver(t *testing.T) {
	files := map[string]string{
		"fleet.cue": minimal + workload + `
cost: teamLabel: "fleet-team"
cost: modelLabel: "fleet-model"
slo: inference: {
	ttft: {under: "100ms", objective: 91}
	queueDepth: under: 1
	errors: objective: 97
}
workloads: chat: slo: queueDepth: under: 7
clusters: prod: {
	profiles: ["first", "second"]
	prometheus: namespace: "own"
}
clusters: plain: {}
`,
		"profiles/first.cue": `
cluster: prometheus: {namespace: "first", retention: "1d"}
cluster: grafana: {namespace: "first", folder: "First"}
cost: modelLabel: "first-model"
gpus: l40s: usdPerHour: 5
slo: inference: {
	ttft: under: "500ms"
	queueDepth: under: 2
}
workloads: chat: pods: controller: "StatefulSet"
`,
		"profiles/second.cue": `
description: "Later profiles win."
cluster: grafana: folder: "Second"
slo: inference: ttft: under: "1s"
teams: ml: costCenter: "cc-2"
alerts: Some: for: "9m"
`,
	}
	result := mustLoad(t, files)
	prod, plain := result.Clusters["prod"], result.Clusters["plain"]
	cluster := prod.Spec.Clusters["prod"]
	chat := prod.Spec.Workloads["chat"]
	for _, tt := range []struct{ what, got, want string }{
		{"the cluster's entry over its profile", cluster.Prometheus.Namespace, "own"},
		{"a profile over the default", cluster.Prometheus.Retention, "1d"},
		{"a profile alone", cluster.Grafana.Namespace, "first"},
		{"the later profile", cluster.Grafana.Folder, "Second"},
		{"the default", cluster.Grafana.FolderAnnotation, "grafana_folder"},
		{"the fleet alone", prod.Spec.Cost.TeamLabel, "fleet-team"},
		{"a profile over the fleet", prod.Spec.Cost.ModelLabel, "first-model"},
		{"a profile adds to an entry", prod.Spec.Teams["ml"].CostCenter, "cc-2"},
		{"and leaves the rest of it", prod.Spec.Teams["ml"].Owner, "ml@example.com"},
		{"a profile of alerts", prod.Spec.Alerts["Some"].For, "9m"},
		{"a profile over a workload's default", chat.Pods.Controller, "StatefulSet"},
		{"the later profile's target over the fleet's", chat.SLO["ttft"].Text("under"), "1s"},
		{"the fleet's target over the default", chat.SLO["ttft"].Text("objective"), "91"},
		{"the workload's own target over all", chat.SLO["queueDepth"].Text("under"), "7"},
		{"the fleet's target alone", chat.SLO["errors"].Text("objective"), "97"},
		{"the default target", chat.SLO["tokensPerSecond"].Text("over"), "30"},

		{"without profiles, the fleet's label", plain.Spec.Cost.ModelLabel, "fleet-model"},
		{"without profiles, the fleet's target", plain.Spec.Workloads["chat"].SLO["ttft"].Text("under"), "100ms"},
		{"without profiles, the default", plain.Spec.Workloads["chat"].Pods.Controller, "Deployment"},
		{"without profiles, no cost center", plain.Spec.Teams["ml"].CostCenter, ""},
		{"without profiles, the default retention", plain.Spec.Clusters["plain"].Prometheus.Retention, "10d"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, tt.got, tt.want)
		}
	}
	if got := prod.Spec.GPUs["l40s"].USDPerHour; got != 5 {
		t.Errorf("a profile's price is %v, want 5", got)
	}
	if got := plain.Spec.GPUs["l40s"].USDPerHour; got != 1.1 {
		t.Errorf("the fleet's price is %v, want 1.1", got)
	}
	// A view holds its own cluster alone.
	if len(prod.Spec.Clusters) != 1 || len(plain.Spec.Clusters) != 1 {
		t.Errorf("%d and %d clusters, want one each", len(prod.Spec.Clusters), len(plain.Spec.Clusters))
	}

	// Each leaf keeps the place that set it.
	for path, want := range map[string]string{
		"cost.modelLabel":                    `first.cue: "first-model"`,
		"cost.teamLabel":                     `fleet.cue: "fleet-team"`,
		"workloads.chat.slo.ttft.under":      `second.cue: "1s"`,
		"workloads.chat.slo.ttft.objective":  `fleet.cue: 91`,
		"clusters.prod.prometheus.namespace": `fleet.cue: "own"`,
		"clusters.prod.grafana.namespace":    `first.cue: "first"`,
	} {
		pos := prod.Pos(strings.Split(path, ".")...)
		name := pos.File[strings.LastIndexByte(pos.File, '/')+1:]
		text := files[name]
		if name != "fleet.cue" {
			text = files["profiles/"+name]
		}
		line := strings.Split(text, "\n")[max(pos.Line-1, 0)]
		_, value, _ := strings.Cut(want, ": ")
		if got := line[max(pos.Col-1, 0):]; !strings.HasPrefix(want, name+": ") || !strings.HasPrefix(got, value) {
			t.Errorf("%s was set at %s, %q; want %s", path, pos, got, want)
		}
	}
	if !prod.Has("workloads", "chat", "slo", "ttft") || prod.Has("workloads", "chat", "slo", "errors", "enabled") {
		t.Error("Has tells what was written from what is a default")
	}
}

// A workload runs where it says, or everywhere.
func TestPlacement(t *testing.T) {
	result := mustLoad(t, map[string]string{"fleet.cue": minimal + workload + `
clusters: a: {}
clusters: b: {}
workloads: here: workloads.chat & {clusters: ["b", "a", "b"]}
`})
	for workload, want := range map[string]string{"chat": "a b prod", "here": "a b"} {
		if got := strings.Join(result.Fleet[workload], " "); got != want {
			t.Errorf("%s runs in %s, want %s", workload, got, want)
		}
		for name, view := range result.Clusters {
			if _, ok := view.Spec.Workloads[workload]; ok != strings.Contains(" "+want+" ", " "+name+" ") {
				t.Errorf("%s in %s: %t", workload, name, ok)
			}
		}
	}
}
