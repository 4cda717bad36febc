"""The verb ``replay``: stored counterexamples looked at again, or made anew."""

from __future__ import annotations

import argparse
from pathlib import Path

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.mistakes import USAGE, mistake
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.checking.replaying import files_of, replay as replayed, store, stored, variants
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.plain import packed
from tdispmodel.verdict import Answer


def replay(arguments: argparse.Namespace, output: Output) -> int:
    """Say of each stored counterexample whether it is still one: exit code 1 when one is stale."""
    if arguments.update:
        return update(arguments, output)
    catalogue = find_catalogue()
    paths = [Path(name) for name in arguments.files] or list(stored(catalogue))
    if not paths:
        output.note("nothing was checked: there are no stored counterexamples")
        return Exit.NOTHING
    stale = 0
    for found in replayed(catalogue, paths):
        steps = "1 step" if found.steps == 1 else f"{found.steps} steps"
        output.write(f"{'STALE' if found.stale else 'ok':5}  {found.path}  {steps}\n")
        if found.stale:
            stale += 1
            output.write("".join(f"       {line}\n" for line in packed([found.stale], 65)))
    output.write(f"\n{len(paths)} counterexamples: {len(paths) - stale} real, {stale} stale\n")
    if stale:
        output.write("made anew by: tdispmodel replay --update\n")
    return Exit.VIOLATED if stale else Exit.HOLDS


def update(arguments: argparse.Namespace, output: Output) -> int:
    """Make the stored counterexamples be those of today's matrix and its variants."""
    if arguments.files:
        raise mistake(USAGE, "replay --update makes all counterexamples anew", "leave out the files")
    catalogue = find_catalogue()
    plain = Request(catalogue=catalogue, jobs=arguments.jobs)
    files: dict[str, str] = {}
    undecided = 0
    reporter = Reporter(arguments.progress)
    try:
        for variant in variants(catalogue):
            finished = run(variant.request(plain), reporter)
            if finished.interrupted:
                output.note("interrupted: nothing was changed")
                return Exit.INTERRUPTED
            if finished.report.complaints:
                output.complain(finished.report.complaints)
                return Exit.INPUT
            undecided += sum(result.verdict.answer is Answer.OPEN for result in finished.report.results)
            files |= files_of(finished, variant.suffix)
    finally:
        reporter.close()
    new, changed, deleted = store(catalogue, files)
    output.write(f"{len(files) // 2} counterexamples; files: {new} new, {changed} changed, {deleted} deleted\n")
    if undecided:
        output.note(f"{undecided} cells are open: their counterexamples, if there were any, are gone")
    return Exit.OPEN if undecided else Exit.HOLDS
