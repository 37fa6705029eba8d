package preview_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/compile"
	"github.com/aiobsgen/aiobsgen/internal/preview"
)

const hours6 = 6 * 3600

// of compiles a spec and prepares its preview.
func of(t *testing.T, dir string) *preview.Preview {
	t.Helper()
	c, err := compile.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Preview("")
	if err != nil || p == nil {
		t.Fatalf("%v %v", err, c.Diags)
	}
	return p
}

var fleet = sync.OnceValue(func() *preview.Preview {
	c, err := compile.New("../../examples/fleet")
	if err != nil {
		panic(err)
	}
	p, err := c.Preview("")
	if err != nil {
		panic(err)
	}
	p.Title = "examples/fleet"
	return p
})

// titles of a cluster's panels, by dashboard and id.
func titles(t *testing.T, p *preview.Preview, cluster string) map[string]map[int]string {
	t.Helper()
	page, err := p.HTML([]string{preview.Healthy})
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), `<script type="application/json" id="model">`)
	text, _, _ := strings.Cut(rest, "</script>")
	type panel struct {
		ID     int
		Title  string
		Panels []struct {
			ID    int
			Title string
		}
	}
	var model struct {
		Clusters []struct {
			Name       string
			Dashboards []struct {
				UID    string
				Panels []panel
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &model); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[int]string{}
	for _, c := range model.Clusters {
		if c.Name != cluster {
			continue
		}
		for _, d := range c.Dashboards {
			out[d.UID] = map[int]string{}
			for _, p := range d.Panels {
				out[d.UID][p.ID] = p.Title
				for _, inner := range p.Panels {
					out[d.UID][inner.ID] = inner.Title
				}
			}
		}
	}
	return out
}

func answer(t *testing.T, c *preview.Cluster, scenario, uid string, choice preview.Choice) *preview.Answer {
	t.Helper()
	a, err := c.Answer(scenario, uid, hours6, choice)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// blank lists the panels of a cluster that have no data while all is well.
func blank(t *testing.T, c *preview.Cluster, names map[string]map[int]string) (out []string) {
	t.Helper()
	for _, uid := range c.Dashboards() {
		a := answer(t, c, preview.Healthy, uid, nil)
		if len(a.Panels) < 5 {
			out = append(out, fmt.Sprintf("%s has %d panels", uid, len(a.Panels)))
		}
		for id, results := range a.Panels {
			frames := 0
			for ref, r := range results {
				frames += len(r.Frames)
				if r.Error != "" {
					out = append(out, fmt.Sprintf("%s: %s, query %s: %s", uid, names[uid][id], ref, r.Error))
				}
			}
			if frames == 0 {
				out = append(out, fmt.Sprintf("%s: %s draws nothing", uid, names[uid][id]))
			}
		}
	}
	return out
}

// Every panel of every dashboard has data while all is well, every variable has
// values, and no alert is active.
func TestPanelsOfHealthyFleetAnswer(t *testing.T) {
	for _, c := range fleet().Clusters {
		for _, fault := range blank(t, c, titles(t, fleet(), c.Name())) {
			t.Errorf("%s/%s", c.Name(), fault)
		}
		for _, uid := range c.Dashboards() {
			a := answer(t, c, preview.Healthy, uid, nil)
			for name, values := range a.Variables {
				if len(values) == 0 {
					t.Errorf("%s/%s: variable %s offers nothing", c.Name(), uid, name)
				}
			}
			for _, alert := range a.Alerts {
				t.Errorf("%s: %s is %s: %s", c.Name(), alert.Name, alert.State, alert.Summary)
			}
		}
	}
}

// So do the panels of engines that measure more when they are told to, with the numbers
// that healthy signals make.
func TestPanelsOfSettingsAnswer(t *testing.T) {
	p := of(t, "../../golden/cases/engine-settings")
	c := p.Clusters[0]
	names := titles(t, p, c.Name())
	for _, fault := range blank(t, c, names) {
		t.Error(fault)
	}
	const pods, rate = 2, 5 // of each workload, and requests a second of each pod
	for panel, want := range map[[2]string]map[string]float64{
		{"aiobs-inference-detail", "Queue and compute time of a request"}:           {"A": 0.01, "B": 0.002, "C": 0.6, "D": 0.004},
		{"aiobs-inference-detail", "Drafts accepted, by position"}:                  {"A": 0.8},
		{"aiobs-inference-detail", "Replicas that find least in the prefix cache"}:  {"A": 0.3},
		{"aiobs-inference-detail", "Bandwidth of loads and stores"}:                 {"A": 2e10, "B": 2e10},
		{"aiobs-inference-detail", "Stores that are skipped"}:                       {"A": 0},
		{"aiobs-inference-servers", "Requests and tokens of the last hour and day"}: {"B": pods * rate * 86400},
	} {
		uid, title, found := panel[0], panel[1], false
		for id, results := range answer(t, c, preview.Healthy, uid, nil).Panels {
			if names[uid][id] != title {
				continue
			}
			found = true
			for ref, value := range want {
				if len(results[ref].Frames) == 0 {
					t.Errorf("%s, query %s draws nothing", title, ref)
				}
				for _, frame := range results[ref].Frames {
					if got := frame.Values[len(frame.Values)-1]; math.Abs(got-value) > 0.05*value {
						t.Errorf("%s, query %s: %v is %v, want %v", title, ref, frame.Labels, got, value)
					}
				}
			}
		}
		if !found {
			t.Errorf("there is no panel %s", title)
		}
	}
}

// A query that is broken is seen: one that reads nothing, and one that cannot be
// evaluated.
func TestBrokenQueryIsSeen(t *testing.T) {
	c := fleet().Clusters[0]
	names := titles(t, fleet(), c.Name())
	for expr, want := range map[string]string{
		`workload:gpu_bussy:avg{cluster=~"$cluster"}`:     "GPU busy, by workload draws nothing",
		`workload:gpus:sum{cluster="nowhere"}`:            "GPU busy, by workload draws nothing",
		`workload:gpus:sum * on (cluster) gpu:busy:ratio`: "GPU busy, by workload, query A: ",
	} {
		restore := c.SetQuery("GPU busy, by workload", expr)
		if got := strings.Join(blank(t, c, names), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", expr, got, want)
		}
		restore()
	}
}

// Each scenario fires its alert, and changes each panel that is meant to show it.
func TestScenariosShow(t *testing.T) {
	for _, c := range fleet().Clusters {
		names := titles(t, fleet(), c.Name())
		for _, s := range c.Scenarios {
			if s.Name == preview.Healthy {
				continue
			}
			t.Run(c.Name()+"/"+s.Name, func(t *testing.T) {
				if len(s.Panels) == 0 {
					t.Error("no panel is meant to show it")
				}
				fires := s.Alert == ""
				for _, uid := range c.Dashboards() {
					if len(s.Panels[uid]) == 0 {
						continue
					}
					was, is := answer(t, c, preview.Healthy, uid, nil), answer(t, c, s.Name, uid, nil)
					for _, a := range is.Alerts {
						fires = fires || a.Name == s.Alert && a.State == "firing"
					}
					for _, id := range s.Panels[uid] {
						if text(t, was.Panels[id]) == text(t, is.Panels[id]) {
							t.Errorf("%s: %q shows nothing of it", uid, names[uid][id])
						}
					}
				}
				if !fires {
					t.Errorf("%s does not fire", s.Alert)
				}
			})
		}
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What somebody sees who chooses one value is the same in a file, whose page leaves
// series out, as from the server, which asks again.
func TestFileNarrowsAsTheServerDoes(t *testing.T) {
	c := fleet().Clusters[0]
	held, err := c.Stored()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, uid := range c.Dashboards() {
		for name, values := range answer(t, c, preview.Healthy, uid, nil).Variables {
			for _, value := range values[:min(2, len(values))] {
				served := answer(t, c, preview.Healthy, uid, preview.Choice{name: {value}})
				for key, filed := range c.Filed(uid, held, name, value) {
					var id int
					var ref string
					if _, err := fmt.Sscanf(strings.Replace(key, "/", " ", 1), "%d %s", &id, &ref); err != nil {
						t.Fatal(err)
					}
					compared++
					if got, want := text(t, filed), text(t, served.Panels[id][ref]); got != want {
						t.Errorf("%s panel %s with %s=%s: a file shows\n%.300s, the server\n%.300s", uid, key, name, value, got, want)
					}
				}
			}
		}
	}
	if compared < 1000 {
		t.Errorf("%d answers were compared", compared)
	}
}

// Who chooses a workload sees nothing of another.
func TestChoiceNarrows(t *testing.T) {
	c := fleet().Clusters[0]
	for _, uid := range c.Dashboards() {
		all := answer(t, c, preview.Healthy, uid, nil)
		for _, workload := range all.Variables["workload"] {
			one := answer(t, c, preview.Healthy, uid, preview.Choice{"workload": {workload}})
			for id, results := range one.Panels {
				for ref, r := range results {
					for _, f := range r.Frames {
						if w := f.Labels["workload"]; w != workload && w != "" && f.Labels["cluster"] == c.Name() {
							t.Errorf("%s panel %d/%s shows %s, where %s is chosen", uid, id, ref, w, workload)
						}
					}
				}
			}
			if got := one.Variables["workload"]; len(got) == 0 {
				t.Errorf("%s: nothing can be chosen beside %s", uid, workload)
			}
		}
	}
}

// The page is one file that fetches nothing, and the same each time.
func TestFileIsComplete(t *testing.T) {
	dir := t.TempDir()
	spec, err := os.ReadFile("../../examples/minimal/fleet.cue")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "spec.cue"), spec, 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := of(t, dir).HTML(nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := of(t, dir).HTML(nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(again) {
		t.Error("the file differs between two runs")
	}
	page := string(first)
	for _, outside := range []string{`src="`, `<link rel="stylesheet"`, `@import`, "url(http"} {
		if strings.Contains(page, outside) {
			t.Errorf("the page fetches: %s", outside)
		}
	}
	if !strings.Contains(page, "default-src 'none'") || strings.Contains(page, "<!--") {
		t.Error("the page has no policy, or a place that nothing was put into")
	}
	if !strings.Contains(page, `id="data/prod/healthy"`) || strings.Contains(page, dir) {
		t.Error("the page has no data, or a path of this machine")
	}
}

func TestScenarioThatIsNotThere(t *testing.T) {
	_, err := fleet().HTML([]string{"flood"})
	if err == nil || !strings.Contains(err.Error(), `no scenario "flood", want one of healthy, `) {
		t.Errorf("error %v", err)
	}
	_, err = fleet().Clusters[0].Answer(preview.Healthy, "aiobs-none", hours6, nil)
	if want := `no dashboard "aiobs-none"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err = fleet().Clusters[0].Answer(preview.Healthy, fleet().Clusters[0].Dashboards()[0], 17, nil); err == nil {
		t.Error("a range of 17 seconds is taken")
	}
}
