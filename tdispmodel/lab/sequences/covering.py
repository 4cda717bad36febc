"""What came of sequences on a real kernel, in lines of plain text: coverage, paths and gates, differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tdispmodel.lab.counterexamples.reproducing import said
from tdispmodel.lab.sequences.conforming import Conformance, Difference
from tdispmodel.lab.sequences.gates import GATES, Cell
from tdispmodel.lab.sequences.wandering import Wandering
from tdispmodel.reports.plain import joined, paragraph

LETTERS = {
    "a": "device_add",
    "b": "arrival",
    "c": "driver registration",
    "d": "deferred retry",
    "e": "bind",
    "f": "drivers_probe",
    "g": "new_id",
}
"""The attach paths of the table in `models/device_core.py` that the lab can take."""

WIDTH = 18
WINDOW = 3
"""So many gates fit beside each other."""


def conformance(found: Conformance) -> str:
    """Return the text about the sequences on one kernel: whether all agrees, coverage by attach path, differences."""
    lines = [*head(found.release, found.driver.name, found.constants, "DIFFERS" if found.differences else "CONFORMS")]
    taken = sum(one in found.taken for one in found.transitions)
    lines += paragraph(f"{taken} of {len(found.transitions)} transitions taken, in {found.steps} steps", "  ")
    lines += ["", "  attach path               autoprobe on    autoprobe off"]
    for path in sorted(set(found.paths.values())):
        cells = [found.pairs().get((path, on), (0, 0)) for on in (True, False)]
        if not any(known for _, known in cells):
            continue
        told = [f"{taken} of {known}" if known else "none" for taken, known in cells]
        lines.append(f"  {path}  {LETTERS[path]:<21}  {told[0]:<14}  {told[1]}")
    lines += table(found.cells, found.paths)
    for one in found.missing:
        lines += paragraph(f"not taken: {one.action} in {', '.join(map(said_of, one.before))}", "  ")
    for differing in found.differences:
        lines += difference(differing)
    return joined(lines)


def head(release: str, driver: str, constants: Mapping[str, object], verdict: str) -> Iterator[str]:
    """Yield the first lines: which kernel, which driver, the verdict, and of which model."""
    told = ", ".join(f"{name}={said_of(value)}" for name, value in sorted(constants.items()))
    yield from paragraph(f"{release}, driver {driver}: {verdict}", rest="  ")
    yield from paragraph(f"the model with {told}", "  ")


def table(cells: Mapping[Cell, str], paths: Mapping[str, str]) -> Iterator[str]:
    """Yield the table of attach paths and gates: what was seen to come of each pair."""
    gates = [gate for gate in GATES if any(known == gate for _, known in cells)]
    for first in range(0, len(gates), WINDOW):
        shown = gates[first : first + WINDOW]
        yield from (
            "",
            ("  seen, one gate shut:    " + "".join(f"{_narrow(gate):<{WIDTH}}" for gate in shown)).rstrip(),
        )
        for step, path in paths.items():
            told = [cells.get((step, gate), "-") for gate in shown]
            if set(told) != {"-"}:
                yield (f"  {path}  {step:<20} " + "".join(f"{word:<{WIDTH}}" for word in told)).rstrip()


def _narrow(gate: str) -> str:
    return gate.replace("override: this driver", "override: this").replace("no driver registered", "not registered")


def difference(found: Difference) -> Sequence[str]:
    """Return the lines about a difference: the steps that lead there, and what differs."""
    return ["", *paragraph(f"after {', '.join(found.steps)}:", "  ", "    "), *paragraph(found.words, "    ")]


def wandering(about: Conformance, found: Wandering) -> str:
    """Return the text about random sequences on one kernel: whether all agree, else the shortest that does not."""
    nothing = "OPEN" if found.late else "CONFORMS"
    lines = [*head(about.release, about.driver.name, about.constants, "DIFFERS" if found.difference else nothing)]
    tried = f"{found.sequences} random sequences of seed {found.wish.seed}, {found.tally.steps} steps"
    lines += paragraph(f"{tried}, {len(about.taken)} of {len(about.transitions)} transitions", "  ")
    if found.late:
        lines += paragraph("time was up", "  ")
    if found.difference is not None:
        lines += difference(found.difference)
        again = "it went the same way once more" if found.again else "it did not go the same way once more"
        length = len(found.difference.steps)
        lines += paragraph(f"shrunk from {len(found.first)} steps to {length}; {again}", "  ")
    return joined(lines)


def said_of(value: object) -> str:
    """Return a value of the model as the output has it."""
    return said(value) if isinstance(value, (bool, str)) else str(value)
