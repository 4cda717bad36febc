"""The promise of the gate, over ten thousand result sets and more, against an oracle written for itself."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from tdispmodel.gating import classifying
from tdispmodel.gating.classifying import classify, exit_of
from tdispmodel.gating.vocabulary import Asked, Cell, Expectation, Gated, Outcome, Problem, Status, Waiver
from tests.gating.oracle import exit_code
from tests.gating.synthetic import TODAY, Synthetic, synthetic

SETS, EACH = 200, 50
SEEDS = st.integers(0, 1 << 32)


def code_of(wanted: Synthetic) -> int:
    """The exit code that the gate gives."""
    return int(exit_of(classify(wanted.cells, wanted.entries, TODAY, wanted.asked, no_vacuous=wanted.no_vacuous)))


@settings(max_examples=SETS, deadline=None)
@given(SEEDS)
def test_ten_thousand_result_sets_end_as_the_oracle_says(seed: int) -> None:
    """The exit code of fifty result sets, in each of two hundred examples, is that of the oracle."""
    for number in range(EACH):
        wanted = synthetic(Random(f"{seed} {number}"))  # noqa: S311  # no secret
        assert exit_code(wanted, TODAY) == code_of(wanted), wanted


@settings(max_examples=SETS, deadline=None)
@given(SEEDS)
def test_nothing_passes_that_nobody_excuses(seed: int) -> None:
    """With exit code 0 each violation is expected, waived or in the baseline, and each open verdict is waived."""
    for number in range(EACH):
        wanted = synthetic(Random(f"{seed} {number} zero"))  # noqa: S311  # no secret
        if code_of(wanted) != 0:
            continue
        for cell in wanted.cells:
            names = {cell.property, cell.code or cell.property}

            def about(entry: Expectation | Waiver, proposal: str = cell.proposal, names: set[str] = names) -> bool:
                return entry.proposal == proposal and entry.property in names

            good = [
                entry.outcome
                for entry in wanted.entries.waivers
                if about(entry) and (entry.expires is None or entry.expires >= TODAY)
            ]
            if cell.outcome is Outcome.OPEN:
                assert Outcome.OPEN in good, wanted
            if cell.outcome is Outcome.VIOLATED:
                said = [entry.outcome for entry in wanted.entries.expectations if about(entry)]
                known = {(one, two) for one, two, _ in wanted.entries.baseline}
                assert (
                    Outcome.VIOLATED in said or Outcome.VIOLATED in good or (cell.proposal, cell.property) in known
                ), wanted


def test_every_exit_code_occurs_often() -> None:
    """Among three thousand sets each of the codes 0, 1, 3 and 4 occurs a hundred times, so that the laws above bite."""
    counted = Counter(code_of(synthetic(Random(f"often {seed}"))) for seed in range(3000))  # noqa: S311  # no secret
    assert {0, 1, 3, 4} == {code for code, times in counted.items() if times >= 100}


def _any_waiver(self: classifying._Matching, cell: Cell) -> Waiver | None:
    """A matching that does not ask what is waived."""
    return next((one for one in self.entries.waivers if (one.proposal, one.property) in cell.keys), None)


def _by_name(self: classifying._Matching, cell: Cell) -> bool:
    """A matching that does not ask under which assumptions the baseline was made."""
    return any(known[:2] == (cell.proposal, cell.property) for known in self.entries.baseline)


def _open_is_fine(outcome: Outcome, expected: Outcome | None) -> Status:
    """Statuses in which an open verdict can be expected."""
    return Status.PASS if outcome is Outcome.OPEN and expected is not None else PLAIN_STATUS(outcome, expected)


PLAIN_STATUS = classifying.plain_status
FAULTS: dict[str, tuple[object, str, object]] = {
    "expired waivers count": (Waiver, "expired", lambda _self, _today: False),
    "waivers end a day early": (
        Waiver,
        "expired",
        lambda self, today: self.expires is not None and today >= self.expires,
    ),
    "a waiver excuses any outcome": (classifying._Matching, "waiver", _any_waiver),
    "open is as good as expected": (classifying, "plain_status", _open_is_fine),
    "a baseline of other assumptions counts": (classifying._Matching, "is_known", _by_name),
    "what holds unexpectedly passes": (Gated, "fails", lambda _self, row: row.status is Status.FAIL),
    "stale entries pass": (Problem, "fails", False),
    "codes name nothing": (Cell, "keys", property(lambda self: ((self.proposal, self.property),))),
    "vacuous ones pass": (Gated, "fails", lambda _self, row: row.status in {Status.FAIL, Status.XPASS}),
    "entries of other proposals are stale": (Asked, "covers", lambda _self, _proposal: True),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_faults_are_noticed(fault: tuple[object, str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that is broken on purpose differs from the oracle on one of two thousand sets."""
    sets = [synthetic(Random(f"fault {seed}")) for seed in range(2000)]  # noqa: S311  # no secret
    expected = [exit_code(one, TODAY) for one in sets]
    monkeypatch.setattr(*fault)
    assert any(code != code_of(one) for one, code in zip(sets, expected, strict=True))
