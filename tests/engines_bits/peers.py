"""Systems of several devices that do the same, or nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system
from tdispmodel.ir.expressions import TRUE, Expression, Read, conjunction, disjunction, negation, rebuilt
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemProperty


def mutex(devices: int) -> System:
    """Each device may take the lock when nobody has it, and release it.

    Per device a number that says whether it waits (0, 1) or works (2); a flag for the lock.
    """
    lock, works = Flag("busy"), [Counter(f"devices[{place}].work", 2) for place in range(devices)]
    moves = []
    for place, work in enumerate(works):
        free = conjunction(negation(lock.now), work.at(1))
        moves += [
            move(f"ask(devices[{place}])", work.at(0), work.set(1)),
            move(f"take(devices[{place}])", free, work.set(2), lock.becomes(TRUE)),
            move(f"drop(devices[{place}])", work.at(2), work.set(0), lock.becomes(negation(TRUE))),
        ]
    return replace(system("mutex", (lock, *works), *moves), devices=devices)


def exclusive(devices: int) -> SystemProperty:
    """No two devices work at once: holds in `mutex`, and speaks of all pairs."""
    works = [Counter(f"devices[{place}].work", 2).at(2) for place in range(devices)]
    pairs = [
        negation(conjunction(works[one], works[other])) for one in range(devices) for other in range(one + 1, devices)
    ]
    return ask(Kind.INVARIANT, conjunction(*pairs))


def asymmetric(devices: int, how: str) -> System:
    """Return `mutex` with one thing that is different about the first device."""
    made = mutex(devices)
    first, lock = Counter("devices[0].work", 2), Flag("busy")
    ask_for_it = made.actions[0]
    match how:
        case "move":
            return replace(made, actions=(*made.actions, move("steal", first.at(0), first.set(2))))
        case "guard":
            other = replace(ask_for_it, guards=(conjunction(first.at(0), negation(lock.now)),))
            return replace(made, actions=(other, *made.actions[1:]))
        case "effect":
            other = replace(ask_for_it, assignments=(first.set(2),))
            return replace(made, actions=(other, *made.actions[1:]))
        case "start":
            variables = (made.variables[0], replace(made.variables[1], initial=(1,)), *made.variables[2:])
            return replace(made, variables=variables)
        case "condition":
            return replace(made, initially=disjunction(first.at(0), lock.now))
        case "sort":
            wide = Counter("devices[0].work", 3)
            return replace(
                made, variables=(made.variables[0], wide.variable, *made.variables[2:]), actions=made.actions[3:]
            )
        case _:
            raise ValueError(how)


def peers(names: Sequence[str]) -> System:
    """Flags with these names, each of which may be raised."""
    flags = [Flag(name) for name in names]
    return system(
        "peers", tuple(flags), *(move(f"raise_{flag.variable.name}", TRUE, flag.becomes(TRUE)) for flag in flags)
    )


def several(one: System, devices: int) -> System:
    """Return a system in which each device does what ``one`` does, all sharing its first variable."""
    names = [variable.name for variable in one.variables]

    def own(place: int) -> dict[str, str]:
        return {name: name if name == names[0] else f"devices[{place}].{number}" for number, name in enumerate(names)}

    def told(formula: Expression, place: int) -> Expression:
        called = own(place)
        return rebuilt(formula, lambda node: replace(node, name=called[node.name]) if isinstance(node, Read) else None)

    actions = tuple(
        replace(
            action,
            name=f"act{number}(devices[{place}])",
            guards=tuple(told(guard, place) for guard in action.guards),
            assignments=tuple(
                Assignment(own(place)[each.variable], told(each.value, place)) for each in action.assignments
            ),
        )
        for place in range(devices)
        for number, action in enumerate(one.actions)
    )
    variables = dict.fromkeys(
        replace(variable, name=own(place)[variable.name]) for place in range(devices) for variable in one.variables
    )
    starts = conjunction(*(told(one.initially, place) for place in range(devices)))
    return System("several", tuple(variables), actions, starts, devices)
