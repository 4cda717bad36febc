"""A SAT solver that keeps to limits.

Given clauses over numbered literals; says whether they can be satisfied under assumptions, with a model or with the
assumptions that made it impossible.  It works in short runs and looks at the clock between them.
"""

from __future__ import annotations

from collections.abc import Iterable

from pysat.solvers import Solver as Sat

from tdispmodel.engines.protocol import Limits

NAME = "minisat22"
CONFLICTS = 5_000
"""After so many conflicts it looks at the clock."""
BYTES_A_CLAUSE = 200
"""A cautious estimate, by which it is told when memory is used up."""

Clause = list[int]


class GaveUp(Exception):
    """Time or memory is used up; the message says which."""


class ShareSpent(GaveUp):
    """The time for one question is used up."""


class Budget:
    """What several solvers may spend together; ``until`` is a nearer end than that of the limits, in seconds since
    these were set up.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.until: float | None = None

    def check(self, clauses: int) -> None:
        """Raise `GaveUp` when time is used up, or memory by a solver of so many clauses."""
        if self.limits.out_of_time():
            raise GaveUp(out_of_time(self.limits))
        if self.until is not None and self.limits.spent() >= self.until:
            message = "out of time for one question"
            raise ShareSpent(message)
        memory = self.limits.memory
        if memory is not None and clauses * BYTES_A_CLAUSE > memory:
            message = f"out of memory ({memory / 1e6:g} MB)"
            raise GaveUp(message)


class Solver:
    """Clauses that only become more, and questions about them."""

    def __init__(self, budget: Budget, clauses: Iterable[Clause] = ()) -> None:
        self.budget = budget
        self._sat = Sat(name=NAME)
        self.add(clauses)

    def add(self, clauses: Iterable[Clause]) -> None:
        """Demand these clauses from now on."""
        for clause in clauses:
            self._sat.add_clause(clause)

    def satisfiable(self, assumptions: list[int]) -> bool:
        """Return whether there is a model in which the assumptions are true.

        Raises `GaveUp` when the budget is used up, and KeyboardInterrupt when the user interrupted the search.
        """
        while True:
            self.budget.check(self._sat.nof_clauses())
            self._sat.conf_budget(CONFLICTS)
            try:
                answer = self._sat.solve_limited(assumptions=assumptions)
            except Exception as error:
                if "interrupt" in str(error).lower():
                    raise KeyboardInterrupt from error
                raise
            if answer is not None:
                return bool(answer)

    def model(self) -> list[int]:
        """Return the model just found: each literal number once, negative where it is false."""
        found: list[int] = self._sat.get_model()
        return found

    def core(self) -> list[int]:
        """Return assumptions that cannot all be true, after a search without success."""
        return self._sat.get_core() or []


def out_of_time(limits: Limits) -> str:
    """Return the words for used-up time."""
    return "out of time" if limits.seconds is None else f"out of time after {limits.seconds:g} s"
