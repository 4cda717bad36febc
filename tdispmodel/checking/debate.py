"""The numbered statements of the debate, and what of the catalogue models each: ``debate/statements.toml``.

Given a catalogue; gives its statements by number, checked for form.  Whether the names in it exist is asked by tests.
A catalogue without that file has no statements.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.mistakes import STATEMENTS, mistake, shortened
from tdispmodel.source import Place, Rejected

LARGEST_FILE = 1 << 20
ALL = "all"
TEXTS = ("quote", "who", "when", "not_modelled", "answer")


@dataclass(frozen=True)
class Variant:
    """Assumptions under which verdicts are asked: words of ``--set`` by name, capabilities switched off."""

    settings: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One statement: what was said by whom, when and where, what models it by full name, and what is left out.

    ``asked_of`` are the proposals whose verdicts answer it (empty: all of the catalogue), ``variants`` the further
    assumptions under which they are asked.
    """

    number: int
    quote: str
    who: str
    when: str = ""
    where: str = ""
    message: str = ""
    properties: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    asked_of: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    not_modelled: str = ""
    answer: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Everything that models it."""
        return tuple(name for kind in MODELLED for name in getattr(self, kind))

    @property
    def standing(self) -> str:
        """How far it is modelled, in words."""
        if not self.named:
            return "not modelled"
        return "modelled in part" if self.not_modelled else "modelled"


MODELLED = ("properties", "actions", "helpers", "variables", "constants", "proposals")
"""What can model a statement."""

KNOWN = {field.name for field in fields(Statement)} - {"where", "message"} | {"place"}


def read_statements(catalogue: Catalogue) -> dict[int, Statement]:
    """Return the statements of ``catalogue`` by number, in their order; none if it has no such file.

    Raises `Rejected` for a file that cannot be read or is not of this form.
    """
    path = catalogue.statements
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _malformed(path, f"it is larger than {LARGEST_FILE} bytes")
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise _malformed(path, shortened(str(problem))) from None
    places = document.get("places", {})
    if not isinstance(places, dict) or not all(isinstance(place, dict) for place in places.values()):
        raise _malformed(path, "places are tables")
    entries = document.get("statement", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _malformed(path, "statements are written [[statement]]")
    found: dict[int, Statement] = {}
    for entry in entries:
        statement = _statement(path, entry, places)
        if statement.number in found:
            raise _malformed(path, f"there are two statements {statement.number}")
        found[statement.number] = statement
    return dict(sorted(found.items()))


def _statement(path: Path, entry: Mapping[str, object], places: Mapping[str, Mapping[str, object]]) -> Statement:
    """Return one entry.  Raises `Rejected`."""
    number = entry.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise _malformed(path, "a statement has no number")
    label = f"statement {number}"
    strange = sorted(set(entry) - KNOWN)
    if strange:
        raise _malformed(path, f"{label} has no {shortened(strange[0])}")
    texts = {key: _text(path, f"{label}: {key}", entry.get(key, "")) for key in TEXTS}
    names = {key: _names(path, f"{label}: {key}", entry.get(key, [])) for key in (*MODELLED, "asked_of")}
    if not texts["quote"] or not texts["who"]:
        raise _malformed(path, f"{label} does not say what was said, or by whom")
    place = places.get(_text(path, f"{label}: place", entry.get("place", "")))
    if place is None:
        raise _malformed(path, f"{label} does not say where")
    return Statement(
        number=number,
        quote=texts["quote"],
        who=texts["who"],
        when=texts["when"],
        where=_text(path, "place", place.get("text", "")),
        message=_text(path, "place", place.get("message", "")),
        properties=names["properties"],
        actions=names["actions"],
        helpers=names["helpers"],
        variables=names["variables"],
        constants=names["constants"],
        proposals=names["proposals"],
        asked_of=names["asked_of"],
        variants=_variants(path, label, entry.get("variants", [])),
        not_modelled=texts["not_modelled"],
        answer=texts["answer"],
    )


def _variants(path: Path, label: str, value: object) -> tuple[Variant, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise _malformed(path, f"{label}: variants is a list of tables")
    found = []
    for each in value:
        settings = each.get("set", {})
        if set(each) - {"set", "without"} or not isinstance(settings, dict):
            raise _malformed(path, f"{label}: a variant has set and without")
        given = tuple((name, _text(path, f"{label}: set", known)) for name, known in settings.items())
        found.append(Variant(given, _names(path, f"{label}: without", each.get("without", []))))
    return tuple(found)


def _text(path: Path, label: str, value: object) -> str:
    if not isinstance(value, str):
        raise _malformed(path, f"{label} is no text")
    return value


def _names(path: Path, label: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _malformed(path, f"{label} is no list")
    return tuple(_text(path, label, each) for each in value)


def _malformed(path: Path, why: str) -> Rejected:
    return mistake(STATEMENTS, f"the statements cannot be read: {why}", place=Place(str(path)))
