package model

// Catalog holds facts, from schema/catalog.
type Catalog struct {
	Exporters   map[string]Exporter     `json:"exporters"`
	Engines     map[string]EngineFacts  `json:"engines"`
	GPUs        map[string]GPUFacts     `json:"gpus"`
	XIDs        map[string]XID          `json:"xids"`
	Controllers map[string]Controller   `json:"controllers"`
	DCGM        DCGMFacts               `json:"dcgm"`
	CostTools   map[string][]CostTarget `json:"costTools"`
	// TargetLabels may be attached to any series by a scrape.
	TargetLabels []string        `json:"targetLabels"`
	Units        map[string]Unit `json:"units"`
	// Counted are the base dimensions of units that are nouns.
	Counted []string `json:"counted"`
	// Vague are those among them that may be of anything that is counted.
	Vague []string `json:"vague"`
	// Conversions are factors by which people change a unit; Times are those among
	// them by which a rate is brought to a longer time.
	Conversions []float64 `json:"conversions"`
	Times       []float64 `json:"times"`
	// PanelUnits, NameUnits and TemplateUnits are what Grafana's unit ids, the ends
	// of recorded names and template functions take a value to be: keys of Units.
	PanelUnits    map[string]string `json:"panelUnits"`
	NameUnits     map[string]string `json:"nameUnits"`
	TemplateUnits map[string]string `json:"templateUnits"`
	// GrafanaUnits are all ids of units, and CustomUnits what one of the user's own
	// begins with.
	GrafanaUnits []string `json:"grafanaUnits"`
	CustomUnits  []string `json:"customUnits"`
}

// Exporter is a program that exposes metrics.
type Exporter struct {
	Title         string                  `json:"title"`
	Source        string                  `json:"source"`
	Since         string                  `json:"since,omitempty"`
	Latest        string                  `json:"latest,omitempty"`
	Prefix        string                  `json:"prefix,omitempty"`
	Owns          []string                `json:"owns"`
	Shared        []string                `json:"shared"`
	Partial       []string                `json:"partial"`
	Labels        []string                `json:"labels"`
	LabelVersions map[string]LabelVersion `json:"labelVersions"`
	LabelPatterns []string                `json:"labelPatterns"`
	Identity      [][]string              `json:"identity"`
	Decides       map[string][]string     `json:"decides"`
	Sparse        []string                `json:"sparse"`
	Redundant     []string                `json:"redundant"`
	Metrics       map[string]Metric       `json:"metrics"`
	Signals       map[string][]Binding    `json:"signals"`
	Wholes        map[string]Whole        `json:"wholes"`
}

// LabelVersion says from when to when an exporter has a label.
type LabelVersion struct {
	Since      string `json:"since,omitempty"`
	Removed    string `json:"removed,omitempty"`
	ReplacedBy string `json:"replacedBy,omitempty"`
}

// Whole is made of parts: a part over another part is no share of it.
type Whole struct {
	Parts []string `json:"parts"`
	Total string   `json:"total,omitempty"`
}

// Types of metrics.
const (
	Gauge     = "gauge"
	Counter   = "counter"
	Histogram = "histogram"
	Summary   = "summary"
)

// Metric is a series, or the series of a histogram or summary.
type Metric struct {
	Type          string              `json:"type"`
	Unit          string              `json:"unit"`
	Help          string              `json:"help"`
	Labels        []string            `json:"labels"`
	Keys          []string            `json:"keys,omitempty"`
	Values        map[string][]string `json:"values"`
	Patterns      map[string]string   `json:"patterns"`
	Buckets       []float64           `json:"buckets,omitempty"`
	EdgesBy       *EdgesBy            `json:"edgesBy,omitempty"`
	Min           *float64            `json:"min,omitempty"`
	Max           *float64            `json:"max,omitempty"`
	Since         string              `json:"since,omitempty"`
	Hidden        string              `json:"hidden,omitempty"`
	Removed       string              `json:"removed,omitempty"`
	ReplacedBy    string              `json:"replacedBy,omitempty"`
	Requires      string              `json:"requires,omitempty"`
	OptIn         string              `json:"optIn,omitempty"`
	MIG           string              `json:"mig,omitempty"`
	Architectures []string            `json:"architectures,omitempty"`
	Trap          string              `json:"trap,omitempty"`
	Confidence    string              `json:"confidence"`
}

// EdgesBy is the flag that gives a histogram other edges.
type EdgesBy struct {
	Flag       string `json:"flag"`
	Since      string `json:"since"`
	Confidence string `json:"confidence"`
}

// Approximate is the confidence of a fact that no source is sure of.
const Approximate = "approximate"

// Unit is a product of powers of base dimensions.
type Unit struct {
	Dims    map[string]int `json:"dims"`
	Factor  float64        `json:"factor"`
	Min     *float64       `json:"min,omitempty"`
	Max     *float64       `json:"max,omitempty"`
	Granule float64        `json:"granule,omitempty"`
	Share   bool           `json:"share"`
	Opaque  bool           `json:"opaque"`
}

// Binding gives a signal its series on one exporter.
type Binding struct {
	Series string `json:"series"`
	// With are further series of the meaning; no two share a set of labels.
	With []string `json:"with"`
	// Scale brings the value to the signal's unit.
	Scale float64 `json:"scale"`
	// Since is the first version in which the series mean this, where they are older.
	Since string `json:"since,omitempty"`
	// Repeated are labels over which the exporter tells one value several times.
	Repeated []string `json:"repeated"`
	// Differs is what the value is, where it is not quite the signal's meaning.
	Differs string `json:"differs,omitempty"`
	// Example are label values of a series that the binding reads.
	Example map[string]string `json:"example"`
}

// EngineFacts describe what a workload runs.
type EngineFacts struct {
	Kind     string `json:"kind"`
	Exporter string `json:"exporter"`
	Port     string `json:"port"`
	Path     string `json:"path"`
}

// GPUFacts describe a GPU model.
type GPUFacts struct {
	Vendor           string  `json:"vendor"`
	Architecture     string  `json:"architecture"`
	ModelName        string  `json:"modelName"`
	Product          string  `json:"product"`
	MemoryMiB        int     `json:"memoryMiB"`
	TDPWatts         float64 `json:"tdpWatts"`
	SlowdownCelsius  float64 `json:"slowdownCelsius,omitempty"`
	MemoryMaxCelsius float64 `json:"memoryMaxCelsius,omitempty"`
	Temperature      string  `json:"temperature"`
	Profiling        bool    `json:"profiling"`
	Confidence       string  `json:"confidence"`
	Note             string  `json:"note,omitempty"`
}

// XID is an error code of the NVIDIA driver.
type XID struct {
	Name   string `json:"name"`
	Class  string `json:"class"`
	Action string `json:"action"`
}

// Controller owns pods.
type Controller struct {
	PodSuffix string   `json:"podSuffix"`
	Samples   []string `json:"samples"`
}

// DCGMFacts say what a deployment of dcgm-exporter needs.
type DCGMFacts struct {
	// DefaultVersion is used where the spec names none.
	DefaultVersion string `json:"defaultVersion"`
	// ImageTags by exporter version.
	ImageTags map[string]string `json:"imageTags"`
	// Operators: exporter version by release of the GPU operator.
	Operators map[string]OperatorRelease `json:"operators"`
	// VerifiedFrom is the first version whose counters were checked by name.
	VerifiedFrom string `json:"verifiedFrom"`
	Port         int    `json:"port"`
	// ConfigKey is the ConfigMap key of the counters file: our own, and the
	// one that the GPU operator reads.
	ConfigKey         string `json:"configKey"`
	OperatorConfigKey string `json:"operatorConfigKey"`
	ConfigPath        string `json:"configPath"`
	// MaxFields is the most fields that one watch group takes, by the first
	// exporter version that takes more; 0 is no limit.
	MaxFields      int    `json:"maxFields"`
	MaxFieldsUntil string `json:"maxFieldsUntil"`
	// OperatorService selects the operator's Service, and names its port.
	OperatorService     map[string]string `json:"operatorService"`
	OperatorServicePort string            `json:"operatorServicePort"`
	// NodeSelector of GPU nodes where the spec names none.
	NodeSelector map[string]string     `json:"nodeSelector"`
	Tolerations  map[string]Toleration `json:"tolerations"`
}

// OperatorRelease is what a release of the GPU operator brings.
type OperatorRelease struct {
	Exporter string `json:"exporter"`
	// ScrapeTimeout reports whether its ServiceMonitor has that field.
	ScrapeTimeout bool `json:"scrapeTimeout"`
}

// CostTarget is a range of versions of a cost tool that accept the same keys.
type CostTarget struct {
	Since string `json:"since"`
	// Until is the first version that no longer belongs; "" is open.
	Until string `json:"until,omitempty"`
	// Shape names the output: "values2", "values3", "configmap", or "none".
	Shape string `json:"shape"`
	// HoursPerPrice converts a price per hour to the unit the tool reads.
	HoursPerPrice float64 `json:"hoursPerPrice"`
	// Note tells why a version is not served.
	Note string `json:"note,omitempty"`
}
