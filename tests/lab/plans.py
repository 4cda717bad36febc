"""Stored counterexamples as plans for the lab."""

from __future__ import annotations

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.checking.replaying import SUFFIX, judged
from tdispmodel.exporting import itf
from tdispmodel.lab.reproducing import Plan, plan
from tdispmodel.verdict import Trace

HOT_ADD = "initrd_autoprobe_off/no_shared_exposure_after_initrd@kernel=BEFORE_6_19"


def stored(name: str, steps: int | None = None) -> Plan:
    """Return the plan of a stored counterexample, which the judge has accepted, or of its first steps."""
    catalogue = find_catalogue()
    found = itf.load(catalogue.counterexamples / f"{name}{SUFFIX}")
    result = judged(load(catalogue, catalogue.resolve(found.proposal)), found)
    assert result.verdict.trace is not None
    trace = result.verdict.trace
    return plan(result.system, Trace(trace.initial, trace.steps[:steps]))


def hot_add() -> Plan:
    """Return the plan of the counterexample in which a hot-added device binds."""
    return stored(HOT_ADD)
