package preview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Scenario is something that happens to the fleet of a cluster.
type Scenario struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Group string `json:"group"`
	// From and Until are when it happens, in seconds; 0 where all the time.
	From  float64 `json:"from,omitempty"`
	Until float64 `json:"until,omitempty"`
	// Subject is whom the fault hits.
	Subject string `json:"subject,omitempty"`
	// Alert that is to fire.
	Alert string `json:"-"`
	// Panels that are meant to show it: ids, by the uid of their dashboard.
	Panels map[string][]int `json:"panels,omitempty"`

	idle    bool
	fault   *model.Case
	subject fleet.Subject
}

// least is how long a fault is shown, and more how long after its alert should
// have fired, in seconds.
const (
	least = 2 * 3600
	more  = 30 * 60
)

// scenarios are those of the library that can happen in the cluster: the healthy
// fleet first, then by group and name.
func (c *Cluster) scenarios(library map[string]model.Scenario) []Scenario {
	var out []Scenario
	for name, s := range library {
		one := Scenario{Name: name, Title: s.Title, Text: s.Text, Group: s.Group, Alert: s.Alert, idle: s.Idle, Panels: c.shows(s.Shows)}
		if s.Alert != "" {
			fault, ok := c.suite.Fault(s.Alert, s.Case)
			if !ok {
				continue // the cluster has nothing that it could happen to
			}
			one.From, one.Until = now-max(least, min(fault.Within+more, longest)), now
			one.fault, one.subject, one.Subject = &fault.Case, fault.Subject, subject(fault.Case, fault.Subject)
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Scenario) int {
		if (a.Name == Healthy) != (b.Name == Healthy) {
			if a.Name == Healthy {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Group+"\x00"+a.Name, b.Group+"\x00"+b.Name)
	})
	return out
}

// subject names whom a case hits.
func subject(c model.Case, s fleet.Subject) string {
	switch {
	case c.On == fleet.OnGPU:
		return fmt.Sprintf("%s GPU %d", s.GPU.Node.Name, s.GPU.Index)
	case c.On == fleet.OnNode:
		return s.GPU.Node.Name
	case c.On == fleet.OnReplica && s.Pod != nil:
		return s.Pod.Name
	case c.On == fleet.OnWorkload && s.Pod != nil:
		return s.Pod.Workload.Name
	}
	return ""
}

// shows finds the ids of panels by their titles.
func (c *Cluster) shows(titles map[string][]string) map[string][]int {
	out := map[string][]int{}
	for _, d := range c.plan.Dashboards {
		for _, b := range c.boards {
			if b.UID != d.UID {
				continue
			}
			for _, p := range b.all() {
				if slices.Contains(titles[d.Name], p.Title) {
					out[d.UID] = append(out[d.UID], p.ID)
				}
			}
		}
	}
	return out
}
