"""The corners of the meaning of properties, one tiny system each: docs/semantics.md tabulates them by name.

All systems walk a counter x from 0; ``go("break", 0, 1, HOST)`` is a move of the host from 0 to 1.  The names are
stable; ``why`` is the reason of the answer on this system, the rule behind it stands in the table.
"""

from __future__ import annotations

from tdispmodel.engines.conformance.plain import (
    HOLDS,
    INVARIANT,
    POSSIBLE,
    STAYS,
    STEP,
    VIOLATED,
    implies,
)
from tdispmodel.engines.conformance.progress import (
    DEVICE,
    END,
    ENVIRONMENT,
    HOST,
    LEADING,
    RECURRING,
    STAY,
    STRONGLY,
    X,
    go,
    walk,
)
from tdispmodel.engines.conformance.suite import Case
from tdispmodel.engines.conformance.writing import ask, move, strongly, took
from tdispmodel.ir.expressions import FALSE, TRUE, negation
from tdispmodel.verdict import Space

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
        "disabled way is no way",
        "back begins at 3, where x never is",
        walk(go("end", 0, 1), go("back", 3, 0)),
        BACK_TO_0,
        VIOLATED,
        length=1,
    ),
    Case(
        "fair host repairs",
        "it is relied on",
        walk(go("end", 0, 1), go("back", 1, 0, HOST, fair=True)),
        BACK_TO_0,
        HOLDS,
    ),
    Case(
        "strongly fair host repairs",
        "it is relied on, too",
        walk(go("end", 0, 1), strongly(go("back", 1, 0, HOST))),
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

CORNERS = (*FINITE, *LEADING, *RECURRING, *STRONGLY, *POSSIBILITY, *VACUITY, *RANGES)
