"""Whole models as text: what it looks like, and that Python can run it."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings

from tdispmodel.ir.expressions import BOOLEAN, Actor, And, Fairness, Field, If, Not
from tdispmodel.ir.model import Action, Component, Model, Update, Variable
from tdispmodel.printing import model_text
from tests.laws.random_models import models
from tests.printing.designs import BASE, PROPOSAL

EXPECTED = '''\
from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Each,
    Ghost,
    HiddenFrom,
    Range,
    action,
    anything,
    given,
    initially,
    invariant,
    removes,
    replaces,
    require,
    restricts,
)


class Kernel(Enum):
    OLD = auto()
    NEW = auto()


class Device(Component):
    """A device."""

    bound: bool = False


class Guest(Component):
    kernel: Constant[Kernel] = Kernel.OLD
    devices: Each[Device]
    autoprobe: bool = anything()
    """Whether the kernel binds by itself."""
    tried: Annotated[int, Range(0, 2), HiddenFrom(Actor.HOST)] = anything(0, 1)
    waiting: Annotated[bool, Ghost] = False

    @action(by=Actor.USERSPACE)
    def bind(self, device: Device) -> None:
        """Userspace binds. [drivers/base/bus.c]"""
        device.bound = True

    @action(by=Actor.HOST)
    def reset(self) -> None:
        """Counts."""
        pass

    @action(by=Actor.KERNEL)
    def crash(self) -> None:
        """Removed below."""
        pass


@removes(Guest.crash)
class Careful(Guest):
    """Careful."""

    kernel = Kernel.OLD

    @action(by=Actor.KERNEL, fair=False)
    def wait(self) -> None:
        """The kernel waits."""
        require(self.autoprobe)
        self.waiting = True

    @initially
    def starts_1(self) -> bool:
        return self.autoprobe

    @restricts(Guest.bind)
    def bind(self, device: Device) -> None:
        require(not device.bound)
        require(self.tried < 2)
        require(not self.autoprobe)

    @replaces(Guest.reset)
    @action(by=Actor.HOST)
    def reset(self) -> None:
        """Counts."""
        self.tried = 1


@given(kernel=Kernel.OLD)
@invariant(code="TDM101")
def never_all(now: Guest) -> bool:
    """Some device stays free. [debate 3]"""
    return not all(device.bound for device in now.devices)
'''


def test_a_proposal_is_printed_with_its_verbs() -> None:
    """What was inherited stands in the ancestor, what was patched stands in the proposal under its verb."""
    assert model_text(PROPOSAL) == EXPECTED


def test_a_loop_is_printed_as_a_loop() -> None:
    """An update of every instance is a for loop again."""
    loop = "        for device in self.devices:\n            device.bound = False\n        self.tried = 0\n"
    assert loop in model_text(BASE)


@pytest.mark.parametrize(
    ("actor", "fairness", "line"),
    [
        (Actor.KERNEL, Fairness.WEAK, "@action(by=Actor.KERNEL)"),
        (Actor.KERNEL, Fairness.NONE, "@action(by=Actor.KERNEL, fair=False)"),
        (Actor.KERNEL, Fairness.STRONG, "@action(by=Actor.KERNEL, strongly_fair=True)"),
        (Actor.HOST, Fairness.NONE, "@action(by=Actor.HOST)"),
        (Actor.HOST, Fairness.WEAK, "@action(by=Actor.HOST, fair=True)"),
        (Actor.HOST, Fairness.STRONG, "@action(by=Actor.HOST, strongly_fair=True)"),
    ],
)
def test_fairness_is_printed_where_it_is_not_the_actors(actor: Actor, fairness: Fairness, line: str) -> None:
    """What is promised stands above an action, unless it is what the actor's actions are promised anyhow."""
    guest = Component("Guest", ("Guest",), actions=(Action("act", "Guest", actor, fairness),))
    assert line in map(str.strip, model_text(Model("plain", "Guest", (guest,))).splitlines())


@settings(max_examples=25, deadline=None)
@given(models())
def test_what_is_printed_is_python(model: Model) -> None:
    """Any model's text is a Python file."""
    ast.parse(model_text(model))


def test_long_values_have_their_parts_below_one_another() -> None:
    """A long choice is written over several lines in parentheses, as a long conjunction is."""
    names = [Field("self", f"a_rather_long_name_{number}", BOOLEAN) for number in range(5)]
    variables = tuple(Variable(name.variable, BOOLEAN, (False,)) for name in names)
    value = If(And(tuple(names[:4])), names[4], Not(names[0]))
    action = Action(
        "act", "Guest", Actor.HOST, fairness=Fairness.NONE, updates=(Update("self", names[0].variable, value),)
    )
    model = Model("long", "Guest", (Component("Guest", ("Guest",), variables, (action,)),))
    expected = """\
        self.a_rather_long_name_0 = (
            self.a_rather_long_name_4
            if self.a_rather_long_name_0 and self.a_rather_long_name_1 and self.a_rather_long_name_2 and self.a_rather_long_name_3
            else not self.a_rather_long_name_0
        )
"""
    assert expected in model_text(model)
