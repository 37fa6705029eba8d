package model

// Spec is one fleet as it is seen by one cluster: the user's files with that
// cluster's profiles laid over them, and every default filled in.
type Spec struct {
	Teams     map[string]Team        `json:"teams"`
	Workloads map[string]Workload    `json:"workloads"`
	GPUs      map[string]GPU         `json:"gpus"`
	Clusters  map[string]Cluster     `json:"clusters"`
	SLO       FleetSLO               `json:"slo"`
	Cost      Cost                   `json:"cost"`
	Alerts    map[string]AlertTuning `json:"alerts"`
	Library   UserLibrary            `json:"library"`
	Exporters map[string]Exporter    `json:"exporters"`
	Engines   map[string]EngineFacts `json:"engines"`
	Settings  Settings               `json:"settings"`
}

// Team owns workloads and pays for them.
type Team struct {
	Owner      string  `json:"owner"`
	CostCenter string  `json:"costCenter,omitempty"`
	Budget     *Budget `json:"budget,omitempty"`
	// Alerts is nil where nobody is told.
	Alerts *Receivers `json:"alerts,omitempty"`
}

// Receivers are the ways in which a team is told of its alerts, each for some
// severities; nil is a way that the team has not.
type Receivers struct {
	Slack     *Slack     `json:"slack,omitempty"`
	Email     *Email     `json:"email,omitempty"`
	PagerDuty *PagerDuty `json:"pagerduty,omitempty"`
	Opsgenie  *Opsgenie  `json:"opsgenie,omitempty"`
	Webhook   *Webhook   `json:"webhook,omitempty"`
}

// Slack is a channel, written to through an incoming webhook.
type Slack struct {
	Channel    string    `json:"channel"`
	URL        SecretRef `json:"url"`
	Severities []string  `json:"severities"`
}

// Email is an address; which server sends is the cluster's to say.
type Email struct {
	To         string   `json:"to"`
	Severities []string `json:"severities"`
}

// PagerDuty is an integration of its Events API v2.
type PagerDuty struct {
	RoutingKey SecretRef `json:"routingKey"`
	Severities []string  `json:"severities"`
}

// Opsgenie is an API integration.
type Opsgenie struct {
	APIKey     SecretRef `json:"apiKey"`
	Severities []string  `json:"severities"`
}

// Webhook gets Alertmanager's own JSON.
type Webhook struct {
	URL        SecretRef `json:"url"`
	Severities []string  `json:"severities"`
}

// SecretRef names a key of a Secret in Alertmanager's namespace.
type SecretRef struct {
	Secret string `json:"secret"`
	Key    string `json:"key"`
}

// Budget is a limit on a team's GPU spend over all clusters, in USD a month.
type Budget struct {
	USDPerMonth float64 `json:"usdPerMonth"`
}

// Workload is an inference service or a training job.
type Workload struct {
	Kind      string   `json:"kind"`
	Team      string   `json:"team"`
	Namespace string   `json:"namespace"`
	Clusters  []string `json:"clusters,omitempty"`
	GPU       GPUUse   `json:"gpu"`
	Pods      Pods     `json:"pods"`
	Scrape    Scrape   `json:"scrape"`
	Model     string   `json:"model,omitempty"`
	Engine    Engine   `json:"engine"`
	SLO       SLO      `json:"slo"`
	// Traffic that is expected; nil where nothing is said.
	Traffic *Traffic `json:"traffic,omitempty"`
}

// Traffic is what a workload expects.
type Traffic struct {
	RequestsPerDay float64 `json:"requestsPerDay"`
}

// Kinds of workload.
const (
	Inference = "inference"
	Training  = "training"
)

// GPUUse says how many GPUs of which model a workload holds.
type GPUUse struct {
	Model string `json:"model"`
	Count int    `json:"count"`
}

// Pods says how the pods of a workload are named.
type Pods struct {
	Name       string `json:"name,omitempty"`
	Controller string `json:"controller"`
}

// Scrape says where the metrics endpoint of a workload is.
type Scrape struct {
	Via      string            `json:"via"`
	Selector map[string]string `json:"selector,omitempty"`
	Port     string            `json:"port,omitempty"`
	Path     string            `json:"path,omitempty"`
	Scheme   string            `json:"scheme"`
	Interval string            `json:"interval"`
	Timeout  string            `json:"timeout"`
}

// Engine is a program of the catalogue at one version.
type Engine struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Flags   []string `json:"flags"`
	// MetricPrefix is how the deployment spells the beginning of the engine's
	// metrics; "" is the engine's own way.
	MetricPrefix string `json:"metricPrefix,omitempty"`
}

// SLO holds a workload's targets by name. Which targets there are, and which
// fields each has, is said in schema/spec.cue alone: a new one needs no Go.
type SLO map[string]Target

// Target is one promise, for example {enabled: true, under: "200ms",
// objective: 95}. Every field but "enabled" is a number, a duration or a word.
type Target map[string]any

// Enabled reports whether the target is to be watched.
func (t Target) Enabled() bool {
	on, _ := t["enabled"].(bool)
	return on
}

// Number returns a field as a number: durations in seconds.
func (t Target) Number(field string) (float64, bool) {
	switch v := t[field].(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case string:
		return Seconds(v)
	}
	return 0, false
}

// Text returns a field as the user wrote it, for names and messages.
func (t Target) Text(field string) string {
	if s, ok := t[field].(string); ok {
		return s
	}
	v, _ := t.Number(field)
	return FormatNumber(v)
}

// Word returns a field that is a text, "" where it is absent.
func (t Target) Word(field string) string {
	s, _ := t[field].(string)
	return s
}

// FleetSLO are the targets of workloads that name none; the loader has laid
// them under each workload already.
type FleetSLO struct {
	Inference SLO `json:"inference"`
	Training  SLO `json:"training"`
	// Policies of burn rates by name, each by the name of the pair of windows.
	Policies map[string]map[string]Burn `json:"policies"`
}

// GPU is a model in use. What is zero comes from the catalogue.
type GPU struct {
	USDPerHour       float64 `json:"usdPerHour"`
	ModelName        string  `json:"modelName,omitempty"`
	SlowdownCelsius  float64 `json:"slowdownCelsius,omitempty"`
	MemoryMaxCelsius float64 `json:"memoryMaxCelsius,omitempty"`
	Temperature      string  `json:"temperature,omitempty"`
	Profiling        *bool   `json:"profiling,omitempty"`
}

// Cluster says what is installed in one cluster.
type Cluster struct {
	Profiles     []string           `json:"profiles"`
	GPUs         map[string]GPUPool `json:"gpus"`
	Prometheus   Prometheus         `json:"prometheus"`
	Grafana      Grafana            `json:"grafana"`
	Alertmanager Alertmanager       `json:"alertmanager"`
	DCGM         DCGM               `json:"dcgm"`
	CostTool     CostTool           `json:"costTool"`
	Delivery     Delivery           `json:"delivery"`
	// Exporters are scraped by monitors that are not ours.
	Exporters map[string]Scraped `json:"exporters"`
}

// Scraped is an exporter of the catalogue that others scrape.
type Scraped struct {
	Version string   `json:"version,omitempty"`
	Flags   []string `json:"flags"`
}

// GPUPool is the inventory of one GPU model; Nodes is 0 where it scales.
type GPUPool struct {
	PerNode int  `json:"perNode"`
	Nodes   int  `json:"nodes,omitempty"`
	MIG     bool `json:"mig"`
}

// Prometheus says how monitors and rules are found.
type Prometheus struct {
	Namespace      string            `json:"namespace"`
	SelectorLabels map[string]string `json:"selectorLabels"`
	ServiceAccount *ServiceAccount   `json:"serviceAccount,omitempty"`
	Retention      string            `json:"retention"`
}

// ServiceAccount names the account that Prometheus runs as.
type ServiceAccount struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// Alertmanager says how an AlertmanagerConfig is found, what the operator makes
// of it, and who sends mail.
type Alertmanager struct {
	Namespace       string            `json:"namespace"`
	SelectorLabels  map[string]string `json:"selectorLabels"`
	MatcherStrategy string            `json:"matcherStrategy"`
	SecretsPath     string            `json:"secretsPath"`
	Email           *MailServer       `json:"email,omitempty"`
}

// MailServer sends the mails of a cluster.
type MailServer struct {
	From      string     `json:"from"`
	Smarthost string     `json:"smarthost"`
	Username  string     `json:"username,omitempty"`
	Password  *SecretRef `json:"password,omitempty"`
}

// Grafana says how dashboards are found.
type Grafana struct {
	Namespace        string            `json:"namespace"`
	Via              string            `json:"via"`    // how they reach Grafana
	Schema           string            `json:"schema"` // of the dashboards
	SidecarLabels    map[string]string `json:"sidecarLabels"`
	FolderAnnotation string            `json:"folderAnnotation"`
	InstanceSelector map[string]string `json:"instanceSelector"`
	FilesPath        string            `json:"filesPath"`
	Folder           string            `json:"folder"`
	Folders          string            `json:"folders"` // what there is a folder for
	URL              string            `json:"url,omitempty"`
}

// Ways of dashboards to Grafana.
const (
	ViaSidecar  = "sidecar"
	ViaOperator = "operator"
	ViaFiles    = "files"
	ViaAPI      = "api"
)

// Schemas of dashboards.
const (
	SchemaClassic = "classic"
	SchemaV2      = "v2"
)

// What there is a folder of dashboards for, where there is more than one.
const (
	FolderPerTopic = "topic"
	FolderPerTeam  = "team"
)

// Modes of DCGM.
const (
	ModeExporter    = "exporter"
	ModeGPUOperator = "gpu-operator"
)

// DCGM says how the GPU exporter runs.
type DCGM struct {
	Mode            string                `json:"mode"`
	Version         string                `json:"version,omitempty"`
	OperatorVersion string                `json:"operatorVersion,omitempty"`
	Image           string                `json:"image"`
	Namespace       string                `json:"namespace"`
	CreateNamespace bool                  `json:"createNamespace"`
	NodeSelector    map[string]string     `json:"nodeSelector"`
	Tolerations     map[string]Toleration `json:"tolerations"`
	RuntimeClass    string                `json:"runtimeClass"`
	Profiling       bool                  `json:"profiling"`
	Privileged      bool                  `json:"privileged"`
	KubeletPath     string                `json:"kubeletPath"`
	Interval        string                `json:"interval"`
	Timeout         string                `json:"timeout"`
	ExtraCounters   []string              `json:"extraCounters"`
	Resources       Resources             `json:"resources"`
}

// Toleration is a Kubernetes toleration.
type Toleration struct {
	Key      string `json:"key"`
	Operator string `json:"operator"`
	Value    string `json:"value,omitempty"`
	Effect   string `json:"effect,omitempty"`
}

// Resources of the exporter: a request for CPU, request and limit for memory.
type Resources struct {
	Memory string `json:"memory"`
	CPU    string `json:"cpu"`
}

// CostTool is the product that allocates cost in the cluster.
type CostTool struct {
	Name         string    `json:"name"`
	Version      string    `json:"version,omitempty"`
	Namespace    string    `json:"namespace"`
	GPUNodeLabel NodeLabel `json:"gpuNodeLabel"`
}

// Names of cost tools.
const (
	NoCostTool = "none"
	Kubecost   = "kubecost"
	OpenCost   = "opencost"
)

// NodeLabel is a label of a node.
type NodeLabel struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Delivery says what the GitOps controller needs.
type Delivery struct {
	Flux bool `json:"flux"`
}

// Cost holds the fleet's prices and labels for cost allocation.
type Cost struct {
	TeamLabel                 string   `json:"teamLabel"`
	ModelLabel                string   `json:"modelLabel"`
	SharedNamespaces          []string `json:"sharedNamespaces"`
	SharedOverheadUSDPerMonth float64  `json:"sharedOverheadUSDPerMonth,omitempty"`
	CPUUSDPerHour             float64  `json:"cpuUSDPerHour"`
	RAMUSDPerGiBHour          float64  `json:"ramUSDPerGiBHour"`
	StorageUSDPerGBMonth      float64  `json:"storageUSDPerGBMonth"`
}

// AlertTuning changes one alert of the library.
type AlertTuning struct {
	Enabled  bool               `json:"enabled"`
	For      string             `json:"for,omitempty"`
	Severity string             `json:"severity,omitempty"`
	Params   map[string]float64 `json:"params"`
	// Cases take the place of those of the library.
	Cases map[string]Case `json:"cases"`
	// Burn tunes the alert of an objective, by pair of windows.
	Burn map[string]BurnTuning `json:"burn"`
}

// BurnTuning changes the alert of one pair of windows.
type BurnTuning struct {
	For      string `json:"for,omitempty"`
	Severity string `json:"severity,omitempty"`
}

// Settings of the whole spec.
type Settings struct {
	Owner    string `json:"owner"`
	Runbooks string `json:"runbooks,omitempty"`
}

// UserLibrary adds to the library.
type UserLibrary struct {
	Records    map[string]Record    `json:"records"`
	Alerts     map[string]Alert     `json:"alerts"`
	Dashboards map[string]Dashboard `json:"dashboards"`
}
