"""Expressions inside functions: from syntax to terms of the IR, with their kinds checked on the way.

Given a syntax node and the names in scope; gives a `Term` or another denotation, or raises `Mistake`.  Helpers are
expanded in place (`calls`), so an `Elaborator` accompanies one whole action or property: it knows the names that are
taken by instances and binders, what was assigned so far, and how large the formula has become.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tdispmodel.ir.expressions import (
    ARITHMETIC,
    BOOLEAN,
    Actor,
    And,
    Arithmetic,
    Boolean,
    Bounded,
    ConstantValue,
    Expression,
    Field,
    If,
    Literal,
    Not,
    Or,
    number,
    same_kind,
)
from tdispmodel.reading.calls import call, expanded
from tdispmodel.reading.comparisons import comparison
from tdispmodel.reading.denotations import (
    LARGEST,
    ActionMember,
    ActorName,
    Collection,
    ComponentClass,
    ConstantMember,
    Denotation,
    EnumClass,
    Function,
    HelperMember,
    HiddenRead,
    Instance,
    Member,
    PartMember,
    ProcedureMember,
    StartMember,
    StepActor,
    StepTaken,
    Term,
    Unusable,
    VariableMember,
    Word,
    described,
    part_of,
    sort_name,
)
from tdispmodel.reading.files import MAXIMUM_DEPTH, Source
from tdispmodel.reading.mistakes import FollowsFromAnother, Mistake
from tdispmodel.reading.scopes import Scope
from tdispmodel.reading.world import MAXIMUM_SIZE, World
from tdispmodel.source import did_you_mean


@dataclass(frozen=True)
class Written:
    """An assignment that was made already: which variable of which instance."""

    instance: Instance
    variable: str


@dataclass(frozen=True)
class Reads:
    """A variable that was read, and where."""

    instance: Instance
    variable: str
    source: Source
    node: ast.AST


class Elaborator:
    """Elaborates one action, property or start condition.

    ``actor``: whose guards these are (None outside actions).  ``taken``: names that instances have in the IR.
    ``written``: what was assigned before the expression at hand; ``reads``: all that was read.
    """

    def __init__(self, world: World, taken: Sequence[str], actor: Actor | None = None) -> None:
        self.world = world
        self.taken = list(taken)
        self.actor = actor
        self.written: list[Written] = []
        self.written_by_name: dict[str, list[Written]] = {}
        self.reads: list[Reads] = []
        self.expanding: list[tuple[ast.FunctionDef, str]] = []
        self.outermost: tuple[Source, ast.AST] | None = None
        self.binders = 0
        self.depth = 0

    # --- what is asked from outside ----------------------------------------------------------------------------------

    def truth(self, node: ast.expr, scope: Scope) -> Term:
        """Return the term of a condition.  Raises `Mistake` when it is no truth value."""
        term = self.term(node, scope)
        if not isinstance(term.sort, Boolean):
            hint = "compare it: ... > 0" if isinstance(term.sort, Bounded) else "compare it: ... is ..."
            raise scope.source.mistake(node, "E302", f"this is {sort_name(term.sort)}, not a truth value", hint)
        return term

    def integer(self, node: ast.expr, scope: Scope) -> Term:
        """Return the term of an integer.  Raises `Mistake` when it is something else."""
        term = self.term(node, scope)
        if not isinstance(term.sort, Bounded):
            raise scope.source.mistake(node, "E303", f"an integer is needed, not {sort_name(term.sort)}")
        return term

    def term(self, node: ast.expr, scope: Scope) -> Term:
        """Return the term of a value.  Raises `Mistake` when the expression stands for something else."""
        found = self.denote(node, scope)
        if isinstance(found, Term):
            return found
        raise scope.source.mistake(node, "E208", f"a value is needed here, not {described(found)}", _value_hint(found))

    def denote(self, node: ast.expr, scope: Scope) -> Denotation:
        """Return what an expression stands for.  Raises `Mistake`."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            what, hint = _REFUSED.get(type(node), (type(node).__name__.lower(), "see the language reference"))
            raise scope.source.mistake(node, "E319", f"the language has no {what}", hint)
        self.depth += 1
        try:
            if self.depth > MAXIMUM_DEPTH:
                message = "nested too deeply, helpers included"
                raise scope.source.mistake(node, "E106", message, "name parts of it: ready = ...")
            if not self.world.budget.allows(steps=1):
                raise self.too_large(node, scope)
            return handler(self, node, scope)
        finally:
            self.depth -= 1

    def wrote(self, written: Written) -> None:
        """Note an assignment."""
        self.written.append(written)
        self.written_by_name.setdefault(written.variable, []).append(written)

    # --- building ----------------------------------------------------------------------------------------------------

    def built(self, node: ast.expr, scope: Scope, expression: Expression, *parts: Term) -> Term:
        """Return a term built from parts, after checking that it is not too large or too deep.  Raises `Mistake`."""
        size = 1 + sum(part.size for part in parts)
        depth = 1 + max((part.depth for part in parts), default=0)
        if size > MAXIMUM_SIZE:
            raise self.too_large(node, scope)
        if depth > MAXIMUM_DEPTH:
            message = "nested too deeply, named parts and helpers included"
            raise scope.source.mistake(node, "E106", message, "write it flatter")
        hidden = tuple(dict.fromkeys(read for part in parts for read in part.hidden))
        return Term(expression, size, depth, hidden)

    def too_large(self, node: ast.AST, scope: Scope) -> Mistake:
        """Return the mistake that a formula grows too large."""
        message = f"with helpers and procedures written out, the formulas have more than {MAXIMUM_SIZE} parts"
        return scope.source.mistake(node, "E329", message, "nest helpers less, or use them less often")

    def kept(self, node: ast.AST, scope: Scope, term: Term) -> Expression:
        """Return the expression of a term that becomes part of the model.  Raises `Mistake` when there is too much."""
        if not self.world.budget.allows(parts=term.size):
            raise self.too_large(node, scope)
        return term.expression

    def fresh(self, wanted: str) -> str:
        """Return a name for a binder that no instance in scope has."""
        name, attempt = wanted, 1
        while name in self.taken:
            attempt += 1
            name = f"{wanted}_{attempt}"
        return name

    # --- nodes -------------------------------------------------------------------------------------------------------

    def name(self, node: ast.Name, scope: Scope) -> Denotation:
        """A name: local first, as in Python; then what the file calls so."""
        found = scope.known.get(node.id)
        if isinstance(found, Unusable):
            raise FollowsFromAnother
        if found is not None:
            return found
        if node.id in scope.ended:
            message = f"{node.id} belongs to the loop above"
            raise scope.source.mistake(node, "E204", message, "use it inside the loop only")
        if node.id in scope.later:
            message = f"{node.id} is used before the line that gives it a value"
            raise scope.source.mistake(node, "E204", message, "move that line up, or rename one of the two")
        symbol = scope.names.known(node.id)
        if symbol is None:
            raise scope.names.unknown(node, scope.known)
        return symbol

    def constant(self, node: ast.Constant, scope: Scope) -> Denotation:
        """A literal: True, False or an integer."""
        value = node.value
        if isinstance(value, bool):
            return Term(Literal(value, BOOLEAN))
        if isinstance(value, int):
            if abs(value) > LARGEST:
                raise scope.source.mistake(node, "E325", f"no number of a model is beyond {LARGEST}")
            return Term(number(value))
        hints = {str: "use an enum for names", type(None): "use an enum with a member NONE", float: "use an integer"}
        raise scope.source.mistake(
            node, "E319", f"the language has no {type(value).__name__} values", hints.get(type(value), "")
        )

    def attribute(self, node: ast.Attribute, scope: Scope) -> Denotation:
        """``Tdi.RUN``, ``device.tdi``, ``self.tsm``, ``step.actor``, ``Actor.HOST``."""
        source, left = scope.source, self.denote(node.value, scope)
        match left:
            case Instance():
                return self.member(left, node, scope)
            case EnumClass(name, sort):
                if node.attr not in sort.members:
                    hint = did_you_mean(node.attr, sort.members)
                    raise source.mistake(node, "E203", f"{name} has no member {node.attr}", hint)
                self.world.check_twin(left, node, source)
                return Term(Literal(node.attr, sort))
            case Word("Actor"):
                if node.attr not in Actor.__members__:
                    hint = did_you_mean(node.attr, Actor.__members__)
                    raise source.mistake(node, "E203", f"there is no actor {node.attr}", hint)
                return ActorName(Actor[node.attr])
            case StepTaken():
                if node.attr == "actor":
                    return StepActor()
                hint = "there is step.actor, and step.is_(Guest.bind, device)"
                raise source.mistake(node, "E202", f"a step has no {node.attr}", hint)
            case ComponentClass():
                hint = "an instance is needed: self, a parameter, now, or for d in self.devices"
                raise source.mistake(node, "E208", f"{described(left)} is no instance", hint)
            case Term():
                hint = "compare the value itself: ... is ..."
                raise source.mistake(node, "E202", f"{sort_name(left.sort)} has no {node.attr}", hint)
            case _:
                raise source.mistake(node, "E202", f"{described(left)} has no {node.attr}")

    def member(self, instance: Instance, node: ast.Attribute, scope: Scope) -> Denotation:
        """A member of an instance.  The instance may be of several classes: they must agree."""
        found = self.find(instance, node.attr, node, scope)
        match found:
            case VariableMember(name, sort):
                return self.read(instance, found, node, scope, Field(instance.path, name, sort, instance.after))
            case ConstantMember(name, sort):
                return self.seen(instance, found, node, scope, ConstantValue(name, sort, instance.path))
            case PartMember(name, kind, many):
                if many:
                    return Collection(name, kind, instance.after)
                kinds = {
                    part.kind: None for owner in instance.kinds if isinstance(part := owner.members[name], PartMember)
                }
                return part_of(instance, name, tuple(kinds))
            case HelperMember(name, definition, is_property):
                if is_property:
                    return expanded(self, definition, (instance,), node, scope)
                hint = f"write: {name}()" if not definition.parameters else f"write: {name}(...)"
                raise scope.source.mistake(node, "E322", f"{name} is a method and must be called", hint)
            case ActionMember(name) | StartMember(name) | ProcedureMember(name):
                message = f"{name} is no value"
                raise scope.source.mistake(
                    node, "E414", message, "an action happens by itself; ask for what it changes"
                )

    def find(self, instance: Instance, name: str, node: ast.expr, scope: Scope) -> Member:
        """Return the member ``name`` of an instance, whatever class it may be of.  Raises `Mistake`."""
        found = [kind.members.get(name) for kind in instance.kinds]
        for kind, member in zip(instance.kinds, found, strict=True):
            if member is None:
                message = f"{kind.name} has no member {name}"
                if name in kind.removed:
                    message = f"{kind.name}.{name} is removed"
                raise scope.source.mistake(node, "E202", message, did_you_mean(name, kind.members))
        first = found[0]
        if first is None or any(not _agree(first, other) for other in found[1:]):
            kinds = ", ".join(kind.name for kind in instance.kinds)
            message = f"{name} is not the same for all of {kinds}"
            raise scope.source.mistake(node, "E331", message, "annotate with the class that is meant")
        return first

    def is_authors(self, source: Source) -> bool:
        """Whether this is the file of the model's root: that of its author, who may have written no other."""
        return source is self.world.root.module.source

    def placed(self, source: Source, node: ast.AST) -> tuple[Source, ast.AST]:
        """Return where to complain about a read: at the call that led to it, in the author's file if that can be."""
        if self.outermost is None or (self.is_authors(source) and not self.is_authors(self.outermost[0])):
            return source, node
        return self.outermost

    def read(
        self, instance: Instance, variable: VariableMember, node: ast.expr, scope: Scope, expression: Field
    ) -> Term:
        """Return the term that reads a variable.  Raises `Mistake` when an assignment above may have changed it."""
        shown = f"{instance.path}.{variable.name}"
        source, where = self.placed(scope.source, node)
        self.reads.append(Reads(instance, variable.name, source, where))
        for written in self.written_by_name.get(variable.name, ()):
            if may_be_same(written.instance, instance):
                hint = f"name the value before the assignment: was_{variable.name} = ..."
                if written.instance.path == instance.path:
                    raise source.mistake(where, "E403", f"{shown} is read after it was assigned", hint)
                other = f"{written.instance.path}.{variable.name}"
                message = f"{shown} may be {other}, which was assigned above"
                raise source.mistake(where, "E404", message, hint)
        return self.seen(instance, variable, node, scope, expression)

    def seen(
        self,
        instance: Instance,
        known: VariableMember | ConstantMember,
        node: ast.expr,
        scope: Scope,
        expression: Field | ConstantValue,
    ) -> Term:
        """Return the term that reads a variable or constant, with a note if the acting actor cannot see it."""
        if self.actor is None or self.actor not in known.hidden_from:
            return Term(expression)
        source, where = self.placed(scope.source, node)
        place = source.place(where)
        through = f" (through {self.expanding[0][1]})" if self.expanding else ""
        shown = f"{instance.path}.{known.name}{through}"
        return Term(expression, hidden=(HiddenRead(shown, source.line(place.line), place),))

    def logical(self, node: ast.BoolOp, scope: Scope) -> Term:
        """``and``, ``or``."""
        parts = [self.truth(value, scope) for value in node.values]
        operands = tuple(part.expression for part in parts)
        expression = And(operands) if isinstance(node.op, ast.And) else Or(operands)
        return self.built(node, scope, expression, *parts)

    def unary(self, node: ast.UnaryOp, scope: Scope) -> Term:
        """``not``, ``-``."""
        if isinstance(node.op, ast.Not):
            operand = self.truth(node.operand, scope)
            return self.built(node, scope, Not(operand.expression), operand)
        if isinstance(node.op, ast.USub):
            operand = self.integer(node.operand, scope)
            if isinstance(operand.expression, Literal) and isinstance(operand.expression.value, int):
                return Term(number(-operand.expression.value))
            return self.arithmetic(node, scope, "-", Term(number(0)), operand)
        sign = "+" if isinstance(node.op, ast.UAdd) else "~"
        raise scope.source.mistake(node, "E319", f"the language has no unary {sign}", "leave it out")

    def binary(self, node: ast.BinOp, scope: Scope) -> Term:
        """``+``, ``-``, ``*`` of integers."""
        symbol = OPERATORS.get(type(node.op))
        if symbol is None:
            hint = "there is + - * on integers, and: and, or, not on truth values"
            raise scope.source.mistake(node, "E319", "the language has no such operator", hint)
        left, right = self.integer(node.left, scope), self.integer(node.right, scope)
        return self.arithmetic(node, scope, symbol, left, right)

    def arithmetic(self, node: ast.expr, scope: Scope, symbol: str, left: Term, right: Term) -> Term:
        """Return the sum, difference or product of two terms.  Raises `Mistake` when it can become too large."""
        term = self.built(node, scope, Arithmetic(symbol, left.expression, right.expression), left, right)
        sort = term.sort
        if isinstance(sort, Bounded) and max(-sort.low, sort.high) > LARGEST:
            raise scope.source.mistake(node, "E325", f"this can become larger than {LARGEST}")
        return term

    def choice(self, node: ast.IfExp, scope: Scope) -> Term:
        """``x if c else y``."""
        condition = self.truth(node.test, scope)
        then, otherwise = self.term(node.body, scope), self.term(node.orelse, scope)
        if not same_kind(then.sort, otherwise.sort):
            message = f"the branches are {sort_name(then.sort)} and {sort_name(otherwise.sort)}"
            raise scope.source.mistake(node, "E318", message, "give both branches values of one kind")
        expression = If(condition.expression, then.expression, otherwise.expression)
        return self.built(node, scope, expression, condition, then, otherwise)


Handler = Callable[[Elaborator, ast.expr, Scope], Denotation]

OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
assert set(OPERATORS.values()) == set(ARITHMETIC)  # noqa: S101  # the IR and the language have the same operators

_HANDLERS: dict[type[ast.expr], Handler] = {
    ast.Name: Elaborator.name,  # type: ignore[dict-item]  # each handler takes the node it is listed for
    ast.Constant: Elaborator.constant,  # type: ignore[dict-item]  # as above
    ast.Attribute: Elaborator.attribute,  # type: ignore[dict-item]  # as above
    ast.BoolOp: Elaborator.logical,  # type: ignore[dict-item]  # as above
    ast.UnaryOp: Elaborator.unary,  # type: ignore[dict-item]  # as above
    ast.BinOp: Elaborator.binary,  # type: ignore[dict-item]  # as above
    ast.IfExp: Elaborator.choice,  # type: ignore[dict-item]  # as above
    ast.Compare: comparison,  # type: ignore[dict-item]  # as above
    ast.Call: call,  # type: ignore[dict-item]  # as above
}

_REFUSED: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("lambda here", "write a function of the module that returns one expression"),
    ast.NamedExpr: ("assignment inside an expression", "write name = ... on a line of its own before"),
    ast.Subscript: ("indexing", "use all(... for d in self.devices), any(...) or sum(...)"),
    ast.JoinedStr: ("texts", "use an enum for names"),
    ast.List: ("lists here", "a list stands only to the right of in"),
    ast.Tuple: ("tuples here", "a tuple stands only to the right of in"),
    ast.Set: ("sets here", "a set stands only to the right of in"),
    ast.Dict: ("dictionaries", "use if-expressions"),
    ast.ListComp: ("lists here", "use all(...), any(...) or sum(...) around it"),
    ast.GeneratorExp: ("generators here", "use all(...), any(...) or sum(...) around it"),
    ast.SetComp: ("set comprehensions", "use all(...), any(...) or sum(...)"),
    ast.DictComp: ("dictionaries", "use all(...), any(...) or sum(...)"),
    ast.Await: ("await", "an action happens at once"),
    ast.Yield: ("yield", "an action happens at once"),
    ast.YieldFrom: ("yield", "an action happens at once"),
    ast.Starred: ("starred expressions", "write the values one by one"),
}


def _value_hint(found: Denotation) -> str:
    match found:
        case Instance():
            return "name one of its variables, or compare instances with is"
        case Collection(name):
            return f"use len(...{name}), or all(... for d in ...{name})"
        case Function(name):
            return f"call it: {name}(...)"
        case StepActor() | ActorName():
            return "write: step.actor is Actor.HOST"
        case EnumClass(_, sort):
            return f"write one of its members: {sort}.{sort.members[0]}"
        case _:
            return ""


def _agree(first: Member, other: Member | None) -> bool:
    """Whether a member means the same in two classes of the model."""
    match first, other:
        case VariableMember(), VariableMember():
            return first.sort == other.sort and first.hidden_from == other.hidden_from
        case ConstantMember(), ConstantMember():
            return first.sort == other.sort and first.hidden_from == other.hidden_from
        case PartMember(), PartMember():
            return first.many == other.many
        case HelperMember(), HelperMember():
            return first.definition is other.definition
        case ProcedureMember(), ProcedureMember():
            return (first.definition, first.restrictions) == (other.definition, other.restrictions)
        case _:
            return first is other


def may_be_same(left: Instance, right: Instance) -> bool:
    """Whether two names may stand for one instance.

    Parts of different names are different, and so are parts of instances that are; nothing is a part of itself; and
    instances of different classes are different.  Everything else may be the same.
    """
    if left.path == right.path:
        return True
    if left.path.startswith(right.path + ".") or right.path.startswith(left.path + "."):
        return False
    if not set(left.kinds) & set(right.kinds):
        return False
    (left_owner, _, left_part), (right_owner, _, right_part) = left.path.rpartition("."), right.path.rpartition(".")
    return not (left_owner and right_owner and left_part != right_part)


__all__ = ["Elaborator", "Scope", "Written", "may_be_same"]
