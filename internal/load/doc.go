// Package load reads CUE: the user's spec, the profiles of each cluster, and
// the embedded schema, catalogue and library. It is the only package that
// knows CUE.
//
// A spec is read as a tree of leaves that know where they were written. For
// each cluster the tree is overlaid (fleet < profile < the cluster's own
// entry; the later leaf wins), then the schema is applied, which closes it
// and fills the defaults. Because the overlay happens on data, a user needs
// no knowledge of defaults, and every complaint of the schema is looked up by
// its path and shown at the user's line.
package load
