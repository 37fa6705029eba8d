// Package typecheck reads a query as a typed program: it computes what each
// part of the tree is, and says where the parts do not fit.
//
// A Type has a kind (a gauge, a counter that only rises, the buckets of a
// histogram), a unit, bounds, labels, and keys: the labels that tell two of its
// series apart. Types begin at the selectors, whose names a World knows: the
// catalogue at the versions that run, and what recording rules write. Functions,
// aggregations and operators make new types of them.
//
// What cannot be known is unknown and stays silent: a label that relabeling may
// have attached, a metric of a program that the catalogue does not hold. A
// Finding is therefore certain, as far as the catalogue is; with World.Strict
// what is unknown is told as well.
package typecheck
