// Package preview shows the dashboards of a spec without Grafana. It builds the
// cluster that the plan describes as a simulated fleet (package fleet), evaluates
// the generated rules and alerts over it with Prometheus' engine (package
// evaluate), asks each panel's queries, and gives what they answer to a page that
// draws dashboards as Grafana does.
//
// The words:
//
//   - A scenario is something that happens to the fleet: nothing, an idle night, or
//     the fault of an alert's case. What can happen stands in the library.
//   - A world is what Prometheus would hold of a cluster in a scenario.
//   - An answer is what the queries of one dashboard give, for a time range and a
//     choice of variables.
//
// The page reads the dashboards as they are written for Grafana (the classic
// JSON), so that what is seen is what is built. It is served, and asks for each
// answer, or it is one file that holds all of them ([Preview.HTML]).
//
// Time is that of the simulation: it begins at 0, and the clock of the machine has
// no part in it, so that the same spec gives the same file.
package preview
