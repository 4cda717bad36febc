"""What becomes of a question when instances and constants are put in."""

from __future__ import annotations

import pytest

from tdispmodel.checking.asking import with_vacuity
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.engines.registry import engine
from tdispmodel.ir.expressions import BOOLEAN, TRUE, Read, negation, number
from tdispmodel.judging import judge_all
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import constants, default_constants, ground_properties
from tdispmodel.verdict import Answer
from tests.reading.texts import model

GUEST = """class Guest(Component):
    strict: Constant[bool] = True
    locked: bool = False

    @initially
    def never(self) -> bool:
        return self.locked


@leads_to(after=lambda now: now.strict)
def locks(now: Guest) -> bool:
    return now.locked


@invariant
def is_locked(now: Guest) -> bool:
    return not now.strict or now.locked
"""


def test_a_premise_that_a_constant_makes_true_is_none() -> None:
    """Where ``strict`` is true the premise says nothing, so no question has one, as if it were not written."""
    found = model(GUEST)
    asked = [one for wanted in found.properties for one in ground_properties(found, wanted, Scope())]
    assert [None, None] == [one.antecedent for one in asked]


def test_without_a_start_state_engines_and_judge_agree_on_vacuity() -> None:
    """The model starts nowhere, so everything holds; no engine says something of the premise that the judge denies."""
    found = model(GUEST)
    asked = [one for wanted in found.properties for one in ground_properties(found, wanted, Scope())]
    system = ground(found, Scope())
    for name in ("explicit", "graph"):
        verdicts = list(engine(name).answer(system, asked, Limits()))
        assert [True, True] == [judgement.accepted for judgement in judge_all(system, verdicts)]


@pytest.mark.parametrize("formula", ["not now.locked", "step.actor is not Actor.HOST", "not step.is_(Guest.crash)"])
def test_what_must_be_possible_on_a_step_needs_a_step(formula: str) -> None:
    """Where nothing can happen no step shows it, although the start state satisfies all that is left of the formula."""
    text = f"""class Guest(Component):
    locked: bool = False

    @action(by=Actor.HOST)
    def crash(self) -> None:
        self.locked = False


@removes(Guest.crash)
class Dead(Guest):
    pass


@must_be_possible
def happens(now: Guest, after: Guest, step: Step) -> bool:
    return {formula}
"""
    found = model(text)
    asked = list(ground_properties(found, found.properties[0], Scope()))
    for name in ("explicit", "graph", "bmc"):
        (verdict,) = engine(name).answer(ground(found, Scope()), asked, Limits())
        assert verdict.answer is not Answer.HOLDS


@pytest.mark.parametrize("premise", ["True", "now.on or not now.on"])
@pytest.mark.parametrize("kind", ["stays_possible", "leads_to"])
def test_an_explicit_premise_is_the_premise(kind: str, premise: str) -> None:
    """What stands before ``after`` is the premise whatever the goal looks like: one that is always true is met."""
    found = model(f"""class Guest(Component):
    on: bool = False
    locked: bool = False


@{kind}(after=lambda now: {premise})
def calm(now: Guest) -> bool:
    return not now.locked or now.on
""")
    (asked,) = ground_properties(found, found.properties[0], Scope())
    (verdict,) = engine("graph").answer(ground(found, Scope()), [asked], Limits())
    assert verdict.answer is Answer.HOLDS
    assert not with_vacuity(ground(found, Scope()), verdict, Limits(), silent).vacuous


LAMPS = """class Colour(Enum):
    RED = auto()
    BLUE = auto()


class Bulb(Component):
    watts: Constant[Annotated[int, Range(1, 9)]] = 4


class Lamp(Component):
    colour: Constant[Colour] = Colour.RED
    bulb: Bulb
    on: bool = False

    @action(by=Actor.USERSPACE)
    def press(self) -> None:
        require(self.colour is Colour.RED)
        self.on = not self.on


class BlueLamp(Lamp):
    colour = Colour.BLUE


class Room(Component):
    lamps: Each[Lamp]
    exit: BlueLamp
    strict: Constant[bool] = True
    used: Annotated[int, Range(0, 99)] = 0

    @action(by=Actor.KERNEL)
    def count(self) -> None:
        self.used = sum(lamp.bulb.watts for lamp in self.lamps)


@invariant
def is_off(now: Lamp) -> bool:
    return not now.on or now.colour is Colour.RED
"""


def test_constants_have_full_names() -> None:
    """The root's constants come first, then those of each instance, its parts' after its own, by their full names."""
    found = constants(model(LAMPS), 2)
    lamps = [f"lamps[{position}].{name}" for position in (0, 1) for name in ("colour", "bulb.watts")]
    assert ["strict", *lamps, "exit.colour", "exit.bulb.watts"] == list(found)
    assert ["exit.colour"] == [name for name, constant in found.items() if constant.fixed]
    assert ("BLUE", "RED", 4) == tuple(
        found[name].value for name in ("exit.colour", "lamps[1].colour", "lamps[0].bulb.watts")
    )


def test_constants_of_instances_take_no_room() -> None:
    """A state has the variables alone, and a system says under which constants it was made."""
    system = ground(model(LAMPS), Scope(2))
    assert ["used", "lamps[0].on", "lamps[1].on", "exit.on"] == [variable.name for variable in system.variables]
    assert default_constants(model(LAMPS), 2) == dict(system.constants)


def test_each_instance_has_its_own() -> None:
    """A blue lamp cannot be pressed, the exit among them; watts are added instance by instance."""
    chosen = {"lamps[1].colour": "BLUE", "lamps[0].bulb.watts": 7, "lamps[2].bulb.watts": 1}
    system = ground(model(LAMPS), Scope(3, chosen))
    assert ["count", "press(lamps[0])", "press(lamps[2])"] == sorted(system.by_name)
    (assignment,) = system.by_name["count"].assignments
    assert ("used", number(12)) == (assignment.variable, assignment.value)
    assert {"lamps[0].colour": "RED", "lamps[1].colour": "BLUE"}.items() <= dict(system.constants).items()


def test_what_a_constant_decides_is_folded() -> None:
    """Of a red lamp nothing is asked, of a blue one that it is off."""
    found = model(LAMPS)
    asked = ground_properties(found, found.properties[0], Scope(2, {"lamps[1].colour": "BLUE"}))
    off = [negation(Read(f"{name}.on", BOOLEAN)) for name in ("lamps[1]", "exit")]
    assert [TRUE, *off] == [question.formula for question in asked]
