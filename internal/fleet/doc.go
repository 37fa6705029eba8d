// Package fleet simulates the fleet of a cluster's plan: its nodes with their
// GPUs, the pods that hold them, and what the exporters and engines expose, by
// the catalogue at the versions that run. What is exposed passes through the
// monitors as they are written, so that a series that a monitor drops is not
// there.
//
// How a signal behaves while a fleet works, and while nobody uses it, stands in
// the library beside the signal; a fault changes it for a time.
package fleet
