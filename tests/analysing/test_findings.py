"""The matrix with its variants."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tdispmodel.analysing.findings import findings
from tdispmodel.analysing.variants import PLAIN, Variant, variants
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.reports.trace import trace_of
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer
from tests.analysing.lamps import catalogue

HOLDS, VIOLATED = Answer.HOLDS, Answer.VIOLATED


def test_cells(tmp_path: Path) -> None:
    """Each variant is asked of whom it fits, and its cells are as counted by hand."""
    known = catalogue(tmp_path)
    found = findings(Request(known, jobs=1), variants(known))
    # a lamp that is wired is on after one press; only a surge burns it, and a burnt one stays dark
    said = {
        ("", "plain"): {"stays_dark": VIOLATED, "never_burns": HOLDS, "can_be_lit_again": HOLDS},
        ("", "safe"): {"stays_dark": VIOLATED, "never_burns": HOLDS, "can_be_lit_again": HOLDS},
        ("storm", "plain"): {"stays_dark": VIOLATED, "never_burns": VIOLATED, "can_be_lit_again": VIOLATED},
        ("no_wire", "plain"): {"stays_dark": HOLDS, "never_burns": HOLDS, "can_be_lit_again": VIOLATED},
        ("no_wire", "safe"): {"stays_dark": HOLDS, "never_burns": HOLDS, "can_be_lit_again": VIOLATED},
        ("dark_storm", "plain"): {"stays_dark": HOLDS, "never_burns": VIOLATED, "can_be_lit_again": VIOLATED},
        ("calm", "plain"): {"stays_dark": VIOLATED, "never_burns": HOLDS, "can_be_lit_again": HOLDS},
    }
    answers: dict[tuple[str, str], dict[str, Answer]] = {}
    for cell in found.cells:
        answers.setdefault((cell.variant, cell.proposal), {})[cell.property] = cell.answer
    assert {place: row | {"can_be_lit": HOLDS} for place, row in said.items()} == answers
    burnt = found.cell("storm", "plain", "never_burns")
    assert burnt is not None
    assert (("surge",), (("host", 1),), False) == (burnt.steps, burnt.actors, burnt.lasso)
    assert [False, True] == [design.is_idealised for design in found.designs]


def test_the_same_as_asked_one_by_one(tmp_path: Path) -> None:
    """What is asked once for equal systems is what `check` says of each of them, by one process or by several."""
    known = catalogue(tmp_path)
    listed = variants(known)
    found = findings(Request(known, jobs=1), listed)
    cells = {(cell.variant, cell.proposal, cell.property): cell for cell in found.cells}
    for variant in (PLAIN, *listed):
        asked = tuple({cell.proposal: cell for cell in found.cells if cell.variant == variant.name})
        report = run(replace(variant.request(Request(known, jobs=1)), proposals=asked)).report
        for result in report.results:
            cell = cells.pop((variant.name, result.proposal, result.verdict.property.name))
            verdict = result.verdict
            trace = trace_of(result)
            assert (cell.answer, cell.vacuous) == (verdict.answer, bool(verdict.vacuous))
            assert (None if trace is None else len(trace)) == (None if cell.steps is None else len(cell.steps))
    assert cells == {}
    assert found == findings(Request(known, jobs=2), listed)


def test_a_variant_that_names_who_cannot_have_it_is_refused(tmp_path: Path) -> None:
    """A variant that names a proposal which fixes its constant is a mistake; one that names none leaves it out."""
    known = catalogue(tmp_path)
    named = Variant("storm", "why", {"storms": "false"}, proposals=("safe",))
    with pytest.raises(Rejected, match="fixes the constant storms"):
        findings(Request(known, jobs=1), (named,))
    cells = findings(Request(known, jobs=1), (replace(named, proposals=()),)).cells
    assert {"plain"} == {cell.proposal for cell in cells if cell.variant}


def test_what_is_left_out(tmp_path: Path) -> None:
    """A variant is asked neither of whom it leaves out, nor for what."""
    known = catalogue(tmp_path)
    variant = Variant("dark", "why", {"wired": "false"}, not_of=("safe",), leaves_out=("stays_dark", "can_be_lit"))
    cells = findings(Request(known, jobs=1), (variant,)).cells
    asked = [(cell.proposal, cell.property) for cell in cells if cell.variant]
    assert [("plain", "never_burns"), ("plain", "can_be_lit_again")] == asked


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"settings": {"wired": "maybe"}}, "maybe is no value of the constant wired"),
        ({"without": ("host.flood",)}, "there is no capability host.flood"),
    ],
)
def test_a_variant_that_makes_no_sense_is_refused(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    """Values and capabilities that do not exist are complaints, as on the command line."""
    known = catalogue(tmp_path)
    with pytest.raises(Rejected, match=told):
        findings(Request(known, jobs=1), (replace(Variant("strange", "why"), **changed),))
