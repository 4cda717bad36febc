"""A behaviour that explains lines, told backwards from the places that a search came to, and checked.

Given a finished `Merged`; gives an `Explanation`.  The reference semantics takes every step of it again, and every line
must be shown by its step, before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tdispmodel.analysing.conforming.search.merging import Cell, Merged
from tdispmodel.analysing.conforming.search.places import NO_STEP, At, Places
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.ir.system import State, SystemAction
from tdispmodel.judging.traces import enabled, is_start
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Trace


class Line(NamedTuple):
    """Where a line is explained: which log, which of its lines, after how many steps, and whether by a step."""

    log: int
    position: int
    step: int
    by_step: bool


@dataclass(frozen=True)
class Explanation:
    """A behaviour and where in it each line is told, in one order in which the lines may have been written."""

    trace: Trace
    lines: tuple[Line, ...]


def explanation(merged: Merged[Places], cell: Cell, semantics: Semantics) -> Explanation:
    """Return a behaviour that explains the lines up to a cell.  Raises `OurFault` when it does not."""
    compiled = merged.tracker.compiled
    names = [action.name for action in semantics.system.actions]
    told = list(backwards(merged, cell))[::-1]
    states: dict[int, State] = {}

    def state(at: At) -> State:
        if at.packed not in states:
            states[at.packed] = compiled.unpack(at.packed)
        return states[at.packed]

    steps: list[tuple[str, State]] = []
    lines: list[Line] = []
    first = told[0].at
    for taken in told[1:]:
        if taken.action >= 0:
            steps.append((names[taken.action], state(taken.at)))
        if taken.log >= 0:
            lines.append(Line(taken.log, taken.position, len(steps), taken.action != NO_STEP))
    found = Explanation(Trace(state(first), tuple(steps)), tuple(lines))
    check(merged, found, semantics)
    return found


class Taken(NamedTuple):
    """A link of the chain backwards: the place after it, the action, and the line that was told with it (-1: none)."""

    at: At
    action: int
    log: int = -1
    position: int = -1


def backwards(merged: Merged[Places], cell: Cell) -> Iterator[Taken]:
    """Yield how a cell was come to, from its end; the last one is a start place."""
    at = merged.tracker.first(merged.cells[cell])
    while any(cell):
        before, log = cell_before(merged, cell, at)
        items, _ = merged.sequences[log][before[log]]
        path = merged.tracker.path(merged.cells[before], items, at)
        yield Taken(at, path[-1][1], log, before[log])
        for place, action in reversed(path[1:-1]):
            yield Taken(place, action)
        cell, at = before, path[0][0]
    yield Taken(at, NO_STEP)


def cell_before(merged: Merged[Places], cell: Cell, at: At) -> tuple[Cell, int]:
    """Return the cell from which a line leads to a place, and the log of that line."""
    for log in range(len(cell)):
        before = merged.moved(cell, log, -1)
        if before not in merged.cells or log not in merged.next_lines(before):
            continue
        if merged.tracker.holds(merged.after(before, log), at):
            return before, log
    message = "a place of a search has no way to it"
    raise OurFault(message)


def check(merged: Merged[Places], found: Explanation, semantics: Semantics) -> None:
    """Take every step again by the reference semantics, and ask of every line whether its step shows it.

    Raises `OurFault`.
    """
    system = semantics.system
    trace = found.trace
    if not is_start(semantics, trace.initial):
        message = "the behaviour that explains a log does not begin in a start state"
        raise OurFault(message)
    seen: set[tuple[State, str, State]] = set()
    before = trace.initial
    for name, after in trace.steps:
        if (before, name, after) not in seen:
            action = system.by_name[name]
            if not enabled(semantics, action, before) or semantics.step(before, action) != after:
                message = f"the semantics refuses {name} in the behaviour that explains a log"
                raise OurFault(message)
            seen.add((before, name, after))
        before = after
    check_lines(merged, found, system.actions)


def check_lines(merged: Merged[Places], found: Explanation, actions: tuple[SystemAction, ...]) -> None:
    """Check that every line is one that its step or state shows, each at most once.  Raises `OurFault`."""
    showing = merged.tracker.showing
    index = {action.name: number for number, action in enumerate(actions)}
    states = found.trace.states
    left, latest = 0, -1
    for line in found.lines:
        items, _ = merged.sequences[line.log][line.position]
        if not line.by_step:
            fits = bool(showing.state(states[line.step]) & items)
        else:
            if line.step != latest:
                name, after = found.trace.steps[line.step - 1]
                left, _ = showing.step(states[line.step - 1], index[name], after)
                latest = line.step
            fits = bool(left & items)
            lowest = (left & items) & -(left & items)
            left &= ~lowest
        if not fits:
            message = "a line is told of a step that does not show it"
            raise OurFault(message)
