// Tables: rows of now, sorted by the column that was asked for.

// sortChoices keeps what was clicked while the panel is drawn anew.
const sortChoices = new Map();

function drawTable(body, panel, view) {
  const frame = transform(panel, tablesOf(panel, view))[panel.options?.frameIndex ?? 0];
  if (!frame || rowCount(frame) === 0) return false;
  const columns = frame.map((column) => {
    const config = configOf(panel, column);
    return { ...column, config, name: config.displayName ?? column.name, align: alignment(column, config) };
  });
  const key = `${view.dashboard.uid}/${panel.id}`;
  const redraw = () => body.replaceChildren(tableOf(panel, columns, sortOf(key, panel), view, (sort) => {
    sortChoices.set(key, sort);
    redraw();
    body.querySelector("th[aria-sort] button")?.focus();
  }));
  redraw();
  return true;
}

// alignment is a class; numbers stand on the right unless the panel says otherwise.
function alignment({ values }, { custom: { align = "auto" } }) {
  if (align === "center") return "centre";
  return align === "right" || (align === "auto" && values.some((value) => typeof value === "number")) ? "number" : null;
}

function sortOf(key, panel) {
  const [initial] = panel.options?.sortBy ?? [];
  return sortChoices.get(key) ?? (initial ? { name: initial.displayName, descending: initial.desc ?? false } : null);
}

function tableOf(panel, columns, sort, view, onSort) {
  const order = rowOrder(columns, sort);
  const rows = order.map((row) => {
    const fields = new Map(columns.map(({ name, values, config }) => [name, values[row] == null ? "" : valueText(config, values[row])]));
    return el("tr", {}, ...columns.map((column) => cellOf(column, column.values[row], fields, view)));
  });
  return el("div", { class: "table", tabindex: "0", role: "group", "aria-label": panel.title }, el("table", {},
    el("thead", {}, el("tr", {}, ...columns.map((column) => headOf(column, sort, onSort)))),
    el("tbody", {}, ...rows)));
}

function headOf({ name, align, config }, sort, onSort) {
  const sorted = sort?.name === name;
  const direction = sorted ? (sort.descending ? "descending" : "ascending") : null;
  const next = { name, descending: sorted && !sort.descending };
  const mark = sorted ? (sort.descending ? " ↓" : " ↑") : null;
  const head = el("th", { scope: "col", class: align, "aria-sort": direction },
    el("button", { type: "button", onclick: () => onSort(next) }, name, mark));
  if (config.custom.width) head.style.width = `${config.custom.width}px`;
  return head;
}

function cellOf({ name, align, config }, value, fields, view) {
  const text = valueText(config, value);
  if (value == null) return el("td", { class: `absent ${align ?? ""}`, title: text }, text);
  const cell = el("td", { class: align, title: text }, linked(text, config, { fields, value: text }, view));
  colourCell(cell, config, value, name);
  return cell;
}

function colourCell(cell, config, value, name) {
  const type = config.custom.cellOptions?.type;
  if (type !== "color-text" && type !== "color-background") return;
  const colour = fieldColour(config, value, name);
  if (type === "color-text") {
    cell.style.color = colour;
  } else {
    cell.style.background = colour;
    cell.style.color = readable(colour);
  }
}

// rowOrder sorts the numbers of rows; what has no value comes last.
function rowOrder(columns, sort) {
  const order = Array.from({ length: rowCount(columns) }, (_, row) => row);
  const values = columns.find(({ name }) => name === sort?.name)?.values;
  if (!values) return order;
  const sign = sort.descending ? -1 : 1;
  return order.sort((a, b) => {
    if (values[a] == null || values[b] == null) return Number(values[a] == null) - Number(values[b] == null);
    return sign * compare(values[a], values[b]);
  });
}

function compare(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
}
