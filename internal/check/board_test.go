package check

import (
	"reflect"
	"testing"

	"github.com/aiobsgen/aiobsgen/internal/artifact"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

const classicBoard = `{"uid": "own", "title": "Own", "tags": ["t"], "links": [{"type": "dashboards", "title": "All", "tags": ["t"]}],
"templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"},
	{"name": "cluster", "type": "query", "query": "label_values(up, cluster)", "multi": true, "includeAll": true, "datasource": {"type": "prometheus", "uid": "$datasource"}}]},
"annotations": {"list": [{"name": "Pods", "expr": "up", "titleFormat": "{{pod}}", "textFormat": "t", "datasource": {"type": "prometheus", "uid": "$datasource"}}]},
"panels": [{"type": "row", "id": 3, "title": "Row", "collapsed": true, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}, "panels": [
	{"type": "table", "id": 2, "title": "Busy", "description": "d", "gridPos": {"x": 4, "y": 0, "w": 12, "h": 8}, "maxDataPoints": 100,
	"datasource": {"type": "prometheus", "uid": "$datasource"}, "links": [{"title": "Open", "url": "/d/other"}],
	"targets": [{"refId": "A", "expr": "up", "legendFormat": "{{pod}}", "range": true, "datasource": {"type": "prometheus", "uid": "$datasource"}}],
	"fieldConfig": {"defaults": {"unit": "short", "noValue": "none"}, "overrides": [{"matcher": {"id": "byName", "options": "Value"}, "properties": [{"id": "unit", "value": "s"}]}]},
	"options": {"yAxis": {"unit": "s"}}, "transformations": [{"id": "organize", "options": {"renameByName":{"pod":"Pod"}}}]}]}]}`

const v2Board = `{"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "metadata": {"name": "own"}, "spec": {"title": "Own", "tags": ["t"],
"links": [{"type": "dashboards", "title": "All", "tags": ["t"]}],
"variables": [{"kind": "DatasourceVariable", "spec": {"name": "datasource", "pluginId": "prometheus"}},
	{"kind": "QueryVariable", "spec": {"name": "cluster", "multi": true, "includeAll": true,
		"query": {"group": "prometheus", "datasource": {"name": "$datasource"}, "spec": {"__legacyStringValue": "label_values(up, cluster)"}}}}],
"annotations": [{"kind": "AnnotationQuery", "spec": {"name": "Pods", "query": {"group": "prometheus", "datasource": {"name": "$datasource"}},
	"legacyOptions": {"expr": "up", "titleFormat": "{{pod}}", "textFormat": "t"}}}],
"elements": {"panel-2": {"kind": "Panel", "spec": {"id": 2, "title": "Busy", "description": "d", "links": [{"title": "Open", "url": "/d/other"}],
	"data": {"kind": "QueryGroup", "spec": {"queryOptions": {"maxDataPoints": 100},
		"queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "query": {"group": "prometheus", "datasource": {"name": "$datasource"}, "spec": {"expr": "up", "legendFormat": "{{pod}}", "range": true}}}}],
		"transformations": [{"kind": "Transformation", "group": "organize", "spec": {"options": {"renameByName":{"pod":"Pod"}}}}]}},
	"vizConfig": {"kind": "VizConfig", "group": "table", "spec": {"options": {"yAxis": {"unit": "s"}},
		"fieldConfig": {"defaults": {"unit": "short", "noValue": "none"}, "overrides": [{"matcher": {"id": "byName", "options": "Value"}, "properties": [{"id": "unit", "value": "s"}]}]}}}}}},
"layout": {"kind": "RowsLayout", "spec": {"rows": [{"kind": "RowsLayoutRow", "spec": {"title": "Row", "collapse": true,
	"layout": {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": {"x": 4, "y": 0, "width": 12, "height": 8, "element": {"kind": "ElementReference", "name": "panel-2"}}}]}}}}]}}}}`

// A dashboard is read in each form in which it may be written, and to the same.
func TestBoardsAreReadInEachForm(t *testing.T) {
	var want board
	for i, f := range []artifact.File{
		{Path: "dashboards/own.json", Data: []byte(classicBoard)},
		{Path: "dashboards/folder/own.json", Data: []byte(v2Board)},
	} {
		found := pages(&plan.Plan{}, []artifact.File{f}, func(_, file, format string, args ...any) { t.Errorf(file+": "+format, args...) })
		if len(found) != 1 || len(found[0].shown) != 1 {
			t.Fatalf("form %d gives %d dashboards", i, len(found))
		}
		if i == 0 {
			want = found[0].board
		}
		if got := found[0].board; !reflect.DeepEqual(got, want) {
			t.Errorf("form %d gives\n%+v\nwant\n%+v", i, got, want)
		}
	}
}

// What is no dashboard is left alone.
func TestOtherFilesAreNoBoards(t *testing.T) {
	for _, f := range []artifact.File{
		{Path: "rules/own.json", Data: []byte(classicBoard)},
		{Path: "dashboards/own.yaml", Data: []byte(classicBoard)},
		{Path: "dashboards/folders/aiobs.json", Data: []byte(`{"apiVersion": "folder.grafana.app/v1", "kind": "Folder", "spec": {"title": "AI"}}`)},
	} {
		if found := pages(&plan.Plan{}, []artifact.File{f}, func(_, file, format string, args ...any) { t.Errorf(file+": "+format, args...) }); len(found) != 0 {
			t.Errorf("%s is taken for a dashboard", f.Path)
		}
	}
}

// A table's fields are known by the names that its transformations give them.
func TestFieldsOfATable(t *testing.T) {
	step := func(id, options string) transformation { return transformation{id, []byte(options)} }
	f := fieldsOf(panel{Targets: []target{{RefID: "A"}, {RefID: "B"}}, Transformations: []transformation{
		step("filterFieldsByName", `{"include": {"names": ["team", "Value #A", "Value #C"]}}`),
		step("organize", `{"renameByName": {"team": "Team", "Value #A": "Spend", "node": "Node"}}`),
	}})
	if !reflect.DeepEqual(f.labels, []string{"node", "team"}) || !reflect.DeepEqual(f.unknown, []string{"C"}) {
		t.Errorf("labels %q, values of no query %q", f.labels, f.unknown)
	}
	if !f.has("Team") || f.has("Squad") || f.valueOf("Spend") != "A" || f.valueOf("Team") != "" || !f.shows("A") || f.shows("B") {
		t.Errorf("fields %+v", f)
	}
	grid := fieldsOf(panel{Targets: []target{{RefID: "A"}}, Transformations: []transformation{
		step("groupingToMatrix", `{"rowField": "node", "columnField": "gpu", "valueField": "Value"}`),
	}})
	if !reflect.DeepEqual(grid.labels, []string{"gpu", "node"}) || !grid.shows("A") || !grid.has(`node\gpu`) {
		t.Errorf("fields of a grid %+v", grid)
	}
}
