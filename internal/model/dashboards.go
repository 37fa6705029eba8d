package model

// Dashboard is a page of panels before its queries are lowered.
type Dashboard struct {
	Title       string   `json:"title"`
	UID         string   `json:"uid"`
	Description string   `json:"description"`
	Topic       string   `json:"topic"`
	Tags        []string `json:"tags"`
	Variables   []string `json:"variables"`
	Annotations []string `json:"annotations"`
	Rows        []Row    `json:"rows"`
}

// Row is a titled part of a dashboard.
type Row struct {
	Title     string  `json:"title"`
	Collapsed bool    `json:"collapsed"`
	Panels    []Panel `json:"panels"`
}

// Panel is one drawing.
type Panel struct {
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Kind        string            `json:"kind"`
	Unit        string            `json:"unit"`
	Width       int               `json:"width"`
	Height      int               `json:"height"`
	Queries     []Query           `json:"queries"`
	Empty       string            `json:"empty"`
	Min         *float64          `json:"min,omitempty"`
	Max         *float64          `json:"max,omitempty"`
	Decimals    *float64          `json:"decimals,omitempty"`
	Steps       []Step            `json:"steps,omitempty"`
	States      []State           `json:"states,omitempty"`
	Stack       bool              `json:"stack"`
	Columns     map[string]string `json:"columns,omitempty"`
	// RowLabel and Across are the labels of a grid's rows and columns.
	RowLabel string      `json:"rows,omitempty"`
	Across   string      `json:"across,omitempty"`
	Links    []PanelLink `json:"links"`
}

// Query is one line, or set of lines, of a panel.
type Query struct {
	Expr   string `json:"expr"`
	Legend string `json:"legend"`
	Target bool   `json:"target"`
	Color  string `json:"color,omitempty"`
	Dotted bool   `json:"dotted"`
	Unit   string `json:"unit,omitempty"`
	// Steps colour the values of this query, and Decimals are theirs, in a table.
	Steps    []Step   `json:"steps,omitempty"`
	Decimals *float64 `json:"decimals,omitempty"`
}

// Step colours values from Value on; nil is the base.
type Step struct {
	Color string   `json:"color"`
	Value *float64 `json:"value,omitempty"`
}

// State is what a value means, in words.
type State struct {
	Value float64 `json:"value"`
	Text  string  `json:"text"`
	Color string  `json:"color"`
}

// PanelLink leads to another dashboard of the library; With gives variables the
// value of a label.
type PanelLink struct {
	To    string            `json:"to"`
	Title string            `json:"title"`
	With  map[string]string `json:"with"`
}

// Variable is a choice at the top of a dashboard.
type Variable struct {
	Label  string `json:"label"`
	Title  string `json:"title"`
	Series string `json:"series"`
}

// SeriesVariables are the variables that filter a series which no rule records:
// always, and where a selector says that it is of a workload.
type SeriesVariables struct {
	Always     []string `json:"always"`
	OfWorkload []string `json:"ofWorkload"`
}

// Annotation marks times on the panels of a dashboard.
type Annotation struct {
	Title   string `json:"title"`
	Expr    string `json:"expr"`
	Heading string `json:"heading"`
	Text    string `json:"text"`
	Color   string `json:"color"`
}

// Colors are those that the values of labels take in turn.
type Colors struct {
	By      []string `json:"by"`
	Palette []string `json:"palette"`
}

// Scenario is something that happens to a simulated fleet.
type Scenario struct {
	Title string              `json:"title"`
	Text  string              `json:"text"`
	Group string              `json:"group"`
	Idle  bool                `json:"idle"`
	Alert string              `json:"alert,omitempty"`
	Case  string              `json:"case,omitempty"`
	Shows map[string][]string `json:"shows"`
}

// DashboardLimits bound what a dashboard asks Prometheus for.
type DashboardLimits struct {
	// Queries that are asked when it is opened, and those of one panel.
	Queries      int `json:"queries"`
	PanelQueries int `json:"panelQueries"`
}
