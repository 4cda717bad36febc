"""The verb ``conform``: whether a proposal can have written logs."""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path

from tdispmodel.analysing.conforming.conform import Asked, Writer, conform as answered
from tdispmodel.analysing.conforming.observations import Log
from tdispmodel.analysing.conforming.readers.files import read_log
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.constants import chosen
from tdispmodel.checking.mistakes import BAD_VALUE, UNKNOWN_PROPOSAL, mistake, shortened
from tdispmodel.checking.pipeline import DEFAULT_MEMORY, DEFAULT_SECONDS
from tdispmodel.checking.settings import duration, settings, size, without
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.engines.protocol import Limits
from tdispmodel.reading import read
from tdispmodel.reports.conformance import document, render
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import action_names
from tdispmodel.source import Complaint, Rejected


def conform(arguments: argparse.Namespace, output: Output) -> int:
    """Say whether the proposal can have written the logs together, and what explains or blocks them."""
    catalogue = find_catalogue()
    if not arguments.proposal:
        raise mistake(UNKNOWN_PROPOSAL, "which proposal may have written the log?", "add: --proposal status_quo")
    reading = read(catalogue.resolve(arguments.proposal), (catalogue.root,))
    model = reading.model
    models = (model, reading.base() or model) if arguments.without else (model,)
    scope = Scope(*chosen(model, settings(arguments.settings), arguments.devices), without(models, arguments.without))
    asked = Asked(
        logs=logs(arguments.logs),
        devices=tuple(arguments.device),
        operating=arguments.driver,
        prepare=arguments.prepare_driver,
        complete=arguments.complete,
        skew=skew(arguments.skew),
    )
    seconds = DEFAULT_SECONDS if arguments.timeout is None else duration(arguments.timeout)
    memory = DEFAULT_MEMORY if arguments.memory is None else size(arguments.memory)
    started = time.monotonic()
    reporter = Reporter(arguments.progress)
    actions = frozenset(action_names(model, scope.devices))
    writer = Writer(arguments.proposal, ground(model, scope), actions)
    try:
        found = answered(asked, writer, Limits(seconds, memory), reporter)
    finally:
        reporter.close()
    if arguments.format == "json":
        output.write(document(found))
    else:
        output.write(render(found, verbose=arguments.verbose, seconds=time.monotonic() - started))
    return found.exit


def logs(paths: list[str]) -> tuple[Log, ...]:
    """Return the logs; what is wrong with them is told of all of them together."""
    found: list[Log] = []
    complaints: list[Complaint] = []
    for path in paths:
        try:
            found.append(read_log(Path(path)))
        except Rejected as rejected:
            complaints += rejected.complaints
    if complaints:
        raise Rejected(complaints)
    return tuple(found)


def skew(words: str) -> int:
    """Return seconds as microseconds.  Raises `Rejected`."""
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", words, re.ASCII):
        raise mistake(BAD_VALUE, f"--skew {shortened(words)} is no time in seconds", "write: --skew 0.1")
    whole, _, part = words.partition(".")
    return int(whole) * 1_000_000 + int(part.ljust(6, "0") or "0")
