// A dashboard: panels on Grafana's grid of 24 columns, under rows that fold.

// foldChoices keeps which rows were opened and closed while the page is drawn anew.
const foldChoices = new Map();

// showDashboard replaces what main shows, and draws the rows that are open.
function showDashboard(main, view) {
  disposeCharts();
  hideTip();
  const sections = sectionsOf(view.dashboard).map((section) => makeSection(section, view));
  main.replaceChildren(...sections.map(({ node }) => node));
  for (const section of sections) section.drawIfOpen(view, true);
  return { redrawTime: (zoomed) => sections.forEach((section) => section.drawIfOpen(zoomed, false)) };
}

// sectionsOf groups panels by the row that they stand under.
function sectionsOf(dashboard) {
  const sections = [{ row: null, panels: [] }];
  for (const panel of dashboard.panels ?? []) {
    if (panel.type === "row") sections.push({ row: panel, panels: [...(panel.panels ?? [])] });
    else sections.at(-1).panels.push(panel);
  }
  return sections.filter(({ row, panels }) => row || panels.length > 0);
}

function makeSection({ row, panels }, view) {
  const top = Math.min(...panels.map(({ gridPos }) => gridPos.y));
  const grid = el("div", { class: "grid", id: `row-${row?.id ?? 0}` });
  const cells = panels.map((panel) => ({ panel, node: placed(makePanel(panel, view), panel.gridPos, top) }));
  grid.append(...cells.map(({ node }) => node));
  const key = `${view.dashboard.uid}/${row?.id}`;
  let current = view;

  // A closed row has no size, so its panels wait until it is opened.
  const drawIfOpen = (latest, all) => {
    current = latest;
    if (grid.hidden) return;
    for (const { panel, node } of cells) if (all || overTime.has(panel.type)) drawPanel(node, panel, latest);
  };
  if (!row) return { node: grid, drawIfOpen };

  const title = el("button", { type: "button", class: "row-title", "aria-controls": grid.id }, row.title ?? "");
  const fold = (open) => {
    grid.hidden = !open;
    title.setAttribute("aria-expanded", String(open));
  };
  fold(foldChoices.get(key) ?? !row.collapsed);
  title.addEventListener("click", () => {
    foldChoices.set(key, grid.hidden);
    fold(grid.hidden);
    drawIfOpen(current, true);
  });
  return { node: el("section", { class: "row", "aria-label": row.title }, el("h2", {}, title), grid), drawIfOpen };
}

function placed(node, { x, y, w, h }, top) {
  node.style.gridColumn = `${x + 1} / span ${w}`;
  node.style.gridRow = `${y - top + 1} / span ${h}`;
  return node;
}
