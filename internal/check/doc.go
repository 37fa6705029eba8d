// Package check reads the finished files as those who will read them do: the
// rule files with Prometheus' own rulefmt, the objects strictly into their
// types and against Kubernetes' limits, each cluster's folder with kustomize
// in memory. Every query is typed against what the monitors bring in, dashboards
// are read in Grafana's own form, and every alert is sent through the routes with
// Alertmanager's own code. Whatever it finds is a fault of the compiler, of a
// user's own rule or dashboard, or of receivers that leave an alert out; nothing
// is written when it finds an error.
package check
