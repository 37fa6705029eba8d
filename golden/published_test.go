package golden

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/load"
)

// panelNamed is how docs/dashboards.md names a panel: `gpu / XID events, by code`.
var panelNamed = regexp.MustCompile("`([a-z-]+) / ([^`]+)`")

// docs/dashboards.md sends the reader from a question to the panel that answers
// it, so each panel that it names is in the library, and each dashboard of the
// library is on the page.
func TestPublishedTable(t *testing.T) {
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../docs/dashboards.md")
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string][]string{}
	for name, d := range embedded.Library.Dashboards {
		if !strings.Contains(string(data), "`"+d.UID+"`") {
			t.Errorf("docs/dashboards.md does not say what %s is for", d.UID)
		}
		for _, row := range d.Rows {
			for _, p := range row.Panels {
				titles[name] = append(titles[name], p.Title)
			}
		}
	}
	named := map[string]bool{}
	for i, line := range strings.Split(string(data), "\n") {
		for _, m := range panelNamed.FindAllStringSubmatch(line, -1) {
			named[m[1]] = true
			if !slices.Contains(titles[m[1]], m[2]) {
				t.Errorf("docs/dashboards.md:%d names %q of the dashboard %q, which has no such panel", i+1, m[2], m[1])
			}
		}
	}
	for name := range titles {
		if !named[name] {
			t.Errorf("docs/dashboards.md names no panel of the dashboard %q", name)
		}
	}
}
