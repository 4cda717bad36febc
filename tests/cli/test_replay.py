"""``replay``: stored counterexamples are looked at again, and made anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

VARIANTS = """
[[variant]]
proposals = ["lamps"]
properties = ["never_burns"]
set = { wiring = "OLD" }

[[variant]]
properties = ["stays_dark"]
devices = 2
without = ["host.surge"]
"""


@pytest.fixture
def stored(tdispmodel: Run, here: Path) -> Path:
    """The folder of the counterexamples of a catalogue with one proposal and two variants, freshly made."""
    (here / "proposals" / "lamps.py").write_text((here / "room.py").read_text())
    (here / "counterexamples" / "variants.toml").write_text(VARIANTS)
    ended = tdispmodel("replay", "--update")
    assert (0, "3 counterexamples; files: 6 new, 0 changed, 0 deleted\n") == (ended.code, ended.out)
    return here / "counterexamples" / "lamps"


def contents(folder: Path) -> dict[str, bytes]:
    """Names and bytes of the files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_names(stored: Path) -> None:
    """Each violated cell is a trace and a text; a variant says in its name what was assumed."""
    stems = ["never_burns@wiring=OLD", "stays_dark", "stays_dark@without=host.surge,devices=2"]
    assert sorted(f"{stem}{ending}" for stem in stems for ending in (".itf.json", ".txt")) == sorted(contents(stored))


def test_fresh(tdispmodel: Run, stored: Path) -> None:
    """Freshly made counterexamples are all real."""
    assert stored.is_dir()
    ended = tdispmodel("replay")
    assert 0 == ended.code
    assert "3 counterexamples: 3 real, 0 stale" in ended.out


def test_made_anew_they_are_the_same(tdispmodel: Run, stored: Path) -> None:
    """Making them again changes no byte."""
    before = contents(stored)
    ended = tdispmodel("replay", "--update", "--jobs", "1")
    assert "0 new, 0 changed, 0 deleted" in ended.out
    assert before == contents(stored)


def test_one_file(tdispmodel: Run, stored: Path) -> None:
    """One counterexample can be replayed by its path."""
    ended = tdispmodel("replay", stored / "never_burns@wiring=OLD.itf.json")
    assert 0 == ended.code
    assert "2 steps" in ended.out


def edited(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a stored trace."""
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another action": lambda trace: trace["states"][1].update({"mbt::actionTaken": "surge"}),
    "another state": lambda trace: trace["states"][1].update({"burning": True}),
    "no value of the variable": lambda trace: trace["states"][1].update({"burning": "yes"}),
    "another start": lambda trace: trace["states"][0].update({"lamps[0].on": True}),
    "a step less": lambda trace: trace["states"].pop(),
    "another proposal": lambda trace: trace["#meta"].update({"proposal": "lanterns"}),
    "another property": lambda trace: trace["#meta"].update({"property": "never_burns"}),
    "an unknown property": lambda trace: trace["#meta"].update({"property": "never_rains"}),
    "an unknown constant": lambda trace: trace["#meta"]["constants"].update({"season": "WINTER"}),
    "a constant less": lambda trace: trace["#meta"]["constants"].pop("wiring"),
    "no value of the constant": lambda trace: trace["#meta"]["constants"].update({"wiring": "OLDEST"}),
    "more devices": lambda trace: trace["#meta"].update({"devices": 2}),
    "no device": lambda trace: trace["#meta"].update({"devices": 0}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_stale(tdispmodel: Run, stored: Path, name: str) -> None:
    """A trace that is no counterexample of today's model is stale, and it is said how: exit code 1."""
    edited(stored / "stays_dark.itf.json", CHANGES[name])
    ended = tdispmodel("replay")
    assert 1 == ended.code
    assert "3 counterexamples: 2 real, 1 stale" in ended.out
    stale, why = next(
        pair for pair in zip(ended.out.splitlines(), ended.out.splitlines()[1:], strict=False) if "STALE" in pair[0]
    )
    assert "stays_dark.itf.json" in stale
    assert why.strip() != ""


def test_text_is_compared(tdispmodel: Run, stored: Path) -> None:
    """A text that tells the trace otherwise than today, or that is missing, is stale."""
    text = stored / "stays_dark.txt"
    text.write_text(text.read_text().replace("press", "push"))
    (stored / "never_burns@wiring=OLD.txt").unlink()
    assert "3 counterexamples: 1 real, 2 stale" in tdispmodel("replay").out


def test_update_after_a_change(tdispmodel: Run, stored: Path, here: Path) -> None:
    """When the model changes, making them anew drops what is no longer violated and keeps the rest."""
    lamps = here / "proposals" / "lamps.py"
    lamps.write_text(lamps.read_text().replace("lamp.on = True", "lamp.on = self.wiring is Wiring.OLD"))
    assert 1 == tdispmodel("replay").code
    assert 0 == tdispmodel("replay", "--update").code
    assert {"never_burns@wiring=OLD.itf.json", "never_burns@wiring=OLD.txt"} == set(contents(stored))
    assert 0 == tdispmodel("replay").code


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_no_trace(tdispmodel: Run, stored: Path, content: bytes) -> None:
    """A file that is no trace is a complaint that names it: exit code 2."""
    path = stored / "stays_dark.itf.json"
    path.write_bytes(content)
    ended = tdispmodel("replay", path)
    assert 2 == ended.code
    assert ended.err.startswith(f"{path}:")


@pytest.mark.parametrize(
    "content", ["[[variant]", "variant = 3", "[[variant]]\nset = 3", "[[variant]]\nproposals = ['nobody']"]
)
def test_bad_variants(tdispmodel: Run, stored: Path, content: str) -> None:
    """A list of variants that makes no sense is a complaint, and nothing is changed."""
    before = contents(stored)
    (stored.parent / "variants.toml").write_text(content)
    assert 2 == tdispmodel("replay", "--update").code
    assert before == contents(stored)


def test_nothing_stored(tdispmodel: Run, here: Path) -> None:
    """Without stored counterexamples nothing was checked."""
    assert here.is_dir()
    assert 4 == tdispmodel("replay").code
