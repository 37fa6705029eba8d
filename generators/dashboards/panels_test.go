package dashboards

import (
	"strings"
	"testing"

	sdk "github.com/grafana/grafana-foundation-sdk/go/dashboard"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// same compares the JSON at a path with what is wanted.
func same(t *testing.T, v any, path, want string) {
	t.Helper()
	if got := text(at(v, path)); got != want {
		t.Errorf("%s is %s, want %s", path, got, want)
	}
}

func TestPageSettings(t *testing.T) {
	page := page(t, smallPlan())
	for path, want := range map[string]string{
		"uid": `"aiobs-small"`, "title": `"Small"`, "tags": `["aiobs","small"]`, "timezone": `"browser"`,
		"refresh": `"1m"`, "time": `{"from":"now-6h","to":"now"}`, "editable": "false", "graphTooltip": "1",
	} {
		same(t, page, path, want)
	}
	link := list(page, "links")[0]
	for path, want := range map[string]string{
		"type": `"dashboards"`, "tags": `["aiobs"]`, "includeVars": "true", "keepTime": "true", "placement": "null",
	} {
		same(t, link, path, want)
	}
}

func TestVariables(t *testing.T) {
	vars := list(page(t, smallPlan()), "templating.list")
	if len(vars) != 2 {
		t.Fatalf("%d variables", len(vars))
	}
	same(t, vars[0], "name", `"datasource"`)
	same(t, vars[0], "query", `"prometheus"`)
	for path, want := range map[string]string{
		"name": `"cluster"`, "type": `"query"`, "label": `"Cluster"`, "query": `"label_values(up{exporter!=\"\"}, cluster)"`,
		"multi": "true", "includeAll": "true", "allValue": `".*"`, "refresh": "2", "sort": "5",
		"datasource": `{"type":"prometheus","uid":"$datasource"}`, "current": `{"text":["All"],"value":["$__all"]}`,
		"auto": "null",
	} {
		same(t, vars[1], path, want)
	}
}

func TestLayoutWraps(t *testing.T) {
	page := page(t, smallPlan())
	want := []string{
		`First row {"h":1,"w":24,"x":0,"y":0} 1`,
		`Busy timeseries {"h":8,"w":12,"x":0,"y":1} 2`,
		`Stacked timeseries {"h":5,"w":8,"x":12,"y":1} 3`,
		`Now stat {"h":8,"w":12,"x":0,"y":9} 4`,
		`Second row {"h":1,"w":24,"x":0,"y":17} 5`,
		`Bars bargauge {"h":8,"w":12,"x":0,"y":18} 6`,
		`Spend table {"h":8,"w":12,"x":12,"y":18} 7`,
		`Heat heatmap {"h":8,"w":12,"x":0,"y":26} 8`,
		`Grid table {"h":8,"w":12,"x":12,"y":26} 9`,
		`Bands state-timeline {"h":8,"w":12,"x":0,"y":34} 10`,
	}
	panels := list(page, "panels")
	if len(panels) != len(want) {
		t.Fatalf("%d panels, want %d: a row without panels has no title", len(panels), len(want))
	}
	for i, p := range panels {
		got := at(p, "title").(string) + " " + at(p, "type").(string) + " " + text(at(p, "gridPos")) + " " + text(at(p, "id"))
		if got != want[i] {
			t.Errorf("panel %d is %s, want %s", i, got, want[i])
		}
	}
}

func TestTargetIsADashedLine(t *testing.T) {
	page := page(t, smallPlan())
	overrides := list(panel(t, page, "Busy"), "fieldConfig.overrides")
	found := map[string]string{}
	for _, o := range overrides {
		same(t, o, "matcher", `{"id":"byFrameRefID","options":"B"}`)
		for _, p := range list(o, "properties") {
			found[at(p, "id").(string)] = text(at(p, "value"))
		}
	}
	for id, want := range map[string]string{
		"color":            `{"fixedColor":"#D55E00","mode":"fixed"}`,
		"custom.lineStyle": `{"dash":[10,10],"fill":"dash"}`,
		"custom.stacking":  `{"group":"A","mode":"none"}`,
		"custom.lineWidth": "2",
	} {
		if found[id] != want {
			t.Errorf("%s is %s, want %s", id, found[id], want)
		}
	}
}

func TestTimeseries(t *testing.T) {
	page := page(t, smallPlan())
	busy := panel(t, page, "Busy")
	for path, want := range map[string]string{
		"options.legend.displayMode":                  `"table"`,
		"options.legend.calcs":                        `["last","max"]`,
		"options.legend.sortBy":                       `"Last"`,
		"options.legend.sortDesc":                     "true",
		"options.tooltip":                             `{"mode":"multi","sort":"desc"}`,
		"fieldConfig.defaults.min":                    "0",
		"fieldConfig.defaults.noValue":                `"nothing here"`,
		"fieldConfig.defaults.thresholds.steps":       `[{"color":"#56B4E9","value":null},{"color":"#D55E00","value":0.9}]`,
		"fieldConfig.defaults.custom.thresholdsStyle": `{"mode":"line"}`,
		"fieldConfig.defaults.custom.stacking.mode":   `"none"`,
		"fieldConfig.defaults.color.mode":             `"palette-classic-by-name"`,
	} {
		same(t, busy, path, want)
	}
	same(t, list(busy, "targets")[0], "range", "true")
	same(t, list(busy, "targets")[0], "instant", "false")
	same(t, list(busy, "targets")[0], "legendFormat", `"{{workload}}"`)

	stacked := panel(t, page, "Stacked")
	same(t, stacked, "fieldConfig.defaults.custom.stacking.mode", `"normal"`)
	same(t, stacked, "fieldConfig.defaults.custom.thresholdsStyle", `{"mode":"off"}`)
	same(t, stacked, "fieldConfig.defaults.thresholds.steps", `[{"color":"text","value":null}]`)
	same(t, stacked, "fieldConfig.overrides", `[{"matcher":{"id":"byFrameRefID","options":"B"},"properties":[{"id":"unit","value":"short"}]}]`)
}

func TestNumbersAndBarsAskForNow(t *testing.T) {
	page := page(t, smallPlan())
	for _, title := range []string{"Now", "Bars", "Spend"} {
		for _, q := range list(panel(t, page, title), "targets") {
			if at(q, "instant") != true || at(q, "range") != false {
				t.Errorf("%s asks for a range: %s", title, text(q))
			}
		}
	}
	same(t, panel(t, page, "Now"), "options.graphMode", `"none"`)
	same(t, panel(t, page, "Bars"), "options.displayMode", `"basic"`)
}

func TestHeatmapOfClassicBuckets(t *testing.T) {
	heat := panel(t, page(t, smallPlan()), "Heat")
	same(t, heat, "options.calculate", "false")
	same(t, heat, "options.yAxis.unit", `"percentunit"`)
	same(t, heat, "options.cellValues.unit", `"reqps"`)
	same(t, heat, "fieldConfig.defaults.unit", `"reqps"`)
	same(t, list(heat, "targets")[0], "format", `"heatmap"`)
	same(t, list(heat, "targets")[0], "legendFormat", `"{{le}}"`)
}

func TestTableJoinsQueries(t *testing.T) {
	spend := panel(t, page(t, smallPlan()), "Spend")
	steps := list(spend, "transformations")
	if len(steps) != 3 {
		t.Fatalf("transformations: %s", text(steps))
	}
	// The names of the series differ, so they go before the rows are joined.
	same(t, steps[0], "id", `"filterFieldsByName"`)
	same(t, steps[0], "options.include.names", `["cluster","team","Value #A","Value #B"]`)
	same(t, steps[1], "id", `"merge"`)
	same(t, steps[2], "id", `"organize"`)
	same(t, steps[2], "options.renameByName", `{"Value #A":"Spend","Value #B":"GPUs","cluster":"Cluster","team":"Team"}`)
	same(t, steps[2], "options.indexByName", `{"Value #A":2,"Value #B":3,"cluster":0,"team":1}`)
	same(t, steps[2], "options.excludeByName", `{"Time":true}`)
	same(t, spend, "options.sortBy", `[{"desc":true,"displayName":"Spend"}]`)
	column := func(title, more string) string {
		return `{"matcher":{"id":"byName","options":"` + title + `"},"properties":[{"id":"noValue","value":"–"}` + more + `]}`
	}
	const colour = `,{"id":"custom.cellOptions","value":{"type":"color-text"}}`
	same(t, spend, "fieldConfig.overrides", "["+column("Cluster", "")+","+column("Team", "")+","+column("Spend", colour)+","+
		column("GPUs", colour+`,{"id":"unit","value":"short"}`)+"]")
	for _, q := range list(spend, "targets") {
		same(t, q, "format", `"table"`)
	}
}

// A column has colours of its own, whatever the others have.
func TestTableColoursOneColumn(t *testing.T) {
	one := 1.0
	teams := panelOf("table", "Teams", model.Query{Expr: "a", Legend: "Alerts", Steps: []model.Step{{Color: "text"}, {Color: "#D55E00", Value: &one}}},
		model.Query{Expr: "b", Legend: "GPUs"})
	teams.Columns, teams.Steps = []plan.Column{{Label: "team", Title: "Team"}}, nil
	p := smallPlan()
	p.Dashboards[0].Rows[0].Panels = append(p.Dashboards[0].Rows[0].Panels, teams)
	overrides := list(panel(t, page(t, p), "Teams"), "fieldConfig.overrides")
	if len(overrides) != 3 {
		t.Fatalf("overrides: %s", text(overrides))
	}
	want := `{"id":"custom.cellOptions","value":{"type":"color-text"}},` +
		`{"id":"thresholds","value":{"mode":"absolute","steps":[{"color":"text","value":null},{"color":"#D55E00","value":1}]}}`
	if got := text(overrides[1]); !strings.Contains(got, want) {
		t.Errorf("the column of alerts is %s, want %s in it", got, want)
	}
	if got := text(overrides[2]); strings.Contains(got, "thresholds") || strings.Contains(got, "cellOptions") {
		t.Errorf("the column of GPUs is %s", got)
	}
}

// A column has decimals of its own: money is in cents, and GPUs are whole.
func TestTableDecimalsOfOneColumn(t *testing.T) {
	teams := panelOf("table", "Teams", model.Query{Expr: "a", Legend: "USD", Decimals: ptr(2.0)}, model.Query{Expr: "b", Legend: "GPUs"})
	p := smallPlan()
	p.Dashboards[0].Rows[0].Panels = append(p.Dashboards[0].Rows[0].Panels, teams)
	overrides := list(panel(t, page(t, p), "Teams"), "fieldConfig.overrides")
	const want = `{"id":"decimals","value":2}`
	if !strings.Contains(text(overrides[0]), want) || strings.Contains(text(overrides[1]), "decimals") {
		t.Errorf("overrides %s, want %s in the first", text(overrides), want)
	}
}

func TestTableOfLabelsOnly(t *testing.T) {
	alerts := panelOf("table", "Alerts", model.Query{Expr: "ALERTS"})
	alerts.Columns = []plan.Column{{Label: "alertname", Title: "Alert"}}
	p := smallPlan()
	p.Dashboards[0].Rows[0].Panels = append(p.Dashboards[0].Rows[0].Panels, alerts)
	got := panel(t, page(t, p), "Alerts")
	same(t, list(got, "transformations")[0], "options.include.names", `["alertname"]`)
	same(t, got, "options.sortBy", "null")

	alerts.Queries[0].Legend = "How many"
	p.Dashboards[0].Rows[0].Panels[3] = alerts
	got = panel(t, page(t, p), "Alerts")
	same(t, list(got, "transformations")[0], "options.include.names", `["alertname","Value","Value #A"]`)
}

func TestPlacesNeverOverlap(t *testing.T) {
	sizes := [][2]int{{1, 1}, {23, 3}, {24, 9}, {5, 2}, {13, 7}, {8, 8}}
	taken, pen := map[[2]uint32]bool{}, place{}
	take := func(pos sdk.GridPos) {
		for x := pos.X; x < pos.X+pos.W; x++ {
			for y := pos.Y; y < pos.Y+pos.H; y++ {
				if x >= columns || taken[[2]uint32{x, y}] {
					t.Fatalf("%+v lies on another, or off the grid", pos)
				}
				taken[[2]uint32{x, y}] = true
			}
		}
	}
	for i := range 200 {
		size := sizes[(i*i+i/3)%len(sizes)]
		if i%17 == 0 {
			take(pen.row())
		}
		pos, err := pen.panel(size[0], size[1])
		if err != nil {
			t.Fatal(err)
		}
		take(pos)
	}
}

// A workload has one colour everywhere, its target too; that of targets is for what
// has none, so it comes first.
func TestThingsHaveTheirColor(t *testing.T) {
	p := smallPlan()
	p.Colors = []plan.Color{{Label: "workload", Value: "chat", Color: "#0072B2"}}
	overrides := list(panel(t, page(t, p), "Busy"), "fieldConfig.overrides")
	if len(overrides) != 3 || text(at(overrides[1], "matcher")) != `{"id":"byRegexp","options":"/(^|[/ ])chat($| )/"}` ||
		!strings.Contains(text(overrides[0]), targetColour) || !strings.Contains(text(overrides[1]), "#0072B2") || strings.Contains(text(overrides[2]), "fixedColor") {
		t.Errorf("overrides %s", text(overrides))
	}
	if got := at(panel(t, page(t, smallPlan()), "Busy"), "maxDataPoints"); got != 600.0 {
		t.Errorf("maxDataPoints %v", got)
	}
}

func TestGridIsAMatrix(t *testing.T) {
	grid := panel(t, page(t, smallPlan()), "Grid")
	if got := text(at(grid, "transformations")); got != `[{"id":"groupingToMatrix","options":{"columnField":"gpu","rowField":"node","valueField":"Value"}}]` {
		t.Errorf("transformations %s", got)
	}
	first := list(grid, "fieldConfig.overrides")[0]
	if at(first, "matcher.options") != `node\gpu` || !strings.Contains(text(first), `var-cluster=${__value.text:percentencode}`) {
		t.Errorf("first column %s", text(first))
	}
}

func TestStatesAreWords(t *testing.T) {
	got := text(at(panel(t, page(t, smallPlan()), "Bands"), "fieldConfig.defaults.mappings"))
	want := `[{"options":{"0":{"color":"#56B4E9","index":0,"text":"well"},"1":{"color":"#E69F00","index":1,"text":"slowed"}},"type":"value"}]`
	if got != want {
		t.Errorf("mappings %s", got)
	}
}

// A closed row holds its panels, and the next row follows its title.
func TestClosedRowHoldsItsPanels(t *testing.T) {
	p := smallPlan()
	p.Dashboards[0].Rows[0].Collapsed = true
	panels := list(page(t, p), "panels")
	if at(panels[0], "collapsed") != true || len(list(panels[0], "panels")) != 3 {
		t.Errorf("the row holds %s", text(at(panels[0], "panels")))
	}
	if at(panels[1], "title") != "Second" || at(panels[1], "gridPos.y") != 1.0 {
		t.Errorf("then comes %v at %v", at(panels[1], "title"), at(panels[1], "gridPos"))
	}
}
