"""From a model to a system: as many instances as the scope says, constants put in, quantifiers written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from types import MappingProxyType

from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Actor,
    ActorIs,
    And,
    Binder,
    Boolean,
    ConstantValue,
    Count,
    Expression,
    Field,
    Literal,
    Quantified,
    Read,
    SameInstance,
    StepIs,
    Took,
    Value,
    added,
    choice,
    conjunction,
    disjunction,
    negation,
    number,
    rebuilt,
)
from tdispmodel.ir.model import Action, Component, Constant, Kind, Model, Property
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable, speaks_of_step

Environment = Mapping[str, str]
"""What each bound name stands for: the full name of an instance (the root's is the empty string)."""


@dataclass(frozen=True)
class Scope:
    """What a check is asked for: how many devices, which constants differ from their defaults, by their full names
    (``kernel``, ``devices[0].kind``), which capabilities (``host.error``: actor and action) are switched off.
    """

    devices: int = 1
    constants: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instance:
    """A component instance: its full name (``devices[0]``, empty for the root) and its component class."""

    name: str
    component: Component


def instances(model: Model, devices: int) -> tuple[Instance, ...]:
    """Return all instances of a model, the root first, then its parts in order, each followed by its own parts."""

    def below(name: str, component: Component) -> Iterator[Instance]:
        yield Instance(name, component)
        for part in component.parts:
            kind = model.component(part.kind)
            base = member(name, part.name)
            for path in [f"{base}[{position}]" for position in range(devices)] if part.many else [base]:
                yield from below(path, kind)

    return tuple(below("", model.component(model.root)))


def constants(model: Model, devices: int) -> dict[str, Constant]:
    """Return all constants by their full names: the root's first, then those of each instance (``devices[0].kind``)."""
    found = {constant.name: constant for constant in model.constants}
    for instance in instances(model, devices):
        for constant in instance.component.constants:
            found[member(instance.name, constant.name)] = constant
    return found


def default_constants(model: Model, devices: int) -> dict[str, Value]:
    """Return the values that all constants have when nobody sets them, by their full names."""
    return {name: constant.value for name, constant in constants(model, devices).items()}


def member(instance: str, name: str) -> str:
    """Return the full name of a variable, constant or part of an instance."""
    return f"{instance}.{name}" if instance else name


def ground(model: Model, scope: Scope | None = None) -> System:
    """Return the system of ``model`` for ``scope``.  Constants that the scope does not mention have their defaults."""
    return Grounding(model, scope or Scope()).system()


def ground_property(model: Model, wanted: Property, scope: Scope | None = None) -> SystemProperty:
    """Return the ground question of a property of ``model``, for the same scope as the system.

    A property about a part is the conjunction over its instances; leads-to and stays-possible properties about a part
    cannot be joined into one formula, so use `ground_properties`, which gives one question per instance for them.
    """
    questions = ground_properties(model, wanted, scope)
    if len(questions) != 1:
        message = f"{wanted.name} is {len(questions)} questions"
        raise ValueError(message)
    return questions[0]


def ground_properties(model: Model, wanted: Property, scope: Scope | None = None) -> tuple[SystemProperty, ...]:
    """Return the questions that must all hold for ``wanted`` to hold: one per instance that it is about."""
    return Grounding(model, scope or Scope()).questions(wanted)


def ground_formula(model: Model, formula: Expression, named: Environment, scope: Scope | None = None) -> Expression:
    """Return a template formula on states in ground form; ``named`` says what instance each of its names stands for."""
    return Grounding(model, scope or Scope()).expression(formula, named)


def action_names(model: Model, devices: int) -> tuple[str, ...]:
    """Return the names of all action instances, also of those that constants or switched off capabilities rule out."""
    return tuple(name for name, *_ in Grounding(model, Scope(devices)).taken)


class Instances:
    """Action instances and variables of one model in one scope, for whoever changes one and keeps everything else."""

    def __init__(self, model: Model, scope: Scope) -> None:
        self._grounding = Grounding(model, scope)
        self._found: dict[int, tuple[Action, list[tuple[str, Environment]]]] = {}

    def of(self, action: Action, instead: Action | None = None) -> tuple[SystemAction, ...]:
        """Return the instances of an action of the model, with the guards and effects of ``instead`` if it is given.

        They have the names and the order that they have in the system, and those are among them whose guard is false.
        """
        put = action if instead is None else instead
        return tuple(self._grounding.action(name, put, env) for name, env in self._taken(action))

    def names(self, action: Action) -> tuple[str, ...]:
        """Return the names of the instances of an action of the model."""
        return tuple(name for name, _ in self._taken(action))

    def _taken(self, action: Action) -> list[tuple[str, Environment]]:
        found = self._found.get(id(action))
        if found is None:
            instances_of_it = [
                (name, env)
                for name, known, env, _ in self._grounding.taken
                if known is action or (known.place == action.place and known == action)
            ]
            found = self._found[id(action)] = (action, instances_of_it)  # as long as it is kept nothing else is it
        return found[1]

    def variables(self) -> tuple[SystemVariable, ...]:
        """Return the flat variables, as they are in the system."""
        return self._grounding.variables()


class Grounding:
    """One model and one scope: its system, and the questions of properties."""

    def __init__(self, model: Model, scope: Scope) -> None:
        self.model = model
        self.scope = scope
        self.all = instances(model, scope.devices)
        self.constants = default_constants(model, scope.devices) | dict(scope.constants)
        named: dict[str, set[str]] = {}
        for component in model.components:
            for action in component.actions:
                named.setdefault(action.name, set()).add(action.owner)
        self.ambiguous = {name for name, owners in named.items() if len(owners) > 1}
        self._ground: dict[tuple[object, ...], tuple[Expression, Expression]] = {}

    @cached_property
    def taken(self) -> list[tuple[str, Action, Environment, tuple[str, ...]]]:
        """What `firings` yields."""
        return list(self.firings())

    def variables(self) -> tuple[SystemVariable, ...]:
        """Return the flat variables, as they are in the system."""
        return tuple(
            SystemVariable(member(instance.name, variable.name), variable.sort, variable.initial)
            for instance in self.all
            for variable in instance.component.variables
        )

    def system(self) -> System:
        """Return the system."""
        actions = [self.action(name, action, env) for name, action, env, _ in self.taken]
        return System(
            name=self.model.name,
            variables=self.variables(),
            actions=tuple(action for action in actions if action.guard != FALSE),
            initially=conjunction(*(self.expression(part, {"self": ""}) for part in self.model.initially)),
            devices=self.scope.devices,
            constants=tuple(self.constants.items()),
            without=self.scope.without,
        )

    def firings(self) -> Iterator[tuple[str, Action, Environment, tuple[str, ...]]]:
        """Yield each action instance: its name, template, what its names stand for, and the instances it concerns."""
        for instance in self.all:
            for action in instance.component.actions:
                if f"{action.actor.value}.{action.name}" in self.scope.without:
                    continue
                choices = [self.of_kind(parameter.kind) for parameter in action.parameters]
                for arguments in product(*choices):
                    concerned = ((instance.name,) if instance.name else ()) + arguments
                    label = f"{action.owner}.{action.name}" if action.name in self.ambiguous else action.name
                    name = f"{label}({', '.join(concerned)})" if concerned else label
                    names = zip((parameter.name for parameter in action.parameters), arguments, strict=True)
                    yield name, action, {"self": instance.name, **dict(names)}, concerned

    def of_kind(self, kind: str) -> list[str]:
        return [instance.name for instance in self.all if kind in instance.component.lineage]

    def action(self, name: str, action: Action, env: Environment) -> SystemAction:
        assigned: dict[str, Expression] = {}
        for update in action.updates:  # when two names are the same instance the later assignment stays, as in Python
            for inner in self.repeated(update.each, env):
                variable = member(self.resolve(update.instance, inner), update.variable)
                assigned[variable] = self.expression(update.value, inner)
        return SystemAction(
            name=name,
            actor=action.actor,
            fairness=action.fairness,
            disturbs=action.actor in (Actor.HOST, Actor.ENVIRONMENT, Actor.DEVICE) and not action.fair,
            adversarial=action.actor.adversarial and not action.fair,
            guards=tuple(self.expression(guard.condition, env) for guard in action.guards),
            assignments=tuple(Assignment(variable, value) for variable, value in assigned.items()),
            template=action,
            places=tuple(guard.place for guard in action.guards),
        )

    def repeated(self, each: tuple[str, str] | None, env: Environment) -> list[Environment]:
        if each is None:
            return [env]
        bound, collection = each
        return [{**env, bound: name} for name in self.collection(collection)]

    def questions(self, wanted: Property) -> tuple[SystemProperty, ...]:
        """Return the questions that must all hold for ``wanted`` to hold."""
        premised = wanted.kind in (Kind.LEADS_TO, Kind.STAYS_POSSIBLE)
        premise = wanted.after if premised else antecedent(wanted.formula)
        return tuple(
            SystemProperty(
                name=wanted.name,
                code=wanted.code,
                kind=wanted.kind,
                formula=self.asked(wanted, env),
                after=self.expression(wanted.after, env),
                antecedent=None if premise is None else self.premise(premise, env),
                template=wanted,
                place=wanted.place,
            )
            for env in self.about(wanted)
        )

    def about(self, wanted: Property) -> list[dict[str, str]]:
        """Return what the names of a property stand for in each of its questions, in the same order."""
        names = ("now", *(parameter.name for parameter in wanted.parameters))
        kinds = (wanted.about, *(parameter.kind for parameter in wanted.parameters))
        return [dict(zip(names, chosen, strict=True)) for chosen in product(*map(self.of_kind, kinds))]

    def asked(self, wanted: Property, env: Environment) -> Expression:
        """Return the ground formula; what must be possible on a step stays about steps where its parts fold away."""
        formula = self.expression(wanted.formula, env)
        if wanted.kind is Kind.MUST_BE_POSSIBLE and speaks_of_step(wanted.formula) and not speaks_of_step(formula):
            return conjunction(formula, self.took(lambda *_: True))
        return formula

    def premise(self, premise: Expression, env: Environment) -> Expression | None:
        """Return the ground premise; None where constants make it true, for then the formula promises without one."""
        ground_premise = self.expression(premise, env)
        return None if ground_premise == TRUE else ground_premise

    def resolve(self, instance: str, env: Environment) -> str:
        first, *rest = instance.split(".")
        return ".".join(([env[first]] if env[first] else []) + rest)

    def collection(self, name: str) -> list[str]:
        return [f"{name}[{position}]" for position in range(self.scope.devices)]

    def expression(self, expression: Expression, env: Environment) -> Expression:
        """Return the ground form of a template expression; of one that was asked for before, the same object."""
        key = (id(expression), *env.items())
        known = self._ground.get(key)
        if known is None:
            match expression:
                case And(operands):
                    found = conjunction(*(self.expression(operand, env) for operand in operands))
                case _:
                    found = self._rebuilt(expression, env)
            known = self._ground[key] = (expression, found)  # as long as it is kept nothing else has its identity
        return known[1]

    def _rebuilt(self, expression: Expression, env: Environment) -> Expression:
        def replace(node: Expression) -> Expression | None:
            match node:
                case Field(instance, variable, sort, after):
                    return Read(member(self.resolve(instance, env), variable), sort, after)
                case ConstantValue(name, sort, instance):
                    owner = self.resolve(instance, env) if instance else ""
                    return Literal(self.constants[member(owner, name)], sort)
                case SameInstance(left, right):
                    return TRUE if self.resolve(left, env) == self.resolve(right, env) else FALSE
                case ActorIs(actors):
                    return self.took(lambda action, _: action.actor in actors)
                case StepIs(owner, action_name, arguments):
                    given = tuple(self.resolve(argument, env) for argument in arguments)
                    return self.took(
                        lambda action, concerned: (
                            (action.owner, action.name) == (owner, action_name) and concerned[: len(given)] == given
                        )
                    )
                case Count(collection):
                    return number(len(self.collection(collection)))
                case Quantified():
                    return self.quantified(node, env)
                case _:
                    return None

        return rebuilt(expression, replace)

    def took(self, wanted: Callable[[Action, tuple[str, ...]], bool]) -> Expression:
        names = frozenset(name for name, action, _, concerned in self.taken if wanted(action, concerned))
        return Took(names) if names else FALSE

    def quantified(self, node: Quantified, env: Environment) -> Expression:
        parts = []
        for name in self.collection(node.collection):
            inner = {**env, node.bound: name}
            parts.append((self.expression(node.where, inner), self.expression(node.body, inner)))
        match node.binder:
            case Binder.ALL:
                return conjunction(*(disjunction(negation(where), body) for where, body in parts))
            case Binder.ANY:
                return disjunction(*(conjunction(where, body) for where, body in parts))
            case Binder.SUM:
                total: Expression = number(0)
                for where, body in parts:
                    counted = choice(body, number(1), number(0)) if isinstance(body.sort, Boolean) else body
                    part = choice(where, counted, number(0))
                    total = part if total == number(0) else added(total, part)
                return total
