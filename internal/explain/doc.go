// Package explain answers what a metric of the catalogue is and who reads it: the
// signals that it is bound to, and the records, alerts and panels of the library
// that come to it through them.
package explain
