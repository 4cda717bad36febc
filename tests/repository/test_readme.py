"""What the README and docs/ tell a reader to type works."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tdispmodel.cli import main
from tdispmodel.cli.arguments import parse

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(r"(?:^\s*(?:\$ )?|&& )(?:\S*bin/)?tdispmodel (?P<words>[^|#&\n]*)", re.MULTILINE)
PLACEHOLDER = re.compile(r"\[|\b[A-Z]{3,}\b(?!=|_)|\.\.")

LONG = (
    "lab",
    "reproduce",
    "matrix --cluster",
    "check benchmarks/bench_tdi.py -n 3",
    "matrix --certificates",
    "certify",
    "mutants",
    "repair",
)
"""Commands of docs/ that take a minute; they are run with what is marked long."""

MAIL = "So be it by a cc_prepare driver, probe deferral of enlightened driver, or plain probe error plus retry.\n"
"""For whatever command wants a mail."""


def shown(page: Path) -> list[str]:
    """The commands of this program that a page shows, in its order."""
    text = page.read_text() if page.is_file() else ""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"(?:^(?: {4}|\t).*\n?)+", text, re.MULTILINE)
    return [match["words"].strip() for block in blocks for match in COMMAND.finditer(block)]


def commands() -> list[str]:
    """The commands that the README shows, without those whose arguments are placeholders."""
    return sorted({words for words in shown(ROOT / "README.md") if not PLACEHOLDER.search(words)})


COMPARED = ("diff.md", "exports.md", "gate.md", "traces.md")
"""Pages whose commands other tests run, and compare with what the pages show."""

PAGES = {page.name: shown(page) for page in sorted((ROOT / "docs").rglob("*.md")) if page.name not in COMPARED}


def one_by_one(*, long: bool) -> list[tuple[str, list[str]]]:
    """The commands of each page that can be run, in their order: one may need what another wrote."""
    found = []
    for page, words in PAGES.items():
        wanted = [each for each in words if not PLACEHOLDER.search(each)]
        takes_long = any(each.startswith(LONG) for each in wanted)
        if wanted and takes_long is long:
            found.append((page, list(dict.fromkeys(wanted))))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the catalogue and what a reader of the pages has, which is the current one."""
    for name in ("proposals", "properties", "counterexamples", "debate", "litmus", "benchmarks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "docs" / "logs", tmp_path / "docs" / "logs")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "some.eml").write_text(MAIL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def works(words: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A command ends with a verdict or an answer, not with a complaint or a fault."""
    code = main(shlex.split(words))
    said = capfd.readouterr()
    assert code in (0, 1, 3), said.err
    assert said.out != "" or "-o " in words, words


def test_there_are_commands() -> None:
    """The README shows at least the matrix and a check, and most pages of docs/ show some command."""
    assert {"matrix", "check"} <= {words.split()[0] for words in commands() if words}
    assert len(one_by_one(long=False)) + len(one_by_one(long=True)) >= 4


@pytest.mark.parametrize("words", commands())
@pytest.mark.usefixtures("folder")
def test_command_works(words: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A command of the README works."""
    works(words, capfd)


@pytest.mark.parametrize("words", sorted({each for words in PAGES.values() for each in words}))
def test_command_can_be_read(words: str) -> None:
    """Every command that a page of docs/ shows is one, with its placeholders, too."""
    assert not isinstance(parse(shlex.split(words.replace("[", "").replace("]", ""))), str)


@pytest.mark.parametrize(("page", "words"), one_by_one(long=False))
@pytest.mark.usefixtures("folder")
def test_page_works(page: str, words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """The commands of a page of docs/ work one after the other."""
    assert page
    for each in words:
        works(each, capfd)


@pytest.mark.long
@pytest.mark.parametrize(("page", "words"), one_by_one(long=True))
@pytest.mark.usefixtures("folder")
def test_long_page_works(page: str, words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """So do those of pages that take minutes."""
    assert page
    for each in words:
        works(each, capfd)
