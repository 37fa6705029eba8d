// Colours that people with a colour-vision deficiency can tell apart, on both
// themes. The vermilion of targets and alarms, #D55E00, is not among them.
const palette = [
  "#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#0072B2",
  "#999933", "#785EF0", "#A5673F", "#8C9AA8",
];

// Names keep the colour that they had first, so that a workload looks the same
// in all panels and on all dashboards.
const coloursByName = new Map();

// colourNames gives the names of one panel their colours. A new name starts at
// its hash and takes the next colour that nothing else in the panel has.
function colourNames(names, others = []) {
  const taken = new Set([...others, ...names.map((name) => coloursByName.get(name))]);
  for (const name of names) {
    if (coloursByName.has(name)) continue;
    const first = hash(name) % palette.length;
    const order = palette.map((_, i) => palette[(first + i) % palette.length]);
    const colour = order.find((candidate) => !taken.has(candidate)) ?? order[0];
    taken.add(colour);
    coloursByName.set(name, colour);
  }
}

function colourByName(name) {
  if (!coloursByName.has(name)) colourNames([name]);
  return coloursByName.get(name);
}

function hash(text) {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  return sum;
}

// resolveColour turns a colour of the JSON into one that CSS knows; "text" is
// Grafana's name for the colour of its text.
function resolveColour(name) {
  return name && name !== "text" && CSS.supports("color", name) ? name : css("--text");
}

const probe = document.createElement("canvas").getContext("2d");

// channelsOf reads the red, green and blue of any colour that CSS knows.
function channelsOf(colour) {
  probe.fillStyle = colour; // reads back as #rrggbb, or as rgba(…) where it is translucent
  const text = probe.fillStyle;
  if (!text.startsWith("#")) return text.match(/[\d.]+/g).slice(0, 3).map(Number);
  return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
}

function rgb(channels, opacity = 1) {
  return `rgba(${channels.map(Math.round).join(", ")}, ${opacity})`;
}

// translucent makes a colour see-through; opacity from 0 to 1.
function translucent(colour, opacity) {
  return rgb(channelsOf(colour), opacity);
}

// blended is a translucent colour as it looks on its ground.
function blended(colour, ground, opacity) {
  return rgb(mix(channelsOf(ground), channelsOf(colour), opacity));
}

function mix(from, to, share) {
  return from.map((channel, i) => channel + (to[i] - channel) * share);
}

// readable is black or white, whichever can be read on the colour.
function readable(colour) {
  const [red, green, blue] = channelsOf(colour);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111217" : "#ffffff";
}

// thresholdColour is the colour of the last step that the value reaches.
function thresholdColour(thresholds, value) {
  const steps = thresholds?.steps ?? [];
  const reached = steps.filter((step) => step.value == null || value >= step.value);
  return resolveColour(reached.at(-1)?.color);
}

// fieldColour is the colour of a value, or of a line by its last value.
function fieldColour(config, value, name) {
  const mapped = mappingOf(config, value)?.color;
  if (mapped) return resolveColour(mapped);
  switch (config.color?.mode) {
    case "fixed":
      return resolveColour(config.color.fixedColor);
    case "thresholds":
      return thresholdColour(config.thresholds, value);
    default:
      return colourByName(name);
  }
}

// Cividis, from the lowest to the highest value.
const cividis = [
  "#002051", "#0a326a", "#2b446e", "#4d566d", "#696970", "#7f7c75",
  "#948f78", "#ada476", "#caba6a", "#ead156", "#fdea45",
].map(channelsOf);

// cividisColour maps a share from 0 to 1 to the scheme.
function cividisColour(share) {
  const at = Math.min(Math.max(share, 0), 1) * (cividis.length - 1);
  return rgb(mix(cividis[Math.floor(at)], cividis[Math.ceil(at)], at % 1));
}
