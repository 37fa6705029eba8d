// Large figures of now.

function drawStat(body, panel, view) {
  const calc = panel.options?.reduceOptions?.calcs?.[0];
  const series = seriesOf(panel, view).filter(({ values }) => hasValues(values));
  if (series.length === 0) return false;
  const { textMode = "auto" } = panel.options ?? {};
  const named = textMode.includes("name") || (textMode === "auto" && series.length > 1);
  const tiles = series.map((line) => statTile(panel, line, reducerOf(calc).of(line.values), named, view));
  body.replaceChildren(el("div", { class: "stat" }, ...tiles));
  fitTiles(body, tiles.length);
  return true;
}

function statTile(panel, line, value, named, view) {
  const { name, config } = line;
  const { prefix, number, suffix } = valueParts(config, value);
  const colour = fieldColour(config, value, name);
  const figure = el("div", { class: "figure" },
    el("span", { class: "unit" }, prefix), linked(number, config, line, view), el("span", { class: "unit" }, suffix));
  const tile = el("div", { class: "tile" }, named ? el("div", { class: "tile-name" }, name) : null, figure);
  if (panel.options?.colorMode?.startsWith("background")) {
    tile.style.background = colour;
    tile.style.color = readable(colour);
  } else if (panel.options?.colorMode !== "none") {
    figure.style.color = colour;
  }
  return tile;
}

// fitTiles makes the figures as large as the narrowest tile allows.
function fitTiles(body, count) {
  const width = body.clientWidth / count;
  const height = body.clientHeight;
  const letters = Math.max(...[...body.querySelectorAll(".figure")].map((figure) => figure.textContent.length));
  const size = Math.min(height * 0.62, (width * 0.9) / (letters * 0.58), 64);
  for (const figure of body.querySelectorAll(".figure")) figure.style.fontSize = `${Math.max(14, size)}px`;
}
