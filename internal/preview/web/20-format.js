// Values as Grafana writes them, by Grafana's ids of units.

// A formatter makes {prefix, number, suffix}. Decimals are a number, or a function
// that chooses one for the scaled value; as many as Grafana takes by default.
const formatters = {
  none: fixed(""),
  short: scaled(1000, ["", " K", " Mil", " Bil", " Tri"]),
  percent: fixed("%"),
  percentunit: (value, decimals) => fixed("%")(value * 100, decimals),
  celsius: fixed(" °C"),
  currencyUSD: (value, decimals) => {
    const parts = scaled(1000, ["", "K", "M", "B", "T"])(Math.abs(value), decimals);
    return { ...parts, prefix: value < 0 ? "-$" : "$" };
  },
  ns: (value, decimals) => duration(value / 1e9, decimals),
  "µs": (value, decimals) => duration(value / 1e6, decimals),
  ms: (value, decimals) => duration(value / 1e3, decimals),
  s: duration,
  m: (value, decimals) => duration(value * 60, decimals),
  h: (value, decimals) => duration(value * 3600, decimals),
  d: (value, decimals) => duration(value * 86400, decimals),
  dtdurations: longDuration,
  dtdurationms: (value, decimals) => longDuration(value / 1e3, decimals),
  bytes: binary("B"),
  kbytes: (value, decimals) => binary("B")(value * 2 ** 10, decimals),
  mbytes: (value, decimals) => binary("B")(value * 2 ** 20, decimals),
  gbytes: (value, decimals) => binary("B")(value * 2 ** 30, decimals),
  binBps: binary("B/s"),
  decbytes: si("B"),
  Bps: si("B/s"),
  bits: si("b"),
  bps: si("b/s"),
  hertz: si("Hz"),
  watt: si("W"),
  kwatt: (value, decimals) => si("W")(value * 1000, decimals),
  joule: si("J"),
  kwatth: si("Wh", 1000),
  reqps: counted("req/s"),
  reqpm: counted("req/min"),
  cps: counted("c/s"),
  ops: counted("ops/s"),
  eps: counted("evt/s"),
  bool: yesOrNo("True", "False"),
  bool_yes_no: yesOrNo("Yes", "No"),
  bool_on_off: yesOrNo("On", "Off"),
};

function formatterOf(unit = "none") {
  if (Object.hasOwn(formatters, unit)) return formatters[unit];
  if (unit.startsWith("suffix:")) return fixed(" " + unit.slice("suffix:".length).trim());
  if (unit.startsWith("count:")) return counted(unit.slice("count:".length));
  if (unit.startsWith("prefix:")) {
    const prefix = unit.slice("prefix:".length);
    return (value, decimals) => ({ ...fixed("")(value, decimals), prefix });
  }
  return fixed(" " + unit);
}

function formatParts(value, unit, decimals) {
  if (!Number.isFinite(value)) return { prefix: "", number: String(value), suffix: "" };
  return formatterOf(unit)(value, decimals);
}

function format(value, unit, decimals) {
  const { prefix, number, suffix } = formatParts(value, unit, decimals);
  return prefix + number + suffix;
}

// formatTick writes a round number of an axis in full, and leaves out zeros that
// say nothing.
function formatTick(value, unit) {
  const { prefix, number, suffix } = formatParts(value, unit, (shown) => significant(shown, 4));
  const short = number.includes(".") ? number.replace(/\.?0+$/, "") : number;
  return prefix + short + suffix;
}

function digits(value, decimals = automaticDecimals) {
  const clean = Number(value.toPrecision(12)); // 0.07 * 100 is not 7
  return clean.toFixed(typeof decimals === "function" ? decimals(clean) : decimals);
}

function automaticDecimals(value) {
  return significant(value, 3);
}

// significant are the decimals that show so many digits of a value.
function significant(value, count) {
  if (value % 1 === 0) return 0;
  return Math.min(Math.max(0, count - 1 - Math.floor(Math.log10(Math.abs(value)))), 12);
}

function fixed(suffix) {
  return (value, decimals) => ({ prefix: "", number: digits(value, decimals), suffix });
}

function scaled(factor, suffixes) {
  return (value, decimals) => {
    let step = 0;
    while (Math.abs(value) >= factor && step < suffixes.length - 1) {
      value /= factor;
      step++;
    }
    return fixed(suffixes[step])(value, decimals);
  };
}

function counted(what) {
  return scaled(1000, ["", "K", "M", "B", "T"].map((scale) => `${scale} ${what}`));
}

function binary(what) {
  return scaled(1024, ["", "Ki", "Mi", "Gi", "Ti", "Pi"].map((scale) => ` ${scale}${what}`));
}

// si goes down too: a board's power may be some milliwatts.
function si(what, base = 1) {
  const scales = ["n", "µ", "m", "", "k", "M", "G", "T", "P"];
  return (value, decimals) => {
    let scale = 3;
    value *= base;
    while (Math.abs(value) >= 1000 && scale < scales.length - 1) {
      value /= 1000;
      scale++;
    }
    while (value !== 0 && Math.abs(value) < 1 && scale > 0) {
      value *= 1000;
      scale--;
    }
    return fixed(` ${scales[scale]}${what}`)(value, decimals);
  };
}

function yesOrNo(yes, no) {
  return (value) => ({ prefix: "", number: value === 0 ? no : yes, suffix: "" });
}

// Each line: values under the limit are shown in parts of the size.
const durationSteps = [
  [1e-6, 1e-9, " ns"],
  [1e-3, 1e-6, " µs"],
  [1, 1e-3, " ms"],
  [60, 1, " s"],
  [3600, 60, " mins"],
  [86400, 3600, " hours"],
  [604800, 86400, " days"],
  [31536000, 604800, " weeks"],
  [Infinity, 31536000, " years"],
];

function duration(seconds, decimals) {
  if (seconds === 0) return fixed(" s")(0, decimals);
  const [, size, suffix] = durationSteps.find(([limit]) => Math.abs(seconds) < limit);
  return fixed(suffix)(seconds / size, decimals);
}

const longSteps = [
  [31536000, "year"],
  [2592000, "month"],
  [604800, "week"],
  [86400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

// longDuration writes the largest part, and as many smaller ones as it has decimals.
function longDuration(seconds, decimals) {
  const more = typeof decimals === "number" ? decimals : 0;
  const parts = [];
  let rest = Math.abs(seconds);
  for (const [size, name] of longSteps) {
    const count = Math.floor(rest / size);
    if (count === 0 && parts.length === 0 && size > 1) continue;
    rest -= count * size;
    parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    if (parts.length > more) break;
  }
  return { prefix: seconds < 0 ? "-" : "", number: parts.join(", "), suffix: "" };
}

// formatAgo names a moment by its distance from now: the simulated time has no date.
function formatAgo(seconds) {
  const ago = Math.round(seconds);
  if (ago === 0) return "now";
  const sign = ago > 0 ? "−" : "+";
  return sign + compactDuration(Math.abs(ago));
}

function compactDuration(seconds) {
  const parts = [];
  for (const [size, name] of [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]]) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(count + name);
  }
  return parts.slice(0, 2).join(" ") || "0s";
}
