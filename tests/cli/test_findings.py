"""``findings``: the matrix and its variants as a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.analysing.lamps import catalogue

Tdispmodel = Callable[..., Any]


@pytest.fixture
def lamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is a small catalogue with variants."""
    catalogue(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("lamps")
def test_page(tdispmodel: Tdispmodel) -> None:
    """All proposals are asked, or those that are named, and the page says what flips."""
    ended = tdispmodel("findings", "--jobs", "1")
    assert (0, "") == (ended.code, ended.err)
    assert "2 proposals, 4 properties, 4 variants of the assumptions: 28 verdicts." in " ".join(ended.out.split())
    assert "### storm: storms=True" in ended.out
    assert "- lost: LAMP2 never_burns, LAMP3 can_be_lit_again, by plain" in ended.out
    assert "1 proposal, 4 properties" in tdispmodel("findings", "safe").out
    assert "asked of none of these proposals" in tdispmodel("findings", "safe").out


@pytest.mark.usefixtures("lamps")
def test_json(tdispmodel: Tdispmodel) -> None:
    """--format json gives one document."""
    ended = tdispmodel("findings", "plain", "--format", "json", "--jobs", "1")
    shown = json.loads(ended.out)
    assert (0, 0, "tdispmodel/findings/1") == (ended.code, shown["exit"], shown["schema"])
    assert ["", "storm", "no_wire", "dark_storm", "calm"] == [one["name"] for one in shown["variants"]]
    assert {"plain"} == {cell["proposal"] for cell in shown["cells"]}


@pytest.mark.usefixtures("here")
def test_nothing(tdispmodel: Tdispmodel) -> None:
    """A catalogue without proposals gives nothing to find: exit code 4, and a document that says so."""
    ended = tdispmodel("findings")
    assert (4, "") == (ended.code, ended.out)
    assert "nothing was checked" in ended.err
    assert [] == json.loads(tdispmodel("findings", "--json").out)["cells"]


@pytest.mark.usefixtures("lamps")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nobody"], "E611"),
        (["--jobs", "0"], "E610"),
        (["--timeout", "soon"], "E610"),
        (["--devices", "2"], "E610"),
    ],
)
def test_complaints(tdispmodel: Tdispmodel, words: list[str], told: str) -> None:
    """What makes no sense is a complaint, exit code 2."""
    ended = tdispmodel("findings", *words)
    assert (2, "") == (ended.code, ended.out)
    assert told in ended.err


def test_strange_variants(lamps: Path, tdispmodel: Tdispmodel) -> None:
    """A list of variants that makes no sense is a complaint, also as a document."""
    (lamps / "proposals" / "variants.toml").write_text("[storm]\n")
    ended = tdispmodel("findings")
    assert (2, "") == (ended.code, ended.out)
    assert "E622" in ended.err
    assert "variants.toml" in ended.err
    assert "E622" == json.loads(tdispmodel("findings", "--json").out)["complaints"][0]["code"]
