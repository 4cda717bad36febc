"""The verbs that ask: ``check``, ``matrix`` and ``trace``."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

from tdispmodel.checking import refused
from tdispmodel.checking.asking import Keep
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import Loaded, load
from tdispmodel.checking.mistakes import UNKNOWN_PROPERTY, USAGE, mistake, shortened, unknown
from tdispmodel.checking.pipeline import DEFAULT_MEMORY, DEFAULT_SECONDS, Request, Run, run
from tdispmodel.checking.selection import selection
from tdispmodel.checking.settings import duration, settings, size
from tdispmodel.checking.topology import read_topology
from tdispmodel.cli.arguments import FORMATS
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.ir.model import Property
from tdispmodel.reports.exits import Exit, exit_code, matrix_exit_code
from tdispmodel.reports.formats import renderer
from tdispmodel.reports.json import render as document_text
from tdispmodel.reports.mutants import Status
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import Options
from tdispmodel.reports.pictures import drawer
from tdispmodel.reports.plain import joined
from tdispmodel.reports.trace import trace_of
from tdispmodel.verdict import Answer, Report, Result, Skipped


class NotApplicable(Exception):
    """The one property that was asked about cannot be asked of the model: nothing is checked, and nothing is wrong."""

    def __init__(self, left: Skipped) -> None:
        super().__init__(left.property)
        self.left = left


@dataclass(frozen=True)
class Finished:
    """A run and how it is to be shown: the arguments, the files of ``--output`` as format and path, the options."""

    run: Run
    arguments: argparse.Namespace
    files: tuple[tuple[str, str], ...]
    options: Options

    @property
    def report(self) -> Report:
        """What the run found out."""
        return self.run.report


def check(arguments: argparse.Namespace, output: Output) -> int:
    """The verdict on each property of each proposal."""
    wanted = request(arguments)
    if arguments.mutants and wanted.any_number:
        message = "--any-number and --mutants: mutants have a number of devices"
        raise mistake(USAGE, message, "leave out one of them")
    finished = ran(arguments, wanted)
    if arguments.mutants and finished.report.results and not finished.run.interrupted:
        finished = with_kills(finished, wanted)
    return deliver(finished, output, exit_code(finished.report, no_vacuous=arguments.no_vacuous))


def with_kills(finished: Finished, wanted: Request) -> Finished:
    """Return a run with how many mutants each property notices, as far as that was found out.  Raises `Rejected`."""
    from tdispmodel.analysing.mutation.several import coverages  # noqa: PLC0415  # numpy: only where it is asked for

    arguments = finished.arguments
    reporter = Reporter("never" if arguments.quiet else arguments.progress)
    try:
        found = coverages(wanted, complete=True, progress=reporter)
    except KeyboardInterrupt:
        return replace(finished, run=replace(finished.run, interrupted=True))
    finally:
        reporter.close()
    kills = {
        (coverage.proposal, score.property): (score.noticed, score.of)
        for coverage in found
        for score in coverage.scores
        if score.noticed is not None
    }
    undecided = [(coverage.proposal, len(coverage.of(Status.OPEN))) for coverage in found]
    notes = [
        f"{proposal}: {number} mutants are open, and count as not noticed" for proposal, number in undecided if number
    ]
    noted = replace(finished.run, notes=(*finished.run.notes, *notes))
    return replace(finished, run=noted, options=replace(finished.options, kills=kills))


def matrix(arguments: argparse.Namespace, output: Output) -> int:
    """Proposals by properties: a report, so violations are no failure."""
    if arguments.format == "text":
        arguments.format = "rst"
    finished = ran(arguments, request(arguments))
    return deliver(finished, output, matrix_exit_code(finished.report))


def trace(arguments: argparse.Namespace, output: Output) -> int:
    """One counterexample (or witness): exit code 1 when the property is violated, 0 when it holds."""
    arguments.proposals = [arguments.proposal]
    if arguments.draw is not None and (arguments.chart or arguments.format != "text"):
        raise mistake(USAGE, "--draw is the whole result", "leave out --chart and --format")
    wanted = request(arguments)
    places = refused.places(arguments.why_not)
    loaded = load(wanted.catalogue, wanted.paths()[0])
    try:
        name = one_property(loaded, arguments.property)
    except NotApplicable as found:
        return not_applicable(found.left, output)
    finished = ran(arguments, replace(wanted, only=(name,)))
    for result in finished.report.results if places else ():
        shown = trace_of(result)
        if shown is None:
            output.note("--why-not: there is no behaviour in which something could not happen")
            continue
        questions = refused.asked(places, loaded.model, result.system, len(shown))
        finished = replace(finished, options=replace(finished.options, why_not=questions))
    if arguments.draw is not None and all(trace_of(result) is None for result in finished.report.results):
        output.note("there is no behaviour to draw")
    return deliver(finished, output, exit_code(finished.report))


def request(arguments: argparse.Namespace) -> Request:
    """Return what the arguments ask for.  Raises `Rejected`."""
    if arguments.jobs is not None and arguments.jobs < 1:
        raise mistake(USAGE, f"--jobs {arguments.jobs}: at least one process is needed")
    return Request(
        catalogue=find_catalogue(),
        proposals=tuple(arguments.proposals),
        select=arguments.select,
        devices=arguments.devices,
        any_number=arguments.any_number,
        settings=settings(arguments.settings),
        topology=read_topology(Path(arguments.topology)) if arguments.topology is not None else None,
        without=tuple(arguments.without),
        engines=tuple(arguments.engine),
        paranoid=arguments.paranoid,
        seconds=DEFAULT_SECONDS if arguments.timeout is None else duration(arguments.timeout),
        memory=DEFAULT_MEMORY if arguments.memory is None else size(arguments.memory),
        jobs=arguments.jobs,
        keep=keeper(arguments),
        cluster=arguments.cluster,
        checkpoint=None if arguments.checkpoint is None else Path(arguments.checkpoint).absolute(),
    )


def keeper(arguments: argparse.Namespace) -> Keep | None:
    """Return what writes certificates, if they are wanted."""
    if arguments.certificates is None:
        return None
    from tdispmodel.certifying.writing import Writer  # noqa: PLC0415  # seldom needed

    return Writer(Path(arguments.certificates).absolute())


def ran(arguments: argparse.Namespace, wanted: Request) -> Finished:
    """Run the request with progress on stderr.  Raises `Rejected` for an ``--output`` that makes no sense."""
    files = report_files(arguments)
    started = time.monotonic()
    reporter = Reporter("never" if arguments.quiet else arguments.progress)
    try:
        with redirect_stdout(sys.stderr):  # what a cluster says of itself is no part of the report
            finished = run(wanted, reporter)
    finally:
        reporter.close()
    options = Options(
        verbose=arguments.verbose,
        full=arguments.full,
        no_vacuous=arguments.no_vacuous,
        seconds=time.monotonic() - started,
        defaults=finished.defaults,
        paths=wanted.given_paths() if finished.report.results else {},
    )
    return Finished(finished, arguments, files, options)


def report_files(arguments: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """Return format and path of each ``--output``.  Raises `Rejected` for one that names no format."""
    files = []
    for text in arguments.outputs:
        kind, equals, path = text.partition("=")
        if not equals or not path:
            raise mistake(USAGE, f"--output {shortened(text)!r} names no file", "write --output json=result.json")
        if kind not in FORMATS:
            raise unknown(USAGE, "format", kind, FORMATS)
        files.append((kind, path))
    return tuple(files)


def deliver(finished: Finished, output: Output, code: Exit) -> Exit:
    """Write the report to stdout and to the files asked for, complaints to stderr; return the exit code."""
    report = finished.report
    if finished.run.interrupted and not report.complaints:
        code = Exit.INTERRUPTED
        output.note("interrupted: what was not decided is open or left out")
    for note in finished.run.notes:
        output.note(note)
    for kind, path in finished.files:
        output.save(path, rendered(kind, report, finished.options, code))
    if report.complaints:
        output.complain(report.complaints)
    else:
        if not report.results and not finished.run.interrupted:
            output.note(nothing_checked(finished.arguments, report))
        output.write(result_text(finished, code))
    return code


def result_text(finished: Finished, code: Exit) -> str:
    """Return what goes to stdout."""
    arguments, report, options = finished.arguments, finished.report, finished.options
    if arguments.format == "json":
        return rendered("json", report, options, code)
    if arguments.verb == "trace" and arguments.draw is not None:
        return "".join(drawer(arguments.draw)(result) for result in report.results)
    if arguments.verb == "trace" and arguments.format == "text":
        return "\n".join(told(result, options, chart=arguments.chart) for result in report.results)
    shown = only_failures(report) if arguments.quiet else report
    if shown.results or (arguments.verbose and shown.skipped):
        return rendered(arguments.format, shown, options, code)
    return ""


def rendered(kind: str, report: Report, options: Options, code: Exit) -> str:
    """Return ``report`` in a format; the document says with which code the run ends."""
    if kind == "json":
        return document_text(report, options, code)
    return renderer(kind)(report, options)


def nothing_checked(arguments: argparse.Namespace, report: Report) -> str:
    """Return why there are no results."""
    if report.skipped:
        return "nothing was checked: what was selected is not applicable (-v says why)"
    if arguments.select:
        return f"nothing was checked: no property matches -k {arguments.select}"
    return "nothing was checked: there are no properties"


def only_failures(report: Report) -> Report:
    """Return the report without what holds."""
    return replace(
        report,
        results=tuple(result for result in report.results if result.verdict.answer is not Answer.HOLDS),
        skipped=(),
    )


def told(result: Result, options: Options, *, chart: bool) -> str:
    """Return the trace of a result as text, with its chart if that is wanted and there is a trace."""
    from tdispmodel.reports import trace as traces  # noqa: PLC0415  # only for this verb
    from tdispmodel.reports.chart import chart as drawn  # noqa: PLC0415  # as above

    text = traces.render(result, options)
    shown = trace_of(result)
    if options.why_not and shown is not None:
        from tdispmodel.reports.why.refusals import lines  # noqa: PLC0415  # as above

        text += joined(lines(Names(result.system), shown, options.why_not))
    return f"{text}\n{drawn(result)}" if chart and trace_of(result) is not None else text


def not_applicable(left: Skipped, output: Output) -> int:
    """Say that nothing was checked and why."""
    output.note(f"nothing was checked: {left.property} is not applicable to {left.proposal}: {left.reason}")
    if output.json:
        output.document((), Exit.NOTHING)
    return Exit.NOTHING


def one_property(loaded: Loaded, wanted: str) -> str:
    """Return the name of the one property that ``wanted`` means: by name, by code, or by a part of one name only.

    Raises `Rejected` when it means none or several, and `NotApplicable` for one that cannot be asked of the model.
    """
    known: list[Property] = list(loaded.properties)
    name = wanted.replace("-", "_")
    exact = [one.name for one in known if name == one.name or wanted.lower() == one.code.lower()]
    near = exact or [one.name for one in known if selection(name)(one.name, one.code)] if name.isidentifier() else exact
    if len(near) == 1:
        return near[0]
    if len(near) > 1:
        raise mistake(UNKNOWN_PROPERTY, f"{shortened(wanted)} is part of several names", ", ".join(near[:8]))
    for left in loaded.skipped:
        if name == left.property or wanted.lower() == left.code.lower():
            raise NotApplicable(left)
    raise unknown(UNKNOWN_PROPERTY, f"property of {loaded.model.name} called", wanted, [one.name for one in known])
