package compile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/checkpage"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// Facts is the embedded catalogue.
func Facts() (*catalog.Index, error) {
	facts, _, err := Knowledge()
	return facts, err
}

// Knowledge is the embedded catalogue and library.
func Knowledge() (*catalog.Index, model.Library, error) {
	embedded, err := load.LoadEmbedded()
	if err != nil {
		return nil, model.Library{}, fmt.Errorf("embedded CUE: %w", err)
	}
	return catalog.New(&embedded.Catalog), embedded.Library, nil
}

// Checks are what can be found wrong.
func Checks() (model.Checks, error) { return load.LoadChecks() }

// CheckPage is the page of one check.
func CheckPage(id string, checks model.Checks) string {
	return checkpage.Page(id, checks.Checks[id], checks.Base)
}

// Cluster is what runs in one cluster of the spec, and the catalogue with the
// spec's own exporters. The name may be left out where there is one cluster.
// What is wrong with the spec is in Diags.
func (c *Compiler) Cluster(name string) (*catalog.Index, map[string][]catalog.Running, error) {
	spec, err := c.loader.Load()
	if err != nil || c.Diags.HasErrors() {
		return nil, nil, err
	}
	names := slices.Sorted(maps.Keys(spec.Clusters))
	if name == "" && len(names) == 1 {
		name = names[0]
	}
	view, ok := spec.Clusters[name]
	switch {
	case !ok && name == "":
		return nil, nil, fmt.Errorf("the spec has several clusters: say --cluster, %s", diag.WantOneOf(names))
	case !ok:
		return nil, nil, fmt.Errorf("the spec has no cluster %q, %s", name, diag.DidYouMean(name, names))
	}
	for _, p := range c.plan(spec) {
		if p.Cluster.Name == name {
			return catalog.New(catalog.With(&c.loader.Embedded.Catalog, view.Spec)), p.Running, nil
		}
	}
	return nil, nil, nil
}

// Knowledge is the catalogue and the library with what the spec adds in any of
// its clusters. What is wrong with the spec is in Diags.
func (c *Compiler) Knowledge() (*catalog.Index, model.Library, error) {
	facts, lib := &c.loader.Embedded.Catalog, c.loader.Embedded.Library
	spec, err := c.loader.Load()
	if err != nil || c.Diags.HasErrors() {
		return catalog.New(facts), lib, err
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Clusters)) {
		own := spec.Clusters[name].Spec
		facts, lib = catalog.With(facts, own), plan.WithUser(lib, own.Library)
	}
	return catalog.New(facts), lib, nil
}
