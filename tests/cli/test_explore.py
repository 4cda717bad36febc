"""``explore``: where the page goes, and what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.cli.conftest import heeds_interrupts

Run = Callable[..., Any]


def test_the_page_is_written_beside_the_reader(tdispmodel: Run, here: Path) -> None:
    """Without ``-o`` the page is PROPOSAL.html in the current folder; one line says what is in it.  A lamp is on or off, and
    may be switched on once: two states, one step.
    """
    ended = tdispmodel("explore", "room.py")
    size = (len((here / "room.html").read_text()) + 999) // 1000
    assert ended.code == 0
    assert ended.out == (f"room.html: 1 device, 2 states, 1 step, all of them, {size} kB, one file, works offline\n")
    assert ended.err == ""


def test_stdout_and_file_are_the_same(tdispmodel: Run, here: Path) -> None:
    """``-o -`` writes the page to stdout, ``-o FILE`` to that file, the same both times."""
    shown = tdispmodel("explore", "room.py", "-o", "-")
    assert tdispmodel("explore", "room.py", "-o", "there.html").code == 0
    assert shown.out == (here / "there.html").read_text()
    assert shown.out.startswith("<!DOCTYPE html>")


def test_constants_and_devices_are_those_of_a_check(tdispmodel: Run, here: Path) -> None:
    """With the old wiring and two lamps there are four states of lamps, and the room may burn wherever one is on.  Of each
    state the steps are: to switch on each lamp that is off, and too much power wherever a lamp is on, again and again.
    """
    lamps = [(one, other) for one in (False, True) for other in (False, True)]
    states = [(*pair, burns) for pair in lamps for burns in (False, True) if any(pair) or not burns]
    steps = sum((not one) + (not other) + (one or other) for one, other, _ in states)
    ended = tdispmodel("explore", "room.py", "-n", "2", "--set", "wiring=OLD", "--no-verdicts")
    assert ended.out.startswith(f"room.html: 2 devices, {len(states)} states, {steps} steps, all of them")
    assert (here / "room.html").is_file()


def test_without_room_the_radius_is_told(tdispmodel: Run, here: Path) -> None:
    """Two lamps have one state within no step of the start, and four in all: with room for two the radius is 0."""
    ended = tdispmodel("explore", "room.py", "-n", "2", "--states", "2", "--no-verdicts", "-o", str(here / "x.html"))
    assert "1 state, 0 steps, those within 0 steps of the start" in ended.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--serve", "-o", "x.html"), "--serve and -o: a page is served or written"),
        (("--port", "80"), "--port 80: nothing is served"),
        (("--serve", "--port", "70000"), "--port 70000: a port is 0 to 65535"),
        (("--states", "-1"), "--states -1: a page has room for 1 to 200000 states"),
        (("-o", "no/such/folder.html"), "cannot write no/such/folder.html"),
        (("--set", "wiring=GREEN"), "wiring"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], told: str, tdispmodel: Run, here: Path) -> None:
    """A usage that makes no sense is a complaint, and no page is written."""
    ended = tdispmodel("explore", "room.py", *words)
    assert ended.code == 2
    assert told in ended.err
    assert list(here.glob("*.html")) == []


def test_an_integer_that_leaves_its_range_is_a_complaint(tdispmodel: Run, here: Path) -> None:
    """A model that is wrong gets no page, with engines and without: the complaint shows the way to where it is wrong."""
    (here / "count.py").write_text(
        '''"""A counter."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action


class Count(Component):
    """It counts too far."""

    number: Annotated[int, Range(0, 2)] = 0

    @action(by=Actor.KERNEL)
    def up(self) -> None:
        """One more."""
        self.number = self.number + 1
'''
    )
    for words in ((), ("--no-verdicts",)):
        ended = tdispmodel("explore", "count.py", *words)
        assert ended.code == 2
        assert "E621: up would assign 3 to number, which is int 0..2" in ended.err
        assert "3  up   <== here" in ended.err


def test_serving_ends_when_it_is_interrupted(here: Path) -> None:
    """``--serve`` prints an address of this machine, answers there, and ends cleanly on an interrupt."""
    command = [sys.executable, "-m", "tdispmodel", "explore", "room.py", "--serve"]
    with subprocess.Popen(
        command,
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heeds_interrupts,  # noqa: PLW1509  # no threads here
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            with urlopen(address, timeout=10) as answer:  # noqa: S310  # our own server's address
                assert b"<!DOCTYPE html>" in answer.read(100)
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert list(here.glob("*.html")) == []
