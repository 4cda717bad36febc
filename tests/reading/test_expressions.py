"""Each form of expression becomes the formula that it means."""

from __future__ import annotations

import pytest

from tdispmodel.ir.expressions import (
    BOOLEAN,
    Actor,
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    Binder,
    Bounded,
    Count,
    Enumeration,
    Equal,
    Expression,
    Field,
    If,
    Less,
    Literal,
    Not,
    Or,
    Quantified,
    SameInstance,
    StepIs,
    number,
)
from tests.reading.texts import model

TDI = Enumeration("Tdi", ("LOCKED", "RUN", "ERROR"))
TRIES = Field("now", "tries", Bounded(0, 3))
ON = Field("now", "on", BOOLEAN)
OFF = Field("now", "off", BOOLEAN)
STATE = Field("now", "tdi", TDI)
RUN = Literal("RUN", TDI)
ERROR = Literal("ERROR", TDI)

DESIGN = """class Device(Component):
    on: bool = False
    off: bool = False
    tdi: Tdi = Tdi.LOCKED
    tries: Annotated[int, Range(0, 3)] = 0

    @property
    def runs(self) -> bool:
        return self.tdi is Tdi.RUN

    def tried(self, times: int) -> bool:
        least = times - 1
        return self.tries > least


def both(one: Device, other: Device) -> bool:
    return one.on and other.on


class Guest(Component):
    devices: Each[Device]

    @action(by=Actor.HOST)
    def reset(self, device: Device) -> None:
        device.on = False


"""


def formula(text: str, parameters: str = "now: Device") -> Expression:
    """Return the formula of a property that returns ``text``."""
    kind = "step_property" if "after" in parameters else "invariant"
    found = model(f"{DESIGN}@{kind}\ndef f({parameters}) -> bool:\n    return {text}\n")
    return found.properties[0].formula


def device(name: str, variable: str = "on", *, after: bool = False) -> Field:
    """Return a reading of a truth value of a device."""
    return Field(name, variable, BOOLEAN, after)


VALUES: list[tuple[str, Expression]] = [
    ("now.on and now.off", And((ON, OFF))),
    ("now.on or now.off and now.on", Or((ON, And((OFF, ON))))),
    ("not not now.on", Not(Not(ON))),
    ("now.on is True", Equal(ON, Literal(True, BOOLEAN))),
    ("now.on != now.off", Not(Equal(ON, OFF))),
    ("now.tdi is Tdi.RUN", Equal(STATE, RUN)),
    ("now.tdi is not Tdi.RUN", Not(Equal(STATE, RUN))),
    ("now.tdi == Tdi.RUN", Equal(STATE, RUN)),
    ("now.tdi in (Tdi.RUN, Tdi.ERROR)", Among(STATE, ("RUN", "ERROR"))),
    ("now.tdi not in [Tdi.RUN]", Not(Among(STATE, ("RUN",)))),
    ("now.tries in {1, 9}", Among(TRIES, (1, 9))),
    ("now.tries in (1, now.tries)", Or((Equal(TRIES, number(1)), Equal(TRIES, TRIES)))),
    ("now.tries < 2", Less(TRIES, number(2))),
    ("now.tries >= 2", AtMost(number(2), TRIES)),
    ("0 <= now.tries < 2", And((AtMost(number(0), TRIES), Less(TRIES, number(2))))),
    ("now.tries == -1", Equal(TRIES, number(-1))),
    ("-now.tries == 0", Equal(Arithmetic("-", number(0), TRIES), number(0))),
    ("now.tries - 1 - 1 == 0", Equal(Arithmetic("-", Arithmetic("-", TRIES, number(1)), number(1)), number(0))),
    ("(1 if now.on else now.tries) == 1", Equal(If(ON, number(1), TRIES), number(1))),
    ("now.off if now.on else True", If(ON, OFF, Literal(True, BOOLEAN))),
    ("min(now.tries, 1) == 1", Equal(If(AtMost(TRIES, number(1)), TRIES, number(1)), number(1))),
    ("max(now.tries, 1) == 1", Equal(If(AtMost(TRIES, number(1)), number(1), TRIES), number(1))),
    ("now.runs", Equal(STATE, RUN)),
    ("now.tried(2)", Less(Arithmetic("-", number(2), number(1)), TRIES)),
    ("both(now, now)", And((ON, ON))),
]


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_an_expression_is_read(text: str, expected: Expression) -> None:
    """The expression becomes the formula that Python's rules of precedence and order give it."""
    assert expected == formula(text)


D_ON = device("d")
OVER: list[tuple[str, Expression]] = [
    ("all(d.on for d in now.devices)", Quantified(Binder.ALL, "d", "devices", D_ON)),
    ("any(d.on for d in now.devices if d.off)", Quantified(Binder.ANY, "d", "devices", D_ON, device("d", "off"))),
    (
        "sum(d.on for d in now.devices) == 1",
        Equal(Quantified(Binder.SUM, "d", "devices", D_ON), number(1)),
    ),
    ("len(now.devices) == 1", Equal(Count("devices"), number(1))),
    (
        "all(d is e for d in now.devices for e in now.devices)",
        Quantified(Binder.ALL, "d", "devices", Quantified(Binder.ALL, "e", "devices", SameInstance("d", "e"))),
    ),
    (
        "all(any(now.on for now in now.devices) or d.on for d in now.devices)",
        Quantified(
            Binder.ALL,
            "d",
            "devices",
            Or((Quantified(Binder.ANY, "now_2", "devices", device("now_2")), D_ON)),
        ),
    ),
    (
        "all(all(both(d, e) for e in now.devices) for d in now.devices)",
        Quantified(Binder.ALL, "d", "devices", Quantified(Binder.ALL, "e", "devices", And((D_ON, device("e"))))),
    ),
]


@pytest.mark.parametrize(("text", "expected"), OVER, ids=[text for text, _ in OVER])
def test_a_generator_is_read(text: str, expected: Expression) -> None:
    """A generator becomes a quantifier whose name no other instance has."""
    assert expected == formula(text, "now: Guest")


STEPS: list[tuple[str, Expression]] = [
    (
        "all(d.on is e.on for d, e in zip(now.devices, after.devices))",
        Quantified(Binder.ALL, "d", "devices", Equal(D_ON, device("d", after=True))),
    ),
    (
        "all(d.on is e.on for e, d in zip(after.devices, now.devices, strict=True))",
        Quantified(Binder.ALL, "d", "devices", Equal(D_ON, device("d", after=True))),
    ),
    ("step.actor is Actor.HOST", ActorIs((Actor.HOST,))),
    ("step.actor not in (Actor.HOST, Actor.KERNEL)", Not(ActorIs((Actor.HOST, Actor.KERNEL)))),
    ("step.is_(Guest.reset)", StepIs("Guest", "reset")),
    (
        "any(step.is_(Guest.reset, d) for d in now.devices)",
        Quantified(Binder.ANY, "d", "devices", StepIs("Guest", "reset", ("d",))),
    ),
    ("any(d.on for d in after.devices)", Quantified(Binder.ANY, "d", "devices", device("d", after=True))),
]


@pytest.mark.parametrize(("text", "expected"), STEPS, ids=[text for text, _ in STEPS])
def test_a_step_is_read(text: str, expected: Expression) -> None:
    """What a step property asks of the step and of the state after it is read as such."""
    assert expected == formula(text, "now: Guest, after: Guest, step: Step")


def test_a_name_stands_for_its_value() -> None:
    """A value that was named before a generator keeps what it spoke of, though the generator uses the same name."""
    text = "own = now.on\n    return all(own or now.on for now in others.devices)"
    found = model(f"{DESIGN}@invariant\ndef f(others: Guest, now: Device) -> bool:\n    {text}\n")
    (question,) = found.properties
    (other,) = [parameter.name for parameter in question.parameters]

    assert isinstance(question.formula, Quantified)
    assert question.formula.bound not in ("now", other)
    assert Or((device(other), device(question.formula.bound))) == question.formula.body
