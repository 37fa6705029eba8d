package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/mod/semver"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

func listCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "List metrics, exporters, checks, routes or scenarios",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(listMetricsCommand(), listExportersCommand(), listChecksCommand(), listRoutesCommand(), listScenariosCommand())
	return c
}

// table prints rows in columns, without the titles when there is nothing.
func table(c *cobra.Command, titles string, rows []string) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	if len(rows) > 0 {
		fmt.Fprintln(w, titles)
	}
	for _, r := range rows {
		fmt.Fprintln(w, r)
	}
	return w.Flush()
}

// listed is a metric in a list.
type listed struct {
	Name     string `json:"name"`
	Exporter string `json:"exporter"`
	Type     string `json:"type"`
	Unit     string `json:"unit"`
	Since    string `json:"since,omitempty"`
	Removed  string `json:"removed,omitempty"`
	Help     string `json:"help"`
}

func listMetricsCommand() *cobra.Command {
	var as asData
	var exporter, version, spec string
	c := &cobra.Command{
		Use:   "metrics",
		Short: "List the metrics of the catalogue",
		Example: `  aiobsgen list metrics --exporter vllm
  aiobsgen list metrics --exporter dcgm --version 4.8.2 --format json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := as.check(); err != nil {
				return err
			}
			facts, _, err := knowledge(c, spec)
			if err != nil {
				return err
			}
			known := slices.Sorted(maps.Keys(facts.Exporters))
			switch {
			case version != "" && !semver.IsValid("v"+version):
				return fmt.Errorf("--version %s: want a version such as 0.30.0", version)
			case exporter == "" && version != "":
				return fmt.Errorf("--version is that of an exporter: say --exporter as well")
			case exporter != "" && !slices.Contains(known, exporter):
				return fmt.Errorf("there is no exporter %q, %s", exporter, diag.DidYouMean(exporter, known))
			case exporter != "":
				known = []string{exporter}
			}
			list := []listed{}
			for _, name := range known {
				list = append(list, metricsOf(facts, name, version)...)
			}
			if as.format == "json" {
				return diag.WriteJSON(c.OutOrStdout(), map[string]any{"metrics": list})
			}
			var rows []string
			for _, m := range list {
				rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", m.Name, m.Exporter, m.Type, m.Unit, m.Since, m.Removed))
			}
			return table(c, "METRIC\tEXPORTER\tTYPE\tUNIT\tSINCE\tREMOVED", rows)
		},
	}
	as.flags(c)
	c.Flags().StringVar(&exporter, "exporter", "", "exporter of the catalogue, such as vllm or dcgm")
	c.Flags().StringVar(&version, "version", "", "only what this version of the exporter has")
	c.Flags().StringVar(&spec, "spec", "", "folder of a spec, whose exporters are listed as well")
	_ = c.MarkFlagDirname("spec")
	_ = c.RegisterFlagCompletionFunc("exporter", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		facts, err := compile.Facts()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return slices.Sorted(maps.Keys(facts.Exporters)), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

// metricsOf lists the metrics of an exporter, of one version if it is named.
func metricsOf(facts *catalog.Index, exporter, version string) []listed {
	var out []listed
	metrics := facts.Exporters[exporter].Metrics
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		m := metrics[name]
		if version == "" || (catalog.Running{Version: version}).Has(name, m) {
			out = append(out, listed{name, exporter, m.Type, m.Unit, m.Since, m.Removed, m.Help})
		}
	}
	return out
}

func listExportersCommand() *cobra.Command {
	var as asData
	c := &cobra.Command{
		Use:   "exporters",
		Short: "List the exporters of the catalogue",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := as.check(); err != nil {
				return err
			}
			facts, err := compile.Facts()
			if err != nil {
				return err
			}
			type row struct {
				Name    string `json:"name"`
				Title   string `json:"title"`
				Metrics int    `json:"metrics"`
				Since   string `json:"since,omitempty"`
				Latest  string `json:"latest,omitempty"`
				Source  string `json:"source"`
			}
			var rows []row
			var lines []string
			for _, name := range slices.Sorted(maps.Keys(facts.Exporters)) {
				e := facts.Exporters[name]
				rows = append(rows, row{name, e.Title, len(e.Metrics), e.Since, e.Latest, e.Source})
				lines = append(lines, fmt.Sprintf("%s\t%s\t%d\t%s\t%s", name, e.Title, len(e.Metrics), e.Since, e.Latest))
			}
			if as.format == "json" {
				return diag.WriteJSON(c.OutOrStdout(), map[string]any{"exporters": rows})
			}
			return table(c, "EXPORTER\tTITLE\tMETRICS\tFROM\tNEWEST KNOWN", lines)
		},
	}
	as.flags(c)
	return c
}

func listChecksCommand() *cobra.Command {
	var as asData
	c := &cobra.Command{
		Use:   "checks",
		Short: "List the checks with their codes",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := as.check(); err != nil {
				return err
			}
			checks, err := compile.Checks()
			if err != nil {
				return err
			}
			type row struct {
				ID       string `json:"id"`
				Severity string `json:"severity"`
				Title    string `json:"title"`
			}
			var rows []row
			var lines []string
			for _, id := range slices.Sorted(maps.Keys(checks.Checks)) {
				k := checks.Checks[id]
				rows = append(rows, row{id, k.Severity, k.Title})
				lines = append(lines, fmt.Sprintf("%s\t%s\t%s", id, k.Severity, k.Title))
			}
			if as.format == "json" {
				return diag.WriteJSON(c.OutOrStdout(), map[string]any{"checks": rows})
			}
			return table(c, "CODE\tSEVERITY\tWHAT IS WRONG", lines)
		},
	}
	as.flags(c)
	return c
}

func listRoutesCommand() *cobra.Command {
	var as asData
	c := &cobra.Command{
		Use:   "routes [path]",
		Short: "List who is told of which alert of a spec",
		Long: `routes compiles a spec and lists, for each cluster with teams that have receivers,
each alert with the team that owns it, its severity, and the team's receivers that
Alertmanager leads it to.`,
		Example:           `  aiobsgen list routes examples/fleet`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSpec,
		RunE: func(c *cobra.Command, args []string) error {
			if err := as.check(); err != nil {
				return err
			}
			output, err := compileSpec(c, specArg(args), reporting{format: "text"})
			if err != nil {
				return err
			}
			if as.format == "json" {
				return diag.WriteJSON(c.OutOrStdout(), map[string]any{"clusters": output.Routed})
			}
			var lines []string
			for _, cluster := range slices.Sorted(maps.Keys(output.Routed)) {
				for _, r := range output.Routed[cluster] {
					lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%s", cluster, r.Alert, r.Owner, r.Severity, strings.Join(r.Receivers, ", ")))
				}
			}
			return table(c, "CLUSTER\tALERT\tOWNER\tSEVERITY\tRECEIVERS", lines)
		},
	}
	as.flags(c)
	return c
}
