"""The verb ``diff``: what two proposals say, do and keep differently."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tdispmodel.checking.loading import load
from tdispmodel.checking.pipeline import known_engines, planned
from tdispmodel.checking.selection import selection
from tdispmodel.cli.checks import request
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter


def diff(arguments: argparse.Namespace, output: Output) -> int:
    """Actions and guards changed, verdicts changed, and the shortest behaviour that only one of them has."""
    from tdispmodel.analysing.diff.comparing import diff as compared  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.reports.diff import document, render  # noqa: PLC0415  # as above

    arguments.proposals = [arguments.first]
    asked = request(arguments)
    known_engines(asked.engines)
    wanted = selection(asked.select)
    pair = [load(asked.catalogue, asked.catalogue.resolve(name)) for name in (arguments.first, arguments.second)]
    plans = [planned(loaded, asked) for loaded in pair]
    properties = [[one for one in loaded.properties if wanted(one.name, one.code)] for loaded in pair]
    reporter = Reporter(arguments.progress)
    try:
        found = compared(pair[0], pair[1], (plans[0], plans[1]), (properties[0], properties[1]), reporter)
    finally:
        reporter.close()
    found = replace(found, first=arguments.first, second=arguments.second)
    output.write(document(found) if arguments.format == "json" else render(found))
    return found.exit
