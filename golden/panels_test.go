package golden

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"
)

// emptyPanelsOf are panels of one cluster that have nothing to draw while all is well.
var emptyPanelsOf = map[string]map[string]string{
	"prod":      {"Memory temperature of the hottest nodes": "no GPU of the cluster has a sensor at its memory"},
	"us-east-1": {"Load of the fullest replica": "no workload has two replicas"},
}

// oneOf are panels of which one query has a row that says none, and the others have
// nothing while all is well.
var oneOf = []string{"XIDs of the last six hours", "XID events, by code", "GPUs to reset or to replace"}

// emptyPanelsFor are those of one workload, of which others have something to draw.
var emptyPanelsFor = map[string][]string{
	"summarise":     {"Speed of a stream", "What holds requests back"}, // it has no such target, and vLLM 0.9.1 no reasons
	"query-rewrite": {"What holds requests back", "Load of the fullest replica"},
	"deep-research": {"Load of the fullest replica"}, // one replica
}

// older is what lies before the first hour of the fleet, and is drawn beside what is now.
const older = ":ago7d"

type dashboard struct {
	Panels     []panel `json:"panels"`
	Templating struct {
		List []struct {
			Name  string          `json:"name"`
			Type  string          `json:"type"`
			Query json.RawMessage `json:"query"`
		} `json:"list"`
	} `json:"templating"`
}

type panel struct {
	Title   string  `json:"title"`
	Panels  []panel `json:"panels"`
	Targets []asked `json:"targets"`
}

type asked struct {
	Expr string `json:"expr"`
}

// dashboards of a cluster by their uid.
func dashboards(t *testing.T, f *fleet) map[string]dashboard {
	t.Helper()
	out := map[string]dashboard{}
	for name, data := range f.files {
		if ok, _ := path.Match(f.cluster+"/dashboards/*.json", name); ok {
			var d dashboard
			if err := json.Unmarshal(data, &d); err != nil {
				t.Fatal(err)
			}
			out[strings.TrimSuffix(path.Base(name), ".json")] = d
		}
	}
	if len(out) < 3 {
		t.Fatalf("%s has the dashboards %v", f.cluster, out)
	}
	return out
}

func TestPanelsOfHealthyFleetDraw(t *testing.T) {
	for cluster := range fleets {
		s := healthyFleet(t, cluster)
		for uid, d := range dashboards(t, s.fleet) {
			t.Run(cluster+"/"+uid, func(t *testing.T) {
				drawn := 0
				for _, p := range allPanels(d.Panels) {
					targets := p.Targets
					if slices.Contains(oneOf, p.Title) {
						targets = slices.DeleteFunc(slices.Clone(targets), func(q asked) bool { return !strings.Contains(q.Expr, "vector(0)") })
					}
					for _, target := range targets {
						if strings.Contains(target.Expr, older) {
							continue
						}
						drawn++
						draw(t, s, p.Title, target.Expr)
					}
				}
				if drawn < 10 {
					t.Errorf("the dashboard has %d queries", drawn)
				}
				for _, v := range d.Templating.List {
					if v.Type == "query" {
						choose(t, s, v.Name, string(v.Query))
					}
				}
			})
		}
	}
}

// What somebody sees who selects one workload: its numbers in every panel of
// the dashboard of its kind that reads workloads.
func TestPanelsOfOneWorkloadDraw(t *testing.T) {
	for cluster := range fleets {
		s := healthyFleet(t, cluster)
		for workload := range s.fleet.monitors {
			uid := "aiobs-inference"
			if strings.HasPrefix(workload, "pretrain") || strings.HasPrefix(workload, "reranker") {
				uid = "aiobs-training"
			}
			t.Run(cluster+"/"+workload, func(t *testing.T) {
				for _, p := range allPanels(dashboards(t, s.fleet)[uid].Panels) {
					if slices.Contains(emptyPanelsFor[workload], p.Title) {
						continue
					}
					for _, target := range p.Targets {
						if strings.Contains(target.Expr, "$workload") && workload != dcgmMonitor {
							draw(t, s, p.Title, strings.ReplaceAll(target.Expr, "$workload", workload))
						}
					}
				}
			})
		}
	}
}

// The GPUs that are seen are those that are held and those that are not.
func TestPanelsCountGPUsOnce(t *testing.T) {
	for cluster := range fleets {
		s := healthyFleet(t, cluster)
		counts := map[string]float64{}
		for _, p := range allPanels(dashboards(t, s.fleet)["aiobs-gpu"].Panels) {
			if strings.HasPrefix(p.Title, "GPUs ") && len(p.Targets) == 1 {
				if v, err := query(s.ruler.store, chosen(t, p.Targets[0].Expr), s.time()); err == nil && len(v) == 1 {
					counts[p.Title] = v[0].F
				}
			}
		}
		seen, held, free := counts["GPUs seen"], counts["GPUs held"], counts["GPUs free"]
		if seen == 0 || seen != held+free {
			t.Errorf("%s: %v GPUs are seen, %v held, and %v that nobody holds", cluster, seen, held, free)
		}
	}
}

// What is held, by the spec's workloads or by others, and what is free make up the
// price of what is seen, shared and replaced GPUs among it.
func TestPanelsSumToTheWhole(t *testing.T) {
	foreign := 0.0
	for cluster := range fleets {
		s := healthyFleet(t, cluster)
		read := func(record string) float64 {
			v, err := query(s.ruler.store, record, s.time())
			if err != nil || len(v) != 1 {
				t.Fatalf("%s: %s is %v, %v", cluster, record, v, err)
			}
			return v[0].F
		}
		if rest := read("cluster:gpu_reconciled_usd:per_hour"); rest != 0 {
			t.Errorf("%s: the parts differ from the whole by %v USD an hour", cluster, rest)
		}
		foreign += read("cluster:gpu_foreign_usd:per_hour")
	}
	if foreign != 2.95/2 {
		t.Errorf("half of an H100 is a notebook's, and pods of no spec cost %v USD an hour", foreign)
	}
}

// follow opens the dashboard that an alert links to: it is there, and with
// the alert's workload it draws something.
func follow(t *testing.T, s *simulation, a *alert) {
	t.Helper()
	if a.dashboard == "" {
		return
	}
	_, rest, _ := strings.Cut(a.dashboard, "/d/")
	uid, _, _ := strings.Cut(rest, "?")
	d, ok := dashboards(t, s.fleet)[uid]
	if !ok {
		t.Errorf("%s links to the dashboard %q, which is not there", a.labels.Get("alertname"), uid)
	}
	workload := a.labels.Get("workload")
	for _, p := range allPanels(d.Panels) {
		for _, target := range p.Targets {
			expr := strings.ReplaceAll(target.Expr, "$workload", workload)
			if expr != target.Expr && !strings.Contains(expr, "ALERTS") {
				if v, err := query(s.ruler.store, chosen(t, expr), s.time()); err == nil && len(v) > 0 {
					return
				}
			}
		}
	}
	if workload != "" {
		t.Errorf("%s links to the dashboard %q, where %s has nothing to show", a.labels.Get("alertname"), uid, workload)
	}
}

func draw(t *testing.T, s *simulation, title, expr string) {
	t.Helper()
	v, err := query(s.ruler.store, chosen(t, expr), s.time())
	reason := emptyPanelsOf[s.fleet.cluster][title]
	switch {
	case err != nil:
		t.Errorf("%s: %v\n%s", title, err, expr)
	case len(v) == 0 && reason == "":
		t.Errorf("%s draws nothing: %s", title, expr)
	case len(v) > 0 && reason != "":
		t.Errorf("%s draws %v, although %s", title, v, reason)
	}
}

// choose checks that a variable, which lists the values of a label, has some.
func choose(t *testing.T, s *simulation, name, text string) {
	t.Helper()
	_, rest, ok := strings.Cut(strings.ReplaceAll(text, `\"`, `"`), "label_values(")
	end := strings.LastIndex(rest, ", ")
	if !ok || end < 0 {
		t.Fatalf("variable %s reads %s", name, text)
	}
	label, _, _ := strings.Cut(rest[end+2:], ")")
	if v, err := query(s.ruler.store, "count by ("+label+") ("+chosen(t, rest[:end])+")", s.time()); err != nil || len(v) == 0 {
		t.Errorf("variable %s offers %v, %v", name, v, err)
	}
}

// chosen is a query with everything selected.
func chosen(t *testing.T, expr string) string {
	t.Helper()
	expr = strings.NewReplacer("$__rate_interval", "5m", "$cluster", ".*", "$team", ".*", "$workload", ".*", "$pod", ".*", "$node", ".*", "$gpu", ".*").Replace(expr)
	if _, err := promParser.ParseExpr(expr); err != nil || strings.Contains(expr, "$") {
		t.Fatalf("%v: %s", err, expr)
	}
	return expr
}

func allPanels(all []panel) []panel {
	var out []panel
	for _, p := range all {
		out = append(append(out, p), allPanels(p.Panels)...)
	}
	return out
}
