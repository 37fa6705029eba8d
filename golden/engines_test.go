package golden

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// The tables of docs/engines.md are those that the catalogue makes; -update writes
// them.
func TestEnginesPage(t *testing.T) {
	const page, heading = "../docs/engines.md", "## Signals and engines\n"
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	prose, _, ok := bytes.Cut(have, []byte(heading))
	if !ok {
		t.Fatalf("%s has no %q", page, heading)
	}
	want := slices.Concat(prose, []byte(heading), []byte(enginesTables(&embedded.Catalog, embedded.Library.Signals)))
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !*update && !bytes.Equal(have, want) {
		t.Errorf("%s is not what the catalogue makes: run make golden", page)
	}
	// Whoever adds an engine says what it needs.
	for name, e := range embedded.Catalog.Engines {
		if row := "\n| `" + name + "` | "; e.Kind == model.Inference && !bytes.Contains(prose, []byte(row)) {
			t.Errorf("%s does not say what %s needs", page, name)
		}
	}
}

// enginesTables are a table of all engines, and one for each.
func enginesTables(c *model.Catalog, signals map[string]model.Signal) string {
	var engines, names []string
	for _, name := range slices.Sorted(maps.Keys(c.Engines)) {
		if c.Engines[name].Kind == model.Inference {
			engines = append(engines, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(signals)) {
		if signals[name].Of == model.Inference {
			names = append(names, name)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n| signal | meaning | %s |\n|---|---|%s\n", strings.Join(engines, " | "), strings.Repeat("---|", len(engines)))
	for _, signal := range names {
		fmt.Fprintf(&b, "| `%s` | %s |", signal, signals[signal].Help)
		for _, engine := range engines {
			cell := "-"
			if bindings := c.Exporters[c.Engines[engine].Exporter].Signals[signal]; len(bindings) > 0 {
				cell = "yes"
				if bindings[0].Differs != "" {
					cell = "differs"
				}
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	for _, engine := range engines {
		e := c.Exporters[c.Engines[engine].Exporter]
		fmt.Fprintf(&b, "\n### `%s`\n\nThe metrics of %s, at `%s` of the port `%s`.\n\n", engine, e.Title, c.Engines[engine].Path, c.Engines[engine].Port)
		b.WriteString("| signal | series, best first | there | what differs |\n|---|---|---|---|\n")
		for _, signal := range names {
			for i, binding := range e.Signals[signal] {
				name := "`" + signal + "`"
				if i > 0 {
					name = ""
				}
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, seriesOf(binding), thereWhen(e, binding), binding.Differs)
			}
		}
	}
	return b.String()
}

func seriesOf(b model.Binding) string {
	var out []string
	for _, s := range append([]string{b.Series}, b.With...) {
		out = append(out, "`"+strings.ReplaceAll(s, "|", `\|`)+"`")
	}
	text := strings.Join(out, " and ")
	if len(b.Repeated) > 0 {
		text += ", the largest over `" + strings.Join(b.Repeated, "`, `") + "`"
	}
	return text
}

// thereWhen says at which versions and settings a binding is read.
func thereWhen(e model.Exporter, b model.Binding) string {
	var out []string
	add := func(text string) {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, text := range append([]string{b.Series}, b.With...) {
		expr, _ := promql.Parse(text)
		name := expr.(*promql.Selector).Name
		m := e.Metrics[name]
		if found, ok := catalog.Of("", e, name); ok {
			m = found.Entry
		}
		since, gone := m.Since, m.Removed
		if b.Since != "" {
			since = b.Since
		}
		if m.Hidden != "" {
			gone = m.Hidden
		}
		if since != "" {
			add("from " + since)
		}
		if gone != "" {
			add("before " + gone)
		}
		if m.OptIn != "" {
			add("with `" + m.OptIn + "`")
		}
	}
	return strings.Join(out, ", ")
}
