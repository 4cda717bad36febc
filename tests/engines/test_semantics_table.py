"""docs/semantics.md: every row of its tables is a tiny system, and what it says of it is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.engines.conformance import Case, faults
from tdispmodel.engines.conformance.corners import CORNERS
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import engine
from tdispmodel.ir.model import Kind
from tdispmodel.reading import read_model
from tdispmodel.verdict import Answer

PAGE = Path(__file__).parents[2] / "docs" / "semantics.md"
CASES = {case.name: case for case in CORNERS}


def rows() -> list[tuple[str, str]]:
    """The corners of the page with the answers that it gives."""
    tables = PAGE.read_text(encoding="utf-8").partition("\n## ")[2]
    cells = [[cell.strip() for cell in line.split("|")] for line in tables.splitlines() if line.startswith("|")]
    return [(row[1], row[2]) for row in cells if row[1] != "corner" and set(row[1]) != {"-"}]


def answer_in_words(case: Case) -> str:
    """The answer of a case as the page has it."""
    if case.answer is None:
        return "error of the model"
    return f"{case.answer.value}, vacuously" if case.vacuous else case.answer.value


def test_page_and_suite_have_the_same_corners_in_the_same_order() -> None:
    """Each row is a case and each corner case is a row."""
    assert [name for name, _ in rows()] == [case.name for case in CORNERS]


@pytest.mark.parametrize(("name", "said"), rows(), ids=[name for name, _ in rows()])
def test_page_gives_the_expected_answer(name: str, said: str) -> None:
    """The answer in the row is the one that the suite expects."""
    assert said == answer_in_words(CASES[name])


@pytest.mark.parametrize("engine_name", ["explicit", "graph", "diagrams", "ic3"])
def test_the_page_on_fairness_says_what_holds(engine_name: str) -> None:
    """The docstring of each property of docs/language/15_fairness.py begins with what the engines answer."""
    found = read_model(PAGE.parent / "language" / "15_fairness.py", ())
    results = check_model(found, found.properties, Plan(engines=(engine_name,))).results
    said = {known.name: known.text.partition(":")[0].lower() for known in found.properties}
    assert said == {one.verdict.property.name: one.verdict.answer.value for one in results}


@pytest.mark.parametrize("engine_name", ["explicit", "graph", "diagrams"])
@pytest.mark.parametrize("name", [name for name, _ in rows()])
def test_exhaustive_engines_give_the_expected_answer(name: str, engine_name: str) -> None:
    """The engines that decide everything answer as the row says."""
    assert faults(engine(engine_name), CASES[name]) == []


ENDLESS = [name for name, _ in rows() if CASES[name].question.kind in (Kind.LEADS_TO, Kind.NEVER_ENDLESS)]


@pytest.mark.parametrize("name", ENDLESS)
def test_ic3_gives_the_expected_answer_about_what_goes_on_for_ever(name: str) -> None:
    """Beside a watcher IC3 decides every row about leads-to and never-endless as the page says, vacuity included."""
    pytest.importorskip("pysat")
    case = CASES[name]
    assert faults(engine("ic3"), case) == []
    (verdict,) = engine("ic3").answer(case.system, [case.question], Limits())
    assert verdict.answer is case.answer


@pytest.mark.parametrize("name", [name for name in ENDLESS if CASES[name].answer is Answer.VIOLATED])
def test_sat_finds_the_lassos_of_the_page(name: str) -> None:
    """Bounded search finds a loop for every row about leads-to and never-endless that is violated."""
    pytest.importorskip("pysat")
    case = CASES[name]
    assert faults(engine("sat"), case) == []
    (verdict,) = engine("sat").answer(case.system, [case.question], Limits(depth=10))
    assert verdict.answer is Answer.VIOLATED
