"""Stored counterexamples as plans for the lab."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import Loaded, load, load_base
from tdispmodel.checking.replaying import SUFFIX, judged
from tdispmodel.exporting import itf
from tdispmodel.lab.counterexamples.reproducing import Plan, plan
from tdispmodel.lab.running.operations import Doer
from tdispmodel.printing.changes import changed_actions
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


@dataclass(frozen=True)
class Stored:
    """A stored counterexample as a plan: its name, the actions of the base that its proposal changes, its kernel."""

    name: str
    plan: Plan
    changed: frozenset[str]
    before: bool

    @property
    def key(self) -> Hashable:
        """What is done and compared: two counterexamples with the same differ in nothing that a kernel could notice."""
        steps = tuple(
            (
                step.operation,
                step.expected,
                step.compared,
                step.result if step.operation.tells else "",
                step.interfaces if self.plan.begin else (),
                step.action in self.changed,
            )
            for step in self.plan.steps
            if step.operation.doer is not Doer.NOBODY or step is self.plan.steps[-1]
        )
        plan = self.plan
        return (self.before, plan.driver, tuple(plan.plugged.items()), plan.first, plan.begin, steps)


def every() -> Iterator[Stored]:
    """Yield all stored counterexamples as plans."""
    catalogue = find_catalogue()
    base = load_base(catalogue).model
    loaded: dict[str, Loaded] = {}
    for path in sorted(catalogue.counterexamples.rglob(f"*{SUFFIX}")):
        found = itf.load(path)
        if found.proposal not in loaded:
            loaded[found.proposal] = load(catalogue, catalogue.resolve(found.proposal))
        result = judged(loaded[found.proposal], found)
        assert result.verdict.trace is not None
        changed = changed_actions(loaded[found.proposal].model, base)
        yield Stored(
            str(path.relative_to(catalogue.counterexamples)).removesuffix(SUFFIX),
            plan(result.system, result.verdict.trace),
            frozenset(name.split(".")[-1] for name in changed),
            dict(result.system.constants).get("kernel") == "BEFORE_6_19",
        )
