// States over time: a row for each series, a block for as long as a value lasts.

function drawStateTimeline(body, panel, view) {
  const times = timesOf(view.answer);
  const all = seriesOf(panel, view)
    .map((row) => ({ ...row, values: aligned(row.values, times.length) }))
    .filter((row) => hasValues(inSpan(row.values, view)));
  // Grafana turns pages; the preview shows the first.
  const rows = all.slice(0, panel.options?.perPage || all.length)
    .map((row) => ({ ...row, blocks: blocksOf(row, times, view.answer.step) }));
  if (rows.length === 0) return false;
  const names = rowNames(rows, view);
  drawChart(body, panel, view, {
    label: `${panel.title}: ${rows.length} rows of states over time; the arrow keys read them`,
    // uPlot wants a line to scale by; the blocks are drawn by draw.
    data: [times, times.map(() => 0)],
    series: [{ scale: "row", paths: () => null, points: { show: false } }],
    scales: { row: { range: () => [0, rows.length], dir: -1 } }, // the first row on top
    axes: [rowAxis(rows)],
    cursorPoints: { show: false },
    draw: (u) => {
      drawBlocks(u, panel, rows);
      placeNames(u, names);
    },
    tip: (u, index) => statesAt(u, panel, rows, index),
  }, statesLegend(panel, rows, all.length, view));
  return true;
}

// blocksOf joins neighbouring moments of the same text. A value holds until the next.
function blocksOf({ config, values }, times, step) {
  const blocks = [];
  for (const [i, value] of values.entries()) {
    const last = blocks.at(-1);
    const text = value == null ? null : valueText(config, value);
    if (last && last.text === text) last.until = times[i] + step;
    else blocks.push({ from: times[i], until: times[i] + step, text, colour: value == null ? null : fieldColour(config, value, text) });
  }
  return blocks.filter(({ text }) => text != null);
}

const longestRowName = 200;

// rowAxis keeps the room for the names of the rows. They are not drawn but stand
// there as elements, so that they can be links.
function rowAxis(rows) {
  return valueAxis({
    scale: "row",
    side: 3,
    stroke: "transparent",
    grid: { show: false },
    size: (u) => {
      u.ctx.save();
      u.ctx.font = axisStyle().font;
      const width = Math.max(...rows.map(({ name }) => u.ctx.measureText(name).width));
      u.ctx.restore();
      return Math.ceil(Math.min(width, longestRowName)) + 16;
    },
    splits: () => rows.map((_, i) => i + 0.5),
    values: () => [],
  });
}

function rowNames(rows, view) {
  const name = (row) => el("div", { title: row.name }, linked(row.name, row.config, row, view));
  return el("div", { class: "state-names" }, ...rows.map(name));
}

// placeNames puts each name beside its row.
function placeNames(u, names) {
  const { left, top, height } = u.bbox;
  const rows = [...names.children];
  for (const [i, row] of rows.entries()) {
    row.style.top = `${(top + (height * (i + 0.5)) / rows.length) / devicePixelRatio}px`;
    row.style.maxWidth = `${left / devicePixelRatio - 8}px`;
  }
  names.style.width = `${left / devicePixelRatio}px`;
  u.root.append(names);
}

function drawBlocks(u, panel, rows) {
  const { ctx, bbox } = u;
  const share = panel.options?.rowHeight ?? 0.9;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = u.axes[0].font[0];
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const [row, { blocks, config }] of rows.entries()) {
    const top = u.valToPos(row + (1 - share) / 2, "row", true);
    const height = u.valToPos(row + (1 + share) / 2, "row", true) - top;
    for (const block of blocks) drawBlock(u, block, top, height, config, panel);
  }
  ctx.restore();
}

function drawBlock({ ctx, bbox, valToPos }, { from, until, text, colour }, top, height, config, panel) {
  const left = Math.max(valToPos(from, "x", true), bbox.left);
  const right = Math.min(valToPos(until, "x", true), bbox.left + bbox.width);
  if (right <= left) return;
  const shown = blended(colour, css("--panel"), (config.custom.fillOpacity ?? 70) / 100);
  ctx.fillStyle = shown;
  ctx.fillRect(left, top, Math.max(1, right - left), height);
  const pad = 6 * devicePixelRatio;
  const fits = ctx.measureText(text).width + 2 * pad < right - left && height > 14 * devicePixelRatio;
  if (!fits || panel.options?.showValue === "never") return;
  ctx.fillStyle = readable(shown);
  ctx.fillText(text, left + pad, top + height / 2);
}

// statesAt tells the state of the row under the pointer, or of all rows where
// the panel asks for that.
function statesAt(u, panel, rows, index) {
  const under = rows[Math.floor(u.posToVal(u.cursor.top, "row"))];
  const told = panel.options?.tooltip?.mode === "multi" ? rows : rows.filter((row) => row === under);
  return told.map((row) => {
    const value = row.values[index];
    const text = value == null ? "no data" : valueText(row.config, value);
    return { name: row.name, text, colour: value == null ? null : fieldColour(row.config, value, text), near: row === under };
  });
}

// statesLegend lists the states that are in sight, each once.
function statesLegend(panel, rows, count, { span: [from, to] }) {
  if (!panel.options?.legend?.showLegend) return null;
  const states = new Map();
  for (const block of rows.flatMap(({ blocks }) => blocks)) {
    if (block.until > from && block.from < to) states.set(block.text, block.colour);
  }
  const list = legendList([...states].map(([name, colour]) => ({ name, colour })));
  if (count > rows.length) list.append(el("li", { class: "dim" }, `the first ${rows.length} of ${count}`));
  return list;
}
