// Package schema embeds the CUE that the compiler reads: what a user may
// write (spec.cue), facts (catalog) and opinions (library). The meaning of
// each is told in the files themselves.
package schema

import "embed"

// Files holds spec.cue and the packages catalog and library.
//
//go:embed *.cue catalog/*.cue library/*.cue
var Files embed.FS
