"""Pages are made wrong on purpose, in what is computed and in what the script does; the comparison with the engine must
notice each fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tdispmodel.exploring import book, description as describing, page as paging, space
from tdispmodel.exploring.description import Description
from tests.exploring import packed, screen
from tests.exploring.conftest import Described, Opening

Patch = pytest.MonkeyPatch


def _steps_are_missing(patch: Patch) -> None:
    original = space.Walker.steps
    patch.setattr(space.Walker, "steps", lambda self, state: original(self, state)[:3])


def _steps_lead_back(patch: Patch) -> None:
    original = space.Walker.steps

    def steps(self: space.Walker, state: Any) -> Any:
        return tuple((action, state if action == 5 else after) for action, after in original(self, state))

    patch.setattr(space.Walker, "steps", steps)


def _actions_are_exchanged(patch: Patch) -> None:
    original = space.Walker.steps
    exchanged = {1: 2, 2: 1}

    def steps(self: space.Walker, state: Any) -> Any:
        return tuple((exchanged.get(action, action), after) for action, after in original(self, state))

    patch.setattr(space.Walker, "steps", steps)


def _bits_are_turned_round(patch: Patch) -> None:
    original = describing.bits
    patch.setattr(describing, "bits", lambda truths: original(list(reversed(truths))))


def _one_truth_is_wrong(patch: Patch) -> None:
    original = book.Book.truths

    def truths(self: book.Book, states: Any) -> list[list[bool]]:
        found = original(self, states)
        found[0][-1] = not found[0][-1]
        return found

    patch.setattr(book.Book, "truths", truths)


def _what_is_read_is_forgotten(patch: Patch) -> None:
    original = book.picker
    patch.setattr(book, "picker", lambda positions: original(positions[1:]))


def _values_are_one_off(patch: Patch) -> None:
    original = describing.values_of

    def values_of(sort: Any) -> Any:
        found = original(sort)
        return found and [*found[1:], found[0]]

    patch.setattr(describing, "values_of", values_of)


def _numbers_are_cut(patch: Patch) -> None:
    original = describing.numbers
    patch.setattr(describing, "numbers", lambda values, size: original((value % 100 for value in values), size))


COMPUTED: dict[str, Callable[[Patch], None]] = {
    "a state has three steps at most": _steps_are_missing,
    "a step changes nothing": _steps_lead_back,
    "two actions are exchanged": _actions_are_exchanged,
    "truths stand the other way round": _bits_are_turned_round,
    "one truth of one state is wrong": _one_truth_is_wrong,
    "states that a formula can tell apart look the same to it": _what_is_read_is_forgotten,
    "values have one another's names": _values_are_one_off,
    "large numbers are cut": _numbers_are_cut,
}


@pytest.mark.parametrize("fault", COMPUTED)
def test_what_is_computed_wrongly_is_noticed(fault: str, described: Described, monkeypatch: Patch) -> None:
    """With the fault, the data of bench-tdi's page is not what the engine says."""
    sound = described().contents
    COMPUTED[fault](monkeypatch)
    part = space.part_of(sound.system, 20_000)
    wrong = Description(type(sound)(sound.loaded, sound.scope, sound.system, part, (), sound.skipped))
    with pytest.raises((AssertionError, KeyError)):
        packed.compare(wrong, paging.page(wrong))


SCRIPT: dict[str, tuple[str, str, str]] = {
    "truths are turned over": (
        "data.js",
        "return bit(this.truths[formula], state) === 1;",
        "return bit(this.truths[formula], state) === 0;",
    ),
    "rows are those of the next state": ("data.js", "column[state])", "column[(state + 1) % this.count])"),
    "the last step of a state is left out": (
        "data.js",
        "place < this.offsets[state + 1]; place",
        "place < this.offsets[state + 1] - 1; place",
    ),
    "changes are shown the other way": (
        "data.js",
        "before: code, after: now[variable]",
        "before: now[variable], after: code",
    ),
    "the state before is shown": (
        "walk.js",
        "return this.states[this.states.length - 1];",
        "return this.states[Math.max(0, this.states.length - 2)];",
    ),
    "the second false part is shown": (
        "panels.js",
        "graph.about.formulas[wrong[0]].text",
        "graph.about.formulas[wrong[wrong.length - 1]].text",
    ),
    "true parts are called false": ("panels.js", "parts.filter((formula) => !graph", "parts.filter((formula) => graph"),
    "what can happen is listed twice": (
        "panels.js",
        "filter(({ action, number }) => !enabled.has(number) && fits(action))",
        "filter(({ action }) => fits(action))",
    ),
    "a broken property is kept": (
        "rules.js",
        'if (property.kind === "invariant") return property.questions.some',
        'if (property.kind === "invariant") return property.questions.every((one) => one.state < 0) && property.questions.some',
    ),
    "the TDI stands still": (
        "drawing.js",
        "graph.row(walk.state)[variable]);\n  const before",
        "graph.row(walk.states[0])[variable]);\n  const before",
    ),
}


@pytest.mark.parametrize("fault", SCRIPT)
def test_what_the_script_does_wrongly_is_noticed(
    fault: str, described: Described, opened: Opening, monkeypatch: Patch
) -> None:
    """With the fault in the script, what a browser shows in some of bench-tdi's states is not what the engine says."""
    file, sound, wrong = SCRIPT[fault]
    original = paging.static

    def static(name: str) -> str:
        text = original(name)
        if name != file:
            return text
        assert text.count(sound) == 1
        return text.replace(sound, wrong)

    monkeypatch.setattr(paging, "static", static)
    page = opened(described())
    with pytest.raises(AssertionError):
        screen.compare(described(), page, every=12)
    opened.wrong.clear()
