"""The variants of the matrix that matter, as ``proposals/variants.toml`` lists them.

Given the catalogue; gives each variant with what it changes, of which proposals it is asked and why somebody asks, or
the complaint about a file that cannot be read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.mistakes import STORED_TRACE, mistake, shortened
from tdispmodel.checking.pipeline import Request
from tdispmodel.checking.settings import MAXIMUM_DEVICES
from tdispmodel.source import Complaint, Place, Rejected

FILE = "variants.toml"
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
LISTS = ("without", "proposals", "not_of", "leaves_out")
KEYS = ("set", "devices", *LISTS, "why")


@dataclass(frozen=True)
class Variant:
    """Assumptions that differ from the defaults: words of ``--set`` by name, capabilities switched off, how many
    devices (None: as many as are asked for); of which proposals it is asked (none named: of all that it fits, but those
    of ``not_of``), which properties are not asked, and why somebody asks.
    """

    name: str
    why: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    devices: int | None = None
    proposals: tuple[str, ...] = ()
    not_of: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is assumed, each in words: ``kernel=BEFORE_6_19``, ``without host.error``; none of the plain matrix."""
        devices = (f"devices={self.devices}",) if self.devices else ()
        given = (f"{name}={value}" for name, value in self.settings.items())
        return (*given, *(f"without {name}" for name in self.without), *devices)

    def request(self, plain: Request) -> Request:
        """Return the request that asks for this variant of ``plain``."""
        devices = self.devices or plain.devices
        return replace(plain, settings=self.settings, without=self.without, devices=devices)


PLAIN = Variant("")
"""The matrix as it is."""


def variants(catalogue: Catalogue) -> tuple[Variant, ...]:
    """Return the variants of the catalogue, in the order of the file; none where there is no file.

    Raises `Rejected`: all that is wrong with the file.
    """
    path = catalogue.root / "proposals" / FILE
    if not path.is_file():
        return ()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise unreadable(str(path), str(problem)) from None
    found, complaints = list[Variant](), list[Complaint]()
    for name, table in tables.items():
        try:
            found.append(variant(str(path), name, table, catalogue.proposals))
        except Rejected as rejected:
            complaints += rejected.complaints
    if complaints:
        raise Rejected(complaints)
    return tuple(found)


def unreadable(path: str, why: str) -> Rejected:
    """Return the complaint about the file of variants."""
    hint = f"a variant is a table [name] with {', '.join(KEYS)}"
    return mistake(STORED_TRACE, f"the list of variants cannot be read: {shortened(why)}", hint, Place(path))


def variant(path: str, name: str, table: object, proposals: Iterable[str]) -> Variant:
    """Return the variant that a table describes.  Raises `Rejected` for the first thing that makes no sense."""
    if not NAME.fullmatch(name):
        raise unreadable(path, f"{name!r} is no name: small letters, digits and underscores")
    if not isinstance(table, dict):
        raise unreadable(path, f"{name} is no table")
    strange = [key for key in table if key not in KEYS]
    if strange:
        raise unreadable(path, f"{name} has a key {strange[0]!r}")
    why, given, devices = table.get("why"), table.get("set", {}), table.get("devices")
    if not isinstance(why, str) or not why.strip():
        raise unreadable(path, f"{name} does not say why it matters")
    if not isinstance(given, dict) or not all(isinstance(value, (str, int)) for value in given.values()):
        raise unreadable(path, f"set of {name} is no table of words, numbers and truth values")
    if devices is not None and (type(devices) is not int or not 1 <= devices <= MAXIMUM_DEVICES):
        raise unreadable(path, f"devices of {name} is no number from 1 to {MAXIMUM_DEVICES}")
    without, wanted, not_of, left = (names(path, name, key, table) for key in LISTS)
    unknown = [one for one in (*wanted, *not_of) if one not in proposals]
    if unknown:
        raise unreadable(path, f"{name} names {unknown[0]!r}, which is no proposal of the catalogue")
    if not (given or without or devices):
        raise unreadable(path, f"{name} changes nothing")
    settings = {key: str(value) for key, value in given.items()}
    return Variant(name, " ".join(why.split()), settings, without, devices, wanted, not_of, left)


def names(path: str, name: str, key: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a list of names of a table, empty when it has none.  Raises `Rejected`."""
    listed = table.get(key, [])
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise unreadable(path, f"{key} of {name} is no list of names")
    return tuple(listed)
