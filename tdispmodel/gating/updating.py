"""The file of expectations made anew: the tables ``[expected.PROPOSAL]`` say what a run found, all else is kept.

Given the old text and a gate that was compared with it; gives the new text.  What is open or waived keeps the entry
that it had, if any: only a verdict is written down, and no reason is ever made up.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tdispmodel.checking.mistakes import EXPECTATIONS, OUTPUT, mistake, shortened
from tdispmodel.gating.lines import TABLE, TABLE_OF_SEVERAL, parts
from tdispmodel.gating.reading import Assumed
from tdispmodel.gating.vocabulary import Asked, Expectation, Gated, Key, Outcome, Status

HEAD = """\
# What `tdispmodel gate` expects of each proposal and property; what no
# table names must hold.  `tdispmodel gate --update` writes the tables
# [expected.*] anew.  What is open, or violated for a while only, is waived
# in waivers.toml, with a reason.
"""
BARE = re.compile(r"[A-Za-z0-9_-]+")
UNQUOTABLE = re.compile(r"[\"\\\x00-\x1f\x7f]")


def updated(text: str, old: Sequence[Expectation], gated: Gated, asked: Asked) -> str:
    """Return the text of the file of expectations after ``--update``.

    ``text`` is the file as it is, from which ``old`` was read and with which ``gated`` was compared.  Raises `Rejected`
    for a name that the file cannot hold.
    """
    kept = list(_others(text))
    while kept and not kept[-1].strip():
        kept.pop()
    lines = [*kept, *_tables(entries_after(old, gated, asked))]
    return "".join(f"{line}\n" for line in lines)


def entries_after(old: Sequence[Expectation], gated: Gated, asked: Asked) -> dict[str, dict[str, Outcome]]:
    """Return what is expected after ``--update``: for each proposal its properties with their outcomes."""
    left = {(entry.proposal, entry.property): entry.outcome for entry in old}
    met: set[Key] = set()
    for row in gated.rows:
        cell = row.cell
        met.update(cell.keys)
        if row.status in {Status.OPEN, Status.WAIVED}:
            continue
        for key in cell.keys:
            left.pop(key, None)
        if row.status is not Status.SKIPPED:
            left[cell.proposal, cell.property] = cell.outcome
    found: dict[str, dict[str, Outcome]] = {}
    for (proposal, name), outcome in sorted(left.items()):
        if (proposal, name) in met or not asked.covers(proposal):
            found.setdefault(proposal, {})[name] = outcome
    return found


def new_text(assumed: Assumed) -> str:
    """Return the text of a new file of expectations under these assumptions, without any entry.  Raises `Rejected`."""
    lines = HEAD.splitlines()
    table = []
    if assumed.proposals:
        table.append(f"proposals = [{', '.join(map(_quoted, assumed.proposals))}]")
    if assumed.devices is not None:
        table.append(f"devices = {assumed.devices}")
    if assumed.any_number:
        table.append("any_number = true")
    if assumed.settings:
        given = ", ".join(f"{_key(name)} = {_quoted(value)}" for name, value in sorted(assumed.settings.items()))
        table.append(f"set = {{ {given} }}")
    if assumed.without:
        table.append(f"without = [{', '.join(map(_quoted, assumed.without))}]")
    if table:
        lines += ["", "[check]", *table]
    return "".join(f"{line}\n" for line in lines)


def _others(text: str) -> Iterator[str]:
    """Yield the lines that belong to no table of expectations."""
    ours = False
    for line in text.rstrip("\n").split("\n") if text else ():
        if found := TABLE.fullmatch(line) or TABLE_OF_SEVERAL.fullmatch(line):
            ours = parts(found[1])[0] == "expected"
        if not ours:
            yield line


def _tables(entries: Mapping[str, Mapping[str, Outcome]]) -> Iterator[str]:
    for proposal, properties in entries.items():
        yield from ("", f"[expected.{_key(proposal)}]")
        for name, outcome in properties.items():
            yield f"{_key(name)} = {_quoted(outcome.value)}"


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    if UNQUOTABLE.search(text):
        message = f"{shortened(text)} cannot be written to a file of expectations"
        raise mistake(EXPECTATIONS, message, 'give it a name without ", \\ and control characters')
    return f'"{text}"'


def replace_file(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it; what is no ordinary file (a terminal, a pipe) is written to.

    Raises `Rejected` when that is impossible; then an ordinary file is as it was.
    """
    try:
        target = path.resolve()
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(text.encode())
            return
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:60]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except (OSError, ValueError, RuntimeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise mistake(
            OUTPUT, f"cannot write {shortened(str(path), 120)}: {why}", "name a file in a folder that can be written to"
        ) from None


def _umask() -> int:
    """Return the mask of new files, which can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
