"""The table of docs/any-number.md: who violates each safety property with one device, and who holds it with any number.

It is written from the arguments of ``expected.toml``, which test_any_number.py compares with what is found.
``python -m tests.catalogue.verdicts_of_any_number`` prints it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tdispmodel.checking.asking import clash
from tdispmodel.checking.catalogue import Catalogue, find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.ir.model import Property
from tdispmodel.parametric.answers import KINDS
from tdispmodel.verdict import Answer
from tests.catalogue.arguments import FOLDER
from tests.catalogue.test_two_devices import expected

HEAD = ("| property | violated with one device | holds for any number |", "|---|---|---|")


def table(catalogue: Catalogue) -> list[str]:
    """Return the lines of the table."""
    asked: dict[tuple[str, str], list[str]] = {}
    for path in catalogue.proposals.values():
        loaded = load(catalogue, path)
        for wanted in loaded.properties:
            if _asked(wanted) and not clash(loaded.model, wanted):
                asked.setdefault((wanted.code, wanted.name), []).append(loaded.model.name)
    return [*HEAD, *(_row(*key, proposals) for key, proposals in sorted(asked.items()))]


def _asked(wanted: Property) -> bool:
    return wanted.kind in KINDS


def _row(code: str, name: str, proposals: Sequence[str]) -> str:
    violating = [one for one in proposals if expected(one, name) is Answer.VIOLATED]
    holding = [one for one in proposals if one not in violating]
    return f"| {code} {name} | {_said(violating, holding)} | {_said(holding, violating)} |"


def _said(these: Sequence[str], others: Sequence[str]) -> str:
    """Name some of the proposals, or those that are left out where these are fewer."""
    if not these or not others:
        return f"all {len(these)}" if these else "-"
    if len(these) > len(others):
        return f"the other {len(these)}"
    return f"{len(these)}: {', '.join(these)}"


if __name__ == "__main__":
    sys.stdout.write("\n".join([*table(find_catalogue(FOLDER)), ""]))
