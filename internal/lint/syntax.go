package lint

// syntaxError is where a parser stopped, as an offset in the file.
type syntaxError struct {
	error
	at int
}
