"""Where a text makes statements that are known: the words of their quotes, in whatever lines and punctuation.

Given lines of a mail, quoted or not, and statements of the debate; gives for each statement that is found the line
under which an answer belongs.  Quotes in the map are shortened: ``...`` and parentheses stand for words left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tdispmodel.checking.debate import Statement

WORD = re.compile(r"\w+(?:'\w+)?", re.ASCII)
PREFIX = re.compile(r"(?:>[ ]?)*")
END = re.compile(r"[.?!:;,](?=[\"')\]]*(?:\s|$))")
FEWEST_WORDS = 3
"""Shorter quotes are found in too many places, unless they are names."""

WIDEST_GAP = 60
"""So many words may have been left out where a quote says ``...``."""

Words = tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A statement that a text makes: in the lines from ``first`` to ``last``, counted from 0."""

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class _Run:
    """Words that stand at one depth of quoting, one after another, and the line of each."""

    words: Sequence[str]
    lines: Sequence[int]


def passages(lines: Sequence[str], statements: Mapping[int, Statement]) -> list[Passage]:
    """Return where statements are made, each at the first of its places, in the order of these."""
    runs = list(_runs(lines))
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, run in enumerate(runs):
        for place, word in enumerate(run.words):
            places[word].append((number, place))
    found = []
    for number, statement in statements.items():
        spots = [spot for quote in quotes(statement.quote) for spot in _spots(quote, runs, places)]
        if spots:
            place, first, last = min(spots)
            run = runs[place]
            found.append(Passage(number, run.lines[first], _sentence(lines, run.lines[last], run, last)))
    return sorted(found, key=lambda passage: (passage.last, passage.first, passage.number))


def quotes(text: str) -> Iterator[tuple[Words, ...]]:
    """Yield what the map quotes and is long enough to be found again: pieces, between which words are left out."""
    for quoted in _quoted(text):
        pieces = tuple(filter(None, (tuple(words(piece)) for piece in re.split(r"\.\.\.|[()]", quoted))))
        said = [word for piece in pieces for word in piece]
        if len(said) >= FEWEST_WORDS or any("_" in word for word in said):
            yield pieces


def words(text: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation."""
    plain = text.replace("\u2019", "'").replace("\u2018", "'")
    return [match.group().lower().replace("'", "") for match in WORD.finditer(plain)]


def depth(line: str) -> tuple[int, str]:
    """Return how deep a line is quoted, and what is quoted."""
    match = PREFIX.match(line)
    end = match.end() if match else 0
    return line[:end].count(">"), line[end:]


def _quoted(text: str) -> Iterator[str]:
    """Yield what stands in quotation marks; marks of the other kind within belong to it."""
    place = 0
    while place < len(text):
        mark = text[place]
        if mark in "\"'" and (place == 0 or text[place - 1] in " (/;"):
            end = next(
                (
                    at
                    for at in range(place + 1, len(text))
                    if text[at] == mark and (at + 1 == len(text) or text[at + 1] in " ;,./)")
                ),
                None,
            )
            if end is not None:
                yield text[place + 1 : end]
                place = end
        place += 1


def _runs(lines: Sequence[str]) -> Iterator[_Run]:
    split = [depth(line) for line in lines]
    for _, group in groupby(enumerate(split), key=lambda each: each[1][0]):
        found, where = [], []
        for number, (_, text) in group:
            told = words(text)
            found += told
            where += [number] * len(told)
        yield _Run(found, where)


def _spots(
    quote: tuple[Words, ...], runs: Sequence[_Run], places: Mapping[str, Sequence[tuple[int, int]]]
) -> Iterator[tuple[int, int, int]]:
    """Yield the runs in which the pieces follow each other, with the places of the first and the last word."""
    for number, place in places.get(quote[0][0], ()):
        end = _after(runs[number].words, place, quote)
        if end is not None:
            yield number, place, end - 1


def _after(said: Sequence[str], place: int, quote: tuple[Words, ...]) -> int | None:
    """Return where the pieces end that begin at a place, None where they are not there."""
    for number, piece in enumerate(quote):
        last = place if number == 0 else min(place + WIDEST_GAP, len(said) - len(piece))
        starts = (at for at in range(place, last + 1) if tuple(said[at : at + len(piece)]) == piece)
        start = next(starts, None)
        if start is None:
            return None
        place = start + len(piece)
    return place


def _sentence(lines: Sequence[str], line: int, run: _Run, word: int) -> int:
    """Return the line in which the sentence ends that goes on after a word, where it does so in its paragraph."""
    here, text = depth(lines[line])
    in_line = run.lines[: word + 1].count(line)
    ends = [match.end() for match in WORD.finditer(text)]
    rest = text[ends[in_line - 1] :] if in_line <= len(ends) else ""
    while not END.search(rest):
        after = line + 1
        if after >= len(lines):
            return line
        level, rest = depth(lines[after])
        if level != here or not rest.strip():
            return line
        line = after
    return line
