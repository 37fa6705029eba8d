package kubecost

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// budgetsName is the ConfigMap that we bring and Kubecost reads. The chart's
// own has another name, and is not rendered while budgetsConfig is empty.
const budgetsName = "aiobsgen-budgets"

// values3 is a fragment of the values of kubecost/kubecost 3.1 and later. The
// chart fails on many keys of 2.x; none of them may enter here.
type values3 struct {
	Global   global3   `json:"global"`
	Products products3 `json:"kubecostProductConfigs"`
	Agent    agent3    `json:"finopsagent"`
}

type global3 struct {
	ClusterID string `json:"clusterId"`
}

type products3 struct {
	Currency string       `json:"currencyCode"`
	Labels   labelMapping `json:"labelMappingConfigs"`
	Budgets  *budgets3    `json:"budgets,omitempty"`
	sharing
}

type budgets3 struct {
	ConfigMap string `json:"configmapName"`
}

// agent3 holds the prices: since 3.0 the collecting agent is a chart inside
// the chart, and it prices what it collects.
type agent3 struct {
	Agent struct {
		Kubecost struct {
			CustomPrices  pricing `json:"customPrices"`
			GPULabel      string  `json:"gpuLabel"`
			GPULabelValue string  `json:"gpuLabelValue"`
		} `json:"kubecost"`
	} `json:"agent"`
}

func newValues3(p *plan.Plan) values3 {
	v := values3{
		Global:   global3{ClusterID: p.Cluster.Name},
		Products: products3{Currency: currency, Labels: newLabelMapping(p), sharing: newSharing(p)},
	}
	if len(budgeted(p)) > 0 {
		v.Products.Budgets = &budgets3{ConfigMap: budgetsName}
	}
	agent := &v.Agent.Agent.Kubecost
	agent.CustomPrices = pricing{Enabled: true, prices: newPrices(p)}
	agent.GPULabel = p.Cluster.CostTool.GPUNodeLabel.Key
	agent.GPULabelValue = p.Cluster.CostTool.GPUNodeLabel.Value
	return v
}

// budget is one entry of budgets.json, spelt as the sample in
// kubecost/kubecost v3.2.1 kubecost/values.yaml; the Budget API says "type"
// where the sample says "budgetType".
type budget struct {
	Name        string         `json:"name"`
	BudgetType  string         `json:"budgetType"`
	Interval    string         `json:"interval"`
	IntervalDay int            `json:"intervalDay"`
	SpendLimit  int64          `json:"spendLimit"`
	Values      budgetValues   `json:"values"`
	Actions     []budgetAction `json:"actions"`
}

// budgetValues select what is counted; a label is "name:value".
type budgetValues struct {
	Label []string `json:"label"`
}

// budgetAction tells somebody when a share of the limit is spent. The sample
// sets amount to 0 beside a percentage.
type budgetAction struct {
	Amount     int      `json:"amount"`
	Percentage int      `json:"percentage"`
	Emails     []string `json:"emails"`
}

func newBudgets(p *plan.Plan) (*corev1.ConfigMap, error) {
	var budgets []budget
	for _, t := range budgeted(p) {
		budgets = append(budgets, budget{
			Name:        t.Name + " in " + p.Cluster.Name,
			BudgetType:  "allocations",
			Interval:    "monthly",
			IntervalDay: 1,
			SpendLimit:  wholeUSD(t.BudgetUSDPerMonth),
			Values:      budgetValues{Label: []string{sanitised(p.Cost.TeamLabel) + ":" + t.Name}},
			// The whole of the budget; warnings before that are for our own
			// rules, which know the rate of spending.
			Actions: []budgetAction{{Percentage: 100, Emails: []string{t.Owner}}},
		})
	}
	data, err := json.MarshalIndent(budgets, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("budgets: %w", err)
	}
	return configMap(p, budgetsName, map[string]string{"budgets.json": string(data) + "\n"}), nil
}

func header3(p *plan.Plan) []string {
	lines := []string{forVersions("Kubecost", p.CostTarget), ""}
	lines = append(lines, applied(p,
		"<repo>/kubecost --version "+p.Cluster.CostTool.Version,
		"kubecost-values.yaml")...)
	lines = append(lines, "")
	lines = append(lines, aboutPrices(p)...)
	if len(budgeted(p)) == 0 {
		return lines
	}
	return append(lines, "",
		"The budgets are in kubecost-budgets.yaml, which kustomize applies.")
}

func budgetsHeader(p *plan.Plan) []string {
	lines := []string{forVersions("Kubecost", p.CostTarget), ""}
	return append(lines,
		"Applied by kustomize with the rest of this folder. Kubecost reads it because",
		"kubecostProductConfigs.budgets.configmapName of kubecost-values.yaml names it.",
		"",
		"A limit is this cluster's share of the team's budget, in whole dollars. Kubecost counts all cost of",
		"the team, not GPUs alone as aiobsgen's own rules do, in every cluster that its aggregator sees: where",
		"several clusters share one aggregator, leave the budgets to aiobsgen's rules.")
}
