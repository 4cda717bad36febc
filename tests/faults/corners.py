"""Small systems, each made for faults of engines that random systems seldom meet, with questions about them."""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, strongly, system
from tdispmodel.ir.expressions import TRUE, Actor, AtMost, Not, Or, conjunction, negation, number
from tdispmodel.ir.model import Kind
from tests.laws.test_engines_agree import Asked


def islands() -> Asked:
    """A counter that goes to and fro between 0 and 1, and from 2, where it never is, to 3.

    That it is never 3 holds, but does not follow from one step, so that whoever says so has to show more.
    """
    place = Counter("place", 3)
    moves = (
        move("to", place.at(0), place.set(1)),
        move("fro", place.at(1), place.set(0)),
        move("fall", place.at(2), place.set(3)),
    )
    return system("islands", (place,), *moves), (ask(Kind.INVARIANT, negation(place.at(3))),)


def settled() -> Asked:
    """A counter that might start as 0 or as 1, of which a condition leaves 0, and that never moves: it is never 1."""
    place = Counter("place", 1, start=(0, 1))
    made = system("settled", (place,), move("rest", place.at(0), place.set(0)), initially=place.at(0))
    return made, (ask(Kind.INVARIANT, negation(place.at(1))),)


def divided() -> Asked:
    """A counter that starts as 0 or as 1, and never moves: it may be 1."""
    place = Counter("place", 1, start=(0, 1))
    return system("divided", (place,), move("rest", TRUE)), (ask(Kind.INVARIANT, negation(place.at(1))),)


def dead_end() -> Asked:
    """A counter that goes from 0 to 1, where nothing moves: there it is what it should never be."""
    place = Counter("place", 1)
    return system("dead_end", (place,), move("go", place.at(0), place.set(1))), (
        ask(Kind.INVARIANT, negation(place.at(1))),
    )


def doors() -> Asked:
    """Somebody who walks to and fro past a door that is open on one side, and goes in if that is promised.

    The promise is weak: since it is not open all along he need not go in.  Were it strong he had to.
    """
    place = Counter("place", 2)
    moves = (
        move("to", place.at(0), place.set(1)),
        move("fro", place.at(1), place.set(0)),
        move("go_in", place.at(0), place.set(2)),
    )
    return system("doors", (place,), *moves), (ask(Kind.LEADS_TO, place.at(2), after=TRUE),)


def open_doors() -> Asked:
    """The same, where the promise is strong: since the door is open again and again he goes in."""
    made, questions = doors()
    to, fro, go_in = made.actions
    return replace(made, actions=(to, fro, strongly(go_in))), questions


def at_the_mercy() -> Asked:
    """What only the host can bring about does not stay possible: nobody relies on an adversary."""
    place = Counter("place", 1)
    made = system("at_the_mercy", (place,), move("help", place.at(0), place.set(1), actor=Actor.HOST))
    return made, (ask(Kind.STAYS_POSSIBLE, place.at(1)),)


def far() -> Asked:
    """A counter that is 3 after three steps, which is as far as bounded search looks in these tests: it should never be."""
    place = Counter("place", 3)
    made = system("far", (place,), move("step", AtMost(place.now, number(2)), place.add(1)))
    return made, (ask(Kind.INVARIANT, negation(place.at(3))),)


def exchanged() -> Asked:
    """Two flags that change their values: who assigns one after the other has both alike afterwards, which never is."""
    left, right = Flag("left", (True,)), Flag("right")
    made = system("exchanged", (left, right), move("swap", TRUE, left.becomes(right.now), right.becomes(left.now)))
    alike = Or((conjunction(left.now, right.now), conjunction(Not(left.now), Not(right.now))))
    return made, (ask(Kind.INVARIANT, negation(alike)),)


def turning() -> Asked:
    """A flag that every step turns: of the state before a step, and of the state after it, opposite things are true."""
    flag = Flag("flag")
    made = system("turning", (flag,), move("turn", TRUE, flag.becomes(negation(flag.now))))
    return made, (ask(Kind.STEP, Or((conjunction(flag.now, Not(flag.after)), conjunction(Not(flag.now), flag.after)))),)


def limited() -> Asked:
    """A counter that steps as long as it is at most 1, and so gets to 2; who reads less for at most stops at 1."""
    place = Counter("place", 2)
    made = system("limited", (place,), move("step", AtMost(place.now, number(1)), place.add(1)))
    return made, (ask(Kind.INVARIANT, negation(place.at(2))),)


CORNERS: tuple[Asked, ...] = (
    islands(),
    settled(),
    divided(),
    dead_end(),
    doors(),
    open_doors(),
    at_the_mercy(),
    far(),
    exchanged(),
    turning(),
    limited(),
)
