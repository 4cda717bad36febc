"""Scores of mutants in a gate: when they are too low, when that is open, and what every channel says then."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tdispmodel.gating.awake import awake, low
from tdispmodel.gating.channels import json as documents
from tdispmodel.gating.channels.formats import channel
from tdispmodel.gating.channels.wording import GateOptions
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import MutationScore, Trouble
from tdispmodel.reports.mutants import Coverage, Notice, Score, Status, Tried
from tdispmodel.source import Place
from tests.gating import ktap_rules
from tests.gating.samples import passing

PLACE = Place("proposals/early.py")


def tried(number: int, status: Status) -> Tried:
    """A mutant of which this became."""
    noticed = (Notice("trusted_driver_can_run", "TDM501", True),) if status is Status.NOTICED else ()
    return Tried(number, "drop_effect", "Guest.bind", "bind does not bind", "driver", PLACE, status, noticed)


def coverage(noticed: int, survivors: int, undecided: int = 0) -> Coverage:
    """A coverage of ``early`` with so many mutants of each sort, and two that do not count."""
    sorts = [Status.NOTICED] * noticed + [Status.SURVIVOR] * survivors + [Status.OPEN] * undecided
    sorts += [Status.EQUIVALENT, Status.INVALID]
    scores = (
        Score("trusted_driver_can_run", "TDM501", "must_be_possible", True, noticed, noticed + survivors),
        Score("private_driver_only_in_run", "TDM103", "invariant", False, 0, noticed + survivors),
    )
    return Coverage("early", 1, (), (), tuple(tried(*each) for each in enumerate(sorts)), scores, complete=True)


@pytest.mark.parametrize(
    ("score", "least", "trouble"),
    [
        (MutationScore("p", 3, 4), 75, None),
        (MutationScore("p", 3, 4), 76, Trouble.LOW_SCORE),
        (MutationScore("p", 2, 3), 66, None),  # 66.67 %
        (MutationScore("p", 2, 3), 67, Trouble.LOW_SCORE),
        (MutationScore("p", 0, 0), 100, None),  # there is nothing that anybody could miss
        (MutationScore("p", 0, 1), 0, None),
        (MutationScore("p", 2, 4, undecided=1), 75, Trouble.OPEN_SCORE),  # 3 of 4, if the open one is noticed
        (MutationScore("p", 2, 4, undecided=1), 76, Trouble.LOW_SCORE),  # too low even then
        (MutationScore("p", 3, 4, undecided=1), 75, None),
    ],
)
def test_when_a_score_is_too_low(score: MutationScore, least: int, trouble: Trouble | None) -> None:
    """A score is too low below the least one, and open where mutants that are open decide about it."""
    found = low(score, least, PLACE)
    assert trouble is (found.trouble if found is not None else None)


@pytest.mark.parametrize(("least", "undecided", "code"), [(None, 0, 0), (60, 0, 0), (80, 0, 1), (60, 2, 3)])
def test_exit_codes(least: int | None, undecided: int, code: int) -> None:
    """A gate that is passed fails with a score that is too low, and is open with one that is not decided: 3 of 4 mutants are
    noticed, of 6 where two more are open.
    """
    gate = awake(passing(), [coverage(3, 1, undecided)], least, {"early": "proposals/early.py"})
    assert exit_of(gate) == code


def test_a_violation_comes_before_an_open_score() -> None:
    """Exit code 1 stays where a score is open, too."""
    gate = awake(passing(), [coverage(3, 1, 2), coverage(0, 1)], 60, {"early": "proposals/early.py"})
    assert exit_of(gate) == 1


def test_every_channel_says_it() -> None:
    """Kills stand beside verdicts, the score of the proposal is told, a low one is a failure wherever there are failures."""
    gate = awake(passing(), [coverage(3, 1)], 80, {"early": "proposals/early.py"})
    said = {name: channel(name)(gate, GateOptions(verbose=True)) for name in ("text", "ktap", "junit", "json", "sarif")}
    said |= {name: channel(name)(gate, GateOptions()) for name in ("github", "gitlab", "markdown", "rst", "b4")}
    words = "3 of 4 mutants are noticed (75 %)"
    assert {
        name for name, text in said.items() if words not in " ".join(text.replace("\\", "").replace("%25", "%").split())
    } == set()
    assert "TDM501 trusted_driver_can_run: holds (kills 3 of 4 mutants)" in said["text"]
    assert "all that survive: tdispmodel mutants early" in said["text"]
    assert "  ok 1 TDM501 trusted_driver_can_run # kills 3 of 4 mutants" in said["ktap"].splitlines()
    assert [test.ok for test in ktap_rules.read(said["ktap"]).tests] == [True, False]
    document = json.loads(said["json"])
    jsonschema.validate(document, documents.schema())
    assert document["cells"][0]["kills"] == {"noticed": 3, "of": 4}
    assert document["scores"] == [{"proposal": "early", "noticed": 3, "counted": 4, "undecided": 0}]
    assert all(len(line) <= 72 for line in said["text"].splitlines() + said["rst"].splitlines())


def test_who_sleeps() -> None:
    """A property that holds and kills nothing is named; a violated one is not."""
    found = coverage(3, 1)
    nobody = replace(found, scores=tuple(replace(score, noticed=0) for score in found.scores))
    text = channel("text")(awake(passing(), [nobody], None, {}), GateOptions())
    assert "asleep, since they hold and kill none: TDM501\n" in text
