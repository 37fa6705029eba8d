package preview

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"slices"
	"sync"

	"github.com/aiobsgen/aiobsgen/internal/promql"
	"github.com/aiobsgen/aiobsgen/internal/rulegraph"
)

// stored is what a file holds of a cluster in a scenario. What is not there is as
// on the healthy fleet.
type stored struct {
	Start      float64                    `json:"start"`
	End        float64                    `json:"end"`
	Step       float64                    `json:"step"`
	Dashboards map[string]storedDashboard `json:"dashboards"`
	Alerts     []Alert                    `json:"alerts"`
}

type storedDashboard struct {
	Variables   map[string][]string `json:"variables"`
	Annotations []Mark              `json:"annotations"`
	// Queries are results by panel/reference, and below that by what is chosen:
	// "" is all, "team=search" one value. A choice that only leaves series out is
	// not stored: the page does that.
	Queries map[string]map[string]json.RawMessage `json:"queries"`
}

// HTML is the preview as one file. It holds the scenarios that are named, or all.
func (p *Preview) HTML(scenarios []string) ([]byte, error) {
	has := func(name string) bool {
		return len(scenarios) == 0 || name == Healthy || slices.Contains(scenarios, name)
	}
	for _, name := range scenarios {
		if !slices.ContainsFunc(p.Clusters, func(c *Cluster) bool { _, err := c.Scenario(name); return err == nil }) {
			_, err := p.Clusters[0].Scenario(name)
			return nil, err
		}
	}
	// Clusters have nothing in common, so each may have a core of its own.
	parts := make([][]byte, len(p.Clusters))
	errs := make([]error, len(p.Clusters))
	var wait sync.WaitGroup
	for i, c := range p.Clusters {
		wait.Go(func() { parts[i], errs[i] = c.file(has) })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	m, err := p.model(true, has)
	if err != nil {
		return nil, err
	}
	out, err := page("'none'", m, bytes.Join(parts, nil))
	return []byte(out), err
}

// file is what a file holds of a cluster.
func (c *Cluster) file(has func(scenario string) bool) ([]byte, error) {
	var out bytes.Buffer
	var healthy *stored
	for _, s := range c.Scenarios {
		if !has(s.Name) {
			continue
		}
		one, err := c.store(s.Name, healthy)
		if err != nil {
			return nil, err
		}
		if s.Name == Healthy {
			healthy = one
		}
		packed, err := pack(one)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "<script type=\"application/gzip\" id=\"data/%s/%s\">%s</script>\n",
			html.EscapeString(c.Name()), html.EscapeString(s.Name), packed)
	}
	return out.Bytes(), nil
}

func pack(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// store asks everything that a file can be asked in a scenario.
func (c *Cluster) store(scenario string, healthy *stored) (*stored, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w, err := c.world(scenario)
	if err != nil {
		return nil, err
	}
	over := span(longest)
	out := &stored{Start: over.Start, End: over.End, Step: over.Step, Dashboards: map[string]storedDashboard{}, Alerts: c.alerts(w)}
	for _, b := range c.boards {
		all := Choice{}.patterns(b)
		d := storedDashboard{Variables: map[string][]string{}, Annotations: w.marks(b, over, all), Queries: map[string]map[string]json.RawMessage{}}
		for _, v := range b.variables {
			if d.Variables[v.name], err = w.offers(v, all); err != nil {
				return nil, err
			}
		}
		for _, p := range b.all() {
			for _, t := range p.Targets {
				if healthy != nil && !w.differs(rulegraph.Query(t.Expr)) {
					continue
				}
				results := map[string]json.RawMessage{}
				if results[""], err = json.Marshal(w.ask(t, over, all)); err != nil {
					return nil, err
				}
				for key, choice := range choices(b, t, d.Variables) {
					if results[key], err = json.Marshal(w.ask(t, over, choice.patterns(b))); err != nil {
						return nil, err
					}
				}
				key := fmt.Sprintf("%d/%s", p.ID, t.RefID)
				if healthy == nil || !same(results, healthy.Dashboards[b.UID].Queries[key]) {
					d.Queries[key] = results
				}
			}
		}
		out.Dashboards[b.UID] = d
	}
	return out, nil
}

// choices are those of one value that change a query's results otherwise than by
// leaving series out.
func choices(b *board, t target, offered map[string][]string) map[string]Choice {
	out := map[string]Choice{}
	e, faults := promql.Parse(t.Expr)
	if len(faults) > 0 {
		return out
	}
	for _, v := range b.variables {
		if len(offered[v.name]) < 2 || !promql.Chooses(e, v.name) || promql.Separates(e, v.label, v.name) {
			continue
		}
		for _, value := range offered[v.name] {
			out[v.name+"="+value] = Choice{v.name: {value}}
		}
	}
	return out
}

func same(a, b map[string]json.RawMessage) bool {
	if len(a) != len(b) {
		return false
	}
	for key := range a {
		if !bytes.Equal(a[key], b[key]) {
			return false
		}
	}
	return true
}
