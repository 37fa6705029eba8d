// What a panel's queries gave, with the settings that hold for each part.

// configOf lays the overrides that match a field over the panel's defaults.
// A field has a name, and a refId and a type where they are known.
function configOf(panel, field) {
  const config = structuredClone(panel.fieldConfig?.defaults ?? {});
  config.custom ??= {};
  for (const override of panel.fieldConfig?.overrides ?? []) {
    if (!matches(override.matcher, field)) continue;
    for (const { id, value } of override.properties) setProperty(config, id, value);
  }
  return config;
}

function matches(matcher, field) {
  switch (matcher.id) {
    case "byName":
      return field.name === matcher.options;
    case "byFrameRefID":
      return field.refId === matcher.options;
    case "byType":
      return field.type === matcher.options;
    case "byRegexp":
      return asRegExp(matcher.options)?.test(field.name) ?? false;
    default:
      return false;
  }
}

// asRegExp reads "/…/flags" or a bare expression; one that is none matches nothing.
function asRegExp(text) {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [null, text, ""];
  try {
    return new RegExp(source, flags);
  } catch {
    return null;
  }
}

function setProperty(config, id, value) {
  if (id.startsWith("custom.")) config.custom[id.slice("custom.".length)] = value;
  else config[id] = value;
}

// seriesOf lists the frames of a panel in the order of its queries.
function seriesOf(panel, view) {
  const answers = view.answer.panels?.[panel.id] ?? {};
  const series = [];
  for (const target of panel.targets ?? []) {
    for (const frame of answers[target.refId]?.frames ?? []) {
      const labels = frame.labels ?? {};
      const legend = seriesName(labels, target.legendFormat);
      const config = configOf(panel, { name: legend, refId: target.refId, type: "number" });
      const name = config.displayName ? interpolate(config.displayName, { labels }) : legend;
      series.push({ name, labels, config, refId: target.refId, values: frame.values ?? [] });
    }
  }
  return series;
}

function hasValues(values) {
  return values.some((value) => value != null);
}

// seriesName fills a legend in; without one the name is the series' own text.
function seriesName(labels, legendFormat) {
  if (legendFormat && legendFormat !== "__auto") {
    return legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? "");
  }
  const pairs = Object.keys(labels).filter((label) => label !== "__name__").sort()
    .map((label) => `${label}="${labels[label]}"`);
  return (labels.__name__ ?? "") + (pairs.length > 0 ? `{${pairs.join(", ")}}` : "");
}

// errorsOf lists what went wrong in the queries of a panel.
function errorsOf(panel, view) {
  const answers = Object.values(view.answer.panels?.[panel.id] ?? {});
  return [view.answer.error, ...answers.map((answer) => answer.error)].filter(Boolean);
}

const reducers = {
  last: { title: "Last", of: (values) => values.at(-1) ?? null },
  lastNotNull: { title: "Last *", of: (values) => values.findLast((value) => value != null) ?? null },
  max: { title: "Max", of: ofNumbers((numbers) => numbers.reduce((a, b) => Math.max(a, b))) },
  min: { title: "Min", of: ofNumbers((numbers) => numbers.reduce((a, b) => Math.min(a, b))) },
  mean: { title: "Mean", of: ofNumbers((numbers) => numbers.reduce((a, b) => a + b) / numbers.length) },
};

function ofNumbers(reduce) {
  return (values) => {
    const numbers = values.filter((value) => value != null);
    return numbers.length > 0 ? reduce(numbers) : null;
  };
}

function reducerOf(calc) {
  return Object.hasOwn(reducers, calc) ? reducers[calc] : reducers.lastNotNull;
}

// mappingOf is the text and colour that the panel gives to a value by name.
function mappingOf(config, value) {
  for (const mapping of config.mappings ?? []) {
    const result = mappingResult(mapping, value);
    if (result) return result;
  }
  return null;
}

function mappingResult({ type, options }, value) {
  switch (type) {
    case "value":
      return Object.hasOwn(options, String(value)) ? options[String(value)] : null;
    case "range":
      return value != null && value >= (options.from ?? -Infinity) && value <= (options.to ?? Infinity)
        ? options.result : null;
    case "special":
      return value == null && ["null", "nan", "null+nan"].includes(options.match) ? options.result : null;
    default:
      return null;
  }
}

// valueParts is a value as the panel writes it. Where there is none, the text
// for that stands in its place.
function valueParts(config, value) {
  const mapped = mappingOf(config, value)?.text;
  if (mapped) return { prefix: "", number: mapped, suffix: "" };
  if (value == null) return { prefix: "", number: config.noValue ?? "–", suffix: "" };
  if (typeof value !== "number") return { prefix: "", number: String(value), suffix: "" };
  return formatParts(value, config.unit, config.decimals ?? undefined);
}

function valueText(config, value) {
  const { prefix, number, suffix } = valueParts(config, value);
  return prefix + number + suffix;
}
