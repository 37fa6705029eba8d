package plan

import (
	"fmt"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Plan is everything that will exist in one cluster. All lists are sorted,
// every name is allocated and every query is final: generators only say how
// it is written.
type Plan struct {
	Cluster   Cluster
	Owner     string // team that answers for the GPUs
	Teams     []Team
	GPUs      []GPU // models in the cluster's inventory
	Workloads []Workload
	// Sources are who exposes the series that rules read.
	Sources []Source
	// Running are the exporters whose series Prometheus has, by their catalogue key.
	Running    map[string][]catalog.Running
	Counters   []Counter
	Relabels   []Relabel // identity of GPU series, in order
	GPUDrop    []string  // labels of GPU series that nobody reads
	Groups     []RuleGroup
	Dashboards []Dashboard // the fleet's by name, then the teams' copies
	Folders    []Folder    // of the dashboards, sorted by uid
	// Colors of things on dashboards.
	Colors []Color
	// MaxDataPoints of a panel that draws time, by kind.
	MaxDataPoints map[string]int
	// DashboardLimits bound what a dashboard asks for.
	DashboardLimits model.DashboardLimits
	Runbooks        []Runbook // by the name of their alert
	Routing         *Routing  // nil where no team of the cluster has receivers
	Cost            model.Cost
	CostTarget      model.CostTarget // zero when the cluster has no cost tool
	DCGM            model.DCGMFacts
}

// Source exposes series: the GPU exporter, or one engine at one version.
type Source struct {
	Of        string // model.OfGPU or a kind of workload
	Exporter  string // key of the catalogue
	Running   catalog.Running
	Workloads []string // that run the engine
	// Bindings say how each signal that the source has is read.
	Bindings map[string]model.Binding
}

// Origin is the path in the spec, catalogue or library that caused a thing,
// such as "workloads.chat" or "library.alerts.GPULost".
type Origin string

// Cluster is the cluster's entry, with its name.
type Cluster struct {
	Name string
	model.Cluster
	// DCGMVersion is the version of dcgm-exporter that runs.
	DCGMVersion string
}

// Team is a team with at least one workload, or a budget, in the cluster.
type Team struct {
	Name       string
	Owner      string
	CostCenter string
	// BudgetUSDPerMonth is the cluster's share of the team's budget: the part
	// that the team's GPUs here cost of its GPUs everywhere. 0 is no budget.
	BudgetUSDPerMonth float64
}

// GPU is a model with the catalogue's facts and the spec's price.
type GPU struct {
	Name       string
	USDPerHour float64
	PerNode    int
	Nodes      int  // 0 where the pool scales
	MIG        bool // divided into instances
	Facts      model.GPUFacts
}

// Workload is a workload with its engine resolved.
type Workload struct {
	Name      string
	Kind      string
	Team      string
	Namespace string
	Model     string
	Engine    model.Engine
	Exporter  string // catalogue key of what the engine exposes
	GPU       model.GPUUse
	Scrape    Scrape
	// PodRegex matches the names of its pods; it is anchored by its reader.
	PodRegex string
	// PodOwner is what they begin with; PodSamples are examples of them.
	PodOwner   string
	PodSamples []string
	SLO        model.SLO
	// RequestsPerDay that are expected; 0 where nothing is said.
	RequestsPerDay float64
	// Edges that Args add to the engine's histograms, by metric. An arg is a flag with
	// its values, as words.
	Edges map[string][]float64
	Args  []string
	// Keep lists the series that rules and panels read, sorted.
	Keep []string
}

// Scrape is a complete endpoint.
type Scrape struct {
	Via      string
	Selector map[string]string
	Port     string
	Path     string
	Scheme   string
	Interval string
	Timeout  string
}

// Counter is a line of the DCGM counters file.
type Counter struct {
	Field string
	Type  string // gauge or counter
	Help  string
	// Readers are the names of rules and panels that read it, sorted; empty
	// for an explicit extra.
	Readers []string
}

// Relabel sets Target to Replacement where the joined Source labels match
// Regex. It is the one form of relabeling that identity needs.
type Relabel struct {
	Source      []string
	Regex       string
	Target      string
	Replacement string
}

// RuleGroup is a set of rules that are evaluated in order.
type RuleGroup struct {
	Name     string // unique in the cluster
	Concern  string // library group
	Part     int    // 1, or more where a concern has many rules: one file for each
	Interval string
	Rules    []Rule
}

// File is the name of the file that the group belongs to, without its ending.
func (g RuleGroup) File() string {
	if g.Part > 1 {
		return fmt.Sprintf("%s-%d", g.Concern, g.Part)
	}
	return g.Concern
}

// Rule is a recording rule (Record is set) or an alert (Alert is set).
type Rule struct {
	Record      string
	Alert       string
	Expr        string
	For         string
	Labels      map[string]string
	Annotations map[string]string
	// Owners are the teams that the label owner of an alert may name, sorted.
	Owners []string
	// Origins are what caused it: a library entry, and the targets it serves.
	Origins []Origin
	// Of are the workloads or GPU models that an alert is limited to, and OfLabel
	// the label that names them; nil is no limit.
	Of      []string
	OfLabel string
	// Burn is what an alert on an objective judges, nil of others.
	Burn *Burning
}

// Burning is a pair of windows and an objective in percent.
type Burning struct {
	Pair      Pair
	Objective float64
}
