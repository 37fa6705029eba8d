// Package schema embeds the CUE that the compiler reads: what a user may
// write (spec.cue), facts (catalog), opinions (library) and what is told of each
// diagnostic (checks). The meaning of each is told in the files themselves.
package schema

import "embed"

// Files holds spec.cue and the packages catalog, library and checks.
//
//go:embed *.cue catalog/*.cue library/*.cue checks/*.cue
var Files embed.FS

// Compiled are the catalogue and the library as the CUE of their packages
// evaluates: building it takes a second, and reading this some milliseconds.
// "go test ./internal/load -update" writes it.
//
//go:embed compiled.json
var Compiled []byte
