// Package evaluate runs rules as Prometheus does, with Prometheus' own engine,
// over series that are given by their course in time, not by their samples.
//
// A course (Curve) is made of straight pieces: a gauge that stands, a counter
// that rises. That is enough to say what an exporter reports before, during and
// after a fault, and days of it cost nothing until a rule reads them.
//
// A rule is evaluated over all of the time at once, as a range query: a
// recording rule first, then what reads it. Each step sees what was recorded in
// the same step; in Prometheus, where groups run side by side, it may be that of
// the step before.
package evaluate
