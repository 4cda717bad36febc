"""Each condition of the argument about any number of devices: without it something wrong is proven, and that is noticed.

A fault is planted in the search, and a model on which it matters is asked.  The search then proves what is violated; the
judge, who knows nothing of sizes and witnesses, refuses the proof.  docs/any-number.md has the conditions by these names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.checking.any_number import check_any_number
from tdispmodel.checking.asking import Plan
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.ir.expressions import Count, Quantified
from tdispmodel.parametric import bounds, induction, witnesses
from tdispmodel.parametric.answers import LeavesRangeWith
from tdispmodel.parametric.bounds import Bounds, Concern, Question
from tdispmodel.parametric.induction import Induction
from tdispmodel.semantics.families import Kinds
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer
from tests.parametric.designs import HERE, design, family, found, holds_with, said

Patch = pytest.MonkeyPatch
CONDITIONS = HERE / "conditions"


@dataclass(frozen=True)
class Fault:
    """A condition that is dropped: where it matters, what is then proven, and with how many devices that is violated."""

    model: str
    wanted: str
    least: int
    plant: Callable[[Patch], None]


FAULTS: dict[str, Fault] = {}


def fault(model: str, wanted: str, least: int) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Enter a fault; its docstring is its name."""

    def entered(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        FAULTS[(plant.__doc__ or "").rstrip(".")] = Fault(model, wanted, least, plant)
        return plant

    return entered


def concerns(patch: Patch, changed: Callable[[Concern], Concern]) -> None:
    """Change what is known of the devices of an action."""
    original = Bounds._concern
    patch.setattr(Bounds, "_concern", lambda *given: changed(original(*given)))


@fault("parameters", "down", 2)
def _(patch: Patch) -> None:
    """The devices that an action names are not counted."""
    concerns(patch, lambda one: Concern({}, one.witnesses))


@fault("witnesses", "down", 2)
def _(patch: Patch) -> None:
    """Witnesses of what an action asks are not counted."""
    concerns(patch, lambda one: Concern(one.names, {}))


@fault("named_by_the_clause", "one_is_armed", 2)
def _(patch: Patch) -> None:
    """The devices that a clause names are not counted."""
    patch.setattr(induction, "width", lambda _: {})
    original = Bounds.question
    patch.setattr(Bounds, "question", lambda *given: Question({}, original(*given).concerns))


@fault("one_smaller", "one_of_two_has_the_key", 3)
def _(patch: Patch) -> None:
    """Instances of the largest size are not looked at."""
    size = bounds._size
    patch.setattr(bounds, "_size", lambda *numbers: max(1, size(*numbers) - 1))


@fault("smaller_sizes", "down", 2)
def _(patch: Patch) -> None:
    """Only instances of the largest size are looked at."""
    concerned = induction._concerns
    patch.setattr(
        induction,
        "_concerns",
        lambda bound, size, action: concerned(bound, size, action) and bound(action.template) == size,
    )


@fault("parameters", "down", 2)
def _(patch: Patch) -> None:
    """Only actions that one device can take are looked at."""
    begun = Bounds.__init__

    def fewer(self: Bounds, model: Any) -> None:
        begun(self, model)
        self.actions = ()

    patch.setattr(Bounds, "__init__", fewer)


@fault("sums", "down", 2)
def _(patch: Patch) -> None:
    """Sums are taken for what does not change."""
    covered(patch, lambda node: isinstance(node, Quantified) and node.binder.value == "sum")


@fault("numbers", "down", 3)
def _(patch: Patch) -> None:
    """Numbers of devices are taken for what does not change."""
    covered(patch, lambda node: isinstance(node, Count))


@fault("for_each_another", "down", 2)
def _(patch: Patch) -> None:
    """A witness that depends on another device is forgotten."""
    original = witnesses._of_quantifier

    def forgotten(formula: Quantified, *, true: bool) -> Any:
        try:
            return original(formula, true=true)
        except witnesses.NotCovered:
            return witnesses.NOTHING

    patch.setattr(witnesses, "_of_quantifier", forgotten)


@fault("loops", "nobody_is_greeted", 2)
def _(patch: Patch) -> None:
    """The witnesses of a loop, one for each of its devices, are forgotten."""
    patch.setattr(bounds, "_of_update", lambda _: witnesses.NOTHING)


@fault("property", "all_on_one_side", 2)
def _(patch: Patch) -> None:
    """Witnesses of what a property says are not counted."""
    patch.setattr(bounds, "to_keep", lambda formula, *, true: witnesses.to_keep(formula, true=true) if true else {})


@fault("steps", "all_sleep_after_a_step", 2)
def _(patch: Patch) -> None:
    """Witnesses of what a property says of a step are not counted."""
    patch.setattr(bounds, "to_keep", lambda formula, *, true: witnesses.to_keep(formula, true=true) if true else {})


@fault("start", "all_are_chiefs", 2)
def _(patch: Patch) -> None:
    """Witnesses of start conditions are not counted."""
    patch.setattr(Bounds, "_of_start", lambda _: iter(()))


@fault("ranges", "small", 2)
def _(patch: Patch) -> None:
    """Steps that leave a range are taken for impossible."""
    patch.setattr(Induction, "in_range", lambda _: ())


def covered(patch: Patch, those: Callable[[Any], bool]) -> None:
    """Let some expressions need no witness, whatever they say."""
    original = witnesses.exactly
    patch.setattr(witnesses, "exactly", lambda node: witnesses.NOTHING if those(node) else original(node))


@pytest.mark.parametrize("name", FAULTS)
def test_without_the_fault_the_number_is_right(name: str) -> None:
    """The violation is found with the least number of devices, which visiting every state confirms."""
    one = FAULTS[name]
    of = family(CONDITIONS / f"{one.model}.py")
    if one.model == "ranges":
        with pytest.raises(LeavesRangeWith) as raised:
            found(of)
        assert raised.value.devices == one.least
        return
    assert said(found(of)[one.wanted]) == one.least
    (wanted,) = (wanted for wanted in of.original.properties if wanted.name == one.wanted)
    assert [holds_with(of, wanted, number) for number in range(1, one.least + 1)] == [True] * (one.least - 1) + [False]


@pytest.mark.parametrize("name", FAULTS)
def test_a_dropped_condition_proves_what_is_wrong_and_the_judge_refuses_it(name: str, monkeypatch: Patch) -> None:
    """Without the condition the search claims a proof for any number of devices, and no verdict leaves the pipeline."""
    one = FAULTS[name]
    one.plant(monkeypatch)
    path = CONDITIONS / f"{one.model}.py"
    assert found(family(path))[one.wanted].verdict.answer is Answer.HOLDS
    model = design(path)
    asked = [wanted for wanted in model.properties if wanted.name == one.wanted]
    with pytest.raises((OurFault, Rejected)) as raised:
        check_any_number(model, asked, Plan(kinds=Kinds()))
    assert "judge refuses" in str(raised.value)


REFUSED = {
    "sums": "fire is not covered: it counts devices with sum(...)",
    "numbers": "fire is not covered: it asks how many devices there are",
    "for_each_another": "wave is not covered: for each device it asks for another one",
    "loops": "greet is not covered: a loop asks, for each device, about the others",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_covered_is_refused_in_words(name: str) -> None:
    """The reason names the action and what it asks, and the place of its guard or assignment, with line and column."""
    path = CONDITIONS / f"{name}.py"
    with pytest.raises(witnesses.NotCovered) as raised:
        Bounds(family(path).model)
    place, _, words = str(raised.value).partition(": ")
    assert words == REFUSED[name]
    file, line, column = place.rsplit(":", 2)
    shown = Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1][int(column) - 1 :]
    assert shown.startswith(("sum(", "len(", "all(", "one.greeted ="))


@pytest.mark.parametrize(("model", "wanted"), [("token", "somebody_has_it"), ("gather", "only_the_used_climb")])
def test_what_is_said_of_some_device_is_refused_in_words(model: str, wanted: str) -> None:
    """That there is a device of some sort is true, but no invariant about a few devices says it: open, and told so."""
    finding = found(family(HERE / "models" / f"{model}.py"))[wanted]
    assert finding.verdict.answer is Answer.OPEN
    assert finding.verdict.reason.startswith(
        "it says that there is some device, which no invariant that speaks of a few"
    )


def test_what_holds_beside_a_sum_is_open() -> None:
    """Nobody speaks, but as another action counts it is not proven: open, with the reason and how far it was tried."""
    finding = found(family(CONDITIONS / "sums.py"))["silence"]
    assert finding.verdict.answer is Answer.OPEN
    assert finding.verdict.reason.endswith("it counts devices with sum(...); it holds with 1 to 5 devices")
