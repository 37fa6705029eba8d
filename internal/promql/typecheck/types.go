package typecheck

import (
	"maps"
	"slices"

	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/aiobsgen/aiobsgen/internal/catalog"
)

// Type is what an expression is.
type Type struct {
	Labels Labels
	Unit   Unit
	bounds bounds
	// keys are sets of labels each of which tells any two series apart; nil where
	// none is known.
	keys [][]string
	// counter is the selector whose raw value this is, if it only rises.
	counter *origin
	// merged names the aggregation that made one counter of several.
	merged string
	// gauge names a metric that is known to fall as well.
	gauge *origin
	// buckets are those of a histogram that has kept its le.
	buckets *histogram
	// quantile: computed by histogram_quantile, so an average of it is none.
	quantile bool
	// mayBeZero: 0 where nothing happens, as a rate is.
	mayBeZero bool
	// parts are the metrics that a sum is made of.
	parts []string
	// mixed is a quotient of one thing in two units, until a product mends it.
	mixed string
	// literal is the value of a number.
	literal *float64
	// boolean: 0 or 1, so that a sum of it counts.
	boolean bool
}

// origin is a selector that a type comes from.
type origin struct {
	series catalog.Series
	pos    posrange.PositionRange
}

// histogram is where buckets come from, and what was done to them.
type histogram struct {
	origin
	rated bool
	// reduced names the aggregation that made the buckets of several series into
	// others than their sum.
	reduced string
	known   bool // the catalogue has it
}

// or are the buckets of one histogram or another, or of both added up. Of what they
// observe nothing is known where they differ.
func (h *histogram) or(o *histogram) *histogram {
	if h == nil || o == nil {
		return nil
	}
	out := *h
	out.rated = h.rated || o.rated
	if out.reduced == "" {
		out.reduced = o.reduced
	}
	out.known = h.known && o.known && h.series.Entry.Unit == o.series.Entry.Unit
	return &out
}

// Labels are those that the series of an expression may carry.
type Labels struct {
	names []string
	// open: others may be there, attached at the scrape or by settings.
	open bool
	// closedBy says in words what left only names.
	closedBy string
	// gone are labels that something removed, with its words.
	gone map[string]string
	// renamed are labels that no version which runs here has, with its words.
	renamed map[string]string
	// firm are labels that every series surely has.
	firm []string
	// of is the metric whose labels they are; "" after an aggregation.
	of []catalog.Series
	// unknown: nothing is known of the metric.
	unknown bool
}

func (l Labels) has(name string) bool { return slices.Contains(l.names, name) }

// everywhere are labels that the target of any scrape has, whatever finds it, or that
// one in Kubernetes does.
var everywhere = []string{"job", "instance", "namespace", "pod"}

// closed are exactly these labels, some of them on every series.
func closed(names []string, by string, firm ...string) Labels {
	return Labels{names: slices.Clone(names), closedBy: by, firm: common(names, firm)}
}

// common are the words of a that are in b as well.
func common(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

// with adds labels.
func (l Labels) with(names ...string) Labels {
	out := l
	out.names = unionOf(l.names, names)
	here := func(label, _ string) bool { return slices.Contains(names, label) }
	out.gone, out.renamed = maps.Clone(l.gone), maps.Clone(l.renamed)
	maps.DeleteFunc(out.gone, here)
	maps.DeleteFunc(out.renamed, here)
	return out
}

// without removes labels.
func (l Labels) without(by string, names ...string) Labels {
	out := l
	removed := func(n string) bool { return slices.Contains(names, n) }
	out.names = slices.DeleteFunc(slices.Clone(l.names), removed)
	out.firm = slices.DeleteFunc(slices.Clone(l.firm), removed)
	out.gone = map[string]string{}
	maps.Copy(out.gone, l.gone)
	for _, n := range names {
		out.gone[n] = by
	}
	return out
}

// surely says that every series has a label.
func (l Labels) surely(name string) Labels {
	out := l
	out.firm = unionOf(l.firm, []string{name})
	return out
}

// union may carry what either does.
func (l Labels) union(o Labels) Labels {
	out := l.with(o.names...)
	out.open = l.open || o.open
	out.unknown = l.unknown || o.unknown
	out.of = slices.Clone(l.of)
	for _, s := range o.of {
		if !slices.ContainsFunc(out.of, func(have catalog.Series) bool { return have.Name == s.Name && have.Exporter == s.Exporter }) {
			out.of = append(out.of, s)
		}
	}
	out.firm = common(l.firm, o.firm)
	here := func(in map[string]string) func(string, string) bool {
		return func(label, _ string) bool { _, ok := in[label]; return !ok }
	}
	maps.DeleteFunc(out.gone, here(o.gone))
	maps.DeleteFunc(out.renamed, here(o.renamed))
	if out.closedBy == "" {
		out.closedBy = o.closedBy
	}
	return out
}

// tellsBy reports whether a set of labels is one of the keys.
func (t Type) tellsBy(key []string) bool {
	return slices.ContainsFunc(t.keys, func(k []string) bool { return len(k) == len(key) && len(common(k, key)) == len(k) })
}

// tells reports whether labels tell any two series apart.
func (t Type) tells(labels []string) bool {
	return slices.ContainsFunc(t.keys, func(k []string) bool {
		return !slices.ContainsFunc(k, func(l string) bool { return !slices.Contains(labels, l) })
	})
}

// Single reports whether there is surely one series at most.
func (t Type) Single() bool { return t.tells(nil) }

// tellsWithout reports whether two series still differ without labels.
func (t Type) tellsWithout(labels []string) bool {
	return slices.ContainsFunc(t.keys, func(k []string) bool {
		return !slices.ContainsFunc(k, func(l string) bool { return slices.Contains(labels, l) })
	})
}
