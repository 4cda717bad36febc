"""What was asked of a real kernel, as JSON documents for other programs.

Given an account of a counterexample, or what came of sequences; gives text.  ``reproduce.schema.json`` and
``lab.schema.json``, shipped beside this file, describe the documents.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from tdispmodel import __version__
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.lab.counterexamples.emulating import Interface
from tdispmodel.lab.counterexamples.reproducing import Account, Done, Outcome
from tdispmodel.lab.running.observing import Seen
from tdispmodel.lab.running.operations import OWN, Driver
from tdispmodel.lab.sequences.conforming import Conformance
from tdispmodel.lab.sequences.planning import Transition
from tdispmodel.lab.sequences.wandering import Wandering
from tdispmodel.reports.exits import Exit

REPRODUCE, LAB = "tdispmodel/reproduce/1", "tdispmodel/lab/1"
Document = dict[str, object]
NONE = "there is no counterexample"
OUTCOMES = {
    Outcome.REPRODUCED: "reproduced",
    Outcome.OTHERWISE: "not reproduced",
    Outcome.NOT_RUN: "not run",
}


@dataclass(frozen=True)
class Asked:
    """Whose counterexample it is, to what, under which constants; ``patched``: the kernel's steps that it changes."""

    proposal: str
    about: SystemProperty
    system: System
    patched: Sequence[str] = ()

    @property
    def finite(self) -> bool:
        """Whether the behaviour itself violates the property, and not what may or must follow."""
        return self.about.kind in (Kind.INVARIANT, Kind.STEP)


def reproduction(asked: Asked, account: Account | None, code: Exit, reason: str = NONE) -> str:
    """Return the document about a counterexample; without an account nothing was run, for that reason."""
    run: Document = {
        "kernel": None,
        "outcome": OUTCOMES[Outcome.NOT_RUN],
        "reason": reason,
        "driver": None,
        "emulated": [],
        "steps": [],
    }
    if account is not None:
        run = {
            "kernel": account.release,
            "outcome": OUTCOMES[account.outcome],
            "reason": account.reason,
            "driver": _driver(account.plan.driver),
            "emulated": list(account.plan.emulated),
            "steps": [_step(number, done, account) for number, done in enumerate(account.done, 1)],
        }
    return _text(
        {
            **_head(REPRODUCE, code),
            "proposal": asked.proposal,
            "property": {"code": asked.about.code, "name": asked.about.name},
            "constants": dict(asked.system.constants),
            "finite": asked.finite,
            "unmodified": list(asked.patched),
            **run,
        }
    )


def conformance(found: Conformance, code: Exit, drawn: Wandering | None = None) -> str:
    """Return the document about sequences on one kernel; ``drawn``: they were random ones."""
    return _text(
        {
            **_head(LAB, code),
            "kernel": found.release,
            "driver": _driver(found.driver),
            "constants": dict(found.constants),
            "conforms": not found.differences,
            "steps": found.steps,
            "transitions": [_transition(one, taken=one in found.taken) for one in found.transitions],
            "paths": [
                {"path": path, "autoprobe": on, "taken": taken, "transitions": known}
                for (path, on), (taken, known) in found.pairs().items()
            ],
            "gates": [{"step": step, "gate": gate, "came": came} for (step, gate), came in found.cells.items()],
            "random": None if drawn is None else _drawn(drawn),
            "differences": [{"steps": list(one.steps), "words": one.words} for one in found.differences],
        }
    )


def schema(name: str) -> Document:
    """Return the JSON Schema (draft 2020-12) of the document of a verb, ``reproduce`` or ``lab``."""
    found: Document = json.loads(files("tdispmodel.lab").joinpath(f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def _text(document: Document) -> str:
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _head(name: str, code: Exit) -> Document:
    return {"schema": name, "tool": {"name": "tdispmodel", "version": __version__}, "exit": int(code)}


def _driver(driver: Driver) -> Document:
    return {"name": driver.name, "own": driver.name == OWN, "parameters": driver.parameters}


def _drawn(drawn: Wandering) -> Document:
    return {
        "seed": drawn.wish.seed,
        "sequences": drawn.sequences,
        "first": list(drawn.first),
        "again": drawn.again,
        "late": drawn.late,
    }


def _transition(one: Transition, *, taken: bool) -> Document:
    names = (name.removeprefix("devices[0].") for name in one.names)
    return {"before": dict(zip(names, one.before, strict=True)), "action": one.action, "taken": taken}


def _step(number: int, done: Done, account: Account) -> Document:
    boots = number < len(account.plan.boot)
    does = done.step.operation
    return {
        "step": number,
        "actor": done.step.actor,
        "action": done.step.name,
        "by": "boot" if boots else does.doer.value,
        "commands": list(account.plan.commands(number, done)),
        "believed": done.believed,
        "seen": None if done.seen is None else _seen(done.seen),
        "emulated": [None if one is None else _interface(one) for one in done.interfaces],
        "uevents": [] if done.seen is None else list(done.seen.uevents),
        "log": [] if done.seen is None else list(done.seen.log),
        "differs": done.differs,
    }


def _seen(seen: Seen) -> Document:
    devices = [{"present": one.present, "driver": one.driver or None, "deferred": one.deferred} for one in seen.devices]
    return {"autoprobe": seen.autoprobe, "driver_loaded": seen.driver_loaded, "devices": devices}


def _interface(one: Interface) -> Document:
    return {"tdi": one.tdi, "locked": one.locked, "accepted": one.accepted, "ranges": one.ranges}
