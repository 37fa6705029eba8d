// Elements are made from names and texts, never from markup, so nothing that
// somebody wrote into a label or a description can become part of the page.

// el makes an element. A property that is a function listens ("onclick"); null
// and false leave the attribute out. Children are nodes, texts, or null.
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// swatch is the small line that ties a name to its colour and pattern.
function swatch(colour, pattern = "solid") {
  const node = el("span", { class: `swatch ${pattern}`, "aria-hidden": "true" });
  node.style.color = colour;
  return node;
}

// css reads a colour of the theme, for canvases.
function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
