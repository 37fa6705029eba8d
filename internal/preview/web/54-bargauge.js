// Bars of now, one below the other, in the order of the query.

function drawBarGauge(body, panel, view) {
  const calc = panel.options?.reduceOptions?.calcs?.[0];
  const bars = seriesOf(panel, view)
    .map((line) => ({ ...line, value: reducerOf(calc).of(line.values) }))
    .filter(({ value }) => value != null);
  if (bars.length === 0) return false;
  const values = bars.map(({ value }) => value);
  const lowest = Math.min(0, ...values);
  const highest = Math.max(...values);
  const rows = bars.map((bar) => {
    const { name, config, value } = bar;
    const from = config.min ?? lowest;
    const share = (value - from) / ((config.max ?? highest) - from || 1);
    return barRow(name, linked(name, config, bar, view), valueText(config, value), fieldColour(config, value, name), share);
  });
  body.replaceChildren(el("div", { class: "gauges", role: "list", tabindex: "0", "aria-label": panel.title }, ...rows));
  return true;
}

function barRow(name, content, text, colour, share) {
  const fill = el("div", { class: "gauge-fill" });
  fill.style.width = `${Math.min(Math.max(share, 0), 1) * 100}%`;
  fill.style.background = translucent(colour, 0.35);
  fill.style.borderColor = colour;
  const value = el("div", { class: "gauge-value" }, text);
  value.style.color = colour;
  return el("div", { class: "gauge", role: "listitem" },
    el("div", { class: "gauge-name", title: name }, content), el("div", { class: "gauge-track" }, fill), value);
}
