package compile

import (
	"fmt"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/monitors"
	"github.com/aiobsgen/aiobsgen/internal/ruletest"
)

// Suites compiles the spec and expands the cases of its alerts, for each
// cluster or the one that is named. What is wrong with the spec is in Diags, and
// there are then none.
func (c *Compiler) Suites(cluster string) ([]*ruletest.Suite, error) {
	out, err := c.Compile()
	if out == nil || err != nil {
		return nil, err
	}
	var suites []*ruletest.Suite
	var names []string
	for _, one := range out.clusters {
		names = append(names, one.plan.Cluster.Name)
		if cluster != "" && one.plan.Cluster.Name != cluster {
			continue
		}
		s, err := c.suite(one)
		if err != nil {
			return nil, fmt.Errorf("cluster %s: %w", one.plan.Cluster.Name, err)
		}
		suites = append(suites, s)
	}
	if len(suites) == 0 {
		return nil, fmt.Errorf("the spec has no cluster %q, %s", cluster, diag.WantOneOf(names))
	}
	return suites, nil
}

func (c *Compiler) suite(one cluster) (*ruletest.Suite, error) {
	m, err := monitors.Read(one.files)
	if err != nil {
		return nil, err
	}
	spec := one.view.Spec
	return ruletest.New(one.plan, catalog.With(&c.loader.Embedded.Catalog, spec), c.loader.Embedded.Library, spec, m), nil
}

// codeCase is a case of the spec that cannot be played; docs/checks has a page.
const codeCase = "AIO045"

// ruleTests writes the cases for promtool. What is wrong with a case of the
// spec is told at its place; one of the library that does not fit the cluster is
// told by aiobsgen test.
func (c *Compiler) ruleTests(one cluster) ([]artifact.File, error) {
	s, err := c.suite(one)
	if err != nil {
		return nil, err
	}
	files, _, err := s.Promtool()
	for _, f := range s.Faulty {
		for _, at := range [][]string{{"library", "alerts", f.Alert, "cases", f.Case}, {"alerts", f.Alert, "cases", f.Case}} {
			if one.view.Has(at...) {
				c.Diags.Errorf(codeCase, one.view.LabelPos(at...), "%s cannot be played in cluster %q: %v", strings.Join(at, "."), one.plan.Cluster.Name, f.Err)
			}
		}
	}
	return files, err
}
