// States over time: a row for each series, a block for as long as a value lasts.

function drawStateTimeline(body, panel, view) {
  const times = timesOf(view.answer);
  const rows = seriesOf(panel, view)
    .map((row) => ({ ...row, values: aligned(row.values, times.length) }))
    .filter((row) => hasValues(inWindow(row.values, view)))
    .map((row) => ({ ...row, blocks: blocksOf(row, times, view.answer.step) }));
  if (rows.length === 0) return false;
  drawChart(body, panel, view, {
    label: `${panel.title}: ${rows.length} rows of states over time; the arrow keys read them`,
    // uPlot wants a line to scale by; the blocks are drawn by draw.
    data: [times, times.map(() => 0)],
    series: [{ scale: "row", paths: () => null, points: { show: false } }],
    scales: { row: { range: () => [0, rows.length], dir: -1 } }, // the first row on top
    axes: [rowAxis(rows)],
    cursorPoints: { show: false },
    draw: (u) => drawBlocks(u, panel, rows),
    tip: (u, index) => statesAt(u, rows, index),
  }, statesLegend(panel, rows, view));
  return true;
}

// blocksOf joins neighbouring moments of the same text. A value holds until the next.
function blocksOf({ config, name, values }, times, step) {
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

function rowAxis(rows) {
  return valueAxis({
    scale: "row",
    side: 3,
    grid: { show: false },
    splits: () => rows.map((_, i) => i + 0.5),
    values: (u) => rows.map(({ name }) => shortened(u, name)),
  });
}

// shortened cuts names that would leave no room for the states.
function shortened(u, name) {
  u.ctx.save();
  u.ctx.font = u.axes[1].font[0];
  const width = u.ctx.measureText(name).width / devicePixelRatio;
  u.ctx.restore();
  return width <= longestRowName ? name : name.slice(0, Math.floor(name.length * longestRowName / width) - 1) + "…";
}

function drawBlocks(u, panel, rows) {
  const { ctx, bbox } = u;
  const share = panel.options?.rowHeight ?? 0.9;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = u.axes[1].font[0];
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

function statesAt(u, rows, index) {
  const under = Math.floor(u.posToVal(u.cursor.top, "row"));
  return rows.map(({ name, config, values }, i) => {
    const value = values[index];
    const text = value == null ? "no data" : valueText(config, value);
    return { name, text, colour: value == null ? null : fieldColour(config, value, text), near: i === under };
  });
}

// statesLegend lists the states that are in sight, each once.
function statesLegend(panel, rows, { window: [from, to] }) {
  if (!panel.options?.legend?.showLegend) return null;
  const states = new Map();
  for (const block of rows.flatMap(({ blocks }) => blocks)) {
    if (block.until > from && block.from < to) states.set(block.text, block.colour);
  }
  return legendList([...states].map(([name, colour]) => ({ name, colour })));
}
