"""What `explain` and `reply` share: the pipeline is asked several times, with one limit and one progress."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace

from tdispmodel.checking.mistakes import USAGE, mistake
from tdispmodel.checking.pipeline import Request, Run, run
from tdispmodel.checking.settings import duration
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.reports.exits import Exit, matrix_exit_code, worst
from tdispmodel.verdict import Report

SECONDS = 60.0
"""The limit for each proposal where no other is given: an answer is wanted soon, and open is an answer."""


class Asker:
    """Asks the pipeline, as the arguments want it.  Raises `Rejected` for arguments that make no sense."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        if arguments.jobs is not None and arguments.jobs < 1:
            raise mistake(USAGE, f"--jobs {arguments.jobs}: at least one process is needed")
        self.seconds = SECONDS if arguments.timeout is None else duration(arguments.timeout)
        self.jobs: int | None = arguments.jobs
        self.interrupted = False
        self._reporter = Reporter(arguments.progress)

    def __call__(self, request: Request) -> Run:
        """Run the pipeline."""
        ran = run(replace(request, seconds=self.seconds, jobs=self.jobs), self._reporter)
        self.interrupted = self.interrupted or ran.interrupted
        return ran

    def close(self) -> None:
        """End the progress."""
        self._reporter.close()

    def ended(self, reports: Iterable[Report], output: Output) -> Exit:
        """Return the exit code: whether every verdict that was asked for is decided."""
        if self.interrupted:
            output.note("interrupted: what was not decided is open or left out")
            return Exit.INTERRUPTED
        return worst(*(matrix_exit_code(report) for report in reports if report.results))
