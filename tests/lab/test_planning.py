"""Sequences made of the model, without a kernel."""

from __future__ import annotations

import pytest

from tdispmodel.lab.running.operations import DEFERS, PVPANIC, PVPANIC_ACPI, VIRTIO_RNG, Doer, Driver, driven
from tdispmodel.lab.sequences.conforming import MORE, SLEEP
from tdispmodel.lab.sequences.gates import ABSENT, ANOTHER, AUTOPROBE_OFF, BOUND, OPEN, cell_of, pairs
from tdispmodel.lab.sequences.planning import LONGEST, ON_ANOTHER_BUS, Core
from tdispmodel.lab.sequences.uevents import sent

CONSTANTS = [
    {"kernel": "BEFORE_6_19"},
    {"kernel": "SINCE_6_19"},
    {"kernel": "BEFORE_6_19", "driver_defers": True},
    {"kernel": "SINCE_6_19", "driver_fails": True},
]


@pytest.mark.parametrize("constants", CONSTANTS)
def test_sequences_take_every_transition(constants: dict[str, str | bool]) -> None:
    """Followed step by step in the model, the sequences are possible and take every transition, none being too long."""
    core = Core(constants)
    taken = set()
    for sequence in core.sequences():
        assert len(sequence) <= LONGEST
        state = core.start()
        for name in sequence:
            taken.add(core.transition(state, name))
            (state,) = core.driven(state)[name]
    assert taken == set(core.transitions())


def test_a_hot_added_device_tells_the_kernels_apart() -> None:
    """With autoprobe off and the driver there, a device that is hot-added rests bound before 6.19, and unbound since:
    that is what the constant is about.
    """
    drivers = []
    for kernel in ("BEFORE_6_19", "SINCE_6_19"):
        core = Core({"kernel": kernel})
        state = core.start()
        for name in ("load_module", "turn_autoprobe_off", "remove(devices[0])", "hot_add(devices[0])"):
            (state,) = core.driven(state)[name]
        drivers.append(core.seen(state)[3])
    assert drivers == ["OPERATING", "NONE"]


OF_ONE_STEP = ("hot_add", "rescan", "load_module", "other_probe_succeeds", "bind", "drivers_probe", "new_id")


def test_each_path_is_put_to_use_with_both_gates() -> None:
    """With a driver that defers there is a transition for every attach path, with autoprobe on and off."""
    core = Core({"driver_defers": True})
    found = {(one.name, one.autoprobe) for one in pairs(core, (OPEN, AUTOPROBE_OFF))}
    assert found == {(name, on) for name in OF_ONE_STEP for on in (True, False)}


def test_every_pair_of_path_and_gate() -> None:
    """The pairs are those that can be: an override goes with the struct device, so that what arrives has none; a device
    that arrives, or is deferred, has no driver; the list is retried whoever is registered; and a module is loaded once.
    """
    core = Core({"driver_defers": True, "overrides_are_written": True, "devices_are_hidden": True})
    found = {cell for one in pairs(core) if (cell := cell_of(core, one)) is not None}
    everywhere = {(name, gate) for name in (*OF_ONE_STEP, "scan") for gate in (OPEN, AUTOPROBE_OFF)}
    assert everywhere <= found
    asked = {"bind", "drivers_probe", "new_id", "load_module", "other_probe_succeeds", "rescan"}
    assert {name for name, gate in found if gate == ANOTHER} == asked
    assert {name for name, gate in found if gate == ABSENT} <= {"hot_add", "scan", "rescan"}
    assert not any(gate == BOUND for _, gate in found)
    core = Core({})
    bound = {cell_of(core, one) for one in pairs(core)}
    assert {name for name, gate in filter(None, bound) if gate == BOUND} == {"bind", "new_id", "rescan"}


@pytest.mark.parametrize(
    ("step", "before", "after", "wanted"),
    [
        ("hot_add(devices[0])", (False, False), (True, False), ("add",)),
        ("attach_on_arrival(devices[0])", (True, False), (True, True), ("bind",)),
        ("remove(devices[0])", (True, True), (False, False), ("unbind", "remove")),
        ("remove(devices[0])", (True, False), (False, False), ("remove",)),
        ("rescan(devices[0])", (True, True), (True, False), ("unbind", "remove", "add")),
        ("rescan(devices[1])", (True, True), (True, True), ()),
        ("recover_from_error(devices[0])", (True, True), (True, True), ("change",)),
        ("bind(devices[0])", (True, False), (True, False), ()),
    ],
)
def test_uevents_follow_from_steps(
    step: str, before: tuple[bool, bool], after: tuple[bool, bool], wanted: tuple[str, ...]
) -> None:
    """A device that goes is released first, one that arrives is announced before it is bound, recovery is a change, and
    a probe that does not bind sends nothing.
    """
    assert sent(step, "devices[0]", before, after) == wanted


def test_a_retry_is_a_probe() -> None:
    """With a driver that defers, another's bind leaves everything as it was, and yet the driver's probe was called once;
    with autoprobe off it was not, and the device is off the list.
    """
    core = Core({"driver_defers": True})
    (loaded,) = core.outcomes(core.start())["load_module"]
    (retried,) = core.outcomes(loaded.state)["other_probe_succeeds"]
    assert (retried.state, retried.probes) == (loaded.state, ("ONCE",))
    (off,) = core.outcomes(loaded.state)["turn_autoprobe_off"]
    (dropped,) = core.outcomes(off.state)["other_probe_succeeds"]
    assert dropped.probes == ("NONE",)
    assert core.seen(dropped.state)[4] is False


def test_the_second_device_has_the_first_retried() -> None:
    """Of two devices of a driver that defers both are listed; told to bind, the driver is bound to the one that userspace
    asks for, and by that the other is retried and bound as well.
    """
    core = Core({"driver_defers": True, "driver_is_told": True}, devices=2)
    state = core.start()
    for name in ("load_module", "tell_to_bind"):
        (state,) = core.driven(state)[name]
    (outcome,) = core.outcomes(state)["bind(devices[1])"]
    assert outcome.uevents == (("bind",), ("bind",))
    assert outcome.probes == ("ONCE", "ONCE")


@pytest.mark.parametrize(
    ("constants", "driver", "stays"),
    [
        ({"overrides_are_written": True, **MORE}, PVPANIC, False),
        ({"driver_defers": True, "driver_is_told": True, **SLEEP}, DEFERS, False),
        ({"driver_defers": True, "deferred_probe_timeout": True}, DEFERS, False),
        (ON_ANOTHER_BUS, VIRTIO_RNG, False),
        (ON_ANOTHER_BUS, PVPANIC_ACPI, True),
    ],
)
def test_every_step_can_be_done(constants: dict[str, str | bool], driver: Driver, stays: bool) -> None:
    """Whatever sequences are made of the guest or the host can do, and the kernel does none of it by itself."""
    core = Core(constants, stays=stays)
    doers = {one.action: driven(one.action, driver).doer for one in core.transitions()}
    assert doers
    assert set(doers.values()) <= {Doer.GUEST, Doer.HOST}
