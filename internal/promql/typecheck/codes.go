package typecheck

import "github.com/aiobsgen/aiobsgen/internal/diag"

// Codes of this package; each has a page in docs/checks.
const (
	codeUnknown    = "AIO060" // no exporter has the metric
	codeVersion    = "AIO061" // the exporter has it at another version
	codeNotEnabled = "AIO062" // the exporter has it behind a setting
	codeHardware   = "AIO063" // the GPUs do not measure it
	codeLabel      = "AIO064" // the metric has no such label
	codeDropped    = "AIO065" // the label is gone before it is used
	codeRateGauge  = "AIO066" // rate of what falls as well
	codeRaw        = "AIO067" // a counter's value since its start
	codeDelta      = "AIO068" // delta of what starts again at 0
	codeQuantile   = "AIO069" // a quantile of what is no histogram
	codeEdge       = "AIO070" // a bucket that does not exist
	codeMany       = "AIO071" // several series match one
	codeUnlike     = "AIO072" // units that do not go together
	codePart       = "AIO073" // a part over another part
	codeUnit       = "AIO074" // a threshold or a display in another unit
	codeRange      = "AIO075" // a range with too few scrapes
	codeIdle       = "AIO076" // a division by zero when idle
	codeValue      = "AIO077" // a value that the label never has
	codeNoMatch    = "AIO078" // two sides that never match
	codeStrict     = "AIO079" // what cannot be known
)

// warnings are the codes that stop nothing: the query works, and may mislead.
var warnings = map[string]bool{codeRaw: true, codeMany: true, codeRange: true, codeIdle: true, codeStrict: true}

// Finding is what is wrong with bytes [Start, End) of a query.
type Finding struct {
	Code       string
	Severity   diag.Severity
	Start, End int
	Message    string
	Hint       string
	// renamed: the label has another name at the version that runs.
	renamed bool
}
