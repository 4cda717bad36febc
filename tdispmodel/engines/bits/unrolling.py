"""All paths of a system as clauses, one step longer at a time.

Given moves and their start condition, `Paths` holds the paths of ``length`` steps from the start states.  Per state
there is one literal for each value, exactly one per variable; per step one literal for each move, exactly one of which
is true: its guard is, its effects are, and a variable that it does not assign stays.  Nothing follows the last state,
so a state without a successor ends a path like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel.compiling.conditions import Condition
from tdispmodel.compiling.lowering import Lowered, Move
from tdispmodel.engines.bits.numbering import TRUE_LITERAL, Clauses, Numbering
from tdispmodel.engines.bits.questions import Codes
from tdispmodel.engines.bits.solver import Budget, Clause, Solver


@dataclass(frozen=True)
class _Template:
    """Clauses over literals up to ``last``, to be written again for every step."""

    clauses: list[Clause]
    last: int

    def written(self, fixed: Sequence[int], fresh: int) -> list[Clause]:
        """Return the clauses with the lowest literals replaced by the ``fixed`` ones (number 0 counts for nothing) and
        the others numbered from ``fresh`` on.
        """
        names = [*fixed, *range(fresh, fresh + self.last + 1 - len(fixed))]
        table = [*names, *(-name for name in reversed(names[1:]))]  # a negative index counts from the end
        return [[table[literal] for literal in clause] for clause in self.clauses]


class Paths:
    """The paths of so many steps, and whether one of them ends in a state with some property.  Raises `GaveUp`."""

    def __init__(self, lowered: Lowered, moves: Sequence[Move], budget: Budget) -> None:
        self.lowered = lowered
        self.moves = tuple(moves)
        self.length = 0
        self.numbering = Numbering(lowered.conditions.sizes)
        self.solver = Solver(budget)
        self._last = self.numbering.last
        self._written = sorted({variable for move in self.moves for variable in move.effects})
        self._states = [list(range(self._last + 1))]
        self._taken: list[list[int]] = []
        self._domain = self._template(self.numbering.domain())
        self._step = self._transition()
        self._endings: dict[Condition, tuple[_Template, int]] = {}
        self._write(self._domain, self._states[0])
        start = Clauses(self.numbering)
        start.imply([], lowered.start)
        self._write(self._template(start), self._states[0])

    def extend(self) -> None:
        """Make the paths one step longer."""
        before = self._states[-1]
        later = list(before)
        for variable in self._written:
            for value in range(self.numbering.sizes[variable]):
                literal = abs(self.numbering.literal(variable, value))
                if literal != TRUE_LITERAL and later[literal] == before[literal]:
                    self._last += 1
                    later[literal] = self._last
        self._write(self._domain, later)
        first = self._last + 1
        self._write(self._step, [*before, *later[TRUE_LITERAL + 1 :]])
        self._taken.append(list(range(first, first + len(self.moves))))
        self._states.append(later)
        self.length += 1

    def ending(self, condition: Condition) -> int:
        """Return a literal that may only be true where the condition is true of the last state."""
        if condition not in self._endings:
            clauses = Clauses(self.numbering)
            literal = clauses.fresh()
            clauses.imply([-literal], condition)
            self._endings[condition] = self._template(clauses), literal
        template, literal = self._endings[condition]
        return self._write(template, self._states[-1])[literal]

    def meets_one_of(self, endings: Sequence[int]) -> bool:
        """Return whether there is a path of this length on which one of the literals is true."""
        self._last += 1
        self.solver.add([[-self._last, *endings]])
        return self.solver.satisfiable([self._last])

    def exhausted(self) -> bool:
        """Return whether the last question was answered no because there is no path of this length at all.

        When the solver blames the ending there may be none either; then the next length will show it.
        """
        return not self.solver.core()

    def path(self) -> list[tuple[Codes, Move | None]]:
        """Return the path just found: each state with the move that leaves it."""
        model = self.solver.model()
        found: list[tuple[Codes, Move | None]] = []
        for step, literals in enumerate(self._states):
            here = [model[abs(name) - 1] for name in literals[1:]]
            codes = self.numbering.codes(self.numbering.state(here))
            taken = self._taken[step] if step < self.length else []
            move = next((move for move, name in zip(self.moves, taken, strict=False) if model[name - 1] > 0), None)
            found.append((codes, move))
        return found

    # --- templates ----------------------------------------------------------------------------------------------------

    @staticmethod
    def _template(clauses: Clauses) -> _Template:
        return _Template(clauses.taken(), clauses.last)

    def _write(self, template: _Template, fixed: Sequence[int]) -> list[int]:
        """Demand the template's clauses; return what its literals are called here."""
        self.solver.add(template.written(fixed, self._last + 1))
        added = max(0, template.last + 1 - len(fixed))
        names = [*fixed, *range(self._last + 1, self._last + 1 + added)]
        self._last += added
        return names

    def _later(self, variable: int, value: int) -> int:
        """The literal, in the template of a step, of a value after the step."""
        literal = self.numbering.literal(variable, value)
        shift = self.numbering.last - TRUE_LITERAL
        return literal if abs(literal) == TRUE_LITERAL else literal + (shift if literal > 0 else -shift)

    def _transition(self) -> _Template:
        """What one step is: first the literals of the state before, then of the state after, then of the moves."""
        of = self.lowered.conditions
        clauses = Clauses(self.numbering, 2 * self.numbering.last - TRUE_LITERAL)
        taken = [clauses.fresh() for _ in self.moves]
        clauses.exactly_one(taken)
        writers: dict[int, list[int]] = {variable: [] for variable in self._written}
        for literal, move in zip(taken, self.moves, strict=True):
            clauses.imply([-literal], move.guard)
            for variable, effect in move.effects.items():
                writers[variable].append(literal)
                for code, condition in effect.items():
                    clauses.imply([-literal, self._later(variable, code)], of.negation(condition))
        for variable, literals in writers.items():
            for value in range(self.numbering.sizes[variable]):
                before, later = self.numbering.literal(variable, value), self._later(variable, value)
                clauses.add([-before, later, *literals])
        return self._template(clauses)
