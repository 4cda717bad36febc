"""Formulas as text: minimal parentheses, both styles, the step."""

from __future__ import annotations

import ast

import pytest

from tdispmodel.ir.expressions import (
    BOOLEAN,
    FALSE,
    TRUE,
    Actor,
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    Binder,
    Bounded,
    ConstantValue,
    Count,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    Field,
    If,
    Less,
    Literal,
    Not,
    Or,
    Quantified,
    Read,
    SameInstance,
    StepIs,
    Took,
    number,
)
from tdispmodel.ir.model import Action
from tdispmodel.ir.system import System, SystemAction
from tdispmodel.printing import compact, formula

TDI = Enumeration("Tdi", ("CONFIG_UNLOCKED", "CONFIG_LOCKED", "RUN", "ERROR"))
RUN = Literal("RUN", TDI)
A, B, C = (Field("self", name, BOOLEAN) for name in "abc")
N, M = (Field("self", name, Bounded(0, 3)) for name in "nm")
DEVICE_TDI = Field("device", "tdi", TDI)

TEMPLATES: list[tuple[Expression, str, str]] = [
    (TRUE, "True", "True"),
    (number(-3), "-3", "-3"),
    (RUN, "Tdi.RUN", "RUN"),
    (And((Equal(DEVICE_TDI, RUN), Not(A))), "device.tdi is Tdi.RUN and not self.a", "device.tdi = RUN and not a"),
    (Not(Equal(DEVICE_TDI, RUN)), "device.tdi is not Tdi.RUN", "device.tdi != RUN"),
    (Equal(A, TRUE), "self.a is True", "a = True"),
    (Not(Equal(N, M)), "self.n != self.m", "n != m"),
    (And((Or((A, B)), C)), "(self.a or self.b) and self.c", "(a or b) and c"),
    (Or((And((A, B)), C)), "self.a and self.b or self.c", "a and b or c"),
    (And((And((A, B)), C)), "(self.a and self.b) and self.c", "(a and b) and c"),
    (And((A,)), "self.a", "a"),
    (And(()), "True", "True"),
    (Or(()), "False", "False"),
    (Not(Or((A, B))), "not (self.a or self.b)", "not (a or b)"),
    (Not(Not(A)), "not not self.a", "not not a"),
    (Not(Less(N, M)), "not self.n < self.m", "not n < m"),
    (Equal(Not(A), B), "(not self.a) == self.b", "(not a) = b"),
    (Equal(Less(N, M), A), "(self.n < self.m) == self.a", "(n < m) = a"),
    (Less(number(0), N), "self.n > 0", "n > 0"),
    (AtMost(number(1), N), "self.n >= 1", "n >= 1"),
    (AtMost(N, number(2)), "self.n <= 2", "n <= 2"),
    (Among(DEVICE_TDI, ("RUN", "ERROR")), "device.tdi in (Tdi.RUN, Tdi.ERROR)", "device.tdi in {RUN, ERROR}"),
    (Not(Among(DEVICE_TDI, ("RUN",))), "device.tdi not in (Tdi.RUN,)", "device.tdi not in {RUN}"),
    (Arithmetic("-", N, Arithmetic("-", M, number(1))), "self.n - (self.m - 1)", "n - (m - 1)"),
    (Arithmetic("-", Arithmetic("-", N, M), number(1)), "self.n - self.m - 1", "n - m - 1"),
    (Arithmetic("*", Arithmetic("+", N, M), number(-1)), "(self.n + self.m) * -1", "(n + m) * -1"),
    (Arithmetic("+", Arithmetic("*", N, M), number(1)), "self.n * self.m + 1", "n * m + 1"),
    (Arithmetic("-", number(0), Arithmetic("+", N, M)), "-(self.n + self.m)", "-(n + m)"),
    (Arithmetic("-", number(0), number(3)), "0 - 3", "0 - 3"),
    (If(A, B, If(B, C, A)), "self.b if self.a else self.c if self.b else self.a", "b if a else c if b else a"),
    (If(If(A, B, C), B, C), "self.b if (self.b if self.a else self.c) else self.c", "b if (b if a else c) else c"),
    (Or((If(A, B, C), A)), "(self.b if self.a else self.c) or self.a", "(b if a else c) or a"),
    (Less(Count("devices"), number(2)), "len(self.devices) < 2", "len(devices) < 2"),
    (SameInstance("one", "other"), "one is other", "one is other"),
    (Not(SameInstance("one", "other")), "one is not other", "one is not other"),
    (ConstantValue("strict", BOOLEAN), "self.strict", "strict"),
    (Field("self.tsm", "busy", BOOLEAN), "self.tsm.busy", "tsm.busy"),
    (
        Quantified(Binder.ALL, "d", "devices", Equal(Field("d", "tdi", TDI), RUN), Not(A)),
        "all(d.tdi is Tdi.RUN for d in self.devices if not self.a)",
        "all(d.tdi = RUN for d in devices if not a)",
    ),
    (
        Quantified(Binder.SUM, "d", "devices", number(1), If(A, B, C)),
        "sum(1 for d in self.devices if (self.b if self.a else self.c))",
        "sum(1 for d in devices if (b if a else c))",
    ),
    (ActorIs((Actor.HOST,)), "step.actor is Actor.HOST", "step by host"),
    (
        Not(ActorIs((Actor.HOST, Actor.RELYING_PARTY))),
        "step.actor not in (Actor.HOST, Actor.RELYING_PARTY)",
        "step not by host or relying party",
    ),
    (StepIs("Guest", "bind", ("now",)), "step.is_(Guest.bind, now)", "step.is_(Guest.bind, now)"),
    (Field("now", "tdi", TDI, after=True), "after.tdi", "tdi'"),
    (Field("now.tsm", "busy", BOOLEAN, after=True), "after.tsm.busy", "tsm.busy'"),
    (
        Or((Field("now", "a", BOOLEAN), Quantified(Binder.ANY, "d", "devices", Field("d", "b", BOOLEAN, after=True)))),
        "now.a or any(d_after.b for d, d_after in zip(now.devices, after.devices))",
        "a or any(d.b' for d in devices)",
    ),
]


@pytest.mark.parametrize(("expression", "expected", "_short"), TEMPLATES)
def test_formula_writes_the_language_with_minimal_parentheses(
    expression: Expression, expected: str, _short: str
) -> None:
    """A template expression is written as the modelling language writes it, and Python can parse it."""
    ast.parse(expected, mode="eval")
    assert expected == formula(expression)


@pytest.mark.parametrize(("expression", "_long", "expected"), TEMPLATES)
def test_compact_writes_a_short_form(expression: Expression, _long: str, expected: str) -> None:
    """The short form leaves out self, enum names and the language's spelling of equality."""
    assert expected == compact(expression)


def test_ground_reads_have_the_names_of_traces() -> None:
    """A ground formula reads flat names, after-values are marked."""
    run = Equal(Read("devices[0].tdi", TDI, after=True), RUN)
    whole = And((run, Not(Read("secrets", BOOLEAN))))
    assert formula(whole) == "after.devices[0].tdi is Tdi.RUN and not secrets"
    assert compact(whole) == "devices[0].tdi' = RUN and not secrets"


def system() -> System:
    """Two instances of a kernel's action and one of the host's."""
    bind = Action("bind", "Guest", Actor.KERNEL, fairness=Fairness.WEAK)
    reset = Action("reset", "Guest", Actor.HOST, fairness=Fairness.NONE)
    firings = [("bind(devices[0])", bind), ("bind(devices[1])", bind), ("reset", reset)]
    actions = [
        SystemAction(
            name,
            template.actor,
            fairness=Fairness.NONE,
            disturbs=False,
            adversarial=False,
            guards=(),
            assignments=(),
            template=template,
        )
        for name, template in firings
    ]
    return System("small", (), tuple(actions))


def test_steps_are_named_by_their_instances() -> None:
    """Without the system, a step is told by the names of the action instances, in alphabetical order."""
    taken = Took(frozenset({"reset", "bind(devices[1])"}))
    assert formula(taken) == "step in {bind(devices[1]), reset}"
    assert compact(Not(taken)) == "step not in {bind(devices[1]), reset}"


def test_steps_of_a_whole_actor_are_told_as_such() -> None:
    """With the system, a set that holds all actions of an actor is told by the actor."""
    taken = Took(frozenset({"bind(devices[0])", "bind(devices[1])"}))
    assert formula(taken, system=system()) == "step.actor is Actor.KERNEL"
    assert compact(Not(taken), system=system()) == "step not by kernel"


def test_all_instances_of_an_action_are_told_in_short() -> None:
    """With the system, the short form joins the instances of one action when they are all there."""
    some = SystemAction(
        "unbind",
        Actor.KERNEL,
        fairness=Fairness.WEAK,
        disturbs=False,
        adversarial=False,
        guards=(),
        assignments=(),
        template=Action("unbind", "Guest", Actor.KERNEL, fairness=Fairness.WEAK),
    )
    whole = system()
    wider = System("wider", (), (*whole.actions, some))
    every = Took(frozenset({"bind(devices[0])", "bind(devices[1])"}))
    one = Took(frozenset({"bind(devices[0])"}))
    assert compact(every, system=wider) == "step in {bind(*)}"
    assert compact(one, system=wider) == "step in {bind(devices[0])}"
    assert formula(every, system=wider) == "step in {bind(devices[0]), bind(devices[1])}"


def test_a_false_literal_is_no_integer() -> None:
    """Truth values and integers are written differently, although Python holds False and 0 to be equal."""
    assert formula(FALSE) == "False"
    assert formula(number(0)) == "0"
