"""Exit codes and their precedence."""

from __future__ import annotations

from itertools import product

import pytest

from tdispmodel.reports.exits import Exit, exit_code, matrix_exit_code, worst
from tdispmodel.source import Complaint, Place
from tdispmodel.verdict import Answer, Report, Result, Skipped, Verdict
from tests.reports.samples import CAN_RUN, ONLY_IN_RUN, STORY, driver_system, holds, run, violated

SYSTEM = driver_system()
HOLDS = Result("p", SYSTEM, holds(ONLY_IN_RUN, vacuous=False))
VACUOUS = Result("p", SYSTEM, holds(ONLY_IN_RUN, vacuous=True))
VIOLATED = Result("p", SYSTEM, violated(ONLY_IN_RUN, run(SYSTEM, STORY[3])))
NEVER = Result("p", SYSTEM, violated(CAN_RUN, None))
OPEN = Result("p", SYSTEM, Verdict(ONLY_IN_RUN, Answer.OPEN, "bmc", "time"))
WRONG = Complaint("E201", "wrong", Place("mine.py"))
LEFT = Skipped("p", "x", "TDM110", "why")


@pytest.mark.parametrize(
    ("results", "code", "strict", "matrix"),
    [
        ((HOLDS,), 0, 0, 0),
        ((HOLDS, VACUOUS), 0, 1, 0),
        ((HOLDS, VIOLATED), 1, 1, 0),
        ((NEVER,), 1, 1, 0),
        ((HOLDS, OPEN), 3, 3, 3),
        ((OPEN, VACUOUS), 3, 1, 3),
        ((OPEN, VIOLATED, HOLDS), 1, 1, 3),
        ((), 4, 4, 4),
    ],
)
def test_exit_codes(results: tuple[Result, ...], code: int, strict: int, matrix: int) -> None:
    """``check`` fails on a violation before it is undecided; a matrix only asks whether every cell is decided."""
    report = Report(results, (LEFT,))
    assert (code, strict) == (exit_code(report), exit_code(report, no_vacuous=True))
    assert matrix == matrix_exit_code(report)
    with_complaint = Report(results, (LEFT,), (WRONG,))
    assert exit_code(with_complaint) == exit_code(with_complaint, no_vacuous=True) == 2
    assert matrix_exit_code(with_complaint) == 2


def test_precedence() -> None:
    """Of any two codes the earlier in 130, 70, 2, 1, 3, 4, 0 wins."""
    order = [130, 70, 2, 1, 3, 4, 0]
    for one, other in product(Exit, Exit):
        assert min(one, other, key=order.index) is worst(one, other)
    assert worst() is Exit.HOLDS
