// What is looked at, kept in the part of the address behind "#", so that a link
// shows the same. A variable that is not there means All.

function readState(fragment) {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const variables = new Map();
  for (const name of new Set(parameters.keys())) {
    if (name.startsWith("var-")) variables.set(name.slice("var-".length), parameters.getAll(name));
  }
  return {
    cluster: parameters.get("cluster"),
    dashboard: parameters.get("dashboard"),
    scenario: parameters.get("scenario"),
    range: Number(parameters.get("range")),
    theme: parameters.get("theme"),
    kiosk: parameters.get("kiosk") === "1",
    variables,
  };
}

function stateHash(state) {
  const parameters = new URLSearchParams();
  for (const name of ["cluster", "dashboard", "scenario", "range", "theme"]) {
    if (state[name]) parameters.set(name, state[name]);
  }
  for (const [name, values] of state.variables) {
    for (const value of values) parameters.append(`var-${name}`, value);
  }
  if (state.kiosk) parameters.set("kiosk", "1");
  return "#" + parameters;
}

// settle replaces what the address names wrongly, or not at all, by what there is.
function settle(state, model) {
  const cluster = model.clusters.find(({ name }) => name === state.cluster) ?? model.clusters[0];
  const dashboard = cluster.dashboards.find(({ uid }) => uid === state.dashboard) ?? cluster.dashboards[0];
  const scenario = cluster.scenarios.find(({ name }) => name === state.scenario) ?? cluster.scenarios[0];
  const range = cluster.ranges.includes(state.range) ? state.range : cluster.ranges.at(-1);
  const theme = ["dark", "light"].includes(state.theme) ? state.theme : null;
  const known = new Set(variablesOf(dashboard).map(({ name }) => name));
  const variables = new Map([...state.variables].filter(([name, values]) => known.has(name) && chosen(values)));
  return {
    cluster,
    dashboard,
    scenario,
    state: { ...state, cluster: cluster.name, dashboard: dashboard.uid, scenario: scenario.name, range, theme, variables },
  };
}

// chosen tells a choice from All, which Grafana writes as $__all.
function chosen(values) {
  return values.length > 0 && values.every((value) => value !== "" && value !== "$__all");
}

// variablesOf lists what can be chosen on a dashboard. The data source is
// always the simulation.
function variablesOf(dashboard) {
  return (dashboard.templating?.list ?? []).filter(({ type }) => type === "query" || type === "custom");
}
