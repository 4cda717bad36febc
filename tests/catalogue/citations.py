"""Which docstrings cite which statements of the debate ("debate 5, 12 to 14"): read from the text of the model files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

NUMBERS = r"[0-9]+(?: to [0-9]+)?"
CITATION = re.compile(rf"\bdebate ({NUMBERS}(?:,(?: and)? {NUMBERS})*)")

Documented = ast.Module | ast.ClassDef | ast.FunctionDef


class Citing(NamedTuple):
    """Who cites: a kind of the statements' lists, or ``module``, and the full name."""

    kind: str
    name: str


def cited(text: str) -> set[int]:
    """The numbers that a text cites, ranges written out."""
    numbers: set[int] = set()
    for found in CITATION.finditer(" ".join(text.split())):
        for part in re.split(r",(?: and)? ", found[1]):
            first, _, last = part.partition(" to ")
            numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def documented(tree: ast.Module) -> Iterator[tuple[str, Documented, set[int]]]:
    """Everything in a file that has a docstring: the class around it, the node, and what the docstring cites."""
    yield "", tree, cited(ast.get_docstring(tree) or "")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield "", node, cited(ast.get_docstring(node) or "")
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    yield node.name, member, cited(ast.get_docstring(member) or "")


def patched(node: ast.FunctionDef) -> str:
    """The member that a method of a proposal replaces or restricts: ``Guest.bind``; empty if it is a new one."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("replaces", "restricts"):
            return ast.unparse(decorator.args[0])
    return ""


def is_action(node: ast.FunctionDef) -> bool:
    """Whether a method is declared as an action."""
    return any(ast.unparse(decorator).startswith("action(") for decorator in node.decorator_list)


def components(root: Path) -> dict[str, str]:
    """Which component of the base model a class is a part of: ``Guest`` is written in several classes."""
    classes = {
        node.name: [ast.unparse(base) for base in node.bases]
        for path in sorted((root / "tdispmodel/models").glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    }
    found = {"Device": "Device"}
    left = ["Guest"]
    while left:
        name = left.pop()
        found[name] = "Guest"
        left += [base for base in classes[name] if base in classes]
    return found


def helpers(root: Path) -> set[str]:
    """The methods of the base model that are no actions, by full name."""
    known = components(root)
    return {
        f"{known[owner]}.{node.name}"
        for path in sorted((root / "tdispmodel/models").glob("*.py"))
        for owner, node, _ in documented(ast.parse(path.read_text()))
        if owner in known and isinstance(node, ast.FunctionDef) and not is_action(node)
    }


def citations(root: Path) -> dict[Citing, set[int]]:
    """What each property, action, helper, proposal and module cites; nothing that cites nothing."""
    found: dict[Citing, set[int]] = {}

    def note(kind: str, name: str, numbers: set[int]) -> None:
        if numbers:
            found.setdefault(Citing(kind, name), set()).update(numbers)

    for path in sorted((root / "properties").glob("*.py")):
        for _, node, numbers in documented(ast.parse(path.read_text())):
            note("properties" if isinstance(node, ast.FunctionDef) else "module", _name(node, path), numbers)
    helping = helpers(root)
    for path in sorted((root / "proposals").glob("*.py")):
        for owner, node, numbers in documented(ast.parse(path.read_text())):
            note("proposals", path.stem, numbers)
            if isinstance(node, ast.FunctionDef):
                if (of_the_base := patched(node)) and of_the_base not in helping:
                    note("actions", of_the_base, numbers)
                elif is_action(node):
                    note("actions", f"{owner}.{node.name}", numbers)
    known = components(root)
    for path in sorted((root / "tdispmodel/models").glob("*.py")):
        for owner, node, numbers in documented(ast.parse(path.read_text())):
            if owner and isinstance(node, ast.FunctionDef):
                name = f"{known.get(owner, owner)}.{node.name}"
                note("actions" if is_action(node) else "helpers", name, numbers)
            else:
                note("module", _name(node, path), numbers)
    return found


def _name(node: Documented, path: Path) -> str:
    return path.stem if isinstance(node, ast.Module) else node.name
