package compile

import (
	"fmt"
	"slices"

	"github.com/aiobsgen/aiobsgen/generators/dashboards"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/plan"
	"github.com/aiobsgen/aiobsgen/internal/preview"
)

// Preview compiles the spec and prepares to show its dashboards, of each cluster
// or of the one that is named. What is wrong with the spec is in Diags, and there
// is then none.
func (c *Compiler) Preview(name string) (*preview.Preview, error) {
	out, err := c.Compile()
	if out == nil || err != nil {
		return nil, err
	}
	p := &preview.Preview{}
	var names []string
	for _, one := range out.clusters {
		names = append(names, one.plan.Cluster.Name)
		if name != "" && one.plan.Cluster.Name != name {
			continue
		}
		shown, err := c.preview(one)
		if err != nil {
			return nil, fmt.Errorf("cluster %s: %w", one.plan.Cluster.Name, err)
		}
		p.Clusters = append(p.Clusters, shown)
	}
	if len(p.Clusters) == 0 {
		return nil, fmt.Errorf("the spec has no cluster %q, %s", name, diag.WantOneOf(names))
	}
	return p, nil
}

func (c *Compiler) preview(one cluster) (*preview.Cluster, error) {
	suite, err := c.suite(one)
	if err != nil {
		return nil, err
	}
	// Those that somebody on call opens first come first.
	library := c.loader.Embedded.Library
	ordered := *one.plan
	ordered.Dashboards = slices.Clone(one.plan.Dashboards)
	slices.SortStableFunc(ordered.Dashboards, func(a, b plan.Dashboard) int {
		return slices.Index(library.Topics, a.Topic) - slices.Index(library.Topics, b.Topic)
	})
	pages, err := dashboards.Pages(&ordered)
	if err != nil {
		return nil, err
	}
	return preview.NewCluster(one.plan, suite, pages, library.Scenarios, func(o plan.Origin) preview.Place {
		return preview.Place{Path: string(o), At: at(one.view, c.loader, string(o))}
	})
}
