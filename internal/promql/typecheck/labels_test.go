package typecheck_test

import (
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

func TestLabels(t *testing.T) {
	rules{
		{`sum by (pod) (vllm:num_requests_waiting)`, silent},
		{`sum by (model_name, engine, cluster, team) (vllm:num_requests_waiting)`, silent},
		{`sum by (anything) (vllm:num_requests_waiting)`, silent}, // a relabeling may attach it
		{`sum by (reason) (vllm:num_requests_waiting)`, is("AIO064 reason")},
		{`sum by (engin) (vllm:num_requests_waiting)`, is("AIO064 engin")},
		{`sum by (Engine) (vllm:num_requests_waiting)`, is("AIO064 Engine")},
		{`sum by (err_code, xid) (DCGM_FI_DEV_XID_ERRORS)`, is("AIO064 xid")},
		{`DCGM_FI_DEV_XID_ERRORS{error_code="79"}`, is("AIO064 error_code")},
		{`DCGM_FI_DEV_XID_ERRORS{error_code!="79"}`, silent},
		{`DCGM_FI_DEV_XID_ERRORS{error_code!=""}`, is("AIO064 error_code")},
		{`DCGM_FI_DEV_XID_ERRORS{error_code=""}`, silent},
		{`DCGM_FI_DEV_XID_ERRORS{error_code=~".*"}`, silent},
		{`DCGM_FI_DEV_XID_ERRORS{error_code=~".+"}`, is("AIO064 error_code")},
		{`DCGM_FI_DEV_XID_ERRORS{hpc_job="a", pod_uid="b", dra_pool_name="c"}`, silent}, // settings add them
		{`kube_pod_labels{label_team="a"}`, silent},
		{`sum without (reason) (vllm:num_requests_waiting)`, silent},
		{`sum by (code) (http_requests_total)`, silent}, // it may be another program's
		{`sum by (x) (some_metric{y="a"})`, silent},
		{`sum by (server) (vllm:num_requests_running)`, silent}, // the router's
		{`sum by (__name__) (vllm:num_requests_waiting)`, silent},
	}.check(t, world(), typecheck.InRecord)
	rules{
		{`sum by (code) (http_requests_total)`, silent},
		{`sum by (model_name) (http_requests_total)`, is("AIO064 model_name")},
		{`http_requests_total{status="500"}`, is("AIO077 500")},
	}.check(t, running("vllm", catalog.Running{Version: "0.30.0"}), typecheck.InRecord)
}

// How the labels of a query follow from those of its parts.
func TestLabelFlow(t *testing.T) {
	rules{
		{`sum by (node) (sum by (pod, node) (up))`, silent},
		{`sum by (node) (sum by (pod) (up))`, is("AIO065 node")},
		{`sum by (node) (sum without (node) (up))`, is("AIO065 node")},
		{`sum by (node) (sum without (pod) (up))`, silent},
		{`sum without (node) (sum by (pod) (up))`, silent},
		{`sum by (node) (sum(up))`, is("AIO065 node")},
		{`sum(up) by (pod) and on (node) up`, is("AIO065 node")},
		// What comes through unchanged.
		{`sum by (node) (topk by (pod) (1, up))`, silent},
		{`sum by (node) (topk(1, sum by (pod) (up)))`, is("AIO065 node")},
		{`sum by (node) (abs(rate(some_total[5m])) > 0)`, silent},
		{`sum by (node) (sum by (pod) (up) > 0)`, is("AIO065 node")},
		{`sum by (node) (5 * sum by (pod) (up))`, is("AIO065 node")},
		{`sum by (node) (sum by (pod) (up) / scalar(sum(up)))`, is("AIO065 node")},
		{`sum by (node) (-sum by (pod) (up))`, is("AIO065 node")},
		{`sum by (node) (max_over_time(sum by (pod) (up)[1h:]))`, is("AIO065 node")},
		{`sum by (node) (hour(sum by (pod) (up)))`, is("AIO065 node")},
		{`sum by (node) (last_over_time(sum by (pod) (up)[1h:] @ end() offset 5m))`, is("AIO065 node")},
		// Matchings.
		{`sum by (node) (up * on (pod, node) up)`, is("AIO071 up", "AIO071 up")},
		{`sum by (node) (sum by (pod, node) (up) * on (pod) sum by (pod) (up))`, is("AIO065 node", "AIO071 sum by (pod, node) (up)")},
		{`sum by (node) (sum by (pod) (up) * on (pod) group_left (node) max by (pod, node) (kube_pod_info))`, silent},
		{`sum by (node) (max by (pod, node) (kube_pod_info) * on (pod) group_right (node) sum by (pod) (up))`, silent},
		{`sum by (node) (sum by (pod) (up) * on (pod) group_left (node) max by (pod) (kube_pod_info))`, is("AIO065 node")},
		{`sum by (team) (sum by (pod, team) (up) * ignoring (team) sum by (pod) (up))`, is("AIO065 team", "AIO071 sum by (pod, team) (up)")},
		{`sum by (node) (sum by (pod) (up) + sum by (pod) (up))`, is("AIO065 node")},
		{`sum by (node) (sum by (pod) (up) or sum by (node) (up))`, silent},
		{`sum by (team) (sum by (pod) (up) or sum by (node) (up))`, is("AIO065 team")},
		{`sum by (team) (sum by (pod) (up) or some_metric)`, silent},
		{`sum by (node) (sum by (pod) (up) and on (pod) up)`, is("AIO065 node")},
		// Functions that make labels.
		{`sum by (node) (label_replace(sum by (pod) (up), "node", "$1", "pod", "(.*)"))`, silent},
		{`sum by (node) (label_join(sum by (pod, ns) (up), "node", "/", "ns", "pod"))`, silent},
		{`label_replace(sum by (pod) (up), "a", "$1", "node", "(.*)")`, is("AIO065 node")},
		{`label_join(sum by (pod) (up), "a", "-", "pod", "node")`, is("AIO065 node")},
		{`label_replace(sum by (pod) (up), "a", "b", "", "")`, silent},
		{`sum by (v) (count_values("v", up))`, silent},
		{`sum by (node) (count_values by (pod) ("v", up))`, is("AIO065 node")},
		{`sum by (job) (absent(up{job="a"}))`, silent},
		{`sum by (pod) (absent(up{job="a"}))`, is("AIO065 pod")},
		{`sum by (job) (absent(up{job="a"} == 1))`, is("AIO065 job")}, // of no selector
		{`sum by (job) (absent((up{job="a"})))`, silent},
		{`sum by (job) (absent_over_time(up{job="a"}[5m]))`, silent},
		{`sum by (job) (absent(up{job=~"a"}))`, is("AIO065 job")},
		{`sum by (job) (absent(up{job="a", job="b"}))`, is("AIO065 job")},
		{`sum by (job) (absent(vector(1)))`, is("AIO065 job")},
		{`sum by (job) (vector(1))`, is("AIO065 job")},
		{`sum by (job) (vector(time()))`, is("AIO065 job")},
		{`sum by (le) (histogram_quantile(0.9, sum by (le, pod) (rate(vllm:request_queue_time_seconds_bucket[5m]))))`, is("AIO069 *", "AIO065 le")},
		{`sum by (pod) (histogram_quantile(0.9, sum by (le, pod) (rate(vllm:request_queue_time_seconds_bucket[5m]))))`, silent},
		{`sum by (le) (sum by (pod) (rate(vllm:request_queue_time_seconds_bucket[5m])))`, is("AIO065 le")},
	}.check(t, world(), typecheck.InVariable)
}

// In a closed world all is known: what runs, and what its scrape attaches and drops.
func TestClosedWorld(t *testing.T) {
	w := &typecheck.World{
		Catalog:  index(),
		Closed:   true,
		Running:  map[string][]catalog.Running{"vllm": {{Version: "0.30.0"}}, "prometheus": {{}}},
		Attached: map[string][]string{"vllm": {"job", "pod", "workload"}},
		Dropped:  map[string][]string{"vllm": {"engine"}},
		Recorded: map[string]typecheck.Type{},
	}
	rules{
		{`sum by (pod, workload, model_name) (vllm:num_requests_waiting)`, silent},
		{`sum by (node) (vllm:num_requests_waiting)`, is("AIO064 node")},
		{`sum by (engine) (vllm:num_requests_waiting)`, is("AIO065 engine")},
		{`vllm:num_requests_waiting{team="a"}`, is("AIO064 team")},
		{`http_requests_total{status="500"}`, is("AIO077 500")},
		{`sum by (node) (up)`, silent}, // nothing is said of its scrape
		{`some_metric > 1`, is("AIO060 some_metric")},
		{`DCGM_FI_DEV_GPU_TEMP > 1`, is("AIO062 DCGM_FI_DEV_GPU_TEMP")},
		{`DCGM_FI_DEV_GPU_TMP > 1`, is("AIO060 DCGM_FI_DEV_GPU_TMP")},
	}.check(t, w, typecheck.InVariable)
}

// Strict tells what cannot be known.
func TestStrict(t *testing.T) {
	w := world()
	w.Strict = true
	rules{
		{`some_metric > 1`, is("AIO079 some_metric")},
		{`sum by (tier) (vllm:num_requests_waiting)`, is("AIO079 tier")},
		{`sum by (team, cluster, pod) (vllm:num_requests_waiting)`, silent},
		{`sum by (tier) (some_metric)`, is("AIO079 some_metric")},
		{`kube_pod_labels{label_team="a"}`, silent},
		{`sum by (reason) (vllm:num_requests_waiting)`, is("AIO064 reason")},
	}.check(t, w, typecheck.InRecord)
	for _, f := range check(t, w, typecheck.InRecord, `sum by (tier) (vllm:num_requests_waiting)`).Findings {
		if f.Severity != diag.Warning {
			t.Errorf("%+v is no warning", f)
		}
	}
}

// The labels of what is shown: a legend, a variable.
func TestLacks(t *testing.T) {
	for _, tt := range []struct{ query, label, code string }{
		{`sum by (pod) (vllm:num_requests_waiting)`, "pod", ""},
		{`sum by (pod) (vllm:num_requests_waiting)`, "node", "AIO065"},
		{`vllm:num_requests_waiting`, "reason", "AIO064"},
		{`vllm:num_requests_waiting`, "anything", ""},
		{`vllm:num_requests_waiting`, "__name__", ""},
		{`some_metric`, "anything", ""},
	} {
		if f, bad := world().Lacks(check(t, world(), typecheck.InPanel, tt.query).Type, tt.label); f.Code != tt.code || bad != (tt.code != "") {
			t.Errorf("%s of %s: %+v, want %s", tt.label, tt.query, f, tt.code)
		}
	}
}
