package plan

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const longTeam = "a-team-whose-name-is-as-long-as-it-may-b"

// teamsSpec has a team that serves and one that trains.
const teamsSpec = `
teams: "` + longTeam + `": owner: "long@example.com"
teams: idle: owner: "idle@example.com"
workloads: chat: #chat
workloads: pretrain: {
	kind: "training", team: "` + longTeam + `", namespace: "train"
	gpu: {model: "l40s", count: 1}
}
`

func plannedFor(t *testing.T, more string) *Plan {
	t.Helper()
	p, found := lower(t, teamsSpec+more)
	if p == nil || slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, "error") }) {
		t.Fatal(found)
	}
	return p
}

func TestFoldersByTopic(t *testing.T) {
	for _, folders := range []string{"one", "topic"} {
		p := plannedFor(t, fmt.Sprintf("clusters: prod: grafana: {folder: \"GPUs\", folders: %q}\n", folders))
		topics := map[string]bool{}
		for _, d := range p.Dashboards {
			want := Folder{Title: "GPUs", UID: "aiobs-folder"}
			if folders == "topic" {
				want = Folder{Title: "GPUs: " + d.Topic, UID: "aiobs-folder-" + d.Topic}
			}
			if d.Folder != want || d.Topic == "" {
				t.Errorf("%s: %s is in %v, want %v", folders, d.UID, d.Folder, want)
			}
			topics[want.UID] = true
		}
		var uids []string
		for _, f := range p.Folders {
			uids = append(uids, f.UID)
		}
		if !slices.Equal(uids, slices.Sorted(maps.Keys(topics))) {
			t.Errorf("%s: folders %q", folders, uids)
		}
	}
}

// A team has copies of what it runs, beside the pages of the fleet.
func TestFoldersByTeam(t *testing.T) {
	p := plannedFor(t, "clusters: prod: grafana: {folder: \"GPUs\", folders: \"team\"}\n")
	byUID := map[string]Dashboard{}
	var fleet, ml, long []string
	for _, d := range p.Dashboards {
		if len(d.UID) > 40 || !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(d.UID) {
			t.Errorf("Grafana or Kubernetes refuses the uid %q", d.UID)
		}
		if _, ok := byUID[d.UID]; ok {
			t.Errorf("two pages have the uid %s", d.UID)
		}
		byUID[d.UID] = d
		switch d.Team {
		case "":
			fleet = append(fleet, d.Name)
		case "ml":
			ml = append(ml, d.Name)
		case longTeam:
			long = append(long, d.Name)
		default:
			t.Errorf("a page for %s, which has no workload", d.Team)
		}
		want := "GPUs"
		if d.Team != "" {
			want += ": " + d.Team
		}
		if d.Folder.Title != want {
			t.Errorf("%s is in %q", d.UID, d.Folder.Title)
		}
	}
	without := func(names []string, topic string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			return slices.ContainsFunc(p.Dashboards, func(d Dashboard) bool { return d.Name == name && d.Topic == topic })
		})
	}
	if !slices.Contains(fleet, "inference") || !slices.Contains(fleet, "training") {
		t.Errorf("pages of the fleet %q", fleet)
	}
	if want := without(fleet, "training"); !slices.Equal(ml, want) {
		t.Errorf("pages of ml, which does not train: %q, want %q", ml, want)
	}
	if want := without(fleet, "inference"); !slices.Equal(long, want) {
		t.Errorf("pages of a team that does not serve: %q, want %q", long, want)
	}
	if len(p.Folders) != 3 {
		t.Errorf("folders %v", p.Folders)
	}
	c := byUID["aiobs-inference-ml"]
	if c.Title != "AI fleet / Inference (ml)" {
		t.Errorf("copy %q", c.Title)
	}
	for _, d := range p.Dashboards {
		checkTeamOf(t, d)
	}
}

// checkTeamOf wants the team of a copy in each of its panels, and no choice of one.
func checkTeamOf(t *testing.T, d Dashboard) {
	t.Helper()
	if d.Team == "" {
		return
	}
	fixed := fmt.Sprintf(`team=%q`, d.Team)
	for _, v := range d.Variables {
		if v.Name == "team" || strings.Contains(v.Query, "$team") || v.Name == "workload" && !strings.Contains(v.Query, fixed) {
			t.Errorf("%s: variable %s: %s", d.UID, v.Name, v.Query)
		}
	}
	for _, r := range d.Rows {
		for _, panel := range r.Panels {
			ofTeam := false
			for _, q := range panel.Queries {
				ofTeam = ofTeam || strings.Contains(q.Expr, fixed)
				if strings.Contains(q.Expr, "$team") {
					t.Errorf("%s: %s: %s", d.UID, panel.Title, q.Expr)
				}
			}
			if !ofTeam {
				t.Errorf("%s: %s is of the whole fleet", d.UID, panel.Title)
			}
		}
		if len(r.Panels) == 0 {
			t.Errorf("%s: the row %s is empty", d.UID, r.Title)
		}
	}
}

// The pages of the fleet are what they are without copies.
func TestCopiesChangeNothing(t *testing.T) {
	one, team := plannedFor(t, ""), plannedFor(t, "clusters: prod: grafana: folders: \"team\"\n")
	for i, d := range one.Dashboards {
		if got, want := fmt.Sprint(team.Dashboards[i].Rows, team.Dashboards[i].Variables), fmt.Sprint(d.Rows, d.Variables); got != want {
			t.Errorf("%s has changed", d.UID)
		}
	}
}

func TestUID(t *testing.T) {
	long := strings.Repeat("x", 50)
	for _, c := range []struct {
		name  string
		taken map[string]bool
		want  string
	}{
		{"aiobs-gpu-search", nil, "aiobs-gpu-search"},
		{"aiobs-gpu-search", map[string]bool{"aiobs-gpu-search": true}, "aiobs-gpu-search-7d686617"},
		{long, nil, long[:31] + "-77cf1206"},
		{long + "y", nil, long[:31] + "-09d9fe3d"},
	} {
		if got := uid(c.name, c.taken); got != c.want {
			t.Errorf("uid(%s) is %s", c.name, got)
		}
	}
}

// A team's pages lead to each other, and to the fleet's where the team has none; they
// have no choice of team to keep.
func TestLinksOfCopies(t *testing.T) {
	ofTeam := func(variable string) bool { return variable == "team" }
	got := ownLinks([]Link{
		{UID: "aiobs-gpu", Keep: []string{"cluster", "team"}, With: []LinkValue{{"team", "team"}, {"workload", "workload"}}},
		{UID: "aiobs-fleet", Keep: []string{"cluster", "team"}},
	}, map[string]string{"aiobs-gpu": "aiobs-gpu-ml"}, ofTeam)
	want := []Link{
		{UID: "aiobs-gpu-ml", Keep: []string{"cluster"}, With: []LinkValue{{"workload", "workload"}}},
		{UID: "aiobs-fleet", Keep: []string{"cluster"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("links %v, want %v", got, want)
	}
}
