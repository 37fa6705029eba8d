// The page: what the address names is asked for and drawn.

const model = JSON.parse(document.getElementById("model").textContent);
const answerFor = sourceOf(model);
const systemDark = matchMedia("(prefers-color-scheme: dark)");

// shownTheme follows the system until a theme is chosen.
function shownTheme(state) {
  return state.theme ?? (systemDark.matches ? "dark" : "light");
}

// go changes part of the state. The address leads, so that "back" works.
function go(view, changes) {
  location.hash = stateHash({ ...view.state, ...changes });
}

let turn = 0;
let last = {};

// ask reuses the last answer where only the looks have changed.
function ask(settled) {
  const key = stateHash({ ...settled.state, theme: null, kiosk: false });
  if (last.key !== key) last = { key, answer: answerFor(settled).catch((error) => failed(settled, error)) };
  return last.answer;
}

// failed is an answer that says in each panel what went wrong. It is not kept.
function failed({ cluster, state }, error) {
  last = {};
  return { start: cluster.end - state.range, end: cluster.end, step: state.range, error: error.message };
}

async function show() {
  const mine = ++turn;
  const main = document.getElementById("dashboard");
  const settled = settle(readState(location.hash), model);
  history.replaceState(null, "", stateHash(settled.state));
  document.documentElement.dataset.theme = shownTheme(settled.state);
  delete document.documentElement.dataset.ready;
  main.setAttribute("aria-busy", "true");
  const answer = await ask(settled);
  if (mine !== turn) return; // something else was asked for in the meantime
  draw(main, settled, answer);
  main.removeAttribute("aria-busy");
  await drawingsDone();
  if (mine !== turn) return;
  document.documentElement.dataset.height = document.documentElement.scrollHeight; // for pictures of the whole
  document.documentElement.dataset.ready = "1";
}

// drawingsDone waits for the charts, which draw in a microtask of their own.
function drawingsDone() {
  return new Promise((done) => setTimeout(done));
}

function draw(main, settled, answer) {
  const menu = document.getElementById("menu");
  const moved = main.dataset.uid !== settled.dashboard.uid;
  main.dataset.uid = settled.dashboard.uid;
  document.body.classList.toggle("kiosk", settled.state.kiosk);
  document.title = `${settled.dashboard.title} · ${model.title}`;
  const whole = [answer.start, answer.end];
  const look = (span) => {
    const zoomed = span !== whole;
    const view = {
      ...settled, model, answer, span, zoomed,
      now: answer.end,
      zoom: (from, to) => to - from >= 2 * answer.step && redraw([from, to]),
      resetZoom: () => zoomed && redraw(whole),
    };
    showMenu(menu, view);
    return view;
  };
  const redraw = (span) => board.redrawTime(look(span));
  const board = showDashboard(main, look(whole));
  if (moved) scrollTo(0, 0);
}

addEventListener("hashchange", show);
addEventListener("click", closeSeveral);
systemDark.addEventListener("change", show);
show();
