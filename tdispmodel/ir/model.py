"""A design as it was written: components with variables and actions, properties about components.

Everything is frozen and checked when it is built (`IllFormed` is a fault of the reader, not of the user).  Bound names
inside expressions: ``self`` in actions, the parameters' names, names bound by a quantifier; in properties ``now``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tdispmodel.ir.expressions import TRUE, Actor, Expression, Fairness, IllFormed, Sort, Value, belongs, same_kind
from tdispmodel.source import Place

NOWHERE = Place("<built>")


@dataclass(frozen=True)
class Variable:
    """A variable of a component.  ``initial`` lists the possible start values; ``hidden_from`` who cannot see it."""

    name: str
    sort: Sort
    initial: tuple[Value, ...]
    hidden_from: frozenset[Actor] = frozenset()
    text: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if not self.initial or not all(belongs(value, self.sort) for value in self.initial):
            message = f"start values {self.initial} of {self.name} do not fit {self.sort}"
            raise IllFormed(message)


@dataclass(frozen=True)
class Constant:
    """A constant of a check: one of the root, or one that each instance of a part has for itself.

    ``fixed``: the proposal decided it, the command line may not.  ``hidden_from``: who cannot see it.
    """

    name: str
    sort: Sort
    value: Value
    fixed: bool = False
    hidden_from: frozenset[Actor] = frozenset()
    text: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if not belongs(self.value, self.sort):
            message = f"{self.value!r} is no value of constant {self.name}"
            raise IllFormed(message)


@dataclass(frozen=True)
class Parameter:
    """A parameter of an action: it ranges over all instances of ``kind`` and of components that derive from it."""

    name: str
    kind: str


@dataclass(frozen=True)
class Guard:
    """One ``require(...)``: the action can happen only if ``condition`` holds before it."""

    condition: Expression
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Update:
    """One assignment: afterwards ``variable`` of ``instance`` has the value that ``value`` had before the step.

    ``each`` is None, or ``(bound, collection)`` for an assignment inside ``for bound in self.collection:`` - it then
    happens for every instance of the root's ``Each`` field ``collection``, and ``instance`` starts with ``bound``.
    """

    instance: str
    variable: str
    value: Expression
    each: tuple[str, str] | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Action:
    """A guarded command of a component.

    ``owner`` is the component class that first declared it (so ``Guest.bind`` names it after a proposal replaced it),
    ``text`` the docstring without its source, ``source`` what stood in the last square brackets, ``patched`` says in
    words what the proposal did to it (``replaced``, ``restricted``, empty).
    """

    name: str
    owner: str
    actor: Actor
    fairness: Fairness
    parameters: tuple[Parameter, ...] = ()
    guards: tuple[Guard, ...] = ()
    updates: tuple[Update, ...] = ()
    text: str = ""
    source: str = ""
    patched: str = ""
    target: Actor | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def fair(self) -> bool:
        """Whether its instances are promised anything in the long run."""
        return self.fairness is not Fairness.NONE


@dataclass(frozen=True)
class Part:
    """A component held by another: ``many`` for ``Each[Kind]``, else exactly one."""

    name: str
    kind: str
    many: bool


@dataclass(frozen=True)
class Component:
    """A component class, with everything inherited already in place.

    ``lineage`` names the class and its ancestors, nearest first: ``("TrustedDevice", "Device")``.  ``removed`` names
    actions that were taken away as ``(owner, name)``: a property may still speak of them.  ``constants`` are those that
    each instance of a part has for itself; the root's are the model's.
    """

    name: str
    lineage: tuple[str, ...]
    variables: tuple[Variable, ...] = ()
    actions: tuple[Action, ...] = ()
    parts: tuple[Part, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    constants: tuple[Constant, ...] = ()
    text: str = ""
    place: Place = field(default=NOWHERE, compare=False)


class Kind(Enum):
    """The kinds of property; docs/semantics.md has the meaning of each in every corner.

    All are about behaviours in which every actor moves, except that what must be possible must be so without a step of
    the host, and what stays possible without relying on adversaries.
    """

    INVARIANT = "invariant"
    STEP = "step"
    LEADS_TO = "leads_to"
    NEVER_ENDLESS = "never_endless"
    STAYS_POSSIBLE = "stays_possible"
    MUST_BE_POSSIBLE = "must_be_possible"


@dataclass(frozen=True)
class Property:
    """A question about a model.

    ``about`` is the component class of the parameter ``now``: the root asks once, a part asks for each instance and
    all must hold; so does each further parameter of ``parameters`` (state kinds only).  ``formula`` speaks of ``now``
    and, for step kinds, of fields with ``after`` set and of the step.
    ``after`` is the premise of leads-to and stays-possible, `TRUE` otherwise.  ``given`` fixes constants.
    ``needs`` names ``Component.member`` that a model must have, else the property is not applicable to it.
    """

    name: str
    code: str
    kind: Kind
    about: str
    formula: Expression
    parameters: tuple[Parameter, ...] = ()
    after: Expression = TRUE
    given: tuple[tuple[str, Value], ...] = ()
    needs: tuple[str, ...] = ()
    text: str = ""
    source: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Model:
    """One design: the root component, every component it contains, the root's constants, start conditions, properties.

    ``name`` is the proposal's name (the file's stem), ``initially`` are conditions that start states satisfy (about
    ``self``, the root), ``claim`` the first line of the root's docstring, ``base`` the root class it derives from.
    """

    name: str
    root: str
    components: tuple[Component, ...]
    constants: tuple[Constant, ...] = ()
    initially: tuple[Expression, ...] = ()
    properties: tuple[Property, ...] = ()
    claim: str = ""
    path: str = ""

    def __post_init__(self) -> None:
        names = [component.name for component in self.components]
        if len(set(names)) != len(names) or self.root not in names:
            message = f"components {names} of {self.name} must be distinct and contain the root {self.root}"
            raise IllFormed(message)
        for component in self.components:
            if component.name == self.root and component.constants:
                message = f"{self.name}: constants of the root are the model's"
                raise IllFormed(message)
            for part in component.parts:
                if part.kind not in names:
                    message = f"{component.name}.{part.name}: no component {part.kind}"
                    raise IllFormed(message)
            for action in component.actions:
                self._check_action(component, action)

    def _check_action(self, component: Component, action: Action) -> None:
        for parameter in action.parameters:
            if not any(parameter.kind in known.lineage for known in self.components):
                message = f"{component.name}.{action.name}: no component {parameter.kind} for {parameter.name}"
                raise IllFormed(message)
        named = {"self": component.name} | {parameter.name: parameter.kind for parameter in action.parameters}
        collections = {part.name: part.kind for part in self.component(self.root).parts if part.many}
        for update in action.updates:
            kinds = named if update.each is None else named | {update.each[0]: collections[update.each[1]]}
            owner = self.kind_of(update.instance, kinds)
            variable = next((known for known in owner.variables if known.name == update.variable), None)
            if variable is None or not same_kind(variable.sort, update.value.sort):
                message = f"{component.name}.{action.name}: cannot assign {update.instance}.{update.variable}"
                raise IllFormed(message)

    def component(self, name: str) -> Component:
        """Return the component class ``name``, or the one of this model that derives from it; KeyError if none."""
        for component in self.components:
            if component.name == name:
                return component
        for component in self.components:
            if name in component.lineage:
                return component
        raise KeyError(name)

    def kind_of(self, instance: str, kinds: dict[str, str]) -> Component:
        """Return the component of a dotted instance name such as ``self.tsm``, given what the first name stands for."""
        first, *rest = instance.split(".")
        component = self.component(kinds[first])
        for step in rest:
            component = self.component(next(part.kind for part in component.parts if part.name == step))
        return component
