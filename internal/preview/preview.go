package preview

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Preview shows the dashboards of some clusters.
type Preview struct {
	// Title of the page: the spec.
	Title    string
	Clusters []*Cluster
}

// Cluster by its name.
func (p *Preview) Cluster(name string) (*Cluster, error) {
	var names []string
	for _, c := range p.Clusters {
		if c.Name() == name {
			return c, nil
		}
		names = append(names, c.Name())
	}
	return nil, fmt.Errorf("no cluster %q, want one of %s", name, strings.Join(names, ", "))
}

// pageModel is what the page knows before it asks anything.
type pageModel struct {
	Title    string         `json:"title"`
	Static   bool           `json:"static"`
	Clusters []clusterModel `json:"clusters"`
}

type clusterModel struct {
	Name       string                     `json:"name"`
	End        float64                    `json:"end"`
	Ranges     []int                      `json:"ranges"`
	Dashboards []json.RawMessage          `json:"dashboards"`
	Trace      map[string]map[int][]Place `json:"trace"`
	Scenarios  []Scenario                 `json:"scenarios"`
}

// model of the page; of a file, it has the scenarios that are in it.
func (p *Preview) model(static bool, has func(scenario string) bool) ([]byte, error) {
	out := pageModel{Title: p.Title, Static: static}
	for _, c := range p.Clusters {
		m := clusterModel{Name: c.Name(), End: now, Ranges: ranges, Trace: map[string]map[int][]Place{}}
		for _, b := range c.boards {
			m.Dashboards = append(m.Dashboards, b.raw)
			m.Trace[b.UID] = c.trace(b)
		}
		for _, s := range c.Scenarios {
			if has(s.Name) {
				m.Scenarios = append(m.Scenarios, s)
			}
		}
		out.Clusters = append(out.Clusters, m)
	}
	return json.Marshal(out)
}

// Count is how many dashboards there are in all.
func (p *Preview) Count() (n int) {
	for _, c := range p.Clusters {
		n += len(c.boards)
	}
	return n
}
