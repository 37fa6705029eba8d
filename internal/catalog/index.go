package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Part says which series of a metric a name stands for.
type Part int

// Parts of a metric. A gauge or counter has its value alone; a summary's value
// is a quantile.
const (
	Value Part = iota
	Bucket
	Sum
	Count
	Created
)

// suffixes of the parts of a histogram; a summary has the last three.
var suffixes = []struct {
	suffix string
	part   Part
}{{"_bucket", Bucket}, {"_sum", Sum}, {"_count", Count}, {"_created", Created}}

// Series is a name as it is read, found on one exporter.
type Series struct {
	Name     string
	Exporter string
	// Metric is the key of the entry.
	Metric string
	Entry  model.Metric
	Part   Part
}

// Monotonic reports whether the series only rises until its process starts
// again.
func (s Series) Monotonic() bool {
	switch s.Part {
	case Bucket, Count:
		return true
	case Sum:
		return s.Entry.Min == nil || *s.Entry.Min >= 0
	case Created:
		return false
	}
	return s.Entry.Type == model.Counter
}

// Unit is the key of the series' unit: the parts of a histogram that count have
// another one than what is observed.
func (s Series) Unit() string {
	switch s.Part {
	case Bucket, Count:
		return "count"
	case Created:
		return "seconds"
	}
	return s.Entry.Unit
}

// Labels are those of the series besides the ones of its exporter and target.
func (s Series) Labels() []string {
	switch {
	case s.Part == Bucket:
		return append(slices.Clone(s.Entry.Labels), "le")
	case s.Part == Value && s.Entry.Type == model.Summary:
		return append(slices.Clone(s.Entry.Labels), "quantile")
	}
	return s.Entry.Labels
}

// Keys are the labels that tell two series of one target apart.
func (s Series) Keys() []string {
	keys := s.Entry.Keys
	if keys == nil {
		keys = s.Entry.Labels
	}
	if s.Part == Bucket {
		return append(slices.Clone(keys), "le")
	}
	return keys
}

// Of finds the entry behind a name on one exporter. Of a histogram the bare
// name is no series.
func Of(exporter string, e model.Exporter, name string) (Series, bool) {
	if m, ok := e.Metrics[name]; ok && m.Type != model.Histogram {
		return Series{Name: name, Exporter: exporter, Metric: name, Entry: m}, true
	}
	for _, s := range suffixes {
		base, ok := strings.CutSuffix(name, s.suffix)
		if !ok {
			continue
		}
		m, ok := e.Metrics[base]
		if s.part == Created {
			// A counter's name loses its _total there.
			if !ok {
				m, ok = e.Metrics[base+"_total"]
			}
			ok = ok && m.Type != model.Gauge
		} else {
			ok = ok && (m.Type == model.Histogram || m.Type == model.Summary && s.part != Bucket)
		}
		if ok {
			return Series{Name: name, Exporter: exporter, Metric: base, Entry: m, Part: s.part}, true
		}
	}
	return Series{}, false
}

// HistogramParts are the ends of the names of a histogram's series.
var HistogramParts = []string{"_bucket", "_sum", "_count"}

// Bound finds the entry that a binding reads: a signal that is a histogram is
// bound by the bare name, which is no series. Where there is none, Metric is the
// name all the same.
func Bound(exporter string, e model.Exporter, name string) (Series, bool) {
	if s, ok := Of(exporter, e, name); ok {
		return s, true
	}
	m, ok := e.Metrics[name]
	return Series{Name: name, Exporter: exporter, Metric: name, Entry: m}, ok
}

// Index finds series by name over all exporters.
type Index struct {
	*model.Catalog
	names  []string // exporters, sorted
	series map[string][]Series
	near   map[string][]string
	// all are the names that a query can read, sorted; "" until they are asked for.
	all []string
}

// New indexes a catalogue.
func New(c *model.Catalog) *Index {
	return &Index{Catalog: c, names: slices.Sorted(maps.Keys(c.Exporters)), series: map[string][]Series{}, near: map[string][]string{}}
}

// Find lists the exporters that have a series of this name, at any version.
func (x *Index) Find(name string) []Series {
	if found, ok := x.series[name]; ok {
		return found
	}
	var found []Series
	for _, exporter := range x.names {
		if s, ok := Of(exporter, x.Exporters[exporter], name); ok {
			found = append(found, s)
		}
	}
	x.series[name] = found
	return found
}

// Histogram finds the exporters for which a name is that of a histogram, whose
// bare name nothing exposes.
func (x *Index) Histogram(name string) (Series, bool) {
	for _, exporter := range x.names {
		if m, ok := x.Exporters[exporter].Metrics[name]; ok && m.Type == model.Histogram {
			return Series{Name: name, Exporter: exporter, Metric: name, Entry: m}, true
		}
	}
	return Series{}, false
}

// Owner is the exporter that every name with this beginning belongs to, and of
// which the catalogue has all.
func (x *Index) Owner(name string) (string, bool) {
	for _, exporter := range x.names {
		e := x.Exporters[exporter]
		begins := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
		if slices.ContainsFunc(e.Owns, begins) && !slices.ContainsFunc(e.Partial, begins) {
			return exporter, true
		}
	}
	return "", false
}

// Names are all names that a query can read, sorted.
func (x *Index) Names() []string {
	if x.all != nil {
		return x.all
	}
	seen := map[string]bool{}
	for _, e := range x.Exporters {
		for name, m := range e.Metrics {
			if m.Type != model.Histogram {
				seen[name] = true
			}
			if m.Type == model.Histogram || m.Type == model.Summary {
				for _, s := range suffixes {
					if s.part != Created && (s.part != Bucket || m.Type == model.Histogram) {
						seen[name+s.suffix] = true
					}
				}
			}
		}
	}
	x.all = slices.Sorted(maps.Keys(seen))
	return x.all
}

// Nearest are up to three names that a name may have been meant for: one that it
// lacks the ending of first, then those that it is a slip of. Where one exporter
// owns the beginning, its names alone are looked at.
func (x *Index) Nearest(name string, more ...string) []string {
	if out, ok := x.near[name]; ok {
		return out
	}
	out := x.nearest(name, more)
	x.near[name] = out
	return out
}

func (x *Index) nearest(name string, more []string) []string {
	var out []string
	for _, ending := range []string{"_total", "_bucket", "_seconds", "_seconds_bucket"} {
		if len(x.Find(name+ending)) > 0 && len(out) == 0 {
			out = append(out, name+ending)
		}
	}
	if bare, ok := strings.CutSuffix(name, "_total"); ok && len(x.Find(bare)) > 0 {
		out = append(out, bare)
	}
	if len(out) > 0 {
		return out
	}
	owner, owned := x.Owner(name)
	limit := min(6, max(2, len(name)/4))
	byDistance := map[int][]string{}
	for _, c := range append(slices.Clone(x.Names()), more...) {
		if abs(len(c)-len(name)) > limit || owned && !x.owns(owner, c) {
			continue
		}
		if d := diag.Distance(name, c); d <= limit {
			byDistance[d] = append(byDistance[d], c)
		}
	}
	// What is much further off than the nearest is no slip of the same name.
	for _, d := range slices.Sorted(maps.Keys(byDistance)) {
		if len(out) > 0 && d > limit/2 {
			break
		}
		slices.Sort(byDistance[d])
		out = append(out, byDistance[d]...)
		limit = min(limit, 2*(d+1))
	}
	return out[:min(len(out), 3)]
}

func (x *Index) owns(exporter, name string) bool {
	_, ok := Of(exporter, x.Exporters[exporter], name)
	return ok
}

func abs(n int) int { return max(n, -n) }
