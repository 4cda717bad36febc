"""The verb ``mutants``: which small changes of a proposal its properties notice."""

from __future__ import annotations

import argparse

from tdispmodel.cli.checks import request
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.mutants import exit_of, render


def mutants(arguments: argparse.Namespace, output: Output) -> int:
    """Survivors with what tells them apart, equivalents, and the score."""
    from tdispmodel.analysing.mutation.several import coverages  # noqa: PLC0415  # numpy: not before arguments make sense

    wanted = request(arguments)
    reporter = Reporter(arguments.progress)
    try:
        found = coverages(wanted, complete=arguments.all_noticers, progress=reporter)
    finally:
        reporter.close()
    if exit_of(found) is Exit.NOTHING:
        output.note("nothing was checked: there are no properties to ask, or nothing to change")
    if arguments.format == "json":
        from tdispmodel.reports.mutants_json import document  # noqa: PLC0415  # only for this format

        output.write(document(found))
    else:
        output.write(render(found))
    return exit_of(found)
