"""Checks about any number of devices: kinds, grouping by constants, what the judge leaves undecided, interruptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.checking import any_number
from tdispmodel.checking.any_number import check_any_number
from tdispmodel.checking.asking import Plan
from tdispmodel.checking.kinds import kinds
from tdispmodel.checking.topology import topology
from tdispmodel.ir.model import Model
from tdispmodel.judging.judgement import Undecided
from tdispmodel.judging.parametric import solving
from tdispmodel.semantics.families import Kinds
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer
from tests.parametric.designs import HERE, design

KINDS = HERE / "models" / "kinds.py"
TWO = HERE / "models" / "two_collections.py"


def chosen(model: Model, text: str = "", **wanted: str) -> Kinds:
    """The kinds that words of ``--set`` and the text of a topology mean."""
    settings = {name.replace("__", "."): value for name, value in wanted.items()}
    return kinds(model, settings, topology(text, "lab.toml") if text else None, ())


def test_lists_and_tables_are_kinds() -> None:
    """A list, the short name of it and the tables of a topology say the same; what nobody lists is one kind."""
    model = design(KINDS)
    both = Kinds({}, {"devices": ({"kind": "IMPOSTOR"}, {"kind": "GENUINE"})})
    assert both == chosen(model, devices__kind="IMPOSTOR,GENUINE")
    assert both == chosen(model, topology="IMPOSTOR,GENUINE")
    assert both == chosen(model, '[[devices]]\nkind = "IMPOSTOR"\n[[devices]]\n')
    assert Kinds({"guarded": True}, {"devices": ({"kind": "GENUINE"},)}) == chosen(model, guarded="true")
    assert Kinds({}, {"bridges": ({},), "devices": ({},)}) == chosen(design(TWO))


@pytest.mark.parametrize(
    ("text", "settings", "said"),
    [
        ("", {"devices__kind": "GENUINE,GENUINE"}, "the same kind twice says how many devices there are"),
        ("[[devices]]\n[[devices]]\n", {}, "the same kind twice says how many devices there are"),
        ("", {"devices[1]__kind": "GENUINE"}, "is about one device of a certain number of them"),
        ("", {"devices__kind": "NOBODY"}, "NOBODY is no value of the constant kind"),
        ("", {"devices__size": "3"}, "there is no constant devices.size"),
    ],
)
def test_what_says_how_many_is_refused(text: str, settings: dict[str, str], said: str) -> None:
    """A kind listed twice and a device with a number make no sense with any number, nor does what never makes sense."""
    with pytest.raises(Rejected) as raised:
        chosen(design(KINDS), text, **settings)
    assert said in raised.value.complaints[0].message


def verdicts(path: Path, plan: Plan) -> dict[str, Answer]:
    """The verdict on each property of a model for any number of devices."""
    model = design(path)
    answered = check_any_number(model, model.properties, plan)
    return {one.verdict.property.name: one.verdict.answer for one in answered.results}


def test_what_the_judge_cannot_decide_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof that the judge could not check to its end is no fault and no claim: it is open, with the reason."""

    def undecided(*_: object) -> None:
        message = "the solver is tired"
        raise Undecided(message)

    monkeypatch.setattr(solving.Proven, "_impossible", undecided)
    model = design(HERE / "models" / "mutex_lock.py")
    results = check_any_number(model, model.properties, Plan(kinds=Kinds())).results
    assert [Answer.OPEN, Answer.OPEN, Answer.VIOLATED] == [one.verdict.answer for one in results]
    assert results[0].verdict.reason == "a proof was found, but the solver is tired"
    assert results[0].verdict.certificate is None


ALONE = '''"""A device that is alone lets bridges fall: as there are as many bridges, no two of them."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Bridge(Component):
    """A bridge."""

    down: bool = False


class Device(Component):
    """A device."""


class Host(Component):
    """As many bridges as devices."""

    bridges: Each[Bridge]
    devices: Each[Device]

    @action(by=Actor.HOST)
    def fall(self, device: Device, bridge: Bridge) -> None:
        """A bridge falls when there is one device only."""
        require(all(other is device for other in self.devices))
        bridge.down = True


@invariant(code="TDM901")
def one_bridge_falls(now: Host, one: Bridge, other: Bridge) -> bool:
    """No two bridges are down."""
    return one is other or not one.down or not other.down
'''


def test_a_proof_that_needs_equally_many_is_open(tmp_path: Path) -> None:
    """With one device there is one bridge, so no two fall; the judge, which does not count, cannot confirm that."""
    path = tmp_path / "alone.py"
    path.write_text(ALONE)
    model = design(path)
    (result,) = check_any_number(model, model.properties, Plan(kinds=Kinds())).results
    assert result.verdict.answer is Answer.OPEN
    assert result.verdict.reason == (
        "a proof was found, but not with each number of bridges and devices: fall does not keep the invariant, or "
        "leaves a range"
    )


def test_an_interruption_leaves_everything_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever interrupts is told so, and nothing is claimed."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(any_number, "findings", interrupted)
    model = design(KINDS)
    answered = check_any_number(model, model.properties, Plan(kinds=Kinds()))
    assert answered.interrupted
    assert {(Answer.OPEN, "interrupted")} == {(one.verdict.answer, one.verdict.reason) for one in answered.results}


def test_no_time_proves_nothing() -> None:
    """Without time everything is open."""
    assert {Answer.OPEN} == set(verdicts(KINDS, Plan(kinds=Kinds(), seconds=0.0)).values())


def test_a_capability_that_is_switched_off_is_off() -> None:
    """Without the host's entering no impostor is inside, whatever the kinds."""
    both = {"devices": ({"kind": "GENUINE"}, {"kind": "IMPOSTOR"})}
    assert verdicts(KINDS, Plan(kinds=Kinds(kinds=both)))["no_impostor_inside"] is Answer.VIOLATED
    quiet = Kinds(kinds=both, without=("host.enter",))
    assert verdicts(KINDS, Plan(kinds=quiet))["no_impostor_inside"] is Answer.HOLDS
