// Package artifact holds what the compiler made and puts it on disk, all of
// it or none of it, without losing what a person wrote there.
//
// The words:
//
//   - An artefact is one output file: a path below the output folder, its
//     bytes, and the places in the spec that caused it ([File]).
//   - A set is everything one build makes. Each path is written once ([Set]).
//   - The manifest is the memory of the last build: a file beside the
//     artefacts that lists each with its hash and its origins ([Manifest]).
//     With it, files that we wrote can be told from files of the user, and
//     files as we left them from files that somebody changed.
//   - A file is stale when an earlier build wrote it, nobody touched it, and
//     the set no longer has it. A write removes it.
//   - A file is edited when an earlier build wrote it and a person has changed
//     it since. A write refuses to go on, unless it is forced.
//   - A file is foreign when it stands where an artefact goes, but no build
//     wrote it. A write refuses to go on, unless it is forced.
//
// A file that is neither in the set nor in the manifest belongs to the user.
// It is never touched and never mentioned, so that a hand-written overlay may
// live in the output folder.
//
// [Compare] looks and reports; [Write] looks in the same way and then acts.
// This package is the only one that writes to disk.
package artifact
