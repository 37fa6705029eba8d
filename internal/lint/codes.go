package lint

// Codes of this package; each has a page in docs/checks.
const (
	codeQuery    = "AIO040" // PromQL that does not parse
	codeStrict   = "AIO079" // what cannot be known
	codeFile     = "AIO080" // a file that cannot be read as what it seems
	codeCounters = "AIO081" // a counters file that DCGM refuses or misreads
)
