// Package lint checks the rules, dashboards and counters files that people have
// already, whatever wrote them.
//
// A file is read to a tree whose every text knows where each of its bytes stands
// in the file: through the escapes of JSON, the indentation of YAML, and a
// dashboard inside a string of a ConfigMap. From the trees come queries, with
// what is shown of them (legends, units, texts of alerts). All files are read
// first, since a dashboard reads what a rule of another file records; then each
// query is typed by internal/promql/typecheck.
package lint
