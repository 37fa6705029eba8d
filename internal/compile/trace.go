package compile

import (
	"fmt"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// tracePath of the file in a cluster's folder that leads from each rule and
// dashboard back to the spec. Lines stand here alone, so that moving one changes no object.
const tracePath = "trace.json"

// traced is one rule and what caused it.
type traced struct {
	Group  string            `json:"group"`
	Record string            `json:"record,omitempty"`
	Alert  string            `json:"alert,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
	From   []place           `json:"from"`
}

// tracedPage is a dashboard and its entry.
type tracedPage struct {
	Dashboard string  `json:"dashboard"` // its uid
	From      []place `json:"from"`
}

// place is a path in the spec or in the library, and for the spec its line.
type place struct {
	Path string `json:"path"`
	At   string `json:"at,omitempty"`
}

func traceFile(p *plan.Plan, view *load.View, loader *load.Loader) (artifact.File, error) {
	rules := []traced{}
	for _, g := range p.Groups {
		for _, r := range g.Rules {
			t := traced{Group: g.Name, Record: r.Record, Alert: r.Alert, Labels: r.Labels}
			for _, o := range r.Origins {
				t.From = append(t.From, place{Path: string(o), At: at(view, loader, string(o))})
			}
			rules = append(rules, t)
		}
	}
	pages := []tracedPage{}
	for _, d := range p.Dashboards {
		entry := "library.dashboards." + d.Name
		pages = append(pages, tracedPage{d.UID, []place{{Path: entry, At: at(view, loader, entry)}}})
	}
	data, err := artifact.JSON(map[string]any{"rules": rules, "dashboards": pages})
	if err != nil {
		return artifact.File{}, fmt.Errorf("trace: %w", err)
	}
	return artifact.File{Path: tracePath, Origins: []string{"clusters." + p.Cluster.Name}, Data: data}, nil
}

// at is the line of a path in the spec's folder; "" for the library's entries.
func at(view *load.View, loader *load.Loader, path string) string {
	parts := strings.Split(path, ".")
	if parts[0] == "library" && !view.Has(parts...) {
		return ""
	}
	pos := view.Pos(parts...)
	if !pos.IsValid() {
		return ""
	}
	return fmt.Sprintf("%s:%d", loader.InSpec(pos.File), pos.Line)
}
