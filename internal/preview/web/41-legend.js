// The legend below a chart: a table of what the lines come to, or their names.

function legendOf(panel, lines, view) {
  const { showLegend, displayMode, calcs = [] } = panel.options?.legend ?? {};
  if (!showLegend) return null;
  return displayMode === "table" ? legendTable(sortedLegend(panel.options.legend, lines, view), calcs, view) : legendList(lines);
}

// sortedLegend orders lines by what one calculation, given by its title, makes of
// them; what has no value is the lowest.
function sortedLegend({ sortBy, sortDesc, calcs = [] }, lines, view) {
  const calc = calcs.find((name) => reducerOf(name).title === sortBy);
  if (!calc) return lines;
  const worth = new Map(lines.map((line) => [line, reducerOf(calc).of(inSpan(line.values, view)) ?? -Infinity]));
  const sign = sortDesc ? -1 : 1;
  return [...lines].sort((a, b) => (worth.get(a) === worth.get(b) ? 0 : sign * (worth.get(a) < worth.get(b) ? -1 : 1)));
}

function legendTable(lines, calcs, view) {
  const heads = calcs.map((calc) => el("th", { scope: "col", class: "number" }, reducerOf(calc).title));
  return el("div", { class: "legend", tabindex: "0", role: "group", "aria-label": "Legend" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Name"), ...heads)),
    el("tbody", {}, ...lines.map((line) => legendRow(line, calcs, view)))));
}

function legendRow(line, calcs, view) {
  const values = inSpan(line.values, view);
  const cells = calcs.map((calc) => el("td", { class: "number" }, legendText(line.config, reducerOf(calc).of(values))));
  const name = linked(line.name, line.config, line, view);
  return el("tr", {}, el("th", { scope: "row", title: line.name }, swatch(line.colour, line.pattern), name), ...cells);
}

// legendText leaves out the panel's text for no data: the line has data elsewhere.
function legendText(config, value) {
  return value == null ? "–" : valueText(config, value);
}

function legendList(entries) {
  const item = ({ name, colour }) => el("li", {}, swatch(colour), name);
  return el("ul", { class: "legend list" }, ...entries.map(item));
}
