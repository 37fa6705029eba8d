package load

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// userCatalog validates the spec's own exporters and engines in the catalogue's
// form.
func (l *Loader) userCatalog(tree *node, view *View) error {
	view.Spec.Exporters, view.Spec.Engines = map[string]model.Exporter{}, map[string]model.EngineFacts{}
	for _, name := range keysOf(tree, "exporters") {
		var e model.Exporter
		_, taken := l.Embedded.Catalog.Exporters[name]
		ok, err := l.entry(tree, []string{"exporters", name}, "#Exporter", taken, &e)
		if err != nil {
			return err
		}
		if ok {
			l.checkMetrics(tree, name, e)
			view.Spec.Exporters[name] = e
		}
	}
	for _, name := range keysOf(tree, "engines") {
		var e model.EngineFacts
		_, taken := l.Embedded.Catalog.Engines[name]
		ok, err := l.entry(tree, []string{"engines", name}, "#Engine", taken, &e)
		if err != nil {
			return err
		}
		if ok {
			view.Spec.Engines[name] = e
		}
	}
	return nil
}

func keysOf(tree *node, part string) []string {
	if n := tree.at(part); n != nil {
		return n.keys()
	}
	return nil
}

// entry validates one entry that the catalogue must not have already, and
// decodes it.
func (l *Loader) entry(tree *node, path []string, definition string, taken bool, to any) (bool, error) {
	n := tree.at(path...)
	named := l.checkName(path[1], n, path)
	if taken {
		l.Diags.Add(diag.Diagnostic{Code: codeTwice, Pos: n.label,
			Message: fmt.Sprintf("%s %q exists in the catalogue already", strings.TrimSuffix(path[0], "s"), path[1]),
			Hint:    "choose another name"})
		return false, nil
	}
	facts, err := l.Embedded.definitions("catalog")
	if err != nil {
		return false, err
	}
	v, ok := l.apply(facts.LookupPath(cue.ParsePath(definition)), n, path)
	if !ok || !named {
		return false, nil
	}
	if err := v.Decode(to); err != nil {
		// A number that CUE holds and Go does not.
		l.Diags.Errorf(codeNotAllowed, n.value, "%s: %v", strings.Join(path, "."), err)
		return false, nil
	}
	return true, nil
}

// metricName is what Prometheus takes without quotes.
var metricName = regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:]*$`)

// checkMetrics refuses what the catalogue's form cannot: names that Prometheus
// does not take or that are another exporter's, units that do not exist, edges out
// of order.
func (l *Loader) checkMetrics(tree *node, exporter string, e model.Exporter) {
	refuse := func(code string, pos diag.Pos, hint, format string, args ...any) {
		l.Diags.Add(diag.Diagnostic{Code: code, Pos: pos, Message: fmt.Sprintf("exporters.%s: ", exporter) + fmt.Sprintf(format, args...), Hint: hint})
	}
	facts := &l.Embedded.Catalog
	own := tree.at("exporters", exporter)
	for _, name := range keysOf(own, "metrics") {
		m, at := e.Metrics[name], own.at("metrics").fields[name]
		if !metricName.MatchString(name) {
			refuse(codeBadName, at.label, "", "found the name %q, want letters, digits, _ and :, beginning with none of the digits", name)
		}
		for _, other := range slices.Sorted(maps.Keys(facts.Exporters)) {
			_, taken := facts.Exporters[other].Metrics[name]
			anyones := slices.ContainsFunc(facts.Exporters[other].Shared, func(p string) bool { return strings.HasPrefix(name, p) })
			if taken && !anyones {
				refuse(codeTwice, at.label, "", "%s is in the catalogue already, as one of %s", name, facts.Exporters[other].Title)
				break
			}
		}
		if _, ok := facts.Units[m.Unit]; !ok {
			l.Diags.Add(diag.Diagnostic{Code: codeUnknownName, Pos: at.nearest([]string{"unit"}).value,
				Message: fmt.Sprintf("there is no unit %q", m.Unit), Hint: diag.DidYouMean(m.Unit, slices.Collect(maps.Keys(facts.Units)))})
		}
		if !slices.IsSorted(m.Buckets) || len(slices.Compact(slices.Clone(m.Buckets))) != len(m.Buckets) {
			refuse(codeNotAllowed, at.nearest([]string{"buckets"}).value, "", "the buckets of %s do not rise", name)
		}
		if m.Min != nil && m.Max != nil && *m.Min > *m.Max {
			refuse(codeNotAllowed, at.nearest([]string{"min"}).value, "", "min of %s is above max", name)
		}
	}
	for _, prefix := range e.Owns {
		for _, other := range slices.Sorted(maps.Keys(facts.Exporters)) {
			begins := func(name string) bool { return strings.HasPrefix(name, prefix) }
			if slices.ContainsFunc(slices.Collect(maps.Keys(facts.Exporters[other].Metrics)), begins) {
				refuse(codeNotAllowed, own.nearest([]string{"owns"}).value, "take a longer beginning", "owns %q, with which names of %s begin as well", prefix, facts.Exporters[other].Title)
				break
			}
		}
	}
}
