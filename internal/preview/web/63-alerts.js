// The alerts of the fleet: how many fire, and each with its reason.

let alertsOpen = false;

const severities = ["critical", "warning", "info"];

function alertsButton(view) {
  const alerts = view.answer.alerts ?? [];
  const firing = alerts.filter(({ state }) => state === "firing").length;
  const pending = alerts.length - firing;
  const text = firing === 0 ? "No alert fires" : `${firing} firing`;
  return el("button", {
    type: "button", class: firing > 0 ? "button alerts firing" : "button alerts", "data-control": "alerts",
    "aria-expanded": String(alertsOpen && alerts.length > 0), "aria-controls": "alerts", disabled: alerts.length === 0,
    onclick: () => {
      alertsOpen = !alertsOpen;
      showMenu(document.getElementById("menu"), view);
    },
  }, pending > 0 ? `${text}, ${pending} pending` : text);
}

function alertsList(view) {
  const alerts = [...(view.answer.alerts ?? [])].sort(byUrgency);
  if (!alertsOpen || alerts.length === 0) return null;
  return el("ul", { id: "alerts", class: "alerts-list", tabindex: "0", "aria-label": "Alerts" }, ...alerts.map((alert) => alertItem(alert, view)));
}

function byUrgency(a, b) {
  const rank = ({ state, severity }) => (state === "firing" ? 0 : 10) + (severities.indexOf(severity) + 4) % 4;
  return rank(a) - rank(b) || a.name.localeCompare(b.name, "en");
}

function alertItem({ name, severity, state, since, labels, summary, description, runbook, from }, view) {
  const chip = ([label, value]) => el("span", { class: "chip" }, `${label}=${value}`);
  const named = Object.entries(labels ?? {}).filter(([label]) => !["alertname", "severity", "alertstate"].includes(label)).sort();
  const held = since == null ? "" : ` for ${compactDuration(view.answer.end - since)}`;
  const href = runbook ? webHref(runbook) : null;
  return el("li", { class: `alert ${severities.includes(severity) ? severity : ""} ${state === "firing" ? "firing" : ""}` },
    el("div", { class: "alert-head" },
      el("span", { class: "severity" }, severity ?? ""), el("strong", {}, name),
      el("span", { class: "dim" }, (state ?? "") + held),
      href ? el("a", { href, target: "_blank", rel: "noreferrer noopener" }, "runbook") : null),
    summary ? el("p", {}, summary) : null,
    description ? el("p", { class: "dim" }, description) : null,
    el("div", { class: "chips" }, ...named.map(chip)),
    traceList(from ?? []));
}
