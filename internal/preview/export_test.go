package preview

import "fmt"

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
