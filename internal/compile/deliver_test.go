package compile

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/check"
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// choice finds what would still ask for a team, in any form that Grafana reads.
var choice = regexp.MustCompile(`\$(team\b|(\{|\\u007b)team\b)`)

// linked finds links between pages.
var linked = regexp.MustCompile(`"/d/([a-z0-9-]+)`)

// Whichever way dashboards go, the checks of the finished files have nothing against
// them, a team's pages are the team's alone, and links lead to pages that are there.
func TestEveryWayOfDashboards(t *testing.T) {
	c, err := New("../../examples/fleet")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ via, schema string }{
		{model.ViaSidecar, model.SchemaClassic}, {model.ViaOperator, model.SchemaClassic}, {model.ViaOperator, model.SchemaV2},
		{model.ViaFiles, model.SchemaClassic}, {model.ViaAPI, model.SchemaV2},
	} {
		spec, err := c.loader.Load()
		if err != nil {
			t.Fatal(err)
		}
		for name, view := range spec.Clusters {
			entry := view.Spec.Clusters[name]
			entry.Grafana.Via, entry.Grafana.Schema, entry.Grafana.Folders = tt.via, tt.schema, model.FolderPerTeam
			view.Spec.Clusters[name] = entry
		}
		for _, p := range c.plan(spec) {
			files, err := generate(p)
			if err != nil {
				t.Fatal(err)
			}
			var found diag.List
			check.Output(p.Cluster.Name, files, func(string) diag.Pos { return diag.Pos{} }, &found)
			if found.HasErrors() {
				t.Errorf("%s %s: %v", tt.via, tt.schema, found.Sorted())
			}
			uids := map[string]plan.Dashboard{}
			for _, d := range p.Dashboards {
				uids[d.UID] = d
			}
			copies := 0
			for _, f := range files {
				uid, ok := strings.CutSuffix(path.Base(f.Path), ".json")
				d, page := uids[uid]
				if !ok || !page || !strings.HasPrefix(f.Path, "dashboards/") {
					continue
				}
				for _, link := range linked.FindAllSubmatch(f.Data, -1) {
					to := string(link[1])
					own := slices.ContainsFunc(p.Dashboards, func(o plan.Dashboard) bool { return o.Team == d.Team && o.Name == uids[to].Name })
					if _, ok := uids[to]; !ok || own && uids[to].Team != d.Team {
						t.Errorf("%s: a link of %s leads to %s", p.Cluster.Name, uid, to)
					}
				}
				if d.Team == "" {
					continue
				}
				copies++
				if left := choice.Find(f.Data); left != nil || !bytes.Contains(f.Data, fmt.Appendf(nil, `team=\"%s\"`, d.Team)) {
					t.Errorf("%s: %s holds %q", p.Cluster.Name, uid, left)
				}
			}
			if copies < 3 {
				t.Errorf("%s %s: %d pages of teams", tt.via, tt.schema, copies)
			}
		}
	}
	if c.Diags.HasErrors() {
		t.Error(c.Diags.Sorted())
	}
}
