"""What the arguments in ``tests/catalogue/variants/`` say of each cell: expected verdict and reason.

A file is about the variant of its name.  It states differences: ``changes`` name who now violates or holds properties
that were expected otherwise, and why, and why the ``others`` that are asked do not change; ``stays`` give the reason why
properties do not change for anybody.  They are compared with the default matrix (``expected.toml``) or with the variant
that ``against`` names.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tdispmodel.analysing.findings import plan_of
from tdispmodel.analysing.variants import PLAIN, variants
from tdispmodel.checking.asking import clash
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.loading import load
from tdispmodel.checking.pipeline import Request

FOLDER = Path(__file__).parent
ALL = ["all"]
VIOLATED, HELD = "now_violated_by", "now_held_by"

Cells = dict[tuple[str, str], bool]
"""For each proposal and property whether it is violated."""


@dataclass(frozen=True)
class Entry:
    """One reason: the properties that it is about, and for each change of its proposals which way (violated or not)."""

    properties: tuple[str, ...]
    changes: bool
    table: Mapping[str, Any]

    def named(self, wanted: str, before: Cells) -> dict[str, bool]:
        """Return who changes in a property, and whether it is violated then."""
        found: dict[str, bool] = {}
        for key, violated in ((VIOLATED, True), (HELD, False)):
            names = self.table.get(key, [])
            if names == ALL:
                names = [proposal for (proposal, name), old in before.items() if name == wanted and old is not violated]
            found |= dict.fromkeys(names, violated)
        return found


@dataclass(frozen=True)
class Arguments:
    """One file."""

    variant: str
    against: str
    entries: tuple[Entry, ...]
    keys: tuple[str, ...]

    def after(self, before: Cells) -> Cells:
        """Return the cells that are expected, given those of what the variant is compared with."""
        found = dict(before)
        for entry in self.entries:
            for wanted in entry.properties:
                found |= {(proposal, wanted): now for proposal, now in entry.named(wanted, before).items()}
        return found


def arguments() -> dict[str, Arguments]:
    """Return all files by the variants they are about."""
    return {path.stem: read(path) for path in sorted((FOLDER / "variants").glob("*.toml"))}


def read(path: Path) -> Arguments:
    """Return one file."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = [
        Entry(tuple(table["properties"]), key == "changes", table)
        for key in ("changes", "stays")
        for table in found.get(key, [])
    ]
    return Arguments(path.stem, found.get("against", ""), tuple(entries), tuple(found))


def asked(catalogue: Catalogue) -> dict[str, list[tuple[str, str]]]:
    """Return for each variant which properties are asked of which proposals, without asking: the plain matrix is ``""``."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in catalogue.proposals.values():
        loaded = load(catalogue, path)
        for variant in (PLAIN, *variants(catalogue)):
            if plan_of(loaded, Request(catalogue), variant) is not None:
                found.setdefault(variant.name, []).extend(
                    (loaded.model.name, wanted.name)
                    for wanted in loaded.properties
                    if wanted.name not in variant.leaves_out and not clash(loaded.model, wanted)
                )
    return found


def defaults(asked: Iterable[tuple[str, str]]) -> Cells:
    """Return what ``expected.toml`` says of the cells of the default matrix that are asked."""
    expected = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
    return {
        (proposal, wanted): (proposal in entry["violated_by"] or entry["violated_by"] == ALL)
        and proposal not in entry.get("held_by", ())
        for proposal, wanted in asked
        for entry in [expected[wanted]]
    }
