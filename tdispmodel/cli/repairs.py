"""The verb ``repair``: the small changes that restore a property and keep all others."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tdispmodel.cli.analyses import wanted_of
from tdispmodel.cli.checks import NotApplicable, not_applicable
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter


def repair(arguments: argparse.Namespace, output: Output) -> int:
    """Single changes of a guard or an effect, ranked by what they forbid, each re-verified."""
    from tdispmodel.analysing.repairing.searching import repair as sought  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.reports.repairs import document, render  # noqa: PLC0415  # as above

    try:
        wanted = wanted_of(arguments)
    except NotApplicable as left:
        return not_applicable(left.left, output)
    reporter = Reporter(arguments.progress)
    try:
        found = sought(wanted.loaded.model, wanted.property, wanted.loaded.properties, wanted.plan, reporter)
    finally:
        reporter.close()
    found = replace(found, proposal=wanted.called)
    output.write(document(found) if arguments.format == "json" else render(found))
    return found.exit
