"""What a machine can check of the house rules: layers, types, style, sizes."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDERS = ("tdispmodel", "tests", "proposals", "properties", "benchmarks")


def tool(name: str, demanded: Callable[[str], bool]) -> None:
    """Skip the test when the tool's package is not installed, unless linters are demanded."""
    if importlib.util.find_spec(name) is None and not demanded("lint"):
        pytest.skip(f"{name} is not installed")


def run(root: Path, *words: str) -> tuple[int, str]:
    """Run Python with these words in the checkout; return its exit code and what it said."""
    ended = subprocess.run([sys.executable, *words], cwd=root, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_layers(root: Path, demanded: Callable[[str], bool]) -> None:
    """Imports go down only, as the contracts in pyproject.toml say."""
    tool("importlinter", demanded)
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    code, said = run(root, "-c", program)
    assert code == 0, said


def test_style(root: Path, demanded: Callable[[str], bool]) -> None:
    """The linter, with all of its rules but those that pyproject.toml gives a reason against, finds nothing."""
    tool("ruff", demanded)
    code, said = run(root, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", ".")
    assert code == 0, said


def test_format(root: Path, demanded: Callable[[str], bool]) -> None:
    """Every file is formatted."""
    tool("ruff", demanded)
    code, said = run(root, "-m", "ruff", "format", "--no-cache", "--check", ".")
    assert code == 0, said


def test_types(root: Path, demanded: Callable[[str], bool]) -> None:
    """The package is fully typed."""
    tool("mypy", demanded)
    code, said = run(root, "-m", "mypy")
    assert code == 0, said


def python_files(root: Path) -> list[Path]:
    """The project's Python files."""
    return [path for folder in FOLDERS for path in (root / folder).rglob("*.py") if "__pycache__" not in path.parts]


def test_no_file_is_long(root: Path) -> None:
    """No file has 500 lines or more."""
    lengths = {str(path.relative_to(root)): len(path.read_text().splitlines()) for path in python_files(root)}
    assert {} == {name: length for name, length in lengths.items() if length >= 500}


def test_most_files_are_short(root: Path) -> None:
    """Half of the package's files that hold code have at most 170 lines."""
    lengths = [len(path.read_text().splitlines()) for path in (root / "tdispmodel").rglob("*.py")]
    assert statistics.median(length for length in lengths if length > 3) <= 170


def test_every_test_has_a_sentence(root: Path) -> None:
    """Every test function of the repository has a docstring."""
    import ast  # noqa: PLC0415  # only here

    silent = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in (root / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert [] == silent
