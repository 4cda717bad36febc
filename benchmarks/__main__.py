"""``python -m benchmarks``: us and whoever else is installed, measured on the same models in the same run.

Writes a page and a JSON document, and shows the page.  Exit code 0 when whoever counted counted the same and found what
is known, 1 when somebody did not, 2 when asked for what there is not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import TypeVar

from benchmarks.found import Task
from benchmarks.machine import VERSIONS, commit, load, machine, versions
from benchmarks.measuring import Limits, floor
from benchmarks.report import as_json, as_markdown
from benchmarks.running import How, Row, compared
from benchmarks.subjects import MODELS, ROOT, SUBJECTS, Model, Subject

Named = TypeVar("Named", Model, Subject)


def main(arguments: Sequence[str] | None = None, subjects: Sequence[Subject] = SUBJECTS) -> int:
    """Measure, write, show, and return the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    try:
        models, chosen = _picked(MODELS, asked.models), _picked(subjects, asked.subjects)
        chosen = chosen if asked.subjects else [one for one in chosen if one.usual]
        devices = list(dict.fromkeys(int(one) for one in asked.devices.split(",")))
    except ValueError as problem:
        parser.error(str(problem))
    if asked.rounds < 1 or not asked.limit > 0 or asked.memory < 1 or min(devices) < 1:
        parser.error("rounds, limit, memory and devices are 1 or more")
    how = How(asked.rounds, Limits(asked.limit, asked.memory * 10**6), _tell)
    target = Path(asked.output) if asked.output else ROOT / "benchmarks" / "results" / "latest"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        parser.error(f"nothing can be written to {target}: {problem}")
    if not target.name:
        parser.error(f"{target} is no name of a file")
    facts: dict[str, object] = {
        "commit": commit(ROOT),
        "machine": machine(),
        "load at first": load(),
        "versions": versions(VERSIONS),
        "rounds": asked.rounds,
        "limits": {"processor_seconds": asked.limit, "memory_mb": asked.memory},
    }
    rows: list[Row] = []
    lowest, page = floor(), ""
    with tempfile.TemporaryDirectory(prefix="tdispmodel-bench-") as folder:
        for model, number, task in product(models, devices, Task):
            members = [one for one in chosen if one.task is task and model.asks(task)]
            rows += compared(model, number, members, how, Path(folder))
            facts["load in the end"] = load()
            page = as_markdown(facts, rows, lowest)  # written as they come, lest an interruption lose all of them
            target.with_name(f"{target.name}.md").write_text(page, encoding="ascii", errors="backslashreplace")
            target.with_name(f"{target.name}.json").write_text(as_json(facts, rows), encoding="ascii")
    sys.stdout.write(page)
    return int(any(row.wrong for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="measure us and our peers", epilog=_there_is()
    )
    parser.add_argument("--models", default="", metavar="NAMES", help="with commas between them (default: all)")
    parser.add_argument("--subjects", default="", metavar="NAMES", help="the same, or all (default: the usual ones)")
    parser.add_argument("--devices", default="1,2,3", metavar="NUMBERS", help="the same (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of each subject (default: %(default)s)")
    parser.add_argument(
        "--limit", type=float, default=60, metavar="S", help="processor seconds of one run (default: %(default)s)"
    )
    parser.add_argument("--memory", type=int, default=8000, metavar="MB", help="of one run (default: %(default)s)")
    parser.add_argument("--output", default="", metavar="STEM", help="of the page (.md) and the document (.json)")
    return parser


def _there_is() -> str:
    return f"models: {', '.join(one.name for one in MODELS)}; subjects: {', '.join(one.name for one in SUBJECTS)}"


def _picked(known: Iterable[Named], names: str) -> list[Named]:
    """Return those with these names, each once, all without any.  Raises ValueError."""
    by_name = {one.name: one for one in known}
    wanted = list(by_name) if names in ("", "all") else list(dict.fromkeys(names.split(",")))
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        message = f"there is no {', '.join(unknown)}; there is: {', '.join(by_name)}"
        raise ValueError(message)
    return [by_name[name] for name in wanted]


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    raise SystemExit(main())
