package golden

import (
	"os"
	"path/filepath"
	"testing"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// Every committed dashboard decodes strictly with the SDK that wrote it.
func TestCommittedDashboardsDecode(t *testing.T) {
	files, err := filepath.Glob("../out/*/dashboards/*.json")
	if err != nil || len(files) < 7 {
		t.Fatalf("found %d dashboards: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d sdk.Dashboard
		// The SDK returns an error that is nil inside: its text tells.
		if err := d.UnmarshalJSONStrict(data); err != nil && err.Error() != "" {
			t.Errorf("%s: %v", file, err)
		}
		if d.Uid == nil || len(d.Panels) == 0 {
			t.Errorf("%s has no uid or no panels", file)
		}
	}
}
