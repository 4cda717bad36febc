"""Bodies of pure functions: named values, then one ``return``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tdispmodel.reading.denotations import Denotation
from tdispmodel.reading.names import check_name
from tdispmodel.reading.texts import without_docstring

if TYPE_CHECKING:
    from tdispmodel.reading.expressions import Elaborator
    from tdispmodel.reading.files import Source
    from tdispmodel.reading.scopes import Scope

_INSTEAD: dict[type[ast.stmt], str] = {
    ast.If: "write: x if condition else y",
    ast.For: "write: all(... for d in self.devices), any(...) or sum(...)",
    ast.While: "an action is one step: write what it changes",
    ast.Assert: "in an action write: require(...)",
    ast.AugAssign: "a function changes nothing: give the result a name of its own",
    ast.AnnAssign: "write it without annotation: name = ...",
    ast.Return: "a function has one return, at its end",
    ast.Raise: "in an action write: require(...)",
    ast.Match: "write: x if condition else y",
    ast.Try: "nothing can fail in a model",
    ast.With: "nothing needs to be closed in a model",
}


def local_names(body: list[ast.stmt]) -> set[str]:
    """Return the names that a body binds, wherever it does: in Python they are local from its first line on."""
    found: set[str] = set()
    for statement in body:
        match statement:
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.For(target=ast.Name(id=name), body=inner):
                found |= {name} | local_names(inner)
    return found


def bind_local(elaborator: Elaborator, statement: ast.Assign, scope: Scope) -> str:
    """Elaborate ``name = expression`` and put the name into ``scope``; return the name.  Raises `Mistake`."""
    target = statement.targets[0]
    source = scope.source
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        raise source.mistake(statement, "E402", "one name is given a value at a time", "write a line for each")
    check_name(source, target.id, target)
    if target.id in scope.known:
        message = f"{target.id} has a value already"
        raise source.mistake(target, "E205", message, "choose another name; a name keeps its value")
    scope.known[target.id] = elaborator.denote(statement.value, scope)
    scope.ended.discard(target.id)
    return target.id


def returned(elaborator: Elaborator, node: ast.FunctionDef, scope: Scope) -> tuple[ast.expr, Denotation]:
    """Return the expression that a pure function returns, and what it denotes.  Raises `Mistake`."""
    body = without_docstring(node.body)
    source = scope.source
    for statement in body[:-1]:
        if isinstance(statement, ast.Assign):
            bind_local(elaborator, statement, scope)
        else:
            raise refused(source, statement, node.name)
    last = body[-1] if body else node
    if not isinstance(last, ast.Return) or last.value is None:
        if isinstance(last, ast.stmt) and not isinstance(last, ast.Assign | ast.Pass | ast.FunctionDef | ast.Return):
            raise refused(source, last, node.name)
        hint = "its last line is: return ..."
        raise source.mistake(last, "E327", f"{node.name} returns nothing", hint)
    return last.value, elaborator.denote(last.value, scope)


def refused(source: Source, statement: ast.stmt, name: str) -> Exception:
    """Return the mistake that a statement cannot stand in a pure function."""
    hint = _INSTEAD.get(type(statement), "a function holds named values and one return")
    what = type(statement).__name__.lower()
    return source.mistake(statement, "E327", f"{name} must not contain this ({what})", hint)
