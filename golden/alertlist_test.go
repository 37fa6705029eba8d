package golden

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/load"
	"github.com/aiobsgen/aiobsgen/internal/markdown"
	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// The tables of docs/alerts.md are made of the library, one for each concern
// between two marks; -update writes them.
func TestAlertTables(t *testing.T) {
	const file = "../docs/alerts.md"
	embedded, err := load.LoadEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	tables := alertTables(embedded.Library)
	for _, concern := range slices.Sorted(maps.Keys(tables)) {
		begin, end := "<!-- alerts of "+concern+", made by make golden -->\n", "<!-- end of "+concern+" -->\n"
		before, rest, found := strings.Cut(text, begin)
		_, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Errorf("%s has no place for the alerts of %s: want %q and %q", file, concern, begin, end)
			continue
		}
		text = before + begin + tables[concern] + end + after
	}
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text != string(data) {
		t.Errorf("%s does not say what the library does: run make golden", file)
	}
}

// alertTables by concern.
func alertTables(lib model.Library) map[string]string {
	rows := map[string]map[string]string{} // by concern and alert
	add := func(concern, alert, fires, numbers, wait, severity, owner, why string) {
		if rows[concern] == nil {
			rows[concern] = map[string]string{}
		}
		rows[concern][alert] = markdown.Row(alert, markdown.Cell(fires), numbers, wait, severity, owner, markdown.Cell(why))
	}
	for name, a := range lib.Alerts {
		add(a.Group, name, firesWhen(a.Runbook, a.Description), numbers(a), a.For, a.Severity, a.Owner, a.Why)
	}
	for key, slo := range lib.SLOs {
		objective := []string{"`slo." + key + ".objective`"}
		if slo.Field != "" {
			objective = append(objective, "`slo."+key+"."+slo.Field+"`")
		}
		// The pairs of the policy for the longest window, fastest first.
		var waits, severities []string
		for _, pair := range plan.Pairs(lib.Policies[lib.SLOWindows["30d"].Policy], "30d") {
			severity := pair.Severity
			if severity == "critical" {
				severity = slo.Severity
			}
			waits, severities = append(waits, pair.For), append(severities, severity)
		}
		add(slo.Group, slo.Alert, firesWhen(slo.Runbook, slo.Title), strings.Join(objective, ", "),
			strings.Join(waits, ", "), strings.Join(severities, ", "), "team", slo.Why)
	}
	out := map[string]string{}
	for concern, alerts := range rows {
		table := markdown.Head("alert", "what it says", "numbers", "for", "severity", "owner", "why")
		for _, name := range slices.Sorted(maps.Keys(alerts)) {
			table += alerts[name]
		}
		out[concern] = "\n" + table + "\n"
	}
	return out
}

// firesWhen is the first sentence of a page.
func firesWhen(r *model.Runbook, otherwise string) string {
	if r == nil {
		return plan.Untemplated(otherwise)
	}
	first, _, _ := strings.Cut(r.Means, ". ")
	return strings.TrimSuffix(first, ".")
}

var placeholder = regexp.MustCompile(`(param|target|fact):([A-Za-z0-9_:]+)`)

// numbers of an alert, with the values of those that are its own, and the models
// that it is for.
func numbers(a model.Alert) string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(a.Expr, -1) {
		text := "`" + m[2] + "` of the model"
		switch m[1] {
		case "param":
			text = fmt.Sprintf("`%s` (%s)", m[2], model.FormatNumber(a.Params[m[2]]))
		case "target":
			text = "`slo." + strings.ReplaceAll(m[2], ":", ".") + "`"
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, fact := range slices.Sorted(maps.Keys(a.Needs)) {
		out = append(out, fmt.Sprintf("where `%s` of the model is `%s`", fact, a.Needs[fact]))
	}
	return strings.Join(out, ", ")
}
