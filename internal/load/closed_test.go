package load

import (
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
)

// open are structs of the schema that take any field, and why that is fine.
var open = map[string]string{
	"#Spec.workloads[]":          "checked as #Inference or #Training",
	"#Spec.slo.inference":        "checked as #InferenceSLO",
	"#Spec.slo.training":         "checked as #TrainingSLO",
	"#Spec.library.records[]":    "checked as #Record of the library",
	"#Spec.library.alerts[]":     "checked as #Alert of the library",
	"#Spec.library.dashboards[]": "checked as #Dashboard of the library",
	"#Spec.exporters[]":          "checked as #Exporter of the catalogue",
	"#Spec.engines[]":            "checked as #Engine of the catalogue",
	"#Spec.alerts[].cases[]":     "checked as #Case of the library",
}

// A misspelt field is an error wherever it stands: every struct that a user
// writes is closed, or checked by a definition that is.
func TestSchemaIsClosed(t *testing.T) {
	e := embedded(t)
	checked := 0
	var walk func(at string, definition, v cue.Value, path ...string)
	walk = func(at string, definition, v cue.Value, path ...string) {
		if v.IncompleteKind() != cue.StructKind || open[at] != "" {
			return
		}
		if patterns := patternsOf([]cue.Value{v}); len(patterns) > 0 {
			for _, p := range patterns {
				walk(at+"[]", definition, p, append(slices.Clone(path), "x")...)
			}
			return
		}
		checked++
		if !refuses(e, definition, append(slices.Clone(path), "misspelt")) {
			t.Errorf("%s takes a field that it does not have", at)
		}
		it, err := v.Fields(cue.Optional(true))
		if err != nil {
			t.Errorf("%s: %v", at, err)
			return
		}
		for it.Next() {
			name := it.Selector().Unquoted()
			walk(at+"."+name, definition, it.Value(), append(slices.Clone(path), name)...)
		}
	}
	for _, name := range []string{"#Spec", "#Inference", "#Training", "#InferenceSLO", "#TrainingSLO"} {
		definition := definitions(t, e, ".").LookupPath(cue.ParsePath(name))
		walk(name, definition, definition)
	}
	for _, name := range []string{"#Record", "#Alert", "#Dashboard", "#Case"} {
		definition := definitions(t, e, "library").LookupPath(cue.ParsePath(name))
		walk(name, definition, definition)
	}
	for _, name := range []string{"#Exporter", "#Engine"} {
		definition := definitions(t, e, "catalog").LookupPath(cue.ParsePath(name))
		walk(name, definition, definition)
	}
	if checked < 40 {
		t.Errorf("%d structs were checked", checked)
	}
}

// refuses reports whether a definition has no place for a field at a path.
func refuses(e *Embedded, definition cue.Value, path []string) bool {
	var data any = 1
	for _, name := range slices.Backward(path) {
		data = map[string]any{name: data}
	}
	err := definition.Unify(e.ctx.Encode(data)).Validate(cue.Concrete(false), cue.All())
	return slices.ContainsFunc(errors.Errors(err), func(e errors.Error) bool {
		format, _ := e.Msg()
		return strings.HasPrefix(format, "field not allowed")
	})
}
