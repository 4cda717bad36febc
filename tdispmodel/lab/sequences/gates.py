"""Attach paths and gates: which pairs there are, and what came of each.

A gate is what decides whether an attach path is taken: `drivers_autoprobe`, `driver_override`, whether the device has a
driver already, whether the driver is registered.  A pair is one transition in which everything but that gate is open,
so that what comes of it is the gate's doing.
"""

from __future__ import annotations

from collections.abc import Sequence

from tdispmodel.ir.expressions import Value
from tdispmodel.lab.sequences.planning import PATHS, Core, Transition
from tdispmodel.lab.sequences.subjects import Observation

Cell = tuple[str, str]
"""The name of a step that takes an attach path, and the gate."""

OPEN, AUTOPROBE_OFF = "all open", "autoprobe off"
NAMED, ANOTHER = "override: this driver", "override: another"
BOUND, ABSENT = "has a driver", "no driver registered"
GATES = (OPEN, AUTOPROBE_OFF, NAMED, ANOTHER, BOUND, ABSENT)

ARRIVALS = ("hot_add", "scan")
"""Steps before which the device is not there."""


def pairs(core: Core, gates: Sequence[str] = GATES) -> tuple[Transition, ...]:
    """Return the first transition of each pair of attach path and gate, in the order of breadth-first search."""
    found: dict[Cell, Transition] = {}
    for one in core.transitions():
        cell = cell_of(core, one)
        if cell is not None and cell[1] in gates:
            found.setdefault(cell, one)
    return tuple(found.values())


def cell_of(core: Core, transition: Transition) -> Cell | None:
    """Return which pair a transition is; None where several gates are shut, or there is nothing to attach to."""
    name = transition.name
    if name not in PATHS:
        return None
    values = dict(zip(core.watched, transition.before, strict=True))
    device = transition.action.partition("(")[2].rstrip(")") or core.devices[0]
    of: dict[str, Value] = {key.rpartition(".")[2]: value for key, value in values.items() if key.startswith(device)}
    if of["present"] is (name in ARRIVALS):
        return None
    if PATHS[name] == "d" and of["deferred"] is not True:
        return None
    if any(values[f"{other}.driver"] != "NONE" for other in core.devices if other != device):
        return None
    shut = [
        gate
        for gate, holds in (
            (AUTOPROBE_OFF, values[core.autoprobe] is not True),
            (NAMED, of.get("overridden") is True),
            (ANOTHER, of.get("overridden_elsewhere") is True),
            (BOUND, of["driver"] != "NONE"),
            (ABSENT, name != "load_module" and values["driver_loaded"] is not True),
        )
        if holds
    ]
    return (name, shut[0] if shut else OPEN) if len(shut) <= 1 else None


def effect(core: Core, transition: Transition, observed: Observation) -> str:
    """Return in a word what was seen to come of an attach path: its error, or what became of the device."""
    slot = int(transition.action.partition("[")[2].partition("]")[0] or 0)
    device = observed.seen.devices[slot]
    before = transition.before[core.watched.index(f"{core.devices[slot]}.driver")]
    if observed.ended not in ("", "DONE"):
        return observed.ended
    if device.driver and before == "NONE":
        return "binds"
    if device.driver:
        return "bound anew" if "bind" in observed.uevents[slot] else "left alone"
    if observed.probes[slot]:
        return "probed, listed" if device.deferred else "probed"
    return "not probed"
