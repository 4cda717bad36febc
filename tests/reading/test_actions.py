"""Bodies of actions: what is accepted is simultaneous and sequential at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.ir.expressions import BOOLEAN, TRUE, Actor, And, Arithmetic, Bounded, Equal, Field, Literal, Not, number
from tdispmodel.ir.model import Update
from tdispmodel.reading import read
from tdispmodel.source import Rejected
from tests.reading.texts import action, codes, guards, indented, model

DESIGN = """class Tsm(Component):
    up: bool = False
    busy: bool = False


class Device(Component):
    tsm: Tsm
    on: bool = False
    tries: Annotated[int, Range(0, 3)] = 0


class Guest(Component):
    devices: Each[Device]
    one: Tsm
    two: Tsm
    on: bool = False
    off: bool = True

    def is_on(self, device: Device) -> bool:
        return device.on

    def switch(self, device: Device, to: bool) -> None:
        device.on = to

    @action(by=Actor.HOST)
    def unused(self, device: Device) -> None:
        self.switch(device, False)

    @action(by=Actor.KERNEL)
    def act(self, device: Device, other: Device, tsm: Tsm) -> None:
"""


def text(lines: str) -> str:
    """Return a design with an action that holds these lines."""
    return DESIGN + "\n".join(indented(lines)) + "\n"


ACCEPTED = [
    "pass",
    "device.on = other.on",
    "device.on = other.on\nother.tries = 1",
    "was = device.on\ndevice.on = other.on\nother.on = was",
    "device.on = True\nother.on = False",
    "device.on = True\nself.on = self.off",
    "self.one.up = True\nself.off = self.two.up",
    "self.one.up = True\nself.off = self.one.busy",
    "device.on = True\nself.on = tsm.up",
    "device.tsm.up = True\ndevice.on = self.one.up",
    "for each in self.devices:\n    each.on = not each.on",
    "for each in self.devices:\n    each.on = other.tries > 0\nother.tries = 0",
    "for each in self.devices:\n    each.on = True\nfor each in self.devices:\n    each.tries = 0",
    "self.switch(device, other.on)\nself.switch(other, False)",
    "self.switch(device, self.is_on(other))\nother.tries = 2",
    "device.tries = device.tries + 1\nrequire(other.on)",
]


@pytest.mark.parametrize("lines", ACCEPTED)
def test_accepted(lines: str) -> None:
    """Nothing that is read may have been assigned before, so the body is accepted."""
    assert [] == codes(text(lines))


REFUSED = [
    ("device.on = True\nself.on = device.on", "E403"),
    ("device.tries += 1\nrequire(device.tries > 0)", "E403"),
    ("device.on = True\nself.on = self.is_on(device)", "E403"),
    ("self.one.up = True\nself.on = self.one.up", "E403"),
    ("again = device\nagain.on = True\nself.on = device.on", "E403"),
    ("self.switch(device, True)\nself.on = device.on", "E403"),
    ("device.on = True\nself.on = other.on", "E404"),
    ("device.on = True\nself.on = all(d.on for d in self.devices)", "E404"),
    ("device.tries += 1\nother.tries += 1", "E404"),
    ("device.on = True\nself.switch(other, self.is_on(other))", "E404"),
    ("tsm.up = True\nself.on = self.one.up", "E404"),
    ("self.one.up = True\nself.on = tsm.up", "E404"),
    ("device.tsm.up = True\nself.on = other.tsm.up", "E404"),
    ("for each in self.devices:\n    each.on = other.on", "E404"),
    ("for each in self.devices:\n    self.switch(each, self.is_on(device))", "E404"),
    ("for each in self.devices:\n    seen = device.on\n    each.on = seen", "E404"),
    ("for each in self.devices:\n    each.on = True\nself.on = device.on", "E404"),
    ("device.on = True\nfor each in self.devices:\n    each.tries = 1 if each.on else 0", "E404"),
    ("for each in self.devices:\n    each.on = True\n    each.tries = 1 if each.on else 0", "E403"),
    ("device.on = True\ndevice.on = False", "E405"),
    ("again = device\nagain.on = True\ndevice.on = False", "E405"),
    ("self.switch(device, True)\nself.switch(device, False)", "E405"),
    ("for each in self.devices:\n    self.switch(device, True)", "E415"),
]


@pytest.mark.parametrize(("lines", "code"), REFUSED)
def test_refused(lines: str, code: str) -> None:
    """Something is read or assigned that was, or may have been, assigned before, so the body is refused."""
    assert [code] == codes(text(lines))


def test_conjunctions_are_guards_of_their_own() -> None:
    """Each part of a conjunction is a guard, brackets and names not hiding it."""
    found = model(text("both = self.on and self.off\nrequire(both and (device.on and not other.on))\nrequire(True)"))
    on, off = Field("self", "on", BOOLEAN), Field("self", "off", BOOLEAN)
    device, other = Field("device", "on", BOOLEAN), Field("other", "on", BOOLEAN)
    assert [on, off, device, Not(other), TRUE] == guards(found, "act")
    assert And((on, off)) not in guards(found, "act")


def test_procedures_are_expanded() -> None:
    """A procedure's assignments are those of the action, with the values of its call."""
    found = model(text("self.switch(device, self.off)\nself.switch(other, device.tries > 1)"))
    off, tries = Field("self", "off", BOOLEAN), Field("device", "tries", Bounded(0, 3))
    first, second = action(found, "act").updates
    assert Update("device", "on", off) == first
    assert ("other", "on") == (second.instance, second.variable)
    assert tries in second.value.children


def test_augmented_assignments_take_the_right_side_as_a_whole() -> None:
    """``x -= 2 - 1`` is x minus the difference."""
    found = model(text("device.tries -= 2 - 1"))
    tries = Field("device", "tries", Bounded(0, 3))
    difference = Arithmetic("-", number(2), number(1))
    assert (Update("device", "tries", Arithmetic("-", tries, difference)),) == action(found, "act").updates


def test_a_value_may_not_fit() -> None:
    """A value that may leave the range is accepted, since engines look; one that must leave it is refused."""
    assert [] == codes(text("device.tries = device.tries + 3"))
    assert ["E306"] == codes(text("device.tries = device.tries + 4"))
    assert ["E306"] == codes(text("device.tries = -1"))


def test_numbers_beyond_the_range_may_be_compared() -> None:
    """Comparing with a number that the variable never has is accepted."""
    found = model(text("require(device.tries == 7)"))
    tries = Field("device", "tries", Bounded(0, 3))
    assert [Equal(tries, number(7))] == guards(found, "act")


def test_updates_may_read_what_the_actor_cannot_see() -> None:
    """A hidden variable may be read in what is assigned, by name or through a procedure, but not in a condition."""
    design = """class Guest(Component):
    truth: Annotated[bool, Ghost] = anything()
    belief: bool = False

    def learn(self, value: bool) -> None:
        require(self.belief is False)
        self.belief = value

    def insist(self, value: bool) -> None:
        require(value)
        self.belief = value

    @action(by=Actor.USERSPACE)
    def look(self) -> None:
        self.{call}

    @action(by=Actor.HOST)
    def other(self) -> None:
        self.learn(True)

    @action(by=Actor.HOST)
    def another(self) -> None:
        self.insist(True)
"""
    assert [] == codes(design.format(call="learn(self.truth)"))
    assert ["E407"] == codes(design.format(call="insist(self.truth)"))


def test_what_one_actor_cannot_see_another_may() -> None:
    """A variable hidden from userspace may be read by the kernel."""
    design = """class Guest(Component):
    truth: Annotated[bool, HiddenFrom(Actor.USERSPACE)] = anything()

    @action(by=Actor.{actor})
    def look(self) -> None:
        require(self.truth)
"""
    assert [] == codes(design.format(actor="KERNEL"))
    assert ["E407"] == codes(design.format(actor="USERSPACE"))


def test_what_a_replaced_helper_cannot_see_is_complained_about_there(tmp_path: Path) -> None:
    """A helper that an author replaces is where the complaint stands, not the action of another file that calls it."""
    (tmp_path / "house.py").write_text(
        "from typing import Annotated\n"
        "from tdispmodel.dsl import Actor, Component, HiddenFrom, action, require\n\n"
        "class House(Component):\n"
        "    truth: Annotated[bool, HiddenFrom(Actor.USERSPACE)] = False\n\n"
        "    def may(self) -> bool:\n        return True\n\n"
        "    def really_may(self) -> bool:\n        return self.may()\n\n"
        "    @action(by=Actor.USERSPACE)\n    def enter(self) -> None:\n        require(self.really_may())\n"
    )
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from house import House\nfrom tdispmodel.dsl import replaces\n\n"
        "class Mine(House):\n    @replaces(House.may)\n    def may(self) -> bool:\n        return self.truth\n"
    )
    with pytest.raises(Rejected) as raised:
        read(mine)
    (complaint,) = raised.value.complaints
    assert ("E407", str(mine), 7) == (complaint.code, complaint.place.path, complaint.place.line)
    assert "enter is an action of USERSPACE" in complaint.message
    assert "through really_may" in complaint.message


SECRETIVE = """class Device(Component):
    kind: Annotated[Constant[Tdi], HiddenFrom(Actor.KERNEL, Actor.USERSPACE)] = Tdi.LOCKED
    bound: bool = False

    @property
    def is_locked(self) -> bool:
        return self.kind is Tdi.LOCKED


class Fixed(Device):
    kind = Tdi.RUN


class Guest(Component):
    devices: Each[Device]
    fixed: Fixed
    fast: Annotated[Constant[bool], Ghost] = True
    done: bool = False

    def learn(self, value: bool) -> None:
        self.done = value

    @action(by=Actor.HOST)
    def other(self) -> None:
        self.learn(True)

    @action(by=Actor.{actor})
    def act(self, device: Device) -> None:
"""


def acts(actor: str, lines: str) -> list[str]:
    """Return the codes of complaints about an action of ``actor`` with these lines, where constants are hidden."""
    return codes(SECRETIVE.format(actor=actor) + "\n".join(indented(lines)) + "\n")


@pytest.mark.parametrize(
    "condition",
    [
        "device.kind is Tdi.RUN",
        "device.is_locked",
        "self.done or self.fixed.kind is Tdi.RUN",
        "any(each.is_locked for each in self.devices)",
        "sum(1 for each in self.devices if each.is_locked) > 0",
        "self.done if device.is_locked else not self.done",
    ],
)
def test_guards_do_not_read_constants_that_are_hidden(condition: str) -> None:
    """A constant of an instance is refused in guards of whom it is hidden from, also where a component fixes it; in
    guards of others, and in all effects, it may be read.
    """
    assert ["E407"] == acts("KERNEL", f"require({condition})")
    assert ["E407"] == acts("USERSPACE", f"known = {condition}\nrequire(not device.bound and known)")
    assert [] == acts("HOST", f"require({condition})")
    assert [] == acts("KERNEL", f"require(not device.bound)\nself.done = {condition}")
    assert [] == acts("KERNEL", f"self.learn({condition})")


@pytest.mark.parametrize("actor", [actor.name for actor in Actor])
def test_a_ghost_of_the_root_is_read_by_effects_only(actor: str) -> None:
    """A constant of the root that is a ghost is refused in every guard; effects read it."""
    assert ["E407"] == acts(actor, "require(self.fast)")
    assert [] == acts(actor, "self.done = self.fast")


def test_a_constant_hidden_here_and_not_there_means_two_things() -> None:
    """Where a parameter may be of two components, they must agree who sees the constant."""
    design = """class Thing(Component):
    bound: bool = False


class Device(Thing):
    kind: Annotated[Constant[bool], HiddenFrom(Actor.KERNEL)] = True


class Bridge(Thing):
    kind: {annotation} = True


class Guest(Component):
    devices: Each[Device]
    bridge: Bridge

    @action(by=Actor.HOST)
    def act(self, thing: Thing) -> None:
        require(thing.kind)
"""
    assert ["E331"] == codes(design.format(annotation="Constant[bool]"))
    assert [] == codes(design.format(annotation="Annotated[Constant[bool], HiddenFrom(Actor.KERNEL)]"))


def test_literals_keep_their_kind() -> None:
    """An assigned member is a value of its enum."""
    design = """class Guest(Component):
    tdi: Tdi = Tdi.RUN

    @action(by=Actor.HOST)
    def act(self) -> None:
        self.tdi = Tdi.ERROR
"""
    (update,) = action(model(design), "act").updates
    assert isinstance(update.value, Literal)
    assert "ERROR" == update.value.value
