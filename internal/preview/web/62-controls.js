// The menu: dashboards, scenario, cluster, variables, range, theme.

// showMenu draws the menu anew, and gives the focus back to the control that had it.
function showMenu(menu, view) {
  const focused = document.activeElement?.dataset?.control;
  menu.replaceChildren(...(view.state.kiosk ? kioskMenu(view) : fullMenu(view)));
  if (focused) menu.querySelector(`[data-control="${CSS.escape(focused)}"]`)?.focus();
}

function kioskMenu({ dashboard, scenario, cluster }) {
  return [el("div", { class: "bar kiosk-bar" },
    el("h1", {}, dashboard.title), el("span", { class: "dim" }, `${cluster.name} · ${scenario.title}`))];
}

function fullMenu(view) {
  return [
    el("div", { class: "bar" },
      el("h1", { class: "brand" }, view.model.title),
      dashboardTabs(view),
      alertsButton(view),
      themeButton(view)),
    el("div", { class: "bar controls" },
      scenarioPicker(view), clusterPicker(view), rangePicker(view),
      ...variablesOf(view.dashboard).map((variable) => variablePicker(variable, view)),
      view.zoomed ? el("button", { type: "button", class: "button", "data-control": "zoom", onclick: view.resetZoom }, "Reset zoom") : null),
    ...scenarioStrip(view),
    alertsList(view),
  ].filter(Boolean);
}

function dashboardTabs(view) {
  const { cluster, dashboard, scenario, state } = view;
  const shared = sharedPrefix(cluster.dashboards.map(({ title }) => title));
  const tab = ({ uid, title, description }) => {
    const shows = scenario.panels?.[uid]?.length;
    return el("a", { href: stateHash({ ...state, dashboard: uid }), title: description, "aria-current": uid === dashboard.uid && "page", "data-control": `tab ${uid}` },
      title.slice(shared.length), shows ? el("span", { class: "count", title: `${shows} panels show this fault` }, String(shows)) : null);
  };
  const web = (dashboard.links ?? []).filter(({ type }) => type === "link").map((link) => linkTo(link, {}, view, link.title));
  return el("nav", { "aria-label": "Dashboards" }, ...cluster.dashboards.map(tab), ...web);
}

// sharedPrefix is what all titles have in front of their last slash: the tabs
// leave it out.
function sharedPrefix(titles) {
  const prefix = /^.*\/ /.exec(titles[0])?.[0] ?? "";
  return titles.every((title) => title.startsWith(prefix) && title.length > prefix.length) ? prefix : "";
}

function themeButton(view) {
  const other = shownTheme(view.state) === "dark" ? "light" : "dark";
  return el("button", { type: "button", class: "button quiet", "data-control": "theme", onclick: () => go(view, { theme: other }) },
    other === "dark" ? "Dark" : "Light");
}

// labelled puts the name of a control in front of it, as Grafana does.
function labelled(name, control) {
  return el("label", { class: "control" }, el("span", {}, name), control);
}

function select(name, options, current, onPick) {
  const node = el("select", { "data-control": name, onchange: () => onPick(node.value) }, ...options);
  node.value = current;
  return node;
}

function option(value, text) {
  return el("option", { value }, text);
}

function scenarioPicker(view) {
  const groups = new Map();
  for (const scenario of view.cluster.scenarios) {
    const group = scenario.group ?? "";
    groups.set(group, [...(groups.get(group) ?? []), option(scenario.name, scenario.title)]);
  }
  const nodes = [...groups].flatMap(([group, options]) => (group ? [el("optgroup", { label: group }, ...options)] : options));
  return labelled("Scenario", select("scenario", nodes, view.scenario.name, (scenario) => go(view, { scenario })));
}

function clusterPicker(view) {
  if (view.model.clusters.length < 2) return null;
  const options = view.model.clusters.map(({ name }) => option(name, name));
  // Choices of one cluster's teams and pods mean nothing in another.
  return labelled("Simulation of", select("cluster", options, view.cluster.name, (cluster) => go(view, { cluster, variables: new Map() })));
}

function rangePicker(view) {
  const options = view.cluster.ranges.map((range) => option(String(range), `Last ${longDuration(range, 1).number.replace(/, 0 .*/, "")}`));
  return labelled("Range", select("range", options, String(view.state.range), (range) => go(view, { range: Number(range) })));
}

// variablePicker offers one value or All in a stored file, which cannot hold
// every combination, and several where the program answers.
function variablePicker(variable, view) {
  const { name, label, multi } = variable;
  const offered = view.answer.variables?.[name] ?? [];
  const picked = view.state.variables.get(name) ?? [];
  const values = [...new Set([...offered, ...picked])];
  const pick = (choice) => go(view, { variables: new Map(view.state.variables).set(name, choice) });
  if (multi && !view.model.static) return severalPicker(name, label || name, values, picked, pick);
  const options = [option("$__all", "All"), ...values.map((value) => option(value, value))];
  return labelled(label || name, select(`var-${name}`, options, picked[0] ?? "$__all", (value) => pick([value])));
}

// severalPicker picks when its list is closed, as Grafana does: each pick asks
// for all panels.
function severalPicker(name, label, values, picked, pick) {
  const box = (text, checked) => el("input", { type: "checkbox", value: text, checked });
  const all = box("All", picked.length === 0);
  const boxes = values.map((value) => box(value, picked.includes(value)));
  const list = el("div", { class: "choices", role: "group", "aria-label": label, onchange: ({ target }) => keepAllApart(target, all, boxes) },
    ...[all, ...boxes].map((input) => el("label", {}, input, input.value)));
  const text = picked.join(" + ") || "All";
  const node = el("details", {
    class: "several",
    ontoggle: () => {
      const choice = boxes.filter((input) => input.checked).map((input) => input.value);
      if (!node.open && choice.join("\n") !== picked.join("\n")) pick(choice);
    },
    onkeydown: ({ key }) => {
      if (key !== "Escape") return;
      node.open = false;
      node.firstChild.focus();
    },
  }, el("summary", { "data-control": `var-${name}`, "aria-label": `${label}: ${text}` }, text), list);
  return el("div", { class: "control" }, el("span", {}, label), node);
}

// keepAllApart unchecks the values with All, and All with a value.
function keepAllApart(target, all, boxes) {
  if (target === all) for (const input of boxes) input.checked = false;
  all.checked = boxes.every((input) => !input.checked);
}

// closeSeveral closes open lists of choices when something else is clicked.
function closeSeveral({ target }) {
  for (const node of document.querySelectorAll("details.several[open]")) if (!node.contains(target)) node.open = false;
}

function scenarioStrip({ scenario, cluster }) {
  if (!scenario.text) return [];
  const span = scenario.from == null ? null
    : `shaded: ${formatAgo(cluster.end - scenario.from)} to ${formatAgo(cluster.end - (scenario.until ?? cluster.end))}`;
  const facts = [scenario.subject, span].filter(Boolean).join(" · ");
  return [el("p", { class: scenario.from == null ? "strip" : "strip fault" },
    el("strong", {}, scenario.title), " ", scenario.text, facts ? el("span", { class: "dim" }, ` ${facts}`) : null)];
}
