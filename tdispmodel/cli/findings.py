"""The verb ``findings``: what the matrix and its variants say together, as a page."""

from __future__ import annotations

import argparse

from tdispmodel.analysing.findings import findings as found_in
from tdispmodel.analysing.variants import variants
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.mistakes import USAGE, mistake
from tdispmodel.checking.pipeline import DEFAULT_MEMORY, DEFAULT_SECONDS, Request
from tdispmodel.checking.settings import duration, size
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.reports.findings import document
from tdispmodel.reports.findings_page import render


def findings(arguments: argparse.Namespace, output: Output) -> int:
    """Who keeps the headline rule, what each proposal gives up, what flips verdicts, what excludes each other."""
    if arguments.jobs is not None and arguments.jobs < 1:
        raise mistake(USAGE, f"--jobs {arguments.jobs}: at least one process is needed")
    catalogue = find_catalogue()
    request = Request(
        catalogue=catalogue,
        proposals=tuple(arguments.proposals),
        seconds=DEFAULT_SECONDS if arguments.timeout is None else duration(arguments.timeout),
        memory=DEFAULT_MEMORY if arguments.memory is None else size(arguments.memory),
        jobs=arguments.jobs,
    )
    reporter = Reporter(arguments.progress)
    try:
        found = found_in(request, variants(catalogue), reporter)
    finally:
        reporter.close()
    if not found.cells:
        output.note("nothing was checked: there are no proposals, or no properties")
    if arguments.format == "json":
        output.write(document(found))
    elif found.cells:
        output.write(render(found))
    return found.exit
