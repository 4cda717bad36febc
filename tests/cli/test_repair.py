"""``repair`` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tdispmodel.reports.repairs import schema

Run = Callable[..., Any]
VAULT = Path(__file__).resolve().parents[1] / "repair" / "vault.txt"


@pytest.fixture
def vault(here: Path) -> str:
    """The file of the vault."""
    (here / "vault.py").write_text(VAULT.read_text())
    return "vault.py"


def test_text(tdispmodel: Run, vault: str) -> None:
    """The least change comes first, with what it forbids and what else it restores; lines fit into a mail."""
    ended = tdispmodel("repair", vault, "TDM903")
    assert ended.code == 0
    assert """\
TDM903 watched_when_open: FAIL 3, in vault.py, 1 device

  1  Vault.open_door also requires watched
""" == "".join(ended.out.splitlines(keepends=True)[:3])
    assert "     also restores TDM907\n" in ended.out
    assert "These restore it and break others:\n" in ended.out
    assert all(len(line) <= 72 and line.isascii() for line in ended.out.splitlines())


def test_json(tdispmodel: Run, vault: str) -> None:
    """The document has the change with its file and line, and the code with which the run ends."""
    ended = tdispmodel("repair", vault, "TDM903", "--json")
    found = json.loads(ended.out)
    jsonschema.validate(found, schema())
    first = found["repairs"][0]
    assert ("Vault.open_door", "also requires watched", True) == (first["action"], first["change"], first["forbids"])
    assert (
        "def open_door(self)"
        in (Path(vault).read_text().splitlines()[first["line"] - 1 : first["line"] + 1] or [""])[0]
        + (Path(vault).read_text().splitlines()[first["line"]])
    )
    assert ("tdispmodel/repairs/1", "violated", ended.code) == (found["schema"], found["verdict"], found["exit"])


def test_the_schema_notices(tdispmodel: Run, vault: str) -> None:
    """A document with a change that breaks nothing among those that break others is refused."""
    found = json.loads(tdispmodel("repair", vault, "TDM903", "--json").out)
    found["breaking"][0]["breaks"] = []
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema())


def test_nothing_to_repair(tdispmodel: Run, vault: str) -> None:
    """A property that holds needs no repair."""
    ended = tdispmodel("repair", vault, "TDM901")
    assert (0, True) == (ended.code, "There is nothing to repair.\n" in ended.out)


def test_complaint(tdispmodel: Run, vault: str) -> None:
    """A property that does not exist is a complaint."""
    assert 2 == tdispmodel("repair", vault, "TDM999").code
