"""Tiny random systems with weakly and strongly fair actions, disturbances, deadlocks and places to rest.

Given a source of chance; gives a system of at most ten states with two questions of each kind about what goes on for
ever.  They are drawn from `random`, not from hypothesis, since many thousand of them are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system, took
from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Actor,
    Among,
    Equal,
    Expression,
    Fairness,
    Less,
    Not,
    Read,
    choice,
    conjunction,
    disjunction,
    number,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty
from tests.liveness.enumerated import Enumeration, TooManySteps

ACTORS = (Actor.KERNEL, Actor.KERNEL, Actor.USERSPACE, Actor.HOST, Actor.ENVIRONMENT, Actor.DEVICE)
FLAG = Flag("flag")

Asked = tuple[System, tuple[SystemProperty, ...], Enumeration]


def asked_systems(seed: int, count: int) -> Iterator[Asked]:
    """Yield so many systems with their questions and all their behaviours; the same for the same seed."""
    chance = Random(seed)  # noqa: S311  # nothing secret
    found = 0
    while found < count:
        made = chance.choice((random_system, round_and_out))(chance)
        behaviours = all_behaviours(made)
        if behaviours is not None:
            found += 1
            yield made, tuple(random_questions(chance, made)), behaviours


def all_behaviours(made: System) -> Enumeration | None:
    """Return the behaviours of a system, or None if it is not tiny."""
    try:
        return Enumeration(made)
    except TooManySteps:
        return None


def random_system(chance: Random) -> System:
    """Return a system of a counter and perhaps a flag, with two to five actions."""
    x = Counter("x", chance.choice((2, 3, 3, 4)))
    flagged = chance.random() < 0.5
    actions = [
        random_action(chance, f"act{place}", x, flagged=flagged) for place in range(chance.choice((2, 3, 3, 4, 4, 5)))
    ]
    return system("tiny", (x, FLAG) if flagged else (x,), *actions)


def round_and_out(chance: Random) -> System:
    """Return a system that can go round some values of a counter for ever, with ways out that are open here and there.

    Whether one gets out depends on what the steps are promised.
    """
    high = chance.choice((2, 3, 3, 4))
    x = Counter("x", high)
    inside = chance.randint(2, high)
    disturbed = chance.choice((None, None, chance.randrange(inside)))
    rounds = [
        move(
            f"round{place}",
            x.at(place),
            x.set((place + 1) % inside),
            actor=Actor.HOST if place == disturbed else Actor.KERNEL,
            fair=None if place == disturbed else chance.random() < 0.8,
        )
        for place in range(inside)
    ]
    outs = [
        replace(
            move(
                f"out{place}",
                Less(x.now, number(inside)) if chance.random() < 0.3 else values(chance, x, (1, 1, 2)),
                x.set(chance.randint(inside, high)),
            ),
            fairness=chance.choice((Fairness.WEAK, Fairness.WEAK, Fairness.STRONG, Fairness.NONE)),
        )
        for place in range(chance.choice((1, 1, 2)))
    ]
    others = [random_action(chance, f"act{place}", x, flagged=False) for place in range(chance.choice((0, 0, 1, 2)))]
    return system("round", (x,), *rounds, *outs, *others)


def random_action(chance: Random, name: str, x: Counter, *, flagged: bool) -> SystemAction:
    """Return an action that is enabled at some values and leads on, back, to one value, or nowhere."""
    guard: Expression = values(chance, x, (1, 1, 2, 2, 3))
    if flagged and chance.random() < 0.4:
        guard = conjunction(guard, chance.choice((FLAG.now, Not(FLAG.now))))
    onwards = Assignment("x", choice(Less(x.now, number(x.sort.high)), x.add(1).value, number(0)))
    assignments = [
        chance.choice((onwards, x.set(chance.randint(0, x.sort.high)), x.set(chance.randint(0, x.sort.high))))
    ]
    if flagged and chance.random() < 0.4:
        assignments = [*assignments[: chance.randint(0, 1)], FLAG.becomes(chance.choice((TRUE, FALSE, Not(FLAG.now))))]
    made = move(name, guard, *assignments, actor=chance.choice(ACTORS))
    fairness = chance.choice((made.fairness, made.fairness, *Fairness, Fairness.STRONG))
    quiet = fairness is not Fairness.NONE and chance.random() < 0.95  # a system may say both, although no text can
    return replace(made, fairness=fairness, disturbs=made.disturbs and not quiet)


def random_questions(chance: Random, made: System) -> Iterator[SystemProperty]:
    """Yield two leads-to and two never-endless properties."""
    x = Counter("x", made.variables[0].sort.values[-1])  # type: ignore[arg-type]  # a bounded integer
    names = [action.name for action in made.actions]
    for place in range(2):
        goal = x.at(x.sort.high) if chance.random() < 0.5 else values(chance, x, (1, 1, 2))
        premise = TRUE if chance.random() < 0.3 else values(chance, x, (1, 2))
        yield replace(ask(Kind.LEADS_TO, goal, after=premise), name=f"leads_to_{place}")
        steps = chance.choice((took(chance.choice(names)), goal, Equal(x.after, number(0)), Less(x.after, x.now)))
        if chance.random() < 0.2:
            steps = disjunction(steps, took(chance.choice(names)))
        yield replace(ask(Kind.NEVER_ENDLESS, steps), name=f"never_endless_{place}")


def values(chance: Random, x: Counter, sizes: tuple[int, ...]) -> Expression:
    """Return that the counter has one of some values."""
    places = chance.sample(range(x.sort.high + 1), min(chance.choice(sizes), x.sort.high + 1))
    return Among(Read("x", x.sort), tuple(sorted(places)))
