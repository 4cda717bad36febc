"""Engines of different families share nothing but what a model means, followed import by import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from tdispmodel.engines.paranoid import FAMILIES
from tdispmodel.engines.registry import ENGINES

ROOT = Path(__file__).parents[2]

MEANING = ("tdispmodel.ir", "tdispmodel.semantics", "tdispmodel.source", "tdispmodel.verdict")
"""What a model means and what an answer is: common to all, and the judge's ground as well."""
COMMON = (*MEANING, "tdispmodel.engines.protocol", "tdispmodel.engines.ranges", "tdispmodel.engines.registry")
"""With it what an engine is, who is there, and what it says about an integer that leaves its range."""

PAIRS = [(one, other) for one, other in combinations(ENGINES, 2) if FAMILIES[one] != FAMILIES[other]]


def file_of(module: str) -> Path | None:
    """The file of a module of ours; None when it is none."""
    path = ROOT / module.replace(".", "/")
    return next((found for found in (path.with_suffix(".py"), path / "__init__.py") if found.is_file()), None)


def imported(module: str) -> Iterator[str]:
    """The modules of ours that a module imports, wherever in its text it does."""
    path = file_of(module)
    assert path is not None, module
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name"
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if name.startswith("tdispmodel.") and file_of(name) is not None)


def below(module: str) -> set[str]:
    """A module and all that it needs."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += imported(here)
    return found


def common(module: str) -> bool:
    """Whether engines of all families may need the module."""
    return any(module == each or module.startswith(each + ".") for each in COMMON)


NEEDS = {name: below(where.partition(":")[0]) for name, (where, _) in ENGINES.items()}


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_families_share_no_code(one: str, other: str) -> None:
    """Two engines of different families need no module together that is not common to all."""
    shared = {module for module in NEEDS[one] & NEEDS[other] if not common(module)}
    assert shared <= {"tdispmodel.engines"}, "the package itself is empty"


def test_every_engine_has_a_family() -> None:
    """The families name each engine once, and nothing else."""
    assert set(ENGINES) == set(FAMILIES)


def test_relatives_are_seen() -> None:
    """The search for what is shared finds something: engines of one family do share code."""
    assert "tdispmodel.compiling.lowering" in NEEDS["sat"] & NEEDS["ic3"]
    assert "tdispmodel.compiling.terms" in NEEDS["bmc"] & NEEDS["pdr"]
    assert {"tdispmodel.compiling.successors", "tdispmodel.engines.wide.moves"} <= NEEDS["explicit"]


def test_the_package_is_empty() -> None:
    """What all engines' package holds is its docstring alone."""
    path = file_of("tdispmodel.engines")
    assert path is not None
    assert [ast.Expr] == [type(node) for node in ast.parse(path.read_text(encoding="utf-8")).body]
