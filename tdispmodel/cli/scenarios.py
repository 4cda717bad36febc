"""The verb ``litmus``: whether an outcome is possible after some steps."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tdispmodel.analysing.litmus import Readings, litmus as answered
from tdispmodel.analysing.scenario import read_scenario
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.pipeline import DEFAULT_MEMORY, DEFAULT_SECONDS
from tdispmodel.checking.settings import duration, size
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.engines.protocol import Limits
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.litmus import document, exit_of, render
from tdispmodel.source import Complaint, Rejected


def litmus(arguments: argparse.Namespace, output: Output) -> int:
    """The answer to each file; what is wrong with files is told of all of them together."""
    catalogue = find_catalogue()
    paths = [Path(name) for name in arguments.files] or list(catalogue.litmus_files)
    seconds = DEFAULT_SECONDS if arguments.timeout is None else duration(arguments.timeout)
    memory = DEFAULT_MEMORY if arguments.memory is None else size(arguments.memory)
    known: Readings = {}
    found, complaints = [], list[Complaint]()
    started = time.monotonic()
    interrupted = False
    reporter = Reporter(arguments.progress)
    try:
        for path in paths:
            try:
                found.append(answered(read_scenario(path), catalogue, Limits(seconds, memory), known, reporter))
            except Rejected as rejected:
                complaints += rejected.complaints
    except KeyboardInterrupt:
        interrupted = True
        output.note("interrupted: the files that were not answered are left out")
    finally:
        reporter.close()
    if complaints:
        raise Rejected(complaints)
    code = Exit.INTERRUPTED if interrupted else exit_of(found)
    if not found and not interrupted:
        output.note("nothing was checked: there are no litmus files")
    if arguments.format == "json":
        output.write(document(found, code))
    elif found:
        traces = arguments.verbose or len(found) == 1
        output.write(render(found, traces=traces, seconds=time.monotonic() - started))
    return code
