"""What pages of docs/ show as typed is what the program says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("traces.md", "diff.md")


def shown() -> list[tuple[str, str]]:
    """Each command of the pages with the lines below it; ``...`` stands for whatever comes there."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```console\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL):
            for part in re.split(r"^\$ tdispmodel ", block, flags=re.MULTILINE)[1:]:
                words, _, lines = part.partition("\n")
                found.append((words, lines))
    return found


def test_every_page_shows_something() -> None:
    """There is at least one command for each page."""
    assert len(shown()) >= len(PAGES)


@pytest.mark.parametrize(("words", "lines"), shown())
def test_command_says_so(
    tdispmodel: Callable[..., Any], words: str, lines: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command of a page ends without a complaint and says what the page shows, apart from the seconds that it took."""
    monkeypatch.chdir(DOCS.parent)
    ended = tdispmodel(*shlex.split(words))
    assert ended.code in (0, 1, 3), ended.err
    pattern = ".*".join(re.escape(part) for part in re.split(r"^\.\.\.\n", lines, flags=re.MULTILINE))
    pattern = re.sub(r"\\\([0-9]+\\\.[0-9]+\\ s\\\)", r"\\([0-9.]+ s\\)", pattern)
    assert re.fullmatch(pattern, ended.out, re.DOTALL), ended.out
