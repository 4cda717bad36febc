// The properties: their judged verdicts, and what is true of each here.

const KINDS = {
  invariant: "always",
  step: "at every step",
  leads_to: "leads to",
  never_endless: "not for ever again and again",
  stays_possible: "stays possible",
  must_be_possible: "must be possible",
};

const VERDICTS = {
  ok: "holds: proved, and the proof was checked",
  vac: "holds, but vacuously: its premise is never true",
  FAIL: "violated: the number is that of the steps of a counterexample",
  open: "not decided",
};

// The properties that a step breaks: by itself, or by the state that it leads to.
function brokenBy(page, from, step) {
  const found = [];
  for (const property of page.graph.about.properties) {
    const wrong = property.questions.some((question) => {
      if (property.kind === "step") return !step.holds(question.step);
      if (property.kind === "invariant") return !page.graph.holds(question.state, step.to) && page.graph.holds(question.state, from);
      return false;
    });
    if (wrong) found.push(property.code || property.name);
  }
  return found;
}

// The properties that are broken at a place of the path: by the step to it, or in its state.
function brokenAt(page, place) {
  const { graph, walk } = page;
  const step = place > 0 ? graph.step(walk.states[place - 1], walk.actions[place - 1]) : null;
  return graph.about.properties.filter((property) => brokenHere(graph, property, walk.states[place], step)).map((property) => property.code || property.name);
}

// The properties that the step to a place of the path broke.
function brokenBefore(page, place) {
  const from = page.walk.states[place - 1];
  return brokenBy(page, from, page.graph.step(from, page.walk.actions[place - 1]));
}

function brokenHere(graph, property, state, step) {
  if (property.kind === "invariant") return property.questions.some((question) => !graph.holds(question.state, state));
  if (property.kind === "step") return step !== null && property.questions.some((question) => !step.holds(question.step));
  return false;
}

// What can be said of a property here: a word for the mark, and a sentence.
function standing(page, property) {
  const { graph, walk } = page;
  const { state } = walk;
  if (property.questions.length === 0) return { mark: "none", words: property.given ? `asked with ${property.given}, which is another model than this page's` : "not asked of this model" };
  const step = walk.before === null ? null : graph.step(walk.before, walk.actions[walk.actions.length - 1]);
  const some = (test) => property.questions.some(test);
  const every = (test) => property.questions.every(test);
  switch (property.kind) {
    case "invariant":
      return brokenHere(graph, property, state, step) ? { mark: "broken", words: "broken here" } : { mark: "kept", words: "true here" };
    case "step": {
      const next = (graph.steps(state) || []).filter((one) => some((question) => !one.holds(question.step))).length;
      const ahead = next ? `; ${many(next, "step")} from here would break it` : "";
      if (step === null) return { mark: "none", words: `no step was taken yet${ahead}` };
      return brokenHere(graph, property, state, step) ? { mark: "broken", words: `the last step broke it${ahead}` } : { mark: "kept", words: `the last step kept it${ahead}` };
    }
    case "leads_to": {
      const since = owedSince(graph, walk, property);
      if (since !== null) return { mark: "owed", words: `owed since ${since === 0 ? "the start" : `step ${since}`}: what was promised has not come yet` };
      return { mark: "kept", words: some((question) => graph.holds(question.state, state)) ? "the goal is met here" : "nothing is owed here" };
    }
    case "never_endless": {
      const met = some((question) => (question.step === null ? graph.holds(question.state, state) : step !== null && step.holds(question.step)));
      return met ? { mark: "owed", words: "it happens here; it must not happen for ever again" } : { mark: "none", words: "it does not happen here" };
    }
    case "stays_possible": {
      const asked = some((question) => graph.holds(question.after, state));
      if (!asked) return { mark: "none", words: "its premise is false here" };
      return every((question) => !graph.holds(question.after, state) || graph.holds(question.state, state)) ? { mark: "kept", words: "the goal is true here" } : { mark: "owed", words: "the goal is not true here; it must stay within reach" };
    }
    default: {
      const met = every((question) => (question.step === null ? graph.holds(question.state, state) : step !== null && step.holds(question.step)));
      return met ? { mark: "kept", words: "it is so here" } : { mark: "none", words: "it is not so here" };
    }
  }
}

// Since which place of the path the premise waits for its goal; null when nothing is owed.
function owedSince(graph, walk, property) {
  let first = null;
  for (const question of property.questions) {
    let since = null;
    walk.states.forEach((state, place) => {
      if (graph.holds(question.state, state)) since = null;
      else if (since === null && graph.holds(question.after, state)) since = place;
    });
    if (since !== null) first = first === null ? since : Math.min(first, since);
  }
  return first;
}

function rulesPanel(page) {
  const { graph } = page;
  const about = graph.about;
  const known = about.properties.map((property, number) => ({ property, number, ...standing(page, property) }));
  known.sort((one, other) => (other.mark === "broken") - (one.mark === "broken") || one.number - other.number);
  const broken = known.filter((one) => one.mark === "broken").length;
  const heading = make("h2", { id: "rules-heading" }, "Properties", make("span", { class: broken ? "count bad" : "count" }, broken ? `${broken} broken here` : "none broken here"));
  const fails = about.properties.filter((property) => property.answer === "violated").length;
  const open = about.properties.filter((property) => property.answer === "open").length;
  const asked = about.properties.some((property) => property.answer !== null);
  const summary = asked ? `Of this design ${fails || "none"} of ${about.properties.length} ${fails > 1 ? "are" : "is"} violated${open ? `, ${open} open` : ""}.` : "No engine was asked for verdicts.";
  const shown = known.filter((one) => !page.violatedOnly || one.property.answer === "violated" || one.mark === "broken");
  const list = make("div", { class: "properties" }, shown.map((one) => propertyBox(page, one)));
  const toggle = fails > 0 && fails < about.properties.length && make("button", { type: "button", class: "small", "aria-pressed": String(page.violatedOnly), click: () => page.toggleViolated() }, "only these");
  const left = about.skipped.length > 0 && fold("skipped", [make("span", {}, "Not applicable"), make("span", { class: "count" }, String(about.skipped.length))], () => make("ul", {}, about.skipped.map((one) => make("li", {}, `${one.code} ${one.name}: ${one.reason}`))));
  at("rules").replaceChildren(...[heading, make("div", { class: "filters" }, make("p", { class: "quiet" }, summary), toggle), list, left].filter(Boolean));
}

function propertyBox(page, { property, number, mark, words }) {
  const badge = property.answer === null ? null : make("span", { class: `verdict ${property.word === "vac" ? "vacuous" : property.answer}`, title: property.reason || VERDICTS[property.word.split(" ")[0]] }, property.word);
  const summary = [make("span", { class: `standing ${mark}`, role: "img", "aria-label": words, title: words }), make("span", { class: "name" }, make("span", { class: "code" }, property.code), " ", breakable(property.name)), badge];
  const details = fold(`property ${number}`, summary, () => propertyText(page, property, words));
  details.dataset.property = property.name;
  details.dataset.standing = mark;
  details.className = "property";
  return details;
}

function propertyText(page, property, words) {
  const { graph, walk } = page;
  const told = { holds: "holds", violated: "is violated", open: "is open" };
  const verdict = property.answer === null ? "" : `It ${told[property.answer]}${property.engine ? `, says ${property.engine}` : ""}${property.reason ? ` (${property.reason})` : ""}.`;
  const invariantLike = property.kind === "invariant";
  return make(
    "div",
    { class: "about" },
    make("p", { class: "now" }, `${words[0].toUpperCase()}${words.slice(1)}.`),
    make("p", {}, property.text),
    property.questions.map((question) =>
      make(
        "div",
        { class: "question" },
        property.questions.length > 1 && make("p", { class: "quiet" }, question.about),
        make("p", { class: "formula" }, make("span", { class: "quiet" }, `${KINDS[property.kind]} `), question.after !== null && `${graph.about.formulas[question.after].text} → `, question.text),
        invariantLike && make("ul", {}, question.parts.filter((part) => question.parts.length === 1 || !graph.holds(part, walk.state)).map((part) => truthLine(page, part, walk.state))),
      ),
    ),
    make("p", { class: "quiet" }, [verdict, property.source && `Source: ${property.source}.`, property.place].filter(Boolean).join(" ")),
    make("div", { class: "chips" }, waysTo(page, property)),
  );
}

function waysTo(page, property) {
  const { graph, walk } = page;
  const found = [];
  if (property.path !== null) {
    const what = property.answer === "violated" ? "counterexample" : "witness";
    const loop = property.path.loop === null ? "" : `, then back to ${property.path.loop} for ever`;
    found.push(make("button", { type: "button", class: "chip", "data-show": "end", click: () => page.show(property.path, true) }, `go to the end of the ${what} (${many(property.path.actions.length, "step")}${loop})`));
    found.push(make("button", { type: "button", class: "chip", "data-show": "start", click: () => page.show(property.path, false) }, "walk it from its start"));
  }
  if (property.questions.length > 0 && ["invariant", "step"].includes(property.kind)) {
    const way = property.kind === "invariant"
      ? graph.way(walk.state, (state) => property.questions.some((question) => !graph.holds(question.state, state)))
      : graph.way(walk.state, () => false, (step) => property.questions.some((question) => !step.holds(question.step)));
    if (way === null) found.push(make("span", { class: "quiet" }, page.whole ? "cannot be broken any more from here" : "not broken on any way from here in this page"));
    else if (way.length > 0) found.push(make("button", { type: "button", class: "chip", "data-show": "nearest", click: () => page.follow(way) }, `break it from here (${many(way.length, "step")})`));
  }
  return found;
}
