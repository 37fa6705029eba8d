package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func vetCommand() *cobra.Command {
	report := reporting{notes: true}
	c := &cobra.Command{
		Use:     "vet [path]",
		Aliases: []string{"validate", "check"},
		Short:   "Check a spec without writing anything",
		Long: `vet compiles the spec in a folder (or one CUE file) with every check that build
has, and writes nothing. It exits with 1 when the spec has errors.`,
		Example: `  aiobsgen vet examples/fleet
  aiobsgen vet examples/fleet --format github`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSpec,
		RunE: func(c *cobra.Command, args []string) error {
			output, err := compileSpec(c, specArg(args), report)
			if err != nil {
				return err
			}
			s := output.Stats
			fmt.Fprintf(c.ErrOrStderr(), "ok: %s, %s, %s, %s\n",
				count(s.Clusters, "cluster"), count(s.Files, "file"), count(s.Rules, "rule"), count(s.Panels, "panel"))
			return nil
		},
	}
	report.flags(c)
	return c
}
