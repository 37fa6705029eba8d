package model

import (
	"encoding/json"
	"fmt"
)

// Case proves an alert: before the fault it is silent, then it fires for the
// subject alone, and after the fault it clears.
type Case struct {
	On     string               `json:"on"`
	Fault  map[string]Behaviour `json:"fault"`
	Scrape string               `json:"scrape,omitempty"`
	GPUs   string               `json:"gpus,omitempty"`
	Times  Quantity             `json:"times,omitempty"`
	Within string               `json:"within,omitempty"`
	Clears string               `json:"clears,omitempty"`
	Past   string               `json:"past,omitempty"`
	Lasts  string               `json:"lasts"`
	Every  string               `json:"every,omitempty"`
	Whole  bool                 `json:"whole"`
	Peers  string               `json:"peers,omitempty"`
}

// Behaviour is what one series of a simulated fleet does, in the unit of its
// signal.
type Behaviour struct {
	Value   Quantity `json:"value,omitempty"`
	PerHour Quantity `json:"perHour,omitempty"`
	Age     Quantity `json:"age,omitempty"`
	Rate    Quantity `json:"rate,omitempty"`
	Jump    Quantity `json:"jump,omitempty"`
	Observe Quantity `json:"observe,omitempty"`
	Stands  bool     `json:"stands,omitempty"`
	Absent  bool     `json:"absent,omitempty"`
	AtMost  Quantity `json:"atMost,omitempty"`
	AtLeast Quantity `json:"atLeast,omitempty"`
	// Sways is the share by which a gauge or a rate moves where a fleet is alive.
	Sways float64 `json:"sways,omitempty"`
}

// Quantity is a number, or arithmetic on numbers of a subject; "" is none.
type Quantity string

// UnmarshalJSON takes a number as well as a text.
func (q *Quantity) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case float64:
		*q = Quantity(FormatNumber(v))
	case string:
		*q = Quantity(v)
	default:
		return fmt.Errorf("found %s, want a number or arithmetic", data)
	}
	return nil
}

// Runbook is the page of an alert.
type Runbook struct {
	Means  string   `json:"means"`
	Impact string   `json:"impact"`
	Checks []Look   `json:"checks"`
	Steps  []string `json:"steps"`
	Noise  string   `json:"noise"`
}

// Look is one thing to look at, with a query or without.
type Look struct {
	Say   string `json:"say"`
	Query string `json:"query,omitempty"`
}
