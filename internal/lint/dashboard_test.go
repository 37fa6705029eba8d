package lint

import "testing"

// Each is put into a dashboard; prometheus is the data source of its panels,
// unless they say another.
func TestDashboards(t *testing.T) {
	const prometheus = `"datasource": {"type": "prometheus", "uid": "x"}`
	panel := func(more string) string {
		return `"panels": [{"title": "P", ` + prometheus + `, "targets": [{"expr": "up"}]` + more + `}]`
	}
	target := func(more string) string {
		return `"panels": [{"title": "P", ` + prometheus + `, "targets": [{"expr": "up"` + more + `}]}]`
	}
	defaults := func(kind, more string) string {
		return panel(`, "type": "` + kind + `", "fieldConfig": {"defaults": {"unit": "s", ` + more + `}}`)
	}
	variable := func(text string) string {
		return `"panels": [], "templating": {"list": [{"name": "v", "type": "query", ` + prometheus + `, "query": ` + text + `}]}`
	}
	source := func(panel, target string) string {
		return `"panels": [{"title": "P", "datasource": ` + panel + `, "targets": [{"expr": "up", "datasource": ` + target + `}]}],
			"templating": {"list": [{"name": "prom", "type": "datasource", "query": "prometheus"}, {"name": "logs", "type": "datasource", "query": "loki"}]},
			"__inputs": [{"name": "DS_PROM", "type": "datasource", "pluginId": "prometheus"}, {"name": "DS_LOKI", "type": "datasource", "pluginId": "loki"}]`
	}
	const steps = `"thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": 0}, {"value": 5}, {"value": 7.5}]}`
	for _, tt := range []struct{ name, body, want string }{
		{"a panel", panel(""), "panel P: up"},
		{"a panel without a title", `"panels": [{"id": 7, ` + prometheus + `, "targets": [{"expr": "up"}]}]`, "panel 7: up"},
		{"a folded row", `"panels": [{"type": "row", "panels": [{"title": "P", ` + prometheus + `, "targets": [{"expr": "up"}]}]}]`, "panel P: up"},
		{"rows of the old schema", `"rows": [{"panels": [{"title": "P", "targets": [{"expr": "up", "datasource": "Prometheus"}]}]}]`, "panel P: up"},
		{"library panels", panel("") + `, "__elements": {"u": {"kind": 1, "model": {"title": "L", ` + prometheus + `, "targets": [{"expr": "down"}]}}}`, "panel P: up\npanel L: down"},
		{"library panels in a list", `"panels": [], "__elements": [{"model": {"title": "L", ` + prometheus + `, "targets": [{"expr": "down"}]}}]`, "panel L: down"},
		{"what is not there", `"panels": [null, 1, {"targets": [null, {}, {"expr": null}, {"expr": " "}, {"expr": {}}]}]`, ""},

		{"no data source", source("null", "null"), "panel P: up | maybe another's"},
		{"a uid", source(`null`, `{"uid": "P1809"}`), "panel P: up | maybe another's"},
		{"a name", source(`null`, `"Prometheus"`), "panel P: up"},
		{"the panel's", source(`{"type": "prometheus"}`, "null"), "panel P: up"},
		{"mixed", source(`{"type": "datasource", "uid": "-- Mixed --"}`, `{"type": "prometheus"}`), "panel P: up"},
		{"mixed, of old", source(`"-- Mixed --"`, `"logs"`), "panel P: up | maybe another's"},
		{"mixed, another", source(`{"uid": "-- Mixed --"}`, `{"type": "loki", "uid": "x"}`), ""},
		{"another", source(`{"type": "loki"}`, `null`), ""},
		{"another's name", source(`null`, `"Loki"`), ""},
		{"an expression", source(`null`, `{"type": "__expr__", "uid": "__expr__"}`), ""},
		{"Grafana's own", source(`"-- Grafana --"`, `null`), ""},
		{"a plugin for Prometheus", source(`{"type": "grafana-amazonprometheus-datasource"}`, `null`), "panel P: up"},
		{"a variable", source(`"$prom"`, `null`), "panel P: up"},
		{"a variable, its uid", source(`{"uid": "${prom}"}`, `null`), "panel P: up"},
		{"a variable of another", source(`{"type": "", "uid": "${logs}"}`, `null`), ""},
		{"a variable of old", source(`"[[logs]]"`, `null`), ""},
		{"a variable that is not there", source(`"$x"`, `null`), "panel P: up | maybe another's"},
		{"an input", source(`"${DS_PROM}"`, `null`), "panel P: up"},
		{"an input of another", source(`"${DS_LOKI}"`, `null`), ""},
		{"SQL", `"panels": [{"targets": [{"rawSql": "select 1", "datasource": {"type": "mysql"}}, {"expression": "$A + 1", "datasource": {"type": "__expr__"}}]}]`, ""},

		{"a legend", target(`, "legendFormat": "{{pod}} on {{ node }} {{a.b}}"`), "panel P: up | legend pod node"},
		{"a hidden query", `"panels": [{"title": "P", ` + prometheus + `, "fieldConfig": {"defaults": {"unit": "s"}}, "targets": [{"expr": "up", "hide": true, "legendFormat": "{{pod}}"}]}]`, "panel P: up | not shown"},

		{"a unit", defaults("stat", `"x": 1`), "panel P: up | unit s"},
		{"thresholds", defaults("stat", steps), "panel P: up | unit s | thresholds 5 7.5"},
		{"thresholds that are not drawn", defaults("timeseries", steps), "panel P: up | unit s"},
		{"thresholds that are off", defaults("timeseries", steps+`, "custom": {"thresholdsStyle": {"mode": "off"}}`), "panel P: up | unit s"},
		{"thresholds that are drawn", defaults("timeseries", steps+`, "custom": {"thresholdsStyle": {"mode": "line"}}`), "panel P: up | unit s | thresholds 5 7.5"},
		{"thresholds of a table", defaults("table", steps), "panel P: up | unit s"},
		{"thresholds in percent of the axis", defaults("stat", `"thresholds": {"mode": "percentage", "steps": [{"value": null}, {"value": 5}]}`), "panel P: up | unit s"},
		{"the thresholds that every panel has", defaults("stat", `"thresholds": {"mode": "absolute", "steps": [{"value": null}, {"color": "red", "value": 80}]}`), "panel P: up | unit s"},
		{"a threshold that is no number", defaults("stat", `"thresholds": {"steps": [{}, {"value": null}, {"value": "5"}]}`), "panel P: up | unit s"},
		{"overrides", panel(`, "fieldConfig": {"defaults": {"unit": "s"}, "overrides": [{}]}`), "panel P: up"},
		{"transformations", panel(`, "transformations": [{}], "fieldConfig": {"defaults": {"unit": "s"}}`), "panel P: up"},
		{"how many values", panel(`, "type": "stat", "options": {"reduceOptions": {"calcs": ["count"]}}, "fieldConfig": {"defaults": {"unit": "s"}}`), "panel P: up | not shown"},
		{"the last value", panel(`, "type": "stat", "options": {"reduceOptions": {"calcs": ["lastNotNull"]}}, "fieldConfig": {"defaults": {"unit": "s"}}`), "panel P: up | unit s"},
		{"a graph of old", panel(`, "type": "graph", "yaxes": [{"format": "ms"}, {"format": "s"}]`), "panel P: up | unit ms"},
		{"a histogram of old", panel(`, "type": "graph", "xaxis": {"mode": "histogram"}, "yaxes": [{"format": "ms"}]`), "panel P: up"},
		{"series on the right", panel(`, "type": "graph", "seriesOverrides": [{"yaxis": 2}], "yaxes": [{"format": "ms"}]`), "panel P: up"},
		{"a graph without axes", panel(`, "type": "graph"`), "panel P: up"},
		{"singlestat", panel(`, "type": "singlestat", "format": "percent"`), "panel P: up | unit percent"},
		{"a heatmap", panel(`, "type": "heatmap", "options": {"yAxis": {"unit": "s"}}, "fieldConfig": {"defaults": {"unit": "ms"}}`), "panel P: up | axis s"},
		{"a heatmap of old", panel(`, "type": "heatmap", "yAxis": {"format": "ms"}`), "panel P: up | axis ms"},

		{"label_values", variable(`"label_values(up{a=\"b,c\"}, pod)"`), `variable v: up{a="b,c"} | legend pod`},
		{"label_values, its own letters", variable(`"label_values(l, a)"`), `variable v: l | legend a`},
		{"label_values of all", variable(`"label_values(pod)"`), ""},
		{"label_values in an object", variable(`{"qryType": 1, "query": " label_values( up , pod ) ", "refId": "A"}`), `variable v: up | legend pod`},
		{"query_result", variable(`"query_result(sum by (pod) (up))"`), `variable v: sum by (pod) (up)`},
		{"label_names", variable(`"label_names()"`), ""},
		{"metrics", variable(`"metrics(vllm_.*)"`), ""},
		{"cut off", variable(`"label_values(up, pod"`), ""},
		{"closed before it opens", variable(`")query_result("`), ""},
		{"another type", `"panels": [], "templating": {"list": [{"name": "v", "type": "custom", "query": "label_values(up, pod)"}]}`, ""},
		{"another's variable", `"panels": [], "templating": {"list": [{"name": "v", "type": "query", "datasource": {"type": "loki"}, "query": "label_values(up, pod)"}]}`, ""},
		{"a variable without a query", `"panels": [], "templating": {"list": [{"type": "query"}, {"type": "query", "query": {}}]}`, ""},

		{"an annotation", `"panels": [], "annotations": {"list": [{"name": "a", ` + prometheus + `, "expr": "up"}]}`, "annotation a: up"},
		{"an annotation with a target", `"panels": [], "annotations": {"list": [{"name": "a", "target": {"expr": "up"}}]}`, "annotation a: up | maybe another's"},
		{"an annotation of another", `"panels": [], "annotations": {"list": [{"name": "a", "datasource": {"type": "loki"}, "expr": "up"}, {"datasource": "-- Grafana --"}]}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, got := collected(File{Name: "d.json", Data: []byte(`{"title": "D", ` + tt.body + `}`), Named: true})
			wantLines(t, got, tt.want)
		})
	}
}

// The second schema, as v2beta1 and v2 have it, and as v2alpha1 did.
func TestDashboardsOfTheSecondSchema(t *testing.T) {
	const v2 = `
apiVersion: dashboard.grafana.app/v2beta1
kind: Dashboard
spec:
  title: D
  layout: {kind: GridLayout}
  annotations:
  - kind: AnnotationQuery
    spec: {name: a, query: {kind: DataQuery, group: prometheus, spec: {expr: up == 0}}}
  - kind: AnnotationQuery
    spec: {name: b, query: {kind: DataQuery, group: grafana, spec: {}}}
  - kind: AnnotationQuery
    spec: {name: c, query: {kind: DataQuery, group: prometheus, spec: {}}, legacyOptions: {expr: up == 1}}
  variables:
  - kind: QueryVariable
    spec: {name: pod, query: {kind: DataQuery, group: prometheus, spec: {query: 'label_values(up, pod)'}}}
  - kind: QueryVariable
    spec: {name: old, query: {kind: DataQuery, group: prometheus, spec: {__legacyStringValue: 'label_values(up, node)'}}}
  - kind: QueryVariable
    spec: {name: logs, query: {kind: DataQuery, group: loki, spec: {query: 'label_values(up, pod)'}}}
  - kind: ConstantVariable
    spec: {name: window, query: 5m}
  - kind: DatasourceVariable
    spec: {name: source, pluginId: prometheus}
  elements:
    panel-1:
      kind: Panel
      spec:
        title: P
        data:
          kind: QueryGroup
          spec:
            transformations: []
            queries:
            - kind: PanelQuery
              spec:
                hidden: false
                query: {kind: DataQuery, group: prometheus, version: v0, spec: {expr: up, legendFormat: '{{pod}}'}}
            - kind: PanelQuery
              spec:
                hidden: true
                query: {kind: DataQuery, group: prometheus, spec: {expr: down}}
            - kind: PanelQuery
              spec: {query: {kind: DataQuery, group: loki, spec: {expr: '{a="b"}'}}}
        vizConfig:
          kind: VizConfig
          group: stat
          spec:
            fieldConfig: {defaults: {unit: s, thresholds: {steps: [{value: null}, {value: 5}]}}, overrides: []}
    panel-2:
      kind: LibraryPanel
      spec: {libraryPanel: {name: x, uid: y}}
`
	const want = `variable pod: up | legend pod
		variable old: up | legend node
		annotation a: up == 0
		annotation c: up == 1
		panel P: up | legend pod | unit s | thresholds 5
		panel P: down | not shown`
	c, got := collected(File{Name: "d.yaml", Data: []byte(v2), Named: true})
	wantLines(t, got, want)
	if v := c.queries[0].variables; v["window"].value != "5m" || v["source"] != (variable{"datasource", "prometheus"}) {
		t.Errorf("variables are %v", v)
	}
	// The places are those of the file.
	expr := c.queries[4].expr
	if pos := c.queries[4].src.all(expr); pos.String() != "d.yaml:38:87" {
		t.Errorf("the query of the panel is at %s", pos)
	}

	const alpha = `{"elements": {"panel-1": {"kind": "Panel", "spec": {"id": 1, "title": "", "data": {"kind": "QueryGroup", "spec": {
		"queries": [{"kind": "PanelQuery", "spec": {"datasource": {"type": "prometheus", "uid": "x"}, "query": {"kind": "prometheus", "spec": {"expr": "up"}}}},
			{"kind": "PanelQuery", "spec": {"query": {"kind": "loki", "spec": {"expr": "up"}}}}],
		"transformations": []}}, "vizConfig": {"kind": "heatmap", "spec": {"options": {"yAxis": {"unit": "s"}}}}}}}, "layout": {}}`
	_, got = collected(File{Name: "d.json", Data: []byte(alpha), Named: true})
	wantLines(t, got, "panel 1: up | axis s")
}
