// What can happen, what cannot and why, the path, and the state.

function changesText(graph, before, after) {
  return graph.changes(before, after).map((change) => {
    const { variable } = change;
    return `${graph.about.variables[variable].short} ${graph.value(variable, change.before)} -> ${graph.value(variable, change.after)}`;
  });
}

function changeList(graph, before, after) {
  const changes = graph.changes(before, after);
  if (changes.length === 0) return make("span", { class: "changes quiet" }, "nothing changes");
  return make(
    "span",
    { class: "changes" },
    changes.map(({ variable, before: old, after: now }) =>
      make(
        "span",
        { class: "change" },
        `${graph.about.variables[variable].short} `,
        make("span", { class: "old" }, graph.value(variable, old)),
        " → ",
        make("b", {}, graph.value(variable, now)),
      ),
    ),
  );
}

function storyOf(action) {
  return action.text + (action.source ? ` [${action.source}]` : "");
}

function actionsPanel(page) {
  const { graph, walk } = page;
  const steps = graph.steps(walk.state);
  const panel = at("can");
  const heading = make("h2", { id: "actions-heading", tabindex: "-1" }, "What can happen");
  if (steps === null) {
    const radius = graph.about.counts.radius;
    const words = `This state lies at the border of the page, which goes ${many(radius, "step")} far from the start. What can happen here is not in this file; tdispmodel explore ${graph.about.model.name} --serve goes on from anywhere.`;
    panel.replaceChildren(heading, make("p", { class: "border" }, words));
    page.offered = [];
    return;
  }
  const wanted = page.filter.toLowerCase();
  const fits = (action) => `${action.name} ${action.text} ${who(graph.about, action.actor)}`.toLowerCase().includes(wanted);
  const offered = [];
  for (const actor of graph.about.actors) {
    for (const step of steps) {
      const action = graph.about.actions[step.action];
      if (action.actor === actor.key && fits(action)) offered.push({ step, action });
    }
  }
  page.offered = offered;
  page.selected = Math.min(page.selected, Math.max(offered.length - 1, 0));
  heading.append(make("span", { class: "count" }, String(steps.length)));
  const list = make("div", { class: "actions", role: "group", "aria-labelledby": "actions-heading" });
  let last = null;
  offered.forEach(({ step, action }, place) => {
    if (action.actor !== last) list.append(make("h3", { class: action.actor }, who(graph.about, action.actor)));
    last = action.actor;
    list.append(actionButton(page, step, action, place));
  });
  if (steps.length === 0) list.append(make("p", { class: "quiet" }, "Nothing: here everything stops."));
  else if (offered.length === 0) list.append(make("p", { class: "quiet" }, "Nothing fits the words that you look for."));
  panel.replaceChildren(heading, filterField(page), list, impossible(page, steps, fits));
}

function filterField(page) {
  const field = at("filter") || make("input", { id: "filter", type: "search", placeholder: "filter actions  ( / )", "aria-label": "filter actions", autocomplete: "off" });
  field.oninput = () => {
    page.filter = field.value;
    page.selected = 0;
    actionsPanel(page);
    field.focus();
  };
  return field;
}

function actionButton(page, step, action, place) {
  const { graph, walk } = page;
  const breaks = brokenBy(page, walk.state, step);
  return make(
    "button",
    { class: `action ${action.actor}`, type: "button", title: storyOf(action), "data-action": action.name, click: () => page.take(step.action) },
    make("kbd", {}, place < 9 ? String(place + 1) : ""),
    make(
      "span",
      { class: "body" },
      make("span", { class: "name" }, action.short, action.patched && make("i", { class: "patched" }, action.patched)),
      changeList(graph, walk.state, step.to),
      make("span", { class: "story" }, storyOf(action)),
      breaks.length > 0 && make("span", { class: "breaks" }, `breaks ${breaks.join(", ")}`),
    ),
  );
}

// Which actions cannot happen here, each with the first part of its guards that is false.
function impossible(page, steps, fits) {
  const { graph, walk } = page;
  const enabled = new Set(steps.map((step) => step.action));
  const left = graph.about.actions.map((action, number) => ({ action, number })).filter(({ action, number }) => !enabled.has(number) && fits(action));
  if (left.length === 0) return null;
  const content = () =>
    graph.about.actors.flatMap((actor) => {
      const theirs = left.filter(({ action }) => action.actor === actor.key);
      if (theirs.length === 0) return [];
      return [make("h3", { class: actor.key }, actor.who), ...theirs.map(({ action, number }) => whyNot(page, action, number))];
    });
  const summary = [make("span", { role: "heading", "aria-level": "2" }, "What cannot, and why"), make("span", { class: "count" }, String(left.length))];
  const details = fold("impossible", summary, content);
  details.id = "cannot";
  return details;
}

function whyNot(page, action, number) {
  const { graph, walk } = page;
  const parts = action.guards.flatMap((guard) => guard.parts);
  const wrong = parts.filter((formula) => !graph.holds(formula, walk.state));
  const first = wrong.length ? graph.about.formulas[wrong[0]].text : "";
  const more = wrong.length > 1 ? ` and ${wrong.length - 1} more` : "";
  const summary = [make("span", { class: "name" }, action.short), make("span", { class: "needs" }, "needs ", make("b", {}, first), more)];
  const content = () => [
    make("p", { class: "story" }, storyOf(action)),
    ...together(action.guards).map((guard) => guardBox(page, guard)),
    make("p", { class: "place" }, `declared in ${action.place}`),
  ];
  const details = fold(`why ${number}`, summary, content);
  details.dataset.action = action.name;
  details.className = "why";
  return details;
}

// What is required at one place, through one procedure say, stands together.
function together(guards) {
  const found = new Map();
  for (const guard of guards) {
    if (!found.has(guard.place)) found.set(guard.place, { ...guard, parts: [] });
    const { parts } = found.get(guard.place);
    parts.push(...guard.parts.filter((part) => !parts.includes(part)));
  }
  return [...found.values()];
}

function guardBox(page, guard) {
  return make(
    "div",
    { class: "guard" },
    make("ul", {}, guard.parts.map((formula) => truthLine(page, formula, page.walk.state))),
    make("p", { class: "place" }, make("span", {}, guard.place), guard.line && make("code", {}, guard.line)),
  );
}

// A formula with its truth; where it is false, the values that it reads, and which of its parts are true.
function truthLine(page, formula, state, deep = true) {
  const { graph } = page;
  const known = graph.about.formulas[formula];
  const truth = graph.holds(formula, state);
  const row = graph.row(state);
  const plain = known.reads.length === 1 && known.text === graph.about.variables[known.reads[0]].short;
  const values = known.reads.map((variable) => `${graph.about.variables[variable].short} = ${graph.value(variable, row[variable])}`);
  return make(
    "li",
    { class: truth ? "yes" : "no" },
    make("span", { class: "truth" }, truth ? "yes" : "no"),
    make("span", { class: "formula" }, known.text),
    !plain && !(truth && values.length === 1) && values.length > 0 && known.parts.length === 0 && make("span", { class: "values" }, values.join(", ")),
    deep && !truth && known.parts.length > 0 && make("ul", {}, known.parts.map((part) => truthLine(page, part, state, false))),
  );
}

function pathPanel(page) {
  const { graph, walk } = page;
  const panel = at("walked");
  const scroll = panel.scrollTop;
  const about = graph.about;
  const heading = make("h2", { id: "path-heading" }, "The path", make("span", { class: "count" }, many(walk.actions.length, "step")));
  const starts = about.starts.length > 1 && startChoice(page);
  const forks = walk.forks.length > 0 && make(
    "div",
    { class: "chips forks", role: "group", "aria-label": "forks" },
    walk.forks.map((fork, place) => {
      const shared = fork.begin === walk.begin ? fork.actions.findIndex((action, step) => action !== walk.actions[step]) : 0;
      const from = shared < 0 ? "on this path" : `parts after step ${shared}`;
      return make(
        "span",
        { class: "fork" },
        make("button", { type: "button", class: "chip", click: () => walk.swap(place) }, `fork ${place + 1}: ${many(fork.actions.length, "step")}, ${from}`),
        make("button", { type: "button", class: "chip drop", "aria-label": `drop fork ${place + 1}`, click: () => walk.drop(place) }, "×"),
      );
    }),
  );
  const watched = interfaces(about);
  const pictures = make("div", { class: watched.length > 1 ? "automata several" : "automata" }, watched.map((variable) => make("figure", {}, watched.length > 1 && make("figcaption", {}, about.variables[variable].name), automaton(graph, walk, variable, page.moves.get(variable), watched.length > 1))));
  const box = make("div", { class: "scroll", tabindex: "-1" });
  panel.replaceChildren(...[watched.length > 0 && make("h2", {}, "The TDI"), watched.length > 0 && pictures, heading, starts, forks, box].filter(Boolean));
  if (walk.actions.length + walk.undone.length === 0) {
    box.append(make("p", { class: "quiet" }, "This is the start. Choose what happens first."), examples(page));
    return;
  }
  const width = Math.max(280, Math.min(box.clientWidth || 560, 760));
  box.append(chart(graph, walk, width, (place) => brokenBefore(page, place).join(", ")));
  panel.scrollTop = scroll;
  const row = box.querySelector(".row.latest");
  if (row === null) return;
  const [inner, outer] = [row.getBoundingClientRect(), panel.getBoundingClientRect()];
  if (inner.bottom > outer.bottom - 20) panel.scrollTop += inner.bottom - outer.bottom + 20;
  else if (inner.top < outer.top) panel.scrollTop -= outer.top - inner.top + 20;
}

function startChoice(page) {
  const { graph, walk } = page;
  const words = graph.about.starts.map((_, place) => `start ${place + 1}: ${startText(graph, place)}`);
  const options = words.map((text, place) => make("option", { value: place, selected: place === walk.begin }, text));
  const field = make("select", { id: "begin", "aria-label": "start state" }, options);
  field.addEventListener("change", () => walk.start(Number(field.value)));
  return field;
}

// The behaviours that verdicts show, to begin with.
function examples(page) {
  const shown = page.graph.about.properties.filter((property) => property.answer === "violated" && property.path !== null);
  if (shown.length === 0) return "";
  const button = (property) =>
    make("button", { type: "button", class: "example", click: () => page.show(property.path, true) }, make("span", { class: "verdict violated" }, property.word), make("span", {}, property.code, " ", breakable(property.name)));
  return make("div", { class: "examples" }, make("p", { class: "quiet" }, "Or see how a property is violated:"), shown.map(button));
}

function startText(graph, place) {
  const rows = graph.about.starts.map((state) => graph.row(state));
  const apart = rows[0].flatMap((_, variable) => (rows.some((row) => row[variable] !== rows[0][variable]) ? [variable] : []));
  const words = apart.map((variable) => `${graph.about.variables[variable].short} = ${graph.value(variable, rows[place][variable])}`);
  return words.join(", ") || "the only one";
}

function statePanel(page) {
  const { graph, walk } = page;
  const about = graph.about;
  const row = graph.row(walk.state);
  const old = walk.before === null ? row : graph.row(walk.before);
  const begin = graph.row(walk.states[0]);
  const groups = about.instances.map((instance, number) => {
    const lines = about.variables.flatMap((variable, position) => {
      if (variable.instance !== number) return [];
      if (page.changedOnly && row[position] === begin[position] && row[position] === old[position]) return [];
      return [variableLine(page, variable, position, row, old, begin)];
    });
    if (lines.length === 0) return null;
    return make("div", { class: "instance" }, make("h3", { title: instance.text }, instance.name ? `${instance.name}: ${instance.kind}` : instance.kind), make("dl", {}, lines));
  });
  const heading = make("h2", { id: "state-heading" }, "The state");
  const toggle = make("button", { type: "button", class: "small", "aria-pressed": String(page.changedOnly), click: () => page.toggleChanged() }, "only what changed since the start");
  const quiet = groups.every((group) => group === null) && make("p", { class: "quiet" }, "Nothing has changed since the start.");
  const constants = about.model.constants.length > 0 && fold("constants", [make("span", {}, "Constants"), make("span", { class: "count" }, String(about.model.constants.length))], () =>
    make("dl", {}, about.model.constants.map((constant) => make("div", { class: constant.changed ? "line since" : "line" }, make("dt", {}, constant.name), make("dd", {}, constant.value)))),
  );
  at("here").replaceChildren(...[heading, latest(page), toggle, ...groups, quiet, constants].filter(Boolean));
}

// The last step in its action's own words, and what it changed.
function latest(page) {
  const { graph, walk } = page;
  if (walk.before === null) return make("p", { class: "latest" }, "The start: ", startText(graph, walk.begin));
  const action = graph.about.actions[walk.actions[walk.actions.length - 1]];
  return make(
    "div",
    { class: `latest ${action.actor}` },
    make("p", {}, make("span", { class: "name" }, action.short), ` by ${who(graph.about, action.actor)}`),
    changeList(graph, walk.before, walk.state),
    make("p", { class: "story" }, storyOf(action)),
  );
}

function variableLine(page, variable, position, row, old, begin) {
  const { graph, walk } = page;
  const fresh = row[position] !== old[position];
  const kind = fresh ? "line fresh" : row[position] !== begin[position] ? "line since" : "line";
  const name = variable.name.slice(variable.name.lastIndexOf(".") + 1);
  const ghost = variable.hidden.length === graph.about.actors.length;
  const seen = ghost ? "ghost: only the model and its properties know it" : variable.hidden.length ? `hidden from ${variable.hidden.join(", ")}` : "";
  const open = page.opened === position;
  const line = make(
    "div",
    { class: kind, "data-variable": variable.name },
    make("dt", { title: [variable.text, seen].filter(Boolean).join(" - ") || variable.name }, name, seen && make("i", { class: "hidden" }, ghost ? "ghost" : "hidden")),
    make(
      "dd",
      {},
      fresh && make("span", { class: "old" }, graph.value(position, old[position]), " → "),
      make("button", { type: "button", class: "value", "aria-expanded": String(open), title: "go to the nearest state with another value", click: () => page.openVariable(position) }, graph.value(position, row[position])),
    ),
  );
  if (open) line.append(otherValues(page, variable, position, row[position]));
  return line;
}

function otherValues(page, variable, position, present) {
  const { graph, walk } = page;
  const codes = variable.values === null ? [] : variable.values.map((_, code) => code);
  const buttons = codes.filter((code) => code !== present).map((code) => {
    const way = graph.way(walk.state, (state) => graph.row(state)[position] === code);
    const words = way === null ? `${graph.value(position, code)}: ${page.whole ? "not from here" : "not in this page"}` : `${graph.value(position, code)}: ${many(way.length, "step")}`;
    return make("button", { type: "button", class: "chip", disabled: way === null, click: () => page.follow(way) }, words);
  });
  const words = [variable.text, variable.hidden.length ? `Hidden from ${variable.hidden.join(", ")}.` : ""].filter(Boolean).join(" ");
  return make("div", { class: "others" }, words && make("p", {}, words), make("div", { class: "chips" }, buttons.length ? buttons : "no other value is listed"));
}
