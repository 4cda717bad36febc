"""One instance of a family, of so many devices, and what a SAT solver says of clauses in it.

Given a system and clauses, each of which may be assumed or not; tells whether a start state breaks a clause, whether a
step does, and whether a state or step violates a property, with the clauses that the answer "no" rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tdispmodel.compiling.conditions import Condition
from tdispmodel.compiling.lowering import Lowered
from tdispmodel.engines.bits.numbering import Numbering
from tdispmodel.engines.bits.solver import Budget, Solver
from tdispmodel.ir.expressions import Read
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, within
from tdispmodel.parametric.clauses import first_image, images, later
from tdispmodel.verdict import QuantifiedClause

Concerns = Callable[[SystemAction], bool]
"""Whether the steps of an action instance are to be looked at."""

Reasons = frozenset[QuantifiedClause]
"""The clauses on which an answer rests."""


class Instance:
    """The system of a family with ``devices`` devices.  Raises `TooLarge`, and `GaveUp` when the budget is used up.

    After the answer None ``found`` is the state, or the state before the step, that stands against it.
    """

    def __init__(self, system: System, devices: int, budget: Budget) -> None:
        self.devices = devices
        self.system = system
        self.lowered = Lowered(system)
        self._numbering = Numbering(self.lowered.conditions.sizes)
        self._definitions = self._numbering.domain()
        self._solver = Solver(budget, self._definitions.taken())
        self.found: State = ()
        self._assumed: dict[QuantifiedClause, int] = {}
        self._by_literal: dict[int, QuantifiedClause] = {}
        self._touched = [
            frozenset(self.system.variables[position].name for position in move.effects) for move in self.lowered.moves
        ]

    def start_keeps(self, clause: QuantifiedClause) -> bool:
        """Whether every start state satisfies a clause."""
        formula = first_image(clause, self.devices)
        if formula is None:
            return True
        of = self.lowered.conditions
        return self._met([self.lowered.start, of.negation(self.lowered.condition(formula))], ()) is not None

    def steps_keep(
        self, clause: QuantifiedClause, given: Sequence[QuantifiedClause], concerns: Concerns
    ) -> Reasons | None:
        """Return the clauses with which every step of the actions of concern keeps a clause; None if one does not.

        All devices can be exchanged, so what is true of the first ones is true of all.
        """
        formula = first_image(clause, self.devices)
        if formula is None:
            return frozenset()
        reads = {node.name for node in formula.walk() if isinstance(node, Read)}
        after = later(formula)
        found: set[QuantifiedClause] = set()
        for move, touched in zip(self.lowered.moves, self._touched, strict=True):
            if reads.isdisjoint(touched) or not concerns(move.action):
                continue
            broken = self.lowered.conditions.negation(self.lowered.condition_of_step(after, move))
            reasons = self._met([move.guard, broken], given)
            if reasons is None:
                return None
            found |= reasons
        return frozenset(found)

    def implies(
        self, question: SystemProperty, given: Sequence[QuantifiedClause], concerns: Concerns
    ) -> Reasons | None:
        """Return the clauses with which no state, or no step of the actions of concern, violates a property; None if
        one does.
        """
        of, found = self.lowered.conditions, set[QuantifiedClause]()
        if question.kind is Kind.INVARIANT:
            return self._met([of.negation(self.lowered.condition(question.formula))], given)
        for move in self.lowered.moves:
            if concerns(move.action):
                violated = of.negation(self.lowered.condition_of_step(question.formula, move))
                reasons = self._met([move.guard, violated], given)
                if reasons is None:
                    return None
                found |= reasons
        return frozenset(found)

    def stays_in_range(self, given: Sequence[QuantifiedClause], concerns: Concerns) -> Reasons | None:
        """Return the clauses with which no step of the actions of concern leaves a range; None if one does."""
        of, found = self.lowered.conditions, set[QuantifiedClause]()
        for action in self.system.actions:
            if not concerns(action):
                continue
            for assignment in action.assignments:
                inside = self.lowered.condition(within(assignment.value, self.system.sorts[assignment.variable]))
                if inside is of.true:
                    continue
                reasons = self._met([self.lowered.condition(action.guard), of.negation(inside)], given)
                if reasons is None:
                    return None
                found |= reasons
        return frozenset(found)

    # --- the solver ---------------------------------------------------------------------------------------------------

    def _met(self, conditions: Iterable[Condition], given: Sequence[QuantifiedClause]) -> Reasons | None:
        """Return the clauses with which the conditions are not all true in any state; None if they are in one."""
        literals = [self._literal(condition) for condition in conditions]
        if self._solver.satisfiable([*(self._assume(clause) for clause in given), *literals]):
            self.found = self.lowered.state(self._numbering.codes(self._numbering.state(self._solver.model())))
            return None
        return frozenset(self._by_literal[literal] for literal in self._solver.core() if literal in self._by_literal)

    def _literal(self, condition: Condition) -> int:
        literal = self._definitions.literal(condition)
        self._solver.add(self._definitions.taken())
        return literal

    def _assume(self, clause: QuantifiedClause) -> int:
        """Return the literal that assumes all images of a clause."""
        literal = self._assumed.get(clause)
        if literal is None:
            literal = self._assumed[clause] = self._definitions.fresh()
            self._by_literal[literal] = clause
            for image in images(clause, self.devices):
                self._definitions.imply([-literal], self.lowered.condition(image))
            self._solver.add(self._definitions.taken())
        return literal
