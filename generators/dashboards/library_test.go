package dashboards

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/load"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/internal/plan"
)

// loadLibrary reads the library as it is written, definitions included.
var loadLibrary = sync.OnceValues(func() (model.Library, error) {
	var lib model.Library
	found := load.Instances([]string{"."}, &load.Config{Dir: "../../schema/library"})
	v := cuecontext.New().BuildInstance(found[0])
	if err := v.Validate(cue.Concrete(false)); err != nil {
		return lib, errors.New(errors.Details(err, nil))
	}
	// Only what is asked for here has to be complete.
	for name, into := range map[string]any{
		"levels": &lib.Levels, "records": &lib.Records, "signals": &lib.Signals,
		"dashboards": &lib.Dashboards, "variables": &lib.Variables,
	} {
		if err := v.LookupPath(cue.ParsePath(name)).Decode(into); err != nil {
			return lib, errors.New(errors.Details(err, nil))
		}
	}
	return lib, nil
})

func library(t *testing.T) model.Library {
	t.Helper()
	lib, err := loadLibrary()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// libraryPlan is a plan of all dashboards as they stand in the library.
func libraryPlan(lib model.Library) *plan.Plan {
	p := smallPlan()
	p.Dashboards = nil
	for _, name := range slices.Sorted(maps.Keys(lib.Dashboards)) {
		d := lib.Dashboards[name]
		out := plan.Dashboard{Name: name, Title: d.Title, UID: d.UID, Tags: d.Tags}
		for _, v := range d.Variables {
			out.Variables = append(out.Variables, plan.Variable{
				Name: v, Title: lib.Variables[v].Title,
				Query: "label_values(" + lib.Variables[v].Series + ", " + lib.Variables[v].Label + ")",
			})
		}
		for _, r := range d.Rows {
			row := plan.Row{Title: r.Title}
			for _, p := range r.Panels {
				row.Panels = append(row.Panels, plan.Panel{Panel: p})
			}
			out.Rows = append(out.Rows, row)
		}
		p.Dashboards = append(p.Dashboards, out)
	}
	return p
}

func TestLibraryHasTheDashboards(t *testing.T) {
	got := map[string]string{}
	for name, d := range library(t).Dashboards {
		got[name] = d.UID
	}
	want := map[string]string{
		"fleet": "aiobs-fleet", "slo": "aiobs-slo", "gpu": "aiobs-gpu", "inference": "aiobs-inference",
		"cost": "aiobs-cost", "training": "aiobs-training", "exporters": "aiobs-exporters",
	}
	for name, uid := range want {
		if got[name] != uid {
			t.Errorf("dashboard %s has uid %q, want %q", name, got[name], uid)
		}
	}
}

func TestLibraryPagesAreSound(t *testing.T) {
	p := libraryPlan(library(t))
	files, _, err := Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Path, ".json") {
			continue
		}
		t.Logf("%s: %d bytes", f.Path, len(f.Data))
		for _, s := range problems(f.Data) {
			t.Errorf("%s: %s", f.Path, s)
		}
	}
}

// forEachPanel visits the library's panels.
func forEachPanel(lib model.Library, visit func(where string, p model.Panel)) {
	for _, name := range slices.Sorted(maps.Keys(lib.Dashboards)) {
		for _, r := range lib.Dashboards[name].Rows {
			for _, p := range r.Panels {
				visit(name+": "+r.Title+": "+p.Title, p)
			}
		}
	}
}

// TestUnitsAreGrafanas holds the catalogue's list to that of the SDK.
func TestUnitsAreGrafanas(t *testing.T) {
	found := load.Instances([]string{"."}, &load.Config{Dir: "../../schema/catalog"})
	var listed []string
	if err := cuecontext.New().BuildInstance(found[0]).LookupPath(cue.ParsePath("grafanaUnits")).Decode(&listed); err != nil {
		t.Fatal(err)
	}
	if known := slices.Sorted(maps.Keys(grafanaUnits(t))); !slices.Equal(slices.Sorted(slices.Values(listed)), known) {
		t.Errorf("the catalogue has the units\n%q, the SDK\n%q", listed, known)
	}
}

// TestLibraryPanelsReadWell holds the wording to a form: sentences that end,
// a colour for the base, a text for emptiness, a minimum for shares.
func TestLibraryPanelsReadWell(t *testing.T) {
	colours := []string{"#56B4E9", "#E69F00", "#D55E00"}
	forEachPanel(library(t), func(where string, p model.Panel) {
		sentences := strings.Count(p.Description, ". ") + 1
		if sentences < 2 || sentences > 3 || !strings.HasSuffix(p.Description, ".") {
			t.Errorf("%s: the description has %d sentences", where, sentences)
		}
		if p.Empty == "" {
			t.Errorf("%s: nothing is said where there is no data", where)
		}
		if p.Unit == "percentunit" && (p.Min == nil || *p.Min != 0) {
			t.Errorf("%s: a share begins at 0", where)
		}
		for i, s := range p.Steps {
			if !slices.Contains(colours, s.Color) || (s.Value == nil) != (i == 0) {
				t.Errorf("%s: step %d is %+v", where, i, s)
			}
		}
		if p.Kind == "table" && len(p.Columns) == 0 {
			t.Errorf("%s: a table without labels", where)
		}
		titles := map[string]bool{}
		for _, c := range tableColumns(plan.Panel{Panel: p}) {
			if p.Kind == "table" && titles[c.title] {
				t.Errorf("%s: two columns are called %q", where, c.title)
			}
			titles[c.title] = true
		}
	})
}

// promised are the records that hold what a value is measured against: targets,
// limits, the inventory and budgets. What is drawn is the first name of a query.
var (
	promised = regexp.MustCompile(`:(target|limit|threshold)$|:expected_gpus:count$|:budget_usd:per_month$`)
	recorded = regexp.MustCompile(`[a-z]+:[a-z0-9_]+:[a-z0-9_]+`)
)

// TestLibraryDrawsTargets holds panels to the promises they show.
func TestLibraryDrawsTargets(t *testing.T) {
	lib := library(t)
	drawn := map[string]bool{}
	forEachPanel(lib, func(where string, p model.Panel) {
		for _, q := range p.Queries {
			name := recorded.FindString(q.Expr)
			if p.Kind == "timeseries" && promised.MatchString(name) != q.Target && !strings.HasSuffix(name, ":p50_1h") {
				t.Errorf("%s: %s has target %t", where, name, q.Target)
			}
			drawn[name] = drawn[name] || q.Target
		}
	})
	for name := range lib.Records {
		if strings.HasSuffix(name, ":target") && !drawn[name] {
			t.Errorf("no panel draws %s", name)
		}
	}
}
