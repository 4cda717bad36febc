"""The verb ``certify``: stored certificates checked again, by code that did not find them."""

from __future__ import annotations

import argparse
from pathlib import Path

from tdispmodel.certifying.certify import certify as certified, document, render
from tdispmodel.checking.mistakes import USAGE, mistake, shortened
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.reports.exits import Exit


def certify(arguments: argparse.Namespace, output: Output) -> int:
    """Say what came of each certificate of a folder: exit code 1 when one is rejected, 4 when there is none."""
    folder = Path(arguments.folder)
    if not folder.is_dir():
        raise mistake(USAGE, f"{shortened(arguments.folder)} is no folder", "write one with: check --certificates DIR")
    reporter = Reporter(arguments.progress)
    try:
        found = certified(folder, reporter)
    finally:
        reporter.close()
    code = Exit.VIOLATED if found.rejected else Exit.HOLDS if found.checked else Exit.NOTHING
    if code is Exit.NOTHING:
        output.note(f"nothing was checked: there is no certificate in {shortened(arguments.folder)}")
    if arguments.format == "json":
        output.write(document(found, code))
    elif found.checked:
        output.write(render(found, verbose=arguments.verbose))
    return code
