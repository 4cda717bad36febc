"""Systems small enough to see by hand what is true of them."""

from __future__ import annotations

from tdispmodel.ir.expressions import BOOLEAN, Arithmetic, Bounded, Literal, number
from tdispmodel.ir.system import System
from tests.engines_solvers.small_systems import act, equal, negated, read, variable

DIGIT = Bounded(0, 9)
DIGITS = read("x", DIGIT)


def walk(*steps: tuple[int, int], starts: tuple[int, ...] = (0,)) -> System:
    """Return a system of one digit ``x`` whose steps are exactly those given, named ``from_to``."""
    variables = (variable("x", DIGIT, *starts),)
    actions = tuple(act(f"{here}_{there}", [equal(DIGITS, here)], variables, {"x": there}) for here, there in steps)
    return System("walk", variables, actions)


def counter() -> System:
    """Return a digit that one action without a guard counts up from 7: the step out of 9 leaves the range."""
    variables = (variable("x", DIGIT, 7),)
    return System("counter", variables, (act("up", [], variables, {"x": Arithmetic("+", DIGITS, number(1))}),))


def three_locks() -> System:
    """Return three locks of which any two may be taken and never all three, and an alarm that rings when all are.

    Every pair of values of two locks is reachable, so nothing said about two of them excludes the alarm.
    """
    names = ("a", "b", "c")
    variables = tuple(variable(name, None, False) for name in (*names, "alarm"))
    locks = {name: read(name) for name in names}
    takes = [
        act(f"take_{name}_without_{other}", [negated(locks[other])], variables, {name: True})
        for name in names
        for other in names
        if other != name
    ]
    drops = [act(f"drop_{name}", [locks[name]], variables, {name: False}) for name in names]
    rings = act("ring", list(locks.values()), variables, {"alarm": Literal(True, BOOLEAN)})
    return System("three_locks", variables, (*takes, *drops, rings))
