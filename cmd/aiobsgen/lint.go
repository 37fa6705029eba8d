package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/lint"
)

// failOn are the severities that --fail-on takes.
var failOn = []string{"error", "warning", "never"}

func lintCommand() *cobra.Command {
	var report reporting
	var options lint.Options
	var spec, cluster, fail string
	c := &cobra.Command{
		Use:   "lint FILE…",
		Short: "Check rules, dashboards and counters files against the catalogue",
		Long: `lint reads Prometheus rule files, PrometheusRules, Grafana dashboards (JSON, in a
ConfigMap or a GrafanaDashboard) and counters files of dcgm-exporter, whatever
wrote them, and types each query: metrics that the exporters do not have, labels
that are not there, units, buckets, rates, matchings. A folder is read with all
that is below it, and - is the standard input. Nothing is fetched, and no server
is asked.

The newest version of each exporter that the catalogue knows is taken to run,
unless --exporter names another, or --spec a cluster. Names of programs that the
catalogue does not hold are left alone and counted.`,
		Example: `  aiobsgen lint dashboards/ rules/
  aiobsgen lint --exporter vllm=0.30 --exporter dcgm=4.8.2 dashboards/
  aiobsgen lint --spec fleet/ --cluster prod --format github rules.yaml`,
		Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml", "json", "csv"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(failOn, fail) {
				return fmt.Errorf("unknown severity %q for --fail-on, %s", fail, diag.WantOneOf(failOn))
			}
			if options.Interval <= 0 {
				return fmt.Errorf("--scrape-interval %s: want a time above zero, such as 15s", options.Interval)
			}
			if cluster != "" && spec == "" {
				return errors.New("--cluster names a cluster of a spec: say --spec as well")
			}
			return runLint(c, args, report, options, spec, cluster, fail)
		},
	}
	report.flags(c)
	c.Flags().StringArrayVar(&options.Exporters, "exporter", nil, "NAME=VERSION that runs, such as vllm=0.30; may be repeated")
	c.Flags().StringVar(&spec, "spec", "", "folder of a spec: its cluster says what runs")
	c.Flags().StringVar(&cluster, "cluster", "", "cluster of --spec; needed where it has several")
	c.Flags().DurationVar(&options.Interval, "scrape-interval", 15*time.Second, "time between two scrapes, for ranges that are too short")
	c.Flags().BoolVar(&options.Strict, "strict", false, "tell also what cannot be known: other programs' metrics, labels that a relabeling may attach")
	c.Flags().StringVar(&fail, "fail-on", "error", "lowest severity that makes the exit code 1: error, warning or never")
	_ = c.MarkFlagDirname("spec")
	_ = c.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(failOn, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("exporter", completeExporters)
	return c
}

func runLint(c *cobra.Command, args []string, report reporting, options lint.Options, spec, cluster, fail string) error {
	if err := report.check(); err != nil {
		return err
	}
	files, err := lint.ReadFiles(args)
	if err != nil {
		return err
	}
	facts, running, err := factsOf(c, report, spec, cluster)
	if err != nil {
		return err
	}
	world, err := lint.World(facts, running, options)
	if err != nil {
		return err
	}
	diags := &diag.List{}
	s := lint.Run(files, world, diags)
	if err := report.write(c, diags, sourceOf(files)); err != nil {
		return err
	}
	summarise(c, s, diags)
	switch {
	case fail != "never" && diags.HasErrors(), fail == "warning" && len(diags.Sorted()) > 0:
		return errProblems
	}
	return nil
}

// sourceOf shows lines of the files that were read.
func sourceOf(files []lint.File) func(string) []byte {
	byName := map[string][]byte{}
	for _, f := range files {
		byName[f.Name] = f.Data
	}
	return func(name string) []byte { return byName[name] }
}

// summarise says what was read, and what was left alone.
func summarise(c *cobra.Command, s lint.Summary, diags *diag.List) {
	errs, warnings := 0, 0
	for _, d := range diags.Sorted() {
		if d.Severity == diag.Error {
			errs++
		} else {
			warnings++
		}
	}
	w := c.ErrOrStderr()
	fmt.Fprintf(w, "%s in %s: %s, %s\n", count(s.Queries, "expression"), count(s.Files, "file"), count(errs, "error"), count(warnings, "warning"))
	if len(s.Others) > 0 {
		const most = 5
		names := strings.Join(s.Others[:min(most, len(s.Others))], ", ")
		if len(s.Others) > most {
			names += ", …"
		}
		fmt.Fprintf(w, "left alone, since the catalogue does not hold them: %s (%s)\n", count(len(s.Others), "name"), names)
	}
	if s.Unchecked > 0 {
		fmt.Fprintf(w, "not checked, since variables stand for parts of the syntax: %s\n", count(s.Unchecked, "expression"))
	}
	if s.Templates > 0 {
		fmt.Fprintf(w, "skipped, since they are templates that have yet to be rendered: %s\n", count(s.Templates, "file"))
	}
	if s.Skipped > 0 {
		fmt.Fprintf(w, "skipped, since they hold nothing to check: %s\n", count(s.Skipped, "file"))
	}
}

func completeExporters(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	facts, err := compile.Facts()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(facts.Exporters)) {
		if latest := facts.Exporters[name].Latest; latest != "" {
			out = append(out, name+"="+latest)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
