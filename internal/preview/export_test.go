package preview

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Filed is what the page of a file shows of each query, by panel and reference, where
// one value of a variable is chosen on the healthy fleet.
func (c *Cluster) Filed(uid string, held any, name, value string) map[string]Result {
	b, err := c.board(uid)
	if err != nil {
		panic(err)
	}
	label := b.variables[slices.IndexFunc(b.variables, func(v variable) bool { return v.name == name })].label
	out := map[string]Result{}
	for _, p := range b.all() {
		for _, t := range p.Targets {
			key := fmt.Sprintf("%d/%s", p.ID, t.RefID)
			entry := held.(*stored).Dashboards[uid].Queries[key]
			data, own := entry[name+"="+value]
			if !own {
				data = entry[""]
			}
			var r Result
			if err := json.Unmarshal(data, &r); err != nil {
				panic(err)
			}
			several := len(held.(*stored).Dashboards[uid].Variables[name]) > 1
			if e, _ := promql.Parse(t.Expr); several && !own && promql.Chooses(e, name) {
				r.Frames = slices.DeleteFunc(r.Frames, func(f Frame) bool {
					has, ok := f.Labels[label]
					return ok && has != value
				})
			}
			out[key] = r
		}
	}
	return out
}

// Stored is what a file holds of the healthy fleet.
func (c *Cluster) Stored() (any, error) { return c.store(Healthy, nil) }

// SetQuery changes what the first panel with a title asks, and returns a function
// that takes it back.
func (c *Cluster) SetQuery(title, expr string) func() {
	for _, b := range c.boards {
		for i, p := range b.Panels {
			if p.Title == title {
				was := p.Targets
				b.Panels[i].Targets = []target{{RefID: "A", Expr: expr, Instant: was[0].Instant}}
				return func() { b.Panels[i].Targets = was }
			}
		}
	}
	panic(fmt.Sprintf("no panel %q", title))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *values) UnmarshalJSON(data []byte) error {
	var all []any
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	for _, x := range all {
		switch x := x.(type) {
		case float64:
			*v = append(*v, x)
		case string:
			f, err := strconv.ParseFloat(x, 64)
			if err != nil {
				return err
			}
			*v = append(*v, f)
		default:
			*v = append(*v, math.NaN())
		}
	}
	return nil
}
