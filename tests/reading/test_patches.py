"""What subclasses do to what they inherit."""

from __future__ import annotations

from tdispmodel.ir.expressions import BOOLEAN, Actor, Fairness, Field, Not
from tests.reading.texts import action, codes, component, guards, model

DESIGN = '''class Device(Component):
    on: bool = False
    far: bool = False

    @property
    def good(self) -> bool:
        return self.on

    @action(by=Actor.DEVICE)
    def fail(self) -> None:
        """It fails. [one]"""
        self.on = False


class Guest(Component):
    devices: Each[Device]
    ready: bool = False

    def extra(self, device: Device) -> None:
        device.far = True

    @action(by=Actor.KERNEL)
    def bind(self, device: Device) -> None:
        """It binds. [two]"""
        require(device.good)
        self.extra(device)

    @action(by=Actor.HOST)
    def lose(self) -> None:
        self.ready = False


'''
ON, FAR = Field("device", "on", BOOLEAN), Field("device", "far", BOOLEAN)
READY = Field("self", "ready", BOOLEAN)


def test_a_restriction_adds_conditions() -> None:
    """The conditions of restrictions come after those of the base, those of a second one last; the text stays."""
    found = model(
        DESIGN
        + """class Once(Guest):
    @restricts(Guest.bind)
    def bind(self, device: Device) -> None:
        ready = self.ready
        require(ready)


class Twice(Once):
    @restricts(Once.bind)
    def bind(self, device: Device) -> None:
        require(not device.far)
"""
    )
    assert [ON, READY, Not(FAR)] == guards(found, "bind")
    bind = action(found, "bind")
    assert ("It binds.", "two", "restricted", "Guest") == (bind.text, bind.source, bind.patched, bind.owner)
    assert 1 == len(bind.updates)


def test_a_replacement_keeps_owner_and_actor() -> None:
    """A replaced action is still its first owner's, of the same actor, in its place; a new text is its text."""
    found = model(
        DESIGN
        + '''class Other(Guest):
    @replaces(Guest.bind)
    def bind(self, device: Device) -> None:
        """Otherwise."""
        require(self.ready)
'''
    )
    bind = action(found, "bind")
    assert [READY] == guards(found, "bind")
    assert ("Guest", Actor.KERNEL, Fairness.WEAK, "replaced") == (bind.owner, bind.actor, bind.fairness, bind.patched)
    assert ("Otherwise.", "", ()) == (bind.text, bind.source, bind.updates)
    assert ["bind", "lose"] == [known.name for known in component(found, "Other").actions]


def test_a_replacement_may_change_the_actor() -> None:
    """An @action beside the verb says anew who acts; without a docstring the old text stays."""
    found = model(
        DESIGN
        + """class Other(Guest):
    @replaces(Guest.bind)
    @action(by=Actor.USERSPACE, fair=False, to=Actor.KERNEL)
    def bind(self, device: Device) -> None:
        pass
"""
    )
    bind = action(found, "bind")
    assert (Actor.USERSPACE, Fairness.NONE, Actor.KERNEL, "It binds.") == (
        bind.actor,
        bind.fairness,
        bind.target,
        bind.text,
    )


def test_a_replaced_helper_counts_in_inherited_actions() -> None:
    """An inherited action asks the helper that its device has in the derived design."""
    found = model(
        DESIGN
        + """class Far(Device):
    @property
    @replaces(Device.good)
    def good(self) -> bool:
        return self.far


class Other(Guest):
    devices: Each[Far]
"""
    )
    assert [FAR] == guards(found, "bind")
    assert ("Far", "Device") == component(found, "Far").lineage


def test_a_replaced_procedure_counts_in_inherited_actions() -> None:
    """An inherited action calls the procedure that its component has in the derived design."""
    found = model(
        DESIGN
        + """class Other(Guest):
    @replaces(Guest.extra)
    def extra(self, device: Device) -> None:
        device.on = False
"""
    )
    assert ["on"] == [update.variable for update in action(found, "bind").updates]


def test_a_restricted_procedure_adds_conditions_to_its_callers() -> None:
    """Conditions that are added to a procedure are conditions of the actions that call it."""
    found = model(
        DESIGN
        + """class Other(Guest):
    @restricts(Guest.extra)
    def extra(self, device: Device) -> None:
        require(self.ready)
"""
    )
    assert [ON, READY] == guards(found, "bind")
    assert ["far"] == [update.variable for update in action(found, "bind").updates]


def test_removed_actions_are_remembered() -> None:
    """Removed actions, its own and those of parts, are gone and listed with their owners."""
    found = model(DESIGN + "@removes(Guest.bind, Device.fail)\nclass Other(Guest):\n    pass\n")
    assert ["lose"] == [known.name for known in component(found, "Other").actions]
    assert () == component(found, "Device").actions
    assert (("Guest", "bind"),) == component(found, "Other").removed
    assert (("Device", "fail"),) == component(found, "Device").removed


def test_only_the_root_removes_from_parts() -> None:
    """A component inside another cannot take actions from its parts: they belong to classes, not to instances."""
    text = (
        DESIGN
        + """@removes(Device.fail)
class Pair(Component):
    one: Device


class Whole(Component):
    pair: Pair
    two: Device
"""
    )
    assert ["E114"] == codes(text)  # Guest stands beside it, so first this
    assert ["E409"] == codes(text.replace("class Whole(Component)", "class Whole(Guest)"))


def test_a_patch_may_not_leave_instances_out() -> None:
    """A patch for a derived kind is refused while instances of the old kind take part, since it says nothing of them."""
    text = (
        DESIGN
        + """class Far(Device):
    extra: bool = False


class Other(Guest):
    one: Far

    @restricts(Guest.bind)
    def bind(self, device: Far) -> None:
        require(device.extra)
"""
    )
    assert ["E331"] == codes(text)
    assert [] == codes(text.replace("    one: Far\n", "    devices: Each[Far]\n"))


def test_names_of_the_language_may_be_renamed() -> None:
    """Words that are imported under another name mean what they are."""
    text = (
        "from tdispmodel.dsl import replaces as instead\n\n\n"
        + DESIGN
        + """class Other(Guest):
    @instead(Guest.lose)
    def lose(self) -> None:
        self.ready = True
"""
    )
    assert [] == codes(text)
