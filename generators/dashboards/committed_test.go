package dashboards

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// committed are the dashboards of examples/fleet, and of a case with what engines
// measure only when told to.
func committed(t *testing.T) map[string]any {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../../out/*/dashboards/*.json", "../../golden/cases/engine-settings/want/*/dashboards/*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("found %q: %v", found, err)
		}
		files = append(files, found...)
	}
	out := map[string]any{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var page any
		if err := json.Unmarshal(data, &page); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out[f] = page
	}
	return out
}

// drawn are the panels of a page that are no rows.
func drawn(page any) []any {
	var out []any
	for _, p := range list(page, "panels") {
		if at(p, "type") == "row" {
			out = append(out, drawn(p)...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// The rules of Grafana's dashboard-linter, by their names there (docs/rules of its
// repository; read 2026-11). Four of its rules are not met, which ask each query
// for matchers of the labels job and instance: a recorded series of a workload is
// of several instances, and has neither.
var linterRules = map[string]func(page any) []string{
	"template-datasource-rule": func(page any) []string {
		var out []string
		for _, v := range list(page, "templating.list") {
			if at(v, "type") == "datasource" && (at(v, "name") != "datasource" || at(v, "label") != "Data source") {
				out = append(out, text(v))
			}
		}
		return out
	},
	"template-label-promql-rule": variablesThat(func(v any) bool {
		return labelFunction.MatchString(at(v, "query").(string))
	}),
	"template-on-time-change-reload-rule": variablesThat(func(v any) bool { return at(v, "refresh") == 2.0 }),
	"uneditable-dashboard-rule": func(page any) []string {
		if at(page, "editable") != false {
			return []string{"it can be edited"}
		}
		return nil
	},
	"panel-datasource-rule": panelsThat(func(p any) bool { return at(p, "datasource.uid") == "$datasource" }),
	"panel-title-description-rule": panelsThat(func(p any) bool {
		return at(p, "title") != nil && at(p, "title") != "" && at(p, "description") != nil && at(p, "description") != ""
	}),
	"panel-no-targets-rule": panelsThat(func(p any) bool { return len(list(p, "targets")) > 0 }),
	// The rule takes the last override for the unit of the panel, and has a list of
	// its own.
	"panel-units-rule": panelsThat(func(p any) bool {
		if !slices.Contains([]any{"stat", "timeseries", "gauge"}, at(p, "type")) {
			return true
		}
		unit, _ := at(p, "fieldConfig.defaults.unit").(string)
		for _, o := range list(p, "fieldConfig.overrides") {
			for _, property := range list(o, "properties") {
				if at(property, "id") == "unit" {
					unit = at(property, "value").(string)
				}
			}
		}
		return at(p, "fieldConfig.defaults.mappings") != nil ||
			unit != "" && !strings.Contains(unit, ":") && !slices.Contains(newUnits, unit)
	}),
	"target-promql-rule": queriesThat(func(expr parser.Expr) bool { return expr != nil }),
	"target-rate-interval-rule": queriesThat(func(expr parser.Expr) bool {
		return !hasNode(expr, func(n parser.Node, above []parser.Node) bool {
			m, ok := n.(*parser.MatrixSelector)
			return ok && m.Range != rateInterval && called(above, "rate", "irate")
		})
	}),
	"target-counter-agg-rule": queriesThat(func(expr parser.Expr) bool {
		return !hasNode(expr, func(n parser.Node, above []parser.Node) bool {
			s, ok := n.(*parser.VectorSelector)
			return ok && strings.HasSuffix(s.Name, "_total") && (len(above) < 2 || !called(above[:len(above)-1], "rate", "irate", "increase"))
		})
	}),
}

// newUnits are ids of Grafana that the linter does not know yet.
var newUnits = []string{"sishort", "candela", "acres", "hectares", "currencyTRY", "currencyMYR", "currencyXPF", "currencyBGN", "currencyPYG", "currencyUYU",
	"currencyILS", "mwatth", "mohm", "rotkhz", "rotmhz", "rotghz", "eps", "recps", "rowsps", "reqpm", "epm", "recpm", "rowspm"}

var labelFunction = regexp.MustCompile(`^(label_names|label_values|metrics|query_result)\(.*\)$`)

func variablesThat(fit func(any) bool) func(any) []string {
	return func(page any) []string {
		var out []string
		for _, v := range list(page, "templating.list") {
			if at(v, "type") == "query" && !fit(v) {
				out = append(out, fmt.Sprint("variable ", at(v, "name")))
			}
		}
		return out
	}
}

func panelsThat(fit func(any) bool) func(any) []string {
	return func(page any) []string {
		var out []string
		for _, p := range drawn(page) {
			if !fit(p) {
				out = append(out, fmt.Sprint(at(p, "title")))
			}
		}
		return out
	}
}

func queriesThat(fit func(parser.Expr) bool) func(any) []string {
	return func(page any) []string {
		var out []string
		for _, p := range drawn(page) {
			for _, target := range list(p, "targets") {
				expr := at(target, "expr").(string)
				parsed, err := parser.NewParser(parser.Options{}).ParseExpr(strings.ReplaceAll(expr, "$__rate_interval", fmt.Sprint(rateInterval.Milliseconds(), "ms")))
				if err != nil {
					parsed = nil // of an error there may be a part
				}
				if !fit(parsed) {
					out = append(out, fmt.Sprint(at(p, "title"), ": ", expr))
				}
			}
		}
		return out
	}
}

// rateInterval stands for $__rate_interval; nobody writes it.
const rateInterval = 7654321 * time.Millisecond

func hasNode(expr parser.Expr, found func(parser.Node, []parser.Node) bool) bool {
	any := false
	if expr != nil {
		parser.Inspect(expr, func(n parser.Node, above []parser.Node) error {
			any = any || n != nil && found(n, above)
			return nil
		})
	}
	return any
}

// called reports whether the nearest node above is a call of one of these.
func called(above []parser.Node, names ...string) bool {
	if len(above) == 0 {
		return false
	}
	call, ok := above[len(above)-1].(*parser.Call)
	return ok && slices.Contains(names, call.Func.Name)
}

func TestDashboardsMeetTheRulesOfTheLinter(t *testing.T) {
	for file, page := range committed(t) {
		for name, rule := range linterRules {
			for _, fault := range rule(page) {
				t.Errorf("%s: %s: %s", file, name, fault)
			}
		}
	}
}

// Each rule finds what it is for in a page that breaks them all.
func TestRulesOfTheLinterAreSeen(t *testing.T) {
	var page any
	if err := json.Unmarshal([]byte(`{"editable": true, "templating": {"list": [
		{"type": "datasource", "name": "ds", "label": "Data source"}, {"type": "query", "name": "v", "query": "up", "refresh": 1}]},
		"panels": [{"type": "row", "panels": [{"type": "timeseries", "fieldConfig": {"defaults": {"unit": "suffix:x"}}},
		{"type": "stat", "title": "t", "targets": [{"expr": "sum("}, {"expr": "rate(a_total[5m])"}, {"expr": "a_total"}]}]}]}`), &page); err != nil {
		t.Fatal(err)
	}
	for name, rule := range linterRules {
		if len(rule(page)) == 0 {
			t.Errorf("%s finds nothing", name)
		}
	}
}
