"""What is proved to be of no use, whatever a guard could read: told instead of a repair, or beside one.

Given a `Problem`; gives sentences.
"""

from __future__ import annotations

from tdispmodel.analysing.repairing.edits import edited, ours
from tdispmodel.analysing.repairing.observing import Guarded, observed
from tdispmodel.analysing.repairing.problem import Problem
from tdispmodel.reports.naming import WHO
from tdispmodel.verdict import Answer

WITHOUT_US = "no change of ours restores it: host, environment and device violate it by themselves."
NO_GUARD = "no stronger guard of any one action restores it, whatever it could read."


def impossible(problem: Problem) -> tuple[str, ...]:
    """Return what no edit can do: what is violated without any action of ours is so whatever they do."""
    trace = problem.result.verdict.trace
    if not problem.is_safety or trace is None:
        return ()
    model = problem.model
    for _, action in ours(problem.model):
        model = edited(model, action, None)
    found = problem.verdict(model)
    if found is not None and found.answer is Answer.VIOLATED:
        return (WITHOUT_US,)
    taken = {name for name, _ in trace.steps}
    for _, action in ours(problem.model):
        if taken.isdisjoint(problem.instances.names(action)):
            continue
        found = problem.verdict(edited(problem.model, action, None))
        if found is None or found.answer is not Answer.VIOLATED:
            return ()
    return (NO_GUARD,)


def unobservable(problem: Problem) -> tuple[str, ...]:
    """Return for which actions no guard can help that reads what their actor can observe, and why."""
    trace = problem.result.verdict.trace
    if not problem.is_safety or trace is None:
        return ()
    witnesses = [question for questions in problem.witnesses.values() for question in questions]
    taken = {name for name, _ in trace.steps}
    found = []
    for _, action in ours(problem.model):
        names = [name for name in problem.instances.names(action) if name in problem.system.by_name]
        if taken.isdisjoint(names):
            continue
        seen = observed(problem.model, problem.system, action.actor)
        guarded = Guarded(problem.system, names, seen, problem.limits)
        lost = guarded.lost(problem.result.verdict.property, witnesses)
        if lost:
            subject = f"{action.owner}.{action.name}"
            found.append(
                f"no guard of {subject} over what {WHO[action.actor]} can observe restores it and keeps {lost}."
            )
    return tuple(found)
