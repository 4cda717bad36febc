"""What is told of sequences, where there is no kernel to ask."""

from __future__ import annotations

import pytest

from tdispmodel.cli import main
from tdispmodel.lab.running.operations import PVPANIC
from tdispmodel.lab.sequences.conforming import Conformance, Difference, Tally
from tdispmodel.lab.sequences.covering import conformance, wandering
from tdispmodel.lab.sequences.gates import ANOTHER, OPEN
from tdispmodel.lab.sequences.planning import Transition
from tdispmodel.lab.sequences.wandering import Wandering, Wish
from tests.lab.test_telling import mail

ABOUT = Conformance("6.12", PVPANIC, {"kernel": "BEFORE_6_19"}, (), frozenset(), 0, ())


def test_coverage_is_told() -> None:
    """Of two transitions, one taken and one that differed, the text has one of two, the attach path of each with its
    autoprobe, the missing one, how it differs, and what came of each pair of path and gate.
    """
    before = (True, True, True, "NONE", False)
    bind, probe = Transition(before, "bind(devices[0])"), Transition((False, *before[1:]), "drivers_probe(devices[0])")
    differs = (Difference(("load_module", "drivers_probe(devices[0])"), "devices[0].driver: otherwise"),)
    cells = {("bind", OPEN): "binds", ("bind", ANOTHER): "ENODEV"}
    found = Conformance("6.12", PVPANIC, {"kernel": "BEFORE_6_19"}, (bind, probe), frozenset({bind}), 3, differs, cells)
    assert found.pairs() == {("e", True): (1, 1), ("f", False): (0, 1)}
    text = conformance(found)
    assert "DIFFERS" in text
    assert "1 of 2 transitions taken, in 3 steps" in text
    assert "not taken: drivers_probe(devices[0])" in text
    assert "devices[0].driver: otherwise" in text
    assert "seen, one gate shut:    all open          override: another" in text
    assert "e  bind                 binds             ENODEV" in text
    assert mail(text)


def test_a_difference_of_random_sequences_is_told() -> None:
    """The text has the shortest sequence, how it differs, from how many steps it was shrunk, and that it was seen again."""
    wish = Wish(5, 7)
    short = Difference(("load_module", "bind(devices[0])"), "the model says DONE, seen EBUSY")
    found = Wandering(wish, Tally(), 9, short, ("load_module", "new_id", "bind(devices[0])"), again=True)
    text = wandering(ABOUT, found)
    assert "9 random sequences of seed 7" in text
    assert "after load_module, bind(devices[0]):" in text
    assert "shrunk from 3 steps to 2; it went the same way once more" in text
    assert mail(text)


def test_agreement_and_lack_of_time_are_told() -> None:
    """Sequences that all agree conform; where time was up first nothing is claimed."""
    assert "CONFORMS" in wandering(ABOUT, Wandering(Wish(5), Tally(), 5))
    late = wandering(ABOUT, Wandering(Wish(5), Tally(), 2, late=True))
    assert "OPEN" in late
    assert "time was up" in late


@pytest.mark.parametrize(
    "words", [("--random", "0"), ("--random", "5", "--briefly"), ("--driver", "virtio", "--devices", "2")]
)
def test_what_cannot_be_run_is_a_complaint(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """No sequences, brief random ones, and two devices where the lab has one are refused before anything is booted."""
    assert main(["lab", *words]) == 2
    assert "E610" in capsys.readouterr().err
