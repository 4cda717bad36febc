"""The methods of the base model that are no actions: what a proposal may replace to change what actions do.

They are written into the actions that call them when a model is read, so they are found here in the text itself.
Given the paths of model files that the reader accepted; gives names with their docstrings, and who replaces them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

REPLACES = re.compile(r"@replaces\(\s*(\w+\.\w+)\s*\)")


def helpers(paths: Iterable[Path], components: Mapping[str, str]) -> dict[str, str]:
    """Return the documented helpers of a model by full name, each with its docstring on one line.

    ``paths`` are the files that the model consists of, ``components`` says which component each class is a part of: the
    helpers of all classes that a component derives from are called by its name, as proposals do.
    """
    found: dict[str, str] = {}
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for owner in (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in components):
            for member in owner.body:
                if isinstance(member, ast.FunctionDef) and not any(map(_is_action, member.decorator_list)):
                    text = " ".join((ast.get_docstring(member) or "").split())
                    if text:
                        found[f"{components[owner.name]}.{member.name}"] = text
    return found


def _is_action(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name) and called.id == "action"


def replaced(path: Path) -> frozenset[str]:
    """Return the members that a model file replaces, by full name."""
    return frozenset(REPLACES.findall(path.read_text(encoding="utf-8")))
