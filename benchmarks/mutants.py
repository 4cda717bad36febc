"""What `tdispmodel mutants` takes: ``python -m benchmarks.mutants [PROPOSAL ...] [--rounds R] [--jobs J]``.

Given names of proposals, none for the whole catalogue; prints seconds of the wall and of the processors, round by
round with medians, and what was said in the end.  There is no peer.  The exit code is 1 when a run fails, or two say
different things.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median

from benchmarks.machine import commit, load, machine
from benchmarks.measuring import Limits, Measured, measure
from benchmarks.subjects import ROOT

LIMITS = Limits(3600, 16 << 30)


def main(words: list[str]) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants")
    parser.add_argument("proposals", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args(words)
    facts = {**machine(), "commit": commit(ROOT), "jobs": arguments.jobs, "load": load()}
    _say(*(f"{name}: {value}" for name, value in facts.items()))
    command = [sys.executable, "-m", "tdispmodel", "mutants", *arguments.proposals]
    command += ["--jobs", str(arguments.jobs), "--progress", "never"]
    rounds: list[Measured] = []
    for number in range(1, arguments.rounds + 1):
        rounds.append(measure(command, ROOT, LIMITS))
        _say(f"round {number}: {told(rounds[-1])}")
    wall, processor = (median(getattr(one, what) for one in rounds) for what in ("wall", "processor"))
    _say(f"median: {wall:.1f} s, {processor:.1f} s of processors")
    return int(any(one.code or one.over for one in rounds) or len({one.output for one in rounds}) > 1)


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def told(one: Measured) -> str:
    """Return a run in words: what it took, and the last line of what it said."""
    last = (one.output.splitlines() or [""])[-1]
    return f"{one.wall:.1f} s, {one.processor:.1f} s of processors; {one.over or last}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
