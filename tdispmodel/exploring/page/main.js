// Everything together: what the page remembers beside the path, the buttons and keys, and the start.

class Page {
  constructor(graph) {
    this.graph = graph;
    this.filter = "";
    this.selected = 0;
    this.offered = [];
    this.changedOnly = false;
    this.violatedOnly = false;
    this.opened = null;
    this.whole = graph.about.counts.radius === null;
    this.moves = movesOf(graph);
    this.walk = new Walk(graph, () => this.redraw(), (words) => this.tell(words));
  }

  begin() {
    const { about } = this.graph;
    at("name").textContent = about.model.name;
    at("claim").textContent = about.model.claim;
    at("counts").replaceChildren(...countsText(about));
    toolbar(this);
    tabs();
    help(this);
    at("app").hidden = false;
    addEventListener("popstate", () => {
      if (location.hash !== this.walk.address()) this.walk.visit();
    });
    addEventListener("resize", () => pathPanel(this));
    addEventListener("keydown", (event) => pressed(this, event));
    return this.walk.visit();
  }

  redraw() {
    const within = document.activeElement !== null && document.activeElement.closest(".actions") !== null;
    actionsPanel(this);
    pathPanel(this);
    statePanel(this);
    rulesPanel(this);
    const { walk } = this;
    at("undo").disabled = walk.actions.length === 0;
    at("redo").disabled = walk.undone.length === 0;
    at("start").disabled = walk.actions.length === 0;
    at("fork").disabled = walk.actions.length === 0;
    if (this.shown !== walk.address()) at("can").scrollTop = 0;
    this.shown = walk.address();
    if (within) this.focusAction(0);
    document.documentElement.dataset.path = walk.address();
    document.documentElement.dataset.state = this.graph.row(walk.state).join(".");
    this.speak();
  }

  speak() {
    const { walk, graph } = this;
    const last = walk.actions[walk.actions.length - 1];
    const broken = brokenAt(this, walk.actions.length);
    const what = last === undefined ? "At the start" : `${graph.about.actions[last].short}: ${changesText(graph, walk.before, walk.state).join(", ") || "nothing changes"}`;
    at("said").textContent = `${what}. ${many((graph.steps(walk.state) || []).length, "action")} possible${broken.length ? `; broken: ${broken.join(", ")}` : ""}.`;
  }

  take(action) {
    this.selected = 0;
    this.tell("");
    return this.walk.take(action);
  }

  follow(actions) {
    this.tell("");
    return this.walk.follow(actions);
  }

  async show(path, whole) {
    await this.walk.show(path, whole);
    if (path.loop !== null) this.tell(`This behaviour goes from its end back to ${path.loop === 0 ? "the start" : `step ${path.loop}`} for ever.`);
    else this.tell(whole ? "" : "Redo (r) walks on along this behaviour.");
  }

  tell(words) {
    at("note").textContent = words;
  }

  toggleChanged() {
    this.changedOnly = !this.changedOnly;
    statePanel(this);
  }

  toggleViolated() {
    this.violatedOnly = !this.violatedOnly;
    rulesPanel(this);
  }

  openVariable(position) {
    this.opened = this.opened === position ? null : position;
    statePanel(this);
    const field = document.querySelector(`[data-variable="${CSS.escape(this.graph.about.variables[position].name)}"] .value`);
    if (field) field.focus();
  }

  focusAction(place) {
    const buttons = document.querySelectorAll("#can .action");
    this.selected = Math.max(0, Math.min(place, buttons.length - 1));
    if (buttons.length) buttons[this.selected].focus();
  }
}

function countsText(about) {
  const { states, transitions, radius, border } = about.counts;
  const devices = many(about.model.devices, "device");
  const without = about.model.without.length ? [`without ${about.model.without.join(", ")}`] : [];
  const changed = about.model.constants.filter((constant) => constant.changed).map((constant) => `${constant.name} = ${constant.value}`);
  const near = radius === null ? "all states" : `only states within ${many(radius, "step")} of the start${about.properties.some((property) => property.path) ? " and along counterexamples" : ""}; ${border} at the border${about.served ? ", what lies behind it is fetched" : ""}`;
  const words = [devices, ...changed, ...without, `${states.toLocaleString("en")} states`, `${transitions.toLocaleString("en")} steps`];
  return [words.join(" · "), " · ", make("span", { class: radius === null ? "" : "partial" }, near)];
}

function toolbar(page) {
  const { walk } = page;
  const button = (id, words, key, click) => make("button", { id, type: "button", title: `${words} (${key})`, click }, words, make("kbd", {}, key));
  at("tools").replaceChildren(
    button("undo", "Undo", "u", () => walk.undo()),
    button("redo", "Redo", "r", () => walk.redo()),
    button("start", "Start", "s", () => walk.back(0)),
    button("fork", "Fork", "f", () => fork(page)),
    button("text", "Copy text", "c", () => copy(page, pathText(page), "The path is copied as text.")),
    button("link", "Copy link", "l", () => copy(page, location.href, "The link to this state is copied.")),
    button("theme", "Theme", "t", theme),
    button("keys", "Keys", "?", () => at("help").showModal()),
  );
}

function fork(page) {
  page.walk.fork();
  page.tell("The path so far is kept as a fork; go on from here, and come back to it when you like.");
}

function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

async function copy(page, text, done) {
  try {
    await navigator.clipboard.writeText(text);
    page.tell(done);
  } catch {
    const field = make("textarea", { class: "unseen", "aria-hidden": "true" });
    field.value = text;
    document.body.append(field);
    field.select();
    page.tell(document.execCommand("copy") ? done : "The browser does not allow to copy.");
    field.remove();
  }
}

// The path as tdispmodel prints traces: plain text of at most 72 columns, for a mail.
function pathText(page) {
  const { graph, walk } = page;
  const { about } = graph;
  const lines = [`${about.model.name}, ${many(about.model.devices, "device")}, ${many(walk.actions.length, "step")}`, ""];
  walk.actions.forEach((number, place) => {
    const action = about.actions[number];
    lines.push(`${String(place + 1).padStart(4)}  ${who(about, action.actor).padEnd(13)}  ${action.short}`);
    let line = "";
    const put = (text) => lines.push(`${" ".repeat(21)}${text}`);
    for (const change of changesText(graph, walk.states[place], walk.states[place + 1])) {
      if (line && line.length + change.length + 2 > 50) {
        put(`${line},`);
        line = change;
      } else line = line ? `${line}, ${change}` : change;
    }
    if (line) put(line);
    const broken = brokenBefore(page, place + 1);
    if (broken.length) put(`<== breaks ${broken.join(", ")}`);
  });
  return `${lines.join("\n")}\n`;
}

function tabs() {
  const choose = (name) => {
    document.body.dataset.tab = name;
    for (const other of at("tabs").children) other.setAttribute("aria-pressed", String(other.dataset.tab === name));
  };
  const words = { steps: "Actions", path: "Path", state: "State", rules: "Properties" };
  at("tabs").replaceChildren(...Object.entries(words).map(([name, text]) => make("button", { type: "button", "data-tab": name, "aria-pressed": "false", click: () => { choose(name); dispatchEvent(new Event("resize")); } }, text)));
  choose("steps");
}

const KEYS = [
  ["1 to 9", "take an action by its number"],
  ["j k", "next and previous action; Enter takes it"],
  ["u, r", "undo, redo"],
  ["s", "back to the start"],
  ["f", "fork: keep this path aside and go on"],
  ["w", "what cannot happen, and why"],
  ["/", "filter actions by words"],
  ["c, l", "copy the path as text, copy the link"],
  ["t", "light or dark"],
  ["?", "this list"],
];

function help(page) {
  const { about } = page.graph;
  const rows = KEYS.map(([key, words]) => make("div", {}, make("dt", {}, key.split(/(, | to | )/).map((part) => (/^(, | to | )$/.test(part) ? part : make("kbd", {}, part)))), make("dd", {}, words)));
  const words = [
    "Each state shown here, each step and each truth was computed by tdispmodel's reference semantics; verdicts were judged before they were written down. The address of this page names the path: a link shows it, and Back goes back.",
    "A click on a value leads to the nearest state with another one; a click on a row of the chart goes back to it.",
  ];
  at("help").replaceChildren(make("h2", { id: "help-heading" }, "Keys"), make("dl", {}, rows), ...words.map((text) => make("p", {}, text)), make("p", { class: "quiet" }, `tdispmodel ${about.tool}, model ${about.hash}`), make("button", { type: "button", click: () => at("help").close() }, "Close"));
}

function pressed(page, event) {
  if (event.ctrlKey || event.altKey || event.metaKey || at("help").open) return;
  const field = document.activeElement;
  if (field !== null && ["INPUT", "TEXTAREA"].includes(field.tagName)) {
    if (event.key === "Escape" || event.key === "Enter") {
      if (event.key === "Escape" && field.value) {
        field.value = "";
        field.oninput();
      }
      page.focusAction(0);
      event.preventDefault();
    }
    return;
  }
  const clicks = { u: "undo", Backspace: "undo", r: "redo", s: "start", f: "fork", c: "text", l: "link", t: "theme", "?": "keys" };
  if (clicks[event.key]) at(clicks[event.key]).click();
  else if (/^[1-9]$/.test(event.key) && page.offered[event.key - 1]) page.take(page.offered[event.key - 1].step.action);
  else if (event.key === "j" || event.key === "k") {
    const inside = field !== null && field.classList.contains("action");
    page.focusAction(inside ? [...document.querySelectorAll("#can .action")].indexOf(field) + (event.key === "j" ? 1 : -1) : 0);
  } else if (event.key === "w" && at("cannot")) {
    at("cannot").querySelector("summary").click();
    at("cannot").querySelector("summary").focus();
  } else if (event.key === "/" && at("filter")) at("filter").focus();
  else return;
  event.preventDefault();
}

async function main() {
  try {
    await new Page(new Graph(await inflated(at("data").textContent.trim()))).begin();
  } catch (problem) {
    at("trouble").textContent = `This page cannot be shown: ${problem.message || problem}. It needs a browser of 2023 or later.`;
    at("trouble").hidden = false;
    throw problem;
  }
}

main();
