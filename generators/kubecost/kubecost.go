package kubecost

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/kube"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Shapes of output, as the catalogue names them.
const (
	shapeValues2   = "values2"
	shapeValues3   = "values3"
	shapeConfigMap = "configmap"
	shapeNone      = "none"
)

// hoursPerMonth is the month of these tools: a twelfth of 365 days.
const hoursPerMonth = 365 * 24 / 12.0

// currency is that of every price in the spec.
const currency = "USD"

// Generate returns the files for the cluster's cost tool, and the paths of
// those that are Kubernetes objects.
func Generate(p *plan.Plan) ([]artifact.File, []string, error) {
	tool, target := p.Cluster.CostTool, p.CostTarget
	if tool.Name == model.NoCostTool || target.Shape == shapeNone {
		return nil, nil, nil
	}
	// Without the unit that the version reads, every price would be a guess.
	if !(target.HoursPerPrice > 0) {
		return nil, nil, fmt.Errorf("%s %s: unit of prices is unknown", tool.Name, tool.Version)
	}
	out := kube.NewOutput(p)
	switch target.Shape {
	case shapeValues2:
		out.YAML("cost/kubecost-values.yaml", newValues2(p), origins(p), header2(p)...)
	case shapeValues3:
		out.YAML("cost/kubecost-values.yaml", newValues3(p), origins(p), header3(p)...)
		if len(budgeted(p)) > 0 {
			budgets, err := newBudgets(p)
			if err != nil {
				return nil, nil, err
			}
			out.Object("cost/kubecost-budgets.yaml", budgets,
				[]string{costToolOrigin(p), "cost.teamLabel", "teams"}, budgetsHeader(p)...)
		}
	case shapeConfigMap:
		out.Object("cost/opencost-pricing.yaml", newPricing(p),
			[]string{costToolOrigin(p), gpusOrigin(p), "cost", "gpus"}, pricingHeader(p)...)
		out.YAML("cost/opencost-values.yaml", newOpenCostValues(p),
			[]string{costToolOrigin(p), "clusters." + p.Cluster.Name + ".prometheus"}, openCostHeader(p)...)
	default:
		return nil, nil, fmt.Errorf("%s %s: unknown shape %q", tool.Name, tool.Version, target.Shape)
	}
	return out.Done()
}

func costToolOrigin(p *plan.Plan) string { return "clusters." + p.Cluster.Name + ".costTool" }
func gpusOrigin(p *plan.Plan) string     { return "clusters." + p.Cluster.Name + ".gpus" }

// origins are the places in the spec that a Kubecost values file says.
func origins(p *plan.Plan) []string {
	return []string{costToolOrigin(p), gpusOrigin(p), "cost", "gpus", "teams"}
}

// configMap is an object in the cost tool's namespace.
func configMap(p *plan.Plan, name string, data map[string]string) *corev1.ConfigMap {
	return kube.ConfigMap(p, name, p.Cluster.CostTool.Namespace, nil, data)
}

// prices are decimal strings in the unit that the tool reads. They are strings
// because the charts drop a number 0, and because a number passes through
// Helm's floats.
//
// Spot prices are not among them: the spec has none, and what the tools make
// of one differs by key (opencost/opencost UpdateFromMap converts "spotCPU"
// and "spotRAM", but not "spotGPU").
type prices struct {
	CPU     string `json:"CPU"`
	RAM     string `json:"RAM"`
	GPU     string `json:"GPU,omitempty"`
	Storage string `json:"storage"`
}

func newPrices(p *plan.Plan) prices {
	hours := p.CostTarget.HoursPerPrice
	out := prices{
		CPU: decimal(p.Cost.CPUUSDPerHour * hours),
		RAM: decimal(p.Cost.RAMUSDPerGiBHour * hours),
		// The one price that the spec says for a month.
		Storage: decimal(p.Cost.StorageUSDPerGBMonth / hoursPerMonth * hours),
	}
	if len(p.GPUs) > 0 {
		out.GPU = decimal(meanGPUPrice(p.GPUs) * hours)
	}
	return out
}

// meanGPUPrice is USD per hour over the inventory.
func meanGPUPrice(gpus []plan.GPU) float64 {
	var usd, count float64
	for _, g := range gpus {
		usd += g.USDPerHour * float64(inventory(g))
		count += float64(inventory(g))
	}
	return usd / count
}

// inventory is the weight of a model: its GPUs, or those of one node where the
// pool scales.
func inventory(g plan.GPU) int { return max(g.PerNode, 1) * max(g.Nodes, 1) }

// decimal prints an amount with six significant digits, but with cents
// always: 2263.00, 3.10, 2.499, 0.0000547945.
func decimal(v float64) string {
	digits := 2
	if v > 0 {
		digits = max(digits, 5-int(math.Floor(math.Log10(v))))
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	cents := strings.IndexByte(text, '.') + 3
	return text[:cents] + strings.TrimRight(text[cents:], "0")
}

// wholeUSD rounds up to the next dollar, so that no small share of a budget
// becomes a limit of 0. Budgets are whole because the Budget API documents
// spendLimit as an int.
func wholeUSD(v float64) int64 {
	return int64(math.Ceil(math.Round(v*100) / 100))
}

// budgeted are the teams that have a budget in the cluster.
func budgeted(p *plan.Plan) []plan.Team {
	var teams []plan.Team
	for _, t := range p.Teams {
		if t.BudgetUSDPerMonth > 0 {
			teams = append(teams, t)
		}
	}
	return teams
}

var notInLabel = regexp.MustCompile(`[^a-zA-Z0-9_]`)

// sanitised is a label's name as Prometheus, and so Kubecost, spells it.
func sanitised(label string) string { return notInLabel.ReplaceAllString(label, "_") }

// labelMapping names the labels behind Kubecost's concepts.
type labelMapping struct {
	Enabled bool   `json:"enabled,omitempty"`
	Team    string `json:"team_label"`
	Product string `json:"product_label"`
}

func newLabelMapping(p *plan.Plan) labelMapping {
	return labelMapping{Team: sanitised(p.Cost.TeamLabel), Product: sanitised(p.Cost.ModelLabel)}
}

// sharing is what is spread over all teams.
type sharing struct {
	Namespaces string `json:"sharedNamespaces,omitempty"`
	Overhead   string `json:"sharedOverhead,omitempty"`
}

func newSharing(p *plan.Plan) sharing {
	// Plain commas: the escape in the charts' comments is for --set.
	s := sharing{Namespaces: strings.Join(p.Cost.SharedNamespaces, ",")}
	if usd := p.Cost.SharedOverheadUSDPerMonth; usd > 0 {
		s.Overhead = decimal(usd)
	}
	return s
}
