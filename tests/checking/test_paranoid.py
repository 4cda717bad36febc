"""What holds must be said by two engines of different families, and by nobody be denied."""

from __future__ import annotations

import pytest

from tdispmodel.engines.paranoid import FAMILIES, Paranoid
from tdispmodel.engines.protocol import Limits
from tdispmodel.verdict import Answer, Contradiction, Verdict
from tests.checking.test_portfolio import SAFE, SMALL, Fake, engines, verdict

__all__ = ["engines"]


def asked(**answers: Answer) -> dict[str, Fake]:
    """Engines by name, each with its answer on `SMALL`."""
    found = {name: Fake(name, {"small": verdict(SMALL, answer, name)}) for name, answer in answers.items()}
    for each in found.values():
        each.exhaustive = True
    return found


def answered() -> Verdict:
    """What the paranoid say of `SMALL`."""
    (found,) = Paranoid().answer(SAFE, [SMALL], Limits())
    return found


def test_two_families_confirm(engines: dict[str, Fake]) -> None:
    """What one engine says and one of another family confirms holds, and both are named."""
    engines.update(asked(explicit=Answer.HOLDS, diagrams=Answer.HOLDS, ic3=Answer.HOLDS))
    found = answered()
    assert (Answer.HOLDS, "explicit", "diagrams") == (found.answer, found.engine, found.confirmed_by)
    assert engines["ic3"].asked == [], "two are enough"


def test_a_relative_does_not_confirm(engines: dict[str, Fake]) -> None:
    """An engine of the same family is not even asked, and without another one the answer is open, in words."""
    engines.update(asked(ic3=Answer.HOLDS, sat=Answer.HOLDS))
    assert FAMILIES["ic3"] == FAMILIES["sat"]
    found = answered()
    assert (Answer.OPEN, "ic3") == (found.answer, found.engine)
    assert "ic3 says that it holds, and no engine that shares no code with it confirms it" == found.reason
    assert engines["sat"].asked == []


def test_an_open_answer_does_not_confirm(engines: dict[str, Fake]) -> None:
    """Who does not know confirms nothing; the next one is asked."""
    engines.update(asked(explicit=Answer.HOLDS, diagrams=Answer.OPEN, ic3=Answer.HOLDS))
    assert "ic3" == answered().confirmed_by


def test_who_denies_it_stops_everything(engines: dict[str, Fake]) -> None:
    """A second engine that says the opposite is a contradiction."""
    engines.update(asked(explicit=Answer.HOLDS, diagrams=Answer.VIOLATED))
    with pytest.raises(Contradiction, match="small"):
        answered()


def test_one_counterexample_is_enough(engines: dict[str, Fake]) -> None:
    """What is violated is replayed by the judge; nobody has to confirm it."""
    engines.update(asked(explicit=Answer.VIOLATED, diagrams=Answer.HOLDS))
    assert (Answer.VIOLATED, "") == (answered().answer, answered().confirmed_by)
    assert engines["diagrams"].asked == []


def test_only_those_that_are_named(engines: dict[str, Fake]) -> None:
    """With names, nobody else is asked."""
    engines.update(asked(explicit=Answer.HOLDS, diagrams=Answer.HOLDS, ic3=Answer.HOLDS))
    (found,) = Paranoid(["explicit", "ic3"]).answer(SAFE, [SMALL], Limits())
    assert ("explicit", "ic3") == (found.engine, found.confirmed_by)
    assert engines["diagrams"].asked == []


def test_no_time_for_a_second_one(engines: dict[str, Fake]) -> None:
    """When the time is over nothing holds."""
    engines.update(asked(explicit=Answer.HOLDS, diagrams=Answer.HOLDS))
    (found,) = Paranoid().answer(SAFE, [SMALL], Limits(seconds=0.0))
    assert Answer.OPEN is found.answer
