package catalog

import (
	"fmt"
	"slices"

	"golang.org/x/mod/semver"

	"github.com/aiobsgen/aiobsgen/internal/model"
)

// AtLeast compares versions; "" is older than all, and reached by all.
func AtLeast(version, least string) bool {
	return least == "" || semver.Compare("v"+version, "v"+least) >= 0
}

// Running is an exporter as it is installed somewhere. The zero value of what is
// not known says nothing against a metric.
type Running struct {
	// Version that runs; "" where the exporter has none that matters.
	Version string
	// Assumed: nobody said which version runs.
	Assumed bool
	// NoProfiling: DCGM's profiling module is off.
	NoProfiling bool
	// MIG: the GPUs are divided.
	MIG bool
	// Architectures of the GPUs; nil where they are not known.
	Architectures []string
	// Flags are the opt-in settings that are on; nil where they are not known.
	Flags []string
	// Counters that the exporter is told to collect; nil where it is not known.
	Counters map[string]bool
	// Edges that histograms have besides those of the catalogue, by metric.
	Edges map[string][]float64
}

// Reason says why a metric is not there.
type Reason int

// Reasons, from the one that matters most.
const (
	Present Reason = iota
	Removed
	NotYet
	Hidden
	NotEnabled
	NotMeasured
)

// Lacks says why an exporter as it runs does not have a metric, in words that go
// on after its name: Present and "" when it has it.
func (r Running) Lacks(name string, m model.Metric) (Reason, string) {
	if r.Version != "" {
		switch {
		case m.Removed != "" && AtLeast(r.Version, m.Removed):
			return Removed, "was removed in " + m.Removed
		case !r.Assumed && !AtLeast(r.Version, m.Since):
			return NotYet, "came with " + m.Since
		case m.Hidden != "" && AtLeast(r.Version, m.Hidden):
			return Hidden, "is hidden behind a flag since " + m.Hidden
		}
	}
	switch {
	case m.Requires == "profiling" && r.NoProfiling:
		return NotEnabled, "needs the profiling module, which is off"
	case r.Counters != nil && !r.Counters[name]:
		return NotEnabled, "is not in the counters file"
	case m.OptIn != "" && r.Flags != nil && !slices.Contains(r.Flags, m.OptIn):
		return NotEnabled, "needs " + m.OptIn
	case m.MIG == "absent" && r.MIG:
		return NotMeasured, "is not measured on an instance of a divided (MIG) GPU"
	case len(m.Architectures) > 0 && r.Architectures != nil && !overlap(m.Architectures, r.Architectures):
		return NotMeasured, fmt.Sprintf("is measured on %s alone", list(m.Architectures))
	}
	return Present, ""
}

// Has reports whether an exporter as it runs has a metric.
func (r Running) Has(name string, m model.Metric) bool {
	reason, _ := r.Lacks(name, m)
	return reason == Present
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// list joins words: "a, b and c".
func list(words []string) string {
	out := ""
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out += " and "
		default:
			out += ", "
		}
		out += w
	}
	return out
}
