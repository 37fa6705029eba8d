// Package promql reads, rewrites and writes PromQL as a tree.
//
// A query of the library is PromQL as it stands. The verbs of this package
// rewrite its tree and never its text: Selectors replaces series, Labels
// expands label placeholders, Below measures the
// share of a histogram under a threshold, Or joins alternatives. Print writes
// the tree, parses what it wrote and compares, because the parser's printer
// drops parentheses that a tree built by hand needs.
//
// Placeholders are legal PromQL: a series name such as signal:ttft, a label
// such as scope_workload, a number written as the series target:ttft:under.
package promql
