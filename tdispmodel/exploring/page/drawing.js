// Two pictures: the path as a message sequence chart, and the TDI's four states with the present one marked.

const TDI = ["CONFIG_UNLOCKED", "CONFIG_LOCKED", "RUN", "ERROR"];
// Where the states are drawn, each with half its width: one picture, or several beside one another with shorter words.
const LARGE = {
  box: "0 0 446 200",
  words: (name) => name,
  places: { CONFIG_UNLOCKED: [78, 70, 68], CONFIG_LOCKED: [244, 70, 60], RUN: [402, 70, 32], ERROR: [244, 168, 36] },
};
const SMALL = {
  box: "0 0 330 180",
  words: (name) => name.replace("CONFIG_", ""),
  places: { CONFIG_UNLOCKED: [60, 64, 54], CONFIG_LOCKED: [186, 64, 42], RUN: [294, 64, 32], ERROR: [186, 152, 40] },
};

function interfaces(about) {
  const whole = (variable) => variable.values !== null && TDI.every((name) => variable.values.includes(name));
  return about.variables.flatMap((variable, position) => (whole(variable) ? [position] : []));
}

// For each interface the moves between its states that some step of the page makes, with who makes them.
function movesOf(graph) {
  const watched = interfaces(graph.about);
  const found = new Map(watched.map((variable) => [variable, new Map()]));
  for (let state = 0; state < graph.count; state += 1) {
    for (let place = graph.offsets[state]; place < graph.offsets[state + 1]; place += 1) {
      for (const variable of watched) {
        const [before, after] = [graph.columns[variable][state], graph.columns[variable][graph.targets[place]]];
        if (before === after) continue;
        const key = `${graph.value(variable, before)} ${graph.value(variable, after)}`;
        const moves = found.get(variable);
        if (!moves.has(key)) moves.set(key, new Set());
        moves.get(key).add(graph.taken[place]);
      }
    }
  }
  return found;
}

function automaton(graph, walk, variable, moves, small) {
  const plan = small ? SMALL : LARGE;
  const now = graph.value(variable, graph.row(walk.state)[variable]);
  const before = walk.before === null ? null : graph.value(variable, graph.row(walk.before)[variable]);
  const next = new Set();
  for (const step of graph.steps(walk.state) || []) {
    const after = graph.value(variable, graph.row(step.to)[variable]);
    const key = `${now} ${after}`;
    if (after === now) continue;
    next.add(key);
    if (!moves.has(key)) moves.set(key, new Set([step.action])); // behind the border of a page that is served
  }
  const label = `${graph.about.variables[variable].name} is ${now}`;
  const picture = draw("svg", { viewBox: plan.box, class: "automaton", role: "img", "aria-label": label });
  for (const [key, actions] of moves) {
    const [from, to] = key.split(" ");
    if (!plan.places[from] || !plan.places[to]) continue;
    const kind = from === before && to === now ? "last" : next.has(key) ? "next" : "";
    const names = [...new Set([...actions].map((action) => graph.about.actions[action].name.split("(")[0]))].sort();
    const told = draw("title", {}, `${from} to ${to}: ${names.join(", ")}`);
    const [line, head] = arrow(plan.places[from], plan.places[to]);
    picture.append(draw("g", { class: `move ${kind}` }, told, line, head));
  }
  for (const name of TDI) {
    const [x, y, half] = plan.places[name];
    const box = { x: x - half, y: y - 17, width: 2 * half, height: 34, rx: 17 };
    const kind = name === now ? "present" : name === before ? "previous" : "";
    const words = draw("text", { x, y: y + 4.5, "text-anchor": "middle" }, plan.words(name));
    picture.append(draw("g", { class: `place ${kind} ${name.toLowerCase()}` }, draw("rect", box), words));
  }
  return picture;
}

// A curve from one box to another, bent to the right so that a way and its way back stand apart.
function arrow(from, to) {
  const [x1, y1] = from;
  const [x2, y2] = to;
  const far = Math.abs(x2 - x1) > 200 && y1 === y2;
  const length = Math.hypot(x2 - x1, y2 - y1);
  const bend = far ? (x2 > x1 ? -96 : -70) : y1 === y2 ? 13 : 20;
  const side = far ? [0, bend] : [(-(y2 - y1) / length) * bend, ((x2 - x1) / length) * bend];
  const [cx, cy] = [(x1 + x2) / 2 + side[0], (y1 + y2) / 2 + side[1]];
  const [sx, sy] = edge(from, cx, cy);
  const [ex, ey] = edge(to, cx, cy);
  const turn = Math.atan2(ey - cy, ex - cx);
  const corner = (angle) => `${(ex - 8 * Math.cos(turn + angle)).toFixed(1)},${(ey - 8 * Math.sin(turn + angle)).toFixed(1)}`;
  const line = draw("path", { d: `M${sx.toFixed(1)},${sy.toFixed(1)} Q${cx.toFixed(1)},${cy.toFixed(1)} ${ex.toFixed(1)},${ey.toFixed(1)}`, class: "line" });
  const head = draw("path", { d: `M${corner(0.45)} L${ex.toFixed(1)},${ey.toFixed(1)} L${corner(-0.45)}`, class: "head" });
  return [line, head];
}

// Where the line from the middle of a box to a point leaves the box.
function edge([mx, my, half], x, y) {
  const [dx, dy] = [x - mx, y - my];
  const scale = Math.min(half / Math.max(Math.abs(dx), 1e-6), 19 / Math.max(Math.abs(dy), 1e-6));
  return [mx + dx * scale, my + dy * scale];
}

const ROW = 38;

// The path: one lane for each actor that takes part, one row a step; what was undone is pale.
function chart(graph, walk, width, broken) {
  const about = graph.about;
  const all = [...walk.actions, ...walk.undone];
  const involved = new Set();
  for (const action of all) {
    involved.add(about.actions[action].actor);
    if (about.actions[action].target !== null) involved.add(about.actions[action].target);
  }
  const lanes = about.actors.filter((actor) => involved.has(actor.key));
  const left = 30;
  const spacing = (width - left - 6) / Math.max(lanes.length, 1);
  const middle = new Map(lanes.map((actor, place) => [actor.key, left + spacing * (place + 0.5)]));
  const height = 34 + ROW * all.length + 12;
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "chart", role: "list", "aria-label": "the path, step by step" });
  for (const actor of lanes) {
    const x = middle.get(actor.key);
    const head = spacing < 62 ? actor.head.slice(0, 7) : actor.head;
    picture.append(draw("line", { x1: x, x2: x, y1: 26, y2: height - 4, class: "lifeline" }));
    picture.append(draw("text", { x, y: 16, "text-anchor": "middle", class: `lane ${actor.key}` }, head));
  }
  all.forEach((number, place) => {
    const action = about.actions[number];
    const y = 34 + ROW * place + 24;
    const kind = place >= walk.actions.length ? "undone" : place === walk.actions.length - 1 ? "latest" : "";
    const wrong = place < walk.actions.length && broken(place + 1);
    const told = `${place + 1} ${action.short}, by ${who(about, action.actor)}: ${wrong ? `breaks ${wrong}; ` : ""}go there`;
    const row = draw("g", { class: `row ${kind} ${wrong ? "wrong" : ""} ${action.actor}`, role: "listitem", "data-action": action.name });
    const button = draw("g", { role: "button", tabindex: "0", "aria-label": told });
    button.append(draw("rect", { x: 0, y: y - 26, width, height: ROW, class: "field" }));
    button.append(draw("text", { x: 22, y: y + 4, "text-anchor": "end", class: "number" }, String(place + 1)));
    button.append(...message(action, y, middle, width));
    if (wrong) button.append(draw("circle", { cx: width - 8, cy: y, r: 5, class: "mark" }));
    button.addEventListener("click", () => walk.back(place + 1));
    button.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        walk.back(place + 1);
      }
    });
    row.append(button);
    picture.append(row);
  });
  return picture;
}

// An arrow from who acts to whom it is addressed, or a mark on the lane of who acts, with the name above it.
function message(action, y, middle, width) {
  const start = middle.get(action.actor);
  const end = action.target === null || action.target === action.actor ? null : middle.get(action.target);
  const length = action.short.length * 6.7;
  if (end === null) {
    const right = start + 10 + length < width - 14;
    const place = right ? { x: start + 10, "text-anchor": "start" } : { x: start - 10, "text-anchor": "end" };
    return [draw("circle", { cx: start, cy: y, r: 4.5, class: "dot" }), draw("text", { ...place, y: y + 4, class: "name" }, action.short)];
  }
  const tip = end + (end > start ? -2 : 2);
  const back = end > start ? -8 : 8;
  const centre = Math.min(Math.max((start + end) / 2, 30 + length / 2), width - 10 - length / 2);
  return [
    draw("line", { x1: start, x2: tip, y1: y, y2: y, class: "line" }),
    draw("path", { d: `M${tip + back},${y - 4} L${tip},${y} L${tip + back},${y + 4}`, class: "head" }),
    draw("text", { x: centre, y: y - 7, "text-anchor": "middle", class: "name" }, action.short),
  ];
}

function who(about, key) {
  return about.actors.find((actor) => actor.key === key).who;
}
