"""Mutation coverage against definitions written out, on random small models."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given

from tdispmodel.analysing.mutation.coverage import coverage
from tdispmodel.analysing.mutation.operators import Mutant, Operator, mutants, mutated
from tdispmodel.checking.asking import Plan
from tdispmodel.ir.model import Model
from tdispmodel.ir.system import System
from tdispmodel.reports.mutants import Status, Tried
from tdispmodel.semantics import ground
from tdispmodel.source import Rejected
from tests.laws.random_models import models
from tests.laws.random_systems import law
from tests.mutants.naive import Naive, Told, sides

MOST = 25
"""About so many mutants of one model are compared."""


def expected(told: list[Told]) -> Status:
    """Return what becomes of a mutant that does this in each system."""
    if any(one.flips for one in told):
        return Status.NOTICED
    if any(one.flips is None for one in told):
        return Status.INVALID
    return Status.EQUIVALENT if all(one.same for one in told) else Status.SURVIVOR


def contained(model: Model, mutant: Mutant, asked: list[Naive]) -> bool:
    """Whether some system has what a mutant changes: an instance of the action, and there a conjunct that is not folded."""
    if not mutant.operator.of_actions:
        return True
    there = [naive for naive in asked if has_action(naive.group.system, mutant)]
    if mutant.operator not in (Operator.DROP_CONJUNCT, Operator.NEGATE_CONJUNCT):
        return there != []
    dropped = mutated(model, replace(mutant, operator=Operator.DROP_CONJUNCT))
    systems = [(naive.group.system, ground(dropped, naive.scope)) for naive in there]
    return any(commands(before) != commands(after) for before, after in systems)


def has_action(system: System, mutant: Mutant) -> bool:
    """Whether a system has an instance of the action that is changed, so that constants do not rule it out there."""
    return any((one.template.owner, one.template.name) == (mutant.owner, mutant.name) for one in system.actions)


def commands(system: System) -> dict[str, tuple[object, ...]]:
    """Return the guard and effects of each action."""
    return {action.name: (action.guard, action.assignments) for action in system.actions}


def check_survivor(one: Tried, asked: list[Naive], told: list[Told]) -> None:
    """Compare what tells a survivor apart with the system that shows it."""
    assert one.difference is not None
    shown = one.difference
    for naive, found in zip(asked, told, strict=True):
        if naive.group.system.constants == shown.system.constants:
            assert found.distance == len(shown.trace)
            if [variable.name for variable in shown.system.variables] == list(naive.kept):
                assert found.differing == shown.differing
            return
    raise AssertionError(shown.system.constants)


def compare(model: Model, plan: Plan) -> None:
    """Compare everything that is said of the mutants of a model."""
    try:
        complete = coverage(model, model.properties, plan, complete=True)
        asked = sides(model, model.properties, plan)
    except Rejected:
        assume(False)  # hypothesis wants it so
        return
    known = mutants(model)
    tried = {one.number: one for one in complete.tried}
    flipped = {score.property: 0 for score in complete.scores}
    apart = 1 + len(known) // MOST
    for number, mutant in list(enumerate(known))[::apart]:
        told = [naive.told(mutant) for naive in asked]
        one = tried.get(number)
        if one is None:
            assert all(found.same for found in told) or not contained(model, mutant, asked), mutant
            continue
        assert one.status is expected(told), (mutant, told)
        flips = frozenset().union(*(found.flips or () for found in told))
        assert {notice.property for notice in one.noticed} == flips, mutant
        for name in flips:
            flipped[name] += 1
        if one.status is Status.SURVIVOR:
            check_survivor(one, asked, told)
    for score in complete.scores:
        assert score.noticed is not None
        assert score.noticed == flipped[score.property] if apart == 1 else score.noticed >= flipped[score.property]
    first = coverage(model, model.properties, plan)
    assert [one.status for one in first.tried] == [one.status for one in complete.tried]
    for one, other in zip(first.tried, complete.tried, strict=True):
        assert set(one.noticed) <= set(other.noticed)


@law(10)
@given(models())
def test_everything_said_of_mutants_is_so(model: Model) -> None:
    """Each mutant's status, who notices it and how it is told apart are as trying everything says."""
    compare(model, Plan())


@law(4)
@given(models())
def test_two_devices(model: Model) -> None:
    """The same with two instances of each part."""
    compare(model, Plan(devices=2))
