"""The matrix: exact text, and what docutils reads in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdispmodel.reports.matrix import escaped, render
from tdispmodel.reports.options import Options
from tdispmodel.source import Complaint, Place
from tdispmodel.verdict import Answer, Report, Result, Skipped, Space, Verdict
from tests.reports.rst import paragraphs, tables
from tests.reports.samples import (
    CAN_RUN,
    ENDLESS,
    ONLY_IN_RUN,
    RUN_STAYS,
    STORY,
    driver_system,
    holds,
    run,
    sample_report,
    violated,
)


def test_one_proposal() -> None:
    """Every kind of cell in one column, what the words mean, who proved, and why a cell is open."""
    assert """\
=========================================  ==========
property                                   status_quo
=========================================  ==========
TDM101 no_trusted_driver_binds_pre_run     FAIL 1
TDM103 private_driver_only_in_run          FAIL 5
TDM110 locked_topology_admits_no_newcomer  n/a
TDM401 wanted_device_gets_its_driver       open
TDM402 deferral_is_not_endless             FAIL lasso
TDM404 run_stays_reachable                 vac
TDM501 trusted_driver_can_run              ok
=========================================  ==========

ok: proved; vac: holds, but its premise is never reached;
FAIL n: violated, the shortest counterexample has n steps;
FAIL lasso: violated by a behaviour that never ends;
open: not decided, see below;
n/a: the design has nothing that the property speaks of

Proved by explicit for 1 device.

* TDM401 is open (bmc: no violation within 20 steps; time is used up):
  status_quo
""" == render(sample_report())


def several(*proposals: str) -> Report:
    """Some properties of some proposals, with the widest cells."""
    system = driver_system()
    lasso = run(system, *["retry_deferred(devices[0])"] * 2, loop=1)
    return Report(
        tuple(
            Result(proposal, system, verdict)
            for proposal in proposals
            for verdict in (violated(ENDLESS, lasso), holds(RUN_STAYS), violated(ONLY_IN_RUN, run(system, STORY[3])))
        )
    )


def test_short_names_stand_above_their_columns() -> None:
    """Where the proposals' names fit, nothing is numbered."""
    assert """\
=================================  ==========  ==========
property                           status_quo  trust
=================================  ==========  ==========
TDM103 private_driver_only_in_run  FAIL 1      FAIL 1
TDM402 deferral_is_not_endless     FAIL lasso  FAIL lasso
TDM404 run_stays_reachable         ok          ok
=================================  ==========  ==========

ok: proved; FAIL n: violated, the shortest counterexample has n steps;
FAIL lasso: violated by a behaviour that never ends

Proved by explicit for 1 device.
""" == render(several("status_quo", "trust"))


def test_many_proposals_are_cut_into_tables_with_numbered_columns() -> None:
    """Where names do not fit, columns are numbered through all tables, with a list above each table."""
    names = [f"a_design_with_quite_a_long_name_{letter}" for letter in "abcd"]
    assert """\
P1 a_design_with_quite_a_long_name_a,
P2 a_design_with_quite_a_long_name_b,
P3 a_design_with_quite_a_long_name_c

=================================  ==========  ==========  ==========
property                           P1          P2          P3
=================================  ==========  ==========  ==========
TDM103 private_driver_only_in_run  FAIL 1      FAIL 1      FAIL 1
TDM402 deferral_is_not_endless     FAIL lasso  FAIL lasso  FAIL lasso
TDM404 run_stays_reachable         ok          ok          ok
=================================  ==========  ==========  ==========

P4 a_design_with_quite_a_long_name_d

=================================  ==========
property                           P4
=================================  ==========
TDM103 private_driver_only_in_run  FAIL 1
TDM402 deferral_is_not_endless     FAIL lasso
TDM404 run_stays_reachable         ok
=================================  ==========
""" in render(several(*names))


def test_docutils_reads_the_cells_that_were_written() -> None:
    """The reader finds no fault, and in its tables every cell has the word that belongs there."""
    read = tables(render(several("status_quo", "trust")))
    assert [
        [
            ["property", "status_quo", "trust"],
            ["TDM103 private_driver_only_in_run", "FAIL 1", "FAIL 1"],
            ["TDM402 deferral_is_not_endless", "FAIL lasso", "FAIL lasso"],
            ["TDM404 run_stays_reachable", "ok", "ok"],
        ]
    ] == read


def test_a_cut_property_is_written_out_below() -> None:
    """A name too wide for the first column ends in dots there and stands whole below the tables."""
    long = replace(ONLY_IN_RUN, name="a_property_whose_name_is_so_long_that_it_is_cut_in_the_table")
    text = render(Report((Result("status_quo", driver_system(), holds(long)),)))
    assert "TDM103 a_property_whose_name_is_so_long_tha...  ok\n" in text
    assert "| TDM103 a_property_whose_name_is_so_long_that_it_is_cut_in_the_table\n" in text
    assert [["TDM103 a_property_whose_name_is_so_long_tha...", "ok"]] == tables(text)[0][1:]


@pytest.mark.parametrize(
    "name",
    [
        "*star*",
        "`tick`",
        "|bar|",
        "ends_",
        "_starts_",
        "a_ b",
        "back\\slash",
        "<x>_",
        "- x",
        "1. x",
        "x::",
        "a__ b",
        "====",
        "..",
        ":x: y",
        "[1]_",
        ">>> x",
        "=== ===",
        "http://x_/",
    ],
)
def test_marks_in_names_do_not_reach_docutils(name: str) -> None:
    """A stranger's name full of marks is shown as it is."""
    report = Report((Result(name, driver_system(), holds(replace(ONLY_IN_RUN, code="", name=name))),))
    assert [["property", name], [name, "ok"]] == tables(render(report))[0]
    assert [name] == paragraphs(escaped(name))


@pytest.mark.parametrize("name", ["", "\n", "\u200b"])
def test_a_row_without_a_name_is_a_row(name: str) -> None:
    """A property of which nothing can be shown has a row of its own, and is no more of the row above it."""
    skipped = [Skipped("status_quo", name, "", ""), Skipped("status_quo", "other", "TDM101", "")]
    (table,) = tables(render(Report(skipped=tuple(skipped))))
    assert [["n/a"], ["n/a"]] == [row[1:] for row in table[1:]]


def test_of_several_verdicts_on_one_cell_the_worst_is_shown() -> None:
    """A property asked twice of one proposal is as bad as the worse answer, in whichever order they come."""
    system = driver_system()
    good = Result("status_quo", system, holds(ONLY_IN_RUN))
    bad = Result("status_quo", system, violated(ONLY_IN_RUN, run(system, STORY[3])))
    unknown = Result("status_quo", system, Verdict(ONLY_IN_RUN, Answer.OPEN, "bmc", "time"))
    for results, word in (((good, bad), "FAIL 1"), ((bad, unknown), "FAIL 1"), ((unknown, good), "open")):
        for order in (results, results[::-1]):
            assert [["TDM103 private_driver_only_in_run", word]] == tables(render(Report(order)))[0][1:]


def test_cells_that_nobody_asked_are_no_blanks() -> None:
    """A property that was asked of one proposal only says so at the other, explained below."""
    system = driver_system()
    report = Report(
        (Result("a", system, holds(ONLY_IN_RUN)), Result("b", system, holds(CAN_RUN, space=Space(1, 1, 0)))),
        (Skipped("b", "x", "TDM999", "why"),),
    )
    text = render(report)
    assert [
        ["TDM103 private_driver_only_in_run", "ok", "none"],
        ["TDM501 trusted_driver_can_run", "none", "ok"],
        ["TDM999 x", "none", "n/a"],
    ] == tables(text)[0][1:]
    assert "none: not asked" in text


def test_assumptions_and_doubts_are_said() -> None:
    """Constants that differ from the defaults are listed, and traces that may not be the shortest."""
    system = driver_system(2, (("kernel", "BEFORE_6_19"),), ("host.error",))
    verdict = replace(violated(ONLY_IN_RUN, run(system, STORY[3])), shortest=False, engine="walk")
    text = render(Report((Result("status_quo", system, verdict),)), Options(defaults={"status_quo": {}}))
    assert (
        """\
Checked for 2 devices.
With kernel=BEFORE_6_19 without host.error.

* TDM103 may have a shorter trace than walk found: status_quo
"""
        in text
    )


def test_nothing_checked_and_complaints() -> None:
    """Without cells there is no table; complaints are all that is shown."""
    assert render(Report()) == "nothing was checked\n"
    wrong = Complaint("E201", "wrong", Place("mine.py", 1, 1))
    assert "mine.py:1:1: E201: wrong\n" == render(replace(sample_report(), complaints=(wrong,)))
