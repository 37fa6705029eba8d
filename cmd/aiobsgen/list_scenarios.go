package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

func listScenariosCommand() *cobra.Command {
	var as asData
	c := &cobra.Command{
		Use:   "scenarios",
		Short: "List what can happen to the fleet in a preview",
		Long: `scenarios lists what aiobsgen preview can show: the name that --scenario takes, and the
alert that fires. A scenario is left out in a cluster that has nothing that it could
happen to.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := as.check(); err != nil {
				return err
			}
			_, library, err := compile.Knowledge()
			if err != nil {
				return err
			}
			type row struct {
				Name  string `json:"name"`
				Title string `json:"title"`
				Text  string `json:"text"`
				Alert string `json:"alert,omitempty"`
			}
			var rows []row
			var lines []string
			for _, name := range slices.Sorted(maps.Keys(library.Scenarios)) {
				s := library.Scenarios[name]
				rows = append(rows, row{name, s.Title, s.Text, s.Alert})
				lines = append(lines, fmt.Sprintf("%s\t%s\t%s", name, s.Title, s.Alert))
			}
			if as.format == "json" {
				return diag.WriteJSON(c.OutOrStdout(), map[string]any{"scenarios": rows})
			}
			return table(c, "SCENARIO\tWHAT HAPPENS\tALERT", lines)
		},
	}
	as.flags(c)
	return c
}
