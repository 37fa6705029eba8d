// Package catalog answers questions about the facts of schema/catalog: which
// exporter has a series, which part of a histogram a name stands for, whether a
// release has it as it is installed, and what else its name may have meant.
//
// An exporter is a program that exposes metrics. A series is a name as queries
// read it: a metric, or one of the three parts of a histogram or summary. What
// runs somewhere is a Running: an exporter at a version with its conditions.
package catalog

// DCGM is the key of the exporter of NVIDIA GPUs, the one that we deploy.
const DCGM = "dcgm"
