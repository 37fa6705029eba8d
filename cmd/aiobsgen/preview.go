package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/aiobsgen/aiobsgen/internal/browser"
	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/preview"
)

// themes of the page.
var themes = []string{"light", "dark"}

func previewCommand() *cobra.Command {
	var report reporting
	var cluster, file, pictures, theme string
	var scenarios []string
	var port int
	c := &cobra.Command{
		Use:   "preview [path]",
		Short: "Show the dashboards of a spec on a simulated fleet, without Grafana",
		Long: `preview compiles a spec and shows its dashboards as Grafana would, in a page on the
loopback address. The data is that of a simulated fleet: the nodes, GPUs and pods of
the spec, what the exporters report at the versions that run, and the monitors as
they are written. Prometheus' own engine evaluates the recording rules, the alerts
and each panel's queries. A scenario is a fault to choose: what fires, which panels
show it. Each panel tells the lines of the spec that it comes from.

With --html the page is one file that holds the data and fetches nothing; with --png
there is a picture of each dashboard, which needs a Chromium.`,
		Example: `  aiobsgen preview examples/fleet
  aiobsgen preview examples/fleet --html preview.html
  aiobsgen preview fleet/ --html pr.html --cluster prod --scenario gpu-lost
  aiobsgen preview fleet/ --png pictures --theme dark`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSpec,
		RunE: func(c *cobra.Command, args []string) error {
			if err := report.check(); err != nil {
				return err
			}
			if !slices.Contains(themes, theme) {
				return fmt.Errorf("unknown theme %q, %s", theme, diag.WantOneOf(themes))
			}
			if file == "" && pictures == "" && len(scenarios) > 0 {
				return fmt.Errorf("--scenario chooses what --html and --png hold; the page that is served has them all")
			}
			if err := writable(file, pictures); err != nil {
				return err
			}
			p, err := previewOf(c, specArg(args), cluster, report)
			if err != nil {
				return err
			}
			if file == "" && pictures == "" {
				ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
				defer stop()
				return p.Serve(ctx, port, func(url string) {
					fmt.Fprintf(c.ErrOrStderr(), "the preview of %s is at %s (stop it with Ctrl-C)\n", p.Title, url)
				})
			}
			if file != "" {
				if err := writePreview(c, p, file, scenarios); err != nil {
					return err
				}
			}
			if pictures != "" {
				return takePictures(c, p, pictures, theme, scenarios)
			}
			return nil
		},
	}
	report.flags(c)
	c.Flags().StringVar(&cluster, "cluster", "", "only this cluster")
	c.Flags().StringVar(&file, "html", "", "write the preview to this file, complete in itself")
	c.Flags().StringVar(&pictures, "png", "", "write a picture of each dashboard into this folder; needs a Chromium")
	c.Flags().StringVar(&theme, "theme", "light", "of pictures: light or dark")
	c.Flags().StringSliceVar(&scenarios, "scenario", nil, "beside the healthy fleet, hold only these scenarios; of pictures, show them")
	c.Flags().IntVar(&port, "port", 0, "serve on this port; 0 is any that is free")
	_ = c.MarkFlagFilename("html", "html")
	_ = c.MarkFlagDirname("png")
	_ = c.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(themes, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("scenario", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		_, library, err := compile.Knowledge()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var out []string
		for name, s := range library.Scenarios {
			out = append(out, name+"\t"+s.Title)
		}
		slices.Sort(out)
		return out, cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

// previewOf compiles, and prints what there is to say.
func previewOf(c *cobra.Command, dir, cluster string, report reporting) (*preview.Preview, error) {
	compiler, err := compile.New(dir)
	if err != nil {
		return nil, err
	}
	p, err := compiler.Preview(cluster)
	if err != nil {
		return nil, err
	}
	if err := report.print(c, compiler); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errProblems
	}
	p.Title = filepath.ToSlash(filepath.Clean(dir))
	return p, nil
}

func writePreview(c *cobra.Command, p *preview.Preview, file string, scenarios []string) error {
	page, err := p.HTML(scenarios)
	if err != nil {
		return err
	}
	if err := writeWhole(file, page); err != nil {
		return err
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s: %s of %s, %.1f MB\n", file, count(p.Count(), "dashboard"), count(len(p.Clusters), "cluster"), float64(len(page))/1e6)
	return nil
}

// writable refuses, before the work is done, a target that the result cannot be put
// in the place of: a folder or a device as the file, a file as the folder.
func writable(file, pictures string) error {
	if s, err := os.Stat(file); err == nil && !s.Mode().IsRegular() {
		return fmt.Errorf("--html %s: want a file, and there is something else", file)
	}
	if s, err := os.Stat(pictures); err == nil && !s.IsDir() {
		return fmt.Errorf("--png %s: want a folder, and there is a file", pictures)
	}
	return nil
}

// writeWhole leaves the file that was there until the new one is complete. Behind a
// link it is the file that is replaced, not the link.
func writeWhole(file string, data []byte) error {
	if behind, err := filepath.EvalSymlinks(file); err == nil {
		file = behind
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".aiobsgen-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing, once it has its name
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// wide is the width of pictures, in pixels.
const wide = 1600

// takePictures draws each dashboard, in each of the scenarios.
func takePictures(c *cobra.Command, p *preview.Preview, dir, theme string, scenarios []string) error {
	b, err := browser.Find()
	if err != nil {
		return err
	}
	if len(scenarios) == 0 {
		scenarios = []string{preview.Healthy}
	}
	page, err := p.HTML(scenarios)
	if err != nil {
		return err
	}
	// From here on there is something to clean up.
	ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	scratch, err := os.MkdirTemp("", "aiobsgen-preview-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	html := filepath.Join(scratch, "preview.html")
	if err := os.WriteFile(html, page, 0o600); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	taken := 0
	for _, cluster := range p.Clusters {
		for _, scenario := range scenarios {
			if _, err := cluster.Scenario(scenario); err != nil {
				continue // it happens in another cluster
			}
			for _, uid := range cluster.Dashboards() {
				state := url.Values{"cluster": {cluster.Name()}, "dashboard": {uid}, "scenario": {scenario}, "theme": {theme}, "kiosk": {"1"}}
				name := cluster.Name() + "-" + uid
				if scenario != preview.Healthy {
					name += "-" + scenario
				}
				address, err := browser.File(html, state.Encode())
				if err != nil {
					return err
				}
				if err := b.Picture(ctx, address, filepath.Join(dir, name+".png"), wide, 0); err != nil {
					return err
				}
				taken++
			}
		}
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", dir, count(taken, "picture"))
	return nil
}
