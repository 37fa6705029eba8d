package typecheck

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Shows says why a panel's unit does not fit a type; panel is Grafana's id.
func (w *World) Shows(t Type, panel string) (Finding, bool) {
	return w.displays(t, w.Catalog.PanelUnits[panel], fmt.Sprintf("the unit %q takes them for", panel))
}

// Prints says why a template function does not fit a type.
func (w *World) Prints(t Type, function string) (Finding, bool) {
	return w.displays(t, w.Catalog.TemplateUnits[function], function+" takes them for")
}

// Declares says why a declared unit, a key of the catalogue's units, is not that
// of a type.
func (w *World) Declares(t Type, unit string) (Finding, bool) {
	return w.displays(t, unit, "they are declared as")
}

// Names says why the end of the metric in a recorded name, level:metric:operations, does
// not fit the type of what is recorded under it. Rates, shares and counts keep the
// name of the metric that they are of.
func (w *World) Names(t Type, record string) (Finding, bool) {
	parts := strings.Split(record, ":")
	for _, operation := range []string{"rate", "ratio", "count", "increase", "share"} {
		if len(parts) > 1 && strings.Contains(parts[len(parts)-1], operation) {
			return Finding{}, false
		}
	}
	metric := parts[min(1, len(parts)-1)]
	end := metric[strings.LastIndex(metric, "_")+1:]
	return w.displays(t, w.Catalog.NameUnits[end], fmt.Sprintf("the name, which ends in _%s, takes them for", end))
}

func (w *World) displays(t Type, unit, takes string) (Finding, bool) {
	want := unitNamed(w.Catalog, unit)
	t.Unit.before = 0 // nobody shows a weighted value
	if unit == "" || t.Unit.fits(want, w.Catalog) {
		return Finding{}, false
	}
	f := Finding{Code: codeUnit, Message: fmt.Sprintf("the values are in %s, and %s %s", t.Unit.named(w.Catalog), takes, unit)}
	if t.Unit.sameDimensions(want, w.Catalog) && t.Unit.factor != 0 && want.factor != 0 {
		f.Hint = fmt.Sprintf("multiply by %s", model.FormatNumber(t.Unit.factor/want.factor))
		if by := t.Unit.factor / want.factor; by < 1 && !math.IsInf(1/by, 0) {
			f.Hint = fmt.Sprintf("divide by %s", model.FormatNumber(1/by))
		}
	}
	return f, true
}

// Reaches says why a threshold of a panel is above what a type can be. The lowest one
// may lie below: it gives a colour to the rest.
func (w *World) Reaches(t Type, threshold float64) (Finding, bool) {
	if !(threshold > t.bounds.max) {
		return Finding{}, false
	}
	c := checker{World: w}
	return Finding{Code: codeUnit, Message: fmt.Sprintf("the threshold %s is never reached: %s", model.FormatNumber(threshold), c.rangeText(t)), Hint: c.rangeHint(t)}, true
}

// Record is the type of what a rule records, with the labels it sets.
func (t Type) Record(labels []string) Type {
	out := t
	out.Labels = t.Labels.with(labels...)
	if t.literal != nil {
		out.literal, out.bounds = nil, unbounded // a setting: it may be another one tomorrow
	}
	return out
}

// Join is the type of a name that several rules record.
func (t Type) Join(o Type) Type {
	out := t
	out.Labels = t.Labels.union(o.Labels)
	out.bounds = t.bounds.union(o.bounds)
	out.keys = nil
	if !t.Unit.equal(o.Unit) {
		out.Unit = Unit{}
	}
	if o.counter == nil {
		out.counter = nil
	}
	if o.gauge == nil {
		out.gauge = nil
	}
	if t.merged == "" {
		out.merged = o.merged
	}
	if !slices.Equal(t.parts, o.parts) {
		out.parts = nil
	}
	out.buckets = t.buckets.or(o.buckets)
	out.quantile = t.quantile && o.quantile
	out.mayBeZero = t.mayBeZero || o.mayBeZero
	out.boolean = t.boolean && o.boolean
	return out
}

// ShowsBuckets says why the unit of a heatmap's axis, Grafana's id, does not fit
// what the buckets of a type count.
func (w *World) ShowsBuckets(t Type, panel string) (Finding, bool) {
	if t.buckets == nil || !t.buckets.known {
		return Finding{}, false
	}
	observed := Type{Unit: unitNamed(w.Catalog, t.buckets.series.Entry.Unit)}
	return w.Shows(observed, panel)
}
