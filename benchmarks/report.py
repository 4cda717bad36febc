"""Results as JSON and as a Markdown page: one table for each model, number of devices and task."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from benchmarks.found import Found, told
from benchmarks.running import Row
from benchmarks.subjects import REFERENCES

SCHEMA = "tdispmodel/bench/1"
Facts = Mapping[str, object]


def as_json(facts: Facts, rows: Iterable[Row]) -> str:
    """Return all that was measured, every round of it."""
    results = [
        {
            "model": row.model.name,
            "devices": row.devices,
            "task": row.subject.task.value,
            "subject": row.subject.name,
            "about": row.subject.about,
            "prepare_seconds": None if row.prepared is None else round(row.prepared, 3),
            "processor_seconds": [round(run.processor, 3) for run in row.runs],
            "wall_seconds": [round(run.wall, 3) for run in row.runs],
            "median": None if row.seconds is None else round(row.seconds, 3),
            "peak_bytes": row.memory,
            "states": row.found.states if row.found else None,
            "transitions": row.found.transitions if row.found else None,
            "depth": row.found.depth if row.found else None,
            "holds": row.found.holds if row.found else None,
            "steps": row.found.steps if row.found else None,
            "engine_seconds": row.found.inside if row.found else None,
            "said": row.said,
            "wrong": row.wrong,
        }
        for row in rows
    ]
    return json.dumps({"schema": SCHEMA, **facts, "results": results}, indent=1, ensure_ascii=True) + "\n"


def as_markdown(facts: Facts, rows: Sequence[Row], floor: int) -> str:
    """Return the same as a page for readers; peaks below ``floor`` bytes cannot be told from one another."""
    lines = ["# Results", ""]
    lines += [f"- {name}: {_fact(value)}" for name, value in facts.items()]
    lines += [
        "",
        "Seconds are of one processor, user and system: medians of the rounds, with the least and the most.",
        "`compile` is what it took to generate and compile a peer's program, and is in no ratio.  `x`: how many times",
        "the seconds of the reference, in bold, in the same run.  MB: the peak of resident memory in all rounds; below",
        f"{floor / 1e6:.0f} MB it cannot be told.  SPIN's stack and first table are in its peak, however few",
        "states there are.  `engine`: the seconds of an engine of ours without the start of Python and reading the",
        "model.",
    ]
    for (model, devices, task), group in groupby(rows, key=lambda row: (row.model.name, row.devices, row.subject.task)):
        members = list(group)
        reference = next((row for row in members if row.subject.name == REFERENCES[task]), None)
        lines += ["", f"## {model}, N = {devices}: {task.value}", ""]
        lines += ["| subject | seconds | x | states a second | MB | compile | found |", "|---|---|---|---|---|---|---|"]
        lines += [_row(row, reference, floor) for row in members]
    used = {row.subject.name: row.subject.about for row in rows}
    lines += ["", "## Subjects", "", *(f"- `{name}`: {about}" for name, about in used.items())]
    wrong = [f"- {row.model.name}, N = {row.devices}, {row.subject.name}: {one}" for row in rows for one in row.wrong]
    lines += ["", "## Mismatches", "", *(wrong or ["None: whoever counts counts the same."])]
    return "\n".join(lines) + "\n"


def _row(row: Row, reference: Row | None, floor: int) -> str:
    name = f"**{row.subject.name}**" if row is reference else row.subject.name
    found = "; ".join(part for part in (row.found and _found(row.found), row.said, "; ".join(row.wrong)) if part)
    compiled = "" if row.prepared is None else f"{row.prepared:.1f}"
    if row.seconds is None or row.memory is None:
        return f"| {name} | | | | | {compiled} | {_cell(found)} |"
    every = [run.processor for run in row.runs]
    spread = f" ({min(every):.2f}-{max(every):.2f})" if len(every) > 1 else ""
    times = f"{row.seconds / reference.seconds:.3g}" if reference and reference.seconds else ""
    rate = f"{row.rate:,.0f}" if row.rate else ""
    memory = f"{row.memory / 1e6:,.0f}" if row.memory > floor else f"under {floor / 1e6:.0f}"
    return f"| {name} | {row.seconds:.2f}{spread} | {times} | {rate} | {memory} | {compiled} | {_cell(found)} |"


def _found(found: Found) -> str:
    parts = []
    if found.states is not None:
        parts.append(f"{found.states:,} states")
    if found.transitions is not None:
        parts.append(f"{found.transitions:,} transitions" if found.exact else f"{told(found.transitions)} transitions")
    if found.depth is not None:
        parts.append(f"depth {found.depth}")
    if found.holds is not None and found.states is None:
        parts.append("holds" if found.holds else "violated")
    if found.steps is not None:
        parts.append(f"{found.steps} steps")
    if found.inside is not None:
        parts.append(f"engine {found.inside:.2f} s")
    return ", ".join(parts)


def _fact(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_fact(one)}" for name, one in value.items()) or "none"
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _cell(text: str) -> str:
    """Return text that stays in its cell."""
    return text.replace("|", "/").replace("\n", " ")
