"""What names and expressions of a model file stand for while it is read.

`Symbol`s are what a module's names mean (enums, component classes, functions, words of the language).  Inside a
function body a name or expression denotes a `Term` (a value), an `Instance` of a component, a `Collection` of
instances, the step, or a symbol.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tdispmodel.ir.expressions import Actor, Bounded, Enumeration, Expression, Fairness, Sort, Value
from tdispmodel.source import Place

if TYPE_CHECKING:
    from tdispmodel.reading.modules import Module

LARGEST = 10**15
"""No number of a model, written or computed, may be larger; engines and JSON readers take such numbers exactly."""

ANY_INTEGER = Bounded(-LARGEST, LARGEST)
"""The sort of a helper's parameter or result that is annotated ``int``."""


@dataclass(frozen=True)
class Word:
    """A word of the language or of Python that a model file may use: ``Component``, ``auto``, ``all``."""

    name: str


@dataclass(frozen=True, eq=False)
class EnumClass:
    """An enum of a model file.  Two of them are never the same, whatever their names."""

    name: str
    sort: Enumeration
    module: Module
    node: ast.ClassDef


@dataclass(frozen=True)
class StepMark:
    """The annotation ``Step`` of a parameter."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """A parameter of an action, helper or property: what it is annotated with."""

    name: str
    type: ComponentClass | Sort | StepMark
    node: ast.arg


@dataclass(frozen=True, eq=False)
class Definition:
    """A function as it is written: in a component (``owner``) or in a module.  ``parameters`` are without self."""

    name: str
    module: Module
    node: ast.FunctionDef
    owner: ComponentClass | None
    parameters: tuple[Parameter, ...]
    returns: Sort | None


@dataclass(frozen=True, eq=False)
class Function:
    """A function of a module: a helper, and a property as well if it has a property's decorator."""

    name: str
    module: Module
    node: ast.FunctionDef
    position: int


@dataclass(frozen=True, eq=False)
class VariableMember:
    """A variable of a component; ``start`` are its possible start values."""

    name: str
    sort: Sort
    hidden_from: frozenset[Actor]
    start: tuple[Value, ...]
    text: str
    place: Place


@dataclass(frozen=True, eq=False)
class ConstantMember:
    """A constant that can be read through a component."""

    name: str
    sort: Sort
    value: Value
    fixed: bool
    hidden_from: frozenset[Actor]
    text: str
    place: Place


@dataclass(frozen=True, eq=False)
class PartMember:
    """A component inside another: many (``Each``) or exactly one."""

    name: str
    kind: ComponentClass
    many: bool
    place: Place


@dataclass(frozen=True, eq=False)
class HelperMember:
    """A pure method: read as ``d.settled`` when it is a property, called otherwise."""

    name: str
    definition: Definition
    is_property: bool


@dataclass(frozen=True, eq=False)
class ProcedureMember:
    """A method that actions call as a statement; ``restrictions`` are the conditions that subclasses added to it."""

    name: str
    definition: Definition
    restrictions: tuple[Definition, ...] = ()


@dataclass(frozen=True, eq=False)
class StartMember:
    """A method that start states satisfy."""

    name: str
    definition: Definition


@dataclass(frozen=True, eq=False)
class ActionMember:
    """An action with everything that subclasses did to it.

    ``owner`` is the class that first declared it, ``definition`` holds the body in force, ``restrictions`` the
    conditions that were added, in order; ``ranges`` are the parameters as first declared.
    """

    name: str
    owner: ComponentClass
    definition: Definition
    actor: Actor
    fairness: Fairness
    target: Actor | None
    parameters: tuple[Parameter, ...]
    ranges: tuple[Parameter, ...]
    restrictions: tuple[Definition, ...] = ()
    text: str = ""
    source: str = ""
    patched: str = ""


Method = HelperMember | ProcedureMember | StartMember | ActionMember
Member = VariableMember | ConstantMember | PartMember | Method


@dataclass(eq=False)
class ComponentClass:
    """A component class as it is written, and (in ``members``) with everything inherited in its place.

    ``removals`` are the actions of parts that it takes away, as (class that was named, action name).
    """

    name: str
    module: Module
    node: ast.ClassDef
    base: ComponentClass | None
    text: str = ""
    claim: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    removed: dict[str, ActionMember] = field(default_factory=dict)
    removals: tuple[tuple[ComponentClass, str, ast.expr, Module], ...] = ()

    @property
    def lineage(self) -> tuple[ComponentClass, ...]:
        """The class and its ancestors, nearest first."""
        found: list[ComponentClass] = []
        current: ComponentClass | None = self
        while current is not None:
            found.append(current)
            current = current.base
        return tuple(found)

    def derives_from(self, other: ComponentClass) -> bool:
        """Whether ``other`` is this class or one of its ancestors."""
        return any(known is other for known in self.lineage)

    def parts(self) -> tuple[PartMember, ...]:
        """The parts, inherited ones first."""
        return tuple(member for member in self.members.values() if isinstance(member, PartMember))


@dataclass(frozen=True)
class HiddenRead:
    """A term reads a variable or constant that the acting actor cannot see."""

    shown: str
    line_text: str
    place: Place


@dataclass(frozen=True, eq=False)
class Term:
    """A value: its expression, how large and deep it is, and what it reads that its actor cannot see."""

    expression: Expression
    size: int = 1
    depth: int = 1
    hidden: tuple[HiddenRead, ...] = ()

    @property
    def sort(self) -> Sort:
        """The sort of the value."""
        return self.expression.sort


@dataclass(frozen=True, eq=False)
class Instance:
    """A component instance: its name in the IR, which component classes of the model it may belong to, and whether
    its variables are read after the step.
    """

    path: str
    kinds: tuple[ComponentClass, ...]
    after: bool = False


@dataclass(frozen=True, eq=False)
class Collection:
    """All instances of a part of the root that is declared with ``Each``."""

    name: str
    kind: ComponentClass
    after: bool


@dataclass(frozen=True)
class StepTaken:
    """The parameter ``step`` of a step property."""


@dataclass(frozen=True)
class StepActor:
    """``step.actor``."""


@dataclass(frozen=True)
class ActorName:
    """``Actor.HOST``."""

    actor: Actor


@dataclass(frozen=True)
class Unusable:
    """A name whose value could not be read; the mistake is known already."""


Symbol = EnumClass | ComponentClass | Function | Word
Denotation = Symbol | Term | Instance | Collection | StepTaken | StepActor | ActorName | Unusable
Names = Mapping[str, Denotation]


def described(thing: Denotation) -> str:  # one line per kind of thing
    """Return what something is, in the words of a complaint."""
    match thing:
        case Term():
            return sort_name(thing.sort)
        case Instance(_, kinds, after):
            return f"an instance of {kinds[0].name}" + (" after the step" if after else "")
        case Collection(name, _, _):
            return f"all of {name}"
        case StepTaken():
            return "the step"
        case StepActor():
            return "the step's actor"
        case ActorName(actor):
            return f"the actor {actor.name}"
        case EnumClass(name):
            return f"the enum {name}"
        case ComponentClass():
            return f"the component class {thing.name}"
        case Function(name):
            return f"the function {name}"
        case Word(name):
            return f"the word {name}"
        case Unusable():
            return "something wrong"


def sort_name(sort: Sort) -> str:
    """Return a sort in the words of a complaint."""
    match sort:
        case Enumeration(name, _):
            return f"a value of {name}"
        case Bounded():
            return "an integer"
        case _:
            return "a truth value"


def part_of(instance: Instance, name: str, kinds: tuple[ComponentClass, ...]) -> Instance:
    """Return the instance that is part ``name`` of ``instance``."""
    return Instance(f"{instance.path}.{name}", kinds, instance.after)
