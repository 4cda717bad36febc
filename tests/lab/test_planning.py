"""Sequences made of the model, without a kernel."""

from __future__ import annotations

import pytest

from tdispmodel.lab.planning import LONGEST, PATHS, Core, Transition

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
            taken.add(Transition(core.seen(state), name))
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


def test_each_path_is_put_to_use_with_both_gates() -> None:
    """With a driver that defers there is a transition for every attach path, with autoprobe on and off."""
    wanted = {(name, on) for name in PATHS for on in (True, False)}
    found = {(one.name, one.autoprobe) for one in Core({"driver_defers": True}).pairs()}
    assert found == wanted
