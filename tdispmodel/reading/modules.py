"""Model files and their imports.

Given the path of a file and the folders in which imports may look; gives `Module`s whose classes are declared (not
yet elaborated).  An import is followed only into model files inside allowed roots: the folder of the importing file,
the project that holds ``proposals/`` and ``properties/``, the packaged catalogue, the base models of the package, and
what the caller allows.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tdispmodel.reading.annotations import enum_class
from tdispmodel.reading.classes import component_class, declare_members
from tdispmodel.reading.denotations import ComponentClass, EnumClass, Function, Symbol
from tdispmodel.reading.files import Source, load
from tdispmodel.reading.mistakes import FollowsFromAnother, Mistake, Mistakes
from tdispmodel.reading.names import IMPORTABLE, Namespace, plain_import
from tdispmodel.source import did_you_mean

PACKAGE = Path(__file__).resolve().parent.parent
MODELS = "tdispmodel.models"
MAXIMUM_FILES = 100
MAXIMUM_IMPORT_DEPTH = 16
MAXIMUM_PARENTS = 12

_REFUSED_STATEMENTS: dict[type[ast.stmt], str] = {
    ast.Import: "write: from FILE import NAME",
    ast.Assign: "a model file holds imports, enums, components and functions; write a value where it is used",
    ast.AnnAssign: "a model file holds imports, enums, components and functions; write a value where it is used",
    ast.If: "a model file is the same for everybody: remove the condition",
    ast.AsyncFunctionDef: "write def",
}


@dataclass(eq=False)
class Module:
    """One model file: its source, its names, and the classes and functions that stand in it, in order."""

    source: Source
    names: Namespace
    text: str = ""
    classes: list[ComponentClass] = field(default_factory=list)
    enums: list[EnumClass] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)


class Library:
    """Every file that takes part in one reading, each loaded once."""

    def __init__(self, roots: Sequence[Path] = ()) -> None:
        self.roots = tuple(roots)
        self.modules: dict[Path, Module] = {}
        self.loading: list[Path] = []

    def module(self, path: Path, shown: str | None = None) -> Module:
        """Return the module of a file.  Raises `Rejected` (mistakes inside) or `Mistake` (cannot even be parsed)."""
        source = load(path, shown)
        known = self.modules.get(source.real)
        if known is not None:
            return known
        if len(self.modules) >= MAXIMUM_FILES:
            raise source.mistake(source.tree, "E324", f"more than {MAXIMUM_FILES} files take part")
        self.loading.append(source.real)
        try:
            module = self._declared(source)
        finally:
            self.loading.pop()
        self.modules[source.real] = module
        return module

    def _declared(self, source: Source) -> Module:
        module = Module(source, Namespace(source))
        mistakes = Mistakes()
        body = list(source.tree.body)
        module.text = ast.get_docstring(source.tree) or ""
        if body and _is_text(body[0]):
            body.pop(0)
        for position, statement in enumerate(body):
            with mistakes:
                try:
                    self._statement(module, statement, position, body)
                except (Mistake, FollowsFromAnother):
                    module.names.broken |= set(_names_of(statement)) - set(module.names.bound)
                    raise
        mistakes.settle()
        for declared in module.classes:
            declare_members(declared, module.names, body.index(declared.node), mistakes)
            mistakes.settle()
        return module

    def _statement(self, module: Module, statement: ast.stmt, position: int, body: list[ast.stmt]) -> None:
        names, source = module.names, module.source
        match statement:
            case ast.ImportFrom():
                self._import(module, statement, position, body)
            case ast.ClassDef(name=name):
                symbol: Symbol
                if self._is_enum(names, statement, position):
                    symbol = enum_class(module, statement, position)
                    module.enums.append(symbol)
                else:
                    symbol = component_class(module, names, statement, position)
                    module.classes.append(symbol)
                names.bind(name, symbol, position, statement)
            case ast.FunctionDef(name=name):
                function = Function(name, module, statement, position)
                names.bind(name, function, position, statement)
                module.functions.append(function)
            case _:
                what = type(statement).__name__.lower()
                hint = _REFUSED_STATEMENTS.get(
                    type(statement), "a model file holds imports, enums, components and functions"
                )
                raise source.mistake(statement, "E108", f"a model file must not contain this ({what})", hint)

    @staticmethod
    def _is_enum(names: Namespace, node: ast.ClassDef, position: int) -> bool:
        if len(node.bases) != 1 or not isinstance(node.bases[0], ast.Name):
            return False
        base = names.at_load(node.bases[0], position)
        return getattr(base, "name", "") == "Enum" and not isinstance(base, ComponentClass | Function)

    # --- imports -----------------------------------------------------------------------------------------------------

    def _import(self, module: Module, statement: ast.ImportFrom, position: int, body: list[ast.stmt]) -> None:
        source, wanted = module.source, statement.module or ""
        if statement.level:
            hint = "write: from FILE import NAME, without dots before FILE"
            raise source.mistake(statement, "E109", "imports do not begin with a dot", hint)
        if any(alias.name == "*" for alias in statement.names):
            raise source.mistake(statement, "E109", "import names one by one, not *", "write the names that are used")
        if wanted == "__future__" and not all(_is_future(before) for before in body[:position]):
            message = "from __future__ import annotations must come before everything else"
            raise source.mistake(statement, "E109", message, "move it to the top of the file")
        imported = None if wanted in IMPORTABLE else self._imported(module, wanted, statement)
        for alias in statement.names:
            if imported is None:
                symbol: Symbol = plain_import(source, wanted, alias.name, alias)
                if wanted == "__future__":
                    module.names.lazy = True
                    continue
            else:
                found = imported.names.bound.get(alias.name)
                if found is None:
                    hint = did_you_mean(alias.name, imported.names.bound)
                    raise source.mistake(alias, "E112", f"{wanted} has no {alias.name}", hint)
                symbol = found.symbol
            module.names.bind(alias.asname or alias.name, symbol, position, alias)

    def _imported(self, module: Module, wanted: str, statement: ast.ImportFrom) -> Module:
        source = module.source
        if not wanted.isascii() or (wanted.startswith("tdispmodel") and not wanted.startswith(MODELS + ".")):
            message = f"a model file cannot import {wanted}"
            hint = f"names come from tdispmodel.dsl, enum, typing, {MODELS}.FILE or another model file"
            raise source.mistake(statement, "E110", message, hint)
        path = self._found(source, wanted)
        if path is None:
            hint = (
                f"there is tdispmodel.dsl, enum, typing, {MODELS}.base, proposals.NAME, and the files beside this one"
            )
            raise source.mistake(statement, "E110", f"there is no model file {wanted} to import from", hint)
        if Path(os.path.realpath(path)) in self.loading:
            raise source.mistake(statement, "E111", f"{wanted} imports this file, directly or through others")
        if len(self.loading) >= MAXIMUM_IMPORT_DEPTH:
            raise source.mistake(statement, "E324", f"imports are nested more than {MAXIMUM_IMPORT_DEPTH} deep")
        return self.module(path, _shown(path))

    def _found(self, source: Source, wanted: str) -> Path | None:
        """Return the file of an import: the first that exists inside an allowed root."""
        if wanted.startswith(MODELS + "."):
            candidates = [(PACKAGE / "models", wanted.removeprefix(MODELS + "."))]
        else:
            candidates = [(root, wanted) for root in self._roots(source)]
        for root, name in candidates:
            path = root.joinpath(*name.split(".")).with_suffix(".py")
            try:
                inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
                if inside and path.is_file():
                    return path
            except (OSError, ValueError):
                continue
        return None

    def _roots(self, source: Source) -> Iterator[Path]:
        here = Path(source.path).parent
        yield here
        yield from self.roots
        for parent in list(source.real.parents)[:MAXIMUM_PARENTS]:
            if (parent / "proposals").is_dir() and (parent / "properties").is_dir():
                yield parent
                break
        yield PACKAGE / "_catalogue"


def _shown(path: Path) -> str:
    """Return a path as complaints name it: as it is when relative, else relative to the working folder if inside."""
    if path.is_absolute():
        try:
            return str(path.relative_to(Path.cwd()))
        except (ValueError, OSError):
            return str(path)
    return str(path)


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _names_of(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.ImportFrom(names=names):
            return [alias.asname or alias.name for alias in names]
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return [name]
        case _:
            return []
