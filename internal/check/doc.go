// Package check reads the finished files as those who will read them do: the
// rule files with Prometheus' own rulefmt, the objects strictly into their
// types and against Kubernetes' limits, each cluster's folder with kustomize
// in memory. Whatever it finds is a fault of the compiler, or of a user's own
// rule; nothing is written when it finds anything.
package check
