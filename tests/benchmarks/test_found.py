"""What peers print is read as what they found: samples as the programs print them, cut to the lines that matter."""

from __future__ import annotations

import json
from functools import partial

import pytest

from benchmarks.found import Found, Task, Unreadable, differences, of_abc, of_ours, of_rumur, of_spin
from benchmarks.subjects import MODELS, bench_tdi, starts

SPIN = """\
Full statespace search for:
State-vector 20 byte, depth reached 8385, errors: 0
   305009 states, stored
  2935698 states, matched
  3240707 transitions (= stored+matched)
hash conflicts:    123456 (resolved)
"""
LARGE = """\
Full statespace search for:
State-vector 28 byte, depth reached 181402, errors: 0
 14236899 states, stored
1.8431082e+08 states, matched
1.9854772e+08 transitions (= stored+matched)
"""
RUMUR = """\
\t 300000 states explored in 1s, with 3115762 rules fired and 5188 states in the queue.

Status:

\tNo error found.

State Space Explored:

\t305009 states, 3240706 rules fired in 1s.
"""
ASSERTED = 'Output 0 of miter "model" was asserted in frame 11.  Time =     0.06 sec\n'
PROVED = "Verification of invariant with 2 clauses was successful.\nProperty proved.  Time =     0.02 sec\n"

PUBLISHED = {
    1: (143, 565, 15),
    2: (6_543, 47_766, 27),
    3: (305_009, 3_240_706, 39),
    4: (14_236_899, 198_547_714, 51),
    5: (664_653_233, 11_476_593_854, 63),
    6: (31_032_728_283, 638_914_956_530, 75),
}
"""States, transitions and depth that SPIN, Rumur, Stateright, TLC and NuSMV agreed on (N = 5, 6: fewer of them)."""


@pytest.mark.parametrize("devices", PUBLISHED)
def test_what_is_expected_is_what_was_published(devices: int) -> None:
    """The closed form gives the numbers that several checkers agreed on."""
    found = bench_tdi(devices)
    assert PUBLISHED[devices] == (found.states, found.transitions, found.depth)


def test_spin_counts_the_first_store_as_a_transition() -> None:
    """SPIN's 3,240,707 transitions of bench-tdi with three devices are the 3,240,706 of everybody else."""
    assert of_spin(SPIN) == Found(305_009, 3_240_706, holds=True)
    assert differences(of_spin(SPIN), bench_tdi(3)) == []


def test_spin_chooses_among_start_states_from_one_more() -> None:
    """With two start states there are one state and two transitions more."""
    assert of_spin(SPIN, starts=2) == Found(305_008, 3_240_704, holds=True)
    assert starts("bool x;\ninit {\n  if\n  :: d_step { x = 0 }\n  :: d_step { x = 1 }\n  fi;\nend:\n") == 2
    assert starts("bool x = 0;\n\ninit {\nend:\n  do\n  :: d_step { x -> x = 0 }\n  od\n}\n") == 1


def test_spin_rounds_large_counts() -> None:
    """Beyond eight digits SPIN writes an exponent; what it rounds to the right number agrees, another one does not."""
    found = of_spin(LARGE)
    assert (found.states, found.exact) == (14_236_899, False)
    assert differences(found, bench_tdi(4)) == []
    wrong = of_spin(LARGE.replace("1.9854772e+08 trans", "1.9854872e+08 trans"))
    assert differences(wrong, bench_tdi(4)) == ["transitions: 198,548,719 where 198,547,714 are expected"]


def test_a_cut_search_counts_for_nothing() -> None:
    """When SPIN's stack was too short for its search, nothing that it counted is a result."""
    found = of_spin(f"error: max search depth too small\n{SPIN}")
    assert (found.states, found.open) == (None, "deeper than SPIN's stack")


@pytest.mark.parametrize("search", ["Bit statespace", "Hash-Compact 4"])
def test_a_search_that_may_lose_states_is_refused(search: str) -> None:
    """What SPIN prints with -DBITSTATE and with -DHC4, which lose states and report no error, is no result."""
    with pytest.raises(Unreadable, match="no exact search"):
        of_spin(SPIN.replace("Full statespace", search))


def test_an_error_of_a_peer_is_no_count() -> None:
    """A violation that ends a search is told as such, without the counts of what was visited until then."""
    assert of_spin(SPIN.replace("errors: 0", "errors: 1")) == Found(holds=False)
    assert of_rumur(RUMUR.replace("No error found", "1 error(s) found")) == Found(holds=False)


def test_rumur_says_in_the_end_what_it_explored() -> None:
    """The summary counts, not the lines of progress before it."""
    assert of_rumur(RUMUR) == Found(305_009, 3_240_706, holds=True)


def test_abc_is_believed_when_all_is_proved() -> None:
    """Proved means that it holds; asserted in frame 11 is a violation of ten steps; both together are one; neither is
    no answer, nor is a proof of one property where two were asked.
    """
    assert of_abc(PROVED + PROVED, 2) == Found(holds=True)
    assert of_abc(ASSERTED, 1) == of_abc(PROVED + ASSERTED, 2) == Found(holds=False, steps=10)
    for text in ("Cannot open input file", f"{PROVED}Property UNDECIDED.", f"{PROVED}Cannot open input file"):
        with pytest.raises(Unreadable):
            of_abc(text, 2)


@pytest.mark.parametrize("read", [of_spin, of_rumur, partial(of_abc, asked=1), of_ours])
def test_what_a_crash_prints_is_unreadable(read: object) -> None:
    """No reader makes a finding of nothing, or of a program that failed."""
    assert callable(read)
    for text in ("", "Segmentation fault", "{", '{"results": []}'):
        with pytest.raises(Unreadable):
            read(text)


def test_our_own_document() -> None:
    """Counts, the shortest violation and the engine's seconds are read from it; an open verdict is open, with the reason."""
    row = {"verdict": "violated", "trace": [1, 2, 3], "states": 5, "transitions": 7, "depth": 2, "reason": ""}
    longer, unknown = {**row, "trace": [1, 2, 3, 4]}, {**row, "verdict": "open", "reason": "out of time"}
    document = {"results": [longer, row], "processor": {"read": 0.1, "engine": 1.5}}
    found = of_ours(f"a warning\n{json.dumps(document)}")
    assert (found, found.inside) == (Found(5, 7, 2, holds=False, steps=3), 1.5)
    assert of_ours(json.dumps({"results": [row, unknown]})) == Found(open="out of time")
    with pytest.raises(Unreadable, match="two numbers of states"):
        of_ours(json.dumps({"results": [row, {**row, "states": 6}]}))


def test_differences_are_told_in_words() -> None:
    """Each number that differs is told; what one of the two does not say is not."""
    found = Found(6_542, 47_766, 28, holds=True)
    assert differences(found, MODELS[0].expected(Task.SPACE, 2)) == [
        "states: 6,542 where 6,543 are expected",
        "depth: 28 where 27 is expected",
    ]
    assert differences(Found(), bench_tdi(2)) == differences(found, Found()) == []
