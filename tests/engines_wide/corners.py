"""Small systems, each made for faults that random ones seldom meet, with questions about them.

Instances are those of `devices`; what is not of a device belongs to the whole.
"""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system
from tdispmodel.ir.expressions import FALSE, TRUE, Actor, Expression, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty
from tests.laws.test_engines_agree import Asked

FIRST, SECOND = "devices[0]", "devices[1]"
DEVICES = (FIRST, SECOND)


def never(*formulas: Expression) -> tuple[SystemProperty, ...]:
    """Ask whether each of these is never true, under names of their own."""
    return tuple(
        replace(ask(Kind.INVARIANT, negation(formula)), name=f"never_{number}")
        for number, formula in enumerate(formulas)
    )


def of_devices(made: System) -> System:
    """Return the system as one of two devices."""
    return replace(made, devices=len(DEVICES))


def shortcut() -> Asked:
    """One device, which jumps to its goal or walks there: of what it can do first, the jump comes first.

    Who loses the first step of each local state walks, and calls two steps the shortest way.
    """
    place = Counter(f"{FIRST}.place", 2)
    moves = (
        move(f"jump({FIRST})", place.at(0), place.set(2)),
        move(f"walk({FIRST})", place.at(0), place.set(1)),
        move(f"rest({FIRST})", place.at(1), place.set(1)),
        move(f"walk_on({FIRST})", place.at(1), place.set(2)),
    )
    return system("shortcut", (place,), *moves), never(place.at(2))


def fork() -> Asked:
    """One device, which comes to one of two places at once: from the first two steps lead on, from the second none.

    Who mixes up how many steps belong to which place lets it go on from the second.
    """
    place = Counter(f"{FIRST}.place", 4)
    moves = (
        move(f"go_left({FIRST})", place.at(0), place.set(1)),
        move(f"go_right({FIRST})", place.at(0), place.set(2)),
        move(f"go_on({FIRST})", place.at(1), place.set(3)),
        move(f"go_far({FIRST})", place.at(1), place.set(4)),
    )
    return system("fork", (place,), *moves), never(place.at(3), place.at(4))


def pushed() -> Asked:
    """Two devices, of which one is pushed on by an action of both, which puts the other to sleep again.

    It may also walk its first step.  So there is a second place before anybody was pushed from there, and who takes what
    pushing does for what it did first, or lets the pusher stay awake, comes to the goal late, early or never.
    """
    place, awake = Counter(f"{FIRST}.place", 3), Flag(f"{SECOND}.awake")
    moves = (
        move(f"wake({SECOND})", TRUE, awake.becomes(TRUE)),
        move(f"walk({FIRST})", place.at(0), place.set(1)),
        move(
            f"push({FIRST}, {SECOND})",
            conjunction(awake.now, negation(place.at(3))),
            place.add(1),
            awake.becomes(FALSE),
        ),
    )
    return of_devices(system("pushed", (place, awake), *moves)), never(place.at(3))


def wide() -> Asked:
    """Two devices of different kinds, each of which may come to any of three other places: many states on each level.

    Those of the second device are new when states of the same level are noted already.
    """
    places = (Counter(f"{FIRST}.place", 3), Counter(f"{SECOND}.room", 3))
    moves = [
        move(f"go_{goal}({device})", place.at(0), place.set(goal))
        for device, place in zip(DEVICES, places, strict=True)
        for goal in (1, 2, 3)
    ]
    return of_devices(system("wide", places, *moves)), never(conjunction(*(place.at(3) for place in places)))


def circle() -> Asked:
    """One device that comes back to where it began after four steps: what was found first is found again last.

    On the way it switches a light of the whole on, which is asked for, and so is a place that there is not.
    """
    place, light = Counter(f"{FIRST}.place", 3), Flag("light")
    moves = [move(f"turn_{here}({FIRST})", place.at(here), place.set((here + 1) % 4)) for here in range(4)]
    moves.append(move(f"switch({FIRST})", place.at(1), light.becomes(TRUE)))
    return system("circle", (place, light), *moves), never(light.now, place.at(4))


def stays() -> Asked:
    """One device that comes to a place and stays there; no step may begin there, and none does before the second.

    Who looks for the state in place of the step calls one step enough.
    """
    place = Counter(f"{FIRST}.place", 1)
    moves = (move(f"come({FIRST})", place.at(0), place.set(1)), move(f"stay({FIRST})", place.at(1), place.set(1)))
    return system("stays", (place,), *moves), (ask(Kind.STEP, negation(place.at(1))),)


def helped() -> Asked:
    """One device that gets to its goal by itself in two steps, and with the host's help in one."""
    place = Counter(f"{FIRST}.place", 2)
    moves = (
        move(f"walk({FIRST})", negation(place.at(2)), place.add(1)),
        move(f"lift({FIRST})", place.at(0), place.set(2), actor=Actor.HOST),
    )
    return system("helped", (place,), *moves), (ask(Kind.MUST_BE_POSSIBLE, place.at(2)),)


def climbing() -> Asked:
    """Two devices that climb two rungs each; of each it is asked whether it never gets to the top, two steps away.

    That the other one gets there is the same question of a representative, in which the first device is never higher
    than the second: there it gets to the top last, after four steps.
    """
    rungs = [Counter(f"{device}.rung", 2) for device in DEVICES]
    moves = [
        move(f"climb({device})", negation(rung.at(2)), rung.add(1)) for device, rung in zip(DEVICES, rungs, strict=True)
    ]
    return of_devices(system("climbing", (*rungs,), *moves)), never(*(rung.at(2) for rung in rungs))


def overtaking() -> Asked:
    """Two devices, of which one has to climb twice, and then the other one once, for what is asked of both alike.

    In representatives the lower one is the first, so that they change places on the way.
    """
    made, _ = climbing()
    low, high = (Counter(f"{device}.rung", 2) for device in DEVICES)
    return made, never(conjunction(low.at(1), high.at(2)), conjunction(low.at(2), high.at(1)))


def unlike(starts: tuple[int, int], guards: tuple[int, int], effects: tuple[int, int]) -> Asked:
    """Two devices that differ in how they start, in when they move, or in where to.

    Nothing that is asked tells them apart, and where one is taken for the other the judge sees that they differ.
    """
    places = [Counter(f"{device}.place", 3, start=(start,)) for device, start in zip(DEVICES, starts, strict=True)]
    moves: list[SystemAction] = []
    for device, place, guard, goal in zip(DEVICES, places, guards, effects, strict=True):
        effect: Assignment = place.set(goal)
        moves.append(move(f"go({device})", place.at(guard), effect))
    return of_devices(system("unlike", (*places,), *moves)), never(conjunction(*(place.at(3) for place in places)))


CORNERS: tuple[Asked, ...] = (
    shortcut(),
    fork(),
    pushed(),
    wide(),
    circle(),
    stays(),
    helped(),
    climbing(),
    overtaking(),
    unlike((0, 1), (0, 0), (2, 2)),
    unlike((0, 0), (0, 1), (2, 2)),
    unlike((0, 0), (0, 0), (1, 2)),
)
