// Package dashboards writes the pages that people look at: for each one the
// JSON that Grafana reads, and what brings it there ([ways]). What a page shows
// is data, in schema/library/dashboard_*.cue; this package only says how Grafana
// spells it.
//
// The words of Grafana:
//
//   - A panel is one drawing: a query or several, a kind (lines, a number, a
//     table, bars, a heatmap), a unit and a place on a grid of 24 columns. A
//     row is a title with the panels below it ([place]).
//   - A variable is a choice at the top of a page, such as the team. Queries
//     hold it as $team. The first one chooses the data source, so that a page
//     works in any Grafana; each panel refers to it as $datasource. The form
//     with braces means the same to Grafana, but Flux replaces it by nothing,
//     so it is never written ([Generate] refuses it).
//   - A reference id (A, B, …) names a query inside its panel.
//   - A target line is a query whose result is a limit. It is drawn dashed and
//     in one colour, by an override: a setting for the lines of one reference
//     id ([targetLine]).
//   - Thresholds are steps of colour: this colour from that value on.
//   - The classic schema is what every Grafana reads, and what is built here. The
//     v2 schema of Grafana 13 is made from it ([v2Of]).
//   - The sidecar is a container beside Grafana that looks for ConfigMaps with
//     a certain label and gives Grafana the JSON in them. An annotation names
//     the folder. Without the label nothing is loaded, and nobody says so.
//
// Numbers, tables and bars ask for the value of now. A panel that reduces a
// time range to its last value would go on showing a workload that is gone.
//
// To add a kind of panel, write a file with a function like [line], and put
// it in [kinds].
package dashboards
