"""What a subject of a measurement finds, read from what it prints, and what there is to be found.

Every reader is given the output of a program that ended by itself, and gives a `Found`, or raises `Unreadable`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

DIGITS = 7


class Task(Enum):
    """What is asked: all states, a proof of two invariants, or a shortest violation of one."""

    SPACE = "space"
    PROOF = "proof"
    BUG = "bug"


class Unreadable(Exception):
    """The output is not what it should be; the message says what is wrong with it."""


@dataclass(frozen=True)
class Found:
    """Distinct states, fired transitions and depth of the last new level, where a subject counts them; whether what was
    asked holds, and else how many steps the violation has.  ``open`` says in words why there is no answer.  Where
    counts are not ``exact`` they are known to `DIGITS` digits.  ``inside`` are the processor seconds of an engine of
    ours within those of its program.
    """

    states: int | None = None
    transitions: int | None = None
    depth: int | None = None
    holds: bool | None = None
    steps: int | None = None
    open: str = ""
    exact: bool = True
    inside: float | None = field(default=None, compare=False)


def differences(found: Found, expected: Found) -> list[str]:
    """Return in words in what a finding differs from what was expected; what one does not say is no difference."""
    exact = found.exact and expected.exact
    pairs = {
        "states": (found.states, expected.states),
        "transitions": (found.transitions, expected.transitions),
        "depth": (found.depth, expected.depth),
        "holds": (found.holds, expected.holds),
        "steps": (found.steps, expected.steps),
    }
    return [
        f"{what}: {mine:,} where {wanted:,} {'is' if what in ('depth', 'holds') else 'are'} expected"
        for what, (mine, wanted) in pairs.items()
        if mine is not None and wanted is not None and (mine != wanted if exact else told(mine) != told(wanted))
    ]


def told(count: int) -> str:
    """Return a count to as many digits as SPIN tells of it."""
    return f"{count:.{DIGITS}g}"


def number(pattern: str, text: str) -> int:
    """Return the number that a pattern finds, with commas or an exponent.  Raises `Unreadable`."""
    found = re.search(pattern, text)
    if found is None:
        message = f"no {pattern!r} in its output: {' '.join(text.split())[-200:]}"
        raise Unreadable(message)
    text = found[1].replace(",", "")
    return int(text) if text.isdecimal() else round(float(text))


def of_spin(text: str, starts: int = 1) -> Found:
    """Read what SPIN's verifier prints.

    It counts storing the first state as a transition; several start states it chooses from one state more (see
    `tdispmodel.exporting.promela`).  A search that was cut at its greatest depth, or that may lose states (bit
    states, hash compaction), counts for nothing.  Beyond eight digits it tells eight of them, with an exponent.
    """
    if "max search depth too small" in text:
        return Found(open="deeper than SPIN's stack")
    if "Full statespace search" not in text:
        message = f"no exact search: {' '.join(text.split())[-200:]}"
        raise Unreadable(message)
    several = starts if starts > 1 else 0
    errors = number(r"errors: (\d+)", text)
    if errors:
        return Found(holds=False)
    states, transitions = (number(rf"([\d.e+]+) {what}", text) for what in ("states, stored", "transitions"))
    exact = "e+" not in "".join(re.findall(r"([\d.e+]+) (?:states, stored|transitions)", text))
    return Found(states - (several > 0), transitions - several - 1, holds=True, exact=exact)


def of_rumur(text: str) -> Found:
    """Read what Rumur's verifier prints in the end."""
    place = text.rfind("State Space Explored")
    if place < 0:
        message = f"it does not say what it explored: {' '.join(text.split())[-200:]}"
        raise Unreadable(message)
    if "No error found" not in text:
        return Found(holds=False)
    return Found(number(r"([\d,]+) states", text[place:]), number(r"([\d,]+) rules fired", text[place:]), holds=True)


def of_abc(text: str, asked: int) -> Found:
    """Read what ABC says about so many properties, one command each: all are proved, or the last one asserted.

    A state after n steps is seen in frame n + 1 of our circuits.  ABC ends with 0 whatever becomes of a command.
    """
    asserted = re.findall(r"was asserted in frame (\d+)", text)
    if asserted:
        return Found(holds=False, steps=int(asserted[-1]) - 1)
    proved = len(re.findall(r"Property proved|trivially unsat", text))
    if not proved or proved < asked or "UNDECIDED" in text:
        message = f"{proved} of {asked} proved, none asserted: {' '.join(text.split())[-200:]}"
        raise Unreadable(message)
    return Found(holds=True)


def of_ours(text: str) -> Found:
    """Read the document of `benchmarks.alone`, or of ``tdispmodel check --format json``."""
    try:
        document = json.loads(text[text.index("{") :])
        results: list[Mapping[str, object]] = document["results"]
        answers = {str(result["verdict"]) for result in results}
    except (ValueError, KeyError, TypeError) as problem:
        message = f"{problem}: {' '.join(text.split())[-200:]}"
        raise Unreadable(message) from None
    if not results:
        message = "nothing was answered"
        raise Unreadable(message)
    if "open" in answers:
        return Found(open="; ".join(sorted({str(one["reason"]) for one in results if one["verdict"] == "open"})))

    def counted(name: str) -> int | None:
        values = {value for one in results if isinstance(value := one.get(name), int)}
        if len(values) > 1:
            message = f"two numbers of {name}: {values}"
            raise Unreadable(message)
        return values.pop() if values else None

    traces = [len(trace) for one in results if one["verdict"] == "violated" and isinstance(trace := one["trace"], list)]
    return Found(
        counted("states"),
        counted("transitions"),
        counted("depth"),
        holds=answers == {"holds"},
        steps=min(traces) if traces else None,
        inside=float(document["processor"]["engine"]) if "processor" in document else None,
    )
