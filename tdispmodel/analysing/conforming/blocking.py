"""Why a line cannot come next: the step that is nearest to writing it, and what of its guards is false.

Given the places in which the lines so far leave a system; decided by the reference semantics, in the places that were
found first, so in those with few hidden steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tdispmodel.analysing.conforming.search.places import Places, Tracker
from tdispmodel.analysing.conforming.showing import Condition, Showing
from tdispmodel.ir.expressions import Expression, conjuncts
from tdispmodel.ir.system import State, SystemAction
from tdispmodel.reports.conformance import Blocked, Shown, Unmet
from tdispmodel.semantics import Semantics
from tdispmodel.source import Place

FALSE_GUARD, WRONG_EFFECT, WRONG_RESULT = 2, 4, 1
"""How far away a step is: an effect that is not there counts for more than a guard that is false, since such a step is
another one; that a verb of userspace ends otherwise counts for less."""

Reason = tuple[int, str, tuple[tuple[Expression, Place | None], ...], tuple[Unmet, ...]]


def blocked(tracker: Tracker[Places], places: Places, items: int, line: Shown, semantics: Semantics) -> Blocked:
    """Return why no place leads on with a line that any of ``items`` explains."""
    found = tracker.near(places, items)
    owed = [at for at in found if at.must]
    states = list(dict.fromkeys(at.packed for at in found if not at.must))
    missing = ""
    if owed and len(owed) == len(found):
        missing = f"a line is missing before it: {told(tracker.showing, owed[0].must)}"
        states = [owed[0].packed]
    values = [tracker.compiled.unpack(packed) for packed in states]
    nearest = min(reasons(tracker.showing, values, items, semantics), key=lambda one: one[:2], default=None)
    if nearest is None:
        return Blocked(line, "", (), (), missing)
    return Blocked(line, nearest[1], nearest[2], nearest[3], missing)


def told(showing: Showing, mask: int) -> str:
    """Return in words what a mask of items tells."""
    shown = [item for number, item in enumerate(showing.items) if mask >> number & 1]
    return ", ".join(dict.fromkeys(f"{item.form} {item.detail}".strip() for item in shown))


def reasons(showing: Showing, states: list[State], items: int, semantics: Semantics) -> Iterator[Reason]:
    """Yield, for each state and each way to write the line, how far away it is, which action, and what is missing."""
    for number, action in enumerate(semantics.system.actions):
        ways = [shown.conditions for shown in showing.by_action[number] if shown.items & items]
        ways += [()] if any(mask & items for mask, _ in showing.markers[number].values()) else []
        if not ways:
            continue
        parts = [(part, place) for guard, place in guards(action) for part in conjuncts(guard)]
        for state in states:
            false = tuple((part, place) for part, place in parts if not semantics.holds(part, state))
            after = None if false else semantics.step(state, action)
            for conditions in ways:
                unmet = tuple(unmet_of(semantics, conditions, state, after))
                far = FALSE_GUARD * len(false) + WRONG_EFFECT * len(unmet)
                if after is not None and not conditions:
                    unmet = tuple(unmet_result(showing, number, items, state, after))
                    far = WRONG_RESULT
                yield far, action.name, false, unmet


def guards(action: SystemAction) -> Iterator[tuple[Expression, Place | None]]:
    """Yield the guards of an action with where they are written."""
    places = [*action.places, *[None] * len(action.guards)]
    yield from zip(action.guards, places, strict=False)


def unmet_of(
    semantics: Semantics, conditions: Iterable[Condition], state: State, after: State | None
) -> Iterator[Unmet]:
    """Yield the conditions of the table that a step does not meet (``after`` None: it cannot be taken)."""
    for position, first, second in conditions:
        name = semantics.system.variables[position].name
        if first is not None and state[position] not in first:
            yield Unmet(name, state[position], None, tuple(sorted(first, key=str)))
        elif after is not None and second is not None and after[position] not in second:
            yield Unmet(name, state[position], after[position], tuple(sorted(second, key=str)))


def unmet_result(showing: Showing, action: int, items: int, state: State, after: State) -> Iterator[Unmet]:
    """Yield that a marker tells of another result than the step has."""
    if showing.result is None:
        return
    wanted = tuple(sorted(result for result, (mask, _) in showing.markers[action].items() if mask & items))
    if str(after[showing.result]) not in wanted:
        variable = showing.system.variables[showing.result].name
        yield Unmet(variable, state[showing.result], after[showing.result], wanted)
