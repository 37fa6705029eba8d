package kubecost

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

const (
	// pricingName is the name that OpenCost looks for when nothing else is
	// said. The chart passes another on only since
	// opencost/opencost-helm-chart pull request 316; this one works before too.
	pricingName = "pricing-configs"
	// customProvider is OpenCost's pricing from a price list.
	customProvider = "custom"
)

// openCostValues is a fragment of the values of opencost-charts/opencost.
type openCostValues struct {
	OpenCost openCost `json:"opencost"`
}

type openCost struct {
	Pricing  openCostPricing `json:"customPricing"`
	Exporter struct {
		ClusterID string `json:"defaultClusterId"`
	} `json:"exporter"`
	Metrics struct {
		Monitor openCostMonitor `json:"serviceMonitor"`
	} `json:"metrics"`
}

type openCostPricing struct {
	Enabled   bool   `json:"enabled"`
	Create    bool   `json:"createConfigmap"`
	ConfigMap string `json:"configmapName"`
	Provider  string `json:"provider"`
}

type openCostMonitor struct {
	Enabled bool `json:"enabled"`
	// HonorLabels keeps namespace and pod as OpenCost says them: they are
	// those of the allocation, not of OpenCost's own pod.
	HonorLabels bool              `json:"honorLabels"`
	Labels      map[string]string `json:"additionalLabels,omitempty"`
}

func newOpenCostValues(p *plan.Plan) openCostValues {
	v := openCostValues{OpenCost: openCost{Pricing: openCostPricing{
		Enabled: true, Create: false, ConfigMap: pricingName, Provider: customProvider,
	}}}
	v.OpenCost.Exporter.ClusterID = p.Cluster.Name
	v.OpenCost.Metrics.Monitor = openCostMonitor{
		Enabled: true, HonorLabels: true, Labels: p.Cluster.Prometheus.SelectorLabels,
	}
	return v
}

// newPricing is the price list. Its keys are flat: a whole default.json under
// one key is an unknown field to OpenCost, which then keeps its built-in
// prices (opencost/opencost-helm-chart issue 315). For the same reason no key
// is here that OpenCost's CustomPricing does not have.
//
// The GPU label is always set: up to 1.120, a GPU node that does not match it
// has its per-core prices split as if they were the price of the node
// (opencost/opencost issues 2029 and 3160).
func newPricing(p *plan.Plan) *corev1.ConfigMap {
	price := newPrices(p)
	data := map[string]string{
		"provider":      customProvider,
		"CPU":           price.CPU,
		"RAM":           price.RAM,
		"storage":       price.Storage,
		"gpuLabel":      p.Cluster.CostTool.GPUNodeLabel.Key,
		"gpuLabelValue": p.Cluster.CostTool.GPUNodeLabel.Value,
	}
	if price.GPU != "" {
		data["GPU"] = price.GPU
	}
	return configMap(p, pricingName, data)
}

func pricingHeader(p *plan.Plan) []string {
	lines := []string{forVersions("OpenCost", p.CostTarget), ""}
	lines = append(lines,
		"Applied by kustomize with the rest of this folder, before OpenCost itself: its pod mounts this.",
		"OpenCost reads it because opencost-values.yaml names it, in the namespace of its own release.",
		"")
	return append(lines, aboutPrices(p,
		"OpenCost asks the nodes who sells them: on a known cloud it keeps that cloud's prices, and reads this",
		"list elsewhere (opencost/opencost issue 3176).")...)
}

func openCostHeader(p *plan.Plan) []string {
	lines := []string{forVersions("OpenCost", p.CostTarget), ""}
	lines = append(lines, applied(p,
		"<repo>/opencost", "opencost-values.yaml")...)
	return append(lines, "",
		"The prices are in opencost-pricing.yaml, which kustomize applies. OpenCost knows neither teams nor",
		"budgets: aggregate by the team's label, and leave budgets to aiobsgen's own rules.")
}
