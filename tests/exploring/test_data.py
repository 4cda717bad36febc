"""The data of a page, read back, is what another engine says of the same system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tdispmodel.exploring.description import Description
from tdispmodel.exploring.page import page
from tdispmodel.exploring.space import part_of
from tdispmodel.source import Rejected
from tests.exploring.conftest import BENCH, ROOT, Described
from tests.exploring.engine import words
from tests.exploring.packed import compare, engine_of, unpacked


def test_every_state_of_bench_tdi_is_the_engines(described: Described) -> None:
    """Of every state the values, the steps, where they lead, and the truth of every formula that the page mentions are
    those of compiled successors; the page has no other state, and as many as bench-tdi's own page says.
    """
    description = described()
    compare(description, page(description), (143, 565))


def test_every_state_of_a_proposal_is_the_engines(proposal: Description, proposal_page: str) -> None:
    """The same is true of the 2,824 states of a proposal, and of its formulas about steps."""
    assert len(proposal.book.of_steps) > 10
    compare(proposal, proposal_page)


def test_starts_are_all_start_states(proposal_page: str) -> None:
    """A device is genuine or an impostor, and the other choices are made by constants or start conditions: two starts,
    which differ in nothing else.
    """
    found = unpacked(proposal_page)
    first, second = (found.values(state) for state in found.document["starts"])
    names = [variable["name"] for variable in found.document["variables"]]
    different = [name for name, one, other in zip(names, first, second, strict=True) if one != other]
    assert different == ["devices[0].identity"]


def test_a_page_is_the_same_every_time() -> None:
    """Made by two processes that order sets differently, a page with all verdicts is the same byte for byte."""
    command = [sys.executable, "-m", "tdispmodel", "explore", str(BENCH), "-o", "-"]
    made = [
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert len(made[0]) > 10_000
    assert made[0] == made[1]


def test_five_thousand_states_are_below_half_a_megabyte(described: Described) -> None:
    """A page of more than 5,000 states has fewer than 500,000 bytes, all verdicts and words included."""
    description = described(ROOT / "proposals" / "ccprepare_alias.py", verdicts=False)
    assert len(description.contents.part.states) > 5000
    assert len(page(description).encode()) < 500_000


def test_where_there_is_no_room_the_radius_is_said(described: Described) -> None:
    """With room for fewer states the page has exactly those of the engine within a radius, says which, and knows the
    steps of all but those at the radius; one step further there would not have been room.
    """
    description = described(room=60, verdicts=False)
    found, engine = unpacked(page(description)), engine_of(described())
    radius = found.document["counts"]["radius"]
    depth = {tuple(map(words, state)): engine.explored.depth(number) for number, state in enumerate(engine.states)}
    shown = {found.values(state) for state in range(len(found.rows))}
    assert shown == {values for values, far in depth.items() if far <= radius}
    assert len(shown) <= 60 < sum(1 for far in depth.values() if far <= radius + 1)
    for state, steps in enumerate(found.steps):
        assert (steps is None) == (depth[found.values(state)] == radius)
    assert found.document["counts"]["border"] == sum(1 for far in depth.values() if far == radius)


def test_behaviours_reach_beyond_the_radius(described: Described) -> None:
    """The counterexample of bench-tdi's third property has more steps than the radius, and can be walked to its end."""
    description = described(room=40)
    found = unpacked(page(description))
    (shown,) = [known for known in found.document["properties"] if known["answer"] == "violated"]
    assert len(shown["path"]["actions"]) > found.document["counts"]["radius"]
    state = found.document["starts"][shown["path"]["start"]]
    for action in shown["path"]["actions"]:
        (state,) = [target for taken, target, _ in found.steps[state] or () if taken == action]
    assert found.steps[state] is not None
    (question,) = shown["questions"]
    assert not found.truths[state][question["state"]]


def test_room_for_the_start_is_needed(described: Described) -> None:
    """A page without room for the start states is refused."""
    system = described(ROOT / "proposals" / "initrd_autoprobe_off.py").system
    with pytest.raises(Rejected, match="has 2 start states, and there is room for 1"):
        part_of(system, 1)


def test_no_path_of_this_machine(proposal_page: str) -> None:
    """Places are named by file and line: a page says nothing of where it was made."""
    text = str(unpacked(proposal_page).document)
    assert str(Path.home()) not in text
    assert str(ROOT) not in text
    assert "device_core.py:" in text


NUMBERS = '''"""Numbers that take one byte, and two."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, invariant, require


class Numbers(Component):
    """They grow."""

    small: Annotated[int, Range(-3, 200)] = -3
    large: Annotated[int, Range(-300, 3000)] = -300

    @action(by=Actor.KERNEL)
    def grow(self) -> None:
        """Both grow."""
        require(self.small < 150)
        self.small = self.small + 50
        self.large = self.large + 700


@invariant(code="TDM901")
def stays_small(now: Numbers) -> bool:
    """It stays small."""
    return now.large < 2000
'''


def test_numbers_of_every_width(described: Described, tmp_path: Path) -> None:
    """Integers of one byte and of two, negative ones among them, are read back: five states, four steps."""
    file = tmp_path / "numbers_of_every_width.py"
    file.write_text(NUMBERS)
    description = described(file)
    assert [variable["width"] for variable in description.document["variables"]] == [1, 2]
    text = page(description)
    compare(description, text, (5, 4))
    found = unpacked(text)
    assert {found.values(state) for state in range(5)} == {(str(50 * n - 3), str(700 * n - 300)) for n in range(5)}
