// Lines over time.

function drawTimeseries(body, panel, view) {
  const times = timesOf(view.answer);
  const lines = seriesOf(panel, view)
    .map((line) => ({ ...line, values: aligned(line.values, times.length) }))
    .filter((line) => hasValues(inSpan(line.values, view)));
  if (lines.length === 0) return false;
  colourLines(lines);
  const { data, bands } = stackLines(lines);
  const units = [...new Set(lines.map(scaleOf))];
  drawChart(body, panel, view, {
    label: `${panel.title}: ${lines.length} lines over time; the arrow keys read them`,
    data: [times, ...data],
    bands,
    series: lines.map(lineStyle),
    scales: Object.fromEntries(units.map((unit) => [unit, valueScale(lines.find((line) => scaleOf(line) === unit).config)])),
    axes: units.map((unit, i) => unitAxis(unit, i, lines.find((line) => scaleOf(line) === unit).config)),
    draw: (u) => drawThresholds(u, panel, lines),
    tip: (u, index) => valuesAt(u, lines, data, index),
  }, legendOf(panel, lines, view));
  return true;
}

// scaleOf is the name of a line's axis: lines of one unit share it.
function scaleOf({ config }) {
  return `unit ${config.unit ?? "none"}`;
}

// colourLines leaves the colours that the panel fixes to those that have them.
function colourLines(lines) {
  const fixedColours = lines.map(({ config }) => config.color)
    .filter((color) => color?.mode === "fixed").map(({ fixedColor }) => fixedColor);
  const named = lines.filter(({ config }) => config.color?.mode?.startsWith("palette"));
  colourNames(named.map(({ name }) => name), fixedColours);
  for (const line of lines) {
    line.colour = fieldColour(line.config, reducers.lastNotNull.of(line.values), line.name);
    line.pattern = line.config.custom.lineStyle?.fill;
  }
}

// stackLines adds up the lines of each group that is stacked; the area of each
// is the band down to the one before. A gap counts as nothing.
function stackLines(lines) {
  const tops = new Map();
  const bands = [];
  const data = lines.map((line, i) => {
    const { mode, group = "" } = line.config.custom.stacking ?? {};
    if (mode !== "normal") return line.values;
    const below = tops.get(group);
    const values = line.values.map((value, at) => (value ?? 0) + (below ? below.values[at] : 0));
    if (below) bands.push({ series: [i + 1, below.index] });
    tops.set(group, { values, index: i + 1 });
    return values;
  });
  return { data, bands };
}

function lineStyle(line) {
  const { lineWidth = 1, lineStyle: style, fillOpacity = 0, showPoints } = line.config.custom;
  return {
    label: line.name,
    scale: scaleOf(line),
    stroke: line.colour,
    width: lineWidth,
    dash: style?.dash,
    cap: line.pattern === "dot" ? "round" : "butt", // a dot is a dash without length
    fill: fillOpacity > 0 ? translucent(line.colour, fillOpacity / 100) : undefined,
    points: showPoints === "never" ? { show: false } : { size: 5, fill: line.colour, filter: lonePoints },
  };
}

// lonePoints keeps single values between gaps visible: no line leads to them.
function lonePoints(u, series, all) {
  if (all) return null;
  const values = u.data[series];
  return values.flatMap((value, i) =>
    value != null && values[i - 1] == null && values[i + 1] == null ? [i] : []);
}

// valueScale keeps the panel's limits, and the values in sight where it has none.
function valueScale({ min, max }) {
  return {
    range: (_, low, high) => {
      if (low == null) [low, high] = [0, 1];
      const [autoLow, autoHigh] = low === high ? around(low) : uPlot.rangeNum(low, high, 0.1, true);
      const bottom = min ?? autoLow;
      const top = max ?? autoHigh;
      return top > bottom ? [bottom, top] : around(bottom);
    },
  };
}

// around gives a level line a scale of its own.
function around(value) {
  if (value === 0) return [0, 1];
  return value > 0 ? [0, value * 1.25] : [value * 1.25, 0];
}

function unitAxis(unit, index, config) {
  return valueAxis({
    scale: unit,
    side: index === 0 ? 3 : 1,
    grid: { ...axisStyle().grid, show: index === 0 },
    space: 24,
    incrs: stepsOf(config),
    values: (_, splits) => splits.map((value) => (value == null ? null : formatTick(value, config.unit))),
  });
}

// Round steps of an axis: decimal ones, powers of two of bytes, and whole parts
// of minutes, hours and days. uPlot knows the decimals of a step only where it is
// the very number that is written here, so they are read rather than computed.
const decimalSteps = Array.from({ length: 28 }, (_, i) => ["1", "2", "2.5", "5"].map((n) => Number(`${n}e${i - 12}`))).flat();
const wholeSteps = decimalSteps.filter((step) => step % 1 === 0);
const binarySteps = Array.from({ length: 60 }, (_, i) => 2 ** i);
const secondSteps = [
  ...decimalSteps.filter((step) => step < 1),
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200,
  ...[1, 2, 7, 14, 28, 70, 140, 365].map((days) => days * 86400),
];

function stepsOf({ unit = "none", decimals }) {
  if (unit === "s") return secondSteps;
  if (["bytes", "binBps", "kbytes", "mbytes", "gbytes"].includes(unit)) return binarySteps;
  return decimals === 0 ? wholeSteps : decimalSteps;
}

// drawThresholds marks the steps of the panel that are a value.
function drawThresholds(u, panel, lines) {
  const { custom, thresholds } = panel.fieldConfig.defaults;
  const mode = custom?.thresholdsStyle?.mode ?? "off";
  if (mode === "off") return;
  const { ctx, bbox } = u;
  ctx.save();
  ctx.lineWidth = 2 * devicePixelRatio;
  if (mode.startsWith("dashed")) ctx.setLineDash([10 * devicePixelRatio, 10 * devicePixelRatio]);
  for (const { value, color } of thresholds.steps.filter((step) => step.value != null)) {
    const y = u.valToPos(value, scaleOf(lines[0]), true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = translucent(resolveColour(color), 0.7);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

const mostTipRows = 24;

// valuesAt lists the lines at a moment, the highest first, the nearest in bold.
function valuesAt(u, lines, data, index) {
  const distance = (i) => Math.abs(u.valToPos(data[i][index], scaleOf(lines[i])) - u.cursor.top);
  const rows = lines
    .map((line, i) => ({ line, value: line.values[index], distance: distance(i) }))
    .filter(({ value }) => value != null)
    .sort((a, b) => b.value - a.value);
  if (rows.length === 0) return null;
  const nearest = Math.min(...rows.map((row) => row.distance));
  const shown = rows.slice(0, mostTipRows).map(({ line, value, distance: away }) => ({
    name: line.name,
    text: valueText(line.config, value),
    colour: line.colour,
    pattern: line.pattern,
    near: away === nearest && rows.length > 1,
  }));
  const hidden = rows.length - shown.length;
  return hidden > 0 ? [...shown, { name: `and ${hidden} more`, text: "" }] : shown;
}
