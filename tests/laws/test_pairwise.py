"""All engines, any two of them: on random systems no two answers contradict each other, the oracle, or the judge."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import Phase, given, seed, settings

from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import available
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

ENGINES = ("explicit", "graph", "walk", "bmc", "induction", "pdr", "sat", "ic3", "diagrams")
FEW, SHARDS, IN_A_SHARD = 200, 40, 500
"""How many systems the gate looks at; and the long run: 20,000, in shards that share the cores."""
DEPTH = 8
SECONDS = {"walk": 0.05, "ic3": 10.0, "pdr": 20.0}  # Spacer may search for ever
Asked = tuple[System, tuple[SystemProperty, ...]]
Pairs = Counter[tuple[str, str]]


def differences(pair: Asked, alike: Pairs) -> list[str]:
    """Return what engines say that another one, the oracle or the judge denies; count in ``alike`` who agreed."""
    system, asked = pair
    oracle, wrong = Oracle(system), []
    said: dict[str, dict[str, Answer]] = {one.name: {"the oracle": Answer.HOLDS} for one in asked}
    for one in asked:
        said[one.name]["the oracle"] = Answer.HOLDS if oracle.holds(one) else Answer.VIOLATED
    for engine in available(ENGINES):
        verdicts = list(engine.answer(system, asked, Limits(seconds=SECONDS.get(engine.name), depth=DEPTH)))
        judged = judge_all(system, verdicts)
        wrong += [f"{engine.name}: refused: {one.reason}" for one in judged if not one.accepted]
        for verdict in verdicts:
            if verdict.answer is not Answer.OPEN:
                said[verdict.property.name][engine.name] = verdict.answer
    for name, answers in said.items():
        for one, other in combinations(answers, 2):
            if answers[one] is answers[other]:
                alike[one, other] += 1
            else:
                wrong.append(f"{name}: {one} says {answers[one].value}, {other} {answers[other].value}")
    return wrong


def agreeing(count: int, start: int) -> Pairs:
    """Ask so many random systems, drawn from a start of chance; return how often which two agreed."""
    alike: Pairs = Counter()

    @seed(start)
    @settings(law(count), max_examples=count, derandomize=False, phases=[Phase.generate])
    @given(asked_systems())
    def check(pair: Asked) -> None:
        assert differences(pair, alike) == []

    check()
    return alike


def test_no_two_engines_contradict_each_other() -> None:
    """On some hundred systems any two engines agree on what both decide, and any two decide something alike."""
    alike = agreeing(FEW, 0)
    there = [engine.name for engine in available(ENGINES)]
    assert [pair for pair in combinations(there, 2) if alike[pair] < FEW // 20] == []


@pytest.mark.long
@pytest.mark.parametrize("shard", range(1, SHARDS + 1))
def test_no_two_engines_contradict_each_other_on_many_systems(shard: int) -> None:
    """The same on twenty thousand systems."""
    assert agreeing(IN_A_SHARD, shard)
