package model

// Checks are what the compiler can find fault with, from schema/checks.
type Checks struct {
	Intro string `json:"intro"`
	// Base is the spec that examples add to, or change a line of.
	Base   string           `json:"base"`
	Checks map[string]Check `json:"checks"`
}

// What the examples of a check are, and so which command finds it.
const (
	OfSpec = "spec"
	OfLint = "lint"
	// OfQuery is found by all of them; its examples are files for lint.
	OfQuery = "query"
)

// Check is one code.
type Check struct {
	Title    string    `json:"title"`
	Severity string    `json:"severity"`
	Meaning  string    `json:"meaning"`
	Examples []Example `json:"examples"`
	Why      string    `json:"why"`
	Of       string    `json:"of"`
}

// BaseFile is the file of an example that holds the base spec.
const BaseFile = "fleet.cue"

// Example is one case of a check.
type Example struct {
	About   string            `json:"about,omitempty"`
	File    string            `json:"file"`
	Line    int               `json:"line"`
	Files   map[string]string `json:"files,omitempty"`
	Flags   []string          `json:"flags"`
	Failing string            `json:"failing"`
	Printed string            `json:"printed"`
	Mended  string            `json:"mended"`
	NotRun  string            `json:"notRun,omitempty"`
}
