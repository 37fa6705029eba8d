package kubecost

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Targets as the catalogue has them.
var (
	kubecost2 = model.CostTarget{Since: "2.4.0", Until: "3.0.0", Shape: "values2", HoursPerPrice: 730}
	kubecost3 = model.CostTarget{Since: "3.1.0", Shape: "values3", HoursPerPrice: 730}
	// opencost/opencost pull request 3830 ends the division by 730.
	openCostMonthly = model.CostTarget{Since: "1.108.0", Until: "1.121.0", Shape: "configmap", HoursPerPrice: 730}
	openCostHourly  = model.CostTarget{Since: "1.121.0", Shape: "configmap", HoursPerPrice: 1}
)

func fleet(target model.CostTarget) *plan.Plan {
	p := &plan.Plan{
		CostTarget: target,
		Teams: []plan.Team{
			{Name: "assistants", Owner: "assistants@example.com", BudgetUSDPerMonth: 43500.5},
			{Name: "research", Owner: "research@example.com"},
		},
		GPUs: []plan.GPU{{Name: "h100-sxm", USDPerHour: 3.10, PerNode: 8, Nodes: 2}},
		Cost: model.Cost{
			TeamLabel: "example.com/team", ModelLabel: "model-name",
			SharedNamespaces: []string{"kube-system", "monitoring"}, SharedOverheadUSDPerMonth: 1500,
			CPUUSDPerHour: 0.031, RAMUSDPerGiBHour: 0.004, StorageUSDPerGBMonth: 0.04,
		},
	}
	p.Cluster.Name = "eu-west-1"
	p.Cluster.CostTool = model.CostTool{
		Name: model.Kubecost, Version: target.Since, Namespace: "cost",
		GPUNodeLabel: model.NodeLabel{Key: "nvidia.com/gpu.present", Value: "true"},
	}
	p.Cluster.Prometheus.SelectorLabels = map[string]string{"release": "kps"}
	return p
}

func TestNone(t *testing.T) {
	off := fleet(model.CostTarget{})
	off.Cluster.CostTool.Name = model.NoCostTool
	unserved := fleet(model.CostTarget{Shape: "none"})
	for _, p := range []*plan.Plan{off, unserved} {
		files, resources, err := Generate(p)
		if err != nil || len(files) > 0 || len(resources) > 0 {
			t.Errorf("%s: got %v, %v, %v", p.Cluster.CostTool.Name, files, resources, err)
		}
	}
}

// A price in the wrong unit is off by 730 and shows no error anywhere.
func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, target := range []model.CostTarget{
		{},
		{Shape: "values2"},
		{Shape: "values4", HoursPerPrice: 730},
	} {
		if files, _, err := Generate(fleet(target)); err == nil {
			t.Errorf("%+v: got %v and no error", target, files)
		}
	}
}

// Kustomize fails on a Helm values file, and leaves out what is not listed.
func TestResourcesAreTheObjects(t *testing.T) {
	for _, target := range []model.CostTarget{kubecost2, kubecost3, openCostMonthly} {
		files, resources := generate(t, fleet(target))
		for path, data := range files {
			if !bytes.Contains(data, []byte("# for: ")) || !bytes.Contains(data, []byte("# from: ")) {
				t.Errorf("%s: header does not say where it is from and for:\n%s", path, data)
			}
			_, isObject := get(decode(t, data), "kind")
			if isObject != slices.Contains(resources, path) {
				t.Errorf("%s %s: an object is %t, in resources is %t", target.Shape, path, isObject, !isObject)
			}
			if isObject {
				cm := configMapIn(t, data)
				if cm.Namespace != "cost" {
					t.Errorf("%s: namespace %q, want that of the tool", path, cm.Namespace)
				}
			} else if !bytes.Contains(data, []byte("helm upgrade")) {
				t.Errorf("%s: header does not say how it is applied", path)
			}
		}
	}
}

func TestValues2(t *testing.T) {
	files, _ := generate(t, fleet(kubecost2))
	v := decode(t, files["cost/kubecost-values.yaml"])
	wantAt(t, v, map[string]any{
		// Both name the cluster in 2.x; 3.x moved both to global.clusterId.
		"kubecostProductConfigs.clusterName":                       "eu-west-1",
		"prometheus.server.global.external_labels.cluster_id":      "eu-west-1",
		"kubecostProductConfigs.currencyCode":                      "USD",
		"kubecostProductConfigs.labelMappingConfigs.enabled":       true,
		"kubecostProductConfigs.labelMappingConfigs.team_label":    "example_com_team",
		"kubecostProductConfigs.customPricesEnabled":               true,
		"kubecostProductConfigs.defaultModelPricing.enabled":       true,
		"kubecostProductConfigs.labelMappingConfigs.product_label": "model_name",
		// Strings: the chart's template drops a number 0.
		"kubecostProductConfigs.defaultModelPricing.CPU":     "22.63",
		"kubecostProductConfigs.defaultModelPricing.RAM":     "2.92",
		"kubecostProductConfigs.defaultModelPricing.GPU":     "2263.00",
		"kubecostProductConfigs.defaultModelPricing.storage": "0.04",
		"kubecostProductConfigs.gpuLabel":                    "nvidia.com/gpu.present",
		"kubecostProductConfigs.gpuLabelValue":               "true",
		"kubecostProductConfigs.sharedNamespaces":            "kube-system,monitoring",
		"kubecostProductConfigs.sharedOverhead":              "1500.00",
		// 43500.50 * 7 / 30.4375 = 10004.2…, and research has no budget.
		"global.notifications.alertConfigs.alerts": []any{map[string]any{
			"type": "budget", "window": "7d", "threshold": 10005.0,
			"aggregation": "label:example_com_team", "filter": "assistants",
			"ownerContact": []any{"assistants@example.com"},
		}},
	})
}

func TestValues3(t *testing.T) {
	files, _ := generate(t, fleet(kubecost3))
	v := decode(t, files["cost/kubecost-values.yaml"])
	wantAt(t, v, map[string]any{
		"global.clusterId":                    "eu-west-1",
		"kubecostProductConfigs.currencyCode": "USD",
		// No "enabled" here: v3.1 maps always.
		"kubecostProductConfigs.labelMappingConfigs": map[string]any{
			"team_label": "example_com_team", "product_label": "model_name",
		},
		"kubecostProductConfigs.sharedNamespaces": "kube-system,monitoring",
		"kubecostProductConfigs.sharedOverhead":   "1500.00",
		"finopsagent.agent.kubecost.customPrices": map[string]any{
			"enabled": true, "CPU": "22.63", "RAM": "2.92", "GPU": "2263.00", "storage": "0.04",
		},
		"finopsagent.agent.kubecost.gpuLabel":      "nvidia.com/gpu.present",
		"finopsagent.agent.kubecost.gpuLabelValue": "true",
	})

	cm := configMapIn(t, files["cost/kubecost-budgets.yaml"])
	if name, _ := get(v, "kubecostProductConfigs", "budgets", "configmapName"); name != cm.Name {
		t.Errorf("values name the budgets %v, they are in %q", name, cm.Name)
	}
	var budgets []map[string]any
	if err := json.Unmarshal([]byte(cm.Data["budgets.json"]), &budgets); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{
		"name": "assistants in eu-west-1", "budgetType": "allocations",
		"interval": "monthly", "intervalDay": 1.0,
		// Up to the next dollar: the API documents an int.
		"spendLimit": 43501.0,
		"values":     map[string]any{"label": []any{"example_com_team:assistants"}},
		"actions": []any{map[string]any{
			"amount": 0.0, "percentage": 100.0, "emails": []any{"assistants@example.com"},
		}},
	}}
	if !reflect.DeepEqual(budgets, want) {
		t.Errorf("budgets\n got %v\nwant %v", budgets, want)
	}
}

// removed are the values with which an install of 3.x fails
// (kubecost/kubecost v3.2.1 kubecost/templates/_helpers.tpl).
var removed = []string{
	"kubecostModel", "kubecostAggregator", "kubecostFrontend", "kubecostMetrics", "service", "pricingCsv",
	"federatedETL", "etlUtils", "prometheus", "grafana", "global.prometheus", "global.grafana", "global.gmp",
	"global.amp", "global.mimirProxy", "global.ammsp", "sigV4Proxy", "awsstore",
	"kubecostProductConfigs.clusterName", "prometheus.server.global.external_labels.cluster_id",
	"kubecostProductConfigs.cloudIntegrationSecret", "kubecostProductConfigs.cloudIntegrationJSON",
}

func TestValues3HasNoRemovedKey(t *testing.T) {
	inFile := func(target model.CostTarget) (found []string) {
		files, _ := generate(t, fleet(target))
		for _, path := range keyPaths(decode(t, files["cost/kubecost-values.yaml"]), "") {
			if slices.Contains(removed, path) {
				found = append(found, path)
			}
		}
		return found
	}
	if found := inFile(kubecost3); len(found) > 0 {
		t.Errorf("3.x refuses %v", found)
	}
	// The walk finds them where they are.
	want := []string{"kubecostProductConfigs.clusterName", "prometheus", "prometheus.server.global.external_labels.cluster_id"}
	if found := inFile(kubecost2); !slices.Equal(found, want) {
		t.Errorf("in 2.x found %v, want %v", found, want)
	}
}

func TestOpenCost(t *testing.T) {
	for _, c := range []struct {
		target                 model.CostTarget
		cpu, ram, gpu, storage string
	}{
		{openCostMonthly, "22.63", "2.92", "2263.00", "0.04"},
		// 0.04 USD a month is 0.04/730 an hour.
		{openCostHourly, "0.031", "0.004", "3.10", "0.0000547945"},
	} {
		files, _ := generate(t, fleet(c.target))
		cm := configMapIn(t, files["cost/opencost-pricing.yaml"])
		want := map[string]string{
			"provider": "custom", "CPU": c.cpu, "RAM": c.ram, "GPU": c.gpu, "storage": c.storage,
			"gpuLabel": "nvidia.com/gpu.present", "gpuLabelValue": "true",
			// No spotGPU: OpenCost reads that one as hourly whatever the rest is.
		}
		if !reflect.DeepEqual(cm.Data, want) {
			t.Errorf("times %v\n got %v\nwant %v", c.target.HoursPerPrice, cm.Data, want)
		}
		wantAt(t, decode(t, files["cost/opencost-values.yaml"]), map[string]any{
			"opencost.customPricing": map[string]any{
				"enabled": true, "createConfigmap": false, "configmapName": cm.Name, "provider": "custom",
			},
			"opencost.exporter.defaultClusterId": "eu-west-1",
			"opencost.metrics.serviceMonitor": map[string]any{
				"enabled": true, "honorLabels": true, "additionalLabels": map[string]any{"release": "kps"},
			},
		})
	}
}

// The 2.x chart writes the alerts as '{{ toJson … }}' without doubling quotes
// (kubecost/cost-analyzer-helm-chart v2.4.2
// cost-analyzer/templates/cost-analyzer-alerts-configmap.yaml).
func TestQuoteInAnAddress(t *testing.T) {
	const address = "o'neil@example.com"
	p := fleet(kubecost2)
	p.Teams[0].Owner = address
	files, _ := generate(t, p)
	alerts, _ := get(decode(t, files["cost/kubecost-values.yaml"]), "global", "notifications", "alertConfigs")
	asJSON, err := json.Marshal(alerts)
	if err != nil {
		t.Fatal(err)
	}
	rendered := decode(t, []byte("alerts.json: '"+string(asJSON)+"'"))
	if text, _ := rendered["alerts.json"].(string); !strings.Contains(text, `["`+address+`"]`) {
		t.Errorf("Kubecost 2 reads %s", text)
	}

	// Our own ConfigMap has no such template, so nothing is doubled there.
	p.CostTarget = kubecost3
	files, _ = generate(t, p)
	cm := configMapIn(t, files["cost/kubecost-budgets.yaml"])
	if !strings.Contains(cm.Data["budgets.json"], `"`+address+`"`) {
		t.Errorf("Kubecost 3 reads %s", cm.Data["budgets.json"])
	}
}

func TestNoBudgets(t *testing.T) {
	for _, target := range []model.CostTarget{kubecost2, kubecost3} {
		p := fleet(target)
		p.Teams = p.Teams[1:]
		files, resources := generate(t, p)
		if len(files) != 1 || len(resources) != 0 {
			t.Errorf("%s: got %d files, resources %v", target.Shape, len(files), resources)
		}
		for _, path := range keyPaths(decode(t, files["cost/kubecost-values.yaml"]), "") {
			// An empty list would replace the alerts made in the UI, and a name
			// would point at a ConfigMap that is not there.
			if strings.Contains(path, "notifications") || strings.Contains(path, "budgets") {
				t.Errorf("%s: %s without a budget", target.Shape, path)
			}
		}
	}
}

func TestNothingShared(t *testing.T) {
	for _, target := range []model.CostTarget{kubecost2, kubecost3} {
		p := fleet(target)
		p.Cost.SharedNamespaces, p.Cost.SharedOverheadUSDPerMonth = nil, 0
		files, _ := generate(t, p)
		for _, path := range keyPaths(decode(t, files["cost/kubecost-values.yaml"]), "") {
			if strings.Contains(path, "shared") {
				t.Errorf("%s: %s, though nothing is shared", target.Shape, path)
			}
		}
	}
}

// A cluster has one GPU price, so several models have to share one.
func TestSeveralGPUModels(t *testing.T) {
	for _, target := range []model.CostTarget{kubecost2, kubecost3, openCostHourly} {
		p := fleet(target)
		p.GPUs = []plan.GPU{
			{Name: "h100-sxm", USDPerHour: 3.10, PerNode: 8, Nodes: 3},
			{Name: "l4", USDPerHour: 0.70, PerNode: 8}, // the pool scales: one node counts
		}
		if got := newPrices(p).GPU; got != decimal(2.50*target.HoursPerPrice) {
			t.Errorf("%s: GPU price %s is not the mean of 24 and 8", target.Shape, got)
		}
		files, _ := generate(t, p)
		said := false
		for _, data := range files {
			said = said || strings.Contains(string(data), "l4: 0.70 USD per hour, 8 GPUs\n")
		}
		if !said {
			t.Errorf("%s: no header says that the price is a mean", target.Shape)
		}
		// No pricing CSV: it needs prices of nodes that the spec does not have.
		if one, _ := generate(t, fleet(target)); len(files) != len(one) {
			t.Errorf("%s: %d files, with one model %d", target.Shape, len(files), len(one))
		}
	}

	p := fleet(kubecost2)
	p.GPUs = nil
	files, _ := generate(t, p)
	if price, ok := get(decode(t, files["cost/kubecost-values.yaml"]), "kubecostProductConfigs", "defaultModelPricing", "GPU"); ok {
		t.Errorf("price %v for a GPU that is not there", price)
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0.00"},
		{3.10 * 730, "2263.00"}, // 2263.0000000000005 in floats
		{3.1, "3.10"},
		{2.499, "2.499"}, // a third decimal of an hourly price is money
		{0.04 / 730, "0.0000547945"},
		{9.99999999, "10.00"},
		{12345678.9, "12345678.90"},
		{1e9, "1000000000.00"}, // and no exponent
	} {
		if got := decimal(c.v); got != c.want {
			t.Errorf("decimal(%v) = %s, want %s", c.v, got, c.want)
		}
	}
}

// A share of a budget may be cents, and a limit of 0 is always exceeded.
func TestWholeUSD(t *testing.T) {
	for v, want := range map[float64]int64{0.2: 1, 1000: 1000, 1000.0000000001: 1000, 1000.01: 1001} {
		if got := wholeUSD(v); got != want {
			t.Errorf("wholeUSD(%v) = %d, want %d", v, got, want)
		}
	}
}

func TestFluxLeavesObjectsAlone(t *testing.T) {
	p := fleet(kubecost3)
	const annotation = "kustomize.toolkit.fluxcd.io/substitute"
	for _, flux := range []bool{false, true} {
		p.Cluster.Delivery.Flux = flux
		files, _ := generate(t, p)
		got := configMapIn(t, files["cost/kubecost-budgets.yaml"]).Annotations[annotation]
		if (got == "disabled") != flux {
			t.Errorf("flux %t: annotation %q", flux, got)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for _, target := range []model.CostTarget{kubecost2, kubecost3, openCostMonthly} {
		p := fleet(target)
		p.Cluster.Prometheus.SelectorLabels = map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}
		first, firstResources, _ := Generate(p)
		for range 20 {
			again, resources, _ := Generate(p)
			if !reflect.DeepEqual(again, first) || !slices.Equal(resources, firstResources) {
				t.Fatalf("%s: a second run differs", target.Shape)
			}
		}
	}
}

// generate returns the files by path, each of which the set accepts.
func generate(t *testing.T, p *plan.Plan) (map[string][]byte, []string) {
	t.Helper()
	files, resources, err := Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	var set artifact.Set
	byPath := map[string][]byte{}
	for _, f := range files {
		if err := set.Add(f); err != nil {
			t.Error(err)
		}
		if len(f.Origins) == 0 {
			t.Errorf("%s has no origin", f.Path)
		}
		byPath[f.Path] = f.Data
	}
	return byPath, resources
}

func decode(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := yaml.UnmarshalStrict(data, &tree); err != nil {
		t.Fatalf("%v:\n%s", err, data)
	}
	return tree
}

func configMapIn(t *testing.T, data []byte) corev1.ConfigMap {
	t.Helper()
	var cm corev1.ConfigMap
	if err := yaml.UnmarshalStrict(data, &cm); err != nil {
		t.Fatalf("%v:\n%s", err, data)
	}
	if cm.APIVersion != "v1" || cm.Kind != "ConfigMap" || cm.Name == "" {
		t.Fatalf("not a ConfigMap:\n%s", data)
	}
	return cm
}

// get follows keys from map to map.
func get(tree map[string]any, keys ...string) (any, bool) {
	var v any = tree
	for _, key := range keys {
		m, _ := v.(map[string]any)
		next, ok := m[key]
		if !ok {
			return nil, false
		}
		v = next
	}
	return v, true
}

func wantAt(t *testing.T, tree map[string]any, want map[string]any) {
	t.Helper()
	for path, value := range want {
		if got, ok := get(tree, strings.Split(path, ".")...); !ok || !reflect.DeepEqual(got, value) {
			t.Errorf("%s\n got %#v\nwant %#v", path, got, value)
		}
	}
}

// keyPaths lists every key of a tree of maps, dotted and sorted.
func keyPaths(tree map[string]any, prefix string) []string {
	var paths []string
	for key, v := range tree {
		paths = append(paths, prefix+key)
		if m, ok := v.(map[string]any); ok {
			paths = append(paths, keyPaths(m, prefix+key+".")...)
		}
	}
	slices.Sort(paths)
	return paths
}
