"""Whatever the reader accepts means what CPython means: probes at the edges, where the two might part.

Each probe is put into a small model.  Either the reader refuses the file, or CPython runs it with the same states,
steps and truths.  Which of the two is expected stands beside the probe.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.reading import read
from tdispmodel.semantics import Scope
from tdispmodel.source import Rejected
from tests.laws.agreement import differences, turned
from tests.laws.native_runner import Native, imported

MODEL = """\
from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Each, Range, Step, action, anything, invariant, require, step_property


class Hue(Enum):
    RED = auto()
    GREEN = auto()


class Slot(Component):
    on: bool = anything()


class Device(Component):
    slot: Slot
    a: bool = anything()
    b: bool = False

    @property
    def both(self) -> bool:
        return self.a and self.b


class Guest(Component):
    devices: Each[Device]
    main: Slot
    n: Annotated[int, Range(0, 2)] = 0
    p: bool = anything()
    q: bool = False
    hue: Hue = Hue.RED

    def has_a(self, device: Device) -> bool:
        return device.a

    def set_a(self, device: Device, value: bool) -> None:
        device.a = value

    def set_p(self, value: bool) -> None:
        self.p = value

    def ask_a(self, device: Device) -> None:
        require(device.a)
        device.b = True

    @action(by=Actor.HOST)
    def use(self, one: Device) -> None:
        self.set_a(one, one.b)
        self.set_p(not self.p)

    @action(by=Actor.HOST)
    def use_another(self, one: Device) -> None:
        self.ask_a(one)

    @action(by=Actor.HOST)
    def act(self, one: Device, two: Device) -> None:
{body}


@invariant
def some(now: Guest) -> bool:
    return now.p or any(device.a for device in now.devices)
"""
REFUSED, SAME = "refused", "same"

BODIES = [
    (SAME, "old = self.p; self.p = self.q; self.q = old"),
    (REFUSED, "self.p = self.q; self.q = self.p"),
    (REFUSED, "one.a = True; require(two.a)"),
    (REFUSED, "one.a = True; self.p = two.both"),
    (REFUSED, "one.a = True; self.p = any(d.a for d in self.devices)"),
    (REFUSED, "one.a = True; self.p = self.has_a(two)"),
    (SAME, "require(one is not two); one.a = two.b; two.a = False"),
    (SAME, "one.a = False; two.a = True"),
    (REFUSED, "one.a = False; one.a = True"),
    (REFUSED, "one.slot.on = True; self.p = two.slot.on"),
    (SAME, "one.slot.on = True; self.p = self.main.on"),
    (SAME, "self.main.on = one.slot.on; self.p = one.slot.on"),
    (REFUSED, "self.set_a(one, True); self.p = two.a"),
    (SAME, "self.set_a(one, two.a); self.set_p(two.b)"),
    (REFUSED, "self.set_a(one, True); self.set_p(two.a)"),
    (REFUSED, "self.set_a(one, True); self.ask_a(two)"),
    (SAME, "self.ask_a(two); self.set_a(one, True)"),
    (REFUSED, "self.set_a(one, True); self.set_a(one, False)"),
    (SAME, "self.set_a(one, True); self.set_a(two, False)"),
    (REFUSED, "self.act(one, two)"),
    (REFUSED, "device = one; device = two; device.a = True"),
    (REFUSED, "one = two; one.a = True"),
    (REFUSED, "self = one; self.a = True"),
    (SAME, "d = one; d.a = two.b; self.p = d.b"),
    (REFUSED, "d = one; d.a = two.b; self.p = one.a"),
    (REFUSED, "self.p = later; later = self.q"),
    (REFUSED, "self.n = self.n + 1; self.n += 1"),
    (SAME, "self.n += 1 if self.n < 2 else 0"),
    (SAME, "require(self.n * 2 < 3); self.n *= 2"),
    (REFUSED, "self.p = self.n"),
    (REFUSED, "self.p = 1"),
    (REFUSED, "self.n = True"),
    (REFUSED, "self.n += self.p"),
    (REFUSED, "self.p = self.q or self.n"),
    (REFUSED, "require(self.n)"),
    (REFUSED, "self.p = self.hue"),
    (REFUSED, "self.p = self.n is 1"),
    (REFUSED, "self.p = self.n == True"),
    (REFUSED, "self.p = self.hue == Hue"),
    (REFUSED, "self.p = self.hue < Hue.GREEN"),
    (REFUSED, "self.p = self.hue.value == 1"),
    (REFUSED, "self.p = one.both()"),
    (REFUSED, "self.p = self.has_a"),
    (REFUSED, "self.p = self.devices == self.devices"),
    (REFUSED, "self.p = one in self.devices"),
    (SAME, "self.p = one in (two,)"),
    (REFUSED, "self.p = bool(self.n)"),
    (REFUSED, "self.p = all(self.devices)"),
    (REFUSED, "self.n = len([d for d in self.devices if d.a])"),
    (REFUSED, "self.n = self.n // 1"),
    (REFUSED, "self.n = self.n ** 1"),
    (REFUSED, "self.p = self.p & self.q"),
    (REFUSED, "self.p = ~self.p"),
    (REFUSED, "self.p, self.q = self.q, self.p"),
    (REFUSED, "self.p = self.q = True"),
    (REFUSED, "self.p: bool = True"),
    (REFUSED, "one.c = True"),
    (REFUSED, "self.devices = ()"),
    (REFUSED, "one.slot = two.slot"),
    (REFUSED, "self.main = one.slot"),
    (REFUSED, "return"),
    (REFUSED, "global n; n = 1"),
    (REFUSED, "require(self.p, self.q)"),
    (REFUSED, "require(self.p) and require(self.q)"),
    (REFUSED, "self.p and require(self.q)"),
    (REFUSED, "x = require(self.p)"),
    (REFUSED, "x = self.set_p(True)"),
    (REFUSED, "require((self := one).a)"),
    (REFUSED, "self.p = any(d.a for d in self.devices if e.a for e in self.devices)"),
    (SAME, "self.p = any(e.a for d in self.devices if d.a for e in self.devices if e.b)"),
    (SAME, "self.p = any(one.a for one in self.devices) or one.b"),
    (SAME, "self.p = any(two.a and any(two.b for two in self.devices) for two in self.devices)"),
    (SAME, "require(not one.a or two.a); one.b = one.a"),
    (SAME, "self.n = sum(d.a for d in self.devices) if sum(d.a for d in self.devices) <= 2 else 2"),
    (REFUSED, "self.n = sum((d.a for d in self.devices), 1)"),
    (REFUSED, "self.n = max(self.n for d in self.devices)"),
    (SAME, "self.n = min(2, max(self.n, 1)) - abs(0 - 1) * 0"),
    (REFUSED, "self.p = self.p if self.q else self.n"),
    (REFUSED, "pass; ..."),
    (REFUSED, "print(self.p)"),
    (SAME, "self.p = not not self.p is True == True"),
]

LOOPS = [
    (SAME, ["for d in self.devices:", "    d.a = d.b"]),
    (REFUSED, ["for d in self.devices:", "    d.a = one.a"]),
    (REFUSED, ["for d in self.devices:", "    d.a = one.b", "    d.b = True"]),
    (REFUSED, ["for d in self.devices:", "    d.a = any(e.a for e in self.devices)"]),
    (REFUSED, ["for d in self.devices:", "    was = any(e.a for e in self.devices)", "    d.a = was"]),
    (SAME, ["was = any(e.a for e in self.devices)", "for d in self.devices:", "    d.a = was"]),
    (REFUSED, ["for d in self.devices:", "    d.a = self.has_a(two)"]),
    (REFUSED, ["for d in self.devices:", "    d.slot.on = one.slot.on"]),
    (SAME, ["for d in self.devices:", "    d.slot.on = self.main.on"]),
    (REFUSED, ["for d in self.devices:", "    d.a = d.b", "    d.b = d.a"]),
    (SAME, ["for d in self.devices:", "    was = d.a", "    d.a = d.b", "    d.b = was"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "self.p = one.a"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "require(any(d.a for d in self.devices))"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "d.b = True"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "self.p = d.b"]),
    (REFUSED, ["for d in self.devices:", "    was = d.a", "    d.a = d.b", "self.p = was"]),
    (REFUSED, ["for one in self.devices:", "    one.a = True", "one.b = True"]),
    (REFUSED, ["for self in self.devices:", "    self.a = True"]),
    (REFUSED, ["for d in self.devices:", "    self.p = d.a"]),
    (REFUSED, ["for d in self.devices:", "    self.n += 1"]),
    (REFUSED, ["for d in self.devices:", "    one.a = d.b"]),
    (REFUSED, ["for d in self.devices:", "    require(d.a)"]),
    (REFUSED, ["for d in self.devices:", "    self.ask_a(d)"]),
    (SAME, ["for d in self.devices:", "    self.set_a(d, d.b)"]),
    (REFUSED, ["for d in self.devices:", "    self.set_a(one, d.b)"]),
    (REFUSED, ["for d in self.devices:", "    self.set_p(d.b)"]),
    (REFUSED, ["for d in self.devices:", "    self.set_a(d, d.b)", "    self.set_a(d, d.a)"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "    break"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "    continue", "    d.b = True"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "else:", "    self.p = True"]),
    (REFUSED, ["for d in self.devices:", "    for e in self.devices:", "        e.a = d.b"]),
    (REFUSED, ["for d, e in zip(self.devices, self.devices):", "    d.a = e.b"]),
    (REFUSED, ["for d in (one, two):", "    d.a = True"]),
    (REFUSED, ["one.a = True", "for d in self.devices:", "    d.b = one.a"]),
    (REFUSED, ["one.a = True", "for d in self.devices:", "    d.b = d.a"]),
    (REFUSED, ["self.p = True", "for d in self.devices:", "    d.b = self.p"]),
    (REFUSED, ["for d in self.devices:", "    d.a = True", "for d in self.devices:", "    d.b = d.a"]),
    (SAME, ["for d in self.devices:", "    d.a = d.b", "for e in self.devices:", "    e.slot.on = e.b"]),
    (REFUSED, ["for d in self.devices:", "    d = one", "    d.a = True"]),
    (REFUSED, ["for d in self.devices:", "    e = d", "    e.a = True", "e.b = True"]),
    (REFUSED, ["if self.p:", "    self.q = True"]),
    (REFUSED, ["while self.p:", "    self.q = True"]),
    (REFUSED, ["def inner() -> None:", "    self.q = True", "inner()"]),
    (REFUSED, ["try:", "    self.q = True", "finally:", "    self.p = True"]),
]


def outcome(lines: list[str], folder: Path) -> str:
    """Return what becomes of a body of the small model's action; see `outcome_of_text`."""
    return outcome_of_text(MODEL.format(body="\n".join(f"        {line}" for line in lines)), folder)


def outcome_of_text(text: str, folder: Path) -> str:
    """Return whether the reader refuses a text, or means the same by it as CPython; a difference fails the test."""
    path = folder / "probe.py"
    path.write_text(text, encoding="utf-8")
    try:
        model = read(path).model
    except Rejected:
        return REFUSED
    module = imported(path)
    for devices, turn in ((1, 0), (2, 1)):
        chosen = turned(model, devices, turn)
        assert differences(Native(module, devices), model, Scope(devices)) == []
        assert differences(Native(module, devices, chosen), model, Scope(devices, chosen)) == []
    return SAME


def test_the_probed_model_itself_is_accepted(tmp_path: Path) -> None:
    """With a body that does nothing the model is accepted, so what is refused below is refused for its body."""
    assert outcome(["pass"], tmp_path) == SAME


@pytest.mark.parametrize(("expected", "body"), BODIES)
def test_bodies_are_refused_or_mean_the_same(expected: str, body: str, tmp_path: Path) -> None:
    """An action's body is refused, or means to the reader what it means to CPython."""
    assert outcome(body.split("; "), tmp_path) == expected


@pytest.mark.parametrize(("expected", "lines"), LOOPS, ids=[" / ".join(lines) for _, lines in LOOPS])
def test_loops_are_refused_or_mean_the_same(expected: str, lines: list[str], tmp_path: Path) -> None:
    """A loop and what stands beside it are refused, or mean to the reader what they mean to CPython."""
    assert outcome(lines, tmp_path) == expected


FILE = """\
from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Constant, Each, Range, Step, action, anything, given, initially, invariant
from tdispmodel.dsl import must_be_possible, removes, replaces, require, restricts, stays_possible, step_property


class Hue(Enum):
    RED = {red}
    GREEN = {green}
    BLUE = {blue}


class Device(Component):
    {device}
    on: bool = False

    @action(by=Actor.HOST)
    def flip(self) -> None:
        self.on = not self.on


class Base(Component):
    devices: Each[Device]
    hue: Hue = {start}
    {base}

    @action(by=Actor.HOST)
    def turn(self) -> None:
        self.hue = Hue.GREEN if self.hue is Hue.RED else Hue.BLUE


{above}
class Plan(Base):
    more: bool = False
    {plan}


{below}
"""
PARTS = {
    "red": "auto()",
    "green": "auto()",
    "blue": "auto()",
    "device": "",
    "start": "Hue.RED",
    "base": "",
    "above": "",
    "plan": "",
    "below": "",
}


def method(signature: str, *lines: str, above: str = "") -> str:
    """Return a method as it stands in the body of a class, its decorators given with ``above``."""
    decorators = [f"    {line}" for line in above.split("; ") if line]
    return "\n".join(["", *decorators, f"    def {signature}:", *(f"        {line}" for line in lines)])


def function(signature: str, line: str, above: str = "@invariant") -> str:
    """Return a property."""
    return f"{above}\ndef {signature} -> bool:\n    {line}"


TURN = ("turn(self) -> None", "self.hue = Hue.RED")
KIND = "k: Constant[Hue] = Hue.GREEN"
BEST = """
class Best(Device):
    k = Hue.BLUE

"""
FILES: list[tuple[str, dict[str, str]]] = [
    (SAME, {}),
    (SAME, {"red": "1", "green": "2", "blue": "3"}),
    (SAME, {"red": '"a"', "green": '"b"', "blue": '"c"'}),
    (REFUSED, {"red": '"1"', "green": "1", "blue": "auto()"}),
    (REFUSED, {"red": "1", "green": "1"}),
    (REFUSED, {"red": "1", "green": "True"}),
    (REFUSED, {"red": "0", "green": "False", "blue": "3"}),
    (REFUSED, {"red": "1", "green": "1.0", "blue": "3"}),
    (REFUSED, {"red": "2", "green": "1", "blue": "auto()"}),
    (REFUSED, {"red": "-1", "green": "0", "blue": "-1"}),
    (REFUSED, {"red": "(1, 2)"}),
    (REFUSED, {"red": "auto"}),
    (SAME, {"start": "anything()"}),
    (SAME, {"start": "anything(Hue.BLUE, Hue.RED)"}),
    (REFUSED, {"start": "anything(Hue.BLUE, Hue.BLUE)"}),
    (REFUSED, {"start": "Hue"}),
    (REFUSED, {"start": "1"}),
    (REFUSED, {"base": "n: Annotated[int, Range(0, 2)] = 3"}),
    (REFUSED, {"base": "n: Annotated[int, Range(0, 2)] = True"}),
    (REFUSED, {"base": "n: Annotated[int, Range(2, 0)] = 1"}),
    (REFUSED, {"base": "n: int = 0"}),
    (REFUSED, {"base": "b: bool = 0"}),
    (REFUSED, {"base": "b: bool"}),
    (REFUSED, {"base": "b = True"}),
    (REFUSED, {"base": "b: bool = not True"}),
    (REFUSED, {"base": "b: bool = True\n    b: bool = False"}),
    (SAME, {"base": "n: Annotated[int, Range(-2, 2)] = -1"}),
    (REFUSED, {"base": "__b: bool = True"}),
    (REFUSED, {"base": "__class__: bool = True"}),
    (REFUSED, {"base": "devices: bool = True"}),
    (REFUSED, {"base": "turn: bool = True"}),
    (SAME, {"plan": "hue = Hue.BLUE"}),
    (SAME, {"plan": "hue = anything()"}),
    (REFUSED, {"plan": "hue: Hue = Hue.BLUE"}),
    (REFUSED, {"plan": "colour = Hue.BLUE"}),
    (REFUSED, {"plan": "turn = True"}),
    (REFUSED, {"plan": "devices = ()"}),
    (SAME, {"base": "k: Constant[bool] = True", "plan": "k = False"}),
    (REFUSED, {"base": "k: Constant[bool] = anything()"}),
    (REFUSED, {"base": "k: Constant[bool] = True", "device": "k: Constant[bool] = False"}),
    (REFUSED, {"base": "k: Constant[bool] = True", "device": "k: Constant[bool] = True"}),
    (SAME, {"device": KIND}),
    (SAME, {"device": KIND + method("light(self) -> bool", "return self.on or self.k is Hue.RED", above="@initially")}),
    (
        SAME,
        {
            "device": KIND
            + method("turn(self) -> None", "self.on = self.k is Hue.GREEN", above="@action(by=Actor.HOST)")
        },
    ),
    (REFUSED, {"device": KIND + method("turn(self) -> None", "self.k = Hue.RED", above="@action(by=Actor.HOST)")}),
    (REFUSED, {"device": "k: Constant[Hue] = anything(Hue.RED, Hue.BLUE)"}),
    (REFUSED, {"device": "k: Constant[Device] = None"}),
    (REFUSED, {"device": "k: Constant[Each[Hue]] = Hue.RED"}),
    (REFUSED, {"device": KIND, "plan": "k = Hue.BLUE"}),
    (
        REFUSED,
        {"device": KIND, "plan": method(*TURN[:1], "self.more = self.k is Hue.RED", above="@replaces(Base.turn)")},
    ),
    (SAME, {"device": KIND, "plan": "best: Best", "above": BEST}),
    (
        REFUSED,
        {"device": KIND, "plan": "best: Best", "above": BEST.replace("k = Hue.BLUE", "k: Constant[Hue] = Hue.BLUE")},
    ),
    (SAME, {"device": KIND, "below": function("f(now: Device)", "return now.k is Hue.RED or now.on")}),
    (
        SAME,
        {"device": KIND, "below": function("f(now: Base)", "return all(d.on for d in now.devices if d.k != Hue.RED)")},
    ),
    (SAME, {"device": KIND, "below": function("f(a: Device, b: Device)", "return a is b or a.k == b.k or a.on")}),
    (
        SAME,
        {"device": KIND, "below": function("f(a: Device, b: Device, s: Step)", "return a.k is b.k", "@step_property")},
    ),
    (REFUSED, {"device": KIND, "below": function("f(a: Device)", "return a.on", "@given(k=Hue.RED)\n@invariant")}),
    (REFUSED, {"device": "others: Each[Base]"}),
    (REFUSED, {"device": "itself: Base"}),
    (REFUSED, {"plan": method(*TURN)}),
    (REFUSED, {"plan": method(*TURN, above="@action(by=Actor.HOST)")}),
    (SAME, {"plan": method(*TURN, above="@replaces(Base.turn)")}),
    (SAME, {"plan": method(*TURN, above="@replaces(Base.turn); @action(by=Actor.KERNEL, fair=False)")}),
    (SAME, {"plan": method(*TURN, above="@action(by=Actor.KERNEL); @replaces(Base.turn)")}),
    (REFUSED, {"plan": method("turn(self) -> None", "...", above="@replaces(Base.turn)")}),
    (REFUSED, {"plan": method(*TURN, above="@restricts(Base.turn)")}),
    (SAME, {"plan": method("turn(self) -> None", "require(self.more)", above="@restricts(Base.turn)")}),
    (REFUSED, {"plan": method("twist(self) -> None", "require(self.more)", above="@restricts(Base.turn)")}),
    (REFUSED, {"plan": method("turn(self, d: Device) -> None", "pass", above="@replaces(Base.turn)")}),
    (REFUSED, {"plan": method("turn(self) -> None", "pass", above="@replaces(Plan.turn)")}),
    (SAME, {"above": "@removes(Base.turn)"}),
    (SAME, {"above": "@removes(Base.turn, Device.flip)"}),
    (SAME, {"above": "@removes(Device.flip)\n@removes(Base.turn)"}),
    (REFUSED, {"above": "@removes(Base.twist)"}),
    (REFUSED, {"above": "@removes(Base.turn, Base.turn)"}),
    (REFUSED, {"above": "@removes(Base.turn)", "plan": method(*TURN, above="@action(by=Actor.KERNEL)")}),
    (REFUSED, {"above": "@removes(Base.turn)", "plan": method(*TURN, above="@replaces(Base.turn)")}),
    (SAME, {"plan": method("calm(self) -> bool", "return not self.more", above="@initially")}),
    (SAME, {"device": "pass\n" + method("dark(self) -> bool", "return not self.on", above="@initially")}),
    (REFUSED, {"plan": method("calm(self) -> bool", "return 1", above="@initially")}),
    (SAME, {"below": function("f(now: Base)", "return now.hue is Hue.RED")}),
    (SAME, {"below": function("f(now: Device)", "return now.on")}),
    (SAME, {"below": function("f(anyone: Device, else_: Device)", "return anyone is else_ or anyone.on")}),
    (REFUSED, {"below": function("f(now: Base)", "return after.hue is Hue.RED")}),
    (REFUSED, {"below": function("f(now: Hue)", "return now is Hue.RED")}),
    (REFUSED, {"below": function("f(now: Base)", "return all(now.devices)")}),
    (REFUSED, {"below": function("f(now: Base) ", "now.hue = Hue.RED; return True")}),
    (REFUSED, {"below": function("f(now: Base, later: Base)", "return now is later", "@step_property")}),
    (SAME, {"below": function("f(now: Base, later: Base)", "return now.more == later.more", "@step_property")}),
    (
        SAME,
        {
            "below": function(
                "f(x: Base, y: Base, z: Step)", "return z.is_(Plan.turn) or x.more == y.more", "@step_property"
            )
        },
    ),
    (SAME, {"below": function("f(x: Device, y: Device, z: Step)", "return z.is_(Device.flip, x)", "@step_property")}),
    (
        REFUSED,
        {"below": function("f(x: Device, y: Device, z: Step)", "return z.is_(Device.flip, y)", "@step_property")},
    ),
    (
        REFUSED,
        {"below": function("f(x: Device, y: Device, z: Step)", "return z.is_(Device.flip, x, x)", "@step_property")},
    ),
    (REFUSED, {"below": function("f(x: Device, y: Device, z: Step)", "return z.is_(Base.flip, x)", "@step_property")}),
    (REFUSED, {"below": function("f(x: Device, y: Device, z: Step)", "return z.actor", "@step_property")}),
    (SAME, {"below": function("f(now: Base, other: Base)", "return now.more is other.more", "@must_be_possible")}),
    (SAME, {"below": function("f(now: Base, after: Base, step: Step)", "return after.more", "@must_be_possible")}),
    (SAME, {"below": function("f(now: Base)", "return now.more", "@stays_possible(after=lambda now: not now.more)")}),
    (REFUSED, {"below": function("f(now: Base)", "return now.more", "@stays_possible(after=lambda: True)")}),
    (
        REFUSED,
        {"below": function("f(now: Base)", "return now.more") + "\n\n\n" + function("f(now: Base)", "return True")},
    ),
    (
        REFUSED,
        {"below": "def f(now: Base) -> bool:\n    return f(now)\n\n\n" + function("g(now: Base)", "return f(now)")},
    ),
    (
        SAME,
        {"below": function("g(now: Base)", "return f(now)") + "\n\n\ndef f(now: Base) -> bool:\n    return now.more"},
    ),
    (REFUSED, {"below": "x = True"}),
    (REFUSED, {"below": "Base.turn = None"}),
    (REFUSED, {"below": "del Base"}),
    (REFUSED, {"below": "class Device(Component):\n    off: bool = True"}),
    (REFUSED, {"below": "class Hue(Enum):\n    RED = 1"}),
    (REFUSED, {"below": "class Bad(Base, Device):\n    pass"}),
    (REFUSED, {"below": "if True:\n    pass"}),
]


@pytest.mark.parametrize(
    ("expected", "changed"), FILES, ids=[" ".join(map(str, changed.items())) for _, changed in FILES]
)
def test_files_are_refused_or_mean_the_same(expected: str, changed: dict[str, str], tmp_path: Path) -> None:
    """Declarations, patches and properties are refused, or mean to the reader what they mean to CPython."""
    text = FILE.format(**(PARTS | changed))
    assert outcome_of_text(text, tmp_path) == expected
