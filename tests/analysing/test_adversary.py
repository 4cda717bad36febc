"""Which capabilities break a property: the same as by asking with every set of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tdispmodel.analysing.adversary import adversary, capabilities_of
from tdispmodel.analysing.border import Names, largest_of, smallest_of
from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.loading import load
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.reading import read_model
from tdispmodel.reports.adversary import Adversary
from tdispmodel.reports.exits import Exit
from tdispmodel.verdict import Answer, Skipped
from tests.laws.random_models import models
from tests.laws.random_systems import LONG

ROOT = Path(__file__).resolve().parents[2]

DOORS = '''"""Two doors, of which each needs two moves of the host to open."""

from tdispmodel.dsl import (
    Actor, Component, action, invariant, leads_to, must_be_possible, never_endless, require, stays_possible,
)


class House(Component):
    """A house with a front door and a back door."""

    key: bool = False
    crowbar: bool = False
    open: bool = False
    shut_for_good: bool = False
    bell: bool = False

    @action(by=Actor.HOST)
    def copy_key(self) -> None:
        self.key = True

    @action(by=Actor.HOST)
    def unlock_front(self) -> None:
        require(self.key)
        self.open = True

    @action(by=Actor.HOST)
    def bring_crowbar(self) -> None:
        self.crowbar = True

    @action(by=Actor.HOST)
    def force_back(self) -> None:
        require(self.crowbar)
        self.open = True

    @action(by=Actor.HOST)
    def paint(self) -> None:
        require(not self.open)

    @action(by=Actor.HOST, fair=True)
    def maintain(self) -> None:
        require(self.bell)
        self.bell = False

    @action(by=Actor.USERSPACE)
    def ring(self) -> None:
        require(not self.bell and self.key)
        self.bell = True


@invariant(code="TDM901")
def stays_closed(now: House) -> bool:
    """No door is open."""
    return not now.open


@must_be_possible(code="TDM902")
def can_open(now: House) -> bool:
    """A door can be open."""
    return now.open


@leads_to(after=lambda now: now.bell, code="TDM903")
def bell_ends(now: House) -> bool:
    """The bell stops."""
    return not now.bell


@stays_possible(code="TDM904")
def can_be_without_crowbar(now: House) -> bool:
    """The crowbar can be away."""
    return not now.crowbar


@invariant(code="TDM905")
def nothing_is_shut_for_good(now: House) -> bool:
    """Nothing is shut for good."""
    return not now.shut_for_good
'''


@pytest.fixture
def doors(tmp_path: Path) -> Model:
    """The house."""
    path = tmp_path / "doors.py"
    path.write_text(DOORS)
    return read_model(path)


def property_of(model: Model, code: str) -> Property:
    """Return a property of a model's own."""
    return next(known for known in model.properties if known.code == code)


def found(model: Model, code: str, plan: Plan | None = None) -> Adversary:
    """Return what breaks a property of a model's own."""
    outcome = adversary(model, property_of(model, code), plan or Plan())
    assert isinstance(outcome, Adversary)
    return outcome


def host(*names: str) -> tuple[str, ...]:
    """Return capabilities, sorted."""
    return tuple(sorted(f"host.{name}" for name in names))


def test_two_ways_in(doors: Model) -> None:
    """Each door needs its two moves: two smallest sets with two steps each, and a largest safe set for each choice of
    one missing move a door.
    """
    outcome = found(doors, "TDM901")
    assert {host("copy_key", "unlock_front"): 2, host("bring_crowbar", "force_back"): 2} == {
        one.capabilities: len(one.result.verdict.trace or ()) for one in outcome.breaking
    }
    everything = {"copy_key", "unlock_front", "bring_crowbar", "force_back", "paint", "maintain"}
    assert {
        host(*everything - {front, back})
        for front in ("copy_key", "unlock_front")
        for back in ("bring_crowbar", "force_back")
    } == {one.capabilities for one in outcome.unbreaking}
    assert all(one.sure for one in (*outcome.breaking, *outcome.unbreaking))
    assert outcome.exit is Exit.VIOLATED


def test_no_capability_is_needed(doors: Model) -> None:
    """What must be possible is violated whatever the host can do: the empty set is the only smallest one."""
    outcome = found(doors, "TDM902")
    assert [()] == [one.capabilities for one in outcome.breaking]
    assert () == outcome.unbreaking
    assert outcome.exit is Exit.VIOLATED


def test_no_set_breaks_it(doors: Model) -> None:
    """A variable that nobody sets keeps its value with all capabilities switched on."""
    outcome = found(doors, "TDM905")
    assert () == outcome.breaking
    assert [outcome.capabilities] == [one.capabilities for one in outcome.unbreaking]
    assert (Exit.HOLDS, 1) == (outcome.exit, outcome.asked)


def test_promises_stay_on(doors: Model) -> None:
    """The bell stops because the host promises to maintain it: the promise is no capability, so no set breaks it."""
    outcome = found(doors, "TDM903")
    assert (host("maintain"), ()) == (outcome.promised, outcome.breaking)
    assert "host.maintain" not in outcome.capabilities
    assert "host.maintain" in found(doors, "TDM901").capabilities


def test_no_way_back(doors: Model) -> None:
    """That the crowbar can be away again is lost by the one move that brings it."""
    assert [host("bring_crowbar")] == [one.capabilities for one in found(doors, "TDM904").breaking]


def test_switched_off_throughout(doors: Model) -> None:
    """A capability of ``without`` is not offered to the host."""
    outcome = found(doors, "TDM901", Plan(without=("host.copy_key",)))
    assert "host.copy_key" not in outcome.capabilities
    assert [host("bring_crowbar", "force_back")] == [one.capabilities for one in outcome.breaking]


def test_out_of_time(doors: Model) -> None:
    """Without time nothing is known: no set is claimed, and the answer is open."""
    outcome = found(doors, "TDM901", Plan(seconds=0.0))
    assert ((), ()) == (outcome.breaking, outcome.unbreaking)
    assert outcome.undecided
    assert outcome.exit is Exit.OPEN
    assert not outcome.complete
    assert outcome.reason
    assert outcome.asked == 1


def test_not_applicable(doors: Model) -> None:
    """A property that gives a constant that the model does not have is skipped with the reason."""
    wanted = replace(property_of(doors, "TDM901"), given=(("weather", True),))
    outcome = adversary(doors, wanted, Plan())
    assert isinstance(outcome, Skipped)
    assert "weather" in outcome.reason


def by_trying_all(model: Model, wanted: Property, plan: Plan) -> tuple[list[Names], list[Names]]:
    """Return the smallest breaking and the largest unbroken sets, by a verdict for every set of capabilities."""
    universe = sorted(capabilities_of(model, wanted)[0] - set(plan.without))
    broken, unbroken = [], []
    for size in range(len(universe) + 1):
        for chosen in combinations(universe, size):
            off = tuple(name for name in universe if name not in chosen)
            (result,) = check_model(model, [wanted], replace(plan, without=(*plan.without, *off))).results
            assert result.verdict.answer is not Answer.OPEN
            (broken if result.verdict.answer is Answer.VIOLATED else unbroken).append(frozenset(chosen))
    return smallest_of(broken), largest_of(unbroken)


def agree(model: Model, wanted: Property, plan: Plan) -> None:
    """Assert that the search gives what trying all sets gives."""
    outcome = adversary(model, wanted, plan)
    assert isinstance(outcome, Adversary)
    searched = [frozenset(one.capabilities) for one in outcome.breaking]
    assert by_trying_all(model, wanted, plan) == (
        searched,
        [frozenset(one.capabilities) for one in outcome.unbreaking],
    )


@settings(
    max_examples=3000 if LONG else 25,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(models())
def test_as_by_trying_all(model: Model) -> None:
    """On random models, and for every kind of property, the search gives what a verdict for every set gives."""
    asked = False
    for wanted in model.properties:
        if capabilities_of(model, wanted)[0]:
            asked = True
            agree(model, replace(wanted, given=(), needs=()), Plan())
    assume(asked)


CASES = [
    (
        "initrd_autoprobe_off",
        "TDM301",
        {"kernel": "BEFORE_6_19"},
        ("host.error", "host.refuse", "host.stall", "host.swap"),
    ),
    (
        "initrd_autoprobe_off",
        "TDM101",
        {},
        ("device.fault", "host.refuse", "host.stall", "host.hot_add", "host.remove"),
    ),
    ("tdisp_no_autobind", "TDM103", {}, ("host.refuse", "host.stall", "host.swap", "host.error", "host.remove")),
    ("cc_probe_defer", "TDM402", {}, ("host.refuse", "host.stall", "host.error", "host.fake_capability", "host.swap")),
]


@pytest.mark.parametrize(("proposal", "code", "constants", "without"), CASES)
def test_proposals(proposal: str, code: str, constants: dict[str, str], without: tuple[str, ...]) -> None:
    """On proposals of the catalogue the search gives what a verdict for every set of some capabilities gives."""
    catalogue = Catalogue(ROOT)
    loaded = load(catalogue, catalogue.resolve(proposal))
    wanted = next(known for known in loaded.properties if known.code == code)
    agree(loaded.model, wanted, Plan(constants=constants, without=without))


def test_every_kind_is_argued() -> None:
    """The page of the search says of every kind of property why it may be used."""
    from tdispmodel.analysing import adversary as module  # noqa: PLC0415  # for its text only

    assert [] == [kind for kind in Kind if kind.value.replace("_", "-") not in (module.__doc__ or "")]


def test_interrupted(doors: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt after two questions keeps what they said and asks nothing more."""
    from tdispmodel.analysing import adversary as module  # noqa: PLC0415  # to plant the interrupt

    asked: list[object] = []
    real = module.check_group

    def impatient(*words: Any) -> Any:
        asked.append(words)
        if len(asked) > 2:
            raise KeyboardInterrupt
        return real(*words)

    monkeypatch.setattr(module, "check_group", impatient)
    outcome = found(doors, "TDM901")
    assert 3 == len(asked)
    assert (Exit.INTERRUPTED, False, "interrupted") == (outcome.exit, outcome.complete, outcome.reason)
    assert outcome.breaking
