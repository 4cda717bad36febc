"""The variants of the matrix say what their arguments say, and the page of findings is up to date.

The arguments are in ``tests/catalogue/variants/``, written before an engine was asked; where they were wrong is told in
docs/differences.md.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tdispmodel.analysing.findings import findings
from tdispmodel.analysing.variants import variants
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.pipeline import Request
from tdispmodel.reports.findings import Findings
from tdispmodel.reports.findings_page import render
from tdispmodel.verdict import Answer
from tests.catalogue.arguments import ALL, HELD, VIOLATED, Arguments, Cells, Entry, arguments, asked, defaults

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Catalogue(ROOT)
ARGUMENTS = arguments()
PAGE = ROOT / "docs" / "findings.md"
SHORTEST_REASON = 20


IN_SHORT = ("trust_level",)
"""Proposals whose cells are asked in every run; all of them take a quarter of an hour."""


@pytest.fixture(scope="module")
def found() -> Findings:
    """The matrix with all of its variants, one device."""
    return findings(Request(CATALOGUE), variants(CATALOGUE))


@pytest.fixture(scope="module")
def found_in_short() -> Findings:
    """The cells of some proposals, in all variants, one device."""
    return findings(Request(CATALOGUE, proposals=IN_SHORT), variants(CATALOGUE))


@cache
def cells() -> dict[str, list[tuple[str, str]]]:
    """What is asked of whom in each variant; reasons are looked at without asking."""
    return asked(CATALOGUE)


def cells_of(found: Findings, variant: str) -> dict[tuple[str, str], Answer]:
    """What the engines say of each proposal and property in a variant."""
    return {(cell.proposal, cell.property): cell.answer for cell in found.cells if cell.variant == variant}


def expected(told: Arguments) -> tuple[Cells, Cells]:
    """What is expected of the cells of a variant in what it is compared with, and in itself."""
    wanted = cells()[told.variant]
    known = expected(ARGUMENTS[told.against])[1] if told.against else defaults(wanted)
    before = {cell: known[cell] for cell in wanted}
    return before, told.after(before)


def test_every_variant_is_argued_about() -> None:
    """Each variant of the catalogue has a file of arguments, and each file is about a variant."""
    assert [one.name for one in sorted(variants(CATALOGUE), key=lambda one: one.name)] == list(ARGUMENTS)


@pytest.mark.parametrize("told", ARGUMENTS.values(), ids=ARGUMENTS)
def test_reasons_are_given(told: Arguments) -> None:
    """Each entry says why, in words, and nothing else than it may; what changes says for whom."""
    assert set(told.keys) <= {"against", "changes", "stays"}
    for entry in told.entries:
        reasons = [entry.table["why"], *([entry.table["others"]] if "others" in entry.table else [])]
        assert all(len(reason) > SHORTEST_REASON and not reason.endswith(".") for reason in reasons)
        allowed = {"properties", "why"} | ({VIOLATED, HELD, "others"} if entry.changes else set())
        assert set(entry.table) <= allowed
        assert entry.changes == bool(entry.table.get(VIOLATED) or entry.table.get(HELD))


@pytest.mark.parametrize("told", ARGUMENTS.values(), ids=ARGUMENTS)
def test_every_cell_has_one_reason(told: Arguments) -> None:
    """Each property that is asked of somebody in a variant is in one entry, and each entry is about such properties."""
    wanted = {name for _, name in cells()[told.variant]}
    named = [name for entry in told.entries for name in entry.properties]
    assert (wanted, len(wanted)) == (set(named), len(named))


@pytest.mark.parametrize("told", ARGUMENTS.values(), ids=ARGUMENTS)
def test_every_change_is_one(told: Arguments) -> None:
    """Who is said to change is asked and was expected otherwise; who is asked and not named has a reason, too."""
    before, _ = expected(told)
    assert [] == [
        (entry.properties, mistake)
        for entry in told.entries
        if entry.changes
        for mistake in [*no_changes(entry, before), *without_reason(entry, before)]
    ]


def no_changes(entry: Entry, before: Cells) -> list[tuple[str, str]]:
    """The cells that an entry names and that do not change by it, or are not there."""
    listed = [(name, now) for key, now in ((VIOLATED, True), (HELD, False)) for name in entry.table.get(key, [])]
    return [
        (name, wanted)
        for wanted in entry.properties
        for name, now in listed
        if [name] != ALL and before.get((name, wanted)) is not (not now)
    ]


def without_reason(entry: Entry, before: Cells) -> list[str]:
    """What is wrong with the reason for those that do not change: missing, or about nobody."""
    rest = any(
        name not in entry.named(wanted, before)
        for wanted in entry.properties
        for name, known in before
        if known == wanted
    )
    return [] if rest == ("others" in entry.table) else ["others"]


def not_as_argued(found: Findings, told: Arguments) -> dict[tuple[str, str], Answer]:
    """The cells of a variant that are decided otherwise than argued."""
    _, after = expected(told)
    said = {cell: Answer.VIOLATED if violated else Answer.HOLDS for cell, violated in after.items()}
    return {cell: answer for cell, answer in cells_of(found, told.variant).items() if answer is not said[cell]}


@pytest.mark.parametrize("told", ARGUMENTS.values(), ids=ARGUMENTS)
def test_some_cells_are_decided_as_argued(found_in_short: Findings, told: Arguments) -> None:
    """Each cell of some proposals is violated exactly where the argument says so, and holds elsewhere."""
    assert {} == not_as_argued(found_in_short, told)


def test_the_page_is_about_everything(found_in_short: Findings) -> None:
    """docs/findings.md counts what there is, tells of each variant, and ranks the proposals that are asked here as here."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    names = {name for name, _ in cells()[""]}
    wanted = {name for places in cells().values() for _, name in places}
    verdicts = sum(len(places) for places in cells().values())
    counted = f"{len(names)} proposals, {len(wanted)} properties, {len(cells()) - 1} variants of the assumptions"
    assert f"{counted}: {verdicts} verdicts." in " ".join(lines)
    headings = [line for line in lines if line.startswith("### ")]
    assert [f"### {one.name}: {', '.join(one.assumptions)}" for one in variants(CATALOGUE)] == headings[len(names) :]
    ranks = ranked(render(found_in_short).splitlines())
    assert len(ranks) == len(IN_SHORT)
    assert ranked(lines) == ranks


def ranked(lines: list[str]) -> list[list[str]]:
    """The rows of tables about the proposals that are asked in short, as their cells."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if row[0] in IN_SHORT]


@pytest.mark.long
@pytest.mark.parametrize("told", ARGUMENTS.values(), ids=ARGUMENTS)
def test_every_cell_is_decided_as_argued(found: Findings, told: Arguments) -> None:
    """Each cell of a variant is violated exactly where the argument says so, and holds elsewhere; no other is asked."""
    assert {} == not_as_argued(found, told)
    assert sorted(cells()[told.variant]) == sorted(cells_of(found, told.variant))


@pytest.mark.long
def test_one_proposal_says_that_it_is_a_bound(found: Findings) -> None:
    """The page looks at the idealised bound, which says of itself that nobody can build it."""
    assert ["atomic_revoke"] == [design.name for design in found.designs if design.is_idealised]


@pytest.mark.long
def test_the_page_is_what_the_matrix_says(found: Findings) -> None:
    """docs/findings.md is what ``tdispmodel findings`` writes today."""
    assert render(found) == PAGE.read_text(encoding="utf-8")
