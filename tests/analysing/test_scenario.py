"""Litmus files as text: what they say, and complaints with their places."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tdispmodel.analysing.scenario import LARGEST_FILE, MOST_STEPS, Line, read_scenario, scenario
from tdispmodel.source import Complaint, Rejected
from tests.laws.random_systems import law

GOOD = """\
litmus stale-flag-bind   # a name
proposal initrd_autoprobe_off   kernel=SINCE_6_19   devices 2  without host.error without host.swap
...
accept(devices[0])
# nothing in between
bind( devices[0] )
...
exists devices[0].accepted   # the flag
expect not  always
"""


def test_parts() -> None:
    """Every line says what it says, comments and spaces aside."""
    found = scenario(GOOD, "one.litmus")
    assert ("stale-flag-bind", "initrd_autoprobe_off", 2) == (found.name, found.proposal.words, found.devices)
    assert ({"kernel": "SINCE_6_19"}, ("host.error", "host.swap")) == (found.settings, found.without)
    steps = [(step.line.words, step.after_anything) for step in found.steps]
    assert [("accept(devices[0])", True), ("bind( devices[0] )", False)] == steps
    assert ("exists", "devices[0].accepted", True) == (found.question, found.condition.words, found.before_the_end)
    assert ("not always", "not always") == (found.expected, found.claim)
    assert "one.litmus:8:8" == str(found.condition.place)


def test_quoted_in_a_mail() -> None:
    """Quoted, with the line ends of a mail, it says the same."""
    quoted = "\r\n".join(f"> > {line}" for line in GOOD.splitlines())
    plain, pasted = scenario(GOOD, "x"), scenario(quoted, "x")
    assert [step.line.words for step in plain.steps] == [step.line.words for step in pasted.steps]
    assert (plain.condition.words, plain.claim) == (pasted.condition.words, pasted.claim)
    assert "x:8:12" == str(pasted.condition.place)


@pytest.mark.parametrize(("question", "claim"), [("exists", "possible"), ("never", "never"), ("always", "always")])
def test_claims(question: str, claim: str) -> None:
    """Without an expectation the file claims what its question says."""
    assert claim == scenario(f"litmus a\nproposal b\n{question} c\n", "x").claim


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "x:1:1", "the file ends too early: litmus is missing"),
        ("litmus\n", "x:1:7", "begins with its name"),
        ("litmus a b\n", "x:1:8", "begins with its name"),
        ("proposal p\n", "x:1:1", "here stands litmus"),
        ("litmus a\nproposal\n", "x:2:9", "which proposal"),
        ("litmus a\nproposal b devices two\n", "x:2:10", "devices stands before a number"),
        ("litmus a\nproposal b without\n", "x:2:10", "without stands before a capability"),
        ("litmus a\nproposal b fast\n", "x:2:10", "fast is no assumption"),
        ("litmus a\nproposal b k=1 k=2\n", "x:2:10", "k is given twice"),
        ("litmus a\nproposal b =1\n", "x:2:10", "sets nothing"),
        ("litmus a\nproposal b\nbind(devices[0]\nexists c", "x:3:1", "is no step"),
        ("litmus a\nproposal b\nbind; reboot\nexists c", "x:3:1", "is no step"),
        ("litmus a\nproposal b\nbind\n", "x:4:1", "exists or never or always is missing"),
        ("litmus a\nproposal b\nexists\n", "x:3:1", "a condition on the last state is missing"),
        ("litmus a\nproposal b\nexists c\nexpect rain\n", "x:4:8", "rain cannot be expected"),
        ("litmus a\nproposal b\nexists c\nexpect\n", "x:4:7", "nothing cannot be expected"),
        ("litmus a\nproposal b\nexists c\nbind\n", "x:4:1", "nothing follows the question"),
        ("litmus a\nproposal b\n  \x1b[31m\n", "x:3:3", "no character U+001B"),
        ("litmus a\nproposal b\n" + "bind\n" * (MOST_STEPS + 1), f"x:{MOST_STEPS + 3}:1", "more than 100 steps"),
    ],
)
def test_complaints(text: str, place: str, words: str) -> None:
    """What is wrong is said with its place."""
    with pytest.raises(Rejected) as rejected:
        scenario(text, "x")
    (complaint,) = rejected.value.complaints
    assert place == str(complaint.place)
    assert words in complaint.message
    assert "E626" == complaint.code


@law(300)
@given(st.lists(st.sampled_from([*GOOD.splitlines(), "\x00", "((", "...", "expect never"]), max_size=9), st.text())
def test_any_text(lines: list[str], more: str) -> None:
    """Whatever the text, it is a scenario or a complaint, never another failure."""
    try:
        said: Line | Complaint = scenario("\n".join([*lines, more]), "x").condition
    except Rejected as rejected:
        said = rejected.complaints[0]
    assert said.place.path == "x"


def test_files(tmp_path: Path) -> None:
    """What is no small ordinary file of UTF-8 text is a complaint."""
    pipe, large, odd = tmp_path / "pipe", tmp_path / "large", tmp_path / "odd"
    os.mkfifo(pipe)
    large.write_text("#" * (LARGEST_FILE + 1))
    odd.write_bytes(b"litmus a\n\xff\n")
    told = []
    for path in (pipe, large, odd, tmp_path, tmp_path / "missing", Path("\0")):
        with pytest.raises(Rejected) as rejected:
            read_scenario(path)
        told.append(rejected.value.complaints[0].message)
    assert [
        "this is not an ordinary file",
        f"the file has more than {LARGEST_FILE} bytes",
        "this is no UTF-8 text",
        "cannot read the file: Is a directory",
        "cannot read the file: No such file or directory",
        "cannot read the file: the path makes no sense",
    ] == told
