package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/compile"
)

func buildCommand() *cobra.Command {
	var report reporting
	var out string
	var check, force bool
	c := &cobra.Command{
		Use:     "build [path]",
		Aliases: []string{"generate", "render"},
		Short:   "Compile a spec and write the output",
		Long: `build compiles the spec in a folder (or one CUE file) and writes one folder for
each cluster. Files of an earlier build that are no longer made are removed; a
file that was edited by hand stops the build, and so does one that is not ours.
Nothing is written when anything is wrong.

With --check nothing is written at all: the exit code is 1 when the output on
disk differs from what the spec compiles into, with a list of the files.`,
		Example: `  aiobsgen build examples/fleet -o out
  aiobsgen build examples/fleet -o out --check`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSpec,
		RunE: func(c *cobra.Command, args []string) error {
			if check && force {
				return errors.New("--check writes nothing, so --force has no meaning with it")
			}
			start := time.Now()
			output, err := compileSpec(c, specArg(args), report)
			if err != nil {
				return err
			}
			if check {
				return checkOutput(c, out, output)
			}
			return writeOutput(c, out, output, force, start)
		},
	}
	report.flags(c)
	c.Flags().StringVarP(&out, "output", "o", "out", "folder to write to")
	c.Flags().BoolVar(&check, "check", false, "write nothing; exit with 1 when the output is stale")
	c.Flags().BoolVar(&force, "force", false, "overwrite files that were edited by hand or are not ours")
	_ = c.MarkFlagDirname("output")
	return c
}

// compileSpec compiles and prints what there is to say.
func compileSpec(c *cobra.Command, dir string, report reporting) (*compile.Output, error) {
	if err := report.check(); err != nil {
		return nil, err
	}
	compiler, err := compile.New(dir)
	if err != nil {
		return nil, err
	}
	output, err := compiler.Compile()
	if err != nil {
		return nil, err
	}
	if err := report.print(c, compiler); err != nil {
		return nil, err
	}
	if output == nil {
		return nil, errProblems
	}
	return output, nil
}

func checkOutput(c *cobra.Command, dir string, output *compile.Output) error {
	d, err := artifact.Compare(dir, output.Set)
	if err != nil {
		return err
	}
	if d.Clean() {
		return nil
	}
	w := c.ErrOrStderr()
	fmt.Fprintf(w, "%s is stale: run aiobsgen build and commit the result\n", dir)
	for _, group := range []struct {
		name  string
		files []string
	}{
		{"missing", d.Missing}, {"changed", d.Changed}, {"no longer made", d.Stale},
		{"edited by hand", d.Edited}, {"not ours", d.Foreign},
	} {
		listFiles(w, group.name, group.files)
	}
	if d.Manifest {
		listFiles(w, "changed", []string{artifact.ManifestName})
	}
	return errProblems
}

// listFiles prints a short list; a whole tree would hide the rest.
func listFiles(w io.Writer, name string, files []string) {
	const most = 20
	for i, f := range files {
		if i == most {
			fmt.Fprintf(w, "  %s: and %d more\n", name, len(files)-most)
			return
		}
		fmt.Fprintf(w, "  %s: %s\n", name, f)
	}
}

func writeOutput(c *cobra.Command, dir string, output *compile.Output, force bool, start time.Time) error {
	r, err := artifact.Write(dir, output.Set, artifact.Options{Force: force})
	var conflict *artifact.ConflictError
	if errors.As(err, &conflict) {
		fmt.Fprintln(c.ErrOrStderr(), conflict)
		return errProblems
	}
	if err != nil {
		return err
	}
	s := output.Stats
	fmt.Fprintf(c.ErrOrStderr(), "%s, %s, %s, %s in %.1fs: %d written, %d unchanged, %d removed in %s\n",
		count(s.Clusters, "cluster"), count(s.Files, "file"), count(s.Rules, "rule"), count(s.Panels, "panel"),
		time.Since(start).Seconds(), r.Written, r.Unchanged, r.Removed, dir)
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
