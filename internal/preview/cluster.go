package preview

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
	"github.com/aiobsgen/aiobsgen/internal/ruletest"
)

// Healthy is the scenario in which nothing happens.
const Healthy = "healthy"

// Place is a path in the spec or the library, and for the spec its line.
type Place struct {
	Path string `json:"path"`
	At   string `json:"at,omitempty"`
}

// Cluster is a compiled cluster whose dashboards can be shown.
type Cluster struct {
	Scenarios []Scenario

	plan   *plan.Plan
	suite  *ruletest.Suite
	boards []*board
	place  func(plan.Origin) Place
	needs  rulegraph.Needs
	// since is when each record is needed from on.
	since map[string]float64

	// mu guards what follows: the engine's store is not made for several readers.
	mu      sync.Mutex
	healthy *world
	last    *world // of the scenario that was asked for last
	of      string // its name
}

// NewCluster prepares a cluster: its dashboards as they are written for Grafana,
// and where in the spec a thing comes from.
func NewCluster(p *plan.Plan, s *ruletest.Suite, pages [][]byte, scenarios map[string]model.Scenario, place func(plan.Origin) Place) (*Cluster, error) {
	c := &Cluster{plan: p, suite: s, place: place}
	readers := slices.Clone(s.Graph().Alerts)
	for _, data := range pages {
		b, err := readBoard(data)
		if err != nil {
			return nil, err
		}
		c.boards = append(c.boards, b)
		for _, q := range b.queries() {
			readers = append(readers, rulegraph.Query(q))
		}
	}
	c.needs = s.Graph().Of(readers...)
	c.since = since(c.needs, readers)
	c.Scenarios = c.scenarios(scenarios)
	return c, nil
}

// Name of the cluster.
func (c *Cluster) Name() string { return c.plan.Cluster.Name }

// Scenario by its name.
func (c *Cluster) Scenario(name string) (Scenario, error) {
	var names []string
	for _, s := range c.Scenarios {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Scenario{}, fmt.Errorf("cluster %s has no scenario %q, want one of %s", c.Name(), name, strings.Join(names, ", "))
}

// world of a scenario. The last one is kept, beside the healthy one.
func (c *Cluster) world(name string) (*world, error) {
	s, err := c.Scenario(name)
	if err != nil {
		return nil, err
	}
	if c.healthy == nil {
		healthy, err := c.Scenario(Healthy)
		if err != nil {
			return nil, err
		}
		if c.healthy, err = c.build(healthy); err != nil {
			return nil, fmt.Errorf("cluster %s: %w", c.Name(), err)
		}
	}
	if name == Healthy {
		return c.healthy, nil
	}
	if c.last == nil || c.of != name {
		if c.last, err = c.build(s); err != nil {
			c.last = nil
			return nil, fmt.Errorf("cluster %s, scenario %s: %w", c.Name(), name, err)
		}
		c.of = name
	}
	return c.last, nil
}

// board by its uid.
func (c *Cluster) board(uid string) (*board, error) {
	for _, b := range c.boards {
		if b.UID == uid {
			return b, nil
		}
	}
	return nil, fmt.Errorf("cluster %s has no dashboard %q", c.Name(), uid)
}

// trace leads from each panel to what caused it: its entry in the library, and the
// lines of the spec behind the rules that it reads.
func (c *Cluster) trace(b *board) map[int][]Place {
	out := map[int][]Place{}
	for _, p := range b.all() {
		var names []string
		for _, t := range p.Targets {
			for _, r := range c.suite.Graph().Of(rulegraph.Query(t.Expr)).Records {
				names = append(names, r.Record)
			}
		}
		for _, g := range c.plan.Groups {
			for _, r := range g.Rules {
				if r.Record == "" || !slices.Contains(names, r.Record) {
					continue
				}
				for _, o := range r.Origins {
					if at := c.place(o); at.At != "" && !slices.Contains(out[p.ID], at) {
						out[p.ID] = append(out[p.ID], at)
					}
				}
			}
		}
		for _, d := range c.plan.Dashboards {
			if d.UID == b.UID && len(p.Targets) > 0 {
				out[p.ID] = append(out[p.ID], c.place(plan.Origin("library.dashboards."+d.Name)))
			}
		}
	}
	return out
}

// Dashboards are their uids, in the order of the menu.
func (c *Cluster) Dashboards() []string {
	var out []string
	for _, b := range c.boards {
		out = append(out, b.UID)
	}
	return out
}
