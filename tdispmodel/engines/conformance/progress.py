"""The corners of what goes on for ever: leads-to, never-endless, and what fairness promises.

As in `corners`, all systems walk a counter x from 0; ``go("break", 0, 1, HOST)`` is a move of the host from 0 to 1.
"""

from __future__ import annotations

from tdispmodel.engines.conformance.plain import ENDLESS, HOLDS, LEADS_TO, VIOLATED
from tdispmodel.engines.conformance.suite import Case
from tdispmodel.engines.conformance.writing import Counter, ask, move, strongly, system, took
from tdispmodel.ir.expressions import TRUE, Actor, Among, Expression, Less, negation, number
from tdispmodel.ir.system import System, SystemAction

X = Counter("x", 3)
KERNEL, HOST, DEVICE, ENVIRONMENT = Actor.KERNEL, Actor.HOST, Actor.DEVICE, Actor.ENVIRONMENT


def go(
    name: str,
    before: int | tuple[int, ...],
    after: int,
    by: Actor = KERNEL,
    *,
    fair: bool | None = None,
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
FROM_0_TO_3 = ask(LEADS_TO, X.at(3), after=X.at(0))
FLIP, FLOP = go("flip", 0, 1), go("flop", 1, 0)

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


STRONGLY = (
    Case(
        "enabled again and again is taken",
        "out is disabled at 0, but enabled on every round at 1",
        walk(FLIP, FLOP, strongly(go("out", 1, 2))),
        FROM_0_TO_2,
        HOLDS,
    ),
    Case(
        "enabled all along is taken by strong fairness, too",
        "out is enabled at 0 and at 1",
        walk(FLIP, FLOP, strongly(go("out", (0, 1), 2))),
        FROM_0_TO_2,
        HOLDS,
    ),
    Case(
        "no rest where a strongly fair action is enabled",
        "resting at 0, end would be enabled for ever",
        walk(strongly(go("end", 0, 1))),
        FROM_0_TO_1,
        HOLDS,
    ),
    Case(
        "rest where a strongly fair action is disabled",
        "at 1 nothing is enabled",
        walk(go("slip", 0, 1), strongly(go("out", 0, 2))),
        FROM_0_TO_2,
        VIOLATED,
        length=1,
    ),
    Case(
        "enabled once is not again and again",
        "out was enabled at 0, and 0 does not come back",
        walk(go("slip", 0, 1), go("stay", 1, 1), strongly(go("out", 0, 2))),
        FROM_0_TO_2,
        VIOLATED,
        length=2,
    ),
    Case(
        "loop may keep away from a strongly fair action",
        "out is enabled at 2 only, where nothing forces x to go",
        walk(FLIP, FLOP, go("away", 1, 2, fair=False), go("home", 2, 0), strongly(go("out", 2, 3))),
        FROM_0_TO_3,
        VIOLATED,
        length=2,
    ),
    Case(
        "keeping away from one action runs into another",
        "a round by way of 2 owes out; on rounds between 0 and 1 only, exit is enabled all along",
        walk(
            FLIP,
            FLOP,
            go("away", 1, 2, fair=False),
            go("home", 2, 0),
            strongly(go("out", 2, 3)),
            go("exit", (0, 1), 3),
        ),
        FROM_0_TO_3,
        HOLDS,
    ),
    Case(
        "strong fairness is owed to the instance, not to the place",
        "hop is enabled at 1, too, but it is taken at 0 on every round",
        walk(strongly(move("hop", Less(X.now, number(2)), X.add(1))), go("back", 1, 0)),
        FROM_0_TO_2,
        VIOLATED,
        length=2,
    ),
    Case(
        "one strongly fair action does not hold up another",
        "flop is taken on every round, out is not",
        walk(FLIP, strongly(go("flop", 1, 0)), strongly(go("out", 1, 2))),
        FROM_0_TO_2,
        HOLDS,
    ),
    Case(
        "strongly fair self-loop is taken for ever",
        "stay is taken whenever it is enabled",
        walk(strongly(go("stay", 0, 0))),
        FROM_0_TO_1,
        VIOLATED,
        length=1,
    ),
    Case(
        "strongly fair host moves",
        "a promise, whoever the actor is, and no disturbance",
        walk(FLIP, FLOP, strongly(go("out", 1, 2, HOST))),
        FROM_0_TO_2,
        HOLDS,
    ),
    Case(
        "what disturbances enable is not enabled again and again",
        "x comes to 1, where out is enabled, only by moves of the environment",
        walk(go("open", 0, 1, ENVIRONMENT), go("close", 1, 0), strongly(go("out", 1, 2))),
        FROM_0_TO_2,
        VIOLATED,
        length=0,
    ),
    Case(
        "strongly fair action on an endless loop",
        "flop is taken on every round, as it should be",
        walk(FLIP, strongly(go("flop", 1, 0))),
        ask(ENDLESS, took("flip")),
        VIOLATED,
        length=2,
    ),
    Case(
        "endless only without a strongly fair action",
        "out is enabled on every round and ends them",
        walk(FLIP, FLOP, strongly(go("out", 1, 2))),
        ask(ENDLESS, took("flip")),
        HOLDS,
    ),
    Case(
        "step to where a strongly fair action is owed",
        "away leads to 2 on every round, where out is enabled and leaves for good",
        walk(FLIP, FLOP, go("away", 1, 2, fair=False), go("home", 2, 0), strongly(go("out", 2, 3))),
        ask(ENDLESS, took("away")),
        HOLDS,
    ),
)
