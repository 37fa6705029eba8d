package golden

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
)

// healthyFor is long enough for a rule that compares with two hours ago.
const healthyFor = 3*hour + 12*minute

var fleets = map[string]func(*testing.T) *fleet{"prod": minimal, "eu-west-1": euWest, "us-east-1": usEast}

var healthy struct {
	sync.Mutex
	of map[string]*simulation
}

// healthyFleet is a cluster after some hours in which nothing went wrong but
// a pod and an exporter were replaced. Fork it.
func healthyFleet(t *testing.T, cluster string) *simulation {
	t.Helper()
	healthy.Lock()
	defer healthy.Unlock()
	if s := healthy.of[cluster]; s != nil {
		return s
	}
	s := simulate(fleets[cluster](t), nil)
	s.ruler = newRuler(newStore(), readRules(t, s.fleet.files, cluster))
	s.evalEvery, s.check = 4*minute, allWell
	if err := s.run(healthyFor); err != nil {
		t.Fatalf("healthy %s:\n%v", cluster, err)
	}
	if healthy.of == nil {
		healthy.of = map[string]*simulation{}
	}
	healthy.of[cluster] = s
	return s
}

// allWell holds while nothing recorded is NaN or infinite and no alert fires.
func allWell(s *simulation) error {
	return errors.Join(finite(s), silent(s))
}

func finite(s *simulation) error {
	if bad := s.ruler.notFinite(); len(bad) > 0 {
		return fmt.Errorf("not finite: %s", strings.Join(bad, ", "))
	}
	return nil
}

func silent(s *simulation, allowed ...string) error {
	for _, a := range s.ruler.firing() {
		if !slices.Contains(allowed, a.labels.Get(labels.AlertName)) {
			return fmt.Errorf("fires: %s", a.labels)
		}
	}
	return nil
}

// emptyWhenWell are recorded names without a series in a healthy cluster.
var emptyWhenWell = map[string]string{
	"gpu:xid_events:count5m":   "no XID was raised",
	"team:gpu_spend_usd:ago7d": "the fleet is hours old",
	"us-east-1 workload:slo_error_budget_exhaustion_seconds:rate1h": "no budget burns",
	"us-east-1 workload:inference_load_imbalance:ratio":             "no workload has two replicas",
	"prod gpu:memory_temperature_celsius:max":                       "no GPU of the cluster has a sensor at its memory",
}

func TestHealthyFleetRecordsEverything(t *testing.T) {
	for cluster := range fleets {
		t.Run(cluster, func(t *testing.T) {
			r := healthyFleet(t, cluster).ruler
			for i, rule := range r.rules {
				reason := emptyWhenWell[rule.Record] + emptyWhenWell[cluster+" "+rule.Record]
				switch {
				case rule.Record == "":
				case reason == "" && len(r.previous[i]) == 0:
					t.Errorf("%s%v records nothing: %s", rule.Record, rule.Labels, rule.Expr)
				case reason != "" && len(r.previous[i]) > 0:
					t.Errorf("%s is not empty, although %s", rule.Record, reason)
				}
			}
		})
	}
}

// notOf are workloads that a recorded name leaves out.
var notOf = map[string][]string{
	"workload:inference_stream_tokens_per_second:target": {"summarise"}, // has no such target
	"workload:usd_per_million_tokens:avg1h":              {"pretrain-7b", "reranker-tuning"},
	"workload:gpu_memory_used:target":                    {"deep-research"},
	"workload:usd_per_thousand_samples:avg1h":            {"deep-research"},
	"workload:usd_per_million_trained_tokens:avg1h":      {"deep-research"},
	"workload:inference_load_imbalance:ratio":            {"query-rewrite"}, // it has one replica
	// vLLM 0.9 has no such reason, source, state.
	"workload:inference_error_finishes:increase10m":       oldVLLM,
	"workload:inference_prompt_tokens_by_source:rate5m":   oldVLLM,
	"workload:inference_input_cache_hits:ratio_rate5m":    oldVLLM,
	"workload:inference_external_cache_hits:ratio_rate5m": oldVLLM,
	"workload:inference_engines_asleep:count":             oldVLLM,
	"workload:inference_waiting_by_reason:sum":            oldVLLM,
}

var oldVLLM = []string{"summarise", "query-rewrite"}

// What is recorded for one workload is recorded for each of its kind, on
// every version of its engine.
func TestHealthyFleetRecordsEveryWorkload(t *testing.T) {
	for cluster := range fleets {
		t.Run(cluster, func(t *testing.T) {
			s := healthyFleet(t, cluster)
			training := []string{"pretrain-7b", "reranker-tuning"}
			for name, all := range s.ruler.store.byName {
				if !strings.HasPrefix(name, "workload:") || strings.HasPrefix(name, "workload:slo_") {
					continue
				}
				for workload := range s.fleet.monitors {
					trains := slices.Contains(training, workload)
					if workload == dcgmMonitor || slices.Contains(notOf[name], workload) ||
						strings.HasPrefix(name, "workload:inference_") && trains ||
						strings.HasPrefix(name, "workload:training_") && !trains {
						continue
					}
					if !slices.ContainsFunc(all, func(s *series) bool { return s.labels.Get("workload") == workload }) {
						t.Errorf("%s is not recorded for %s", name, workload)
					}
				}
			}
		})
	}
}

// Sums that must hold at every moment, also while two exporters report the
// same GPUs and while a pod is replaced by another.
func TestHealthyFleetCountsEveryGPUOnce(t *testing.T) {
	for cluster, want := range map[string][]string{
		"eu-west-1": {
			`node:gpus:count{modelName="NVIDIA L40S"} == 4`, `node:gpus:count{modelName="NVIDIA H100 80GB HBM3"} == 8`,
			`workload:gpus:sum{workload="chat"} == 16`, `workload:gpus:sum{workload="code-assist"} == 8`,
			`workload:gpus:sum{workload="chat-fast"} == 8`, `workload:gpus:sum{workload="summarise"} == 4`,
			`workload:gpus:sum{workload="query-rewrite"} == 2`,
			`team:gpu_spend_usd:per_hour{team="assistants"} == 24 * 2.95 + 8 * 1.10`,
			`cluster:gpu_capacity_usd:per_hour == 32 * 2.95 + 24 * 1.10`,
			`cluster:gpu_unallocated_usd:per_hour == 8 * 2.95 + 10 * 1.10`,
			`workload:inference_errors:ratio_rate5m{workload="chat"} > 0`,
			`workload:inference_errors:ratio_rate5m{workload!="chat"} == 0`,
			`workload:inference_queue_depth:sum{workload="chat"} == 2`,
			`abs(workload:usd_per_million_tokens:avg1h{workload="chat"} - 16 * 2.95 * 1e6 / (2 * 1400 * 3600)) < 0.2`,
			`device:ecc_uncorrectable:increase1h == 0`,
		},
		"us-east-1": {
			`node:gpus:count == 8`, `workload:gpus:sum{workload="deep-research"} == 32`,
			`workload:gpus:sum{workload="pretrain-7b"} == 64`, `workload:gpus:sum{workload="reranker-tuning"} == 16`,
			`cluster:gpu_unallocated_usd:per_hour == 16 * 1.85 + 16 * 2.95`,
			`workload:training_loss_not_finite:count == 0`, `workload:training_heartbeat_age_seconds:min == 4`,
		},
		"prod": {`node:gpus:count == 4`, `workload:gpus:sum{workload="chat"} == 2`, `cluster:gpu_unallocated_usd:per_hour == 2 * 1.10`},
	} {
		t.Run(cluster, func(t *testing.T) {
			s := healthyFleet(t, cluster)
			for _, expr := range want {
				m := comparison.FindStringSubmatch(expr)
				holds := m[1] + m[2] + "bool " + m[3]
				if m[2] == "==" { // but for rounding
					holds = "abs(" + m[1] + " - (" + m[3] + ")) < bool 1e-6"
				}
				held := number(t, s, fmt.Sprintf("sum(sum_over_time((%s)[%.0fs:4m]))", holds, podReplaced))
				all := number(t, s, fmt.Sprintf("sum(count_over_time((%s)[%.0fs:4m]))", m[1], podReplaced))
				if held != all || all == 0 {
					t.Errorf("%s held for %v of %v samples", expr, held, all)
				}
			}
		})
	}
}

var comparison = regexp.MustCompile(`^(.+) (==|<|>) (.+)$`)

func number(t *testing.T, s *simulation, expr string) float64 {
	t.Helper()
	v, err := query(s.ruler.store, expr, s.time())
	if err != nil || len(v) != 1 {
		t.Fatalf("%s gives %v, %v", expr, v, err)
	}
	return v[0].F
}

// A fleet that runs and was never used: no division by nothing, no call.
func TestIdleFleetIsFiniteAndSilent(t *testing.T) {
	for cluster, allowed := range map[string][]string{
		"eu-west-1": nil, "prod": nil,
		"us-east-1": {"TrainingGPUIdle", "TrainingGPUsUnderused"}, // which is what they are for
	} {
		t.Run(cluster, func(t *testing.T) {
			f := healthyFleet(t, cluster).fleet
			s := simulate(f, newRuler(newStore(), readRules(t, f.files, cluster)))
			s.fault.edit = func(r raw) (float64, bool) {
				name := r.labels.Get(labels.MetricName)
				switch {
				case strings.HasPrefix(name, "DCGM_FI_PROF_"), strings.HasPrefix(name, "vllm:"):
					return 0, true
				case strings.HasPrefix(name, "http_"):
					return 0, false // it appears with the first answer
				}
				return r.now, true
			}
			s.check = func(s *simulation) error { return errors.Join(finite(s), silent(s, allowed...)) }
			if err := s.run(40 * minute); err != nil {
				t.Error(err)
			}
		})
	}
}
