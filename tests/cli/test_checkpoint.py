"""``check --checkpoint``: a long search goes on where it was ended, and says what it would have said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engines_wide.numbered import begun, goes_over

Run = Callable[..., Any]

BENCH = Path(__file__).resolve().parents[2] / "benchmarks" / "bench_tdi.py"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hundred states be many."""
    goes_over(monkeypatch, 100)


def told(tdispmodel: Run, *words: object) -> Any:
    """What a check of bench-tdi says, without its times."""
    ended = tdispmodel("check", BENCH, "--engine", "explicit", "--json", *words)
    document = json.loads(ended.out)
    for result in document["results"]:
        result.pop("seconds")
    return document


@pytest.mark.usefixtures("large", "here")
def test_it_goes_on(tdispmodel: Run) -> None:
    """Interrupted after ten levels, resumed, and asked again, a check says what one without checkpoints says."""
    words = ("-n", 2, "--checkpoint", "kept")
    begun((told(tdispmodel, *words) for _ in range(1)), 10)
    header = json.loads(Path("kept/bench_tdi/0/all/search.json").read_text())
    assert (10, False) == (header["complete"], header["finished"])
    plain = told(tdispmodel, "-n", 2)
    assert {6_543} == {result["states"] for result in plain["results"]}  # published, see tests/engines_wide
    assert plain == told(tdispmodel, *words)
    assert json.loads(Path("kept/bench_tdi/0/all/search.json").read_text())["finished"]
    assert plain == told(tdispmodel, *words)


@pytest.mark.usefixtures("large", "here")
def test_what_is_about_something_else_is_refused(tdispmodel: Run) -> None:
    """Other questions, another number of devices and a damaged file are complaints with the file and what to do."""
    told(tdispmodel, "-n", 2, "--checkpoint", "kept")
    file = Path("kept/bench_tdi/0/all/search.json")
    for words, message, hint in (
        (("-n", 2, "-k", "TDM801"), "the checkpoint is about other questions", "name another folder"),
        (("-n", 1), "the checkpoint is about another system", "name another folder"),
    ):
        ended = tdispmodel("check", BENCH, "--engine", "explicit", "--checkpoint", "kept", *words)
        assert (2, "") == (ended.code, ended.out)
        assert f"{file.absolute()}:1:1: E631: {message}" in ended.err.replace("\n", "")
        assert hint in ended.err
    file.write_text(file.read_text().replace('"complete": 2', '"complete": 1'))
    ended = tdispmodel("check", BENCH, "-n", 2, "--engine", "explicit", "--checkpoint", "kept")
    assert 2 == ended.code
    assert "E631: the checkpoint is damaged: its checksum differs" in ended.err
    assert "delete the folder to begin anew, or name another one" in ended.err


@pytest.mark.usefixtures("here")
def test_a_folder_that_cannot_be(tdispmodel: Run) -> None:
    """Where a file is in the way, or no search is to be written down, it is said before anything is asked."""
    Path("file").write_text("in the way")
    ended = tdispmodel("check", "room.py", "--checkpoint", "file")
    assert (2, "") == (ended.code, ended.out)
    assert "E631: there can be no checkpoint in " in ended.err
    ended = tdispmodel("check", "room.py", "--checkpoint", "kept", "--any-number")
    assert 2 == ended.code
    assert "E610: --any-number and --checkpoint: " in ended.err
    assert not Path("kept").exists()


@pytest.mark.usefixtures("here")
def test_a_small_search_writes_nothing(tdispmodel: Run) -> None:
    """What is over in a moment is not written down."""
    assert (
        tdispmodel("check", "room.py").out.splitlines()[:-1]
        == (tdispmodel("check", "room.py", "--checkpoint", "kept").out.splitlines()[:-1])
    )
    assert [] == list(Path("kept").iterdir())
