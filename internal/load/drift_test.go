package load

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"

	"github.com/aiobsgen/aiobsgen/internal/model"
	"github.com/aiobsgen/aiobsgen/schema"
)

// saidElsewhere are open structs of CUE whose form another definition gives.
var saidElsewhere = map[string]string{
	"#Spec.workloads[]":          "#Inference and #Training, below",
	"#Spec.library.records[]":    "#Record of the library",
	"#Spec.library.alerts[]":     "#Alert of the library",
	"#Spec.library.dashboards[]": "#Dashboard of the library",
	"#Spec.exporters[]":          "#Exporter of the catalogue",
	"#Spec.alerts[].cases[]":     "#Case of the library",
	"#Spec.engines[]":            "#Engine of the catalogue",
}

// CUE and Go describe the same things: a field that one of them lacks would be
// refused by the schema, or read by nobody.
func TestGoMirrorsCUE(t *testing.T) {
	e := embedded(t)
	catalog, err := e.compile(schema.Files, "catalog")
	if err != nil {
		t.Fatal(err)
	}
	checks, err := e.compile(schema.Files, "checks")
	if err != nil {
		t.Fatal(err)
	}
	definition := func(name string) cue.Value { return definitions(t, e, ".").LookupPath(cue.ParsePath(name)) }
	d := &drift{seen: map[string]bool{}, skipped: map[string]bool{}}
	d.compare("#Spec", reflect.TypeFor[model.Spec](), definition("#Spec"))
	d.compare("#Inference and #Training", reflect.TypeFor[model.Workload](), definition("#Inference"), definition("#Training"))
	d.compare("catalog", reflect.TypeFor[model.Catalog](), catalog)
	d.compare("library", reflect.TypeFor[model.Library](), definitions(t, e, "library"))
	d.compare("checks", reflect.TypeFor[model.Checks](), checks)
	for _, fault := range d.faults {
		t.Error(fault)
	}
	// The walk is worth what it reached.
	for _, name := range strings.Fields(`
		Spec Team Budget Workload GPUUse Pods Scrape Engine FleetSLO GPU Cluster GPUPool Prometheus Grafana DCGM Toleration
		Resources CostTool NodeLabel Delivery Scraped Cost AlertTuning BurnTuning Traffic Settings UserLibrary
		Catalog Exporter LabelVersion Metric EdgesBy Whole Unit Binding EngineFacts GPUFacts XID Controller DCGMFacts OperatorRelease CostTarget
		Library Level Signal Record Alert SLORule SLONames Burn SLOWindow Stage Floor Dashboard Row Panel Query Step Variable
		Runbook Look Case Behaviour Simulation
		Checks Check Example`) {
		if !d.seen[name] {
			t.Errorf("model.%s was not compared", name)
		}
	}
	for path := range saidElsewhere {
		if !d.skipped[path] {
			t.Errorf("%s is skipped, and is not there", path)
		}
	}
}

// drift collects where CUE and Go differ.
type drift struct {
	faults        []string
	seen, skipped map[string]bool // names of Go types, paths
}

func (d *drift) addf(format string, args ...any) {
	d.faults = append(d.faults, fmt.Sprintf(format, args...))
}

// field is what CUE says of one name, perhaps in several definitions.
type field struct {
	values   []cue.Value
	optional bool
}

// compare holds a Go type to CUE. Several values are alternatives: a workload
// is of one kind or the other, and Go has one struct for both.
func (d *drift) compare(at string, goType reflect.Type, values ...cue.Value) {
	if goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	if goType == reflect.TypeFor[model.SLO]() {
		return // which targets there are is said in CUE alone
	}
	if goType == reflect.TypeFor[model.Quantity]() {
		for _, v := range values {
			if v.IncompleteKind() != cue.NumberKind|cue.StringKind {
				d.addf("%s is %v in CUE, want a number or a text for a quantity", at, v.IncompleteKind())
			}
		}
		return
	}
	if saidElsewhere[at] != "" {
		d.skipped[at] = true
		return
	}
	for _, v := range values {
		if k := v.IncompleteKind(); !fits(k, goType.Kind()) {
			d.addf("%s is %v in CUE, %v in Go", at, k, goType)
			return
		}
	}
	switch goType.Kind() {
	case reflect.Struct:
		d.seen[goType.Name()] = true
		d.compareFields(at, goType, values)
	case reflect.Map:
		if elements := patternsOf(values); len(elements) > 0 {
			d.compare(at+"[]", goType.Elem(), elements...)
		} else {
			d.addf("%s is a map in Go, and CUE has no pattern for it", at)
		}
	case reflect.Slice:
		var elements []cue.Value
		for _, v := range values {
			if element := v.LookupPath(cue.MakePath(cue.AnyIndex)); element.Exists() {
				elements = append(elements, element)
			}
		}
		// A list with a default has no element to look up; of strings, numbers and lists
		// that is all there is to know.
		if len(elements) > 0 {
			d.compare(at+"[]", goType.Elem(), elements...)
		} else if k := goType.Elem().Kind(); k != reflect.String && k != reflect.Float64 && k != reflect.Slice {
			d.addf("%s is a list in Go, and CUE does not say of what", at)
		}
	}
}

func (d *drift) compareFields(at string, goType reflect.Type, values []cue.Value) {
	inCUE := map[string]*field{}
	for _, v := range values {
		it, err := v.Fields(cue.Optional(true))
		if err != nil {
			d.addf("%s: %v", at, err)
			return
		}
		for it.Next() {
			name := it.Selector().Unquoted()
			if inCUE[name] == nil {
				inCUE[name] = &field{}
			}
			f := inCUE[name]
			f.values = append(f.values, it.Value())
			f.optional = f.optional || it.Selector().ConstraintType() == cue.OptionalConstraint
		}
	}
	for i := range goType.NumField() {
		f := goType.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		c := inCUE[name]
		if c == nil {
			d.addf("%s.%s is a field of model.%s, and not of CUE", at, name, goType.Name())
			continue
		}
		delete(inCUE, name)
		if c.optional != (options == "omitempty") {
			d.addf("%s.%s is optional in CUE: %t; omitempty in model.%s: %t", at, name, c.optional, goType.Name(), !c.optional)
		}
		d.compare(at+"."+name, f.Type, c.values...)
	}
	for _, name := range slices.Sorted(maps.Keys(inCUE)) {
		d.addf("%s.%s is a field of CUE, and not of model.%s", at, name, goType.Name())
	}
}

// patternsOf are what the keys of a map stand for.
func patternsOf(values []cue.Value) []cue.Value {
	var out []cue.Value
	for _, v := range values {
		it, err := v.Fields(cue.Patterns(true))
		for err == nil && it.Next() {
			if it.Selector().ConstraintType() == cue.PatternConstraint {
				out = append(out, it.Value())
			}
		}
	}
	return out
}

// fits reports whether every value of a kind of CUE can be held by one of Go.
func fits(k cue.Kind, g reflect.Kind) bool {
	switch g {
	case reflect.String:
		return k == cue.StringKind
	case reflect.Bool:
		return k == cue.BoolKind
	case reflect.Int:
		return k == cue.IntKind
	case reflect.Float64:
		return k&cue.NumberKind != 0 && k&^cue.NumberKind == 0
	case reflect.Slice:
		return k == cue.ListKind
	case reflect.Struct, reflect.Map:
		return k == cue.StructKind
	}
	return false
}

// The comparison sees each kind of difference.
func TestDriftIsSeen(t *testing.T) {
	type Inner struct {
		A string `json:"a"`
		B *int   `json:"b,omitempty"`
	}
	type Outer struct {
		Inner Inner            `json:"inner"`
		Map   map[string]Inner `json:"map"`
		List  []Inner          `json:"list"`
		N     float64          `json:"n"`
	}
	const inner = `{a: string, b?: int}`
	for _, tt := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ``},
		{"more in CUE", "#D: {", "#D: {more: string, ", `#D.more is a field of CUE, and not of model.Outer`},
		{"more in CUE, optional", "#D: {", "#D: {more?: string, ", `#D.more is a field of CUE, and not of model.Outer`},
		{"more in CUE, required", "#D: {", "#D: {more!: string, ", `#D.more is a field of CUE, and not of model.Outer`},
		{"more in Go", "n: number", "", `#D.n is a field of model.Outer, and not of CUE`},
		{"inside", "inner: " + inner, `inner: {a: string}`, `#D.inner.b is a field of model.Inner, and not of CUE`},
		{"in a map", "]: " + inner, `]: {a: string, b?: int, c: 1}`, `#D.map[].c is a field of CUE, and not of model.Inner`},
		{"in a list", "..." + inner, `...{b?: int}`, `#D.list[].a is a field of model.Inner, and not of CUE`},
		{"optional in CUE alone", "inner: {a:", `inner: {a?:`, `#D.inner.a is optional in CUE: true; omitempty in model.Inner: false`},
		{"optional in Go alone", "b?:", `b:`, `#D.inner.b is optional in CUE: false; omitempty in model.Inner: true`},
		{"a number for a whole one", "b?: int", `b?: number`, `#D.inner.b is number in CUE, int in Go`},
		{"a whole one for a number", "n: number", `n: int`, ``},
		{"a struct for a map", "[string]: " + inner, `{x: string}`, `#D.map is a map in Go, and CUE has no pattern for it`},
		{"a list of anything", "[..." + inner + "]", `[]`, `#D.list is a list in Go, and CUE does not say of what`},
	} {
		text := "#D: {inner: " + inner + ", map: [string]: " + inner + ", list: [..." + inner + "], n: number}"
		text = strings.Replace(text, tt.old, tt.new, 1)
		v := cuecontext.New().CompileString(text)
		if v.Err() != nil {
			t.Fatal(v.Err())
		}
		d := &drift{seen: map[string]bool{}, skipped: map[string]bool{}}
		d.compare("#D", reflect.TypeFor[Outer](), v.LookupPath(cue.ParsePath("#D")))
		if got := strings.Join(d.faults, "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
