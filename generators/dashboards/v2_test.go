package dashboards

import (
	"strings"
	"testing"

	v2 "github.com/grafana/grafana-foundation-sdk/go/dashboardv2"
)

// everything has each part of a classic page that is carried over.
const everything = `{
	"uid": "aiobs-all", "title": "All", "description": "What it is for.", "tags": ["aiobs"], "editable": false,
	"graphTooltip": 1, "liveNow": true, "preload": true, "schemaVersion": 42, "version": 3, "id": null,
	"timezone": "utc", "refresh": "1m", "weekStart": "monday", "fiscalYearStartMonth": 2,
	"time": {"from": "now-2d", "to": "now-1d"},
	"timepicker": {"hidden": true, "refresh_intervals": ["1m"], "nowDelay": "1m", "quick_ranges": [{"display": "a", "from": "b", "to": "c"}]},
	"links": [{"title": "Fleet", "type": "link", "icon": "i", "tooltip": "t", "url": "/d/aiobs-fleet?${__url_time_range}", "tags": ["x"],
		"asDropdown": true, "targetBlank": true, "includeVars": true, "keepTime": true, "placement": "inControlsMenu"}],
	"templating": {"list": [
		{"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "regex": "/x/", "hide": 1, "skipUrlSync": true},
		{"type": "query", "name": "team", "label": "Team", "description": "d", "query": "label_values(up, team)", "definition": "label_values(up, team)",
			"datasource": {"type": "prometheus", "uid": "$datasource"}, "current": {"text": ["All"], "value": ["$__all"]},
			"options": [{"selected": true, "text": "All", "value": "$__all"}], "multi": true, "includeAll": true, "allValue": ".*",
			"allowCustomValue": false, "refresh": 2, "sort": 5, "regex": "a.*", "hide": 2}
	]},
	"annotations": {"list": [{"name": "Alerts", "datasource": {"type": "prometheus", "uid": "$datasource"}, "enable": true, "hide": true,
		"iconColor": "red", "builtIn": 1, "filter": {"exclude": true, "ids": [2]}, "target": {"refId": "Anno"}, "type": "tags",
		"expr": "ALERTS", "titleFormat": "{{alertname}}", "step": "60s"}]},
	"panels": [
		{"type": "stat", "id": 9, "title": "Top", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 4}},
		{"type": "row", "id": 1, "title": "First", "collapsed": false, "repeat": "team", "gridPos": {"x": 0, "y": 4, "w": 24, "h": 1}, "panels": []},
		{"type": "timeseries", "id": 2, "title": "Busy", "description": "What it shows.", "transparent": true, "pluginVersion": "13.0.0",
			"gridPos": {"x": 12, "y": 7, "w": 6, "h": 8}, "datasource": {"type": "prometheus", "uid": "$datasource"},
			"repeat": "workload", "repeatDirection": "v", "maxPerRow": 3,
			"maxDataPoints": 500, "interval": "1m", "timeFrom": "7d", "timeShift": "1d", "timeCompare": "1d", "hideTimeOverride": true,
			"cacheTimeout": "60", "queryCachingTTL": 1000,
			"links": [{"title": "Runbook", "url": "https://r", "targetBlank": true, "type": "link"}],
			"targets": [
				{"refId": "A", "expr": "a > 1", "hide": true, "legendFormat": "{{node}}", "instant": false, "datasource": {"type": "prometheus", "uid": "other"}},
				{"refId": "B", "expr": "b"}],
			"transformations": [{"id": "organize", "disabled": true, "topic": "series", "filter": {"id": "byRefId", "options": "A"}, "options": {"indexByName": {"a": 0}}}],
			"options": {"legend": {"calcs": ["last"]}},
			"fieldConfig": {"defaults": {"unit": "s", "noValue": "none", "min": 0, "custom": {"lineWidth": 1},
				"links": [{"title": "GPU", "url": "/d/aiobs-gpu?var-gpu=${__field.labels.gpu}"}],
				"thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": null}, {"color": "red", "value": -2.5}]}},
				"overrides": [{"matcher": {"id": "byFrameRefID", "options": "B"}, "properties": [
					{"id": "unit", "value": "s"},
					{"id": "thresholds", "value": {"mode": "absolute", "steps": [{"color": "green", "value": null}]}}]}]}},
		{"type": "row", "id": 3, "title": "Second", "collapsed": true, "gridPos": {"x": 0, "y": 15, "w": 24, "h": 1}, "panels": [
			{"type": "table", "id": 4, "title": "Folded", "gridPos": {"x": 0, "y": 16, "w": 24, "h": 6}}]}
	]
}`

// v2Tree is a page in the v2 schema.
func v2Tree(t *testing.T, page []byte) map[string]any {
	t.Helper()
	board, err := v2Of(page)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(board).(map[string]any)
}

func TestV2CarriesEverything(t *testing.T) {
	page := v2Tree(t, []byte(everything))
	for path, want := range map[string]string{
		"title": `"All"`, "description": `"What it is for."`, "tags": `["aiobs"]`, "editable": "false", "cursorSync": `"Crosshair"`,
		"liveNow": "true", "preload": "true",
		"timeSettings": `{"autoRefresh":"1m","autoRefreshIntervals":["1m"],"fiscalYearStartMonth":2,"from":"now-2d","hideTimepicker":true,"nowDelay":"1m",` +
			`"quickRanges":[{"display":"a","from":"b","to":"c"}],"timezone":"utc","to":"now-1d","weekStart":"monday"}`,
		"links": `[{"asDropdown":true,"icon":"i","includeVars":true,"keepTime":true,"placement":"inControlsMenu","tags":["x"],"targetBlank":true,` +
			`"title":"Fleet","tooltip":"t","type":"link","url":"/d/aiobs-fleet?${__url_time_range}"}]`,
		"annotations": `[{"kind":"AnnotationQuery","spec":{"builtIn":true,"enable":true,"filter":{"exclude":true,"ids":[2]},"hide":true,"iconColor":"red",` +
			`"legacyOptions":{"expr":"ALERTS","step":"60s","titleFormat":"{{alertname}}","type":"tags"},"name":"Alerts",` +
			`"query":{"datasource":{"name":"$datasource"},"group":"prometheus","kind":"DataQuery","spec":{"refId":"Anno"},"version":"v0"}}}]`,
	} {
		same(t, page, path, want)
	}

	vars := list(page, "variables")
	for path, want := range map[string]string{
		"kind": `"DatasourceVariable"`, "spec.name": `"datasource"`, "spec.label": `"Data source"`, "spec.pluginId": `"prometheus"`,
		"spec.regex": `"/x/"`, "spec.hide": `"hideLabel"`, "spec.skipUrlSync": "true",
	} {
		same(t, vars[0], path, want)
	}
	for path, want := range map[string]string{
		"kind": `"QueryVariable"`, "spec.name": `"team"`, "spec.label": `"Team"`, "spec.description": `"d"`, "spec.hide": `"hideVariable"`,
		"spec.query":      `{"datasource":{"name":"$datasource"},"group":"prometheus","kind":"DataQuery","spec":{"__legacyStringValue":"label_values(up, team)"},"version":"v0"}`,
		"spec.definition": `"label_values(up, team)"`, "spec.current": `{"text":["All"],"value":["$__all"]}`,
		"spec.options": `[{"selected":true,"text":"All","value":"$__all"}]`, "spec.multi": "true", "spec.includeAll": "true",
		"spec.allValue": `".*"`, "spec.allowCustomValue": "false", "spec.refresh": `"onTimeRangeChanged"`,
		"spec.sort": `"alphabeticalCaseInsensitiveAsc"`, "spec.regex": `"a.*"`,
	} {
		same(t, vars[1], path, want)
	}

	busy := at(page, "elements.panel-2.spec")
	for path, want := range map[string]string{
		"id": "2", "title": `"Busy"`, "description": `"What it shows."`, "transparent": "true",
		"links":                  `[{"targetBlank":true,"title":"Runbook","url":"https://r"}]`,
		"vizConfig.group":        `"timeseries"`,
		"vizConfig.version":      `"13.0.0"`,
		"data.spec.queries":      `[{"kind":"PanelQuery","spec":{"hidden":true,"query":{"datasource":{"name":"other"},"group":"prometheus","kind":"DataQuery","spec":{"expr":"a \u003e 1","instant":false,"legendFormat":"{{node}}"},"version":"v0"},"refId":"A"}},{"kind":"PanelQuery","spec":{"hidden":false,"query":{"datasource":{"name":"$datasource"},"group":"prometheus","kind":"DataQuery","spec":{"expr":"b"},"version":"v0"},"refId":"B"}}]`,
		"vizConfig.spec.options": `{"legend":{"calcs":["last"]}}`,
		"data.spec.transformations": `[{"group":"organize","kind":"Transformation","spec":{"disabled":true,"filter":{"id":"byRefId","options":"A"},` +
			`"options":{"indexByName":{"a":0}},"topic":"series"}}]`,
		"data.spec.queryOptions": `{"cacheTimeout":"60","hideTimeOverride":true,"interval":"1m","maxDataPoints":500,"queryCachingTTL":1000,"timeCompare":"1d","timeFrom":"7d","timeShift":"1d"}`,
		"vizConfig.spec.fieldConfig.defaults": `{"custom":{"lineWidth":1},"links":[{"title":"GPU","url":"/d/aiobs-gpu?var-gpu=${__field.labels.gpu}"}],"min":0,"noValue":"none",` +
			`"thresholds":{"mode":"absolute","steps":[{"color":"green","value":-2.5},{"color":"red","value":-2.5}]},"unit":"s"}`,
		"vizConfig.spec.fieldConfig.overrides": `[{"matcher":{"id":"byFrameRefID","options":"B"},"properties":[{"id":"unit","value":"s"},` +
			`{"id":"thresholds","value":{"mode":"absolute","steps":[{"color":"green","value":0}]}}]}]`,
	} {
		same(t, busy, path, want)
	}

	rows := list(page, "layout.spec.rows")
	if len(rows) != 3 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, want := range []string{
		`true "" null [{"element":{"kind":"ElementReference","name":"panel-9"},"height":4,"width":24,"x":0,"y":0}]`,
		`null "First" {"mode":"variable","value":"team"} [{"element":{"kind":"ElementReference","name":"panel-2"},"height":8,` +
			`"repeat":{"direction":"v","maxPerRow":3,"mode":"variable","value":"workload"},"width":6,"x":12,"y":2}]`,
		`null "Second" null [{"element":{"kind":"ElementReference","name":"panel-4"},"height":6,"width":24,"x":0,"y":0}]`,
	} {
		var items []any
		for _, item := range list(rows[i], "spec.layout.spec.items") {
			items = append(items, at(item, "spec"))
		}
		title := at(rows[i], "spec.title")
		if title == nil {
			title = ""
		}
		got := text(at(rows[i], "spec.hideHeader")) + " " + text(title) + " " + text(at(rows[i], "spec.repeat")) + " " + text(items)
		if got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
	}
	same(t, rows[2], "spec.collapse", "true")
}

// What the conversion does not know stops the build, wherever it is.
func TestV2LosesNothing(t *testing.T) {
	for _, c := range [][3]string{
		{`"uid": "aiobs-all"`, `"uid": "aiobs-all", "snapshot": {}`, "the v2 page: nothing carries snapshot"},
		{`"id": 2,`, `"id": 2, "libraryPanel": {}, `, "panels 3: nothing carries libraryPanel"},
		{`"id": 4,`, `"id": 4, "libraryPanel": {}, `, "panels 1: nothing carries libraryPanel"},
		{`"type": "query", `, `"type": "query", "auto": true, `, "templating: list 2: nothing carries auto"},
		{`"type": "query", `, `"type": "adhoc", `, `the type "adhoc"`},
		{`"sort": 5`, `"sort": 9`, "sort: no value has the number 9"},
		{`"url": "/d/aiobs-fleet`, `"more": 1, "url": "/d/aiobs-fleet`, "unexpected field 'more'"},
		{`"noValue": "none"`, `"novalue": "none"`, "unexpected field 'novalue'"},
		{`"nowDelay": "1m"`, `"delay": "1m"`, "timepicker: nothing carries delay"},
		{`"h": 8}`, `"h": 8, "static": true}`, "gridPos: nothing carries static"},
		{`"topic": "series"`, `"order": 1`, "transformations 1: nothing carries order"},
	} {
		if !strings.Contains(everything, c[0]) {
			t.Fatalf("%s is not in the page", c[0])
		}
		_, err := v2Of([]byte(strings.Replace(everything, c[0], c[1], 1)))
		if err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("with %s: error %v, want %s", c[1], err, c[2])
		}
	}
}

// Every page of the library has a v2 form that the SDK reads strictly, the options of
// each kind of panel included.
func TestLibraryInV2(t *testing.T) {
	registered()
	for _, d := range append(libraryPlan(library(t)).Dashboards, smallPlan().Dashboards...) {
		page, err := renderPage(drawing{Dashboard: d})
		if err != nil {
			t.Fatal(err)
		}
		tree := v2Tree(t, page)
		var again v2.Dashboard
		if err := decode([]byte(text(tree)), &again); err != nil {
			t.Errorf("%s: strict: %v", d.Name, err)
		}
		panels := 0
		for _, r := range d.Rows {
			panels += len(r.Panels)
		}
		if got := len(at(tree, "elements").(map[string]any)); got != panels {
			t.Errorf("%s has %d elements, want %d", d.Name, got, panels)
		}
	}
}
