// Package diag holds what the compiler has to say about its input.
//
// A Diagnostic is data: a stable code, a place in the user's file, what was
// found and wanted, notes that say why, and at most one hint. Text is made
// only at the edge, by the writers in format.go. A List collects diagnostics
// from a whole phase, so that one run reports everything that is wrong.
package diag
