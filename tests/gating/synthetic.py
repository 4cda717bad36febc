"""Result sets out of nothing: cells, entries and a date, small enough that everything meets everything.

Names are few, so that entries meet cells by name and by code, say things twice, contradict each other, are expired, and are
about what is not there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from tdispmodel.gating.vocabulary import (
    EXPECTABLE,
    WAIVABLE,
    Asked,
    Cell,
    Entries,
    Expectation,
    Outcome,
    Waiver,
)
from tdispmodel.source import Place

TODAY = dt.date(2026, 11, 29)
DATES = (None, TODAY, TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1))
PROPOSALS = ("early", "late")
PROPERTIES = {"binds": "T1", "runs": "T2", "ends": ""}
ASSUMPTIONS = ("plain", "kernel=OLD")


@dataclass(frozen=True)
class Synthetic:
    """Everything that a gate is given."""

    cells: tuple[Cell, ...]
    entries: Entries
    asked: Asked
    no_vacuous: bool


def synthetic(random: Random) -> Synthetic:
    """Return a random set of results with random entries about it, often such that the gate is nearly passed."""
    bad = random.choice((0.1, 0.5, 0.9))
    cells = tuple(
        Cell(proposal, name, code, outcome(random, bad), random.choice(ASSUMPTIONS), reason="out of time")
        for proposal in PROPOSALS[: random.randint(0, 2)]
        for name, code in PROPERTIES.items()
        if random.random() < 0.8
    )
    expectations: list[Expectation] = []
    waivers: list[Waiver] = []
    baseline: set[tuple[str, str, str]] = set()
    for cell in cells:
        fitting = random.random() < 0.7
        name = random.choice((cell.property, cell.code or cell.property))
        if random.random() < 0.5:
            said = cell.outcome if fitting and cell.outcome in EXPECTABLE else random.choice(EXPECTABLE)
            expectations.append(Expectation(cell.proposal, name, said, Place("e", len(expectations) + 1)))
        if random.random() < 0.3:
            said = cell.outcome if fitting and cell.outcome in WAIVABLE else random.choice(WAIVABLE)
            place = Place("w", len(waivers) + 1)
            waivers.append(Waiver(cell.proposal, name, said, "why not", random.choice(DATES), place))
        if random.random() < 0.2:
            baseline.add((cell.proposal, cell.property, random.choice(ASSUMPTIONS)))
    if random.random() < 0.2:
        named = (random.choice((*PROPOSALS, "gone")), random.choice((*PROPERTIES, "T1", "gone")))
        expectations.append(Expectation(*named, random.choice(EXPECTABLE), Place("e", 99)))
    if random.random() < 0.2:
        named = (random.choice((*PROPOSALS, "gone")), random.choice((*PROPERTIES, "T1", "gone")))
        waivers.append(Waiver(*named, random.choice(WAIVABLE), "why not", random.choice(DATES), Place("w", 99)))
    proposals = None if random.random() < 0.7 else frozenset(PROPOSALS[: random.randint(1, 2)])
    asked = Asked(proposals, whole=random.random() < 0.8)
    entries = Entries(tuple(expectations), tuple(waivers), frozenset(baseline))
    return Synthetic(cells, entries, asked, random.random() < 0.5)


def outcome(random: Random, bad: float) -> Outcome:
    """Return an outcome, a bad one with this likelihood."""
    if random.random() < bad:
        return random.choice((Outcome.VIOLATED, Outcome.OPEN, Outcome.VACUOUS))
    return random.choice((Outcome.HOLDS, Outcome.HOLDS, Outcome.SKIPPED))
