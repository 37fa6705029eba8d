package load

// Codes of this package; docs/checks has a page for each.
const (
	codeSyntax       = "AIO001" // the CUE does not parse or evaluate
	codeUnknownField = "AIO002"
	codeWrongType    = "AIO003"
	codeNotAllowed   = "AIO004" // a value outside its range, or no word of the enum
	codeMissing      = "AIO005"
	codeBadName      = "AIO006" // a name that Kubernetes or Prometheus refuses
	codeNotConcrete  = "AIO007"
	codeUnknownName  = "AIO010" // a reference to a team, GPU, cluster, profile
	codeTwice        = "AIO011" // two things with one name
	codeEmpty        = "AIO012" // nothing to build
)
