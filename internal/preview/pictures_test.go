package preview_test

import (
	"flag"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/browser"
)

var update = flag.Bool("update", false, "take the pictures of the README anew")

// pictures of the README: a page in a scenario.
var pictures = []struct{ name, cluster, uid, scenario, theme string }{
	{"fleet", "eu-west-1", "aiobs-fleet", "requests-fail", "light"},
	{"inference", "eu-west-1", "aiobs-inference", "kv-cache-full", "light"},
	{"gpu", "us-east-1", "aiobs-gpu", "gpu-hot", "dark"},
	{"slo", "eu-west-1", "aiobs-slo", "requests-fail", "dark"},
}

// TestPictures takes the pictures of the README where it is asked to; otherwise it
// holds the README to pictures that are there.
func TestPictures(t *testing.T) {
	const dir = "../../docs/pictures"
	if *update {
		b := open(t)
		page, err := fleet().HTML([]string{"requests-fail", "kv-cache-full", "gpu-hot"})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "preview.html")
		if err := os.WriteFile(file, page, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, p := range pictures {
			state := url.Values{"cluster": {p.cluster}, "dashboard": {p.uid}, "scenario": {p.scenario}, "theme": {p.theme}}
			address, err := browser.File(file, state.Encode())
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Picture(t.Context(), address, filepath.Join(dir, p.name+".png"), 1600, 1150); err != nil {
				t.Fatal(err)
			}
		}
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pictures {
		if !strings.Contains(string(readme), "(docs/pictures/"+p.name+".png)") {
			t.Errorf("the README does not show %s", p.name)
		}
		f, err := os.Open(filepath.Join(dir, p.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := png.DecodeConfig(f); err != nil || c.Width != 1600 {
			t.Errorf("%s: %d pixels wide, %v", p.name, c.Width, err)
		}
		_ = f.Close()
	}
}
