package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/ruletest"
)

func testCommand() *cobra.Command {
	var report reporting
	var run, cluster, junit string
	var coverage bool
	c := &cobra.Command{
		Use:   "test [path]",
		Short: "Prove that the alerts of a spec fire, stay silent and clear",
		Long: `test compiles a spec and plays the cases of its alerts on a simulated fleet of each
cluster: its nodes, GPUs and pods, what the exporters report at the versions that
run, and the monitors as they are written. Prometheus' own engine evaluates the
recording rules and the alerts. Each alert must be silent before the fault of its
case, fire for the subject of the fault and for nobody else, stay while the fault
lasts, and clear afterwards; all must be silent on a healthy fleet and on one
that nobody uses. The time to detect is counted from the beginning of the fault.

Cases stand in the library beside the alerts. Alerts of the spec's own bring
theirs: library: alerts: NAME: cases; those of a tuned alert of ours are replaced
by alerts: NAME: cases. Nothing is written but the file of --junit.`,
		Example: `  aiobsgen test examples/fleet
  aiobsgen test examples/fleet --run GPU --cluster eu-west-1
  aiobsgen test fleet/ --coverage --junit report.xml`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSpec,
		RunE: func(c *cobra.Command, args []string) error {
			var match *regexp.Regexp
			if run != "" {
				var err error
				if match, err = regexp.Compile(run); err != nil {
					return fmt.Errorf("--run: %w", err)
				}
			}
			if err := report.check(); err != nil {
				return err
			}
			start := time.Now()
			suites, err := suitesOf(c, specArg(args), cluster, report)
			if err != nil {
				return err
			}
			var reports []ruletest.Report
			for _, s := range suites {
				r, err := s.Report(match)
				if err != nil {
					return err
				}
				r.Write(c.OutOrStdout())
				reports = append(reports, r)
			}
			if junit != "" {
				if err := writeJUnit(junit, reports); err != nil {
					return err
				}
			}
			return conclude(c, reports, coverage, match != nil, time.Since(start))
		},
	}
	report.flags(c)
	c.Flags().StringVar(&run, "run", "", "play only the cases whose Alert/case this regular expression finds")
	c.Flags().StringVar(&cluster, "cluster", "", "only this cluster")
	c.Flags().BoolVar(&coverage, "coverage", false, "list the rules that no case proves, and exit with 1 when there are any")
	c.Flags().StringVar(&junit, "junit", "", "write the results to this file in JUnit's form")
	_ = c.MarkFlagFilename("junit", "xml")
	return c
}

// suitesOf compiles, prints what there is to say, and expands the cases.
func suitesOf(c *cobra.Command, dir, cluster string, report reporting) ([]*ruletest.Suite, error) {
	compiler, err := compile.New(dir)
	if err != nil {
		return nil, err
	}
	suites, err := compiler.Suites(cluster)
	if err != nil {
		return nil, err
	}
	if err := report.print(c, compiler); err != nil {
		return nil, err
	}
	if suites == nil {
		return nil, errProblems
	}
	return suites, nil
}

func writeJUnit(file string, reports []ruletest.Report) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := ruletest.WriteJUnit(f, reports); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// conclude prints the last lines, and decides.
func conclude(c *cobra.Command, reports []ruletest.Report, coverage, some bool, took time.Duration) error {
	cases, failed, rules, bare := 0, 0, 0, 0
	w := c.ErrOrStderr()
	for _, r := range reports {
		cases, failed, rules = cases+len(r.Results), failed+r.Failed(), rules+r.Rules
		for _, u := range r.Uncovered {
			if u.CannotFire {
				rules--
			} else {
				bare++
			}
			if coverage {
				fmt.Fprintf(w, "%s: no case proves %s: %s\n", r.Cluster, strings.TrimSpace(u.Alert+" "+u.Labels), u.Why)
			}
		}
	}
	if some && cases == 0 {
		return fmt.Errorf("--run finds no case")
	}
	fmt.Fprintf(w, "%s in %s, %d failed, in %.1fs; %d of %s have cases\n",
		count(cases, "case"), count(len(reports), "cluster"), failed, took.Seconds(), rules-bare, count(rules, "alerting rule"))
	if failed > 0 || coverage && bare > 0 {
		return errProblems
	}
	return nil
}
