// Links of the JSON, made to lead to the dashboards of this page.

// interpolate fills Grafana's variables in. The scope may have labels, fields
// (a Map of a row's texts by column), value, and variables.
function interpolate(text, scope) {
  return text.replace(/\$\{([^}]*)\}|\$(\w+)/g, (whole, braced, bare) => lookUp(braced ?? bare, scope) ?? whole);
}

function lookUp(expression, { labels = {}, fields, value, variables }) {
  const plain = expression.replace(/:\w+$/, ""); // how to write it; addresses are encoded anyway
  const label = /^__field\.labels(?:\.(\w+)|\["(.+)"\])$/.exec(plain);
  if (label) return labels[label[1] ?? label[2]] ?? "";
  const field = /^__data\.fields(?:\.(\w+)|\["(.+)"\])$/.exec(plain);
  if (field) return fields?.get(field[1] ?? field[2]) ?? "";
  if (/^__value(\.\w+)?$/.test(plain)) return value;
  return variables?.get(plain)?.join(",");
}

// hrefOf is the address of a link, or null where the page may not or cannot
// follow it: it leads to dashboards of the preview, and to the web.
function hrefOf(url, scope, view) {
  const filled = { ...scope, variables: view.state.variables };
  const board = /^\/d\/([^/?]+)[^?]*(?:\?(.*))?$/s.exec(url);
  if (board) return boardHref(interpolate(board[1], filled), board[2] ?? "", filled, view);
  return webHref(interpolate(url, filled));
}

function webHref(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

// boardHref sets the variables that the link names. The range and the rest of
// the state are kept anyway, so parts that stand for the time are left out.
function boardHref(uid, query, scope, view) {
  if (!view.cluster.dashboards.some((dashboard) => dashboard.uid === uid)) return null;
  const variables = new Map();
  for (const part of query.split("&")) {
    const carried = /^\$\{(\w+):queryparam\}$/.exec(part)?.[1];
    if (carried === "__all_variables") for (const [name, values] of scope.variables) variables.set(name, values);
    else if (carried && scope.variables.has(carried)) variables.set(carried, scope.variables.get(carried));
    const [, name, template] = /^var-([^=]+)=(.*)$/s.exec(part) ?? [];
    if (name) addValue(variables, name, interpolate(decoded(template), scope));
  }
  return stateHash({ ...view.state, dashboard: uid, variables });
}

function addValue(variables, name, value) {
  if (value !== "" && !value.startsWith("$")) variables.set(name, [...(variables.get(name) ?? []), value]);
}

function decoded(text) {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

// linkTo is an <a>, or the plain text where the link cannot be followed.
function linkTo(link, scope, view, ...content) {
  const href = hrefOf(link.url ?? "", scope, view);
  if (!href) return el("span", { title: "not in this preview" }, ...content);
  const external = !href.startsWith("#");
  return el("a", { href, title: link.title, target: external && "_blank", rel: external && "noreferrer noopener" }, ...content);
}

// linked is a text with the data links of its field: the first is the text
// itself, the others stand behind it while it is pointed at.
function linked(text, { links }, scope, view) {
  const [first, ...others] = links ?? [];
  if (!first) return text;
  const node = new DocumentFragment();
  node.append(linkTo(first, scope, view, text));
  const arrow = (link) => linkTo(link, scope, view, el("span", { "aria-label": link.title }, " ↗"));
  if (others.length > 0) node.append(el("span", { class: "more" }, ...others.map(arrow)));
  return node;
}
