"""Annotations, start values and enums: from syntax to sorts and values.

Everything here is evaluated by CPython when it loads the file (or never, with lazy annotations), so names are looked
up as `Namespace.at_load` and `Namespace.in_annotation` say.
"""

from __future__ import annotations

import ast
from collections.abc import Collection as Several
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tdispmodel.ir.expressions import BOOLEAN, Actor, Boolean, Bounded, Enumeration, Sort, Value
from tdispmodel.reading.denotations import (
    ANY_INTEGER,
    LARGEST,
    ComponentClass,
    EnumClass,
    StepMark,
    Symbol,
    Word,
    described,
    sort_name,
)
from tdispmodel.reading.names import NEVER_NAMES, Namespace, check_name
from tdispmodel.source import did_you_mean

if TYPE_CHECKING:
    from tdispmodel.reading.modules import Module

MAXIMUM_MEMBERS = 64
MAXIMUM_WIDTH = 4096
SORTS = "bool, an Enum, Annotated[int, Range(low, high)], a component, Each[component] or Constant[sort]"


@dataclass(frozen=True)
class VariableType:
    """The annotation of a variable."""

    sort: Sort
    hidden_from: frozenset[Actor] = frozenset()


@dataclass(frozen=True)
class ConstantType:
    """``Constant[sort]``, perhaps with what hides it around it."""

    sort: Sort
    hidden_from: frozenset[Actor] = frozenset()


@dataclass(frozen=True)
class PartType:
    """A component class, or ``Each`` of one."""

    kind: ComponentClass
    many: bool


Annotation = VariableType | ConstantType | PartType


@dataclass(frozen=True)
class Context:
    """Where class-level syntax stands: names of the module, number of its statement, what the class body has bound."""

    names: Namespace
    position: int
    shadowed: Several[str] = ()

    def symbol(self, node: ast.expr) -> Symbol | None:
        """Return what a name means in an annotation, None if the node is no name.  Raises `Mistake`."""
        return self.names.in_annotation(node, self.position, self.shadowed) if isinstance(node, ast.Name) else None

    def at_load(self, node: ast.expr) -> Symbol | None:
        """Return what a name means when the line is executed, None if the node is no name.  Raises `Mistake`."""
        return self.names.at_load(node, self.position, self.shadowed) if isinstance(node, ast.Name) else None

    def is_word(self, node: ast.expr, word: str) -> bool:
        """Whether the node is a name that means this word of the language."""
        return isinstance(node, ast.Name) and self.symbol(node) == Word(word)


def member_annotation(node: ast.expr, context: Context) -> Annotation:  # one case per form
    """Return what the annotation of a component's member says.  Raises `Mistake`."""
    source = context.names.source
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        hint = "write it without quotes, and begin the file with: from __future__ import annotations"
        raise source.mistake(node, "E309", "annotations are not written in quotes", hint)
    if isinstance(node, ast.Subscript):
        if context.is_word(node.value, "Each"):
            kind = context.symbol(node.slice)
            if not isinstance(kind, ComponentClass):
                raise source.mistake(node.slice, "E309", "Each[...] takes a component class", "write: Each[Device]")
            return PartType(kind, many=True)
        if context.is_word(node.value, "Constant"):
            inner = member_annotation(node.slice, context)
            if isinstance(inner, VariableType) and inner.hidden_from:
                hint = "write: Annotated[Constant[...], HiddenFrom(Actor.X)]"
                raise source.mistake(node.slice, "E309", "what hides a constant stands around Constant[...]", hint)
            if not isinstance(inner, VariableType):
                hint = "write Constant[bool], Constant[SomeEnum] or Constant[Annotated[int, Range(low, high)]]"
                raise source.mistake(node.slice, "E309", "Constant[...] takes a sort of values", hint)
            return ConstantType(inner.sort)
        if context.is_word(node.value, "Annotated"):
            return _annotated(node, context)
    symbol = context.symbol(node)
    match symbol:
        case ComponentClass():
            return PartType(symbol, many=False)
        case EnumClass(_, sort):
            return VariableType(sort)
        case Word("bool"):
            return VariableType(BOOLEAN)
        case Word("int"):
            hint = "write: Annotated[int, Range(0, 3)]"
            raise source.mistake(node, "E309", "integers of a model have a range", hint)
        case _:
            raise source.mistake(node, "E309", "this is no sort of the language", f"a sort is {SORTS}")


def _annotated(node: ast.Subscript, context: Context) -> VariableType | ConstantType:  # one case per mark
    source = context.names.source
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if len(parts) < 2:
        raise source.mistake(node, "E309", "Annotated[...] takes a sort and what is said about it", "see the language")
    first, *marks = parts
    hidden: set[Actor] = set()
    interval: Bounded | None = None
    for mark in marks:
        if context.is_word(mark, "Ghost"):
            hidden |= set(Actor)
        elif isinstance(mark, ast.Call) and context.is_word(mark.func, "HiddenFrom"):
            hidden |= _actors(mark, context)
        elif isinstance(mark, ast.Call) and context.is_word(mark.func, "Range"):
            if interval is not None:
                raise source.mistake(mark, "E310", "an integer has one range", "remove one of the two")
            interval = _interval(mark, context)
        else:
            hint = "there is Range(low, high), HiddenFrom(Actor.X, ...) and Ghost"
            raise source.mistake(mark, "E309", "this cannot be said about a variable or constant", hint)
    if context.symbol(first) == Word("int"):
        if interval is None:
            hint = "add a range: Annotated[int, Range(0, 3), ...]"
            raise source.mistake(first, "E309", "integers of a model have a range", hint)
        return VariableType(interval, frozenset(hidden))
    inner = member_annotation(first, context)
    if isinstance(inner, PartType) or inner.hidden_from:
        raise source.mistake(first, "E309", "Annotated[...] begins with bool, int, an Enum or Constant[...]")
    if interval is not None:
        message = f"Range is for int, not for {inner.sort}"
        raise source.mistake(first, "E310", message, "write: Annotated[int, Range(low, high)]")
    return replace(inner, hidden_from=frozenset(hidden))


def _actors(call: ast.Call, context: Context) -> set[Actor]:
    source = context.names.source
    if not call.args or call.keywords:
        raise source.mistake(call, "E322", "HiddenFrom takes actors", "write: HiddenFrom(Actor.USERSPACE)")
    return {actor_of(argument, context) for argument in call.args}


def actor_of(node: ast.expr, context: Context) -> Actor:
    """Return the actor that ``Actor.X`` names.  Raises `Mistake`."""
    source = context.names.source
    if not isinstance(node, ast.Attribute) or context.at_load(node.value) != Word("Actor"):
        raise source.mistake(node, "E208", "an actor is needed here", "write: Actor.KERNEL")
    if node.attr not in Actor.__members__:
        hint = did_you_mean(node.attr, Actor.__members__)
        raise source.mistake(node, "E203", f"there is no actor {node.attr}", hint)
    return Actor[node.attr]


def _interval(call: ast.Call, context: Context) -> Bounded:
    source = context.names.source
    given: dict[str, ast.expr] = dict(zip(("low", "high"), call.args, strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if set(given) != {"low", "high"} or len(call.args) + len(call.keywords) != 2:
        raise source.mistake(call, "E310", "Range takes the lowest and the highest value", "write: Range(0, 3)")
    low, high = (literal_integer(given[name]) for name in ("low", "high"))
    if low is None or high is None:
        raise source.mistake(call, "E310", "the ends of a range are written as integers", "write: Range(0, 3)")
    if low > high:
        raise source.mistake(call, "E310", f"the range {low} to {high} is empty", f"write: Range({high}, {low})")
    if high - low >= MAXIMUM_WIDTH or max(-low, high) > LARGEST:
        message = f"the range has {high - low + 1} values; {MAXIMUM_WIDTH} are allowed"
        raise source.mistake(call, "E310", message, "model what matters: fewer values tell as much")
    return Bounded(low, high)


def literal_integer(node: ast.expr) -> int | None:
    """Return the integer that is written here, perhaps with a minus sign; None if it is none."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)) if type(value) is int:
            return -value
        case ast.Constant(value=value) if type(value) is int:
            return value
        case _:
            return None


def parameter_annotation(node: ast.arg, context: Context) -> ComponentClass | Sort | StepMark:
    """Return what the parameter of a function stands for.  Raises `Mistake`."""
    source = context.names.source
    if node.annotation is None:
        hint = f"write: {node.arg}: Device"
        raise source.mistake(node, "E309", f"{node.arg} needs an annotation", hint)
    if context.symbol(node.annotation) == Word("Step"):
        return StepMark()
    found = value_annotation(node.annotation, context)
    if isinstance(found, PartType):
        if found.many:
            raise source.mistake(node, "E309", "a parameter is one instance", "annotate it with the component class")
        return found.kind
    return found


def value_annotation(node: ast.expr, context: Context) -> Sort | PartType:
    """Return the sort (``int`` is any integer) or component that is annotated.  Raises `Mistake`."""
    if context.symbol(node) == Word("int"):
        return ANY_INTEGER
    found = member_annotation(node, context)
    if isinstance(found, ConstantType):
        raise context.names.source.mistake(node, "E309", "a constant belongs to a component", "annotate with the sort")
    return found if isinstance(found, PartType) else found.sort


# --- values ----------------------------------------------------------------------------------------------------------


def start_values(node: ast.expr, sort: Sort, context: Context) -> tuple[Value, ...]:
    """Return the possible start values of a variable of this sort.  Raises `Mistake`."""
    source = context.names.source
    if isinstance(node, ast.Call) and context.at_load(node.func) == Word("anything"):
        if node.keywords:
            raise source.mistake(node, "E322", "anything(...) takes values", "write: anything() or anything(A, B)")
        values = tuple(written_value(argument, sort, context) for argument in node.args)
        if len(set(values)) != len(values):
            raise source.mistake(node, "E308", "a start value is listed twice", "remove one of the two")
        return values or sort.values
    return (written_value(node, sort, context, ", or anything()"),)


def written_value(node: ast.expr, sort: Sort, context: Context, or_else: str = "") -> Value:
    """Return the value of ``sort`` that is written down: ``True``, ``-1``, ``Tdi.RUN``.

    Raises `Mistake`, which says what else could stand here, ``or_else``.
    """
    source = context.names.source
    number = literal_integer(node)
    match sort, node:
        case Boolean(), ast.Constant(value=bool(value)):
            return value
        case Bounded(low, high), _ if number is not None:
            if not low <= number <= high:
                message = f"{number} is not within {low} to {high}"
                raise source.mistake(node, "E308", message, "choose a value of the range, or widen Range(...)")
            return number
        case _, ast.Attribute(value=ast.Name() as left, attr=name):
            owner = context.at_load(left)
            if isinstance(owner, EnumClass):
                return _member(owner, name, sort, node, context)
    what = {"Boolean": "write True or False", "Bounded": "write an integer"}
    hint = what.get(type(sort).__name__, f"write {sort}.{sort.values[0]}{or_else}")
    raise source.mistake(node, "E308", f"{sort_name(sort)} is needed, written down", hint)


def _member(owner: EnumClass, name: str, sort: Sort, node: ast.expr, context: Context) -> Value:
    source = context.names.source
    if name not in owner.sort.members:
        raise source.mistake(node, "E203", f"{owner.name} has no member {name}", did_you_mean(name, owner.sort.members))
    if owner.sort != sort:
        raise source.mistake(node, "E308", f"{described(owner)} is not {sort_name(sort)}", f"a {sort} is needed")
    return name


# --- enums -----------------------------------------------------------------------------------------------------------


def enum_class(module: Module, node: ast.ClassDef, position: int) -> EnumClass:
    """Return the enum that a class statement declares.  Raises `Mistake`."""
    source = module.source
    if node.keywords or node.decorator_list:
        raise source.mistake(node, "E311", "an enum has no keywords and no decorators", "remove them")
    members: dict[str, object] = {}
    for number, statement in enumerate(node.body):
        match statement:
            case ast.Expr(value=ast.Constant(value=str())) if number == 0:
                continue
            case ast.Pass():
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                _check_member(module, name, members, statement)
                context = Context(module.names, position, members)
                members[name] = _enum_value(value, context)
            case _:
                message = "an enum is a list of members"
                raise source.mistake(statement, "E311", message, "write: RUN = auto()  (or a text, or a number)")
    if not members:
        raise source.mistake(node, "E311", f"{node.name} has no members", "write: RUN = auto()")
    if len(members) > MAXIMUM_MEMBERS:
        raise source.mistake(node, "E324", f"an enum has at most {MAXIMUM_MEMBERS} members")
    _check_distinct(module, node, members)
    return EnumClass(node.name, Enumeration(node.name, tuple(members)), module, node)


def _check_member(module: Module, name: str, members: dict[str, object], node: ast.stmt) -> None:
    source = module.source
    check_name(source, name, node)
    if name.startswith("_") or name in NEVER_NAMES:
        raise source.mistake(node, "E206", f"{name} cannot be a member of an enum", "rename it")
    if name in members:
        raise source.mistake(node, "E205", f"{name} is listed twice", "remove one of the two")


def _enum_value(node: ast.expr, context: Context) -> object:
    """Return the value of a member, None for ``auto()``.  Raises `Mistake`."""
    number = literal_integer(node)
    if number is not None:
        return number
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Call(func=ast.Name() as function, args=[], keywords=[]) if context.at_load(function) == Word("auto"):
            return None
    raise context.names.source.mistake(node, "E311", "a member is auto(), a text or a number", "write: RUN = auto()")


def _check_distinct(module: Module, node: ast.ClassDef, members: dict[str, object]) -> None:
    """Two members with one value would be one member with two names, and auto() may repeat a number."""
    values = list(members.values())
    if None in values and any(value is not None for value in values):
        message = "auto() and written values are mixed"
        raise module.source.mistake(node, "E311", message, "write auto() everywhere, or nowhere")
    if None not in values and len(set(values)) != len(values):
        message = "two members have the same value, so Python takes them for one"
        raise module.source.mistake(node, "E311", message, "give each member a value of its own, or auto()")
