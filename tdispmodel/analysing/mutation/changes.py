"""What a mutant of a model changes in one system, and which mutants change anything at all.

Given a model and a system that some of its properties are asked of; gives for each mutant a `Change`: which action
instances are other ones or gone, which flat variables start with other values.  What constants fold away is not
contained in the system; where no system contains it, it makes no mutant, nor does a variable that nothing reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field, replace

from tdispmodel.analysing.mutation.operators import Mutant, Operator, action_of, conjuncts, variables_of
from tdispmodel.ir.contents import contents
from tdispmodel.ir.expressions import FALSE, TRUE, Bounded, Expression, Read, Sort, Value, conjunction, negation
from tdispmodel.ir.model import Action, Guard, Model
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, within
from tdispmodel.semantics.grounding import Instances, Scope, instances, member

Effects = list[tuple[str, Expression]]


@dataclass(frozen=True)
class Change:
    """``actions`` are the instances that a mutant has instead of the system's, None for one that it has no more;
    ``initial`` the start values of flat variables that it changes.  Without either it changes nothing.
    """

    actions: Mapping[str, SystemAction | None] = field(default_factory=dict)
    initial: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.actions or self.initial)

    def standing(self, system: System) -> System:
        """Return the mutated system without any action: it has the start states of the mutant."""
        variables = [
            replace(known, initial=self.initial[known.name]) if known.name in self.initial else known
            for known in system.variables
        ]
        return replace(system, actions=(), variables=tuple(variables))


@dataclass
class _Parts:
    """An action instance in pieces: what each conjunct of each guard and each update is in the system."""

    whole: SystemAction
    conjuncts: list[list[Expression]]
    updates: list[Effects]

    def with_conjunct(self, mutant: Mutant, instead: Sequence[Expression]) -> SystemAction:
        """Return the instance with one conjunct dropped, or others instead."""
        parts = self.conjuncts[mutant.guard]
        changed = conjunction(*parts[: mutant.conjunct], *instead, *parts[mutant.conjunct + 1 :])
        guards = self.whole.guards
        return replace(self.whole, guards=(*guards[: mutant.guard], changed, *guards[mutant.guard + 1 :]))

    def without_update(self, number: int) -> SystemAction:
        """Return the instance without one update."""
        assigned: dict[str, Expression] = {}
        for position, effects in enumerate(self.updates):
            if position != number:
                assigned |= dict(effects)
        return replace(self.whole, assignments=tuple(Assignment(*each) for each in assigned.items()))


class Grounded:
    """One system that properties are asked of, and what mutants of its model change in it.

    ``system`` is the whole of it, ``core`` what is left without variables that nothing reads: guards, start conditions,
    questions, or an effect on one that is read.  ``instances`` are all that it or a mutant may have.
    """

    def __init__(self, model: Model, system: System, questions: Sequence[SystemProperty]) -> None:
        self.model = model
        self.system = system
        self._instances = Instances(model, Scope(system.devices, dict(system.constants), system.without))
        self._named = instances(model, system.devices)
        self._parts: dict[tuple[str, str, str], list[_Parts]] = {}
        could_be = self._could_be()
        self.instances = tuple(_instances_of(system, could_be))
        self.risky = _risky(system, could_be)
        read, _ = dependence(self.instances, self.read_by(questions), {each.name for each in self.instances})
        self.read = frozenset(read)
        self.core = core(system, self.read)
        self.unread = tuple(known.name for known in system.variables if known.name not in self.read)

    def read_by(self, questions: Iterable[SystemProperty]) -> set[str]:
        """Return the variables that count whatever the actions are: questions and start conditions read them, or they
        may leave their ranges.
        """
        formulas = [formula for question in questions for formula in (question.formula, question.after)]
        return reads([self.system.initially, *formulas]) | self.risky

    def contains(self, mutant: Mutant, change: Change) -> bool:
        """Whether what a mutant changes is in the system: not folded away by constants, and read by something.

        ``change`` is what it changes there.
        """
        if mutant.operator is Operator.NEGATE_CONJUNCT:
            dropped = replace(mutant, operator=Operator.DROP_CONJUNCT)
            return self.contains(dropped, self.change(dropped))
        if mutant.operator.of_actions:
            parts = self._parts_of(mutant.component, action_of(self.model, mutant))
            if not any(each.whole.name in self.system.by_name for each in parts):
                return False
        return bool(change)

    def change(self, mutant: Mutant) -> Change:
        """Return what a mutant changes in the system, be that contained there or not."""
        if not mutant.operator.of_actions:
            return Change(initial=self._starts(mutant))
        changed: dict[str, SystemAction | None] = {}
        parts = self._parts_of(mutant.component, action_of(self.model, mutant))
        for each in parts:
            before = self.system.by_name.get(each.whole.name)
            after = _mutated(each, mutant)
            if after is None or after.guard == FALSE:
                if before is not None:
                    changed[before.name] = None
            elif before is None or self._differ(before, after):
                changed[after.name] = after
        return Change(actions=changed)

    def _could_be(self) -> list[_Parts]:
        """Return all instances of actions, since a mutant may have those, too, that constants rule out here."""
        return [
            part
            for component in self.model.components
            for action in component.actions
            for part in self._parts_of(component.name, action)
        ]

    def _parts_of(self, component: str, action: Action) -> list[_Parts]:
        key = (component, action.owner, action.name)
        known = self._parts.get(key)
        if known is None:
            known = self._parts[key] = self._taken_apart(action)
        return known

    def _taken_apart(self, action: Action) -> list[_Parts]:
        found = [_Parts(whole, [], []) for whole in self._instances.of(action)]
        for guard in action.guards:
            of_guard = [
                self._instances.of(action, replace(action, guards=(Guard(part),), updates=()))
                for part in conjuncts(guard)
            ]
            for position, parts in enumerate(found):
                parts.conjuncts.append([grounded[position].guards[0] for grounded in of_guard])
        for update in action.updates:
            grounded = self._instances.of(action, replace(action, guards=(), updates=(update,)))
            for parts, instance in zip(found, grounded, strict=True):
                parts.updates.append([(each.variable, each.value) for each in instance.assignments])
        return found

    def _differ(self, before: SystemAction, after: SystemAction) -> bool:
        return before.guard != after.guard or self._effects(before) != self._effects(after)

    def _effects(self, action: SystemAction) -> dict[str, Expression]:
        """Return what an action assigns to variables that are read, but not what only keeps a value."""
        return {
            each.variable: each.value
            for each in action.assignments
            if each.variable in self.read and each.value != Read(each.variable, self.system.sorts[each.variable])
        }

    def _starts(self, mutant: Mutant) -> dict[str, tuple[Value, ...]]:
        holders = {component.name: variable.name for component, variable in variables_of(self.model, mutant)}
        names = [
            member(instance.name, holders[instance.component.name])
            for instance in self._named
            if instance.component.name in holders
        ]
        return dict.fromkeys((name for name in names if name in self.read), mutant.initial)


def _mutated(parts: _Parts, mutant: Mutant) -> SystemAction | None:
    """Return an instance as the mutant has it; None when the mutant has it no more."""
    match mutant.operator:
        case Operator.DROP_CONJUNCT:
            return parts.with_conjunct(mutant, ())
        case Operator.NEGATE_CONJUNCT:
            return parts.with_conjunct(mutant, (negation(parts.conjuncts[mutant.guard][mutant.conjunct]),))
        case Operator.DROP_EFFECT:
            return parts.without_update(mutant.update)
        case _:
            return None


@dataclass(frozen=True)
class Instance:
    """What an action instance, as the system or a mutant has it, may read in its guard, and what it may change: the
    variables with those that the values are made from.
    """

    name: str
    guards: frozenset[str]
    effects: frozenset[tuple[str, frozenset[str]]]


def dependence(
    instances: Iterable[Instance], read: Iterable[str], named: AbstractSet[str]
) -> tuple[set[str], set[str]]:
    """Return all variables that some depend on, with the names of the instances that make them do so.

    These are the instances that are ``named``, and those that change such a variable.
    """
    found, actions = set(read), set(named)
    while True:
        before = len(found)
        for instance in instances:
            changes = [needs for variable, needs in instance.effects if variable in found]
            if changes or instance.name in named:
                actions.add(instance.name)
                found |= instance.guards.union(*changes)
        if len(found) == before:
            return found, actions


def _instances_of(system: System, could_be: Iterable[_Parts]) -> Iterator[Instance]:
    """Yield the instances of the system, and those that its mutants may have, whatever hides them."""
    for action in system.actions:
        effects = {(each.variable, frozenset(reads([each.value]))) for each in action.assignments}
        yield Instance(action.name, frozenset(reads([action.guard])), frozenset(effects))
    for parts in could_be:
        guards = reads(part for each in parts.conjuncts for part in each)
        effects = {(name, frozenset(reads([value]))) for effects in parts.updates for name, value in effects}
        yield Instance(parts.whole.name, frozenset(guards), frozenset(effects))


def _risky(system: System, could_be: Iterable[_Parts]) -> frozenset[str]:
    """Return the integers that some step might take out of their ranges: that would be an error of the model."""
    assigned = {(each.variable, each.value) for action in system.actions for each in action.assignments}
    assigned |= {effect for parts in could_be for effects in parts.updates for effect in effects}
    return frozenset(name for name, value in assigned if _may_leave(value, system.sorts[name]))


def in_range(actions: Iterable[SystemAction], system: System) -> bool:
    """Whether it is plain that no step of some actions takes an integer out of its range."""
    return not any(
        _may_leave(each.value, system.sorts[each.variable]) for action in actions for each in action.assignments
    )


def _may_leave(value: Expression, sort: Sort) -> bool:
    """Whether a value that is assigned might be none of the sort."""
    return isinstance(sort, Bounded) and within(value, sort) != TRUE


def core(system: System, read: AbstractSet[str]) -> System:
    """Return a system without the variables that are not ``read``, which change nothing that is.

    Raises `IllFormed` when what is left reads one of them after all.
    """
    variables = tuple(known for known in system.variables if known.name in read)
    return replace(system, variables=variables, actions=tuple(in_core(action, read) for action in system.actions))


def in_core(action: SystemAction, read: AbstractSet[str]) -> SystemAction:
    """Return an action without effects on what is not ``read``."""
    kept = tuple(each for each in action.assignments if each.variable in read)
    return action if len(kept) == len(action.assignments) else replace(action, assignments=kept)


def reads(formulas: Iterable[Expression]) -> set[str]:
    """Return the variables that some formulas read."""
    return {leaf.name for formula in formulas for leaf in contents(formula)[1] if isinstance(leaf, Read)}
