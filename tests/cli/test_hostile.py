"""Hostile and broken input through the whole program: a complaint with its place, exit code 2, small and soon."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

HEAD = "from tdispmodel.dsl import Actor, Component, action, require\n"


def brackets(depth: int) -> str:
    """A start value inside many brackets."""
    return f"{HEAD}class Deep(Component):\n    x: bool = {'(' * depth}True{')' * depth}\n"


BAD = {
    "code.py": f"{HEAD}import os\nos.system('touch executed')\n",
    "call.py": f"{HEAD}class Sly(Component):\n    x: bool = __import__('os').system('touch executed')\n",
    "brackets.py": brackets(10_000),
    "nots.py": f"{HEAD}class Deep(Component):\n    x: bool = {'not ' * 10_000}True\n",
    "syntax.py": f"{HEAD}class Broken(Component:\n    pass\n",
    "empty.py": "",
    "name.py": f"{HEAD}class Lost(Component):\n    x: bool = True\n\n    @action(by=Actor.KERNEL)\n"
    "    def go(self) -> None:\n        require(self.y)\n        self.x = False\n",
    "member.py": "from enum import Enum\n" + HEAD + "class Light(Enum):\n    RED = 1\n    GREEN = 2\n\n\n"
    "class Crossing(Component):\n    light: Light = Light.RDE\n",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_text(tdispmodel: Run, here: Path, name: str) -> None:
    """Text that is no model is refused with file, line and column; nothing of it was run."""
    (here / name).write_text(BAD[name])
    ended = tdispmodel("check", name)
    assert (2, "") == (ended.code, ended.out)
    place = ended.err.split(" ", 1)[0]
    path, line, column, _ = place.split(":")
    assert (name, True, True) == (path, line.isdigit(), column.isdigit())
    assert "Traceback" not in ended.err
    assert not (here / "executed").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("latin.py", "# caf\xe9".encode("latin-1")), ("binary.py", bytes(range(256)) * 16), ("null.py", b"x = 1\0\n")],
)
def test_bad_bytes(tdispmodel: Run, here: Path, name: str, content: bytes) -> None:
    """A file that is not UTF-8 text is refused with its place, and no control character reaches the terminal."""
    (here / name).write_bytes(content)
    ended = tdispmodel("check", name)
    assert (2, "") == (ended.code, ended.out)
    assert ended.err.startswith(f"{name}:")
    assert all(character.isprintable() or character == "\n" for character in ended.err)


def test_misspelt_member_names_the_line(tdispmodel: Run, here: Path) -> None:
    """A misspelt enum member is shown where it stands, with a caret and what was probably meant."""
    (here / "member.py").write_text(BAD["member.py"])
    ended = tdispmodel("check", "member.py")
    assert ended.err.startswith("member.py:9:")
    assert "RED" in ended.err
    assert "^" in ended.err


@pytest.mark.parametrize("name", ["missing.py", ".", "folder/", "/dev/null", "a\0b.py"])
def test_no_file(tdispmodel: Run, here: Path, name: str) -> None:
    """What is no file is a complaint."""
    (here / "folder").mkdir()
    ended = tdispmodel("check", name)
    assert (2, "") == (ended.code, ended.out)
    assert "Traceback" not in ended.err


MEASURE = """
import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(ended.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def run_measured(folder: Path, *words: str) -> tuple[int, int]:
    """Run the program; return its exit code and the most memory that it had, in megabytes.

    A small process of its own starts it: what a process has before it turns into another program counts, too, and the
    one that runs the tests may be large.
    """
    repository = Path(__file__).resolve().parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE, sys.executable, "-m", "tdispmodel", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(repository)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, megabytes = map(int, ended.stdout.split())
    return code, megabytes


def test_huge_file(here: Path) -> None:
    """A file of 100 MB is refused, and costs less than 500 MB."""
    with (here / "huge.py").open("wb") as huge:
        huge.truncate(100 * 1024 * 1024)
    code, megabytes = run_measured(here, "check", "huge.py")
    assert code == 2
    assert megabytes < 500


def test_deep_file(here: Path) -> None:
    """Ten thousand brackets cost less than 500 MB."""
    (here / "brackets.py").write_text(BAD["brackets.py"])
    code, megabytes = run_measured(here, "check", "brackets.py")
    assert code == 2
    assert megabytes < 500
