// Elements are made one by one; text is only ever text.

function make(name, given = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key === "click") element.addEventListener("click", value);
    else if (key === "class") element.className = value;
    else if (key === "open") element.open = value;
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function draw(name, given = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(given)) element.setAttribute(key, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function at(id) {
  return document.getElementById(id);
}

// A name that may be broken behind its underscores, and nowhere else if there is room.
function breakable(name) {
  return name.split(/(?<=_)/).flatMap((part, place) => (place ? [make("wbr"), part] : [part]));
}

function many(count, what, plural = `${what}s`) {
  return `${count} ${count === 1 ? what : plural}`;
}

// Which folds are open is remembered by name, since every change draws the panels anew.
const folds = new Map();

function fold(name, summary, content, open = false) {
  const head = make("summary", {}, summary);
  const details = make("details", { open: folds.has(name) ? folds.get(name) : open }, head);
  const fill = () => {
    if (details.childElementCount === 1) details.append(...[content()].flat());
  };
  if (details.open) fill();
  head.addEventListener("click", () => {
    folds.set(name, !details.open);
    fill();
  });
  return details;
}
