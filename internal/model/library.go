package model

import "strings"

// Library holds opinions, from schema/library.
type Library struct {
	// Interval of every rule group.
	Interval        string                     `json:"interval"`
	Levels          map[string]Level           `json:"levels"`
	Signals         map[string]Signal          `json:"signals"`
	Records         map[string]Record          `json:"records"`
	Alerts          map[string]Alert           `json:"alerts"`
	SLOs            map[string]SLORule         `json:"slos"`
	SLONames        SLONames                   `json:"sloNames"`
	Policies        map[string]map[string]Burn `json:"policies"`
	SLOWindows      map[string]SLOWindow       `json:"sloWindows"`
	Recent          string                     `json:"recent"`
	Stage           Stage                      `json:"stage"`
	Floor           Floor                      `json:"floor"`
	Dashboards      map[string]Dashboard       `json:"dashboards"`
	Variables       map[string]Variable        `json:"variables"`
	Annotations     map[string]Annotation      `json:"annotations"`
	SeriesVariables map[string]SeriesVariables `json:"seriesVariables"`
	Topics          []string                   `json:"topics"`
	Colors          Colors                     `json:"colors"`
	ColumnOrder     []string                   `json:"columnOrder"`
	MaxDataPoints   map[string]int             `json:"maxDataPoints"`
	Scenarios       map[string]Scenario        `json:"scenarios"`
	DashboardLimits DashboardLimits            `json:"dashboardLimits"`
	Simulation      Simulation                 `json:"simulation"`
	Routing         Routing                    `json:"routing"`
}

// Level is what the first part of a recorded name stands for.
type Level struct {
	Labels    []string `json:"labels"`
	Variables []string `json:"variables"`
}

// Signal is a meaning that exporters bind to series.
type Signal struct {
	Of   string `json:"of"`
	Type string `json:"type"`
	Unit string `json:"unit"`
	Help string `json:"help"`
	// Healthy and Idle are what a simulated fleet reports; nil where nothing is said.
	Healthy *Behaviour `json:"healthy,omitempty"`
	Idle    *Behaviour `json:"idle,omitempty"`
}

// OfGPU marks signals of the GPU exporter; the others name a kind of workload.
const OfGPU = "gpu"

// Record is a recording rule before it is lowered.
type Record struct {
	Expr      string            `json:"expr"`
	Unit      string            `json:"unit"`
	Help      string            `json:"help"`
	Group     string            `json:"group"`
	Each      string            `json:"each,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Retention string            `json:"retention,omitempty"`
	Every     string            `json:"every,omitempty"`
}

// Alert is an alerting rule before it is lowered.
type Alert struct {
	Expr        string             `json:"expr"`
	For         string             `json:"for"`
	Severity    string             `json:"severity"`
	Owner       string             `json:"owner"`
	Group       string             `json:"group"`
	Kind        string             `json:"kind,omitempty"`
	Each        string             `json:"each,omitempty"`
	Needs       map[string]string  `json:"needs,omitempty"`
	Params      map[string]float64 `json:"params"`
	Summary     string             `json:"summary"`
	Description string             `json:"description"`
	Why         string             `json:"why"`
	Action      string             `json:"action"`
	Dashboard   string             `json:"dashboard"`
	Runbook     *Runbook           `json:"runbook,omitempty"`
	Cases       map[string]Case    `json:"cases"`
	Idle        string             `json:"idle"`
}

// SLORule says how an objective is measured.
type SLORule struct {
	Kind       string `json:"kind"`
	Group      string `json:"group"`
	By         string `json:"by"`
	Field      string `json:"field"`
	Invert     bool   `json:"invert"`
	Good       string `json:"good,omitempty"`
	Bad        string `json:"bad,omitempty"`
	Total      string `json:"total"`
	Percentile string `json:"percentile,omitempty"`
	Alert      string `json:"alert"`
	Severity   string `json:"severity"`
	Noun       string `json:"noun"`
	Title      string `json:"title"`
	Why        string `json:"why"`
	Action     string `json:"action"`
	Dashboard  string `json:"dashboard"`

	Runbook *Runbook        `json:"runbook,omitempty"`
	Cases   map[string]Case `json:"cases"`
}

// ByTime marks objectives whose events are minutes; Requests is the noun of those
// whose events are the requests of a workload.
const (
	ByTime   = "time"
	Requests = "requests"
)

// SLONames are what is recorded of each objective.
type SLONames struct {
	Group       string `json:"group"`
	Prefix      string `json:"prefix"`
	Bad         string `json:"bad"`
	Total       string `json:"total"`
	Ratio       string `json:"ratio"`
	Events      string `json:"events"`
	BadStaged   string `json:"badStaged"`
	TotalStaged string `json:"totalStaged"`
	BadWindow   string `json:"badWindow"`
	TotalWindow string `json:"totalWindow"`
	BurnRate    string `json:"burnRate"`
	Remaining   string `json:"remaining"`
	Exhaustion  string `json:"exhaustion"`
	Budget      string `json:"budget"`
	Threshold   string `json:"threshold"`
	Floor       string `json:"floor"`
}

// Own reports whether a name is kept for what is recorded of objectives, at any
// level.
func (n SLONames) Own(name string) bool {
	_, rest, ok := strings.Cut(name, ":")
	return ok && strings.HasPrefix(rest, n.Prefix)
}

// Burn is one pair of windows of a burn-rate policy: it alerts when the long one
// alone spends Budget, a share of the error budget.
type Burn struct {
	Long     string  `json:"long"`
	Short    string  `json:"short"`
	Budget   float64 `json:"budget"`
	For      string  `json:"for"`
	Severity string  `json:"severity"`
}

// SLOWindow is what an objective may be counted over.
type SLOWindow struct {
	// Policy holds where a target names none.
	Policy string `json:"policy"`
}

// Stage adds events up every so often, for windows from a length on.
type Stage struct {
	Every string `json:"every"`
	From  string `json:"from"`
}

// Floor keeps single failures of quiet services from paging.
type Floor struct {
	BadEvents int `json:"badEvents"`
}
