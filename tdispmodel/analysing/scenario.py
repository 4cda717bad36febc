"""Litmus files: "these steps, then this outcome: possible, never, always?", as one pastes it from a mail.

Given the text of a file that may be hostile; gives a `Scenario` or raises `Rejected` with the place.  Words are only
split here; whether a proposal has these actions and what the condition means is asked in `litmus`.

    litmus stale-flag-bind              # a name
    proposal initrd_autoprobe_off  devices 1  kernel=SINCE_6_19  without host.stall
    ...                                 # any steps, or none
    accept(devices[0])                  # then this one,
    fault(devices[0])                   # directly after it this one
    exists devices[0].accepted          # or: never, always
    expect possible                     # or: never, always, not always

A line's quotation marks (``>``), what follows ``#`` and empty lines mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tdispmodel.checking.mistakes import LITMUS, mistake, shortened
from tdispmodel.checking.settings import settings
from tdispmodel.checking.topology import small_text
from tdispmodel.source import Complaint, Place, Rejected, did_you_mean

LARGEST_FILE = 1 << 16
MOST_STEPS = 100
LONGEST_NAME = 80

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
STEP = re.compile(r"[A-Za-z_][\w.]*(?:\([\w\[\]., ]*\))?", re.ASCII)
QUESTIONS = ("exists", "never", "always")
EXPECTATIONS = ("possible", "never", "always", "not always")
ANYTHING = "..."
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Line:
    """A line that means something: its words without quotation marks and comment, where they begin, and all of it."""

    words: str
    place: Place
    whole: str

    def wrong(self, code: str, message: str, hint: str = "") -> Rejected:
        """Return the complaint about this line."""
        return Rejected([Complaint(code, message, self.place, hint, self.whole)])

    def rest(self) -> Line:
        """Return the line without its first word."""
        first = self.words.split(None, 1)[0]
        left = self.words[len(first) :]
        column = self.place.column + len(self.words) - len(left.lstrip())
        return Line(left.strip(), Place(self.place.path, self.place.line, column), self.whole)


class Step(NamedTuple):
    """A step of the file: where it stands, and whether any steps may come before it."""

    line: Line
    after_anything: bool


@dataclass(frozen=True)
class Scenario:
    """A litmus file.

    ``devices`` is None where the file does not say how many, ``question`` one of `QUESTIONS`, ``condition`` the line
    with what is asked of the last state, ``before_the_end`` whether any steps may come after the last of ``steps``;
    ``expected`` is one of `EXPECTATIONS`, or empty: then the file claims what its question says.
    """

    name: str
    proposal: Line
    devices: int | None
    settings: dict[str, str]
    without: tuple[str, ...]
    steps: tuple[Step, ...]
    before_the_end: bool
    question: str
    condition: Line
    expected: str

    @property
    def claim(self) -> str:
        """What is expected, said or not."""
        return self.expected or {"exists": "possible"}.get(self.question, self.question)


def read_scenario(path: Path) -> Scenario:
    """Return the scenario in the file ``path``.  Raises `Rejected`."""
    return scenario(small_text(path, LITMUS, LARGEST_FILE), str(path))


def scenario(text: str, path: str) -> Scenario:
    """Return the scenario that ``text`` writes; ``path`` is how complaints call it.  Raises `Rejected`."""
    return _Reader(text, path).read()


def lines_of(text: str, path: str) -> Iterator[Line]:
    """Yield the lines that mean something.  Raises `Rejected` for characters that text does not have."""
    for number, whole in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        strange = UNREADABLE.search(whole)
        if strange:
            place = Place(path, number, strange.start() + 1)
            raise mistake(LITMUS, f"a litmus file has no character U+{ord(strange[0]):04X}", "remove it", place)
        bare = whole.partition("#")[0].rstrip()
        words = bare.lstrip("> \t")
        if words:
            yield Line(words, Place(path, number, len(bare) - len(words) + 1), whole)


class _Reader:
    """One file, line by line."""

    def __init__(self, text: str, path: str) -> None:
        self.lines = list(lines_of(text, path))
        self.end = Place(path, text.count("\n") + 1)

    def read(self) -> Scenario:
        name = self.next("litmus", "a name: litmus stale-flag-bind").rest()
        if not NAME.fullmatch(name.words) or len(name.words) > LONGEST_NAME:
            raise name.wrong(LITMUS, "a litmus file begins with its name, one word", "write: litmus stale-flag-bind")
        header = self.next("proposal", "the proposal: proposal initrd_autoprobe_off").rest()
        if not header.words:
            raise header.wrong(LITMUS, "which proposal is asked about?", "write: proposal initrd_autoprobe_off")
        proposal, *words = header.words.split()
        devices, constants, without = self.assumptions(header, words)
        steps, before_the_end = self.steps()
        asked = self.next(QUESTIONS, "what is asked of the last state: exists devices[0].accepted")
        condition = asked.rest()
        if not condition.words:
            raise asked.wrong(LITMUS, "a condition on the last state is missing", "write: exists devices[0].accepted")
        expected = self.expectation()
        if self.lines:
            raise self.lines[0].wrong(
                LITMUS, "nothing follows the question but what is expected", "a file asks one question"
            )
        return Scenario(
            name=name.words,
            proposal=Line(proposal, header.place, header.whole),
            devices=devices,
            settings=constants,
            without=without,
            steps=steps,
            before_the_end=before_the_end,
            question=asked.words.split()[0],
            condition=condition,
            expected=expected,
        )

    def next(self, first: str | tuple[str, ...], what: str) -> Line:
        """Return the next line, which begins with a given word.  Raises `Rejected`."""
        known = (first,) if isinstance(first, str) else first
        if not self.lines:
            raise mistake(LITMUS, f"the file ends too early: {' or '.join(known)} is missing", what, self.end)
        line = self.lines.pop(0)
        if line.words.split()[0] not in known:
            raise line.wrong(
                LITMUS, f"here stands {' or '.join(known)}, not {shortened(line.words, 30)}", f"write {what}"
            )
        return line

    @staticmethod
    def assumptions(line: Line, words: list[str]) -> tuple[int | None, dict[str, str], tuple[str, ...]]:
        """Return number of devices, words of ``--set``, and capabilities switched off."""
        devices: int | None = None
        constants, without = [], []
        left = iter(words)
        for word in left:
            if word == "devices":
                number = next(left, "")
                if not re.fullmatch(r"[0-9]{1,4}", number):
                    raise line.wrong(LITMUS, "devices stands before a number", "write: devices 1")
                if devices not in (None, int(number)):
                    raise line.wrong(LITMUS, f"devices is given twice, as {devices} and as {number}", "leave out one")
                devices = int(number)
            elif word == "without":
                without.append(next(left, ""))
                if not without[-1]:
                    raise line.wrong(LITMUS, "without stands before a capability", "write: without host.error")
            elif "=" in word:
                constants.append(word)
            else:
                hint = "there is: devices 1, kernel=BEFORE_6_19, without host.error"
                raise line.wrong(LITMUS, f"{shortened(word, 30)} is no assumption", hint)
        try:
            return devices, settings(constants), tuple(without)
        except Rejected as rejected:
            raise line.wrong(LITMUS, rejected.complaints[0].message.removeprefix("--set ")) from None

    def steps(self) -> tuple[tuple[Step, ...], bool]:
        """Return the steps, and whether any steps may follow the last one."""
        found: list[Step] = []
        anything = False
        while self.lines and self.lines[0].words.split()[0] not in QUESTIONS:
            line = self.lines.pop(0)
            if line.words == ANYTHING:
                anything = True
            elif STEP.fullmatch(line.words):
                found.append(Step(line, anything))
                anything = False
            else:
                hint = "write an action as in traces, bind(devices[0]), or ... for any steps"
                raise line.wrong(LITMUS, f"{shortened(line.words, 40)} is no step", hint)
            if len(found) > MOST_STEPS:
                raise line.wrong(LITMUS, f"more than {MOST_STEPS} steps", "write ... for steps that do not matter")
        return tuple(found), anything

    def expectation(self) -> str:
        if not self.lines or self.lines[0].words.split()[0] != "expect":
            return ""
        line = self.lines.pop(0).rest()
        words = " ".join(line.words.split())
        if words not in EXPECTATIONS:
            raise line.wrong(
                LITMUS, f"{shortened(words, 30) or 'nothing'} cannot be expected", did_you_mean(words, EXPECTATIONS)
            )
        return words
