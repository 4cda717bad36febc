"""Runs a trusted model file by CPython itself, knowing nothing of the reader and the IR: the second meaning of the language.

Given a file, how many devices and values of constants; gives start states, steps, truth of properties.  A state is a
mapping from full names (``devices[0].tdi``) to plain values, enum members by their names.
"""

from __future__ import annotations

import importlib.util
import inspect
import itertools
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

from tdispmodel import dsl

State = tuple[Any, ...]
"""One value per variable, as Python holds it, in the order of `Native.names`."""

PROPERTY_DECORATORS = (
    "invariant",
    "step_property",
    "leads_to",
    "never_endless",
    "stays_possible",
    "must_be_possible",
)


def imported(path: Path, *roots: Path) -> ModuleType:
    """Import a trusted file under a name of its own; ``roots`` are searched for what it imports."""
    name = f"native_model_{path.stem}_{abs(hash(path.resolve()))}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    sys.path[:0] = [str(path.parent), *map(str, roots)]
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = before
    return module


def root_class(module: ModuleType) -> type:
    """Return the component class of the file that no other class of the file contains or extends."""
    classes = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, dsl.Component) and kind.__module__ == module.__name__
    ]
    used = {base for kind in classes for base in kind.__mro__[1:]}
    used |= {held for kind in classes for _, held, _ in parts_of(kind)}
    used |= {base for kind in used for base in kind.__mro__}
    (root,) = [kind for kind in classes if kind not in used]
    return root


def parts_of(kind: type) -> Iterator[tuple[str, type, bool]]:
    """Yield each part of a component class: its name, its class, and whether there are many."""
    for name, hint in typing.get_type_hints(kind, include_extras=True).items():
        if typing.get_origin(hint) is dsl.Each:
            yield name, typing.get_args(hint)[0], True
        elif inspect.isclass(hint) and issubclass(hint, dsl.Component):
            yield name, hint, False


def settings_of(kind: type) -> Iterator[tuple[str, Any, tuple[Any, ...], Any]]:
    """Yield each variable and constant of a class: its name, type, marks of its annotation and class attribute."""
    parts = {name for name, _, _ in parts_of(kind)}
    for name, hint in typing.get_type_hints(kind, include_extras=True).items():
        if name in parts:
            continue
        plain, *marks = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else (hint,)
        yield name, plain, tuple(marks), getattr(kind, name)


def is_constant(marks: tuple[Any, ...]) -> bool:
    """Whether an annotation is that of a constant."""
    return any(isinstance(mark, dsl.ConstantMark) for mark in marks)


def every_value(kind: Any, marks: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return all values of a variable's type."""
    if kind is bool:
        return (False, True)
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return tuple(kind)
    (bounds,) = [mark for mark in marks if isinstance(mark, dsl.Range)]
    return tuple(range(bounds.low, bounds.high + 1))


def plain(value: Any) -> Any:
    """Return a value as the IR writes it: a member by its name."""
    return value.name if isinstance(value, Enum) else value


@dataclass
class Moves:
    """An action of a class: who declared it first, who acts, what it is promised (None: as its actor's are)."""

    name: str
    owner: str
    actor: dsl.Actor
    fairness: str | None
    parameters: tuple[type, ...]
    bodies: list[Callable[..., None]] = field(default_factory=list)


def promised(options: Mapping[str, Any]) -> str | None:
    """Return what ``@action`` promises, in the words of the IR; None where it does not say."""
    if options.get("strongly_fair"):
        assert "fair" not in options
        return "strong"
    return None if "fair" not in options else "weak" if options["fair"] else "none"


def removed_by(kind: type) -> tuple[Any, ...]:
    """Return the functions that ``@removes`` above this very class names."""
    return tuple(old for note in dsl.notes(kind) for old in note.given)


def actions_of(kind: type, removed_elsewhere: frozenset[Any] = frozenset()) -> dict[str, Moves]:
    """Return the actions that a class ends up with, patches applied from its oldest ancestor on."""
    found: dict[str, Moves] = {}
    for ancestor in reversed(kind.__mro__):
        for old in removed_by(ancestor):
            found.pop(old.__name__, None)
        for name, function in vars(ancestor).items():
            marks = {note.decorator: note for note in dsl.notes(function)} if inspect.isfunction(function) else {}
            options: Mapping[str, Any] | None = marks["action"].options if "action" in marks else None
            if options is not None and "replaces" not in marks:
                hints = typing.get_type_hints(function)
                kinds = tuple(hints[each] for each in list(inspect.signature(function).parameters)[1:])
                found[name] = Moves(name, ancestor.__name__, options["by"], promised(options), kinds, [function])
            elif name in found and marks:
                found[name].bodies.append(function)
                if options is not None:
                    found[name].actor, found[name].fairness = options["by"], promised(options)
    return {name: moves for name, moves in found.items() if not any(body in removed_elsewhere for body in moves.bodies)}


def runnable(kind: type) -> type:
    """Return a subclass in which a restricting method does what it adds and then what it restricts."""
    combined: dict[str, Any] = {}
    for ancestor in reversed(kind.__mro__):
        for name, function in vars(ancestor).items():
            if not inspect.isfunction(function):
                continue
            restricting = any(note.decorator == "restricts" for note in dsl.notes(function))
            combined[name] = _both(function, combined[name]) if restricting else function
    return type(kind.__name__, (kind,), combined)


def _both(first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Any]:
    def both(*given: Any) -> None:
        first(*given)
        second(*given)

    return both


class LeftRange(Exception):
    """An action gave a variable a value that is none of its own: an error of the model."""


class World:
    """All component instances of one model; its variables can be loaded from a state and read as one."""

    def __init__(self, root: type, devices: int) -> None:
        self.instances: dict[str, Any] = {}
        self.kinds: dict[str, type] = {}
        self.loaded: State | None = None
        self.root = self._built("", root, devices)

    def _built(self, path: str, kind: type, devices: int) -> Any:
        instance = runnable(kind)()
        self.instances[path], self.kinds[path] = instance, kind
        for name, held, many in parts_of(kind):
            below = f"{path}.{name}" if path else name
            if many:
                setattr(instance, name, tuple(self._built(f"{below}[{n}]", held, devices) for n in range(devices)))
            else:
                setattr(instance, name, self._built(below, held, devices))
        return instance

    def of_kind(self, kind: type) -> list[str]:
        """Return the paths of all instances of a class."""
        return [path for path, instance in self.instances.items() if isinstance(instance, kind)]


@dataclass(frozen=True)
class NativeVariable:
    """A variable or constant of an instance: its path, name, possible start values, all its values, who cannot see it."""

    path: str
    name: str
    starts: tuple[Any, ...]
    values: tuple[Any, ...]
    hidden_from: frozenset[str]

    @property
    def full_name(self) -> str:
        """The name that traces use."""
        return f"{self.path}.{self.name}" if self.path else self.name


@dataclass(frozen=True)
class Firing:
    """An action instance: its name in traces, the instance that has it, its arguments."""

    label: str
    path: str
    moves: Moves
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """A property for one choice of instances: the function, the paths it is asked of, and whether it is about steps."""

    name: str
    function: Callable[..., bool]
    after: Callable[..., bool] | None
    paths: tuple[str, ...]
    about_steps: bool
    takes_step: bool


class Native:
    """One model as CPython runs it."""

    def __init__(
        self,
        module: ModuleType,
        devices: int = 1,
        constants: Mapping[str, Any] | None = None,
        property_modules: tuple[ModuleType, ...] = (),
    ) -> None:
        self.kind = root_class(module)
        self.now, self.after = World(self.kind, devices), World(self.kind, devices)
        self.variables = tuple(self._settings(constants=False))
        self.constants = tuple(self._settings(constants=True))
        self.names = tuple(variable.full_name for variable in self.variables)
        for world in (self.now, self.after):
            self._set_constants(world, dict(constants or {}))
        self.firings = tuple(self._firings())
        self.questions = tuple(self._questions((module, *property_modules)))

    # --- what there is -----------------------------------------------------------------------------------------------

    def _settings(self, *, constants: bool) -> Iterator[NativeVariable]:
        """Yield the variables of all instances, or their constants (of which the only start value is the default)."""
        for path, kind in self.now.kinds.items():
            for name, plain_kind, marks, start in settings_of(kind):
                if is_constant(marks) is not constants:
                    continue
                values = every_value(plain_kind, marks)
                starts = (start.values or values) if isinstance(start, dsl.Anything) else (start,)
                hidden = {actor.name for mark in marks if isinstance(mark, dsl.HiddenFrom) for actor in mark.actors}
                yield NativeVariable(path, name, tuple(starts), values, frozenset(hidden))

    @staticmethod
    def _set_constants(world: World, constants: dict[str, Any]) -> None:
        """Set the constants that are given by their full names, ``kernel`` or ``devices[0].kind``."""
        for path, kind in world.kinds.items():
            for name, plain_kind, marks, _ in settings_of(kind):
                full = f"{path}.{name}" if path else name
                if is_constant(marks) and full in constants:
                    value = constants[full]
                    (member,) = [known for known in every_value(plain_kind, marks) if plain(known) == value]
                    setattr(world.instances[path], name, member)

    def _firings(self) -> Iterator[Firing]:
        removed = {
            old
            for kind in self.now.kinds.values()
            for ancestor in kind.__mro__
            for old in removed_by(ancestor)
            if old not in [vars(base).get(old.__name__) for base in kind.__mro__]
        }
        tables = {path: actions_of(kind, frozenset(removed)) for path, kind in self.now.kinds.items()}
        owners: dict[str, set[str]] = {}
        for table in tables.values():
            for name, moves in table.items():
                owners.setdefault(name, set()).add(moves.owner)
        for path, table in tables.items():
            for name, moves in table.items():
                label = f"{moves.owner}.{name}" if len(owners[name]) > 1 else name
                for chosen in itertools.product(*(self.now.of_kind(kind) for kind in moves.parameters)):
                    concerned = ((path,) if path else ()) + chosen
                    shown = f"{label}({', '.join(concerned)})" if concerned else label
                    yield Firing(shown, path, moves, chosen)

    def _questions(self, modules: tuple[ModuleType, ...]) -> Iterator[Question]:
        for module in modules:
            for name, function in vars(module).items():
                if not inspect.isfunction(function) or function.__module__ != module.__name__:
                    continue
                marks = {note.decorator: note for note in dsl.notes(function)}
                asked = [word for word in PROPERTY_DECORATORS if word in marks]
                if not asked or not self._applies(marks):
                    continue
                hints = typing.get_type_hints(function)
                kinds = [hints[each] for each in inspect.signature(function).parameters]
                steps = asked[0] in ("step_property", "never_endless") or dsl.Step in kinds
                about = kinds[:1] if steps else kinds
                after = typing.cast("Callable[..., bool] | None", marks[asked[0]].options.get("after"))
                for paths in itertools.product(*(self.now.of_kind(kind) for kind in about)):
                    yield Question(name, function, after, paths, steps, dsl.Step in kinds)

    def _applies(self, marks: Mapping[str, dsl.Note]) -> bool:
        """Whether the model has all that a property needs, and fixes no constant otherwise than the property does."""
        kinds = set(self.now.kinds.values())
        for needed in marks["needs"].given if "needs" in marks else ():
            owner, member = str(needed).split(".")
            having = [kind for kind in kinds if owner in [ancestor.__name__ for ancestor in kind.__mro__]]
            if not any(hasattr(kind, member) or member in typing.get_type_hints(kind) for kind in having):
                return False
        for name, value in (marks["given"].options if "given" in marks else {}).items():
            for kind in kinds:
                moved = [own for own in kind.__mro__ if name in vars(own) and name not in inspect.get_annotations(own)]
                if moved and getattr(kind, name) is not value:
                    return False
        return True

    # --- what happens ------------------------------------------------------------------------------------------------

    def load(self, world: World, state: State) -> None:
        """Set all variables of a world, unless it is in this very state."""
        if world.loaded is state:
            return
        world.loaded = state
        for variable, value in zip(self.variables, state, strict=True):
            setattr(world.instances[variable.path], variable.name, value)

    def state_of(self, world: World) -> State:
        """Return the state that a world is in; a value outside its variable's type is an error of the model."""
        state = tuple(getattr(world.instances[variable.path], variable.name) for variable in self.variables)
        for variable, value in zip(self.variables, state, strict=True):
            assert type(value) is type(variable.values[0]), f"{variable.full_name} became {value!r}"
            if value not in variable.values:
                message = f"{variable.full_name} became {value}"
                raise LeftRange(message)
        return state

    def start_states(self) -> Iterator[State]:
        """Yield every combination of start values that satisfies every condition marked ``@initially``."""
        for state in itertools.product(*(variable.starts for variable in self.variables)):
            self.load(self.now, state)
            if all(self._may_start(path, instance) for path, instance in self.now.instances.items()):
                yield state

    def _may_start(self, path: str, instance: Any) -> bool:
        conditions = {
            name: function
            for ancestor in reversed(self.now.kinds[path].__mro__)
            for name, function in vars(ancestor).items()
            if inspect.isfunction(function) and any(note.decorator == "initially" for note in dsl.notes(function))
        }
        return all(truth(getattr(instance, name)()) for name in conditions)

    def steps(self, state: State) -> Iterator[tuple[Firing, State]]:
        """Yield each action instance that does not refuse, with the state it leads to."""
        for firing in self.firings:
            self.load(self.after, state)
            self.after.loaded = None  # it is about to change
            arguments = [self.after.instances[path] for path in firing.arguments]
            try:
                getattr(self.after.instances[firing.path], firing.moves.name)(*arguments)
            except dsl.Refused:
                continue
            yield firing, self.state_of(self.after)

    def holds_in(self, question: Question, state: State) -> tuple[bool, bool]:
        """Return whether a question about states holds in a state, and whether its premise does."""
        self.load(self.now, state)
        given = [self.now.instances[path] for path in question.paths]
        premise = True if question.after is None else truth(question.after(*given))
        return truth(question.function(*given)), premise

    def holds_on(self, question: Question, before: State, firing: Firing, after: State) -> bool:
        """Return whether a question about steps holds of a step."""
        self.load(self.now, before)
        self.load(self.after, after)
        (path,) = question.paths
        given: list[Any] = [self.now.instances[path], self.after.instances[path]]
        if question.takes_step:
            concerned = ((firing.path,) if firing.path else ()) + firing.arguments
            instances = tuple(self.now.instances[each] for each in concerned)
            kind = self.now.kinds[firing.path]
            given.append(dsl.Step(firing.moves.actor, kind, firing.moves.name, instances))
        return truth(question.function(*given))

    def shown(self, state: State) -> dict[str, Any]:
        """Return a state as a mapping from full names to plain values."""
        return {name: plain(value) for name, value in zip(self.names, state, strict=True)}


def truth(value: Any) -> bool:
    """Return a truth value, which must be one in earnest."""
    assert isinstance(value, bool), f"{value!r} is no truth value"
    return value
