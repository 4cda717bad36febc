"""The corners of the meaning of properties, one tiny system each: docs/semantics.md tabulates them by name.

All systems walk a counter x from 0; ``go("break", 0, 1, HOST)`` is a move of the host from 0 to 1.  The names are
stable; ``why`` is the reason of the answer on this system, the rule behind it stands in the table.
"""

from __future__ import annotations

from tdispmodel.engines.conformance.plain import (
    ENDLESS,
    HOLDS,
    INVARIANT,
    LEADS_TO,
    POSSIBLE,
    STAYS,
    STEP,
    VIOLATED,
    implies,
)
from tdispmodel.engines.conformance.suite import Case
from tdispmodel.engines.conformance.writing import Counter, ask, move, system, took
from tdispmodel.ir.expressions import FALSE, TRUE, Actor, Among, Expression, negation
from tdispmodel.ir.system import System, SystemAction
from tdispmodel.verdict import Space

X = Counter("x", 3)
KERNEL, HOST, DEVICE, ENVIRONMENT = Actor.KERNEL, Actor.HOST, Actor.DEVICE, Actor.ENVIRONMENT


def go(
    name: str, before: int | tuple[int, ...], after: int, by: Actor = KERNEL, *, fair: bool | None = None
) -> SystemAction:
    """A move of x from one value, or from any of several, to another."""
    places = (before,) if isinstance(before, int) else before
    return move(name, Among(X.now, places), X.set(after), actor=by, fair=fair)


def walk(*moves: SystemAction, initially: Expression = TRUE) -> System:
    """A system of moves of x."""
    return system("walk", (X,), *moves, initially=initially)


END = walk(go("end", 0, 1))
STAY = walk(go("stay", 0, 0))
FROM_0_TO_1 = ask(LEADS_TO, X.at(1), after=X.at(0))
FROM_0_TO_2 = ask(LEADS_TO, X.at(2), after=X.at(0))
BACK_TO_0 = ask(STAYS, X.at(0))

FINITE = (
    Case("deadlock is a state", "1 is reached", END, ask(INVARIANT, negation(X.at(1))), VIOLATED, length=1),
    Case("deadlock has no step", "the only step begins at 0", END, ask(STEP, X.at(0)), HOLDS),
    Case("start state counts", "x starts at 0", END, ask(INVARIANT, negation(X.at(0))), VIOLATED, length=0),
    Case(
        "self-loop is a step",
        "it is taken at once",
        STAY,
        ask(STEP, negation(took("stay"))),
        VIOLATED,
        length=1,
        space=Space(states=1, transitions=1, depth=0),
    ),
    Case(
        "every actor moves",
        "the host's only move breaks it",
        walk(go("break", 0, 1, HOST)),
        ask(INVARIANT, X.at(0)),
        VIOLATED,
        length=1,
    ),
    Case(
        "no start state",
        "there is no state to be false in",
        walk(go("end", 0, 1), initially=FALSE),
        ask(INVARIANT, FALSE),
        HOLDS,
        space=Space(states=0, transitions=0, depth=0),
    ),
)

LEADING = (
    Case("deadlock lasts for ever", "1 is never left", END, FROM_0_TO_2, VIOLATED, length=1),
    Case("fair action happens", "end stays enabled until it is taken", END, FROM_0_TO_1, HOLDS),
    Case(
        "unfair kernel action may never happen",
        "it may stay at 0",
        walk(go("end", 0, 1, fair=False)),
        FROM_0_TO_1,
        VIOLATED,
        length=0,
    ),
    Case(
        "environment may never move",
        "it may stay at 0",
        walk(go("end", 0, 1, ENVIRONMENT)),
        FROM_0_TO_1,
        VIOLATED,
        length=0,
    ),
    Case("device may never move", "it may stay at 0", walk(go("end", 0, 1, DEVICE)), FROM_0_TO_1, VIOLATED, length=0),
    Case("fair host moves", "a host move declared fair", walk(go("end", 0, 1, HOST, fair=True)), FROM_0_TO_1, HOLDS),
    Case(
        "host does not move for ever",
        "only by pushing again and again could the host keep x from 2",
        walk(go("push", 0, 1, HOST), go("back", 1, 0), go("out", 0, 2)),
        FROM_0_TO_2,
        HOLDS,
    ),
    Case(
        "environment does not move for ever",
        "only by pushing again and again could the environment keep x from 2",
        walk(go("push", 0, 1, ENVIRONMENT), go("back", 1, 0), go("out", 0, 2)),
        FROM_0_TO_2,
        HOLDS,
    ),
    Case(
        "host moves in the prefix",
        "one break suffices, and nothing leads on from 1",
        walk(go("break", 0, 1, HOST), go("out", 0, 2)),
        FROM_0_TO_2,
        VIOLATED,
        length=1,
    ),
    Case(
        "host moves before the premise",
        "the premise is true only after the break",
        walk(go("break", 0, 1, HOST), go("on", 1, 3)),
        ask(LEADS_TO, X.at(2), after=X.at(1)),
        VIOLATED,
        length=2,
    ),
    Case(
        "weak fairness is not strong",
        "out is disabled at 0 again and again",
        walk(go("flip", 0, 1), go("flop", 1, 0), go("out", 1, 2)),
        FROM_0_TO_2,
        VIOLATED,
        length=2,
    ),
    Case(
        "enabled all along is taken",
        "out is enabled at 0 and at 1",
        walk(go("flip", 0, 1), go("flop", 1, 0), go("out", (0, 1), 2)),
        FROM_0_TO_2,
        HOLDS,
    ),
    Case(
        "fair self-loop is taken for ever",
        "stay is taken, so it is not neglected",
        STAY,
        FROM_0_TO_1,
        VIOLATED,
        length=1,
    ),
    Case(
        "fair self-loop does not hold up another",
        "out stays enabled and is not taken on the self-loop",
        walk(go("stay", 0, 0), go("out", 0, 1)),
        FROM_0_TO_1,
        HOLDS,
    ),
    Case("premise and goal at once", "the goal is met there", END, ask(LEADS_TO, X.at(0), after=X.at(0)), HOLDS),
    Case(
        "goal before the premise", "0 is not met again", END, ask(LEADS_TO, X.at(0), after=X.at(1)), VIOLATED, length=1
    ),
    Case("leads-to without a premise", "1 is a state too", END, ask(LEADS_TO, X.at(0)), VIOLATED, length=1),
    Case(
        "premise of leads-to unreachable",
        "x is never 3",
        END,
        ask(LEADS_TO, X.at(2), after=X.at(3)),
        HOLDS,
        vacuous=True,
    ),
)

RECURRING = (
    Case(
        "endless on a fair loop",
        "flip is taken on every round",
        walk(go("flip", 0, 1), go("flop", 1, 0)),
        ask(ENDLESS, took("flip")),
        VIOLATED,
        length=2,
    ),
    Case(
        "endless only unfairly",
        "out would be neglected",
        walk(go("again", 0, 0, fair=False), go("out", 0, 1)),
        ask(ENDLESS, took("again")),
        HOLDS,
    ),
    Case("self-loop repeats", "stay can follow stay", STAY, ask(ENDLESS, took("stay")), VIOLATED, length=1),
    Case(
        "host repeats only finitely often",
        "the host's moves end",
        walk(go("again", 0, 0, HOST)),
        ask(ENDLESS, took("again")),
        HOLDS,
    ),
    Case("once is not endless", "end is taken once", END, ask(ENDLESS, took("end")), HOLDS),
    Case("stuttering is no step", "at 1 nothing is ever done", END, ask(ENDLESS, X.at(1)), HOLDS),
    Case(
        "state formula speaks of the state before",
        "no step begins at 1, although steps lead there",
        walk(go("end", 0, 1)),
        ask(ENDLESS, negation(X.at(0))),
        HOLDS,
    ),
    Case(
        "detour that nothing forces",
        "detour is unfair but may be taken again and again",
        walk(go("flip", 0, 1), go("flop", 1, 0), go("detour", 0, 2, fair=False), go("return", 2, 0)),
        ask(ENDLESS, took("detour")),
        VIOLATED,
        length=2,
    ),
    Case(
        "loop pays all its duties",
        "note is enabled everywhere and must be taken beside flip and flop",
        walk(go("flip", 0, 1), go("flop", 1, 0), move("note")),
        ask(ENDLESS, took("flip")),
        VIOLATED,
        length=3,
    ),
    Case(
        "host leads to an endless loop",
        "one move of the host, then stay",
        walk(go("break", 0, 1, HOST), go("stay", 1, 1)),
        ask(ENDLESS, took("stay")),
        VIOLATED,
        length=2,
    ),
)

POSSIBILITY = (
    Case(
        "host does not repair",
        "only the host leads back",
        walk(go("end", 0, 1), go("back", 1, 0, HOST)),
        BACK_TO_0,
        VIOLATED,
        length=1,
    ),
    Case(
        "device does not repair",
        "only a fault leads back",
        walk(go("end", 0, 1), go("back", 1, 0, DEVICE)),
        BACK_TO_0,
        VIOLATED,
        length=1,
    ),
    Case(
        "environment may repair",
        "an operator can",
        walk(go("end", 0, 1), go("back", 1, 0, ENVIRONMENT)),
        BACK_TO_0,
        HOLDS,
    ),
    Case(
        "unfair way is a way",
        "possible is not certain",
        walk(go("end", 0, 1), go("back", 1, 0, fair=False)),
        BACK_TO_0,
        HOLDS,
    ),
    Case(
        "fair host repairs",
        "it is relied on",
        walk(go("end", 0, 1), go("back", 1, 0, HOST, fair=True)),
        BACK_TO_0,
        HOLDS,
    ),
    Case("lost through the host", "it breaks for good", walk(go("break", 0, 1, HOST)), BACK_TO_0, VIOLATED, length=1),
    Case("goal is where one is", "1 is never left", END, ask(STAYS, X.at(1), after=X.at(1)), HOLDS),
    Case(
        "possible only from the premise",
        "from 1 it is lost, but 1 is not asked about",
        END,
        ask(STAYS, X.at(0), after=X.at(0)),
        HOLDS,
    ),
    Case(
        "premise of stays-possible unreachable",
        "x is never 3",
        END,
        ask(STAYS, X.at(2), after=X.at(3)),
        HOLDS,
        vacuous=True,
    ),
    Case("step is possible", "end can be taken", END, ask(POSSIBLE, took("end")), HOLDS, length=1),
    Case("start state is possible", "x starts at 0", END, ask(POSSIBLE, X.at(0)), HOLDS, length=0),
    Case(
        "host is not needed",
        "only the host leads to 1",
        walk(go("break", 0, 1, HOST)),
        ask(POSSIBLE, X.at(1)),
        VIOLATED,
    ),
    Case(
        "host step is not possible",
        "break begins at 0, and nobody else takes it",
        walk(go("break", 0, 1, HOST), go("end", 0, 1)),
        ask(POSSIBLE, took("break")),
        VIOLATED,
    ),
    Case(
        "fair host is the host",
        "only a fair host leads to 1",
        walk(go("help", 0, 1, HOST, fair=True)),
        ask(POSSIBLE, X.at(1)),
        VIOLATED,
    ),
    Case(
        "longer without the host",
        "the host leads from 0 to 2 at once, the kernel by way of 1; the space has all states and steps",
        walk(go("jump", 0, 2, HOST), go("one", 0, 1), go("two", 1, 2)),
        ask(POSSIBLE, X.at(2)),
        HOLDS,
        length=2,
        space=Space(states=3, transitions=3, depth=1),
    ),
    Case(
        "step after the host or without",
        "last begins at 2, where the host is at once and the kernel after one more step",
        walk(go("jump", 0, 2, HOST), go("one", 0, 1), go("two", 1, 2), go("last", 2, 3)),
        ask(POSSIBLE, took("last")),
        HOLDS,
        length=3,
    ),
    Case(
        "device may help",
        "an unfair device leads to 1, the environment to 2",
        walk(go("fault", 0, 1, DEVICE), go("weather", 1, 2, ENVIRONMENT)),
        ask(POSSIBLE, X.at(2)),
        HOLDS,
        length=2,
    ),
    Case(
        "premise that only the host reaches",
        "1 is reached, by the host, so what is said of it is not said of nothing",
        walk(go("break", 0, 1, HOST)),
        ask(POSSIBLE, implies(X.at(1), X.at(2)), antecedent=X.at(1)),
        HOLDS,
        length=0,
    ),
    Case(
        "disabled action is impossible",
        "x is never 3",
        walk(go("end", 0, 1), go("never", 3, 0)),
        ask(POSSIBLE, took("never")),
        VIOLATED,
    ),
    Case(
        "nothing is possible without a start",
        "there is no behaviour",
        walk(go("end", 0, 1), initially=FALSE),
        ask(POSSIBLE, TRUE),
        VIOLATED,
    ),
)

VACUITY = (
    Case(
        "no instance to speak of",
        "all of none, of whom none is anything",
        END,
        ask(INVARIANT, TRUE, antecedent=FALSE),
        HOLDS,
        vacuous=True,
    ),
    Case(
        "step premise that never happens",
        "never is never taken",
        walk(go("end", 0, 1), go("never", 3, 0)),
        ask(STEP, implies(took("never"), X.at(2)), antecedent=took("never")),
        HOLDS,
        vacuous=True,
    ),
    Case(
        "state premise of a step property",
        "1 is reached, although no step leaves it",
        END,
        ask(STEP, implies(X.at(1), X.at(2)), antecedent=X.at(1)),
        HOLDS,
    ),
    Case("no premise, not vacuous", "it says what it says", END, ask(INVARIANT, negation(X.at(3))), HOLDS),
)

UP = move("up", TRUE, X.add(1))
RANGES = (
    Case(
        "integer leaves its range",
        "x is 3 after three steps, and up is still enabled",
        walk(UP),
        ask(INVARIANT, TRUE),
        None,
        length=3,
    ),
    Case(
        "integer leaves its range below",
        "at once",
        walk(move("down", TRUE, X.add(-1))),
        ask(INVARIANT, TRUE),
        None,
        length=0,
    ),
    Case(
        "error of range before any answer",
        "x is 1 before it is 3, but the model is wrong",
        walk(UP),
        ask(INVARIANT, negation(X.at(1))),
        None,
        length=3,
    ),
    Case(
        "range is left out of reach only",
        "where up is enabled x is 3, which it never is",
        walk(go("end", 0, 1), move("up", X.at(3), X.add(1))),
        ask(INVARIANT, negation(X.at(2))),
        HOLDS,
    ),
)

CORNERS = (*FINITE, *LEADING, *RECURRING, *POSSIBILITY, *VACUITY, *RANGES)
