package main

import (
	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// factsOf is the catalogue, with the exporters of a spec in it and with what runs
// in one of its clusters, if a spec is named.
func factsOf(c *cobra.Command, report reporting, spec, cluster string) (*catalog.Index, map[string][]catalog.Running, error) {
	if spec == "" {
		facts, err := compile.Facts()
		return facts, nil, err
	}
	compiler, err := compile.New(spec)
	if err != nil {
		return nil, nil, err
	}
	facts, running, err := compiler.Cluster(cluster)
	if err != nil {
		return nil, nil, err
	}
	return facts, running, sound(c, report, compiler)
}

// knowledge is the catalogue and the library, with what a spec adds to them.
func knowledge(c *cobra.Command, spec string) (*catalog.Index, model.Library, error) {
	if spec == "" {
		return compile.Knowledge()
	}
	compiler, err := compile.New(spec)
	if err != nil {
		return nil, model.Library{}, err
	}
	facts, lib, err := compiler.Knowledge()
	if err != nil {
		return nil, lib, err
	}
	return facts, lib, sound(c, reporting{format: "text"}, compiler)
}

// sound prints what is wrong with a spec, and is an error if anything is.
func sound(c *cobra.Command, report reporting, compiler *compile.Compiler) error {
	if !compiler.Diags.HasErrors() {
		return nil
	}
	if err := report.print(c, compiler); err != nil {
		return err
	}
	return errProblems
}
