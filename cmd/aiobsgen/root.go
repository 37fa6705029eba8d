package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// Exit codes.
const (
	exitOK       = 0
	exitProblems = 1 // errors were found, or the output is stale
	exitUsage    = 2 // usage or I/O: nothing was judged
)

// errProblems ends a command whose findings have been printed already.
var errProblems = errors.New("problems")

// run executes one command line and returns its exit code.
func run(args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errProblems):
		return exitProblems
	}
	fmt.Fprintln(stderr, "aiobsgen:", err)
	return exitUsage
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "aiobsgen",
		Short: "Compile a spec of an AI fleet into what observes it",
		Long: `aiobsgen compiles a CUE spec of workloads, GPUs, targets and teams into DCGM
exporter manifests, monitors, cost allocation config, alert rules and Grafana
dashboards, one folder for each cluster.

Exit codes: 0 fine, 1 errors were found or the output is stale, 2 usage or I/O.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(buildCommand(), vetCommand(), lintCommand(), testCommand(), previewCommand(), explainCommand(), listCommand(), versionCommand())
	return root
}

// reporting is how findings are printed, for the commands that have any.
type reporting struct {
	format string
	// notes: people are told of notes as well; data always holds them.
	notes bool
}

func (r *reporting) flags(c *cobra.Command) {
	c.Flags().StringVar(&r.format, "format", "text", "how findings are printed: text (on stderr), or json, sarif, github (on stdout)")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(diag.Formats, cobra.ShellCompDirectiveNoFileComp))
}

// check refuses an unknown format before any work is done.
func (r *reporting) check() error {
	if !slices.Contains(diag.Formats, r.format) {
		return fmt.Errorf("unknown format %q, %s", r.format, diag.WantOneOf(diag.Formats))
	}
	return nil
}

// print writes the findings: text for people on stderr, the rest is data.
func (r *reporting) print(c *cobra.Command, compiler *compile.Compiler) error {
	diags := compiler.Diags
	if r.format == "text" && !r.notes {
		diags = diags.WithoutNotes()
	}
	return r.write(c, diags, compiler.Source)
}

func (r *reporting) write(c *cobra.Command, diags *diag.List, source func(string) []byte) error {
	w := c.OutOrStdout()
	if r.format == "text" {
		w = c.ErrOrStderr()
	}
	return diag.Write(w, r.format, diags, source)
}

// specArg is the one argument of most commands.
func specArg(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

// completeSpec offers folders and CUE files.
func completeSpec(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"cue"}, cobra.ShellCompDirectiveFilterFileExt
}
