// One box floats over the page: values under the pointer, or a description.

function tipBox() {
  return document.getElementById("tip");
}

function showTip(x, y, ...content) {
  const box = tipBox();
  box.replaceChildren(...content);
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const gap = 14;
  const left = x + gap + width > innerWidth ? x - gap - width : x + gap;
  box.style.left = `${Math.max(4, left)}px`;
  box.style.top = `${Math.max(4, Math.min(y + gap, innerHeight - height - 4))}px`;
}

function hideTip() {
  tipBox().hidden = true;
}

// describes shows a text while the node is pointed at or has the focus.
function describes(node, text) {
  const open = () => {
    const { left, bottom } = node.getBoundingClientRect();
    showTip(left, bottom - 10, el("p", { class: "tip-text" }, text));
  };
  for (const event of ["mouseenter", "focus"]) node.addEventListener(event, open);
  for (const event of ["mouseleave", "blur"]) node.addEventListener(event, hideTip);
  node.addEventListener("keydown", ({ key }) => key === "Escape" && hideTip());
  return node;
}

// tipTable lists names and values below a title.
function tipTable(title, rows, notes = []) {
  const line = ({ name, text, colour, pattern, near }) =>
    el("tr", { class: near && "near" },
      el("td", {}, colour ? swatch(colour, pattern) : null, name),
      el("td", { class: "number" }, text));
  return [
    el("div", { class: "tip-title" }, title),
    el("table", {}, el("tbody", {}, ...rows.map(line))),
    ...notes.map((note) => el("div", { class: "tip-note" }, note)),
  ];
}
