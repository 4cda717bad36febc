"""A gate with a row of every status, built from the hand-made report of tests/reports, and what each channel is to say."""

from __future__ import annotations

import datetime as dt

from tdispmodel.gating.running import gated
from tdispmodel.gating.vocabulary import Asked, Entries, Expectation, Gated, Outcome, Waiver
from tdispmodel.source import Complaint, Place
from tdispmodel.verdict import Answer, Report, Result, Verdict
from tests.reports.samples import (
    BINDS_IN_RUN,
    CAN_RUN,
    GETS_DRIVER,
    ONLY_IN_RUN,
    RUN_STAYS,
    STORY,
    driver_system,
    holds,
    run,
    sample_report,
    violated,
)

TODAY = dt.date(2026, 11, 29)
PROBLEM = Expectation("status_quo", "nonsense", Outcome.HOLDS, Place("expectations.toml", 9, 1))
ENTRIES = Entries(
    expectations=(
        Expectation("status_quo", "TDM103", Outcome.VIOLATED, Place("expectations.toml", 3, 1)),
        Expectation("status_quo", "trusted_driver_can_run", Outcome.VIOLATED, Place("expectations.toml", 4, 1)),
        PROBLEM,
    ),
    waivers=(
        Waiver(
            "status_quo", "TDM402", Outcome.VIOLATED, "retries are bounded # later", None, Place("waivers.toml", 1, 1)
        ),
        Waiver(
            "status_quo", "TDM101", Outcome.VIOLATED, "old kernels", dt.date(2026, 11, 28), Place("waivers.toml", 7, 1)
        ),
    ),
)


def every_status(*, no_vacuous: bool = False) -> Gated:
    """A gate of one proposal: FAIL (3 steps, its waiver expired), xfail, waived, open, XPASS, vac and n/a, one each,
    one property that holds (of another proposal), and one stale expectation.
    """
    report = sample_report()
    other = Result("late", driver_system(), holds(RUN_STAYS, vacuous=False))
    whole = Report((*report.results, other), report.skipped)
    return gated(whole, ENTRIES, TODAY, Asked(), no_vacuous=no_vacuous)


def passing() -> Gated:
    """A gate that is passed: one property holds, one is violated as expected."""
    system = driver_system()
    results = (
        Result("early", system, holds(CAN_RUN)),
        Result("early", system, violated(ONLY_IN_RUN, run(system, *STORY))),
    )
    entries = Entries((Expectation("early", ONLY_IN_RUN.name, Outcome.VIOLATED, Place("expectations.toml", 2, 1)),))
    return gated(Report(results), entries, TODAY, Asked())


def open_only() -> Gated:
    """A gate that is open: of two questions one ran out of time and one out of memory."""
    system = driver_system()
    results = (
        Result("early", system, Verdict(GETS_DRIVER, Answer.OPEN, "bmc", "out of time after 30 s")),
        Result("early", system, Verdict(BINDS_IN_RUN, Answer.OPEN, "bmc", "out of memory")),
    )
    return gated(Report(results), Entries(), TODAY, Asked())


def refused() -> Gated:
    """A gate whose input makes no sense."""
    place = Place("waivers.toml", 3, 1)
    hint = "nobody may waive anything without a reason"
    return Gated(complaints=(Complaint("E640", "the reason of this waiver is missing", place, hint, 'reason = ""'),))


def nothing() -> Gated:
    """A gate of which nothing was asked."""
    return gated(Report(), Entries(), TODAY, Asked())


ALL = {"every status": every_status, "passing": passing, "open": open_only, "refused": refused, "nothing": nothing}
