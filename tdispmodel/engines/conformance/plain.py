"""The plain cases of the conformance suite: true, false, vacuous, deep, deadlocked, looping, and all sorts of values.

Every expected answer, length and count has its hand argument in ``why``.
"""

from __future__ import annotations

from tdispmodel.engines.conformance.suite import Case
from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system, took
from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Among,
    And,
    Arithmetic,
    Enumeration,
    Equal,
    Expression,
    If,
    Less,
    Literal,
    Or,
    Read,
    disjunction,
    negation,
    number,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemVariable
from tdispmodel.verdict import Answer, Space

HOLDS, VIOLATED = Answer.HOLDS, Answer.VIOLATED
INVARIANT, STEP, POSSIBLE = Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE
STAYS, LEADS_TO, ENDLESS = Kind.STAYS_POSSIBLE, Kind.LEADS_TO, Kind.NEVER_ENDLESS
DEEP = 40


def implies(premise: Expression, conclusion: Expression) -> Expression:
    """Whenever the premise, the conclusion."""
    return disjunction(negation(premise), conclusion)


def nested(inner: Expression, depth: int) -> Expression:
    """A formula that means ``inner``, buried deeper than a parser of nested parentheses would take."""
    formula = inner
    for _ in range(depth):
        formula = Or((FALSE, And((TRUE, formula))))
    return formula


X = Counter("x", 3)
RING = system("ring", (X,), move("up", Less(X.now, number(2)), X.add(1)), move("home", X.at(2), X.set(0)))
RING_SPACE = Space(states=3, transitions=3, depth=2)
RING_CASES = (
    Case("true invariant", "x goes 0, 1, 2, 0", RING, ask(INVARIANT, Less(X.now, number(3))), HOLDS, space=RING_SPACE),
    Case("false invariant", "x is 2 after two steps", RING, ask(INVARIANT, negation(X.at(2))), VIOLATED, length=2),
    Case(
        "true step",
        "x grows by one or goes home to 0",
        RING,
        ask(STEP, Or((Equal(X.after, Arithmetic("+", X.now, number(1))), Equal(X.after, number(0))))),
        HOLDS,
    ),
    Case("false step", "home is the third step", RING, ask(STEP, negation(took("home"))), VIOLATED, length=3),
    Case(
        "step that names two actions",
        "there are no others",
        RING,
        ask(STEP, took("up", "home"), antecedent=took("home")),
        HOLDS,
    ),
    Case(
        "vacuous invariant",
        "x is never 3, so nothing is said",
        RING,
        ask(INVARIANT, implies(X.at(3), X.at(0)), antecedent=X.at(3)),
        HOLDS,
        vacuous=True,
    ),
    Case(
        "invariant that is not vacuous",
        "x is 2 sometimes",
        RING,
        ask(INVARIANT, implies(X.at(2), negation(X.at(1))), antecedent=X.at(2)),
        HOLDS,
    ),
    Case("true leads-to", "both moves are fair", RING, ask(LEADS_TO, X.at(2), after=X.at(0)), HOLDS),
    Case("false leads-to", "x is never 3", RING, ask(LEADS_TO, X.at(3), after=X.at(1)), VIOLATED),
    Case("true never-endless", "no step begins at 3", RING, ask(ENDLESS, X.at(3)), HOLDS),
    Case("false never-endless", "home is taken on every round", RING, ask(ENDLESS, took("home")), VIOLATED),
    Case("true stays-possible", "the ring goes round", RING, ask(STAYS, X.at(2)), HOLDS),
    Case("false stays-possible", "x is never 3, not even from 0", RING, ask(STAYS, X.at(3)), VIOLATED, length=0),
    Case("true must-be-possible", "after two steps", RING, ask(POSSIBLE, X.at(2)), HOLDS, length=2),
    Case("false must-be-possible", "x is never 3", RING, ask(POSSIBLE, X.at(3)), VIOLATED),
    Case(
        "deeply nested formula",
        "x is 2 after two steps, however deep that is said",
        RING,
        ask(INVARIANT, nested(negation(X.at(2)), 60)),
        VIOLATED,
        length=2,
    ),
    Case(
        "long formula",
        "a conjunction of a thousand true parts",
        RING,
        ask(INVARIANT, And(tuple(Less(X.now, number(3 + place)) for place in range(1000)))),
        HOLDS,
    ),
)

LONG = Counter("x", DEEP)
CHAIN = system("chain", (LONG,), move("up", Less(LONG.now, number(DEEP)), LONG.add(1)))
CHAIN_SPACE = Space(DEEP + 1, DEEP, DEEP)
CHAIN_CASES = (
    Case(
        "deep violation",
        "only one way leads there, one by one, and the last state is a deadlock",
        CHAIN,
        ask(INVARIANT, negation(LONG.at(DEEP))),
        VIOLATED,
        length=DEEP,
        space=CHAIN_SPACE,
    ),
    Case("deep truth", "every step counts up", CHAIN, ask(STEP, Less(LONG.now, LONG.after)), HOLDS, space=CHAIN_SPACE),
    Case("deep witness", "the only way", CHAIN, ask(POSSIBLE, LONG.at(DEEP)), HOLDS, length=DEEP),
    Case("deep leads-to", "up is fair", CHAIN, ask(LEADS_TO, LONG.at(DEEP), after=LONG.at(0)), HOLDS),
    Case("no way back", "0 is lost with the first step", CHAIN, ask(STAYS, LONG.at(0)), VIOLATED, length=1),
)

COLOUR = Enumeration("Colour", ("RED", "GREEN", "BLUE"))
LIGHT = Read("light", COLOUR)
RED, GREEN, BLUE = (Literal(name, COLOUR) for name in COLOUR.members)
LIGHTS = System(
    "lights",
    (SystemVariable("light", COLOUR, ("RED", "GREEN")),),
    (
        move("go", Equal(LIGHT, RED), Assignment("light", GREEN)),
        move("turn", Among(LIGHT, ("GREEN", "BLUE")), Assignment("light", If(Equal(LIGHT, GREEN), BLUE, RED))),
    ),
)
BITS = tuple(Flag(f"bit{place}", (False, True)) for place in range(5))
STARTS = system(
    "starts",
    BITS,
    *(move(f"clear{place}", bit.now, bit.becomes(FALSE)) for place, bit in enumerate(BITS)),
    initially=disjunction(*(bit.now for bit in BITS[:2])),
)
A, B = Flag("a"), Flag("b", (False, True))
SWAP = system("swap", (A, B), move("swap", TRUE, A.becomes(B.now), B.becomes(A.now)))
Z = Counter("z", 4, start=(-2,), low=-3)
SQUARE = Assignment("z", Arithmetic("*", Z.now, Z.now))
WIDE = Counter("w", 10**12, low=-(10**12))
VALUE_CASES = (
    Case(
        "several start states",
        "GREEN, a start state, turns to BLUE; one step leaves each of three lights",
        LIGHTS,
        ask(INVARIANT, negation(Equal(LIGHT, BLUE))),
        VIOLATED,
        length=1,
        space=Space(states=3, transitions=3, depth=1),
    ),
    Case(
        "start condition",
        "24 of 32 states have one of two bits and are starts; with one bit set, one step clears it; each state has as "
        "many steps as bits, 80 in all",
        STARTS,
        ask(INVARIANT, disjunction(*(bit.now for bit in BITS))),
        VIOLATED,
        length=1,
        space=Space(states=32, transitions=80, depth=1),
    ),
    Case(
        "values before the step",
        "both assignments of a swap read the state before; from b alone it leads to a alone",
        SWAP,
        ask(STEP, And((Equal(A.after, B.now), Equal(B.after, A.now)))),
        HOLDS,
        space=Space(states=3, transitions=3, depth=1),
    ),
    Case(
        "negative integers",
        "-2 squared is 4, and there it ends",
        system("square", (Z,), move("square", Less(Z.now, number(3)), SQUARE)),
        ask(INVARIANT, Less(Z.now, number(4))),
        VIOLATED,
        length=1,
        space=Space(states=2, transitions=1, depth=1),
    ),
    Case(
        "wide integer",
        "a variable of two million million values has two of them here",
        system("wide", (WIDE,), move("up", WIDE.at(0), WIDE.set(10**12))),
        ask(INVARIANT, negation(WIDE.at(10**12))),
        VIOLATED,
        length=1,
        space=Space(states=2, transitions=1, depth=1),
    ),
    Case(
        "no action at all",
        "one start state, where everything stays",
        system("still", (X,)),
        ask(LEADS_TO, X.at(1)),
        VIOLATED,
        space=Space(states=1, transitions=0, depth=0),
    ),
)

PLAIN = (*RING_CASES, *CHAIN_CASES, *VALUE_CASES)
