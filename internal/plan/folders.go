package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/promql"
)

// maxUID is how long Grafana lets a uid be.
const maxUID = 40

// folderPrefix begins the uids of folders: Grafana once kept folders and
// dashboards in one table, so the two share their uids.
const folderPrefix = "aiobs-folder"

// lowerFolders puts each dashboard into a folder. With a folder for each team it
// adds the teams' copies; what is of the whole fleet stays in the first folder.
func (l *lowering) lowerFolders() {
	folders := map[string]Folder{}
	in := func(part string) Folder {
		f := Folder{Title: l.plan.Cluster.Grafana.Folder, UID: folderPrefix}
		if part != "" {
			f = Folder{Title: f.Title + ": " + part, UID: uid(folderPrefix+"-"+part, nil)}
		}
		folders[f.UID] = f
		return f
	}
	perTopic := l.plan.Cluster.Grafana.Folders == model.FolderPerTopic
	for i, d := range l.plan.Dashboards {
		part := ""
		if perTopic {
			part = d.Topic
		}
		l.plan.Dashboards[i].Folder = in(part)
	}
	if l.plan.Cluster.Grafana.Folders == model.FolderPerTeam {
		taken := map[string]bool{}
		for _, d := range l.plan.Dashboards {
			taken[d.UID] = true
		}
		for _, team := range l.plan.Teams {
			copies := l.copies(team.Name, taken)
			for i := range copies {
				copies[i].Folder = in(team.Name)
			}
			l.plan.Dashboards = append(l.plan.Dashboards, copies...)
		}
	}
	for _, f := range folders {
		l.plan.Folders = append(l.plan.Folders, f)
	}
	slices.SortFunc(l.plan.Folders, func(a, b Folder) int { return strings.Compare(a.UID, b.UID) })
}

// copies are a team's own pages: of each page of the fleet that has a choice of
// team, and whose topic is no kind of workload that the team does not run.
func (l *lowering) copies(team string, taken map[string]bool) []Dashboard {
	var out []Dashboard
	own := map[string]string{}
	for _, d := range l.plan.Dashboards {
		if d.Team != "" || !l.runs(team, d.Topic) {
			continue
		}
		c, ok := l.copyFor(team, d)
		if !ok {
			continue
		}
		c.UID = uid(d.UID+"-"+team, taken)
		taken[c.UID], own[d.UID] = true, c.UID
		out = append(out, c)
	}
	for _, d := range out {
		for _, r := range d.Rows {
			for i := range r.Panels {
				r.Panels[i].Links = ownLinks(r.Panels[i].Links, own, l.ofTeam)
			}
		}
	}
	return out
}

// ownLinks leads to a team's own pages, where there are some. A copy has no choice of
// team to keep; the fleet's page opens with all of them.
func ownLinks(links []Link, own map[string]string, ofTeam func(variable string) bool) []Link {
	var out []Link
	for _, link := range links {
		link.Keep = slices.DeleteFunc(slices.Clone(link.Keep), ofTeam)
		if to, ok := own[link.UID]; ok {
			link.UID = to
			link.With = slices.DeleteFunc(slices.Clone(link.With), func(v LinkValue) bool { return ofTeam(v.Variable) })
		}
		out = append(out, link)
	}
	return out
}

// ofTeam reports whether a variable is the choice of a team.
func (l *lowering) ofTeam(variable string) bool {
	return l.library.Variables[variable].Label == labelTeam
}

// runs reports whether a page of a topic has something to show for a team.
func (l *lowering) runs(team, topic string) bool {
	kinds := []string{model.Inference, model.Training}
	return !slices.Contains(kinds, topic) || slices.ContainsFunc(l.plan.Workloads, func(w Workload) bool {
		return w.Team == team && w.Kind == topic
	})
}

// copyFor fixes the team in all queries. A panel that the choice of team does not
// change is of the whole fleet, and would be taken for the team's: it is left out.
func (l *lowering) copyFor(team string, d Dashboard) (Dashboard, bool) {
	choices := map[string]bool{}
	c := d
	c.Team, c.Title = team, d.Title+" ("+team+")"
	c.Variables, c.Rows = nil, nil
	for _, v := range d.Variables {
		if l.ofTeam(v.Name) {
			choices["$"+v.Name] = true
		}
	}
	for _, v := range d.Variables {
		if choices["$"+v.Name] {
			continue
		}
		if selector, label, ok := promql.LabelValues(v.Query); ok {
			fixed, _ := l.fixTeam(selector, team, choices)
			v.Query = "label_values(" + fixed + ", " + label + ")"
		}
		c.Variables = append(c.Variables, v)
	}
	for _, r := range d.Rows {
		row := Row{Title: r.Title, Collapsed: r.Collapsed}
		for _, panel := range r.Panels {
			ofTeam := false
			panel.Queries = slices.Clone(panel.Queries)
			for i, q := range panel.Queries {
				fixed, found := l.fixTeam(q.Expr, team, choices)
				panel.Queries[i].Expr = fixed
				ofTeam = ofTeam || found && !q.Target
			}
			if ofTeam {
				row.Panels = append(row.Panels, panel)
			}
		}
		if len(row.Panels) > 0 {
			c.Rows = append(c.Rows, row)
		}
	}
	c.Annotations = slices.Clone(d.Annotations)
	for i, a := range c.Annotations {
		c.Annotations[i].Expr, _ = l.fixTeam(a.Expr, team, choices)
	}
	return c, len(c.Rows) > 0
}

// fixTeam puts a team in the place of a choice, and reports whether there was one.
func (l *lowering) fixTeam(text, team string, choices map[string]bool) (string, bool) {
	e, faults := promql.Parse(text)
	if len(faults) > 0 {
		return text, false // lowering has reported it
	}
	found := false
	chosen := func(m *promql.Matcher) bool { return m.Name == labelTeam && choices[m.Value] }
	e = promql.Rewrite(e, func(e promql.Expr) promql.Expr {
		s, ok := e.(*promql.Selector)
		if !ok || !slices.ContainsFunc(s.LabelMatchers, chosen) {
			return e
		}
		found = true
		of := *s
		of.LabelMatchers = slices.DeleteFunc(slices.Clone(s.LabelMatchers), chosen)
		return promql.Narrow(&of, promql.Equal, labelTeam, team)
	})
	return l.rule(Rule{}, e).Expr, found
}

// uid is a name that Grafana takes, and that is not taken: what is too long, or
// is another's, ends with a hash of the whole.
func uid(name string, taken map[string]bool) string {
	if len(name) <= maxUID && !taken[name] {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:min(len(name), maxUID-9)] + "-" + hex.EncodeToString(sum[:4])
}
