"""The verb ``explain``: what something is, who said what about it, and the verdicts that answer."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.explaining import explanations
from tdispmodel.checking.mistakes import USAGE, mistake
from tdispmodel.checking.pipeline import Request, Run, run
from tdispmodel.checking.settings import duration
from tdispmodel.checking.topics import Known
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.reports.exits import Exit, matrix_exit_code, worst
from tdispmodel.reports.explanation import render

SECONDS = 60.0
"""The limit for each proposal where no other is given: an answer is wanted soon, and open is an answer."""


def explain(arguments: argparse.Namespace, output: Output) -> int:
    """Explain a statement, property, action, variable, constant, proposal or complaint."""
    if arguments.jobs is not None and arguments.jobs < 1:
        raise mistake(USAGE, f"--jobs {arguments.jobs}: at least one process is needed")
    seconds = SECONDS if arguments.timeout is None else duration(arguments.timeout)
    reporter = Reporter(arguments.progress)
    interrupted = False

    def ask(request: Request) -> Run:
        nonlocal interrupted
        ran = run(replace(request, seconds=seconds, jobs=arguments.jobs), reporter)
        interrupted = interrupted or ran.interrupted
        return ran

    try:
        found = explanations(Known(find_catalogue()), arguments.topic, ask if arguments.verdicts else None)
    finally:
        reporter.close()
    output.write("\n".join(render(explanation) for explanation in found))
    if interrupted:
        output.note("interrupted: what was not decided is open or left out")
        return Exit.INTERRUPTED
    reports = [asked.report for explanation in found for asked in explanation.verdicts if asked.report.results]
    return worst(*(matrix_exit_code(report) for report in reports))
