package dashboards

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestProblemsAreSeen breaks a good page in one way after the other: a check
// that finds nothing has to be one that could have found something.
func TestProblemsAreSeen(t *testing.T) {
	good := generate(t, smallPlan())["dashboards/aiobs-small.json"].Data
	if found := problems(good); len(found) > 0 {
		t.Fatalf("the page as written:\n%s", strings.Join(found, "\n"))
	}
	set := func(key string, v any) func(map[string]any) {
		return func(p map[string]any) { p[key] = v }
	}
	unset := func(object, key string) func(map[string]any) {
		return func(p map[string]any) { delete(at(p, object).(map[string]any), key) }
	}
	for name, c := range map[string]struct {
		change func(panel map[string]any)
		want   string
	}{
		"unknown field":  {set("colour", "red"), "strict:"},
		"unknown option": {func(p map[string]any) { at(p, "options").(map[string]any)["speed"] = 1 }, "strict:"},
		"wrong type":     {set("title", 7), "strict:"},
		"unknown panel":  {set("type", "graph"), "unknown type"},
		"no thresholds":  {unset("fieldConfig.defaults", "thresholds"), "no thresholds"},
		"interval":       {func(p map[string]any) { list(p, "targets")[0].(map[string]any)["interval"] = "5m" }, "interval"},
	} {
		t.Run(name, func(t *testing.T) {
			var broken map[string]any
			if err := json.Unmarshal(good, &broken); err != nil {
				t.Fatal(err)
			}
			c.change(panel(t, broken, "Busy"))
			if found := strings.Join(problems([]byte(text(broken))), "\n"); !strings.Contains(found, c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
}
