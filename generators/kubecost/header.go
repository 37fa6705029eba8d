package kubecost

import (
	"fmt"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// forVersions says which versions accept the file.
func forVersions(product string, t model.CostTarget) string {
	if t.Until == "" {
		return fmt.Sprintf("for: %s %s and later", product, t.Since)
	}
	return fmt.Sprintf("for: %s %s and later, before %s", product, t.Since, t.Until)
}

// applied says how Helm gets a values file.
func applied(p *plan.Plan, chart, file string) []string {
	return []string{
		"This is a Helm values file and no Kubernetes object: keep it out of kustomizations. Pass it last:",
		fmt.Sprintf("  helm upgrade --install <release> %s \\", chart),
		fmt.Sprintf("    --namespace %s -f <your values> -f %s", p.Cluster.CostTool.Namespace, file),
	}
}

// aboutPrices says the unit, what more there is to know, and what the one GPU
// price stands for.
func aboutPrices(p *plan.Plan, more ...string) []string {
	unit := "USD per hour"
	if hours := p.CostTarget.HoursPerPrice; hours != 1 {
		unit += " times " + model.FormatNumber(hours)
	}
	lines := append([]string{"Prices are " + unit + ", as these versions read them."}, more...)
	if len(p.GPUs) < 2 {
		return lines
	}
	lines = append(lines, "",
		"A cluster has one GPU price here, and this one has several models. The price is their mean over the",
		"inventory, where a pool that scales counts as one node. It is right for the cluster and not for one",
		"team; aiobsgen's own rules carry the exact price of each model:")
	for _, g := range p.GPUs {
		lines = append(lines, fmt.Sprintf("  %s: %s USD per hour, %d GPUs", g.Name, decimal(g.USDPerHour), inventory(g)))
	}
	// opencost/opencost pkg/cloud/provider/csvprovider.go: a node that no
	// "node" row matches is an error, and that row is the node without GPUs.
	return append(lines,
		"The pricing CSV could name each model, but it needs a row with the price of every node without its",
		"GPUs, and the spec does not know those.")
}
