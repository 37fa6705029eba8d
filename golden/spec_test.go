package golden

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// What docs/spec.md adds to the library stands in one spec without a finding.
func TestExamplesOfTheSpec(t *testing.T) {
	page, err := os.ReadFile("../docs/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	var own []string
	for _, block := range regexp.MustCompile("(?s)```cue\n(library: .*?)```").FindAllSubmatch(page, -1) {
		own = append(own, string(block[1]))
	}
	if len(own) < 2 {
		t.Fatalf("the page has the examples %q", own)
	}
	text := strings.Join(own, "\n")
	if !strings.Contains(text, "dashboards:") {
		t.Error("no example is a dashboard")
	}
	if got := judge(t, loadChecks(t).Base, model.OfSpec, model.Example{File: model.BaseFile}, text); got != "" {
		t.Errorf("the examples print:\n%s", got)
	}
}
