"""Why an action could not happen at some place of a behaviour: which parts of its guards are false there.

Given names, a trace, an action and a place; gives what is false with the values behind it, by the reference semantics.
A guard is taken apart where all of its parts must hold, so what is named is false by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tdispmodel.ir.expressions import FALSE, And, Expression, Not, Or, Value, negation
from tdispmodel.ir.system import State, System, SystemAction
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import value_text
from tdispmodel.reports.plain import beside, packed, paragraph
from tdispmodel.reports.trace import changes
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.semantics.support import support
from tdispmodel.source import Place
from tdispmodel.verdict import Trace

LABEL = "  why not: "
WIDE = 72 - len(LABEL)


@dataclass(frozen=True)
class Asked:
    """Why an action, by name or as one instance, could not happen after a step, 0 being the start.

    ``missing`` says why the system has no such action at all, and then there are no instances.
    """

    action: str
    step: int
    instances: tuple[SystemAction, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Broken:
    """A part of a guard that must hold and does not: the values that make it false, and its ``require``.

    A part that constants make false is the guard as it was written.
    """

    part: Expression
    values: tuple[tuple[str, Value], ...]
    place: Place


@dataclass(frozen=True)
class Refusal:
    """What keeps one instance of an action from happening.  Nothing does if ``false`` is empty: ``after`` follows."""

    action: str
    false: tuple[Broken, ...] = ()
    after: State | None = None


def refusal(semantics: Semantics, action: SystemAction, state: State) -> Refusal:
    """Return what is false of an action's guards in a state."""
    places: Sequence[Place | None] = action.places if len(action.places) == len(action.guards) else ()
    found = []
    for number, guard in enumerate(action.guards):
        for part in conjuncts(guard):
            if not semantics.holds(part, state):
                reads = support(semantics, part, state)
                values = tuple((read.name, state[semantics.system.index[read.name]]) for read in reads)
                place = places[number] if places else None
                written = action.template.guards[number].condition if part == FALSE and places else part
                found.append(Broken(written, values, place or action.template.place))
    if found:
        return Refusal(action.name, tuple(found))
    try:
        return Refusal(action.name, after=semantics.step(state, action))
    except LeavesRange:
        return Refusal(action.name)


def conjuncts(formula: Expression) -> Iterator[Expression]:
    """Yield the parts that must all hold, however they are nested."""
    match formula:
        case And(operands):
            for operand in operands:
                yield from conjuncts(operand)
        case Not(Or(operands)):
            for operand in operands:
                yield from conjuncts(negation(operand))
        case _:
            yield formula


def lines(names: Names, trace: Trace, asked: Sequence[Asked]) -> list[str]:
    """Return the answers as text."""
    semantics = Semantics(names.system)
    found: list[str] = []
    for one in asked:
        if one.missing:
            found += paragraph(f"{one.action} {_where(one.step)}: {one.missing}", LABEL)
        for action in one.instances:
            found += _told(names, refusal(semantics, action, trace.states[one.step]), one.step, trace)
    return found


def entries(system: System, trace: Trace, asked: Sequence[Asked]) -> list[dict[str, object]]:
    """Return the answers for a document."""
    semantics = Semantics(system)
    names = Names(system)
    answers: list[dict[str, object]] = []
    for one in asked:
        if one.missing:
            answers.append(
                {"action": one.action, "step": one.step, "possible": False, "reason": one.missing, "false": []}
            )
        for action in one.instances:
            found = refusal(semantics, action, trace.states[one.step])
            parts = [
                {
                    "formula": names.formula(part.part),
                    "values": dict(part.values),
                    "path": part.place.path,
                    "line": part.place.line,
                }
                for part in found.false
            ]
            answers.append(
                {"action": found.action, "step": one.step, "possible": not parts, "reason": "", "false": parts}
            )
    return answers


def _told(names: Names, found: Refusal, step: int, trace: Trace) -> list[str]:
    who = f"{names.action(found.action)} {_where(step)}"
    if not found.false:
        if found.after is None:
            return paragraph(f"{who}: its guards hold, and an integer would leave its range", LABEL)
        changed = ", ".join(changes(names, trace.states[step], found.after)) or "nothing changes"
        return paragraph(f"{who}: it can happen there: {changed}", LABEL)
    told = paragraph(f"{who}: false is what it requires:", LABEL)
    items = []
    for part in found.false:
        values = ", ".join(f"{names.variable(name)}={value_text(value)}" for name, value in part.values)
        text = names.formula(part.part)
        why = values or "by the constants"
        items.append(text if text in values else f"{text} ({why})")
    blank = " " * len(LABEL)
    return told + beside(f"{blank}  ", packed(items, WIDE - 2, "; "))


def _where(step: int) -> str:
    return "at the start" if step == 0 else f"after step {step}"
