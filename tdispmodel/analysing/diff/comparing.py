"""Two proposals compared: their texts, their behaviours, their verdicts.

Given both as they were read and a plan for each; gives a `Diff`.  The verdicts come from the pipeline, judged; what
only one model does, or that they are bisimilar, was accepted by the judge as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tdispmodel.analysing.diff.apart import Compared, compared
from tdispmodel.analysing.diff.matching import matched
from tdispmodel.analysing.diff.renaming import Renaming, normal, parameters_of
from tdispmodel.checking.asking import Plan, can_start, check_model
from tdispmodel.checking.loading import Loaded
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.ir.expressions import Enumeration
from tdispmodel.ir.model import Model, Property
from tdispmodel.ir.system import State, System
from tdispmodel.judging.apart import Names
from tdispmodel.printing import changes_text
from tdispmodel.reports.diff import Diff, Only, Row
from tdispmodel.reports.why.refusals import refusal
from tdispmodel.semantics import Scope, Semantics, start_states
from tdispmodel.semantics.grounding import Grounding
from tdispmodel.verdict import Answer, Result, Trace, Verdict

NOTHING = "changes nothing"


def diff(
    first: Loaded,
    second: Loaded,
    plans: tuple[Plan, Plan],
    properties: tuple[Sequence[Property], Sequence[Property]],
    progress: Progress = silent,
) -> Diff:
    """Return what differs between two proposals.  Raises `Rejected` and `OurFault`."""
    limits = plans[0].limits()
    renaming = matched(first.model, second.model)
    mine, theirs = normal(first.model), normal(second.model, renaming, parameters_of(first.model))
    lines = changes_text(theirs, mine, brief=True).splitlines()
    groundings = [
        Grounding(loaded.model, Scope(plan.devices, plan.constants, plan.without))
        for loaded, plan in zip((first, second), plans, strict=True)
    ]
    systems = [grounding.system() for grounding in groundings]
    for system, loaded in zip(systems, (first, second), strict=True):
        can_start(system, loaded.model)
    names = names_of(systems[0], systems[1], renaming)
    found = compared(systems[0], systems[1], names, limits, progress)
    answers, interrupted = [], False
    for loaded, plan, wanted in zip((first, second), plans, properties, strict=True):
        left = replace(plan, seconds=limits.remaining())
        answered = check_model(loaded.model, wanted, left, progress) if not interrupted else None
        answers.append({one.verdict.property.name: one for one in answered.results} if answered else {})
        interrupted = interrupted or answered is None or answered.interrupted
    result = Diff(
        first=first.model.name,
        second=second.model.name,
        systems=(systems[0], systems[1]),
        renamed=tuple(pair for pair in renaming.told if pair not in _derived(first.model, second.model)),
        changes=() if lines == [NOTHING] else tuple(lines),
        alone=_alone(systems[0], systems[1], names),
        bisimilar=found.bisimilar,
        only_first=_only(found.only_first, systems[0], groundings[1], names, backwards=False),
        only_second=_only(found.only_second, systems[1], groundings[0], names, backwards=True),
        reason=found.reason,
        rows=_rows(answers[0], answers[1]),
        interrupted=interrupted,
    )
    _agree(result, found, answers)
    return result


def _derived(first: Model, second: Model) -> set[tuple[str, str]]:
    """Return the roots, and components that derive from the same: that these have other names says nothing."""
    found = {(second.root, first.root)}
    for component in second.components:
        found |= {(component.name, one.name) for one in first.components if {*one.lineage} & {*component.lineage}}
    return found


def names_of(first: System, second: System, renaming: Renaming) -> Names:
    """Return what names and values of the second system are in the first; sorts of one sort only are compared."""
    variables: dict[str, str] = {}
    values: dict[str, dict[bool | int | str, bool | int | str]] = {}
    for known in second.variables:
        name = renaming.variable(known.name)
        if name not in first.index or type(first.sorts[name]) is not type(known.sort):
            continue
        variables[known.name] = name
        if isinstance(known.sort, Enumeration):
            table = renaming.members.get(known.sort.name, {})
            values[known.name] = {member: table.get(member, member) for member in known.sort.members}
    return Names({action.name: renaming.action(action.name) for action in second.actions}, variables, values)


def _alone(first: System, second: System, names: Names) -> tuple[str, ...]:
    seen = set(names.variables.values())
    mine = [known.name for known in first.variables if known.name not in seen]
    return (*mine, *(known.name for known in second.variables if known.name not in names.variables))


def _only(trace: Trace | None, system: System, grounding: Grounding, names: Names, *, backwards: bool) -> Only | None:
    """Return a behaviour with the reason why the other system, of ``grounding``, does not have it.

    ``backwards``: the behaviour is one of the second system.
    """
    if trace is None:
        return None
    other = grounding.system()
    actions = names.actions if backwards else {new: old for old, new in names.actions.items()}
    pairs = [(new, old) if backwards else (old, new) for old, new in names.variables.items()]  # the other's, then ours
    tables = names.values

    def seen(state: State, ours: bool) -> tuple[bool | int | str, ...]:
        found = []
        for other_name, own in pairs:
            value = state[system.index[own]] if ours else state[other.index[other_name]]
            of_second = ours is backwards
            table = tables.get(own if backwards else other_name, {}) if of_second else {}
            found.append(table.get(value, value))
        return tuple(found)

    semantics = Semantics(other)
    beside = [state for state in start_states(semantics) if seen(state, False) == seen(trace.initial, True)]
    if not trace.steps:
        return Only(trace, system, other, unlike=_unlike(trace.initial, system, other, names, backwards=backwards))
    for name, after in trace.steps[:-1]:
        action = other.by_name[actions.get(name, name)]
        led = [semantics.step(state, action) for state in beside if semantics.holds(action.guard, state)]
        beside = [state for state in led if seen(state, False) == seen(after, True)]
    last = actions.get(trace.steps[-1][0], trace.steps[-1][0])
    for name, template, env, _ in grounding.taken:  # also those that constants rule out
        if name == last:
            action = grounding.action(name, template, env)
            return Only(trace, system, other, last, refusal(semantics, action, beside[0]))
    return Only(trace, system, other)


def _unlike(
    state: State, system: System, other: System, names: Names, *, backwards: bool
) -> tuple[tuple[str, bool | int | str], ...]:
    """Return the values of a start state with which the other system never starts."""
    initial = {known.name: known.initial for known in other.variables}
    found = []
    for old, new in names.variables.items():
        table = names.values.get(old, {})
        own, their = (old, new) if backwards else (new, old)
        value = state[system.index[own]]
        known = [table.get(one, one) for one in initial[their]] if not backwards else list(initial[their])
        if (table.get(value, value) if backwards else value) not in known:
            found.append((own, value))
    return tuple(found)


def _rows(first: dict[str, Result], second: dict[str, Result]) -> tuple[Row, ...]:
    rows = []
    for name in dict.fromkeys((*first, *second)):
        pair: list[Verdict | None] = [known[name].verdict if name in known else None for known in (first, second)]
        question = next(one.property for one in pair if one is not None)
        rows.append(Row(name, question.code, pair[0], pair[1]))
    return tuple(sorted(rows, key=lambda row: row.code))


def _agree(result: Diff, found: Compared, answers: list[dict[str, Result]]) -> None:
    """Check that systems that are bisimilar, in all that they have, got the same answers.  Raises `OurFault`."""
    if not found.bisimilar or result.alone:
        return
    for row in result.rows:
        systems = [known[row.name].system for known in answers if row.name in known]
        asked_here = all(one.constants == here.constants for one, here in zip(systems, result.systems, strict=False))
        decided = {one.answer for one in (row.first, row.second) if one is not None} - {Answer.OPEN}
        if len(systems) == 2 and asked_here and len(decided) == 2:  # one of each model
            message = (
                f"{result.first} and {result.second} are bisimilar, and the answers on {row.name} are not the same"
            )
            raise OurFault(message)
