package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/promql/typecheck"
)

// collected tells what a file was found to hold, a line for each query and each
// finding.
func collected(f File) (*collector, []string) {
	c := &collector{diags: &diag.List{}}
	c.file(f)
	var out []string
	for _, q := range c.queries {
		line := q.who + ": " + q.expr.Value
		add := func(what string, texts ...Text) {
			var words []string
			for _, t := range texts {
				words = append(words, t.Value)
			}
			if len(texts) > 0 && texts[0].at != nil {
				line += fmt.Sprintf(" | %s %s", what, strings.Join(words, " "))
			}
		}
		add("legend", q.legends...)
		add("unit", q.unit)
		add("axis", q.axis)
		add("thresholds", q.thresholds...)
		add("texts", q.texts...)
		if len(q.labels) > 0 {
			line += " | labels " + strings.Join(q.labels, " ")
		}
		switch {
		case q.use == typecheck.InVariable && strings.HasPrefix(q.who, "panel"):
			line += " | not shown"
		case q.maybeOther:
			line += " | maybe another's"
		}
		out = append(out, line)
	}
	for _, f := range c.counters {
		for _, row := range f.rows {
			out = append(out, fmt.Sprintf("counter %s: %s, %d", row.field.Value, row.kind.Value, row.columns))
		}
	}
	for _, d := range c.diags.Sorted() {
		out = append(out, fmt.Sprintf("%s %s %s: %s", d.Pos, d.Severity, d.Code, d.Message))
	}
	return c, out
}

func wantLines(t *testing.T, got []string, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(want), "\n")
	if want == "" {
		lines = nil
	}
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if !slices.Equal(got, lines) {
		t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(lines, "\n\t"))
	}
}

const ruleGroups = `groups:
- name: g
  rules:
  - alert: Hot
    expr: up > 3
    labels: {severity: page, team: '{{ $labels.team }}'}
    annotations: {summary: 'at {{ $value }}'}
  - record: a:b
    expr: sum(up)
`

// indented puts a text below a key of YAML.
func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by) + "\n"
}

const someDashboard = `{"title": "D", "panels": [{"title": "P", "targets": [{"expr": "up", "datasource": {"type": "prometheus"}}]}]}`

func TestDocuments(t *testing.T) {
	const (
		sureRules  = "alert Hot: up > 3 | texts page {{ $labels.team }} at {{ $value }} | labels severity team\nrecord a:b: sum(up)"
		maybeRules = "alert Hot: up > 3 | texts page {{ $labels.team }} at {{ $value }} | labels severity team | maybe another's\nrecord a:b: sum(up) | maybe another's"
		panel      = "panel P: up"
		nothing    = "FILE warning AIO080: found nothing to check: no rule, no dashboard, no counters file"
	)
	for _, tt := range []struct {
		name, file, text string
		want             string
	}{
		{"a rule file", "r.yaml", ruleGroups, maybeRules},
		{"a rule file of JSON", "r.json", `{"groups": [{"name": "g", "rules": [{"record": "r", "expr": "up", "labels": {"a": "b"}}]}]}`, "record r: up | texts b | labels a | maybe another's"},
		{"JSON in a file of YAML", "r.yml", "\n " + someDashboard, panel},
		{"JSON with what only YAML reads", "r.yml", `{groups: [{rules: [{record: r, expr: up}]}]}`, "record r: up | maybe another's"},
		{"a byte order mark before JSON", "d.json", "\ufeff" + someDashboard, panel},
		{"PrometheusRule", "r.yaml", "kind: PrometheusRule\nspec:\n" + indented(ruleGroups, "  "), sureRules},
		{"a rule with a number", "r.yaml", "kind: PrometheusRule\nspec: {groups: [{rules: [{record: one, expr: 1}]}]}", "record one: 1"},
		{"several documents", "r.yaml", "---\nkind: Service\n---\nkind: PrometheusRule\nspec:\n" + indented(ruleGroups, "  ") + "---\n# end\n", sureRules},
		{"a list", "r.yaml", "kind: List\nitems:\n- kind: PrometheusRule\n  spec:\n" + indented(ruleGroups, "    ") + "- kind: Pod\n", sureRules},
		{"a list of one kind", "r.yaml", "kind: PrometheusRuleList\nitems:\n- kind: PrometheusRule\n  spec:\n" + indented(ruleGroups, "    "), sureRules},
		{"rules by alias and merge", "r.yaml", "x: &l {severity: page}\ny: &e up > 3\ngroups:\n- rules:\n  - alert: A\n    expr: *e\n    labels: {<<: *l, team: a}\n",
			"alert A: up > 3 | texts a page | labels team severity | maybe another's"},
		{"a ConfigMap", "c.yaml", "kind: ConfigMap\ndata:\n  d.json: |\n" + indented(someDashboard, "    ") + "  r.yaml: |\n" + indented(ruleGroups, "    ") +
			"  other.yaml: |\n    a: [\n  other.txt: groups\n  metrics: |\n    # comment\n    DCGM_FI_DEV_GPU_TEMP, gauge, t\n",
			panel + "\n" + maybeRules + "\ncounter DCGM_FI_DEV_GPU_TEMP: gauge, 3"},
		{"a ConfigMap of rules with another ending", "c.yaml", "kind: ConfigMap\ndata:\n  prometheus.rules: |\n" + indented(ruleGroups, "    "), maybeRules},
		{"a ConfigMap without data", "c.yaml", "kind: ConfigMap\n", nothing},
		{"a ConfigMap with a broken dashboard", "c.yaml", "kind: ConfigMap\ndata:\n  d.json: |\n    {\"title\": }\n",
			"FILE:4:15 error AIO080: the JSON in this string cannot be read: invalid character '}' looking for beginning of value"},
		{"a ConfigMap with broken rules", "c.yaml", "kind: ConfigMap\ndata:\n  r.yaml: |\n    groups:\n    - rules: [\n",
			"FILE:5:5 error AIO080: the YAML in this string cannot be read: did not find expected node content"},
		{"GrafanaDashboard", "d.yaml", "kind: GrafanaDashboard\nspec:\n  json: >\n" + indented(someDashboard, "    "), panel},
		{"GrafanaDashboard, packed", "d.yaml", "kind: GrafanaDashboard\nspec:\n  gzipJson: H4sIAAAA\n", nothing},
		{"GrafanaManifest", "d.yaml", "kind: GrafanaManifest\nspec: {template: {kind: Dashboard, apiVersion: dashboard.grafana.app/v1beta1, spec: " + someDashboard + "}}\n", panel},
		{"a dashboard as a resource", "d.yaml", "kind: Dashboard\napiVersion: dashboard.grafana.app/v1beta1\nspec: " + someDashboard + "\n", panel},
		{"a dashboard of something else", "d.yaml", "kind: Dashboard\napiVersion: perses.dev/v1\nspec: {}\n", nothing},
		{"a dashboard as the API has it", "d.json", `{"meta": {}, "dashboard": ` + someDashboard + `}`, panel},
		{"a dashboard as YAML", "d.yaml", "title: D\npanels:\n- title: P\n  targets: [{expr: up, datasource: {type: prometheus}}]\n", panel},
		{"no document", "r.yaml", "# nothing\n", nothing},
		{"a list of JSON", "r.json", "[1, 2]", nothing},
		{"a word", "r.yaml", "word\n", nothing},
		{"counters", "c.csv", "# field, type, text\nDCGM_FI_DEV_GPU_TEMP, gauge, t\n", "counter DCGM_FI_DEV_GPU_TEMP: gauge, 3"},
		{"another table", "c.csv", "a,b\n", nothing},
		{"another ending", "r.txt", ruleGroups, `FILE error AIO080: the file cannot be read: its name ends in ".txt", want .yaml, .yml, .json or .csv`},
		{"a pipe with rules", "<stdin>", ruleGroups, maybeRules},
		{"a pipe with JSON", "fd/63", someDashboard, panel},
		{"a pipe with counters", "<stdin>", "# c\nDCGM_FI_DEV_GPU_TEMP, gauge, t\n", "counter DCGM_FI_DEV_GPU_TEMP: gauge, 3"},
		{"a pipe with counters in a ConfigMap", "<stdin>", "kind: ConfigMap\ndata:\n  metrics: |\n    DCGM_FI_DEV_GPU_TEMP, gauge, t\n", "counter DCGM_FI_DEV_GPU_TEMP: gauge, 3"},
		{"broken JSON", "d.json", "{\n \"a\": 1,, }", "FILE:2:9 error AIO080: the file cannot be read: invalid character ',' looking for beginning of object key string"},
		{"broken YAML", "r.yaml", "a: 1\nb: [\n", "FILE:2:1 error AIO080: the file cannot be read: did not find expected node content"},
		{"broken after a document", "r.yaml", ruleGroups + "---\nb: [\n", maybeRules + "\nFILE:11:1 error AIO080: the file cannot be read: did not find expected node content"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, got := collected(File{Name: tt.file, Data: []byte(tt.text), Named: true})
			wantLines(t, got, strings.ReplaceAll(tt.want, "FILE", tt.file))
		})
	}
}
