package catalog

import (
	"maps"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// With is the catalogue with a spec's own exporters and engines in it.
func With(c *model.Catalog, s model.Spec) *model.Catalog {
	out := *c
	out.Exporters, out.Engines = maps.Clone(c.Exporters), maps.Clone(c.Engines)
	maps.Copy(out.Exporters, s.Exporters)
	maps.Copy(out.Engines, s.Engines)
	return &out
}
