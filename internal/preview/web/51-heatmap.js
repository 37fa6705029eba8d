// Buckets of a histogram over time: a column for each moment, a row for each
// bucket, a colour for how many.

function drawHeatmap(body, panel, view) {
  const times = timesOf(view.answer);
  const buckets = bucketsOf(panel, view, times.length);
  const counts = buckets.flatMap(({ values }) => inSpan(values, view)).filter((value) => value != null);
  if (counts.length === 0) return false;
  const least = panel.options?.filterValues?.le ?? 0;
  const most = counts.reduce((a, b) => Math.max(a, b));
  const shade = shadeOf(panel, least, most);
  drawChart(body, panel, view, {
    label: `${panel.title}: ${buckets.length} buckets over time; the arrow keys read them`,
    // uPlot wants a line to scale by; the cells are drawn by draw.
    data: [times, times.map(() => 0)],
    series: [{ scale: "bucket", paths: () => null, points: { show: false } }],
    scales: { bucket: { range: () => [0, buckets.length] } },
    axes: [bucketAxis(panel, buckets)],
    cursorPoints: { show: false },
    draw: (u) => drawCells(u, panel, view, buckets, shade),
    tip: (u, index) => cellAt(u, panel, buckets, index),
  }, colourScale(panel, least, most));
  return true;
}

// bucketsOf takes neighbours of the cumulative buckets from each other, the
// lowest first.
function bucketsOf(panel, view, length) {
  const cumulative = seriesOf(panel, view)
    .map(({ labels, values }) => ({ upper: Number(labels.le?.replace("+Inf", "Infinity")), values: aligned(values, length) }))
    .filter(({ upper }) => !Number.isNaN(upper))
    .sort((a, b) => a.upper - b.upper);
  return cumulative.map(({ upper, values }, i) => {
    const below = cumulative[i - 1];
    const own = values.map((value, at) => (value == null ? null : Math.max(0, value - (below?.values[at] ?? 0))));
    return { lower: below?.upper ?? -Infinity, upper, values: own };
  });
}

// shadeOf gives a value its colour, or null where it is too small to be drawn.
// The exponent makes few visible beside many.
function shadeOf(panel, least, most) {
  const exponent = panel.options?.color?.exponent ?? 0.5;
  return (value) => (value == null || value <= least ? null : cividisColour((value / most) ** exponent));
}

function edgeText(panel, edge) {
  return Number.isFinite(edge) ? formatTick(edge, panel.options?.yAxis?.unit) : edge > 0 ? "∞" : "0";
}

// bucketAxis names the edges between buckets, as many as there is room for.
function bucketAxis(panel, buckets) {
  return valueAxis({
    scale: "bucket",
    side: 3,
    grid: { show: false },
    splits: (u) => {
      const room = Math.max(1, Math.floor(u.bbox.height / devicePixelRatio / 22));
      const step = Math.ceil(buckets.length / room);
      return Array.from({ length: Math.floor(buckets.length / step) }, (_, i) => (i + 1) * step);
    },
    values: (_, splits) => splits.map((at) => (buckets[at - 1] ? edgeText(panel, buckets[at - 1].upper) : null)),
  });
}

function drawCells(u, panel, view, buckets, shade) {
  const { ctx, bbox } = u;
  const times = u.data[0];
  const gap = (panel.options?.cellGap ?? 1) * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [row, { values }] of buckets.entries()) {
    const top = Math.round(u.valToPos(row + 1, "bucket", true));
    const height = Math.round(u.valToPos(row, "bucket", true)) - top;
    for (const [i, value] of values.entries()) {
      const colour = shade(value);
      if (!colour) continue;
      const left = Math.round(u.valToPos(times[i] - view.answer.step, "x", true));
      const width = Math.round(u.valToPos(times[i], "x", true)) - left;
      ctx.fillStyle = colour;
      // A gap between narrow cells would be wider than what is left of them.
      ctx.fillRect(left, top, Math.max(1, width > 4 * gap ? width - gap : width), Math.max(1, height - gap));
    }
  }
  ctx.restore();
}

function cellAt(u, panel, buckets, index) {
  const bucket = buckets[Math.floor(u.posToVal(u.cursor.top, "bucket"))];
  if (!bucket) return null;
  const value = bucket.values[index];
  const lower = edgeText(panel, bucket.lower);
  const text = value == null ? "no data" : format(value, panel.options?.cellValues?.unit);
  return [{ name: `${lower} – ${edgeText(panel, bucket.upper)}`, text }];
}

// colourScale stands below the cells and says what their colours mean.
function colourScale(panel, least, most) {
  if (!panel.options?.legend?.show) return null;
  const bar = el("canvas", { width: "128", height: "1", "aria-hidden": "true" });
  const ctx = bar.getContext("2d");
  for (let x = 0; x < bar.width; x++) {
    ctx.fillStyle = cividisColour(x / (bar.width - 1));
    ctx.fillRect(x, 0, 1, 1);
  }
  const text = (value) => el("span", {}, format(value, panel.options?.cellValues?.unit));
  return el("div", { class: "legend scale" }, text(least > 1e-6 ? least : 0), bar, text(most));
}
