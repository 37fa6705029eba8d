package model

// Routing says how alerts are grouped and repeated, which hide which, and what a
// message holds.
type Routing struct {
	GroupBy     []string              `json:"groupBy"`
	Severities  map[string]Timing     `json:"severities"`
	Inhibitions map[string]Inhibition `json:"inhibitions"`
	Messages    Messages              `json:"messages"`
}

// Timing of the messages of one severity; durations are Prometheus'.
type Timing struct {
	GroupWait      string `json:"groupWait"`
	GroupInterval  string `json:"groupInterval"`
	RepeatInterval string `json:"repeatInterval"`
	Priority       string `json:"priority"` // Opsgenie's word for the severity
}

// Inhibition keeps the targets quiet while a source fires. Source and Target
// list the values that a label may have; with none it must be there.
type Inhibition struct {
	Source map[string][]string `json:"source"`
	Target map[string][]string `json:"target"`
	Equal  []string            `json:"equal"`
	Why    string              `json:"why"`
}

// Messages are templates of Alertmanager.
type Messages struct {
	Title     string `json:"title"`
	Text      string `json:"text"`
	SlackText string `json:"slackText"`
}

// Severities of alerts, loudest first.
var Severities = []string{"critical", "warning", "info"}

// SeverityPage is the severity that calls somebody.
const SeverityPage = "critical"
