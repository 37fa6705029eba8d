package plan

import "github.com/aiobsgen/aiobsgen/internal/model"

// Dashboard is a page with final queries.
type Dashboard struct {
	Name        string // library key
	Title       string
	UID         string
	Description string
	Topic       string
	Folder      Folder
	Tags        []string
	Variables   []Variable
	Annotations []Annotation
	Rows        []Row
	// Team whose copy it is; "" is the fleet's page.
	Team string
}

// Folder is a folder of Grafana.
type Folder struct {
	Title string
	UID   string
}

// Variable is a choice; Query lists its values.
type Variable struct {
	Name  string
	Title string
	Query string
}

// Annotation marks times; its query is final.
type Annotation struct {
	model.Annotation
}

// Row is a titled part of a dashboard.
type Row struct {
	Title     string
	Collapsed bool
	Panels    []Panel
}

// Panel is a library panel whose queries are final PromQL for Grafana: they
// may hold $variables and $__rate_interval.
type Panel struct {
	model.Panel
	Links []Link
	// Columns of a table, from the left.
	Columns []Column
	// At is its path in the library or in the spec, and Asked where each of its
	// queries stands there: what the cluster does not have is left out.
	At    []string
	Asked []int
}

// Column shows a label under a title.
type Column struct{ Label, Title string }

// Link leads from a panel to another dashboard of the cluster.
type Link struct {
	Title string
	UID   string
	// Keep are the variables that keep their choice, in the order of the dashboard
	// that it leads to.
	Keep []string
	// With are those that take the value of a label of what is clicked, in the same
	// order.
	With []LinkValue
}

// LinkValue gives a variable the value of a label.
type LinkValue struct{ Variable, Label string }

// Color is that of the lines whose label has a value.
type Color struct{ Label, Value, Color string }
