"""What every channel says of a row in the same words, where it points to, and how it is recognised from run to run."""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass

from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, Outcome, Problem, Row, Status, Trouble
from tdispmodel.ir.model import NOWHERE
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import Options, again, sentence, unanswered, word
from tdispmodel.reports.plain import ascii_only
from tdispmodel.reports.trace import rows as steps_of
from tdispmodel.source import Place
from tdispmodel.verdict import Trace

OURS = re.compile(r".*/(?=tdispmodel/models/)|.*/tdispmodel/_catalogue/(?=[a-z]+/)")
"""What stands before the files that come with the package."""

MEANINGS = {
    Trouble.STALE_EXPECTATION: "an expectation that matches nothing",
    Trouble.STALE_WAIVER: "a waiver that excuses nothing",
    Trouble.EXPIRED_WAIVER: "a waiver that expired",
    Trouble.LOW_SCORE: "a mutation score that is too low",
    Trouble.OPEN_SCORE: "a mutation score that is not decided",
}
CODES = {
    Trouble.STALE_EXPECTATION: ("TDG001", "stale_expectation"),
    Trouble.STALE_WAIVER: ("TDG002", "stale_waiver"),
    Trouble.EXPIRED_WAIVER: ("TDG003", "expired_waiver"),
    Trouble.LOW_SCORE: ("TDG004", "low_mutation_score"),
    Trouble.OPEN_SCORE: ("TDG005", "open_mutation_score"),
}
"""Code and name of what can be wrong with an entry, as properties have them."""


@dataclass(frozen=True)
class GateOptions(Options):
    """How a gate is to be shown: times only where ``seconds`` is given, everything in SARIF with ``sarif_all``."""

    sarif_all: bool = False


def title(row: Row) -> str:
    """Return code and name of the property of a row, as one line of ASCII."""
    return ascii_only(f"{row.cell.code} {row.cell.property}".strip())


def found(row: Row) -> str:
    """Return what was found, in a word or two: ``ok``, ``vac``, ``FAIL 3``, ``FAIL lasso``, ``open``, ``n/a``."""
    if row.cell.result is not None:
        return word(row.cell.result.verdict)
    return {Outcome.HOLDS: "ok", Outcome.VACUOUS: "vac", Outcome.VIOLATED: "FAIL", Outcome.OPEN: "open"}.get(
        row.cell.outcome, "n/a"
    )


def wanted(row: Row) -> str:
    """Return what was expected, as a word of `found`."""
    return {Outcome.VACUOUS: "vac", Outcome.VIOLATED: "FAIL"}.get(row.expected or Outcome.HOLDS, "ok")


def verdict_line(row: Row) -> str:
    """Return what became of a row in one sentence: ``FAIL 3, expected ok``, ``holds (kills 14 of 17 mutants)``."""
    told = _verdict(row)
    return f"{told} ({row.kills})" if row.kills is not None else told


def _verdict(row: Row) -> str:
    match row.status:
        case Status.FAIL:
            return f"{found(row)}, expected {wanted(row)}"
        case Status.XPASS:
            return f"XPASS: {found(row)}, expected {wanted(row)}"
        case Status.XFAIL:
            why = "expected to be violated" if row.expected is Outcome.VIOLATED else "known from the baseline"
            return f"{why} ({found(row)})"
        case Status.WAIVED:
            return f"waived ({found(row)}): {waived(row)}"
        case Status.VACUOUS:
            return "holds vacuously: its premise is never reached"
        case Status.OPEN:
            return f"open: {reason(row)}"
        case Status.SKIPPED:
            return f"not applicable: {reason(row)}"
        case Status.PASS:
            return "holds vacuously, as expected" if row.cell.outcome is Outcome.VACUOUS else "holds"


def waived(row: Row) -> str:
    """Return why a row is excused, and until when."""
    if row.waiver is None:
        return ""
    until = f" (until {row.waiver.expires})" if row.waiver.expires is not None else ""
    return ascii_only(row.waiver.reason) + until


def reason(row: Row) -> str:
    """Return why there is no verdict."""
    told = row.cell.reason if row.cell.result is None else unanswered(row.cell.result.verdict)
    return ascii_only(told or "no reason was given")


def out_of_time(row: Row) -> bool:
    """Whether a row is open because its time was used up."""
    return bool(re.search(r"\btime\b|timeout|timed out", row.cell.reason))


def says(row: Row) -> str:
    """Return the sentence of the property, empty if it has none."""
    return ascii_only(sentence(row.cell.result.verdict.property)) if row.cell.result is not None else ""


def trace_of(row: Row) -> Trace | None:
    """Return the counterexample of a row: that of a violation only."""
    if row.cell.result is None or row.cell.outcome is not Outcome.VIOLATED:
        return None
    return row.cell.result.verdict.trace


def steps(row: Row, first: int = 1) -> list[str]:
    """Return the steps of a counterexample from step ``first`` on as lines of a table; none where there are none."""
    trace = trace_of(row)
    if trace is None or row.cell.result is None or not trace.steps:
        return []
    return [line.rstrip() for line in steps_of(Names(row.cell.result.system), trace, first)]


def repeat(row: Row, options: Options) -> list[str]:
    """Return the words of the command that shows the counterexample, or asks again."""
    if row.cell.result is None:
        return [options.tool, "check", row.cell.proposal, "-k", row.cell.code or row.cell.property]
    return again(row.cell.result, options)


def place_of(row: Row) -> Place:
    """Return where a row points to: the guard of the last step that should not be possible, else the property.

    Of an action without a guard it is the action.
    """
    if row.cell.result is None:
        return Place(f"proposals/{row.cell.proposal}.py")
    trace, question = trace_of(row), row.cell.result.verdict.property
    if trace is not None and trace.steps:
        return step_place(row, trace.steps[-1][0])
    for place in (question.place, question.template.place if question.template else NOWHERE):
        if place != NOWHERE:
            return shown(place)
    return Place(f"proposals/{row.cell.proposal}.py")


def step_place(row: Row, action: str) -> Place:
    """Return where an action of a counterexample may happen: its first guard, else its head."""
    taken = row.cell.result.system.by_name.get(action) if row.cell.result is not None else None
    if taken is not None:
        for place in (*taken.places[:1], taken.template.place):
            if place != NOWHERE:
                return shown(place)
    return Place(f"proposals/{row.cell.proposal}.py")


def shown(place: Place) -> Place:
    """Return a place with a path that names no folder of this machine."""
    path = place.path.replace("\\", "/")
    if path.startswith("/"):
        ours = OURS.match(path)
        path = path[ours.end() :] if ours else posixpath.basename(path)
    return Place(posixpath.normpath(path or "unknown"), max(1, place.line), max(1, place.column))


def fingerprint(*words: str) -> str:
    """Return what recognises a finding in another run: a digest of words, never of lines."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def fingerprint_of(row: Row) -> str:
    """Return what recognises a row: proposal, property, status, and the actions of its counterexample."""
    trace = trace_of(row)
    actions = [action for action, _ in trace.steps] if trace is not None else []
    return fingerprint(row.cell.proposal, row.cell.property, row.status.value, *actions)


def fingerprint_of_problem(problem: Problem) -> str:
    """Return what recognises a problem with an entry."""
    return fingerprint(problem.trouble.value, posixpath.basename(problem.place.path), problem.message)


def summary(gated: Gated) -> str:
    """Return how many results there are of each sort, in one sentence."""
    failures = sum(gated.fails(row) for row in gated.rows)
    opened = gated.count(Status.OPEN)
    skipped = gated.count(Status.SKIPPED)
    excused = gated.count(Status.WAIVED)
    results = len(gated.rows) - skipped
    fine = results - failures - opened - excused
    vacuous = 0 if gated.no_vacuous else gated.count(Status.VACUOUS)
    troubles = [problem.trouble for problem in gated.problems]
    stale = troubles.count(Trouble.STALE_EXPECTATION) + troubles.count(Trouble.STALE_WAIVER)
    expired = troubles.count(Trouble.EXPIRED_WAIVER)
    low = troubles.count(Trouble.LOW_SCORE) + troubles.count(Trouble.OPEN_SCORE)
    counted = f"{results} result{'' if results == 1 else 's'}"
    parts = [f"{fine} as expected{f' ({vacuous} vacuous)' if vacuous else ''}", f"{failures} unexpected"]
    parts.append(f"{opened} open")
    others = (
        (excused, "waived"),
        (stale, "stale"),
        (expired, "expired"),
        (low, "low score" if low == 1 else "low scores"),
        (skipped, "not applicable"),
    )
    return f"{counted}: {', '.join(parts + [f'{number} {what}' for number, what in others if number])}"


def conclusion(gated: Gated) -> str:
    """Return whether the gate is passed, in a few words."""
    code = exit_of(gated)
    words = {Exit.HOLDS: "passed", Exit.VIOLATED: "failed", Exit.OPEN: "is open", Exit.NOTHING: "had nothing to check"}
    return words.get(code, "was interrupted" if code is Exit.INTERRUPTED else "could not be asked")
