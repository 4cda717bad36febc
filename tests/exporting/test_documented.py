"""The commands of docs/exports.md print what the page shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exporting.checkers import jar
from tests.exporting.peers import needed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "exports.md"
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
TOOLS = ("NuSMV", "berkeley-abc", "dot", "java")


def name(block: str) -> str:
    """The language that a block is about."""
    found = re.search(r"--to (\w+)", block)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("block", BLOCKS, ids=name)
def test_commands_print_what_is_shown(block: str, tmp_path: Path) -> None:
    """The commands of a block, typed one after the other in an empty folder, print what stands between them."""
    needed(*(tool for tool in TOOLS if re.search(rf"^\$ {tool} ", block, re.MULTILINE)))
    if "tla2tools.jar" in block:
        shutil.copy(jar(), tmp_path)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    typed = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    assert "".join(f"$ {command}\n{shown}" for command, shown in typed) == block
    for command, shown in typed:
        ended = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert shown == ended.stdout, ended.stderr


def test_every_language_is_on_the_page() -> None:
    """The page has a row for each language, and commands for all that are not in the README or elsewhere."""
    from tdispmodel.exporting import FORMATS, MODELS, VIEWS  # noqa: PLC0415  # only here

    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted({*MODELS, *FORMATS, *VIEWS}) == sorted(rows)
    assert {*MODELS, *FORMATS} - {name(block) for block in BLOCKS} == {"promela", "murphi"}
