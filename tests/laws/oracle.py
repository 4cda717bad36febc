"""A naive second opinion on small systems: what the answers must be, by definitions written out.

Given a system and a question, `Oracle` gives the answer, whether it is vacuous, and the counts of the space.  It uses
the reference semantics for single steps and nothing else.  Fair loops are found by the nested fixpoint of Emerson and
Lei ("Efficient model checking in fragments of the propositional mu-calculus", LICS 1986), not by components, once for
each guess of the strongly fair actions that a loop never enables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations

from tdispmodel.ir.expressions import Actor, Expression, Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Space

Step = tuple[State, SystemAction, State]


def _takes(wanted: SystemAction, step: Step) -> bool:
    return step[1].name == wanted.name


def by_host(step: Step) -> bool:
    """Whether it is a step of the host."""
    return step[1].actor is Actor.HOST


class Oracle:
    """The whole reachable space of a small system, and answers read off it.  Raises `LeavesRange`."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.semantics = Semantics(system)
        self.starts = tuple(self.semantics.initial_states())
        self.levels: list[list[State]] = [list(self.starts)] if self.starts else []
        self.steps: dict[State, list[Step]] = {}
        known = set(self.starts)
        while self.levels and self.levels[-1]:
            fresh: list[State] = []
            for state in self.levels[-1]:
                self.steps[state] = [(state, action, after) for action, after in self.semantics.successors(state)]
                for _, _, after in self.steps[state]:
                    if after not in known:
                        known.add(after)
                        fresh.append(after)
            self.levels.append(fresh)
        self.states = tuple(self.steps)

    @property
    def space(self) -> Space:
        """How many states and transitions there are, and how deep the last new level lies."""
        depth = max((number for number, level in enumerate(self.levels) if level), default=0)
        return Space(len(self.states), sum(map(len, self.steps.values())), depth)

    def true_at(self, formula: Expression, state: State) -> bool:
        """Whether a state formula is true."""
        return self.semantics.holds(formula, state)

    def true_on(self, formula: Expression, step: Step) -> bool:
        """Whether a step formula is true."""
        before, action, after = step
        return self.semantics.holds(formula, before, after, action.name)

    def ever(self, formula: Expression) -> bool:
        """Whether the formula is true in some reachable state, or on some reachable step if it speaks of one."""
        if speaks_of_step(formula):
            return any(self.true_on(formula, step) for steps in self.steps.values() for step in steps)
        return any(self.true_at(formula, state) for state in self.states)

    def holds(self, question: SystemProperty) -> bool:
        """Whether the property holds."""
        formula = question.formula
        match question.kind:
            case Kind.INVARIANT:
                return all(self.true_at(formula, state) for state in self.states)
            case Kind.STEP:
                return all(self.true_on(formula, step) for steps in self.steps.values() for step in steps)
            case Kind.LEADS_TO:
                waiting = frozenset(state for state in self.states if not self.true_at(formula, state))
                pending = {state for state in waiting if self.true_at(question.after, state)}
                return not self.closure(pending, waiting, quiet=False) & self.fair_states(waiting)
            case Kind.NEVER_ENDLESS:
                return not self.fair_states(frozenset(self.states), formula)
            case Kind.STAYS_POSSIBLE:
                return all(
                    self.can_reach(formula, state) for state in self.states if self.true_at(question.after, state)
                )
            case Kind.MUST_BE_POSSIBLE:
                return self.distance(question) is not None

    def distance(self, question: SystemProperty) -> int | None:
        """Return how many steps a shortest finite violation (or witness) takes, None if there is none."""
        wanted = question.kind is Kind.MUST_BE_POSSIBLE
        on_steps = question.kind is Kind.STEP or (wanted and speaks_of_step(question.formula))
        for number, level in enumerate(self.unaided_levels() if wanted else self.levels):
            if on_steps:
                steps = (step for state in level for step in self.steps[state] if not (wanted and by_host(step)))
                if any(self.true_on(question.formula, step) is wanted for step in steps):
                    return number + 1
            elif any(self.true_at(question.formula, state) is wanted for state in level):
                return number
        return None

    def unaided_levels(self) -> list[list[State]]:
        """Return what is reached without a step of the host, by distance."""
        found: list[list[State]] = [list(self.starts)]
        known = set(self.starts)
        while found[-1]:
            after = {step[2] for state in found[-1] for step in self.steps[state] if not by_host(step)} - known
            known |= after
            found.append(list(after))
        return found

    def vacuous(self, question: SystemProperty) -> bool:
        """Whether the property has an antecedent and that is never true."""
        return question.antecedent is not None and not self.ever(question.antecedent)

    def closure(self, sources: set[State], region: frozenset[State], quiet: bool) -> set[State]:
        """Return what ``sources`` reach inside ``region``, without disturbing steps if ``quiet``."""
        reached, stack = set(sources), list(sources)
        while stack:
            for _, action, after in self.steps[stack.pop()]:
                if after in region and after not in reached and not (quiet and action.disturbs):
                    reached.add(after)
                    stack.append(after)
        return reached

    def can_reach(self, goal: Expression, state: State) -> bool:
        """Whether steps that are not adversarial lead from ``state`` to the goal."""
        reached, stack = {state}, [state]
        while stack:
            here = stack.pop()
            if self.true_at(goal, here):
                return True
            for _, action, after in self.steps[here]:
                if not action.adversarial and after not in reached:
                    reached.add(after)
                    stack.append(after)
        return False

    def fair_states(self, region: frozenset[State], recurring: Expression | None = None) -> frozenset[State]:
        """Return states of ``region``, those of all undisturbed fair loops in it among them, from each of which such a
        loop is reached without leaving it.

        With ``recurring`` a loop must take steps on which that formula is true.
        """
        return frozenset(state for part in self.fair_parts(region, recurring) for state in part)

    def fair_parts(self, region: frozenset[State], recurring: Expression | None = None) -> Iterator[frozenset[State]]:
        """Yield `fair_states` for each guess of the strongly fair actions that a loop never enables; it takes the others."""
        strong = [action for action in self.system.actions if action.fairness is Fairness.STRONG]
        for count in range(len(strong) + 1):
            for avoided in combinations(strong, count):
                names = {action.name for action in avoided}
                inside = frozenset(state for state in region if not names & self.enabled(state))
                yield self._going_round(inside, [action for action in strong if action not in avoided], recurring)

    def _going_round(
        self, region: frozenset[State], taken: list[SystemAction], recurring: Expression | None
    ) -> frozenset[State]:
        """Return from where a behaviour stays in ``region`` that is fair to all weakly fair actions and takes others."""
        inside = region
        while True:
            smaller = inside
            for action in self.system.actions:
                if action.fairness is Fairness.WEAK:
                    smaller = self.keeps_reaching(smaller, partial(_takes, action), action)
            for action in taken:
                smaller = self.keeps_reaching(smaller, partial(_takes, action), None)
            if recurring is not None:
                smaller = self.keeps_reaching(smaller, partial(self.true_on, recurring), None)
            if smaller == inside:
                return inside
            inside = smaller

    def enabled(self, state: State) -> set[str]:
        """Return the names of the actions enabled in a state."""
        return {action.name for _, action, _ in self.steps[state]}

    def keeps_reaching(
        self, inside: frozenset[State], wanted: Callable[[Step], bool], idle_without: SystemAction | None
    ) -> frozenset[State]:
        """Return what reaches, within ``inside``, a wanted step or a state in which ``idle_without`` is disabled."""
        goals = set()
        for state in inside:
            quiet = [step for step in self.steps[state] if not step[1].disturbs and step[2] in inside]
            idle = idle_without is not None and idle_without.name not in self.enabled(state)
            if idle or any(wanted(step) for step in quiet):
                goals.add(state)
        return frozenset(state for state in inside if self.closure({state}, inside, quiet=True) & goals)
