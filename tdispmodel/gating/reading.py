"""Files of expectations and of waivers: TOML as a stranger may have written it.

    [check]                                 [[waivers]]
    without = ["host.error"]                proposal = "status_quo"
                                            property = "TDM101"
    [expected.status_quo]                   verdict = "violated"
    accepted_is_running = "violated"        reason = "nobody may enable it yet"
                                            expires = 2027-03-31

Given a file; gives entries that know their places, or raises `Rejected` with all that is wrong.  `tomllib` says what a
file means, and `lines` where it says so; where the two differ the file is refused, so that no place is ever wrong.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tdispmodel.checking.mistakes import EXPECTATIONS, shortened
from tdispmodel.checking.settings import MAXIMUM_DEVICES
from tdispmodel.checking.topology import WHERE, small_text
from tdispmodel.gating.lines import Lines
from tdispmodel.gating.vocabulary import EXPECTABLE, WAIVABLE, Expectation, Outcome, Waiver
from tdispmodel.source import Complaint, Place, Rejected, did_you_mean

LARGEST_FILE = 1 << 20
LONGEST_LINE = 1000
"""A key of ten thousand dots keeps the standard library busy for a minute; keys end with their line."""
LONGEST_NAME = 200
MOST_COMPLAINTS = 25
WAIVER_KEYS = ("proposal", "property", "verdict", "reason", "expires")
CHECK_KEYS = ("proposals", "devices", "any_number", "set", "without")


@dataclass(frozen=True)
class Assumed:
    """What a file of expectations is about: the table ``[check]``.  None and empty: as it is by default."""

    proposals: tuple[str, ...] = ()
    devices: int | None = None
    any_number: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExpectationFile:
    """What a file of expectations says."""

    assumed: Assumed
    expectations: tuple[Expectation, ...]


def read_expectations(path: Path) -> ExpectationFile:
    """Return what the file ``path`` expects.  Raises `Rejected`."""
    return expectations(small_text(path, EXPECTATIONS, LARGEST_FILE), str(path))


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return what the file ``path`` waives.  Raises `Rejected`."""
    return waivers(small_text(path, EXPECTATIONS, LARGEST_FILE), str(path))


def expectations(text: str, path: str) -> ExpectationFile:
    """Return what ``text`` expects; ``path`` is how complaints call it.  Raises `Rejected`."""
    file = _File(text, path)
    file.only(file.document, ("check", "expected"), "the tables of this file are [check] and [expected.PROPOSAL]")
    assumed = _assumed(file)
    found = tuple(_expected(file))
    file.finish()
    return ExpectationFile(assumed, found)


def waivers(text: str, path: str) -> tuple[Waiver, ...]:
    """Return what ``text`` waives; ``path`` is how complaints call it.  Raises `Rejected`."""
    file = _File(text, path)
    file.only(file.document, ("waivers",), "each waiver is a table [[waivers]]")
    found = tuple(_waived(file))
    file.finish()
    return found


class _File:
    """A file that is TOML, and the complaints about what it says."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.complaints: list[Complaint] = []
        self.lines = Lines(text)
        if self.lines.trouble:
            line, why, hint = self.lines.trouble
            raise Rejected([self.complaint(why, hint, (line, 1))])
        for number, line_text in enumerate(self.lines.texts, 1):
            if len(line_text) > LONGEST_LINE:
                why = f"a line has at most {LONGEST_LINE} letters"
                raise Rejected([self.complaint(why, "write one entry a line", (number, LONGEST_LINE))])
        try:
            self.document = tomllib.loads(text)
        except RecursionError:
            raise Rejected([self.complaint("nested too deeply", "write one entry a line")]) from None
        except ValueError as problem:
            raise Rejected([self.no_toml(str(problem))]) from None

    def no_toml(self, problem: str) -> Complaint:
        """Return the complaint about text that is no TOML, with line and column where they are known."""
        found = WHERE.search(problem)
        why = shortened(WHERE.sub("", problem).removesuffix(" (at end of document)"), 80)
        end = (len(self.lines.texts), len(self.lines.texts[-1]) + 1)
        where = (int(found[1]), int(found[2])) if found else end
        hint = 'write NAME = "violated" below [expected.PROPOSAL], or a table [[waivers]]; see docs/gate.md'
        return self.complaint(f"this is no TOML: {why}", hint, where)

    def complaint(self, message: str, hint: str, where: tuple[int, int] = (1, 1)) -> Complaint:
        line, column = where
        line_text = self.lines.texts[line - 1] if 0 < line <= len(self.lines.texts) else ""
        return Complaint(EXPECTATIONS, message, Place(self.path, line, column), hint, line_text)

    def complain(self, message: str, hint: str, where: tuple[int, int] = (1, 1)) -> None:
        """Note one more mistake."""
        self.complaints.append(self.complaint(message, hint, where))

    def finish(self) -> None:
        """Raise `Rejected` if there is anything to complain about."""
        if self.complaints:
            raise Rejected(sorted(self.complaints, key=lambda one: one.place)[:MOST_COMPLAINTS])

    def only(self, table: Mapping[str, Any], keys: tuple[str, ...], hint: str, *header: str) -> None:
        """Complain about keys that mean nothing."""
        for key in table:
            if key not in keys:
                near = did_you_mean(key, keys)
                better = near if near.startswith("did you mean") else hint
                self.complain(f"{shortened(key) or 'the empty name'} means nothing here", better, self.at(*header, key))

    def at(self, *keys: str) -> tuple[int, int]:
        """Return where a key stands, else where its table begins."""
        return self.lines.where.get(keys) or self.lines.where.get(keys[:-1]) or (1, 1)


def _assumed(file: _File) -> Assumed:
    table = file.document.get("check", {})
    if not isinstance(table, dict):
        file.complain("check is no table", "write [check] and below it devices = 2", file.at("check"))
        return Assumed()
    file.only(table, CHECK_KEYS, f"[check] has {', '.join(CHECK_KEYS)}", "check")
    devices, any_number = table.get("devices"), table.get("any_number", False)
    if devices is not None and (type(devices) is not int or not 1 <= devices <= MAXIMUM_DEVICES):
        file.complain("devices is no number of devices", f"write 1 to {MAXIMUM_DEVICES}", file.at("check", "devices"))
        devices = None
    if not isinstance(any_number, bool):
        file.complain("any_number is no truth value", "write true or false", file.at("check", "any_number"))
    given = table.get("set", {})
    if not isinstance(given, dict) or not all(isinstance(value, str | int) for value in given.values()):
        hint = 'write set = { kernel = "BEFORE_6_19", sleep = true }'
        file.complain("set is no table of words, numbers and truth values", hint, file.at("check", "set"))
        given = {}
    settings = {name: str(value) for name, value in given.items()}
    lists = {key: _names(file, table, key) for key in ("proposals", "without")}
    return Assumed(lists["proposals"], devices, any_number is True, settings, lists["without"])


def _names(file: _File, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    listed = table.get(key, [])
    if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
        return tuple(listed)
    file.complain(f"{key} is no list of names", f'write {key} = ["NAME", "NAME"]', file.at("check", key))
    return ()


def _expected(file: _File) -> Iterator[Expectation]:
    tables = file.document.get("expected", {})
    hint = 'write [expected.PROPOSAL] and below it NAME = "violated"'
    if not isinstance(tables, dict):
        file.complain("expected is no table", hint, file.at("expected"))
        return
    for proposal, table in tables.items():
        here = file.at("expected", proposal)
        if not isinstance(table, dict):
            file.complain(f"{shortened(proposal)} is no table", hint, here)
            continue
        _check_name(file, proposal, "a proposal", here)
        for name, word in table.items():
            where = file.lines.where.get(("expected", proposal, name))
            outcome = _outcome(file, word, EXPECTABLE, where or here)
            _check_name(file, name, "a property", where or here)
            if where is None:
                file.complain(f"{shortened(name)} does not stand on a line of its own below its table", hint, here)
            elif outcome is not None:
                yield Expectation(proposal, name, outcome, Place(file.path, *where))


def _waived(file: _File) -> Iterator[Waiver]:
    hint = f"each waiver is a table [[waivers]] with {', '.join(WAIVER_KEYS)}"
    tables = file.document.get("waivers", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        file.complain("waivers are no tables", hint, file.at("waivers"))
        return
    if len(tables) != file.lines.counts.get("waivers", 0):
        file.complain("not every waiver has a line [[waivers]] of its own", hint)
        return
    for number, table in enumerate(tables):
        mistakes = len(file.complaints)
        header = f"waivers[{number}]"
        file.only(table, WAIVER_KEYS, hint, header)
        found: dict[str, str] = {}
        for key in WAIVER_KEYS[:-1]:
            value, where = table.get(key), file.at(header, key)
            if not isinstance(value, str) or not value.strip():
                what = "is no text" if key in table else "is missing"
                why = "nobody may waive anything without a reason" if key == "reason" else hint
                file.complain(f"the {key} of this waiver {what}", why, where)
                continue
            found[key] = " ".join(value.split())
            if key in {"proposal", "property"}:
                _check_name(file, value, f"a {key}", where)
        outcome = _outcome(file, found["verdict"], WAIVABLE, file.at(header, "verdict")) if "verdict" in found else None
        expires = table.get("expires")
        if expires is not None and type(expires) is not dt.date:
            file.complain("expires is no date", "write expires = 2027-03-31", file.at(header, "expires"))
        if len(file.complaints) == mistakes and outcome is not None:
            place = Place(file.path, *file.at(header))
            yield Waiver(found["proposal"], found["property"], outcome, found["reason"], expires, place)


def _outcome(file: _File, word: object, known: tuple[Outcome, ...], where: tuple[int, int]) -> Outcome | None:
    """Return the outcome that a word names, and complain when it names none that may stand there."""
    for outcome in known:
        if word == outcome.value:
            return outcome
    words = ", ".join(f'"{outcome.value}"' for outcome in known)
    if word == Outcome.OPEN.value:
        hint = "nobody can expect that there is no answer: waive it, with a reason, in waivers.toml"
        file.complain("open cannot be expected", hint, where)
    else:
        file.complain(f"{shortened(str(word))} is none of the verdicts that can stand here", f"write {words}", where)
    return None


NAME = re.compile(rf"[^\s\x00-\x1f]{{1,{LONGEST_NAME}}}")


def _check_name(file: _File, name: str, what: str, where: tuple[int, int]) -> None:
    if not NAME.fullmatch(name) or not name.isprintable():
        file.complain(f"{shortened(name) or 'the empty name'} is no name of {what}", "copy it from a report", where)
