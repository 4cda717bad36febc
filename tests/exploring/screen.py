"""What pages show in a browser, read from the screen and compared with the engine."""

from __future__ import annotations

from typing import Any

from tdispmodel.exploring.description import Description
from tdispmodel.ir.expressions import Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.reports.naming import Names
from tdispmodel.reports.reasons import conjuncts_of, worded
from tests.exploring.engine import Engine, words

# Walks to each path, and reads what the page then shows.
READ = """async (paths) => {
  const text = (element) => element.textContent;
  const all = (selector, read) => [...document.querySelectorAll(selector)].map(read);
  const found = [];
  for (const path of paths) {
    if (found.length && found.at(-1).path !== paths[found.length - 1]) break;
    location.hash = path;
    for (let tries = 0; document.documentElement.dataset.path !== path && tries < 500; tries += 1) {
      await new Promise((resume) => setTimeout(resume, 1));
    }
    found.push({
      path: document.documentElement.dataset.path,
      values: Object.fromEntries(all("#here [data-variable]", (line) => [line.dataset.variable, text(line.querySelector(".value"))])),
      can: Object.fromEntries(all("#can .action", (button) => [button.dataset.action, [...button.querySelectorAll(".change")].map(text)])),
      cannot: Object.fromEntries(all("#cannot .why", (why) => [why.dataset.action, text(why.querySelector(".needs b"))])),
      standing: Object.fromEntries(all("#rules .property", (one) => [one.dataset.property, one.dataset.standing])),
      breaks: Object.fromEntries(all("#can .action:has(.breaks)", (button) => [button.dataset.action, text(button.querySelector(".breaks"))])),
      present: all(".automaton .present text", text),
      rows: document.querySelectorAll(".chart .row:not(.undone)").length,
    });
  }
  return found;
}"""


def fragment(description: Description, start: int, actions: list[int]) -> str:
    """The fragment of a path's address."""
    return f"#{description.document['hash']}/{'.'.join(map(str, (start, *actions)))}"


def shown(page: Any, paths: list[str]) -> list[dict[str, Any]]:
    """What a page shows at the end of each path."""
    page.locator("#cannot > summary").click()
    found: list[dict[str, Any]] = page.evaluate(READ, paths)
    assert [seen["path"] for seen in found] == paths
    return found


def questions(description: Description, kind: Kind) -> list[tuple[str, str, Expression]]:
    """Name, code and formula of each property of a kind that the page's own system is asked about."""
    asked = [known for known in description.contents.asked if known.wanted.kind is kind and known.questions]
    return [(known.wanted.name, known.wanted.code, known.questions[0].formula) for known in asked]


def compare(description: Description, page: Any, every: int = 1) -> int:
    """Compare what a page shows in each state, or in every eighth say, with what the engine says; return how many."""
    system, names = description.system, Names(description.system)
    guards = {
        action.name: [part for guard in action.guards for part in conjuncts_of(guard)] for action in system.actions
    }
    properties = questions(description, Kind.INVARIANT)
    formulas = [part for parts in guards.values() for part in parts] + [negation(known) for *_, known in properties]
    engine = Engine(system, formulas)
    truths = {formula: engine.truth(formula) for formula in dict.fromkeys(formulas)}
    numbers = range(0, len(engine.states), every)
    found = shown(page, [fragment(description, 0, engine.path(number)[1]) for number in numbers])
    for number, seen in zip(numbers, found, strict=True):
        state = engine.states[number]
        assert seen["values"] == {v.name: words(value) for v, value in zip(system.variables, state, strict=True)}
        assert seen["present"] == [words(state[system.index["devices[0].tdi"]])]
        assert seen["rows"] == engine.explored.depth(number)
        assert seen["can"] == {
            system.actions[action].name: [
                f"{names.variable(variable.name)} {words(old)} → {words(new)}"
                for variable, old, new in zip(system.variables, state, engine.states[after], strict=True)
                if old != new
            ]
            for action, after in engine.steps(number)
        }
        false = {
            name: next(worded(names, part) for part in parts if not truths[part](number, -1))
            for name, parts in guards.items()
            if name not in seen["can"]
        }
        assert seen["cannot"] == false
        broken = {name for name, _, formula in properties if truths[negation(formula)](number, -1)}
        assert {name for name, standing in seen["standing"].items() if standing == "broken"} == broken
    return len(found)
