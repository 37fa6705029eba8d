package ruletest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What every spec here shares.
const base = `package fleet

teams: ml: owner: "ml@example.com"
settings: owner: "ml"
gpus: "l40s": usdPerHour: 1.10
`

// Fleets that are as they should be, whatever their size and targets, pass.
func TestUnusualFleetsPass(t *testing.T) {
	serving := func(gpu string, count, rest string) string {
		return `
workloads: chat: {
	kind: "inference", team: "ml", namespace: "serving"
	engine: {name: "vllm", version: "0.30.0"}
	model: "Qwen/Qwen3-8B"
	gpu: {model: "` + gpu + `", count: ` + count + `}
	` + rest + `
}
`
	}
	training := func(count, rest string) string {
		return `
workloads: tune: {
	kind: "training", team: "ml", namespace: "training"
	gpu: {model: "l40s", count: ` + count + `}
	` + rest + `
}
`
	}
	const pool = `
clusters: prod: {profiles: ["kube-prometheus-stack"], gpus: "l40s": perNode: 4, prometheus: retention: "45d"}
`
	for name, c := range map[string]struct {
		spec string
		// bare are alerts that nothing in the fleet can show.
		bare []string
	}{
		"one GPU": {pool + serving("l40s", "1", ""), []string{"WorkloadGPUsShort", "WorkloadReplicasDown", "InferenceReplicaSlow"}},
		"nodes of one GPU": {`clusters: prod: {profiles: ["kube-prometheus-stack"], gpus: "l40s": {perNode: 1, nodes: 2}}` +
			serving("l40s", "2", ""), []string{"GPULost"}},
		"a training job of one GPU":  {pool + training("1", ""), []string{"WorkloadGPUsShort", "WorkloadReplicasDown", "TrainingGPUSlow", "TrainingStragglerRank"}},
		"a training job of two GPUs": {pool + training("2", ""), nil},
		"most GPUs are free": {`clusters: prod: {profiles: ["kube-prometheus-stack"], gpus: "l40s": {perNode: 8, nodes: 4}}` +
			serving("l40s", "4", ""), nil},
		"no workload": {pool, []string{"GPUsUnallocatedCostly", "GPUXIDApplication", "GPUsIdleCostly", "ScrapeSlow", "WorkloadDown", "WorkloadMetricsMissing", "WorkloadReplicasDown"}},
		"a GPU model with no facts": {`gpus: "x9000": {usdPerHour: 9, modelName: "ACME X9000"}
clusters: prod: {profiles: ["kube-prometheus-stack"], gpus: "x9000": {perNode: 8, nodes: 2}}` + serving("x9000", "16", ""), nil},
		"a budget beyond any fleet": {`teams: ml: budget: usdPerMonth: 999999999999` + pool + serving("l40s", "2", ""),
			[]string{"TeamBudgetForecastExceeded", "TeamOverBudget"}},
		"many replicas, one short queue": {pool + serving("l40s", "48", "slo: queueDepth: under: 1"), nil},
		"a lax objective of errors":      {pool + serving("l40s", "2", "slo: errors: objective: 95"), nil},
		"no objective of errors":         {pool + serving("l40s", "2", "slo: errors: enabled: false"), nil},
		"a policy of a patient team": {`slo: policies: patient: {
	slow: {long: "6h", short: "30m", budget: 0.2, for: "15m", severity: "critical"}
	far: {long: "10d", short: "1d", budget: 0.9}
}` + pool + serving("l40s", "2", `slo: errors: {objective: 98, policy: "patient"}`), nil},
		"a total beside the errors":         {strings.Replace(pool+serving("l40s", "2", ""), `"vllm", version: "0.30.0"`, `"endpoint-picker", version: "1.0.0"`, 1), nil},
		"pairs that were tuned":             {`alerts: InferenceErrors: burn: fast: {for: "5m", severity: "warning"}` + pool + serving("l40s", "2", ""), nil},
		"little memory is meant to be used": {pool + training("8", "slo: {gpuMemory: under: 0.3, gpuBusy: over: 0.99}"), nil},
		"all memory is meant to be used":    {pool + training("8", "slo: gpuMemory: under: 0.99"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "spec.cue"), []byte(base+c.spec), 0o600); err != nil {
				t.Fatal(err)
			}
			bare := map[string]bool{}
			for _, alert := range c.bare {
				bare[alert] = true
			}
			for _, s := range suites(t, dir) {
				for _, u := range s.Uncovered {
					if !bare[u.Alert] {
						t.Errorf("no case proves %s %s: %s", u.Alert, u.Labels, u.Why)
					}
				}
				r, err := s.Report(nil)
				if err != nil {
					t.Fatal(err)
				}
				for _, one := range r.Results {
					for _, f := range one.Failures {
						t.Errorf("%s %s: %s: %s", one.Alert, one.Labels, one.Name, f)
					}
				}
				for _, l := range r.Loud {
					t.Errorf("%+v", l)
				}
			}
		})
	}
}
