// Package compile is the pipeline from a spec to a set of files, and nothing
// else: load, resolve, lower (which closes the world), generate, check. A
// phase that reports an error stops the next one; within a phase everything
// is reported. No phase touches the disk but load, which reads.
package compile
