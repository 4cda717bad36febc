"""With which code a run ends, by what it found out.

| code | meaning |
|---|---|
| 0 | everything that was asked holds |
| 1 | something is violated (with ``no_vacuous``: or holds vacuously) |
| 2 | usage or input |
| 3 | something is open |
| 4 | nothing was checked |
| 70 | a fault of tdispmodel itself, engines that contradict each other among it |
| 130 | interrupted |
"""

from __future__ import annotations

from enum import IntEnum

from tdispmodel.verdict import Answer, Report


class Exit(IntEnum):
    """The exit codes."""

    HOLDS = 0
    VIOLATED = 1
    INPUT = 2
    OPEN = 3
    NOTHING = 4
    FAULT = 70
    INTERRUPTED = 130


PRECEDENCE = (Exit.FAULT, Exit.INPUT, Exit.VIOLATED, Exit.OPEN, Exit.NOTHING, Exit.HOLDS)


def exit_code(report: Report, *, no_vacuous: bool = False) -> Exit:
    """Return the exit code of ``check``: complaints before violations before open verdicts before nothing at all."""
    if report.complaints:
        return Exit.INPUT
    verdicts = [result.verdict for result in report.results]
    if any(verdict.answer is Answer.VIOLATED or (no_vacuous and verdict.vacuous) for verdict in verdicts):
        return Exit.VIOLATED
    if any(verdict.answer is Answer.OPEN for verdict in verdicts):
        return Exit.OPEN
    return Exit.HOLDS if verdicts else Exit.NOTHING


def matrix_exit_code(report: Report) -> Exit:
    """Return the exit code of ``matrix``, which is a report: whether every cell is decided is all that counts."""
    if report.complaints:
        return Exit.INPUT
    if any(result.verdict.answer is Answer.OPEN for result in report.results):
        return Exit.OPEN
    return Exit.HOLDS if report.results else Exit.NOTHING


def worst(*codes: Exit) -> Exit:
    """Return the code that wins when several apply; `Exit.HOLDS` of none."""
    return next((code for code in (Exit.INTERRUPTED, *PRECEDENCE) if code in codes), Exit.HOLDS)
