"""The verbs that ask many verdicts about one property: ``adversary`` and ``sweep``."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace

from tdispmodel.checking.asking import Plan
from tdispmodel.checking.loading import Loaded, load
from tdispmodel.checking.pipeline import Request, known_engines, planned, processors
from tdispmodel.cli.checks import NotApplicable, not_applicable, one_property, request
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.ir.model import Property
from tdispmodel.reports.options import Options
from tdispmodel.semantics.grounding import default_constants
from tdispmodel.verdict import Result, Skipped


@dataclass(frozen=True)
class Wanted:
    """One property of one proposal, as the command line asks for it: how it was called, read, and under which plan."""

    request: Request
    called: str
    loaded: Loaded
    property: Property
    plan: Plan

    def options(self, seconds: float) -> Options:
        """Return how reports are wanted; results are shown under the name by which the proposal was called."""
        defaults = default_constants(self.loaded.model, self.plan.devices)
        return Options(defaults={self.called: defaults}, seconds=seconds)

    def named(self, result: Result) -> Result:
        """Return a result that names the proposal as it was called, so that commands can be pasted."""
        return replace(result, proposal=self.called)


def wanted_of(arguments: argparse.Namespace) -> Wanted:
    """Return what the arguments ask for.  Raises `Rejected` and `NotApplicable`."""
    called: str = arguments.proposal
    arguments.proposals = [called]
    asked = request(arguments)
    known_engines(asked.engines)
    loaded = load(asked.catalogue, asked.paths()[0])
    name = one_property(loaded, arguments.property)
    found = next(known for known in loaded.properties if known.name == name)
    return Wanted(asked, called, loaded, found, planned(loaded, asked))


def adversary(arguments: argparse.Namespace, output: Output) -> int:
    """Which capabilities of the host break a property, and which cannot."""
    from tdispmodel.analysing.adversary import adversary as sought  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.reports.adversary import document, render  # noqa: PLC0415  # as above

    try:
        wanted = wanted_of(arguments)
    except NotApplicable as left:
        return not_applicable(left.left, output)
    started = time.monotonic()
    reporter = Reporter(arguments.progress)
    try:
        found = sought(wanted.loaded.model, wanted.property, wanted.plan, reporter)
    finally:
        reporter.close()
    if isinstance(found, Skipped):
        return not_applicable(found, output)
    found = replace(
        found,
        everything=wanted.named(found.everything),
        breaking=tuple(replace(one, result=wanted.named(one.result)) for one in found.breaking),
    )
    options = wanted.options(time.monotonic() - started)
    output.write(document(found) if arguments.format == "json" else render(found, options))
    return found.exit


def sweep(arguments: argparse.Namespace, output: Output) -> int:
    """Under which single constant or capability the verdict flips."""
    from tdispmodel.analysing.sweep import sweep as swept  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.reports.sweep import document, render  # noqa: PLC0415  # as above

    try:
        wanted = wanted_of(arguments)
    except NotApplicable as left:
        return not_applicable(left.left, output)
    started = time.monotonic()
    reporter = Reporter(arguments.progress)
    try:
        jobs = arguments.jobs or processors()
        found = swept(wanted.loaded.model, wanted.property, wanted.plan, jobs, reporter)
    finally:
        reporter.close()
    if isinstance(found, Skipped):
        return not_applicable(found, output)
    rows = tuple(replace(row, result=wanted.named(row.result)) for row in found.rows)
    found = replace(found, asked=wanted.named(found.asked), rows=rows)
    options = wanted.options(time.monotonic() - started)
    output.write(document(found) if arguments.format == "json" else render(found, options))
    return found.exit
