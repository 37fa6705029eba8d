// Package ruletest proves alerts. The library, and the spec for alerts of its
// own, say for each alert what fault it is for: its cases. A case is played on a
// simulated fleet of the cluster (package fleet), the recording rules and the
// alert are evaluated by Prometheus' own engine (package evaluate), and the
// alert must be silent before the fault, fire for the subject of the fault and
// for nobody else, and clear afterwards.
//
// A rule is written for each distinct target or limit, and each of these is
// proven by itself: an alert is covered when all its rules are.
package ruletest
