"""Engines that mishear: they are told another system or other questions, and answer as if it were what was asked.

A fault in how an engine reads the system (a guard forgotten, a fair action taken for an unfair one) is made by changing
what a real engine hears; the engine itself stays as it is, so these faults survive its being rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tdispmodel.engines.protocol import Engine, Limits, Progress, silent
from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Among,
    Arithmetic,
    AtMost,
    Expression,
    Fairness,
    If,
    Less,
    Read,
    Took,
    conjunction,
    disjunction,
    negation,
    rebuilt,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty
from tdispmodel.verdict import Verdict


class Misheard:
    """An engine that is told ``system(real system)`` and ``question(real question, real system)``."""

    def __init__(
        self,
        engine: Engine,
        system: Callable[[System], System] = lambda system: system,
        question: Callable[[SystemProperty, System], SystemProperty] = lambda question, _: question,
        verdict: Callable[[Verdict], Verdict] = lambda verdict: verdict,
    ) -> None:
        self.engine = engine
        self.system, self.question, self.verdict = system, question, verdict
        self.name = engine.name
        self.kinds = engine.kinds
        self.exhaustive = engine.exhaustive

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Answer what was heard as if it were what was asked."""
        asked = {question.name: question for question in questions}
        heard = [self.question(question, system) for question in questions]
        for verdict in self.engine.answer(self.system(system), heard, limits, progress):
            yield self.verdict(replace(verdict, property=asked[verdict.property.name]))


def each_action(change: Callable[[SystemAction], SystemAction]) -> Callable[[System], System]:
    """Return a change of all actions."""
    return lambda system: replace(system, actions=tuple(map(change, system.actions)))


def everywhere(change: Callable[[Expression], Expression | None]) -> Callable[[System], System]:
    """Return a change of all guards, assigned values and start conditions; see `rebuilt`."""

    def changed(system: System) -> System:
        actions = tuple(
            replace(
                action,
                guards=tuple(rebuilt(guard, change) for guard in action.guards),
                assignments=tuple(Assignment(one.variable, rebuilt(one.value, change)) for one in action.assignments),
            )
            for action in system.actions
        )
        return replace(system, actions=actions, initially=rebuilt(system.initially, change))

    return changed


def in_formula(change: Callable[[Expression], Expression | None]) -> Callable[[SystemProperty, System], SystemProperty]:
    """Return a change of the formula of a question."""
    return lambda question, _: replace(question, formula=rebuilt(question.formula, change))


# --- changes of systems ----------------------------------------------------------------------------------------------


def without_last_action(system: System) -> System:
    """The last action never happens."""
    return replace(system, actions=system.actions[:-1])


def any_start(system: System) -> System:
    """The start condition is ignored."""
    return replace(system, initially=TRUE)


def first_start_value(system: System) -> System:
    """Only the first of several start values is known, where a start state remains."""
    return replace(
        system, variables=tuple(replace(variable, initial=variable.initial[:1]) for variable in system.variables)
    )


def first_guard_only(action: SystemAction) -> SystemAction:
    """All guards but the first are ignored."""
    return replace(action, guards=action.guards[:1], places=())


def first_assignment_only(action: SystemAction) -> SystemAction:
    """All assignments but the first are ignored."""
    return replace(action, assignments=action.assignments[:1])


def promised(what: Fairness, instead: Fairness) -> Callable[[SystemAction], SystemAction]:
    """One sort of fairness is taken for another."""
    return lambda action: replace(action, fairness=instead) if action.fairness is what else action


def one_after_the_other(action: SystemAction) -> SystemAction:
    """Each assignment sees what the one before it assigned."""
    done: dict[str, Expression] = {}
    for assignment in action.assignments:
        done[assignment.variable] = rebuilt(
            assignment.value, lambda node: done.get(node.name) if isinstance(node, Read) else None
        )
    return replace(action, assignments=tuple(Assignment(name, value) for name, value in done.items()))


def strictly(node: Expression) -> Expression | None:
    """``<=`` is read as ``<``."""
    return Less(node.left, node.right) if isinstance(node, AtMost) else None


def first_value(node: Expression) -> Expression | None:
    """``x in (a, b)`` is read as ``x in (a,)``."""
    return Among(node.operand, node.values[:1]) if isinstance(node, Among) else None


def always_then(node: Expression) -> Expression | None:
    """The condition of an ``if`` is ignored."""
    return node.then if isinstance(node, If) else None


def minus_as_plus(node: Expression) -> Expression | None:
    """``-`` is read as ``+``."""
    return Arithmetic("+", node.left, node.right) if isinstance(node, Arithmetic) and node.operator == "-" else None


# --- changes of questions --------------------------------------------------------------------------------------------


def now_twice(node: Expression) -> Expression | None:
    """The state after a step is taken for the state before it."""
    return Read(node.name, node.of) if isinstance(node, Read) and node.after else None


def nothing_taken(node: Expression) -> Expression | None:
    """Which action was taken is never known."""
    return FALSE if isinstance(node, Took) else None


def without_premise(question: SystemProperty, _: System) -> SystemProperty:
    """The premise is ignored."""
    return replace(question, after=TRUE)


def denied_antecedent(question: SystemProperty, _: System) -> SystemProperty:
    """What must be reachable is the negation of the antecedent."""
    return question if question.antecedent is None else replace(question, antecedent=negation(question.antecedent))


def only_where_something_moves(question: SystemProperty, system: System) -> SystemProperty:
    """A bad state counts only if some action is enabled in it."""
    if question.kind is not Kind.INVARIANT:
        return question
    moves = disjunction(*(conjunction(*action.guards) for action in system.actions))
    return replace(question, formula=disjunction(question.formula, negation(moves)))


def without_self_loops(verdict: Verdict) -> Verdict:
    """One transition is missing in the counts."""
    space = verdict.space
    return verdict if space is None else replace(verdict, space=replace(space, transitions=space.transitions - 1))
