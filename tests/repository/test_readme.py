"""What the README tells a reader to type works."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tdispmodel.cli import main

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(r"(?:^\s*(?:\$ )?|&& )(?:\S*bin/)?tdispmodel (?P<words>[^|#&\n]*)", re.MULTILINE)


def commands() -> list[str]:
    """The commands of this program that the README shows, without those whose arguments are placeholders."""
    readme = ROOT / "README.md"
    text = readme.read_text() if readme.is_file() else ""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"(?:^(?: {4}|\t).*\n?)+", text, re.MULTILINE)
    found = [match["words"].strip() for block in blocks for match in COMMAND.finditer(block)]
    return sorted({words for words in found if not re.search(r"\[|\b[A-Z]{3,}\b(?!=|_)|\.\.", words)})


def test_there_are_commands() -> None:
    """The README shows at least the matrix and a check."""
    assert {"matrix", "check"} <= {words.split()[0] for words in commands() if words}


@pytest.mark.parametrize("words", commands())
def test_command_works(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A command of the README ends with a verdict or an answer, not with a complaint or a fault."""
    for name in ("proposals", "properties", "counterexamples", "debate", "litmus"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    code = main(shlex.split(words))
    said = capfd.readouterr()
    assert code in (0, 1, 3), said.err
    assert said.out != ""
