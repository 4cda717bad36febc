"""The names that a model file imports: for editors, for type checkers, and for running a trusted file natively.

`tdispmodel.reading` reads model files as text and never imports this module; nothing else in the package imports it
either, and it imports nothing of the package.  Whoever imports a (trusted) model file gets plain Python classes and
functions: every decorator returns what it was given and only notes on it, in ``__tdispmodel__``, how it was used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar, overload

__all__ = [
    "Actor",
    "Component",
    "Constant",
    "Each",
    "Ghost",
    "HiddenFrom",
    "Range",
    "Step",
    "action",
    "anything",
    "given",
    "initially",
    "invariant",
    "leads_to",
    "must_be_possible",
    "needs",
    "never_endless",
    "removes",
    "replaces",
    "require",
    "restricts",
    "stays_possible",
    "step_property",
]

Function = TypeVar("Function", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type)
Kind_co = TypeVar("Kind_co", covariant=True)
Value = TypeVar("Value")


class Actor(Enum):
    """Who acts.  The host is the adversary; kernel, userspace and relying party are weakly fair."""

    DEVICE = "device"
    KERNEL = "kernel"
    USERSPACE = "userspace"
    RELYING_PARTY = "relying_party"
    HOST = "host"
    ENVIRONMENT = "environment"


class Component:
    """The base of every component: its annotated names are variables, parts and constants, its methods actions."""


class Each(tuple[Kind_co, ...]):
    """``devices: Each[Device]``: a part of the root component, as many instances as the check asks for."""

    __slots__ = ()


@dataclass(frozen=True)
class ConstantMark:
    """What `Constant` puts into an annotation."""


Constant = Annotated[Value, ConstantMark()]
"""``kernel: Constant[Kernel] = Kernel.SINCE_6_19``: the same in all states; a proposal or a check may choose it.

In a part each instance has a value of its own.  What hides a constant stands around it:
``Annotated[Constant[Kernel], HiddenFrom(Actor.USERSPACE)]``.
"""


@dataclass(frozen=True)
class Range:
    """``Annotated[int, Range(0, 3)]``: an integer from ``low`` to ``high``, both included."""

    low: int
    high: int


@dataclass(frozen=True, init=False)
class HiddenFrom:
    """``Annotated[Tdi, HiddenFrom(Actor.USERSPACE)]``: no guard of these actors may read the variable or constant."""

    actors: tuple[Actor, ...]

    def __init__(self, *actors: Actor) -> None:
        object.__setattr__(self, "actors", actors)


Ghost = HiddenFrom(*Actor)
"""``Annotated[bool, Ghost]``: a variable or constant that only properties and updates read, hidden from every actor."""


class Refused(Exception):
    """A `require` was not met: the action cannot happen in this state."""


def require(condition: bool, /) -> None:
    """Say that the action can happen only where ``condition`` holds; raises `Refused` where it does not."""
    if not condition:
        raise Refused


@dataclass(frozen=True)
class Anything:
    """A set of start values; empty means every value of the variable."""

    values: tuple[object, ...]


def anything(*values: object) -> Any:  # noqa: ANN401  # stands where a value of any sort is expected
    """Return the start value of a variable that may start with any of ``values``, or with any value at all."""
    return Anything(values)


class Step:
    """The step that a step property judges: who acts, and which action of which component it is."""

    def __init__(self, actor: Actor, component: type, name: str, instances: tuple[Component, ...] = ()) -> None:
        self.actor = actor
        self.component = component
        self.name = name
        self.instances = instances

    def is_(self, action: Callable[..., None], /, *instances: Component) -> bool:
        """Whether the step is this action (``Guest.bind``), with these instances as far as they are given.

        For an action of a part the first instance is the one that owns it; the action's parameters follow.
        """
        return any(vars(kind).get(self.name) is action for kind in self.component.__mro__) and all(
            given is taken for given, taken in zip(instances, self.instances, strict=False)
        )


@dataclass(frozen=True)
class Note:
    """One use of a decorator: its name, what it was given by position and what by keyword."""

    decorator: str
    given: tuple[object, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)


def notes(marked: object) -> tuple[Note, ...]:
    """Return what decorators noted on a function or on a class itself (not on its bases), the nearest first."""
    found: tuple[Note, ...] = vars(marked).get("__tdispmodel__", ())
    return found


def _noted(marked: Any, note: Note) -> None:  # noqa: ANN401  # a function or a class
    marked.__tdispmodel__ = (*notes(marked), note)


def _noting(decorator: str, *given: object, **options: object) -> Callable[[Function], Function]:
    def keep(function: Function) -> Function:
        _noted(function, Note(decorator, given, {name: value for name, value in options.items() if value is not None}))
        return function

    return keep


# --- what may stand above a method of a component --------------------------------------------------------------------


@overload
def action(*, by: Actor, fair: bool | None = None, to: Actor | None = None) -> Callable[[Function], Function]: ...
@overload
def action(*, by: Actor, strongly_fair: Literal[True], to: Actor | None = None) -> Callable[[Function], Function]: ...
def action(
    *, by: Actor, fair: bool | None = None, strongly_fair: bool | None = None, to: Actor | None = None
) -> Callable[[Function], Function]:
    """Mark a method as an action of ``by``; ``to`` is who is addressed.

    ``fair`` says otherwise than the actor whether the action, where it stays possible, is taken in the end;
    ``strongly_fair`` that it is taken again and again if it is possible again and again.
    """
    return _noting("action", by=by, fair=fair, strongly_fair=strongly_fair, to=to)


def initially(function: Function) -> Function:
    """Mark a method as a condition that every start state satisfies."""
    return _noting("initially")(function)


def replaces(old: object, /) -> Callable[[Callable[..., Any]], Any]:
    """Mark a method as taking the place of the inherited ``old``.

    Type checkers see no signature afterwards: the parameters may be of components that derive from the old ones.
    """
    return _noting("replaces", old)


def restricts(old: object, /) -> Callable[[Callable[..., Any]], Any]:
    """Mark a method as adding conditions, and nothing else, to the inherited action ``old``."""
    return _noting("restricts", old)


def removes(*old: object) -> Callable[[Class], Class]:
    """Mark a class as doing without the inherited actions ``old``."""

    def keep(owner: Class) -> Class:
        _noted(owner, Note("removes", old))
        return owner

    return keep


# --- what may stand above a property ---------------------------------------------------------------------------------


def given(**constants: object) -> Callable[[Function], Function]:
    """Ask the property under these values of constants."""
    return _noting("given", **constants)


def needs(*members: str) -> Callable[[Function], Function]:
    """Say that the property makes sense only for models that have these members (``"Device.trust"``)."""
    return _noting("needs", *members)


@overload
def invariant(function: Function, /) -> Function: ...
@overload
def invariant(*, code: str | None = None) -> Callable[[Function], Function]: ...
def invariant(function: Any = None, /, *, code: str | None = None) -> Any:
    """Mark ``f(now)`` as true in every reachable state."""
    return _property("invariant", function, code)


@overload
def step_property(function: Function, /) -> Function: ...
@overload
def step_property(*, code: str | None = None) -> Callable[[Function], Function]: ...
def step_property(function: Any = None, /, *, code: str | None = None) -> Any:
    """Mark ``f(now, after, step)`` as true of every step between reachable states."""
    return _property("step_property", function, code)


def leads_to(*, after: Callable[..., bool], code: str | None = None) -> Callable[[Function], Function]:
    """Mark ``f(now)`` as becoming true, sooner or later, from every state in which ``after`` holds."""
    return _noting("leads_to", after=after, code=code)


@overload
def never_endless(function: Function, /) -> Function: ...
@overload
def never_endless(*, code: str | None = None) -> Callable[[Function], Function]: ...
def never_endless(function: Any = None, /, *, code: str | None = None) -> Any:
    """Mark ``f(now, after, step)`` as true of only finitely many steps of every behaviour."""
    return _property("never_endless", function, code)


@overload
def stays_possible(function: Function, /) -> Function: ...
@overload
def stays_possible(
    *, after: Callable[..., bool] | None = None, code: str | None = None
) -> Callable[[Function], Function]: ...
def stays_possible(
    function: Any = None, /, *, after: Callable[..., bool] | None = None, code: str | None = None
) -> Any:
    """Mark ``f(now)`` as reachable from every reachable state (in which ``after`` holds), without the host's help."""
    return _property("stays_possible", function, code, after=after)


@overload
def must_be_possible(function: Function, /) -> Function: ...
@overload
def must_be_possible(*, code: str | None = None) -> Callable[[Function], Function]: ...
def must_be_possible(function: Any = None, /, *, code: str | None = None) -> Any:
    """Mark ``f(now)`` as true in some state, or ``f(now, after, step)`` as true of a step, without the host's help."""
    return _property("must_be_possible", function, code)


def _property(decorator: str, function: Any, code: str | None, **options: object) -> Any:  # noqa: ANN401  # as above
    mark = _noting(decorator, code=code, **options)
    return mark if function is None else mark(function)
