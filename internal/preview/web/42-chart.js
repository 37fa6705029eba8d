// What all panels over time share: the axis of time, the crosshair that runs
// through all of them, zoom, the shaded fault and the annotations.

const charts = new Map(); // by the element that they stand in

// timesOf lists the moments of an answer.
function timesOf({ start, end, step }) {
  return Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => start + i * step);
}

// aligned puts the values of a query on the moments of the answer: one that was
// asked for now only is at the end.
function aligned(values, length) {
  return values.length === length ? values : [...Array(Math.max(0, length - values.length)).fill(null), ...values.slice(-length)];
}

// inSpan cuts values to the time that is looked at.
function inSpan(values, view) {
  const { answer: { start, step }, span: [from, to] } = view;
  if (values.length <= 1) return values;
  return values.slice(Math.ceil((from - start) / step - 1e-6), Math.floor((to - start) / step + 1e-6) + 1);
}

// drawChart puts a chart into a body, above its legend. The content says what is
// special: series, data, scales, axes, bands, draw(u), tip(u, index).
function drawChart(body, panel, view, content, legend) {
  const host = el("div", { class: "chart", tabindex: "0", role: "img", "aria-label": content.label });
  body.replaceChildren(...[host, legend].filter(Boolean));
  const chart = new uPlot({
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    scales: { x: { time: false, range: () => view.span }, ...content.scales },
    series: [{}, ...content.series],
    bands: content.bands,
    axes: [timeAxis(view), ...content.axes],
    cursor: cursorOf(view, content),
    hooks: {
      drawClear: [(u) => shadeRegions(u, view)],
      draw: [(u) => content.draw?.(u), (u) => drawMoments(u, view)],
      setSelect: [(u) => zoomTo(u, view)],
      setCursor: [(u) => showValues(u, view, content)],
    },
  }, content.data, host);
  charts.set(body, chart);
  stepByKeys(host, chart);
  followSize(host, chart);
}

function disposeChart(body) {
  charts.get(body)?.destroy();
  charts.delete(body);
}

function disposeCharts() {
  for (const body of [...charts.keys()]) disposeChart(body);
}

function followSize(host, chart) {
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = host;
    if (width > 0 && height > 0 && (width !== chart.width || height !== chart.height)) chart.setSize({ width, height });
  }).observe(host);
}

function axisStyle() {
  return {
    font: `12px ${css("--font")}`,
    stroke: css("--text-dim"),
    grid: { stroke: css("--grid"), width: 1 },
    ticks: { show: false },
  };
}

const timeSteps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

// timeAxis counts from now: the simulated time has no date.
function timeAxis(view) {
  return {
    ...axisStyle(),
    size: 26,
    gap: 6,
    splits: (u, axis, from, to) => {
      const room = Math.max(2, Math.floor(u.bbox.width / devicePixelRatio / 80));
      const step = timeSteps.find((size) => (to - from) / size <= room) ?? timeSteps.at(-1);
      const first = Math.ceil((from - view.now) / step) * step;
      const count = Math.floor((to - view.now - first) / step) + 1;
      return Array.from({ length: Math.max(0, count) }, (_, i) => view.now + first + i * step);
    },
    values: (_, splits) => splits.map((at) => formatAgo(view.now - at)),
  };
}

// valueAxis has room for its longest label.
function valueAxis(options) {
  return {
    ...axisStyle(),
    gap: 6,
    size: (u, labels, axis) => {
      if (!labels) return 40;
      u.ctx.save();
      u.ctx.font = u.axes[axis].font[0];
      const width = Math.max(...labels.map((label) => u.ctx.measureText(label ?? "").width)) / devicePixelRatio;
      u.ctx.restore();
      return Math.ceil(width) + 16;
    },
    ...options,
  };
}

function cursorOf(view, content) {
  return {
    y: true,
    points: { size: 6, ...content.cursorPoints },
    drag: { x: true, y: false, setScale: false, dist: 4 },
    // Each chart zooms and resets the page itself; the others only show the time.
    sync: { key: "page", filters: { pub: (type) => type === "mousemove" } },
    bind: { dblclick: () => () => view.resetZoom() },
  };
}

function zoomTo(u, view) {
  const { left, width } = u.select;
  // Later: zooming replaces the chart, which is still busy with the selection.
  const [from, to] = [left, left + width].map((at) => u.posToVal(at, "x"));
  if (width > 0) setTimeout(() => view.zoom(from, to));
}

// isRead tells the chart under the pointer, or else under the focus, from those
// that only follow it.
function isRead(u) {
  const pointed = document.querySelector(".u-over:hover");
  return pointed ? pointed === u.over : u.root.parentElement.matches(":focus-visible");
}

// showValues fills the tooltip.
function showValues(u, view, content) {
  if (!isRead(u)) return;
  const { left, top, idx } = u.cursor;
  const rows = left < 0 || idx == null ? null : content.tip(u, idx);
  if (!rows) return hideTip();
  const rect = u.over.getBoundingClientRect();
  const at = u.data[0][idx];
  const near = momentsNear(u, view, u.posToVal(left, "x"));
  showTip(rect.left + left, rect.top + Math.max(top, 0), ...tipTable(formatAgo(view.now - at), rows, near));
}

// stepByKeys moves the crosshair with the arrow keys.
function stepByKeys(host, chart) {
  host.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const times = chart.data[0];
    const index = Math.min(Math.max((chart.cursor.idx ?? times.length) + step, 0), times.length - 1);
    chart.setCursor({ left: chart.valToPos(times[index], "x"), top: chart.over.clientHeight / 2 });
  });
  host.addEventListener("blur", hideTip);
  host.addEventListener("mouseleave", hideTip);
}

// regionsOf lists the spans that are shaded: the fault, and annotations that last.
function regionsOf(view) {
  const { scenario, answer } = view;
  const fault = scenario.from == null ? [] : [{
    from: scenario.from, until: scenario.until ?? view.now, colour: css("--fault"), opacity: 0.1,
  }];
  const lasting = (answer.annotations ?? []).filter(({ until }) => until != null)
    .map((annotation) => ({ ...annotation, colour: resolveColour(annotation.color), opacity: 0.07 }));
  return [...fault, ...lasting];
}

// shadeRegions fills them below what is drawn.
function shadeRegions(u, view) {
  const { ctx, bbox } = u;
  for (const { left, width, colour, opacity } of visibleRegions(u, view)) {
    ctx.fillStyle = translucent(colour, opacity);
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
}

function visibleRegions(u, view) {
  const { bbox } = u;
  return regionsOf(view).map((region) => {
    const left = Math.max(u.valToPos(region.from, "x", true), bbox.left);
    const right = Math.min(u.valToPos(region.until, "x", true), bbox.left + bbox.width);
    return { ...region, left, width: right - left };
  }).filter(({ width }) => width > 0);
}

// drawMoments marks the beginning and the end of each annotation, and regions
// with a strip that stays in sight above filled cells.
function drawMoments(u, view) {
  const { ctx, bbox } = u;
  ctx.save();
  for (const { left, width, colour } of visibleRegions(u, view)) {
    ctx.fillStyle = colour;
    ctx.fillRect(left, bbox.top - 3 * devicePixelRatio, width, 2 * devicePixelRatio);
  }
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  const moments = (view.answer.annotations ?? [])
    .flatMap(({ from, until, color }) => [from, until].filter((at) => at != null).map((at) => ({ at, color })));
  for (const { at, color } of moments) {
    const x = Math.round(u.valToPos(at, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = resolveColour(color);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

// momentsNear tells the annotations that the pointer is on.
function momentsNear(u, view, at) {
  const close = 5 * (view.span[1] - view.span[0]) / u.over.clientWidth;
  return (view.answer.annotations ?? [])
    .filter(({ from, until }) => at >= from - close && at <= (until ?? from) + close)
    .map(({ name, title, text }) => [name, title, text].filter(Boolean).join(": "));
}
