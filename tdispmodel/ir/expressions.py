"""Sorts, values and expressions.

Values are plain: ``True``/``False``, integers, and for an enum the member's name.  Expressions are frozen trees; each
node checks the sorts of its parts when it is built and raises `IllFormed` (a fault of the builder, never of the user).

Leaves come in two families.  *Template* leaves stand in a model as written: `Field` (a variable of a named instance),
`ConstantValue`, `SameInstance`, `ActorIs`, `StepIs`, and the binder `Quantified`.  *Ground* leaves stand in a system:
`Read` (a flat variable, before or after the step) and `Took` (which action instance the step is).  Everything else is
common to both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from enum import Enum
from functools import cached_property

from tdispmodel.ir.sorts import (
    BOOLEAN as BOOLEAN,
    Actor as Actor,
    Boolean as Boolean,
    Bounded as Bounded,
    Enumeration as Enumeration,
    Fairness as Fairness,
    IllFormed as IllFormed,
    Sort as Sort,
    Value as Value,
    belongs as belongs,
    same_kind as same_kind,
)


class Expression:
    """A node of a formula.  Subclasses are frozen dataclasses with a ``sort``."""

    def __init_subclass__(cls) -> None:
        cls.__hash__ = Expression.__hash__  # type: ignore[method-assign]  # else each hashes all that is below it anew

    def __hash__(self) -> int:
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            parts = [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]  # a dataclass
            known = self.__dict__["_hash"] = hash((type(self), *parts))
        return known

    def __getstate__(self) -> dict[str, object]:
        """What is handed to another process: no hash, for there texts have others."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # a dataclass

    @property
    def sort(self) -> Sort:
        """The sort of the value."""
        return BOOLEAN

    @cached_property
    def children(self) -> tuple[Expression, ...]:
        """The sub-expressions, left to right."""
        found: list[Expression] = []
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, field.name)
            if isinstance(value, Expression):
                found.append(value)
            elif isinstance(value, tuple):
                found += [part for part in value if isinstance(part, Expression)]
        return tuple(found)

    def walk(self) -> Iterator[Expression]:
        """Yield this node and all below it, outermost first."""
        stack: list[Expression] = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))


def _needs(condition: bool, message: str) -> None:  # reads best at the call
    if not condition:
        raise IllFormed(message)


def _boolean(*operands: Expression) -> None:
    for operand in operands:
        if not isinstance(operand.sort, Boolean):  # the message is as long as the formula, so only now is it written
            message = f"a truth value is needed, not {operand.sort}: {operand}"
            raise IllFormed(message)


@dataclass(frozen=True)
class Literal(Expression):
    """A value written down."""

    value: Value
    of: Sort

    def __post_init__(self) -> None:
        _needs(belongs(self.value, self.of), f"{self.value!r} is no value of {self.of}")

    @property
    def sort(self) -> Sort:
        return self.of


TRUE = Literal(True, BOOLEAN)
FALSE = Literal(False, BOOLEAN)


def number(value: int) -> Literal:
    """An integer literal with the tightest interval."""
    return Literal(value, Bounded(value, value))


@dataclass(frozen=True)
class Read(Expression):
    """Ground: the value of a flat variable before the step, or after it."""

    name: str
    of: Sort
    after: bool = False

    @property
    def sort(self) -> Sort:
        return self.of


@dataclass(frozen=True)
class Field(Expression):
    """Template: variable ``variable`` of the instance that ``instance`` names (``self``, a parameter, a bound name,
    or one of these followed by parts: ``self.tsm``), before the step or after it.
    """

    instance: str
    variable: str
    of: Sort
    after: bool = False

    @property
    def sort(self) -> Sort:
        return self.of


@dataclass(frozen=True)
class ConstantValue(Expression):
    """Template: the value of constant ``name`` of the instance that ``instance`` names, as in `Field`; of the root
    where it is empty.
    """

    name: str
    of: Sort
    instance: str = ""

    @property
    def sort(self) -> Sort:
        return self.of


@dataclass(frozen=True)
class SameInstance(Expression):
    """Template: whether two names stand for the same component instance."""

    left: str
    right: str


@dataclass(frozen=True)
class ActorIs(Expression):
    """Template, in step properties: the step is taken by one of these actors."""

    actors: tuple[Actor, ...]


@dataclass(frozen=True)
class StepIs(Expression):
    """Template, in step properties: the step is action ``action`` of component ``owner`` (or of one that derives from
    it).  ``arguments`` are instance names: first, for an action of a part, the instance that owns it, then the
    parameters in order; fewer than there are means "whichever".
    """

    owner: str
    action: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Took(Expression):
    """Ground, in step properties: the step is one of these action instances (by name)."""

    names: frozenset[str]


@dataclass(frozen=True)
class Not(Expression):
    """Negation."""

    operand: Expression

    def __post_init__(self) -> None:
        _boolean(self.operand)


@dataclass(frozen=True)
class And(Expression):
    """Conjunction, left to right; true when empty."""

    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        _boolean(*self.operands)


@dataclass(frozen=True)
class Or(Expression):
    """Disjunction, left to right; false when empty."""

    operands: tuple[Expression, ...]

    def __post_init__(self) -> None:
        _boolean(*self.operands)


@dataclass(frozen=True)
class Equal(Expression):
    """Two values of one kind are the same."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _needs(same_kind(self.left.sort, self.right.sort), f"cannot compare {self.left.sort} with {self.right.sort}")


@dataclass(frozen=True)
class Less(Expression):
    """The left integer is smaller than the right one."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _integers(self.left, self.right)


@dataclass(frozen=True)
class AtMost(Expression):
    """The left integer is smaller than the right one, or the same."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _integers(self.left, self.right)


def _integers(*operands: Expression) -> None:
    for operand in operands:
        _needs(isinstance(operand.sort, Bounded), f"an integer is needed, not {operand.sort}")


@dataclass(frozen=True)
class Among(Expression):
    """The operand has one of the listed values."""

    operand: Expression
    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        for value in self.values:
            fits = isinstance(value, int) and not isinstance(value, bool) and isinstance(self.operand.sort, Bounded)
            _needs(fits or belongs(value, self.operand.sort), f"{value!r} is no value of {self.operand.sort}")


@dataclass(frozen=True)
class Arithmetic(Expression):
    """``left + right``, ``left - right`` or ``left * right`` of integers; the sort is the interval of results."""

    operator: str
    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _integers(self.left, self.right)
        _needs(self.operator in ("+", "-", "*"), f"no operator {self.operator!r}")

    @property
    def sort(self) -> Sort:
        left, right = self.left.sort, self.right.sort
        if not isinstance(left, Bounded) or not isinstance(right, Bounded):
            message = "arithmetic needs integers"
            raise IllFormed(message)
        operate = ARITHMETIC[self.operator]
        ends = [operate(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
        return Bounded(min(ends), max(ends))


ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
}


@dataclass(frozen=True)
class If(Expression):
    """``then if condition else otherwise``; both branches are of one kind."""

    condition: Expression
    then: Expression
    otherwise: Expression

    def __post_init__(self) -> None:
        _boolean(self.condition)
        _needs(
            same_kind(self.then.sort, self.otherwise.sort),
            f"the branches are {self.then.sort} and {self.otherwise.sort}",
        )

    @property
    def sort(self) -> Sort:
        then, otherwise = self.then.sort, self.otherwise.sort
        if isinstance(then, Bounded) and isinstance(otherwise, Bounded):
            return Bounded(min(then.low, otherwise.low), max(then.high, otherwise.high))
        return then


class Binder(Enum):
    """What a quantifier does with its instances."""

    ALL = "all"
    ANY = "any"
    SUM = "sum"


@dataclass(frozen=True)
class Quantified(Expression):
    """Template: ``all/any/sum(body for bound in <root>.collection if where)``.

    ``collection`` is the name of an ``Each`` field of the root component; a `SUM` has an integer or boolean body
    (a truth value counts 1).
    """

    binder: Binder
    bound: str
    collection: str
    body: Expression
    where: Expression = TRUE

    def __post_init__(self) -> None:
        _boolean(self.where)
        if self.binder is Binder.SUM:
            _needs(not isinstance(self.body.sort, Enumeration), "an enum cannot be summed")
        else:
            _boolean(self.body)

    @property
    def sort(self) -> Sort:
        # how many instances there are is known when the model is grounded; MAXIMUM_INSTANCES bounds it
        if self.binder is not Binder.SUM:
            return BOOLEAN
        body = self.body.sort
        low, high = (body.low, body.high) if isinstance(body, Bounded) else (0, 1)
        return Bounded(min(0, low * MAXIMUM_INSTANCES), max(0, high * MAXIMUM_INSTANCES))


@dataclass(frozen=True)
class Count(Expression):
    """Template: ``len(<root>.collection)``."""

    collection: str

    @property
    def sort(self) -> Sort:
        return Bounded(0, MAXIMUM_INSTANCES)


MAXIMUM_INSTANCES = 64


# --- building with folding -------------------------------------------------------------------------------------------


def conjunction(*operands: Expression) -> Expression:
    """And, flattened, without true parts; `FALSE` as soon as a part is false."""
    parts: list[Expression] = []
    for operand in operands:
        if operand == FALSE:
            return FALSE
        parts += operand.operands if isinstance(operand, And) else () if operand == TRUE else (operand,)
    if not parts:
        return TRUE
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def disjunction(*operands: Expression) -> Expression:
    """Or, flattened, without false parts; `TRUE` as soon as a part is true."""
    parts: list[Expression] = []
    for operand in operands:
        if operand == TRUE:
            return TRUE
        parts += operand.operands if isinstance(operand, Or) else () if operand == FALSE else (operand,)
    if not parts:
        return FALSE
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def conjuncts(expression: Expression) -> Iterator[Expression]:
    """Yield the parts of a conjunction, however deep it is nested, from left to right."""
    if isinstance(expression, And):
        for operand in expression.operands:
            yield from conjuncts(operand)
    else:
        yield expression


def negation(operand: Expression) -> Expression:
    """Not, with double negations and literals removed."""
    match operand:
        case Literal(value, _):
            return FALSE if value else TRUE
        case Not(inner):
            return inner
        case _:
            return Not(operand)


def rebuilt(expression: Expression, replace: Callable[[Expression], Expression | None]) -> Expression:
    """Rebuild ``expression`` bottom up with folding.

    ``replace`` is asked of each node first (outermost first) and gives the node that takes its place, or None to go
    on below.  Constant parts are folded, so that what is decided by constants disappears.
    """
    taken = replace(expression)
    if taken is not None:
        return taken

    def again(part: Expression) -> Expression:
        return rebuilt(part, replace)

    match expression:
        case Not(operand):
            return negation(again(operand))
        case And(operands):
            return conjunction(*map(again, operands))
        case Or(operands):
            return disjunction(*map(again, operands))
        case Equal(left, right):
            return _folded(Equal(again(left), again(right)))
        case Less(left, right):
            return _folded(Less(again(left), again(right)))
        case AtMost(left, right):
            return _folded(AtMost(again(left), again(right)))
        case Among(operand, values):
            return _folded(Among(again(operand), values))
        case Arithmetic(operator, left, right):
            return _folded(Arithmetic(operator, again(left), again(right)))
        case If(condition, then, otherwise):
            return choice(again(condition), again(then), again(otherwise))
        case Quantified(binder, bound, collection, body, where):
            return Quantified(binder, bound, collection, again(body), again(where))
        case _:
            return expression


def choice(condition: Expression, then: Expression, otherwise: Expression) -> Expression:
    """If, folded when the condition is constant or the branches are the same."""
    if condition == TRUE or then == otherwise:
        return then
    return otherwise if condition == FALSE else If(condition, then, otherwise)


def added(left: Expression, right: Expression) -> Expression:
    """The sum of two integers, folded when both are constant."""
    return _folded(Arithmetic("+", left, right))


def _folded(expression: Expression) -> Expression:
    match expression:
        case Equal(Literal(left, _), Literal(right, _)):
            return TRUE if left == right else FALSE
        case Equal(left, right) if left == right:
            return TRUE
        case Equal(left, Literal(value, Boolean())):
            return left if value else negation(left)
        case Equal(Literal(value, Boolean()), right):
            return right if value else negation(right)
        case Less(Literal(int(left), _), Literal(int(right), _)):
            return TRUE if left < right else FALSE
        case AtMost(Literal(int(left), _), Literal(int(right), _)):
            return TRUE if left <= right else FALSE
        case Among(Literal(value, _), values):
            return TRUE if value in values else FALSE
        case Arithmetic(operator, Literal(int(left), _), Literal(int(right), _)):
            return number(ARITHMETIC[operator](left, right))
        case _:
            return expression
