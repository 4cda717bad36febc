"""One instance of a model: flat variables, actions without parameters, ground formulas.

This is what engines answer questions about and what the judge replays.  Names are those of traces and of JSON:
``devices[0].tdi``, ``bind(devices[0])``, ``function_level_reset(devices[1])``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from tdispmodel.ir.contents import contents
from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Actor,
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    Bounded,
    Equal,
    Expression,
    Fairness,
    Field,
    If,
    IllFormed,
    Less,
    Literal,
    Not,
    Or,
    Read,
    Sort,
    StepIs,
    Took,
    Value,
    belongs,
    conjunction,
    disjunction,
    negation,
    number,
    rebuilt,
    same_kind,
)
from tdispmodel.ir.model import NOWHERE, Action, Kind, Property
from tdispmodel.source import Place

State = tuple[Value, ...]
"""One value per variable of the system, in the system's order."""

GROUND = (Literal, Read, Took, Not, And, Or, Equal, Less, AtMost, Among, Arithmetic, If)


@dataclass(frozen=True)
class SystemVariable:
    """A flat variable: its full name, sort and possible start values."""

    name: str
    sort: Sort
    initial: tuple[Value, ...]

    def __post_init__(self) -> None:
        if not self.initial or not all(belongs(value, self.sort) for value in self.initial):
            message = f"{self.name}: start values {self.initial}"
            raise IllFormed(message)


@dataclass(frozen=True)
class Assignment:
    """Afterwards ``variable`` has the value that ``value`` has before the step."""

    variable: str
    value: Expression


@dataclass(frozen=True)
class SystemAction:
    """An action instance: all its guards must hold; what is not assigned keeps its value.

    ``fairness``: what it is promised in the long run.  ``disturbs``: liveness assumes finitely many such steps.
    ``adversarial``: possibility may not rely on it.  ``guards`` and ``places`` go together, one per ``require``.
    """

    name: str
    actor: Actor
    fairness: Fairness
    disturbs: bool
    adversarial: bool
    guards: tuple[Expression, ...]
    assignments: tuple[Assignment, ...]
    template: Action
    places: tuple[Place, ...] = field(default=(), compare=False)

    @cached_property
    def guard(self) -> Expression:
        """The conjunction of all guards."""
        return conjunction(*self.guards)

    @property
    def fair(self) -> bool:
        """Whether it is promised anything, so that no behaviour rests for ever where it is enabled."""
        return self.fairness is not Fairness.NONE


@dataclass(frozen=True)
class SystemProperty:
    """A ground question.  ``antecedent`` is the condition that must be reachable lest the property be vacuous (None
    when the formula is no implication); it may speak of a step, as the formula may.
    """

    name: str
    code: str
    kind: Kind
    formula: Expression
    after: Expression = TRUE
    antecedent: Expression | None = None
    template: Property | None = None
    place: Place = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        steps = self.kind in (Kind.STEP, Kind.NEVER_ENDLESS)
        if not steps and self.kind is not Kind.MUST_BE_POSSIBLE and speaks_of_step(self.formula):
            message = f"{self.name}: {self.kind.value} speaks of a step"
            raise IllFormed(message)
        if speaks_of_step(self.after):
            message = f"{self.name}: the premise speaks of a step"
            raise IllFormed(message)


@dataclass(frozen=True)
class System:
    """A finite transition system.

    A start state takes one start value per variable and satisfies ``initially``.  One action fires per step.
    ``constants`` and ``without`` say under which assumptions the system was built.
    """

    name: str
    variables: tuple[SystemVariable, ...]
    actions: tuple[SystemAction, ...]
    initially: Expression = TRUE
    devices: int = 1
    constants: tuple[tuple[str, Value], ...] = ()
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sorts = {variable.name: variable.sort for variable in self.variables}
        if len(sorts) != len(self.variables) or len({action.name for action in self.actions}) != len(self.actions):
            message = f"{self.name}: names of variables and of actions must be distinct"
            raise IllFormed(message)
        self.check(self.initially)
        for action in self.actions:
            if not isinstance(action.fairness, Fairness):
                message = f"{action.name}: {action.fairness!r} is no fairness"
                raise IllFormed(message)
            for guard in action.guards:
                self.check(guard)
                if speaks_of_step(guard):
                    message = f"{action.name}: a guard speaks of a step"
                    raise IllFormed(message)
            assigned = [assignment.variable for assignment in action.assignments]
            if len(set(assigned)) != len(assigned):
                message = f"{action.name} assigns a variable twice: {assigned}"
                raise IllFormed(message)
            for assignment in action.assignments:
                self.check(assignment.value)
                if not same_kind(sorts[assignment.variable], assignment.value.sort):
                    message = f"{action.name} assigns {assignment.value.sort} to {assignment.variable}"
                    raise IllFormed(message)

    def check(self, expression: Expression) -> None:
        """Raise `IllFormed` unless ``expression`` is ground and reads only variables of this system."""
        kinds, leaves = contents(expression)
        if all(issubclass(kind, GROUND) for kind in kinds) and all(
            not isinstance(leaf, Read) or self.sorts.get(leaf.name) == leaf.of for leaf in leaves
        ):
            return
        for node in expression.walk():  # to complain about the first
            if not isinstance(node, GROUND):
                message = f"{self.name}: {type(node).__name__} is not ground"
                raise IllFormed(message)
            if isinstance(node, Read) and (node.name not in self.index or self.sorts[node.name] != node.of):
                message = f"{self.name}: no variable {node.name} of sort {node.of}"
                raise IllFormed(message)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each variable in a state."""
        return {variable.name: position for position, variable in enumerate(self.variables)}

    @cached_property
    def sorts(self) -> dict[str, Sort]:
        """Sort of each variable."""
        return {variable.name: variable.sort for variable in self.variables}

    @cached_property
    def by_name(self) -> dict[str, SystemAction]:
        """The action instances by name."""
        return {action.name: action for action in self.actions}

    @cached_property
    def unaided(self) -> System:
        """The same system in which the host takes no step: what must be possible is asked of it."""
        ours = tuple(action for action in self.actions if action.actor is not Actor.HOST)
        return self if len(ours) == len(self.actions) else replace(self, actions=ours)

    @cached_property
    def stays_in_range(self) -> Expression:
        """A state predicate: no enabled action assigns an integer outside its variable's range.

        `TRUE` when the intervals alone show it.  A reachable state that breaks it is an error of the model.
        """
        conditions = []
        for action in self.actions:
            for assignment in action.assignments:
                sort = self.sorts[assignment.variable]
                inside = within(assignment.value, sort)
                if inside != TRUE:
                    conditions.append(disjunction(negation(action.guard), inside))
        return conjunction(*conditions)


def within(value: Expression, sort: Sort) -> Expression:
    """The condition that the integer ``value`` lies in ``sort``; `TRUE` for other sorts and when intervals show it."""
    if not isinstance(sort, Bounded) or not isinstance(value.sort, Bounded):
        return TRUE
    low = TRUE if value.sort.low >= sort.low else AtMost(number(sort.low), value)
    high = TRUE if value.sort.high <= sort.high else AtMost(value, number(sort.high))
    return conjunction(low, high)


def at_rest(formula: Expression) -> Expression:
    """Return what a formula says of a step that changes nothing, and is taken by none of the actions that it names."""

    def instead(node: Expression) -> Expression | None:
        match node:
            case Took():
                return FALSE
            case Read(after=True):
                return replace(node, after=False)
            case _:
                return None

    return rebuilt(formula, instead)


def speaks_of_step(expression: Expression) -> bool:
    """Whether the formula, ground or template, reads an after-value or asks which action was taken or by whom."""
    kinds, leaves = contents(expression)
    return not kinds.isdisjoint((Took, ActorIs, StepIs)) or any(
        isinstance(leaf, Read | Field) and leaf.after for leaf in leaves
    )
