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

// Who is paged has a text, a reason, a first step and both links: both clusters
// of the example have a Grafana and a base address of runbooks.
func TestCommittedAlertsAreComplete(t *testing.T) {
	clusters, err := filepath.Glob("../out/*/rules")
	if err != nil || len(clusters) != 2 {
		t.Fatalf("found the clusters %v: %v", clusters, err)
	}
	for _, rules := range clusters {
		cluster := filepath.Dir(rules)
		for _, r := range committedAlerts(t, cluster) {
			for _, a := range []string{"summary", "description", "reason", "action", "runbook_url", "dashboard_url"} {
				if r.Annotations[a] == "" {
					t.Errorf("%s: %s has no %s", cluster, r.Alert, a)
				}
			}
			for _, l := range []string{"severity", "owner", "cluster"} {
				if r.Labels[l] == "" {
					t.Errorf("%s: %s has no label %s", cluster, r.Alert, l)
				}
			}
		}
	}
}
