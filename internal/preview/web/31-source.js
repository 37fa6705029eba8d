// Where answers come from: the program that serves the page, or the page itself.

function sourceOf(model) {
  return model.static ? storedAnswer : servedAnswer;
}

async function servedAnswer({ state }) {
  const parameters = new URLSearchParams();
  for (const name of ["cluster", "scenario", "dashboard", "range"]) parameters.set(name, state[name]);
  for (const [name, values] of state.variables) {
    for (const value of values) parameters.append(`var-${name}`, value);
  }
  const response = await fetch(`data?${parameters}`);
  if (!response.ok) throw new Error((await response.text()).trim() || response.statusText);
  return response.json();
}

const storedScenarios = new Map();

// stored unpacks the data of a scenario when it is first needed.
function stored(cluster, scenario) {
  const id = `data/${cluster}/${scenario}`;
  if (!storedScenarios.has(id)) storedScenarios.set(id, unpack(document.getElementById(id)));
  return storedScenarios.get(id);
}

async function unpack(element) {
  if (!element) throw new Error("this file holds no data of the scenario");
  const bytes = Uint8Array.from(atob(element.textContent.trim()), (char) => char.charCodeAt(0));
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(text).json();
}

const baseScenario = "healthy";

// storedAnswer makes of the stored data what the program would answer. A
// scenario stores what differs from the healthy one.
async function storedAnswer({ state, dashboard }) {
  const base = await stored(state.cluster, baseScenario);
  const own = await stored(state.cluster, state.scenario);
  const [healthy = {}, changed = {}] = [base, own].map(({ dashboards }) => dashboards?.[dashboard.uid]);
  const { end, step, alerts, ...whole } = { ...base, ...own };
  const { variables, annotations } = { ...healthy, ...changed };
  const start = Math.max(whole.start, end - state.range);
  const panels = {};
  for (const [key, entry] of Object.entries({ ...healthy.queries, ...changed.queries })) {
    const [panel, refId] = key.split("/");
    panels[panel] ??= {};
    const choices = choicesOf(dashboard, queryOf(dashboard, panel, refId), state.variables, variables);
    panels[panel][refId] = lastPoints(narrow(entry, choices), Math.floor((end - start) / step) + 1);
  }
  return { start, end, step, panels, variables, annotations, alerts };
}

function queryOf(dashboard, id, refId) {
  const panels = (dashboard.panels ?? []).flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  return panels.find((panel) => String(panel.id) === id)?.targets?.find((target) => target.refId === refId)?.expr ?? "";
}

// choicesOf are those that a query asks for. The only value there is, is all of them.
function choicesOf(dashboard, expr, variables, offered) {
  return variablesOf(dashboard)
    .filter(({ name }) => variables.has(name) && offered?.[name]?.length > 1 && expr.includes(`"$${name}"`))
    .map((variable) => ({ label: labelOf(variable), value: variables.get(variable.name)[0], name: variable.name }));
}

// narrow takes what was stored for a choice; for the other choices it keeps the
// frames that do not contradict them.
function narrow(entry, choices) {
  const keyOf = ({ name, value }) => `${name}=${value}`;
  const best = choices.findLast((choice) => Object.hasOwn(entry, keyOf(choice)));
  const { frames, error } = entry[best ? keyOf(best) : ""] ?? {};
  const others = choices.filter((choice) => choice !== best);
  const fits = ({ labels }) => others.every(({ label, value }) => (labels?.[label] ?? value) === value);
  return { frames: (frames ?? []).filter(fits), error };
}

// labelOf is the label whose values a variable offers.
function labelOf({ name, definition, query }) {
  const text = definition || (typeof query === "string" ? query : "");
  return /^label_values\((?:.*,)?\s*([A-Za-z_]\w*)\s*\)$/s.exec(text.trim())?.[1] ?? name;
}

// lastPoints cuts the stored time down; an instant query has one value.
function lastPoints({ frames, error }, points) {
  const cut = (frame) => ({ ...frame, values: frame.values.slice(-points) });
  return { frames: frames.map(cut), error };
}
