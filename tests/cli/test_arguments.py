"""Words of the command line that are refused or answered before anything is read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tdispmodel import __version__
from tdispmodel.cli.arguments import EXIT_CODES, LISTS, VERBS, overview
from tdispmodel.reports.exits import Exit

Run = Callable[..., Any]

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}

HEAVY = ("z3", "networkx", "hypothesis", "tdispmodel.reading", "tdispmodel.engines", "asyncio", "multiprocessing")


def loaded_by(*words: str) -> list[str]:
    """Which of the heavy modules a run of the command line imports."""
    program = (
        "import sys; from tdispmodel.cli import main; main(sys.argv[1:]);"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    loaded: list[str] = json.loads(run.stderr.strip().splitlines()[-1].replace("'", '"'))
    return loaded


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["check", "--help"], ["matrix", "-h"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    """Help and version import neither solvers nor the rest of the program."""
    assert [] == loaded_by(*words)


def test_list_of_engines_imports_no_engine() -> None:
    """What engines there are is known without importing z3, networkx or hypothesis."""
    assert [] == [name for name in loaded_by("list", "engines") if name in ("z3", "networkx", "hypothesis")]


def test_version(tdispmodel: Run) -> None:
    """``--version`` prints name and version."""
    ended = tdispmodel("--version")
    assert (0, f"tdispmodel {__version__}\n") == (ended.code, ended.out)


@pytest.mark.parametrize("word", [f"{code.value:>5}" for code in Exit])
def test_exit_codes_are_documented(word: str) -> None:
    """The table in every help text has a line for every exit code."""
    assert any(line.startswith(word) for line in EXIT_CODES.splitlines())
    assert EXIT_CODES in overview()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(tdispmodel: Run, verb: str) -> None:
    """Each command has a help text with its summary and the exit codes, in at most 80 columns."""
    ended = tdispmodel(verb, "--help")
    assert 0 == ended.code
    assert VERBS[verb].summary in ended.out
    assert EXIT_CODES in ended.out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([], "no command given"),
        (["frobnicate"], "there is no command 'frobnicate'"),
        (["explain"], "TOPIC"),
        (["explain", "TDM101", "--jobs", "0"], "--jobs 0"),
        (["chekc"], "did you mean check?"),
        (["check", "--no-such-option"], "--no-such-option"),
        (["check", "--form", "json"], "--form"),
        (["check", "--format", "xml"], "xml"),
        (["check", "--devices", "many"], "many"),
        (["check", "--devices", "0"], "--devices 0"),
        (["check", "--devices", "17"], "--devices 17"),
        (["check", "--jobs", "0"], "--jobs 0"),
        (["check", "--timeout", "soon"], "--timeout 'soon'"),
        (["check", "--memory", "all"], "--memory 'all'"),
        (["check", "--set", "kernel"], "--set 'kernel'"),
        (["check", "-k", "(("], "-k '(('"),
        (["check", "--engine", "explicti"], "did you mean explicit?"),
        (["check", "--output", "json"], "names no file"),
        (["check", "--output", "xml=file"], "there is no format xml"),
        (["check", "no_such_proposal"], "there is no proposal no_such_proposal"),
        (["trace", "room.py"], "PROPERTY"),
        (["list"], "WHAT"),
        (["list", "unicorns"], "unicorns"),
        (["list", "actions", "nobody"], "there is no proposal nobody"),
        (["show", "nobody"], "there is no proposal nobody"),
        (["replay", "--update", "file"], "leave out the files"),
    ],
)
def test_refused(tdispmodel: Run, here: Path, words: list[str], part: str) -> None:
    """A wrong command line is a complaint on stderr that says what is wrong, exit code 2, nothing on stdout."""
    assert here.is_dir()
    ended = tdispmodel(*words)
    assert (2, "") == (ended.code, ended.out)
    assert part in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ["check", "no_such_proposal", "--format", "json"],
        ["check", "--no-such-option", "--format=json"],
        ["check", "--json", "--devices", "99"],
        ["frobnicate", "--format", "json"],
        ["matrix", "-k", "((", "--format", "json"],
    ],
)
def test_refused_as_json(tdispmodel: Run, here: Path, words: list[str]) -> None:
    """With JSON asked for, a wrong command line is a document with complaints and without results."""
    assert here.is_dir()
    ended = tdispmodel(*words)
    document = json.loads(ended.out)
    assert (2, 2, []) == (ended.code, document["exit"], document["results"])
    assert ["<command line>"] == [complaint["path"] for complaint in document["complaints"]]


def test_lists_are_those_of_the_help() -> None:
    """Everything that can be listed is named in the help of ``list``."""
    assert {
        "proposals",
        "properties",
        "actions",
        "variables",
        "constants",
        "capabilities",
        "engines",
        "formats",
        "statements",
    } == set(LISTS)


def test_explicit_search_imports_no_solver(here: Path) -> None:
    """A check that the explicit engine decides imports neither z3, nor networkx, nor hypothesis."""
    loaded = loaded_by("check", str(here / "room.py"))
    assert [] == [name for name in loaded if name in ("z3", "networkx", "hypothesis")]


@pytest.mark.parametrize(
    "words",
    [("-n", "2", "-n", "1"), ("-n", "2", "--devices", "1"), ("--topology", "a.toml", "--topology", "b.toml")],
)
def test_what_contradicts_itself_is_refused(words: tuple[str, ...], tdispmodel: Run, here: Path) -> None:
    """An option that says one thing cannot say two: neither the first nor the last of them wins."""
    assert here.is_dir()
    ended = tdispmodel("check", "room.py", *words)
    assert (2, "") == (ended.code, ended.out)
    assert "is given twice" in ended.err


def test_what_is_said_twice_is_said(tdispmodel: Run, here: Path) -> None:
    """An option that says the same again contradicts nothing: both lamps are off at the start, one can be on."""
    assert here.is_dir()
    assert tdispmodel("check", "room.py", "-n", "2", "-n", "2", "-k", "never_burns").code == 0
