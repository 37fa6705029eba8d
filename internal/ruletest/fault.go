package ruletest

import (
	"github.com/aiobsgen/aiobsgen/internal/fleet"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// Fault is what a case does, to be played elsewhere.
type Fault struct {
	Case    model.Case
	Subject fleet.Subject
	// Within so many seconds the alert fires.
	Within float64
}

// Fault of an alert's first case, or of the one that is named; false where the
// cluster has no subject for it.
func (s *Suite) Fault(alert, name string) (Fault, bool) {
	for _, c := range s.Cases {
		if c.Alert == alert && (name == "" || c.Name == name) {
			return Fault{c.model, c.subject, c.time.within}, true
		}
	}
	return Fault{}, false
}

// Simulation is the fleet that the cases are played on, and Graph its rules.
func (s *Suite) Simulation() *fleet.Simulation { return s.sim }

// Graph is the rules of the cluster.
func (s *Suite) Graph() *rulegraph.Graph { return s.graph }
