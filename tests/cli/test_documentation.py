"""docs/command-line.md says what the program does."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from tdispmodel.checking.mistakes import CATALOGUE
from tdispmodel.cli.arguments import LISTS, VERBS, parser_of
from tdispmodel.reports.exits import Exit

PAGE = Path(__file__).resolve().parents[2] / "docs" / "command-line.md"
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.read_text().splitlines() if line.startswith("|")
]


def test_complaints() -> None:
    """Every code of the command line is on the page, with its meaning, and no other."""
    listed = {row[0]: row[1] for row in ROWS if re.fullmatch(r"E[0-9]{3}", row[0])}
    assert CATALOGUE == listed


def test_exit_codes() -> None:
    """Every exit code is on the page."""
    assert {int(code) for code in Exit} == {int(row[0]) for row in ROWS if row[0].isdigit()}


@pytest.mark.parametrize("verb", VERBS)
def test_commands(verb: str) -> None:
    """Every command is on the page as the help shows it."""
    (row,) = [row for row in ROWS if row[0].startswith(f"`tdispmodel {verb}")]
    assert f"`{f'tdispmodel {verb} {VERBS[verb].usage}'.strip()}`" == row[0]


def test_lists() -> None:
    """Everything that can be listed is on the page."""
    (row,) = [row for row in ROWS if row[0].startswith("`tdispmodel list")]
    assert [*LISTS] == row[1].split(", ")


def test_options() -> None:
    """Every option of ``check`` is on the page, and the page names no other."""
    actions = [action for action in parser_of("check")._actions if not isinstance(action, argparse._HelpAction)]
    offered = {option for action in actions for option in action.option_strings}
    start = next(number for number, row in enumerate(ROWS) if row[0] == "option")
    end = next(number for number, row in enumerate(ROWS) if row[0] == "code")
    named = {option for row in ROWS[start:end] for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", row[0])}
    assert offered - {"--json", "--verbose", "--quiet"} == named
