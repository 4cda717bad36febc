"""What `tdispmodel conform` takes: ``python -m benchmarks.logs [PROPOSAL ...] [--lines N] [--rounds R]``.

Given names of proposals (default: three); writes logs of random behaviours - complete, and with half of the lines
dropped - and prints seconds of the wall and of the processors for each.  There is no peer.  The exit code is 1 when a
log is not accepted, or takes longer than ten seconds of the processors.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

from benchmarks.machine import commit, load, machine
from benchmarks.measuring import Limits, measure
from benchmarks.subjects import ROOT
from tests.conforming.oracle import KERNEL, graph_of
from tests.conforming.simulating import ADDRESS, PORT, halved, simulated, text_of

LIMITS = Limits(600, 8 << 30)
SECONDS = 10.0
PROPOSALS = ("initrd_autoprobe_off", "cc_probe_defer", "status_quo")
NAMES = ("--device", f"{ADDRESS}@{PORT}", "--driver", "e1000e", "--prepare-driver", "cc_prepare")


def main(words: list[str]) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.logs")
    parser.add_argument("proposals", nargs="*", default=PROPOSALS)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args(words)
    for name, value in {**machine(), "commit": commit(ROOT), "load": load()}.items():
        _say(f"{name}: {value}")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for proposal in arguments.proposals:
            for complete in (True, False):
                path = Path(folder) / f"{proposal}.log"
                path.write_text(log(proposal, arguments.lines, complete=complete))
                for _ in range(arguments.rounds):
                    failed |= not asked(proposal, path, complete=complete)
    return int(failed)


def log(proposal: str, lines: int, *, complete: bool) -> str:
    """Return a kernel log of a random behaviour; where it is not complete, half of the lines were dropped."""
    random = Random(5)  # noqa: S311  # repeatable, no secret
    found = simulated(graph_of(proposal), random, lines if complete else 2 * lines, [KERNEL])[KERNEL]
    return text_of(found if complete else halved(found, random), KERNEL)


def asked(proposal: str, path: Path, *, complete: bool) -> bool:
    """Ask about one log, print what it took, and return whether it was accepted in time."""
    command = [sys.executable, "-m", "tdispmodel", "conform", str(path), "--proposal", proposal, *NAMES]
    command += ["--progress", "never", *(["--complete"] if complete else [])]
    taken = measure(command, ROOT, LIMITS)
    kind = "complete" if complete else "half dropped"
    _say(f"{proposal}, {kind}: exit {taken.code}, {taken.wall:.1f} s, {taken.processor:.1f} s of processors")
    return taken.code == 0 and taken.processor < SECONDS


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
