"""The verb ``gate``: verdicts compared with expectations, waivers and a baseline, in all channels of one run."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

from tdispmodel.checking.mistakes import EXPECTATIONS, USAGE, mistake, shortened, unknown
from tdispmodel.checking.pipeline import Request, Run, run
from tdispmodel.cli.arguments import CHANNELS
from tdispmodel.cli.checks import request
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.gating.awake import awake
from tdispmodel.gating.baselines import read_baseline
from tdispmodel.gating.channels.formats import channel
from tdispmodel.gating.channels.wording import GateOptions
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.reading import Assumed, ExpectationFile, expectations, read_expectations, read_waivers
from tdispmodel.gating.running import gated as judged, is_path, under_assumptions
from tdispmodel.gating.updating import new_text, replace_file, updated
from tdispmodel.gating.vocabulary import Asked, Entries, Gated, Waiver
from tdispmodel.source import Rejected
from tdispmodel.verdict import Report

EXPECTATION_FILE = Path("expectations.toml")
WAIVER_FILE = Path("waivers.toml")


@dataclass(frozen=True)
class Prepared:
    """What a gate is about: what is asked, what is known beforehand, from which file, on which day."""

    request: Request
    entries: Entries
    file: ExpectationFile
    path: Path
    asked: Asked
    today: dt.date

    def judge(self, finished: Run, *, no_vacuous: bool) -> Gated:
        """Return what the gate says of a run."""
        asked_of = replace(self.asked, whole=self.asked.whole and not finished.interrupted)
        found = judged(finished.report, self.entries, self.today, asked_of, no_vacuous=no_vacuous)
        return replace(found, interrupted=finished.interrupted and not found.complaints)


def gate(arguments: argparse.Namespace, output: Output) -> int:
    """Whether every verdict is as expected, or waived with a reason."""
    files = channels_of(arguments)
    started = time.monotonic()
    if arguments.stdin:
        sys.stdin.buffer.read()  # whoever writes to us must not be interrupted; what it says is not needed
    options = GateOptions(verbose=arguments.verbose, no_vacuous=arguments.no_vacuous, sarif_all=arguments.sarif_all)
    finished = Run(Report())
    try:
        prepared = prepare(arguments)
        finished = asked(prepared.request, arguments)
        known = finished.report.results
        paths = prepared.request.given_paths() if known else {}
        options = replace(options, defaults=finished.defaults, paths=paths)
        found = prepared.judge(finished, no_vacuous=arguments.no_vacuous)
        if arguments.update:
            found = update(prepared, finished, found, output)
        if arguments.mutants or arguments.min_score is not None:
            found = scored(prepared, found, arguments)
    except Rejected as rejected:
        found = Gated(complaints=rejected.complaints)
    if arguments.times:
        options = replace(options, seconds=time.monotonic() - started)
    for note in finished.notes:
        output.note(note)
    return deliver(found, options, arguments, files, output)


def channels_of(arguments: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """Return channel and path of each ``--output``.  Raises `Rejected` for one that names no channel or no file."""
    files = []
    for text in arguments.outputs:
        kind, _, path = text.partition("=")
        if not path:
            raise mistake(USAGE, f"--output {shortened(text)!r} names no file", "write --output junit=result.xml")
        if kind not in CHANNELS:
            raise unknown(USAGE, "format", kind, CHANNELS)
        files.append((kind, path))
    return tuple(files)


def prepare(arguments: argparse.Namespace) -> Prepared:
    """Return what the arguments and the files that they name ask for.  Raises `Rejected`."""
    if arguments.update and arguments.baseline is not None:
        message = "--update and --baseline: what the baseline violates would be expected for ever"
        raise mistake(USAGE, message, "leave out one of them")
    if arguments.min_score is not None and not 0 <= arguments.min_score <= 100:
        raise mistake(USAGE, f"--min-score {arguments.min_score} is no percentage", "write 0 to 100")
    plain = request(arguments)
    path = EXPECTATION_FILE if arguments.expectations is None else Path(arguments.expectations)
    if present(path) or (arguments.expectations is not None and not arguments.update):
        file = read_expectations(path)
        wanted = under(plain, file.assumed, path)
    else:
        named = tuple(seen_from(path.parent, name) for name in plain.proposals)
        assumed = Assumed(named, plain.devices, plain.any_number, plain.settings, plain.without)
        file, wanted = ExpectationFile(assumed, ()), plain
        if arguments.update and plain.topology is not None:
            hint = "write --set devices.kind=TDISP,PLAIN instead: then [check] can say it"
            raise mistake(USAGE, "--update and --topology: a file of expectations names no other file", hint)
    waivers: tuple[Waiver, ...] = ()
    if arguments.waivers is not None or present(WAIVER_FILE):
        waivers = read_waivers(WAIVER_FILE if arguments.waivers is None else Path(arguments.waivers))
    if wanted.any_number and (arguments.mutants or arguments.min_score is not None):
        message = "--any-number and --mutants or --min-score: mutants have a number of devices"
        raise mistake(USAGE, message, "leave out one of them")
    known = frozenset() if arguments.baseline is None else read_baseline(Path(arguments.baseline))
    stems = frozenset(one.stem for one in wanted.paths()) if plain.proposals else None
    asked_of = Asked(stems, whole=not arguments.select)
    return Prepared(wanted, Entries(file.expectations, waivers, known), file, path, asked_of, day(arguments.today))


def seen_from(folder: Path, proposal: str) -> str:
    """Return a proposal as a file in ``folder`` calls it: a name as it is, a path from there."""
    return Path(os.path.relpath(proposal, folder)).as_posix() if is_path(proposal) else proposal


def present(path: Path) -> bool:
    """Whether there is something at ``path``; what cannot be looked at is there."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return True


def under(plain: Request, assumed: Assumed, path: Path) -> Request:
    """Return the request under the assumptions of a file of expectations.

    Raises `Rejected` where the command line says something else: other assumptions have other verdicts.
    """
    differs = {
        "--devices": plain.devices not in {None, assumed.devices or 1},
        "--any-number": plain.any_number and not assumed.any_number,
        "--set": bool(plain.settings) and dict(plain.settings) != dict(assumed.settings),
        "--without": bool(plain.without) and set(plain.without) != set(assumed.without),
        "--topology": plain.topology is not None,
    }
    for option, wrong in differs.items():
        if wrong:
            message = f"{option} differs from what the expectations in {shortened(str(path))} are about"
            raise mistake(EXPECTATIONS, message, "leave it out, or name a file for it: --expectations FILE")
    return under_assumptions(plain, assumed, path.parent)


def day(text: str | None) -> dt.date:
    """Return the day that ``--today`` writes, else today's in UTC.  Raises `Rejected`."""
    if text is None:
        return dt.datetime.now(dt.UTC).date()
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise mistake(USAGE, f"--today {shortened(text)!r} is no date", "write --today 2027-03-31")


def asked(wanted: Request, arguments: argparse.Namespace) -> Run:
    """Run the request with progress on stderr."""
    reporter = Reporter("never" if arguments.quiet else arguments.progress)
    try:
        with redirect_stdout(sys.stderr):
            return run(wanted, reporter)
    finally:
        reporter.close()


def update(prepared: Prepared, finished: Run, found: Gated, output: Output) -> Gated:
    """Write the file of expectations anew, and return what the gate says then.  Raises `Rejected`."""
    if found.complaints or found.interrupted:
        return found
    old = prepared.path.read_text(encoding="utf-8-sig") if present(prepared.path) else None
    before = new_text(prepared.file.assumed) if old is None else old
    text = updated(before, prepared.file.expectations, found, prepared.asked)
    changed = text != old
    if changed:
        replace_file(prepared.path, text)
    output.note(f"{prepared.path}: {'written' if changed else 'nothing changed'}")
    file = expectations(text, str(prepared.path))
    after = replace(prepared, file=file, entries=replace(prepared.entries, expectations=file.expectations))
    return after.judge(finished, no_vacuous=found.no_vacuous)


def scored(prepared: Prepared, found: Gated, arguments: argparse.Namespace) -> Gated:
    """Return the gate with what the properties notice of mutants.  Raises `Rejected`."""
    if found.complaints or found.interrupted or not found.rows:
        return found
    from tdispmodel.analysing.mutation.several import coverages  # noqa: PLC0415  # numpy: only where it is asked for

    reporter = Reporter("never" if arguments.quiet else arguments.progress)
    try:
        covered = coverages(prepared.request, complete=arguments.mutants, progress=reporter)
    except KeyboardInterrupt:
        return replace(found, interrupted=True)
    finally:
        reporter.close()
    paths = {path.stem: str(path) for path in prepared.request.paths()}
    return awake(found, covered, arguments.min_score, paths)


def deliver(
    found: Gated,
    options: GateOptions,
    arguments: argparse.Namespace,
    files: tuple[tuple[str, str], ...],
    output: Output,
) -> int:
    """Write every channel, complaints to stderr; return the exit code.  Raises `Rejected`."""
    code = exit_of(found)
    if found.interrupted:
        output.note("interrupted: what was not decided is open or left out")
    for kind, path in files:
        replace_file(Path(path), channel(kind)(found, options))
    if found.complaints:
        output.complain(found.complaints)
        if arguments.format not in {"text", "json"}:
            output.write(channel(arguments.format)(found, options))
    elif arguments.format != "text" or code or not arguments.quiet:
        output.write(channel(arguments.format)(found, options))
    return int(code)
