"""Laws over random reports: whatever it holds, a report is ASCII, fits a mail, and is read by those who should read it."""

from __future__ import annotations

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from tdispmodel.reports import chart, json, listing, matrix, text, trace
from tdispmodel.reports.formats import FORMATS, renderer
from tdispmodel.reports.options import Options
from tdispmodel.verdict import Report, Result
from tests.reports.random_reports import NAMES, REPORTS, TEXTS, results
from tests.reports.rst import tables

OPTIONS = st.builds(Options, verbose=st.booleans(), full=st.booleans())
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking such large examples takes minutes
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=QUICK)
SCHEMA = jsonschema.Draft202012Validator(json.schema())


def fits_a_mail(shown: str) -> bool:
    """Pure printable ASCII, at most 72 columns, nothing at the ends of lines, and a line end at the end."""
    lines = shown.split("\n")
    return (
        lines[-1] == ""
        and all(len(line) <= 72 and line == line.rstrip() for line in lines)
        and all(line.isascii() and (line.isprintable() or not line) for line in lines)
    )


@few
@given(REPORTS, OPTIONS)
def test_a_check_fits_a_mail(report: Report, options: Options) -> None:
    """The text of any report fits a mail."""
    assert fits_a_mail(text.render(report, options))


@few
@given(results(), OPTIONS)
def test_a_trace_fits_a_mail(result: Result, options: Options) -> None:
    """Any counterexample, and any reason why there is none, fits a mail; so does its chart."""
    assert fits_a_mail(trace.render(result, options))
    assert fits_a_mail(chart.chart(result) or "\n")


@few
@given(REPORTS, OPTIONS)
def test_a_matrix_fits_a_mail_and_docutils(report: Report, options: Options) -> None:
    """Any matrix fits a mail, and docutils reads as many cells as there are."""
    shown = matrix.render(report, options)
    assert fits_a_mail(shown)
    if not report.complaints:
        grid = matrix.grid_of(report)
        expected = len(grid.properties) * len(grid.proposals)
        assert expected == sum(len(row) - 1 for table in tables(shown) for row in table[1:])


@few
@given(REPORTS)
def test_every_document_validates(report: Report) -> None:
    """The document of any report is one that the shipped schema describes."""
    SCHEMA.validate(json.document(report))


@few
@given(NAMES, st.lists(st.builds(listing.Entry, NAMES, st.one_of(st.just(""), NAMES), TEXTS, TEXTS), max_size=5))
def test_a_listing_fits_a_mail(heading: str, entries: list[listing.Entry]) -> None:
    """Any listing fits a mail."""
    assert fits_a_mail(listing.listing(heading, entries))


def test_every_format_renders_by_its_name() -> None:
    """Each registered format is found by its name and renders an empty report as text."""
    for name in FORMATS:
        shown = renderer(name)(Report(), Options())
        assert shown.endswith("\n")
        assert "tdispmodel" in shown or "nothing was checked" in shown
