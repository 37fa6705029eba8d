// Tables: frames of columns, and the transformations that shape them. A column
// is {name, values}, and has a refId until frames are merged.

// tablesOf makes a frame for each query: a column for each label, then the values.
function tablesOf(panel, view) {
  const answers = view.answer.panels?.[panel.id] ?? {};
  const targets = panel.targets ?? [];
  return targets.map(({ refId }) => {
    const frames = answers[refId]?.frames ?? [];
    const labels = [...new Set(frames.flatMap((frame) => Object.keys(frame.labels ?? {})))].sort();
    const columns = labels.map((label) => ({
      name: label,
      refId,
      values: frames.map((frame) => frame.labels?.[label] ?? null),
    }));
    const values = frames.map((frame) => reducers.lastNotNull.of(frame.values ?? []));
    columns.push({ name: targets.length > 1 ? `Value #${refId}` : "Value", refId, type: "number", values });
    return columns;
  });
}

// transformations by Grafana's ids; each makes frames of frames.
const transformations = {
  filterFieldsByName: ({ include }, frames) =>
    frames.map((columns) => columns.filter((column) => include.names.includes(column.name))),
  merge: (_, frames) => [mergeTables(frames.filter((columns) => rowCount(columns) > 0))],
  organize: (options, frames) => frames.map((columns) => organize(options, columns)),
  groupingToMatrix: (options, frames) => frames.map((columns) => toMatrix(options, columns)),
};

function transform(panel, frames) {
  for (const { id, options, disabled } of panel.transformations ?? []) {
    if (disabled) continue;
    if (!Object.hasOwn(transformations, id)) throw new Error(`the preview does not know the transformation ${id}`);
    frames = transformations[id](options, frames);
  }
  return frames;
}

function rowCount(columns) {
  return columns[0]?.values.length ?? 0;
}

// mergeTables joins the rows that agree in the columns all frames have.
function mergeTables(frames) {
  const columns = uniqueColumns(frames);
  const keys = columns.map(({ name }) => name)
    .filter((name) => frames.every((frame) => frame.some((column) => column.name === name)));
  const rowsByKey = new Map();
  for (const row of frames.flatMap(rowsOf)) {
    const key = JSON.stringify(keys.map((name) => row.get(name)));
    const alike = rowsByKey.get(key) ?? [];
    const target = alike.find((other) => agree(other, row));
    if (target) for (const [name, value] of row) target.set(name, value ?? target.get(name));
    else rowsByKey.set(key, [...alike, row]);
  }
  const rows = [...rowsByKey.values()].flat();
  return columns.map((column) => ({ ...column, values: rows.map((row) => row.get(column.name) ?? null) }));
}

function uniqueColumns(frames) {
  const byName = new Map();
  for (const { name, type } of frames.flat()) if (!byName.has(name)) byName.set(name, { name, type });
  return [...byName.values()];
}

function rowsOf(columns) {
  return Array.from({ length: rowCount(columns) }, (_, i) =>
    new Map(columns.map((column) => [column.name, column.values[i]])));
}

function agree(a, b) {
  return [...b].every(([name, value]) => value == null || a.get(name) == null || a.get(name) === value);
}

function organize({ excludeByName = {}, indexByName = {}, renameByName = {} }, columns) {
  const place = (column) => indexByName[column.name] ?? Infinity;
  return columns
    .filter((column) => !excludeByName[column.name])
    .sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
    .map((column) => ({ ...column, name: renameByName[column.name] || column.name }));
}

// toMatrix makes a column for each value of one column and a row for each of another.
function toMatrix({ columnField = "Time", rowField = "Time", valueField = "Value" }, columns) {
  const valuesOf = (name) => columns.find((column) => column.name === name)?.values ?? [];
  const across = valuesOf(columnField);
  const down = valuesOf(rowField);
  const cells = valuesOf(valueField);
  const rows = [...new Set(down)];
  const valueAt = (row, title) => cells[down.findIndex((value, i) => value === row && across[i] === title)] ?? null;
  return [
    { name: `${rowField}\\${columnField}`, values: rows },
    ...[...new Set(across)].map((title) => ({
      name: String(title),
      type: "number",
      values: rows.map((row) => valueAt(row, title)),
    })),
  ];
}
