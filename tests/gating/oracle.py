"""What a gate must say, written a second time from the words of docs/gate.md, by asking of each cell and each entry alone.

Shares no code with `tdispmodel.gating.classifying` but the vocabulary's plain data.
"""

from __future__ import annotations

import datetime as dt

from tdispmodel.gating.vocabulary import Cell, Expectation, Waiver
from tests.gating.synthetic import Synthetic


def _names(entry: Expectation | Waiver, cell: Cell) -> bool:
    """Whether an entry calls a cell by the property's name, or by its code if it has one."""
    same = entry.proposal == cell.proposal
    called = entry.property
    return same and (called == cell.property or (cell.code != "" and called == cell.code))


def _speaker(given: Synthetic, cell: Cell) -> int | None:
    """Which expectation speaks of a cell: the first that has its name, else the first that has its code."""
    entries = given.entries.expectations
    by_name = [i for i, one in enumerate(entries) if _names(one, cell) and one.property == cell.property]
    by_code = [i for i, one in enumerate(entries) if _names(one, cell) and one.property != cell.property]
    return (by_name + by_code + [None])[0]


def unexcused(given: Synthetic, today: dt.date, *, without: int | None = None) -> dict[int, str]:
    """Return the cells that may not pass, by position, as "fails" or "open"; ``without`` leaves out one waiver."""
    found: dict[int, str] = {}
    for number, cell in enumerate(given.cells):
        says = cell.outcome.value
        if says == "not applicable":
            continue
        speaker = _speaker(given, cell)
        expected = "holds" if speaker is None else given.entries.expectations[speaker].outcome.value
        excused = any(
            _names(waiver, cell)
            and waiver.outcome.value == says
            and (waiver.expires is None or waiver.expires >= today)
            for position, waiver in enumerate(given.entries.waivers)
            if position != without
        )
        known = (cell.proposal, cell.property, cell.assumptions) in given.entries.baseline
        if says == "open":
            if not excused:
                found[number] = "open"
        elif says == "violated":
            if not (expected == "violated" or known or excused):
                found[number] = "fails"
        elif says == "holds":
            if expected != "holds":
                found[number] = "fails"
        elif expected == "violated":  # it holds vacuously
            found[number] = "fails"
        elif expected == "holds" and not excused:
            found[number] = "vacuous"
    return found


def something_is_stale(given: Synthetic, today: dt.date) -> bool:
    """Whether an expectation is heard by nobody, or a waiver could be removed and nothing would change."""
    speakers = {_speaker(given, cell) for cell in given.cells if cell.outcome.value != "not applicable"}

    def covered(entry: Expectation | Waiver) -> bool:
        proposals = given.asked.proposals
        return given.asked.whole and (proposals is None or entry.proposal in proposals)

    if any(covered(one) and i not in speakers for i, one in enumerate(given.entries.expectations)):
        return True
    now = unexcused(given, today)
    for position, waiver in enumerate(given.entries.waivers):
        if not covered(waiver) or unexcused(given, today, without=position) != now:
            continue
        late = waiver.expires is not None and waiver.expires < today
        missed = any(
            _names(waiver, cell) and cell.outcome.value == waiver.outcome.value and number in now
            for number, cell in enumerate(given.cells)
        )
        if not (late and missed):  # one that is too late is told with the cell that it does not excuse any more
            return True
    return False


def exit_code(given: Synthetic, today: dt.date) -> int:
    """Return the exit code of a gate."""
    bad = set(unexcused(given, today).values())
    if "fails" in bad or ("vacuous" in bad and given.no_vacuous) or something_is_stale(given, today):
        return 1
    if "open" in bad:
        return 3
    return 0 if any(cell.outcome.value != "not applicable" for cell in given.cells) else 4
