// A panel: its title and what is told of it, and the drawing of its kind.

// Each draws into a body, and reports whether there was anything to draw.
const drawers = {
  timeseries: drawTimeseries,
  heatmap: drawHeatmap,
  "state-timeline": drawStateTimeline,
  stat: drawStat,
  bargauge: drawBarGauge,
  table: drawTable,
};

// overTime are the kinds that follow a zoom.
const overTime = new Set(["timeseries", "heatmap", "state-timeline"]);

function makePanel(panel, view) {
  const shows = view.scenario.panels?.[view.dashboard.uid]?.includes(panel.id);
  const title = `panel-${panel.id}`;
  const spec = el("div", { class: "panel-spec", id: `${title}-spec`, hidden: true, tabindex: "0", role: "group", "aria-label": "Spec and queries" });
  const head = el("header", { class: "panel-head" },
    el("h3", { id: title }, panel.title ?? ""),
    panel.description ? information(panel.description) : null,
    ...(panel.links ?? []).map((link) => linkTo(link, {}, view, link.title ?? link.url)),
    shows ? el("span", { class: "badge" }, "shows this fault") : null,
    specToggle(panel, view, spec));
  return el("section", { class: shows ? "panel subject" : "panel", "data-panel": panel.id, "aria-labelledby": title },
    head, el("div", { class: "panel-body" }), spec);
}

function information(text) {
  return describes(el("button", { type: "button", class: "information", "aria-label": text }, "i"), text);
}

function specToggle(panel, view, spec) {
  const toggle = el("button", {
    type: "button", class: "spec-toggle", "aria-expanded": "false", "aria-controls": spec.id, title: "Spec lines and queries",
    onclick: () => {
      spec.hidden = !spec.hidden;
      toggle.setAttribute("aria-expanded", String(!spec.hidden));
      if (!spec.hidden) spec.replaceChildren(...specOf(panel, view));
    },
  }, "spec");
  return toggle;
}

// specOf lists the lines of the spec that made the panel, and what it asks.
function specOf(panel, view) {
  const trace = view.cluster.trace?.[view.dashboard.uid]?.[panel.id] ?? [];
  const query = ({ refId, expr, legendFormat }) => [
    el("dt", {}, refId, legendFormat ? el("span", { class: "dim" }, ` ${legendFormat}`) : null),
    el("dd", {}, el("code", {}, expr ?? "")),
  ];
  return [
    el("h4", {}, "From the spec"),
    trace.length > 0 ? traceList(trace) : el("p", { class: "dim" }, "from the library, whatever the spec says"),
    el("h4", {}, "Queries"),
    el("dl", {}, ...(panel.targets ?? []).flatMap(query)),
  ];
}

function traceList(trace) {
  const item = ({ path, at }) => el("li", {}, el("code", {}, path), at ? el("span", { class: "dim" }, ` ${at}`) : null);
  return el("ul", { class: "trace" }, ...trace.map(item));
}

function drawPanel(node, panel, view) {
  const body = node.querySelector(".panel-body");
  disposeChart(body);
  body.replaceChildren();
  node.dataset.state = stateAfterDrawing(body, panel, view);
}

function stateAfterDrawing(body, panel, view) {
  const errors = errorsOf(panel, view);
  if (errors.length > 0) return showError(body, errors.join("\n"));
  if (!Object.hasOwn(drawers, panel.type)) return showError(body, `the preview cannot draw a panel of type ${panel.type}`);
  try {
    if (drawers[panel.type](body, panel, view)) return "drawn";
  } catch (error) {
    console.error(error);
    return showError(body, error.message);
  }
  body.replaceChildren(el("div", { class: "no-data" }, panel.fieldConfig?.defaults?.noValue ?? "No data"));
  return "empty";
}

function showError(body, text) {
  body.replaceChildren(el("div", { class: "panel-error", role: "alert" }, text));
  return "error";
}
