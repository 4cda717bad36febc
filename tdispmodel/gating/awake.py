"""Are the properties awake?  A gate with the mutants that each of them kills, and a least score.

Given a gate and the mutation coverage of its proposals; gives the gate with kills beside the verdicts, a score for each
proposal, and a problem for each score that is too low.  A mutant that is not decided counts as not noticed; where that
alone makes a score too low, the gate is open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tdispmodel.gating.vocabulary import Gated, Kills, MutationScore, Problem, Trouble
from tdispmodel.reports.mutants import Coverage, Status
from tdispmodel.source import Place


def awake(gated: Gated, found: Sequence[Coverage], least: int | None, paths: Mapping[str, str]) -> Gated:
    """Return the gate with the scores of its proposals, which stand at ``paths``; ``least`` is in percent."""
    kills = {
        (coverage.proposal, score.property): Kills(score.noticed, score.of)
        for coverage in found
        for score in coverage.scores
        if score.noticed is not None
    }
    rows = tuple(replace(row, kills=kills.get((row.cell.proposal, row.cell.property))) for row in gated.rows)
    scores = tuple(score_of(coverage) for coverage in found)
    problems = [low(score, least, Place(paths[score.proposal])) for score in scores if least is not None]
    told = tuple(problem for problem in problems if problem is not None)
    return replace(gated, rows=rows, scores=scores, problems=gated.problems + told)


def score_of(found: Coverage) -> MutationScore:
    """Return how many mutants of a proposal are noticed."""
    noticed, undecided = len(found.of(Status.NOTICED)), len(found.of(Status.OPEN))
    return MutationScore(found.proposal, noticed, found.counted, undecided, tuple(found.survivors))


def low(score: MutationScore, least: int, place: Place) -> Problem | None:
    """Return the problem with a score of less than ``least`` percent; None if there is none."""
    if 100 * score.noticed >= least * score.counted:
        return None
    message = f"{score.proposal}: {score}, not {least} %"
    if 100 * (score.noticed + score.undecided) >= least * score.counted:
        return Problem(Trouble.OPEN_SCORE, place, f"{message}; {score.undecided} are open", "give it more --timeout")
    return Problem(Trouble.LOW_SCORE, place, message, "write a property about what nobody notices")
