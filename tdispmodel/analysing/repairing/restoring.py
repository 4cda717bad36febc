"""Changes that restore a property: which are put to the engines, and which of them do.

Given a `Problem`; gives `Group`s of edits, each of which restores what is wanted, judged.  Where all states can be
visited, a `Fence` says which stronger guards forbid the same steps, so that they are asked once, and which leave a
violation.  Else, and of effects, a behaviour that violates the property rules out every edit that leaves it a violation
(counterexample-guided inductive synthesis, Solar-Lezama 2008, Program synthesis by sketching).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from tdispmodel.analysing.repairing.edits import Edit, effects, guards, ours, visible
from tdispmodel.analysing.repairing.problem import Problem
from tdispmodel.analysing.repairing.sieving import Fence, Space
from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    ConstantValue,
    Equal,
    Expression,
    Literal,
    conjunction,
    disjunction,
    negation,
)
from tdispmodel.ir.model import Action, Component, Guard, Kind, Property
from tdispmodel.ir.system import SystemAction, SystemProperty
from tdispmodel.source import Place
from tdispmodel.verdict import Answer, Trace, Verdict

MOST_PAIRS = 8
"""So many guards of two parts are told of one action."""


@dataclass(frozen=True)
class Known:
    """A behaviour that violates one of the questions that the property is."""

    question: SystemProperty
    trace: Trace


@dataclass(frozen=True)
class Group:
    """Changes that do the same to every step that the model takes, the shortest first; ``count`` steps are changed."""

    edits: tuple[Edit, ...]
    count: int | None

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Guards before effects, then what changes least, then what is said in fewest words."""
        return self.edits[0].requires is None, self.count or 0, len(self.edits[0].words)


@dataclass(frozen=True)
class Fenced:
    """An action, and what its stronger guards forbid."""

    component: Component
    action: Action
    fence: Fence
    atoms: dict[int, list[Edit]]


class Restoring:
    """The search for changes that restore what is wanted."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.known: list[Known] = []
        self.fences: list[Fenced] = []
        self._learn(problem.result.verdict)

    def guards(self) -> Iterator[Group]:
        """Yield the stronger guards that restore the property, those together that forbid the same steps."""
        if self.problem.wanted.kind is Kind.MUST_BE_POSSIBLE:
            return  # a guard makes nothing possible
        for component, action in ours(self.problem.model):
            edits = list(guards(self.problem.model, component, action))
            fence = self.problem.fence(action)
            if fence is None:
                yield from (Group((edit,), None) for edit in self._restoring(edits))
                continue
            if self.problem.is_safety and not fence.restores(fence.everything):
                self.problem.tried += len(edits)
                continue
            atoms: dict[int, list[Edit]] = {}
            for edit, forbidden in zip(edits, fence.forbidden([self._required(one) for one in edits]), strict=True):
                atoms.setdefault(forbidden, []).append(edit)
            self.fences.append(Fenced(component, action, fence, atoms))
            for forbidden, alike in atoms.items():
                if self.problem.out_of_time():
                    return
                self.problem.tried += len(alike)
                alike.sort(key=lambda one: len(one.words))
                ruled_out = not fence.restores(forbidden) if self.problem.is_safety else self._ruled_out(alike[0])
                if forbidden and not ruled_out and self._restores(alike[0]):
                    yield Group(tuple(alike), forbidden.bit_count())

    def effects(self) -> Iterator[Group]:
        """Yield the other effects that restore the property, those together that lead elsewhere in the same way."""
        edits = [
            edit
            for component, action in ours(self.problem.model)
            for edit in effects(self.problem.model, component, action)
        ]
        groups: dict[object, list[Edit]] = {}
        for edit in self._restoring(edits):
            space = self.problem.space
            groups.setdefault(edit if space is None else self._changes(edit, space), []).append(edit)
        for key, alike in groups.items():
            count = len(key) if isinstance(key, frozenset) else None
            yield Group(tuple(sorted(alike, key=lambda one: len(one.words))), count)

    def _restoring(self, edits: Iterable[Edit]) -> Iterator[Edit]:
        """Yield those that restore the property, each asked that no known behaviour rules out."""
        for edit in edits:
            if self.problem.out_of_time():
                return
            self.problem.tried += 1
            self.problem.progress(f"{self.problem.tried} changes tried for {self.problem.wanted.name}")
            if not self._ruled_out(edit) and self._restores(edit):
                yield edit

    def _required(self, edit: Edit) -> dict[str, Expression]:
        """Return what each instance of an action requires with a stronger guard, by its name."""
        put = replace(edit.action, guards=(Guard(edit.requires or TRUE),), updates=())
        return {one.name: one.guard for one in self.problem.instances.of(edit.action, put)}

    def weaker(self, breaking: Iterable[tuple[Edit, Sequence[Property]]]) -> Iterator[Group]:
        """Yield guards that break ``breaking`` with other constants only, not required with these constants."""
        for edit, lost in breaking:
            if edit.requires is None or not all(one.given for one in lost):
                continue
            component = self.problem.model.component(edit.component)
            for unless in self._elsewhere(lost):
                if self.problem.out_of_time():
                    return
                weaker = replace(edit, requires=disjunction(unless, edit.requires))
                if visible(self.problem.model, component, edit.action, unless):
                    self.problem.tried += 1
                    if self._restores(weaker):
                        yield Group((weaker,), None)

    def _elsewhere(self, lost: Iterable[Property]) -> Iterator[Expression]:
        """Yield comparisons of constants that are true with those of some properties and not with those as they are."""
        usual = dict(self.problem.system.constants)
        given = {pair for one in lost for pair in one.given}
        for constant in [one for one in self.problem.model.constants if one.name in usual]:
            read = ConstantValue(constant.name, constant.sort)
            for value in [value for name, value in given if name == constant.name and value != usual[name]]:
                if constant.sort == BOOLEAN:
                    yield read if value else negation(read)
                    continue
                yield negation(Equal(read, Literal(usual[constant.name], constant.sort)))
                yield Equal(read, Literal(value, constant.sort))

    def pairs(self, mended: set[Place]) -> Iterator[Group]:
        """Yield guards of two parts, for actions not ``mended`` by one: the weakest that leave possible what must be.

        Only for invariants and steps.
        """
        if not self.problem.is_safety:
            return
        for one in self.fences:
            if one.action.place in mended:
                continue
            fence, found = one.fence, dict[int, Edit]()
            alone = {forbidden: fence.restores(forbidden) for forbidden in one.atoms}
            for first, second in combinations(one.atoms, 2):
                if self.problem.out_of_time():
                    return
                self.problem.tried += 1
                both = alone[first] or alone[second]
                forbidden = first & second if both else first | second
                if forbidden in one.atoms or forbidden in found or not forbidden:
                    continue
                if any(known & forbidden == known for known in found):
                    continue  # a weaker one is known
                if fence.restores(forbidden) and not fence.loses(forbidden):
                    made = (one.atoms[first][0].requires or TRUE, one.atoms[second][0].requires or TRUE)
                    formula = disjunction(*made) if both else conjunction(*made)
                    for known in [known for known in found if known & forbidden == forbidden]:
                        del found[known]
                    found[forbidden] = Edit(one.component.name, one.action, requires=formula)
            for forbidden in sorted(found, key=int.bit_count)[:MOST_PAIRS]:
                if self._restores(found[forbidden]):
                    yield Group((found[forbidden],), forbidden.bit_count())

    def _learn(self, verdict: Verdict) -> None:
        if verdict.trace is not None:
            self.known.append(Known(verdict.property, verdict.trace))

    def _ruled_out(self, edit: Edit) -> bool:
        """Whether a known behaviour violates the property with an edit, too."""
        if edit.requires is not None:
            conditions = self._required(edit)
            return any(not self._blocked(known.trace, conditions) for known in self.known)
        instances = {one.name: one for one in self.problem.instances.of(edit.action, edit.changed)}
        return any(self._survives(known, instances) for known in self.known)

    def _blocked(self, trace: Trace, conditions: dict[str, Expression]) -> bool:
        """Whether a step of a behaviour is not possible any more."""
        return any(
            name in conditions and not self.problem.semantics.holds(conditions[name], state)
            for state, (name, _) in zip(trace.states, trace.steps, strict=False)
        )

    def _survives(self, known: Known, instances: dict[str, SystemAction]) -> bool:
        """Whether the same steps violate the property where some actions do something else."""
        if not self.problem.is_safety:
            return False
        state, formula = known.trace.initial, known.question.formula
        on_steps = self.problem.wanted.kind is Kind.STEP
        if not on_steps and not self.problem.semantics.holds(formula, state):
            return True
        for name, _ in known.trace.steps:
            action = instances.get(name) or self.problem.system.by_name[name]
            if not self.problem.semantics.holds(action.guard, state):
                return False
            after = self.problem.step(action, state)
            if not self.problem.semantics.holds(formula, *((state, after, name) if on_steps else (after,))):
                return True
            state = after
        return False

    def _restores(self, edit: Edit) -> bool:
        """Whether the property holds with an edit; else there may be something to learn."""
        found = self.problem.verdict(self.problem.changed(edit))
        if found is None:
            return False
        if found.answer is Answer.VIOLATED and edit.requires is not None and self.problem.is_safety:
            self._learn(found)  # a behaviour of the model itself; what is fair or lost may be so by the guard alone
        return found.answer is Answer.HOLDS

    def _changes(self, edit: Edit, space: Space) -> frozenset[object]:
        """Return the steps that lead elsewhere with another effect, and where."""
        found: list[object] = []
        changed = {one.name: one for one in self.problem.instances.of(edit.action, edit.changed)}
        for packed, steps in zip(space.states, space.steps, strict=True):
            for number, _ in steps:
                before = self.problem.system.actions[number]
                if before.name not in changed:
                    continue
                state = space.unpack(packed)
                after = self.problem.step(changed[before.name], state)
                if after != self.problem.step(before, state):
                    found.append((before.name, packed, after))
        return frozenset(found)
