// Package model holds the decoded forms of what is written in CUE: the Spec
// (what the user says), the Catalog (facts about exporters, engines and GPUs)
// and the Library (queries, alerts and panels).
//
// The types mirror the definitions in schema/ field by field; a test in
// internal/load keeps the two from drifting apart. They carry no behaviour
// beyond what reads them. Where a value was written is kept beside them, in
// Origins.
package model
