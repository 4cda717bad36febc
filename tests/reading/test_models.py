"""What is read is what was written, compared with models built by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    Among,
    Binder,
    Bounded,
    ConstantValue,
    Enumeration,
    Equal,
    Fairness,
    Field,
    Literal,
    Not,
    Or,
    Quantified,
    StepIs,
)
from tdispmodel.ir.model import (
    Action,
    Component,
    Constant,
    Guard,
    Kind,
    Model,
    Parameter,
    Part,
    Property,
    Update,
    Variable,
)
from tests.reading.texts import action, component, model, reading

TDI = Enumeration("Tdi", ("LOCKED", "RUN", "ERROR"))

DESIGN = '''class Device(Component):
    """A device."""

    tdi: Annotated[Tdi, HiddenFrom(Actor.USERSPACE)] = Tdi.LOCKED
    tries: Annotated[int, Range(0, 3)] = anything(0, 2)
    """How often it was tried."""
    seen: Annotated[bool, Ghost] = anything()

    @action(by=Actor.DEVICE, fair=True)
    def fail(self) -> None:
        """The device fails. [PCIe 11.4]"""
        self.tdi = Tdi.ERROR


class Guest(Component):
    """A guest with devices.

    It has more to say.
    """

    devices: Each[Device]
    strict: Constant[bool] = True
    ready: bool = False

    @initially
    def all_locked(self) -> bool:
        return all(d.tdi is Tdi.LOCKED for d in self.devices)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def start(self, device: Device) -> None:
        """Start it."""
        require(device.tdi is Tdi.LOCKED and (self.strict or self.ready))
        device.tdi = Tdi.RUN


@invariant(code="TDM901")
def runs(now: Device) -> bool:
    """It runs. [here]"""
    return now.tdi in (Tdi.RUN, Tdi.LOCKED)


@given(strict=False)
@step_property
def starts(now: Device, after: Device, step: Step) -> bool:
    return now.tdi is after.tdi or step.is_(Guest.start, now)
'''


def field(instance: str, variable: str = "tdi", *, after: bool = False) -> Field:
    """Return a reading of an enum variable of the design."""
    return Field(instance, variable, TDI, after)


def literal(member: str) -> Literal:
    """Return a member of `Tdi`."""
    return Literal(member, TDI)


EXPECTED = Model(
    name="design",
    root="Guest",
    components=(
        Component(
            name="Guest",
            lineage=("Guest",),
            variables=(Variable("ready", BOOLEAN, (False,)),),
            actions=(
                Action(
                    name="start",
                    owner="Guest",
                    actor=Actor.KERNEL,
                    fairness=Fairness.WEAK,
                    parameters=(Parameter("device", "Device"),),
                    guards=(
                        Guard(Equal(field("device"), literal("LOCKED"))),
                        Guard(Or((ConstantValue("strict", BOOLEAN, "self"), Field("self", "ready", BOOLEAN)))),
                    ),
                    updates=(Update("device", "tdi", literal("RUN")),),
                    text="Start it.",
                    target=Actor.DEVICE,
                ),
            ),
            parts=(Part("devices", "Device", many=True),),
            text="A guest with devices.\n\nIt has more to say.",
        ),
        Component(
            name="Device",
            lineage=("Device",),
            variables=(
                Variable("tdi", TDI, ("LOCKED",), frozenset({Actor.USERSPACE})),
                Variable("tries", Bounded(0, 3), (0, 2), text="How often it was tried."),
                Variable("seen", BOOLEAN, (False, True), frozenset(Actor)),
            ),
            actions=(
                Action(
                    name="fail",
                    owner="Device",
                    actor=Actor.DEVICE,
                    fairness=Fairness.WEAK,
                    updates=(Update("self", "tdi", literal("ERROR")),),
                    text="The device fails.",
                    source="PCIe 11.4",
                ),
            ),
            text="A device.",
        ),
    ),
    constants=(Constant("strict", BOOLEAN, value=True),),
    initially=(Quantified(Binder.ALL, "d", "devices", Equal(field("d"), literal("LOCKED"))),),
    properties=(
        Property(
            name="runs",
            code="TDM901",
            kind=Kind.INVARIANT,
            about="Device",
            formula=Among(field("now"), ("RUN", "LOCKED")),
            text="It runs.",
            source="here",
        ),
        Property(
            name="starts",
            code="TDM900",
            kind=Kind.STEP,
            about="Device",
            formula=Or((Equal(field("now"), field("now", after=True)), StepIs("Guest", "start", ("now",)))),
            given=(("strict", False),),
        ),
    ),
    claim="A guest with devices.",
)


@pytest.mark.parametrize(
    ("options", "fairness"),
    [
        ("by=Actor.KERNEL", Fairness.WEAK),
        ("by=Actor.HOST", Fairness.NONE),
        ("by=Actor.KERNEL, fair=False", Fairness.NONE),
        ("by=Actor.HOST, fair=True", Fairness.WEAK),
        ("by=Actor.HOST, strongly_fair=True", Fairness.STRONG),
        ("strongly_fair=True, by=Actor.KERNEL, to=Actor.HOST", Fairness.STRONG),
    ],
)
def test_an_action_says_what_it_is_promised(options: str, fairness: Fairness) -> None:
    """Without an option an action is promised what its actor's are; ``fair`` and ``strongly_fair`` say otherwise."""
    found = model(f"class Guest(Component):\n    @action({options})\n    def act(self) -> None:\n        pass\n")
    assert action(found, "act").fairness is fairness


def test_a_model_is_read_as_it_is_written() -> None:
    """Components, constants, start conditions and properties of a small design are those built by hand."""
    found = reading(DESIGN).model
    assert EXPECTED.components == found.components
    assert (EXPECTED.constants, EXPECTED.initially) == (found.constants, found.initially)
    assert EXPECTED.properties == found.properties
    assert (EXPECTED.name, EXPECTED.root, EXPECTED.claim) == (found.name, found.root, found.claim)


def test_places_are_where_things_stand() -> None:
    """Actions, guards, updates, variables and properties know their line and column, each guard its own."""
    found = reading(DESIGN).model
    start = component(found, "Guest").actions[0]
    line = start.place.line  # of def
    # the second condition begins behind its bracket: 8 spaces, 38 characters before it
    assert [(line + 2, 17), (line + 2, 47)] == [(guard.place.line, guard.place.column) for guard in start.guards]
    assert [(line + 3, 9)] == [(update.place.line, update.place.column) for update in start.updates]
    assert 5 == start.place.column
    device = component(found, "Device")
    assert [3, 4, 6] == [known.place.line - device.place.line for known in device.variables]
    assert [1, 1] == [known.place.column for known in found.properties]


def test_a_derived_design_has_what_it_inherits() -> None:
    """A subclass has its base's variables and actions first, moved start values, fixed constants, and a lineage."""
    text = DESIGN + "\n\nclass Strict(Guest):\n    ready = True\n    strict = False\n    more: bool = False\n"
    found = reading(text)
    root = component(found.model, "Strict")
    assert ("Strict", "Guest") == root.lineage
    assert [("ready", (True,)), ("more", (False,))] == [(known.name, known.initial) for known in root.variables]
    assert [("start", "Guest", "")] == [(known.name, known.owner, known.patched) for known in root.actions]
    assert (Constant("strict", BOOLEAN, value=False, fixed=True),) == found.model.constants
    assert [("starts", "TDM900")] == [(known.name, known.code) for known in found.model.properties if known.given]


def test_a_constant_that_is_hidden_stays_so_where_it_is_fixed() -> None:
    """Who cannot see a constant is read around ``Constant``, and stays when a derived component fixes the value."""
    hidden = DESIGN.replace("strict: Constant[bool]", "strict: Annotated[Constant[bool], HiddenFrom(Actor.HOST)]")
    fixed = hidden + "\n\nclass Strict(Guest):\n    strict = False\n"
    known = Constant("strict", BOOLEAN, value=True, hidden_from=frozenset({Actor.HOST}))
    assert (known,) == reading(hidden).model.constants
    assert (replace(known, value=False, fixed=True),) == reading(fixed).model.constants


def test_the_base_is_the_model_of_the_parent() -> None:
    """The base of a derived design is its parent's model, without questions; a design of its own has none."""
    text = DESIGN + "\n\nclass Strict(Guest):\n    ready = True\n"
    base = reading(text).base()
    assert base is not None
    assert (EXPECTED.components, (), "Guest") == (base.components, base.properties, base.root)
    assert reading(DESIGN).base() is None


def test_start_conditions_of_parts_are_about_each_instance() -> None:
    """A start condition of a part is asked of the part, and of each instance below an Each."""
    text = """class Link(Component):
    up: bool = anything()

    @initially
    def is_up(self) -> bool:
        return self.up


class Device(Component):
    link: Link


class Guest(Component):
    own: Link
    devices: Each[Device]
"""
    assert (
        Field("self.own", "up", BOOLEAN),
        Quantified(Binder.ALL, "d", "devices", Field("d.link", "up", BOOLEAN)),
    ) == model(text).initially


def test_loops_are_updates_of_each_instance() -> None:
    """An assignment in a loop is an update with its binder and collection, whose name no other instance has."""
    text = """class Device(Component):
    on: bool = False


class Guest(Component):
    devices: Each[Device]

    @action(by=Actor.HOST)
    def reset(self, device: Device) -> None:
        require(device.on)
        for each in self.devices:
            each.on = not each.on
"""
    (update,) = component(model(text), "Guest").actions[0].updates
    assert Update("each", "on", Not(Field("each", "on", BOOLEAN)), ("each", "devices")) == update


def test_true_is_the_premise_of_what_has_none() -> None:
    """A property without after= has the premise TRUE; with it, the premise speaks of the same instances."""
    text = """class Guest(Component):
    on: bool = False


@stays_possible
def one(now: Guest) -> bool:
    return now.on


@stays_possible(after=lambda now, other: not other.on)
def two(now: Guest, other: Guest) -> bool:
    return now.on
"""
    one, two = model(text).properties
    assert (TRUE, ()) == (one.after, one.parameters)
    assert (Not(Field("other", "on", BOOLEAN)), (Parameter("other", "Guest"),)) == (two.after, two.parameters)
