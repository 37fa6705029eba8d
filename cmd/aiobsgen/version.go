package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/diag"
)

// buildVersion is what `aiobsgen version` prints.
type buildVersion struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	CUE      string `json:"cue"`
}

func versionCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program and of the CUE in it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			v := version()
			switch format {
			case "text":
				revision := ""
				if v.Revision != "" {
					revision = " (" + v.Revision + ")"
				}
				fmt.Fprintf(c.OutOrStdout(), "aiobsgen %s%s, %s, CUE %s\n", v.Version, revision, v.Go, v.CUE)
				return nil
			case "json":
				return json.NewEncoder(c.OutOrStdout()).Encode(v)
			}
			return fmt.Errorf("unknown format %q, %s", format, diag.WantOneOf([]string{"text", "json"}))
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// version reads what the Go toolchain stamped into the binary.
func version() buildVersion {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return buildVersion{Version: "unknown"}
	}
	v := buildVersion{Version: info.Main.Version, Go: info.GoVersion}
	if v.Version == "" {
		v.Version = "(devel)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	for _, d := range info.Deps {
		if d.Path == "cuelang.org/go" {
			v.CUE = d.Version
		}
	}
	return v
}
