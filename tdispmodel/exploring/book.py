"""The formulas of which a page says whether they are true: each once, in words, with what it reads and its parts.

Given formulas of one system; gives an index for each.  Formulas about states and formulas about steps are listed apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from tdispmodel.ir.expressions import And, Expression, Read, Took
from tdispmodel.ir.system import State
from tdispmodel.reports.naming import Names
from tdispmodel.reports.plain import ascii_only
from tdispmodel.reports.reasons import atoms, worded
from tdispmodel.semantics import Semantics

MANY_PARTS = 24

Moment = tuple[State, State, str]
"""The state before a step, the state after it, and the action instance taken; of a state it is both, and nothing."""


class Book:
    """The formulas about one system."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.semantics = Semantics(names.system)
        self.of_states: dict[Expression, int] = {}
        self.of_steps: dict[Expression, int] = {}
        self._parts: list[list[int]] = []

    def state(self, formula: Expression) -> int:
        """Return the index of a formula about states; its parts are listed, too."""
        if formula not in self.of_states:
            position = self.of_states[formula] = len(self.of_states)
            self._parts.append([])
            parts = list(dict.fromkeys(atoms(formula)))
            if len(parts) > 1:
                self._parts[position] = [self.state(part) for part in parts[:MANY_PARTS]]
        return self.of_states[formula]

    def conjuncts(self, formula: Expression) -> list[int]:
        """Return the indices of the parts of a formula about states that must all be true."""
        return [self.state(part) for part in (formula.operands if isinstance(formula, And) else (formula,))]

    def step(self, formula: Expression) -> int:
        """Return the index of a formula about steps."""
        return self.of_steps.setdefault(formula, len(self.of_steps))

    def described(self) -> list[dict[str, Any]]:
        """Return each formula about states: its words, the variables that it reads, its parts."""
        index = self.names.system.index
        return [
            {
                "text": self.words(formula),
                "reads": [index[node.name] for node in dict.fromkeys(formula.walk()) if isinstance(node, Read)],
                "parts": self._parts[position],
            }
            for formula, position in self.of_states.items()
        ]

    def words(self, formula: Expression) -> str:
        """Return a formula in the words of reports."""
        return ascii_only(worded(self.names, formula))

    def truths(self, states: Iterable[State]) -> list[list[bool]]:
        """Return for each formula about states its truth in each of ``states``."""
        listed = list(states)
        return [self._column(formula, [(state, state, "") for state in listed]) for formula in self.of_states]

    def step_truths(self, steps: Iterable[Moment]) -> list[list[bool]]:
        """Return for each formula about steps its truth of each of ``steps``."""
        listed = list(steps)
        return [self._column(formula, listed) for formula in self.of_steps]

    def _column(self, formula: Expression, moments: Sequence[Moment]) -> list[bool]:
        """Return the truth of a formula at each moment; moments that look the same to it are asked about once."""
        meaning = self.semantics.denotation(formula)
        index = self.names.system.index
        reads = [node for node in formula.walk() if isinstance(node, Read)]
        before, after = (
            picker(sorted({index[node.name] for node in reads if node.after is wanted})) for wanted in (False, True)
        )
        minds_who = any(isinstance(node, Took) for node in formula.walk())
        known: dict[object, bool] = {}
        found = []
        for now, then, taken in moments:
            seen = (before(now), after(then), taken if minds_who else "")
            truth = known.get(seen)
            if truth is None:
                truth = known[seen] = bool(meaning(now, then, taken))
            found.append(truth)
        return found


def picker(positions: Sequence[int]) -> Callable[[State], object]:
    """Return what picks the values at some positions of a state."""
    return itemgetter(*positions) if positions else lambda _: None
