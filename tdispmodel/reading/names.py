"""Names of a module: which words there are, how a name is bound, and how it is looked up.

A name is bound once in a module, so what it means does not depend on when it is asked, except that what CPython
evaluates while it loads the file (bases, decorators, start values, annotations) can only use what stands above it.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection as Several
from dataclasses import dataclass, field
from difflib import get_close_matches

from tdispmodel.reading.denotations import Symbol, Word
from tdispmodel.reading.files import Source
from tdispmodel.reading.mistakes import FollowsFromAnother
from tdispmodel.source import did_you_mean

LANGUAGE = frozenset(
    {
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
    }
)
"""The names that `tdispmodel.dsl` exports."""

IMPORTABLE: dict[str, frozenset[str]] = {
    "tdispmodel.dsl": LANGUAGE,
    "enum": frozenset({"Enum", "auto"}),
    "typing": frozenset({"Annotated"}),
    "__future__": frozenset({"annotations"}),
}
"""Modules that are not model files, with the names that may be imported from them."""

WHERE_IMPORTED = {name: module for module, names in IMPORTABLE.items() for name in sorted(names)}
BUILTINS = frozenset({"bool", "int", "all", "any", "sum", "len", "zip", "min", "max", "abs", "property"})
NEVER_NAMES = frozenset({"mro", "name", "value"})
"""What Python's Enum uses itself."""


@dataclass(frozen=True)
class Bound:
    """What a name of a module means, and which statement of the file bound it."""

    symbol: Symbol
    position: int


@dataclass
class Namespace:
    """The names of one module.  ``lazy``: annotations are not evaluated (``from __future__ import annotations``);
    ``broken``: names whose definition could not be read.
    """

    source: Source
    lazy: bool = False
    bound: dict[str, Bound] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def bind(self, name: str, symbol: Symbol, position: int, node: ast.AST) -> None:
        """Bind a name, once.  Raises `Mistake` when it is bound already or cannot be a name of the language."""
        check_name(self.source, name, node)
        if name in BUILTINS or hasattr(builtins, name):
            message = f"{name} has a meaning in Python already"
            raise self.source.mistake(node, "E206", message, "choose another name")
        known = self.bound.get(name)
        if known is not None and known.symbol != symbol:
            raise self.source.mistake(node, "E205", f"{name} is defined twice in this file", "rename one of the two")
        if known is None:
            self.bound[name] = Bound(symbol, position)

    def known(self, name: str) -> Symbol | None:
        """Return what a name means inside functions, where everything in the file is known."""
        found = self.bound.get(name)
        if found is not None:
            return found.symbol
        return Word(name) if name in BUILTINS else None

    def at_load(self, node: ast.Name, position: int, shadowed: Several[str] = ()) -> Symbol:
        """Return what a name means to CPython while statement ``position`` is loaded.

        ``shadowed`` are the names that the surrounding class body has bound.  Raises `Mistake`.
        """
        if node.id in shadowed:
            message = f"in this class {node.id} is the member above, not what the file calls {node.id}"
            raise self.source.mistake(node, "E204", message, "rename the member")
        found = self.bound.get(node.id)
        if found is not None and found.position >= position:
            message = f"{node.id} is used here before it is defined"
            raise self.source.mistake(node, "E204", message, "move its definition above this line")
        symbol = self.known(node.id)
        if symbol is None:
            raise self.unknown(node)
        return symbol

    def in_annotation(self, node: ast.Name, position: int, shadowed: Several[str] = ()) -> Symbol:
        """Return what a name means in an annotation.  Raises `Mistake`."""
        if self.lazy and node.id not in shadowed:
            symbol = self.known(node.id)
            if symbol is not None:
                return symbol
        try_now = self.bound.get(node.id)
        if try_now is not None and try_now.position >= position and not self.lazy:
            message = f"{node.id} is used here before it is defined"
            hint = "begin the file with: from __future__ import annotations"
            raise self.source.mistake(node, "E204", message, hint)
        return self.at_load(node, position, shadowed)

    def unknown(self, node: ast.Name, local: Several[str] = ()) -> Exception:
        """Return the mistake that a name is not known; raises `FollowsFromAnother` if its definition was a mistake."""
        name = node.id
        if name in self.broken:
            raise FollowsFromAnother
        near = get_close_matches(name, [*local, *self.bound], n=1, cutoff=0.75)
        if name in WHERE_IMPORTED:
            hint = f"write: from {WHERE_IMPORTED[name]} import {name}"
        elif near:
            hint = f"did you mean {near[0]}?"
        elif hasattr(builtins, name):
            return self.source.mistake(node, "E201", f"the language has no {name}", _instead(name))
        else:
            hint = did_you_mean(name, {*local, *self.bound} - {"Annotated", "annotations"})
        return self.source.mistake(node, "E201", f"{name} is not defined", hint)


def _instead(name: str) -> str:
    words = ", ".join(sorted(BUILTINS - {"property", "bool", "int"}))
    return {
        "print": "a model says nothing while it runs; traces show every step",
        "range": "use all(... for d in self.devices), any(...) or sum(...)",
        "super": "repeat what is needed, or use @restricts to add conditions",
        "staticmethod": "write a function of the module",
        "classmethod": "write a function of the module",
    }.get(name, f"of Python's functions there are: {words}")


def check_name(source: Source, name: str, node: ast.AST) -> None:
    """Raise `Mistake` unless ``name`` is one that means the same to everybody, Python included."""
    if not name.isascii():
        raise source.mistake(node, "E206", "names are written in plain letters a-z", "rename it")
    if name.startswith("__"):
        raise source.mistake(node, "E206", f"{name}: names do not begin with two underscores", "rename it")


def plain_import(source: Source, module: str, name: str, node: ast.AST) -> Word:
    """Return the word that is imported from a module that is no model file.  Raises `Mistake`."""
    if name in IMPORTABLE[module]:
        return Word(name)
    hint = did_you_mean(name, IMPORTABLE[module])
    if module == "enum":
        hint = "enums of a model derive from Enum; their members have no other meaning than their names"
    raise source.mistake(node, "E112", f"a model file cannot import {name} from {module}", hint)
