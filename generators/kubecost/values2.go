package kubecost

import (
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// daysPerMonth is a twelfth of a calendar year.
const daysPerMonth = 365.25 / 12

// values2 is a fragment of the values of kubecost/cost-analyzer 2.x.
type values2 struct {
	Global     *global2    `json:"global,omitempty"`
	Products   products2   `json:"kubecostProductConfigs"`
	Prometheus prometheus2 `json:"prometheus"`
}

type global2 struct {
	Notifications struct {
		AlertConfigs struct {
			Alerts []alert2 `json:"alerts"`
		} `json:"alertConfigs"`
	} `json:"notifications"`
}

// alert2 fires when what the filter selects cost more than the threshold.
type alert2 struct {
	Type         string   `json:"type"`
	Aggregation  string   `json:"aggregation"`
	Filter       string   `json:"filter"`
	Window       string   `json:"window"`
	Threshold    int64    `json:"threshold"`
	OwnerContact []string `json:"ownerContact"`
}

type products2 struct {
	ClusterName   string       `json:"clusterName"`
	Currency      string       `json:"currencyCode"`
	Labels        labelMapping `json:"labelMappingConfigs"`
	CustomPrices  bool         `json:"customPricesEnabled"`
	ModelPricing  pricing      `json:"defaultModelPricing"`
	GPULabel      string       `json:"gpuLabel"`
	GPULabelValue string       `json:"gpuLabelValue"`
	sharing
}

// pricing is switched on, and holds prices; 2.x and 3.x have it alike.
type pricing struct {
	Enabled bool `json:"enabled"`
	prices
}

// prometheus2 is where 2.x takes the cluster's id from, beside its name; the
// two have to agree. 3.x refuses both keys.
type prometheus2 struct {
	Server struct {
		Global struct {
			ExternalLabels struct {
				ClusterID string `json:"cluster_id"`
			} `json:"external_labels"`
		} `json:"global"`
	} `json:"server"`
}

func newValues2(p *plan.Plan) values2 {
	labels := newLabelMapping(p)
	labels.Enabled = true
	v := values2{Products: products2{
		ClusterName:   p.Cluster.Name,
		Currency:      currency,
		Labels:        labels,
		CustomPrices:  true,
		ModelPricing:  pricing{Enabled: true, prices: newPrices(p)},
		GPULabel:      p.Cluster.CostTool.GPUNodeLabel.Key,
		GPULabelValue: p.Cluster.CostTool.GPUNodeLabel.Value,
		sharing:       newSharing(p),
	}}
	v.Prometheus.Server.Global.ExternalLabels.ClusterID = p.Cluster.Name
	if len(budgeted(p)) > 0 {
		v.Global = &global2{}
		v.Global.Notifications.AlertConfigs.Alerts = newAlerts2(p)
	}
	return v
}

// newAlerts2 watches a week: the longest window that 2.x knows is 7d.
func newAlerts2(p *plan.Plan) []alert2 {
	var alerts []alert2
	for _, t := range budgeted(p) {
		alerts = append(alerts, alert2{
			Type:         "budget",
			Aggregation:  "label:" + sanitised(p.Cost.TeamLabel),
			Filter:       inSingleQuotes(t.Name),
			Window:       "7d",
			Threshold:    wholeUSD(t.BudgetUSDPerMonth * 7 / daysPerMonth),
			OwnerContact: []string{inSingleQuotes(t.Owner)},
		})
	}
	return alerts
}

// inSingleQuotes doubles quotes, because the chart puts the alerts' JSON in
// single quotes of YAML without doing so (kubecost/cost-analyzer-helm-chart
// v2.4.2 cost-analyzer/templates/cost-analyzer-alerts-configmap.yaml). An
// address such as o'neil@example.com would break the install.
func inSingleQuotes(s string) string { return strings.ReplaceAll(s, "'", "''") }

func header2(p *plan.Plan) []string {
	lines := []string{forVersions("Kubecost", p.CostTarget), ""}
	lines = append(lines, applied(p,
		"<repo>/cost-analyzer --version "+p.Cluster.CostTool.Version,
		"kubecost-values.yaml")...)
	lines = append(lines, "Kubecost 3 refuses these keys: build again with its version before an upgrade.", "")
	lines = append(lines, aboutPrices(p,
		"They change Kubecost's own results, not the price metrics that it exports.")...)
	if len(budgeted(p)) == 0 {
		return lines
	}
	return append(lines, "",
		"Alerts here know no month, only up to seven days. Each threshold is 7/"+model.FormatNumber(daysPerMonth)+" of the team's monthly",
		"budget in this cluster, in whole dollars, for all cost of the team. aiobsgen's own rules watch the",
		"month, for GPUs alone. Helm does not merge lists: these alerts replace those of your values, and",
		"Kubecost lets them replace those made in its UI. A quote in an address is doubled on purpose: the",
		"chart puts the alerts in single quotes.")
}
