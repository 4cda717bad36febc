"""What goes on a page: the part of the graph, the formulas, the properties with their judged verdicts.

Given a proposal that was read and a plan; gives `Contents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel.checking.asking import Group, Plan, can_start, check_group, grouped
from tdispmodel.checking.loading import Loaded
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.exploring.space import Part, part_of
from tdispmodel.ir.model import Property
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reports.trace import trace_of
from tdispmodel.semantics.grounding import Grounding, Scope, ground
from tdispmodel.verdict import Result, Skipped, Trace


@dataclass(frozen=True)
class Asked:
    """A property of the proposal.

    ``questions`` are about the instances that stand at the same place in ``about``; there are none where the property
    is asked under other constants, and then its truth is not shown.  ``result`` is its judged verdict, if one was
    wanted.
    """

    wanted: Property
    questions: tuple[SystemProperty, ...] = ()
    about: tuple[str, ...] = ()
    result: Result | None = None


@dataclass(frozen=True)
class Contents:
    """A page, before it is written."""

    loaded: Loaded
    scope: Scope
    system: System
    part: Part
    asked: tuple[Asked, ...]
    skipped: tuple[Skipped, ...]


def contents(loaded: Loaded, plan: Plan, room: int, *, verdicts: bool = True, progress: Progress = silent) -> Contents:
    """Return what a page with room for so many states shows; ask engines for ``verdicts`` if they are wanted.

    Raises `Rejected` for a model that cannot start or leaves a range, and `OurFault` as every check does.
    """
    model = loaded.model
    scope = Scope(plan.devices, plan.constants, plan.without)
    system = ground(model, scope)
    can_start(system, model)
    groups, skipped = grouped(model, loaded.properties, plan)
    results = asked_of(model.name, groups, plan, progress) if verdicts else {}
    names = Grounding(model, scope)
    asked = []
    for group in groups:
        here = group.system.constants == system.constants
        for wanted, questions in group.questions.items():
            about = [named(env) for env in names.about(wanted)]
            kept = (tuple(questions), tuple(about)) if here else ((), ())
            asked.append(Asked(wanted, *kept, results.get(wanted.name)))
    asked.sort(key=lambda known: (known.wanted.code, known.wanted.name))
    shown = [trace for known in asked if known.questions and (trace := shown_trace(known)) is not None]
    part = part_of(system, room, shown, progress)
    return Contents(loaded, scope, system, part, tuple(asked), (*loaded.skipped, *skipped))


def asked_of(name: str, groups: Sequence[Group], plan: Plan, progress: Progress) -> dict[str, Result]:
    """Return the judged results by the names of their properties."""
    return {
        wanted.name: result
        for group in groups
        for wanted, result in zip(group.questions, check_group(name, group, plan, progress), strict=True)
    }


def shown_trace(known: Asked) -> Trace | None:
    """Return the behaviour that the verdict on a property shows, if there is one."""
    return None if known.result is None else trace_of(known.result)


def named(env: dict[str, str]) -> str:
    """Return the instances that a question is about, the root left out."""
    return ", ".join(name for name in env.values() if name)
