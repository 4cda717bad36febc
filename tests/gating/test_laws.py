"""Laws over random reports with random entries: every channel says something that its readers can read."""

from __future__ import annotations

import datetime as dt
import json
import os
import xml.etree.ElementTree as ET

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from tdispmodel.gating.channels import json as documents, sarif
from tdispmodel.gating.channels.formats import channel
from tdispmodel.gating.channels.wording import GateOptions
from tdispmodel.gating.classifying import classify
from tdispmodel.gating.reading import Assumed, expectations
from tdispmodel.gating.running import cells_of, gated
from tdispmodel.gating.updating import entries_after, new_text, updated
from tdispmodel.gating.vocabulary import (
    EXPECTABLE,
    WAIVABLE,
    Asked,
    Entries,
    Expectation,
    Gated,
    Outcome,
    Status,
    Waiver,
)
from tdispmodel.reports.formats import CHANNELS
from tdispmodel.source import Place, Rejected
from tdispmodel.verdict import Report
from tests.gating import ktap_rules
from tests.reports.random_reports import REPORTS, TEXTS

TODAY = dt.date(2026, 11, 29)
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking such large examples takes minutes
MANY = 500 if os.environ.get("TDISPMODEL_LONG") else 8
few = settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=QUICK)
SCHEMA = jsonschema.Draft202012Validator(documents.schema())
OPTIONS = st.builds(GateOptions, verbose=st.booleans(), sarif_all=st.booleans())


@st.composite
def gates(draw: st.DrawFn) -> Gated:
    """A gate of any report, with entries about some of its cells."""
    report: Report = draw(REPORTS)
    if report.complaints:
        return gated(report, Entries(), TODAY, Asked())
    said, waived = [], []
    for number, cell in enumerate(cells_of(report), 1):
        what = draw(st.sampled_from(("nothing", "expected", "waived")))
        if what == "expected":
            said.append(
                Expectation(cell.proposal, cell.property, draw(st.sampled_from(EXPECTABLE)), Place("e", number))
            )
        if what == "waived":
            outcome = cell.outcome if cell.outcome in WAIVABLE else Outcome.OPEN
            last = draw(st.sampled_from((None, TODAY, TODAY - dt.timedelta(days=1))))
            waived.append(Waiver(cell.proposal, cell.property, outcome, draw(TEXTS) or "why", last, Place("w", number)))
    return gated(report, Entries(tuple(said), tuple(waived)), TODAY, Asked(), no_vacuous=draw(st.booleans()))


@few
@given(gates(), OPTIONS)
def test_every_channel_is_ascii_and_repeatable(gate: Gated, options: GateOptions) -> None:
    """Rendering never fails, gives lines of printable ASCII, and the same ones a second time."""
    for name in CHANNELS:
        shown = channel(name)(gate, options)
        assert shown == channel(name)(gate, options)
        assert all(line.isascii() and (line.isprintable() or not line) for line in shown.split("\n"))


@few
@given(gates())
def test_ktap_obeys_its_rules(gate: Gated) -> None:
    """KTAP of any gate obeys the rules, and says of each row whether it passes."""
    shown = channel("ktap")(gate, GateOptions())
    if gate.complaints or not gate.rows:
        return
    read = ktap_rules.read(shown)
    wanted = [[gate.passes(row) for row in rows] for _, rows in gate.by_proposal()]
    assert [[test.ok for test in one.tests] for one in read.tests][: len(wanted)] == wanted


@few
@given(gates(), OPTIONS)
def test_documents_are_as_they_must_be(gate: Gated, options: GateOptions) -> None:
    """The document is as its schema says; JUnit is XML with a test case for each row; SARIF has a rule for each result."""
    SCHEMA.validate(json.loads(channel("json")(gate, options)))
    cases = list(ET.fromstring(channel("junit")(gate, options)).iter("testcase"))  # noqa: S314  # our own output
    assert len(cases) == len(gate.rows) + len(gate.problems) + len(gate.complaints)
    failing = [case for case in cases if any(child.tag in {"failure", "error"} for child in case)]
    bad = sum(not gate.passes(row) for row in gate.rows) + sum(one.fails for one in gate.problems)
    assert len(failing) == bad + len(gate.complaints)
    run = sarif.document(gate, options)["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert all(result["kind"] == "fail" or result["level"] == "none" for result in run["results"])


@few
@given(gates())
def test_an_update_makes_every_verdict_expected(gate: Gated) -> None:
    """After ``--update`` nothing is unexpected or stale; what was open or waived is so still; a second one changes nothing."""
    if gate.complaints:
        return
    text = new_text(Assumed())
    try:
        text = updated(text, (), gate, Asked())
        after = expectations(text, "e.toml").expectations
    except Rejected:  # a name that TOML's simple strings cannot hold
        after = tuple(
            Expectation(proposal, name, outcome, Place("e.toml"))
            for proposal, names in entries_after((), gate, Asked()).items()
            for name, outcome in names.items()
        )
    cells = [row.cell for row in gate.rows]
    waivers = tuple(row.waiver for row in gate.rows if row.waiver is not None)
    again = classify(cells, Entries(after, waivers), TODAY, no_vacuous=gate.no_vacuous)
    assert not any(again.fails(row) for row in again.rows)
    for before, now in zip(gate.rows, again.rows, strict=True):
        assert (before.status is Status.OPEN) == (now.status is Status.OPEN)
        assert (before.status is Status.WAIVED) == (now.status is Status.WAIVED)
    assert entries_after(after, again, Asked()) == entries_after((), gate, Asked())
