package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// Metric is what is known of a name on one exporter.
type Metric struct {
	Name     string `json:"name"`
	Exporter string `json:"exporter"`
	Title    string `json:"title"`
	// Metric is the key of the entry, where the name is one of its series.
	Metric string `json:"metric,omitempty"`
	// Unit of the series, which for the parts of a histogram that count is not the
	// entry's.
	Unit  string       `json:"unit"`
	Entry model.Metric `json:"entry"`
	// Labels of the exporter and of the series.
	Labels []string `json:"labels"`
	Latest string   `json:"latest,omitempty"`
	// Missing says why the newest known version does not have it.
	Missing string  `json:"missing,omitempty"`
	ReadBy  Readers `json:"readBy"`
	Source  string  `json:"source"`
}

// Find explains a name on each exporter that has it, or whose histogram it is.
func Find(x *catalog.Index, lib model.Library, name string) []Metric {
	found := x.Find(name)
	if h, ok := x.Histogram(name); ok && len(found) == 0 {
		found = []catalog.Series{h}
	}
	var out []Metric
	for _, s := range found {
		e := x.Exporters[s.Exporter]
		m := Metric{Name: name, Exporter: s.Exporter, Title: e.Title, Unit: s.Unit(), Entry: s.Entry, Latest: e.Latest, Source: e.Source,
			Labels: append(slices.Clone(s.Labels()), e.Labels...), ReadBy: readersOf(s.Exporter, e, s.Metric, lib)}
		if s.Metric != name {
			m.Metric = s.Metric
		}
		if e.Latest != "" {
			_, m.Missing = catalog.Running{Version: e.Latest}.Lacks(s.Metric, s.Entry)
		}
		out = append(out, m)
	}
	return out
}

// Text writes what is known as lines.
func (m Metric) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", m.Name, m.Entry.Help)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-11s %s\n", name, text)
		}
	}
	lines := func(name string, list []string) {
		for i, text := range list {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "  %-11s %s\n", name, text)
		}
	}
	line("exporter", fmt.Sprintf("%s (%s)", m.Title, m.Exporter))
	line("type", m.kind())
	line("unit", m.Unit)
	line("labels", strings.Join(m.Labels, ", "))
	for _, label := range slices.Sorted(maps.Keys(m.Entry.Values)) {
		line("", fmt.Sprintf("%s is one of %s", label, strings.Join(m.Entry.Values[label], ", ")))
	}
	line("buckets", m.buckets())
	line("versions", m.versions())
	line("instead", m.Entry.ReplacedBy)
	lines("needs", m.needs())
	line("trap", m.Entry.Trap)
	lines("read by", m.readBy())
	line("confidence", m.Entry.Confidence)
	line("source", m.Source)
	return b.String()
}

func (m Metric) kind() string {
	kind := m.Entry.Type
	switch {
	case m.Metric != "":
		kind = fmt.Sprintf("series of the %s %s", m.Entry.Type, m.Metric)
	case kind == model.Histogram:
		kind += fmt.Sprintf(": read %s_bucket, %s_sum or %s_count", m.Name, m.Name, m.Name)
	}
	return kind
}

func (m Metric) buckets() string {
	var out []string
	for _, e := range m.Entry.Buckets {
		out = append(out, promql.FormatEdge(e))
	}
	return strings.Join(out, " ")
}

// versions in words: "0.9.2 to 0.11.0, removed in 0.12.0".
func (m Metric) versions() string {
	e := m.Entry
	text := "every one that is known"
	if e.Since != "" {
		text = "from " + e.Since + " on"
	}
	if e.Hidden != "" {
		text += ", hidden behind a flag since " + e.Hidden
	}
	if e.Removed != "" {
		text += ", removed in " + e.Removed
	}
	if m.Latest != "" {
		text += "; the newest known is " + m.Latest
	}
	return text
}

func (m Metric) needs() []string {
	var out []string
	if m.Entry.Requires != "" {
		out = append(out, "DCGM's "+m.Entry.Requires+" module")
	}
	if m.Entry.OptIn != "" {
		out = append(out, m.Entry.OptIn)
	}
	if len(m.Entry.Architectures) > 0 {
		out = append(out, "a GPU of "+strings.Join(m.Entry.Architectures, ", "))
	}
	switch m.Entry.MIG {
	case "absent":
		out = append(out, "a GPU that is not divided (MIG)")
	case "board":
		out = append(out, "nothing under MIG, but each instance repeats the value of the board")
	}
	return out
}

func (m Metric) readBy() []string {
	var out []string
	for _, r := range []struct {
		kind  string
		names []string
	}{{"signal", m.ReadBy.Signals}, {"record", m.ReadBy.Records}, {"alert", m.ReadBy.Alerts}, {"panel", m.ReadBy.Panels}} {
		for _, n := range r.names {
			out = append(out, r.kind+" "+n)
		}
	}
	if len(out) == 0 {
		out = []string{"nothing in the library"}
	}
	return out
}
