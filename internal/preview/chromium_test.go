package preview_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/browser"
	"github.com/aiobsgen/aiobsgen/internal/preview"
)

// driver goes through all clusters, scenarios and dashboards as a person does,
// and writes into the page what each panel became.
const driver = `
const model = JSON.parse(document.getElementById("model").textContent);
const root = document.documentElement;
const ready = async () => { while (root.dataset.ready !== "1") await new Promise((done) => setTimeout(done, 5)); };
function seen(panel) {
  let sum = 0;
  const add = (text) => { for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) | 0; };
  for (const canvas of panel.querySelectorAll("canvas")) add(canvas.toDataURL());
  const body = panel.querySelector(".panel-body");
  add(body.textContent);
  for (const part of body.querySelectorAll("[style]")) add(part.getAttribute("style"));
  return { state: panel.dataset.state, title: panel.querySelector("h3").textContent, sum };
}
const views = [];
await ready();
for (const cluster of model.clusters) {
  for (const scenario of cluster.scenarios) {
    for (const { uid } of cluster.dashboards) {
      if (scenario.name !== "healthy" && !(scenario.panels ?? {})[uid]) continue;
      delete root.dataset.ready;
      location.hash = "#" + new URLSearchParams({ cluster: cluster.name, scenario: scenario.name, dashboard: uid, theme: "light" });
      await ready();
      for (const row of document.querySelectorAll(".row-title[aria-expanded=false]")) row.click();
      await new Promise((done) => setTimeout(done, 5));
      const panels = {};
      for (const panel of document.querySelectorAll("[data-panel]")) panels[panel.dataset.panel] = seen(panel);
      views.push({ cluster: cluster.name, scenario: scenario.name, uid, meant: (scenario.panels ?? {})[uid] ?? [], panels });
    }
  }
}
const out = document.createElement("pre");
out.id = "views";
out.textContent = JSON.stringify(views);
document.body.append(out);
`

type view struct {
	Cluster, Scenario, UID string
	Meant                  []string
	Panels                 map[string]struct {
		State, Title string
		Sum          int
	}
}

var viewsInPage = regexp.MustCompile(`(?s)<pre id="views">(.*?)</pre>`)

// open finds Chromium. Who must have one says so; elsewhere the test has nothing
// to run in.
func open(t *testing.T) *browser.Browser {
	t.Helper()
	b, err := browser.Find()
	if errors.Is(err, browser.ErrNone) && os.Getenv("AIOBSGEN_CHROMIUM") != "required" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tour shows a page to Chromium and returns what each panel became.
func tour(t *testing.T, page string) ([]view, []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "preview.html")
	// The page's own policy holds, and lets the driver run as well.
	sum := sha256.Sum256([]byte(driver))
	page = strings.Replace(page, "script-src ", "script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"' ", 1)
	page = strings.Replace(page, "</body>", `<script type="module">`+driver+"</script></body>", 1)
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	address, err := browser.File(file, "")
	if err != nil {
		t.Fatal(err)
	}
	dom, console, err := open(t).DOM(t.Context(), address, 1600)
	if err != nil {
		t.Fatal(err)
	}
	m := viewsInPage.FindStringSubmatch(dom)
	if m == nil {
		t.Fatalf("the page did not come to its end; console: %q", console)
	}
	var views []struct {
		view
		Meant []json.Number
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(m[1])), &views); err != nil {
		t.Fatal(err)
	}
	out := make([]view, len(views))
	for i, v := range views {
		out[i] = v.view
		for _, id := range v.Meant {
			out[i].Meant = append(out[i].Meant, id.String())
		}
	}
	return out, console
}

// In a browser, every panel of every dashboard is drawn while all is well, each
// fault changes the panels that are meant to show it, and nothing is said on the
// console.
func TestPagesInChromium(t *testing.T) {
	open(t)
	page, err := fleet().HTML(nil)
	if err != nil {
		t.Fatal(err)
	}
	views, console := tour(t, string(page))
	for _, said := range console {
		t.Errorf("console: %s", said)
	}
	healthy := map[string]view{}
	drawn := 0
	for _, v := range views {
		where := v.Cluster + "/" + v.UID
		if v.Scenario == preview.Healthy {
			healthy[where] = v
			for _, p := range v.Panels {
				if drawn++; p.State != "drawn" {
					t.Errorf("%s: %q is %s", where, p.Title, p.State)
				}
			}
			continue
		}
		for _, id := range v.Meant {
			is, was := v.Panels[id], healthy[where].Panels[id]
			if is.Title == "" || is.State == "error" {
				t.Errorf("%s: panel %s is %q in %s", where, id, is.State, v.Scenario)
			}
			if is.Sum == was.Sum {
				t.Errorf("%s: %q looks the same in %s", where, is.Title, v.Scenario)
			}
		}
	}
	if len(healthy) != fleet().Count() || drawn < 100 {
		t.Errorf("%d of %d dashboards were opened, with %d panels", len(healthy), fleet().Count(), drawn)
	}
}
