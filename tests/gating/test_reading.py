"""Files of expectations, of waivers and baselines: what they mean, and what becomes of files that mean nothing."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from tdispmodel.gating.baselines import baseline
from tdispmodel.gating.reading import Assumed, expectations, read_expectations, read_waivers, waivers
from tdispmodel.gating.vocabulary import Expectation, Outcome, Waiver
from tdispmodel.source import Place, Rejected

EXPECTED = """\
# a comment

[check]
proposals = ["status_quo", "designs/late.py"]
devices = 2
set = { kernel = "BEFORE_6_19", sleep = true }
without = [
  "host.error",
]

[expected.status_quo]
accepted_is_running = "violated"   # since the flag outlives RUN
TDM101 = "holds"

[expected."my design"]
"""
WAIVED = """\
[[waivers]]
proposal = "status_quo"
property = "TDM101"
verdict = "violated"
reason = "nobody enables it # yet"
expires = 2027-03-31

[[waivers]]   # until somebody has a larger machine
reason = 'too many states'
verdict = "open"
property = "deferral_is_not_endless"
proposal = "late"
"""


def complained(text: str, read: object = expectations) -> list[str]:
    """Line, column and message of each complaint about a text; none if there is nothing to complain about."""
    try:
        read(text, "file.toml")  # type: ignore[operator]
    except Rejected as rejected:
        for complaint in rejected.complaints:
            assert complaint.code == "E640"
            assert complaint.hint
            assert complaint.place.path == "file.toml"
        return [f"{one.place.line}:{one.place.column} {one.message}" for one in rejected.complaints]
    return []


def test_expectations() -> None:
    """The tables mean what docs/gate.md says, and each entry knows its line."""
    text = EXPECTED.replace("my design", "my_design")
    file = expectations(text, "e.toml")
    settings_ = {"kernel": "BEFORE_6_19", "sleep": "True"}
    assert file.assumed == Assumed(("status_quo", "designs/late.py"), 2, False, settings_, ("host.error",))
    assert file.expectations == (
        Expectation("status_quo", "accepted_is_running", Outcome.VIOLATED, Place("e.toml", 12, 1)),
        Expectation("status_quo", "TDM101", Outcome.HOLDS, Place("e.toml", 13, 1)),
    )
    assert expectations("", "e.toml").expectations == ()


def test_waivers() -> None:
    """A waiver has its reason, perhaps a last day, and the place of its table."""
    day = dt.date(2027, 3, 31)
    assert waivers(WAIVED, "w.toml") == (
        Waiver("status_quo", "TDM101", Outcome.VIOLATED, "nobody enables it # yet", day, Place("w.toml", 1, 1)),
        Waiver("late", "deferral_is_not_endless", Outcome.OPEN, "too many states", None, Place("w.toml", 8, 1)),
    )


def test_the_last_day_counts() -> None:
    """A waiver is good on the day on which it expires, and not on the next."""
    waiver = waivers(WAIVED, "w.toml")[0]
    assert not waiver.expired(dt.date(2027, 3, 31))
    assert waiver.expired(dt.date(2027, 4, 1))


BAD_EXPECTATIONS = {
    '[expected.a]\nb = "open"\n': ["2:1 open cannot be expected"],
    '[expected.a]\n  b = "fine"\n': ["2:3 fine is none of the verdicts that can stand here"],
    "[expected.a]\nb = 3\nc = true\n": [
        "2:1 3 is none of the verdicts that can stand here",
        "3:1 True is none of the verdicts that can stand here",
    ],
    '[expected]\na.b = "holds"\n': ["1:1 b does not stand on a line of its own below its table"],
    '[expected]\na = { b = "holds" }\n': ["2:1 b does not stand on a line of its own below its table"],
    "expected = 3\n": ["1:1 expected is no table"],
    "[expected]\na = 3\n": ["2:1 a is no table"],
    "[check]\ndevices = 0\n": ["2:1 devices is no number of devices"],
    "[check]\ndevices = true\n": ["2:1 devices is no number of devices"],
    "[check]\n\nwithout = 'host.error'\n": ["3:1 without is no list of names"],
    "[check]\nset = ['a=b']\n": ["2:1 set is no table of words, numbers and truth values"],
    "[check]\nany_number = 1\n": ["2:1 any_number is no truth value"],
    "[check]\ndevcies = 2\n": ["2:1 devcies means nothing here"],
    "check = 1\n": ["1:1 check is no table"],
    '[expect.a]\nb = "holds"\n': ["1:1 expect means nothing here"],
    '[expected."a b"]\nb = "holds"\n': ["1:1 a b is no name of a proposal"],
    '[expected.a]\n"" = "holds"\n': ["2:1 the empty name is no name of a property"],
    '[expected.a]\n"b\\u0000" = "holds"\n': [
        "1:1 b? is no name of a property",
        "1:1 b? does not stand on a line of its own below its table",
    ],
    '[expected.a]\nb = """holds"""\n': ["2:1 a text of several lines"],
    "[expected.a]\nb = \n": ["2:5 this is no TOML: Invalid value"],
    '[expected.a]\nb = "holds"\nb = "holds"\n': ["3:12 this is no TOML: Cannot overwrite a value"],
    "a" * 1001: ["1:1000 a line has at most 1000 letters"],
    "a = " + "[" * 990: ["1:1 nested too deeply"],
}
BAD_WAIVERS = {
    '[[waivers]]\nproposal = "a"\nproperty = "b"\nverdict = "violated"\n': ["1:1 the reason of this waiver is missing"],
    '[[waivers]]\nproposal = "a"\nproperty = "b"\nverdict = "violated"\nreason = "  "\n': [
        "5:1 the reason of this waiver is no text"
    ],
    '[[waivers]]\nproposal = "a"\nproperty = "b"\nverdict = "holds"\nreason = "why"\n': [
        "4:1 holds is none of the verdicts that can stand here"
    ],
    '[[waivers]]\nproposal = "*"\nproperty = 7\nverdict = "open"\nreason = "why"\n': [
        "3:1 the property of this waiver is no text"
    ],
    WAIVED.replace("2027-03-31", '"2027-03-31"'): ["6:1 expires is no date"],
    WAIVED.replace("2027-03-31", "2027-03-31T00:00:00"): ["6:1 expires is no date"],
    WAIVED.replace("2027-03-31", "2027-02-31"): ["6:11 this is no TOML: Invalid date or datetime"],
    WAIVED.replace("expires", "expiry"): ["6:1 expiry means nothing here"],
    "waivers = [{}]\n": ["1:1 not every waiver has a line [[waivers]] of its own"],
    "[waivers]\na = 1\n": ["1:1 waivers are no tables"],
    '[["waivers"]]\n[[waivers]]\n': [
        "1:1 the proposal of this waiver is missing",
        "1:1 the property of this waiver is missing",
        "1:1 the verdict of this waiver is missing",
        "1:1 the reason of this waiver is missing",
        "2:1 the proposal of this waiver is missing",
        "2:1 the property of this waiver is missing",
        "2:1 the verdict of this waiver is missing",
        "2:1 the reason of this waiver is missing",
    ],
    "[[waiver]]\n": ["1:1 waiver means nothing here"],
    "[expected.a]\n": ["1:1 expected means nothing here"],
}


@pytest.mark.parametrize("text", BAD_EXPECTATIONS, ids=range(len(BAD_EXPECTATIONS)))
def test_bad_expectations_are_refused_at_their_place(text: str) -> None:
    """What a file of expectations must not say is refused with line, column and a remedy."""
    assert complained(text) == BAD_EXPECTATIONS[text]


@pytest.mark.parametrize("text", BAD_WAIVERS, ids=range(len(BAD_WAIVERS)))
def test_bad_waivers_are_refused_at_their_place(text: str) -> None:
    """What a file of waivers must not say is refused with line, column and a remedy."""
    assert sorted(complained(text, waivers)) == sorted(BAD_WAIVERS[text])


PIECES = st.lists(
    st.sampled_from(
        [
            "[expected.a]",
            "[[waivers]]",
            "\n",
            "\r\n",
            '"',
            "'",
            "=",
            " ",
            "b",
            "\\",
            "[",
            "]",
            "{",
            "}",
            ".",
            "#",
            "x = ",
            '"""',
            "'''",
            '"holds"',
            "2027-01-01",
            "é",
            "\x00",
            "\u2028",
        ]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(PIECES)
@example("[check]\nx = [\n[[waivers]]\n]\n")
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    """No text ends in anything but entries or complaints; every entry's line has its name."""
    for read in (expectations, waivers):
        if complained(text, read):
            continue
        found = read(text, "file.toml")
        lines = text.split("\n")
        if read is expectations:
            assert all(entry.property in lines[entry.place.line - 1] for entry in found.expectations)  # type: ignore[attr-defined]


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, nothing, a pipe, a huge file and bytes that are no text are refused, not waited for or read."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 33)
    (tmp_path / "bytes").write_bytes(b"# one\n\xff")
    for name in ("", "none", "pipe", "huge", "bytes"):
        for read in (read_expectations, read_waivers):
            with pytest.raises(Rejected, match="E640"):
                read(tmp_path / name)


ROW = {
    "proposal": "p",
    "property": "q",
    "verdict": "violated",
    "devices": 1,
    "constants": {"b": True, "a": "X"},
    "without": ["host.error"],
}


def test_baselines() -> None:
    """Both documents say what was violated, with the assumptions; order does not matter in them."""
    known = {("p", "q", '[1, {"a": "X", "b": true}, ["host.error"]]')}
    document = {"schema": "tdispmodel/result/1", "exit": 1, "results": [ROW, {**ROW, "verdict": "open"}]}
    assert baseline(json.dumps(document), "b.json") == known
    rows = [{"result": ROW}, {"result": None}]
    assert baseline(json.dumps({"schema": "tdispmodel/gate/1", "exit": 0, "cells": rows}), "b.json") == known


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        "1" * 5000,
        '{"schema": "tdispmodel/sweep/1"}',
        '{"schema": ["tdispmodel/result/1"]}',
        '{"schema": "tdispmodel/result/1", "exit": 130, "results": []}',
        '{"schema": "tdispmodel/result/1", "exit": 0, "results": 3}',
        '{"schema": "tdispmodel/result/1", "exit": 0, "results": [3]}',
        '{"schema": "tdispmodel/result/1", "exit": 0, "results": [{"verdict": "violated"}]}',
        '{"schema": "tdispmodel/gate/1", "exit": 0, "cells": [3]}',
        '{"schema": "tdispmodel/gate/1", "exit": 2, "cells": [], "complaints": [{}]}',
    ],
)
def test_bad_baselines(text: str) -> None:
    """What is no document of ours, or of a run that was not whole, is refused."""
    assert len(complained(text, baseline)) == 1
