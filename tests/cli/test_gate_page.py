"""What docs/gate.md tells a reader to type works, what it says of files is so, and the help says it, too."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tdispmodel.cli.arguments import CHANNELS, parser_of
from tdispmodel.gating.reading import expectations, waivers

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
Run = Callable[..., Any]


def blocks(language: str) -> list[str]:
    """The texts of the code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_commands(tdispmodel: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands, one after the other, end as the page says: failed, passed after the update, and so on."""
    for name in ("proposals", "properties"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    codes = [tdispmodel(*shlex.split(command)[1:]).code for command in commands]
    assert codes == [1, 0, 0, 0, 1, 0, 0]
    assert (tmp_path / "gate.sarif").stat().st_size > 0


def test_files() -> None:
    """The examples of files are read, and say what their comments say."""
    expected, waived = blocks("toml")
    file = expectations(expected, "expectations.toml")
    assert [(one.property, one.outcome.value) for one in file.expectations] == [
        ("accepted_is_running", "violated"),
        ("TDM213", "violated"),
        ("unbind_keeps_run", "holds"),
    ]
    (waiver,) = waivers(waived, "waivers.toml")
    assert str(waiver.expires) == "2027-03-31"


def test_formats() -> None:
    """Each format has its row."""
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert rows == list(CHANNELS)


def test_help() -> None:
    """The help names every format, and fits a terminal."""
    text = parser_of("gate").format_help()
    assert all(f" {name}" in text for name in CHANNELS)
    assert "expectations.toml" in text
    assert "waivers.toml" in text


def test_options() -> None:
    """Every option of its own that the page names there is."""
    offered = {option for action in parser_of("gate")._actions for option in action.option_strings}
    named = set(re.findall(r"`(--[a-z-]+)", PAGE)) - {"--tdispmodel"}
    assert named <= offered
