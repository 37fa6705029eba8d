package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/explain"
)

func explainCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "explain",
		Short: "Tell what a metric or a check is",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(explainMetricCommand(), explainCheckCommand())
	return c
}

// asData is the format of answers that are no findings.
type asData struct{ format string }

var dataFormats = []string{"text", "json"}

func (d *asData) flags(c *cobra.Command) {
	c.Flags().StringVar(&d.format, "format", "text", "text or json")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(dataFormats, cobra.ShellCompDirectiveNoFileComp))
}

func (d *asData) check() error {
	if !slices.Contains(dataFormats, d.format) {
		return fmt.Errorf("unknown format %q, %s", d.format, diag.WantOneOf(dataFormats))
	}
	return nil
}

func explainMetricCommand() *cobra.Command {
	var as asData
	var spec string
	c := &cobra.Command{
		Use:   "metric NAME",
		Short: "Tell type, unit, labels, versions and readers of a metric",
		Long: `metric tells what the catalogue knows of a metric, or of one series of a
histogram: type, unit, labels and their values, buckets, the versions that have it,
what took its place, what it needs, what people get wrong about it, where the facts
are from, and which records, alerts and panels of the library read it. With --spec
the exporters and rules of a spec are known as well.`,
		Example: `  aiobsgen explain metric vllm:gpu_cache_usage_perc
  aiobsgen explain metric DCGM_FI_DEV_XID_ERRORS --format json`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			facts, err := compile.Facts()
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return facts.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := as.check(); err != nil {
				return err
			}
			facts, lib, err := knowledge(c, spec)
			if err != nil {
				return err
			}
			found := explain.Find(facts, lib, args[0])
			if len(found) == 0 {
				fmt.Fprintf(c.ErrOrStderr(), "the catalogue has no metric %q\n", args[0])
				if near := facts.Nearest(args[0]); len(near) > 0 {
					fmt.Fprintf(c.ErrOrStderr(), "    hint: did you mean %s?\n", strings.Join(near, ", or "))
				}
				return errProblems
			}
			if as.format == "json" {
				return diag.WriteJSON(c.OutOrStdout(), map[string]any{"metrics": found})
			}
			for i, m := range found {
				if i > 0 {
					fmt.Fprintln(c.OutOrStdout())
				}
				fmt.Fprint(c.OutOrStdout(), m.Text())
			}
			return nil
		},
	}
	as.flags(c)
	c.Flags().StringVar(&spec, "spec", "", "folder of a spec, whose exporters and rules are known as well")
	_ = c.MarkFlagDirname("spec")
	return c
}

func explainCheckCommand() *cobra.Command {
	var as asData
	c := &cobra.Command{
		Use:     "check CODE",
		Short:   "Tell what a finding means, with an example and how it is mended",
		Example: `  aiobsgen explain check AIO070`,
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			checks, err := compile.Checks()
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var out []string
			for _, id := range slices.Sorted(maps.Keys(checks.Checks)) {
				out = append(out, id+"\t"+checks.Checks[id].Title)
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := as.check(); err != nil {
				return err
			}
			checks, err := compile.Checks()
			if err != nil {
				return err
			}
			id := strings.ToUpper(args[0])
			check, ok := checks.Checks[id]
			if !ok {
				fmt.Fprintf(c.ErrOrStderr(), "there is no check %q, %s\n", args[0], diag.DidYouMean(id, slices.Collect(maps.Keys(checks.Checks))))
				return errProblems
			}
			if as.format == "json" {
				return diag.WriteJSON(c.OutOrStdout(), map[string]any{"id": id, "check": check})
			}
			fmt.Fprint(c.OutOrStdout(), compile.CheckPage(id, checks))
			return nil
		},
	}
	as.flags(c)
	return c
}
