package plan

import (
	"github.com/aiobsgen/aiobsgen/internal/diag"
	"github.com/aiobsgen/aiobsgen/internal/model"
)

// Input is the spec as one cluster sees it, with the facts and opinions to
// compile it by, and the way back to the user's lines.
type Input struct {
	Cluster string
	Spec    model.Spec
	Catalog *model.Catalog
	Library *model.Library
	// PlannedUSDPerHour is what each team's GPUs cost over all clusters by the
	// spec; budgets are shared out by it.
	PlannedUSDPerHour map[string]float64

	Diags *diag.List
	// Pos and LabelPos find where a value or a name of the spec was written.
	Pos, LabelPos func(path ...string) diag.Pos
	// Has reports whether a path was written, by the user or a profile.
	Has func(path ...string) bool
	// InString finds a part of a string of the spec by its bytes, Find by its text.
	InString func(start, end int, path ...string) diag.Pos
	Find     func(part string, path ...string) diag.Pos
}

// Codes of this package; docs/checks has a page for each.
const (
	codeNotAllowed   = "AIO004"
	codeUnknownName  = "AIO010"
	codeTwice        = "AIO011" // two things with one name
	codeUnsupported  = "AIO020" // a version that the catalogue does not know
	codeInventory    = "AIO021" // a workload wants GPUs that its cluster lacks
	codeScrape       = "AIO022" // a scrape that Prometheus refuses
	codeUnverified   = "AIO023" // a version whose counters were not checked (warning)
	codeNoEffect     = "AIO024" // a setting that does nothing in this mode
	codeAmbiguous    = "AIO025" // pods that two workloads claim
	codeTakesOver    = "AIO026" // a namespace of others that we would write
	codeUnselected   = "AIO027" // objects without the label that selects them (warning)
	codeUnreachable  = "AIO030" // a target that can never alert, or not be measured
	codeUnwatched    = "AIO031" // a target that the engine has no series for (warning)
	codeRetention    = "AIO032" // a rule or window that reads a longer past than is kept
	codeEstimate     = "AIO033" // a target that is measured by an estimate (note)
	codeQuery        = "AIO040" // PromQL that does not parse
	codePlaceholder  = "AIO041" // a placeholder that stands for nothing
	codeReadsItself  = "AIO042" // a record that reads itself
	codeBadCounter   = "AIO043" // an extra counter that the exporter refuses
	codeTooManyField = "AIO044" // more counters than one watch group takes
	codeNoMailServer = "AIO093" // a team is told by mail, and no server sends it
	codeUnread       = "AIO094" // dashboards in a schema that nobody reads there
)
