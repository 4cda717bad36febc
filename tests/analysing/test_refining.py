"""Refinement: what a small model stands for, and where it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tdispmodel.analysing.refining import refine
from tdispmodel.checking.asking import Plan
from tdispmodel.checking.catalogue import PACKAGE, Catalogue, find_catalogue
from tdispmodel.cli import main
from tdispmodel.reading import read, read_model
from tdispmodel.reports.options import Options
from tdispmodel.reports.refinement import Refinement, render
from tdispmodel.semantics.grounding import Scope, ground
from tdispmodel.semantics.meaning import Semantics
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer

MODELS = PACKAGE / "models"
SMALL = MODELS / "small_interface.py"

COUNTER = """
from typing import Annotated
from tdispmodel.dsl import Actor, Component, Each, Range, action, require

class Wheel(Component):
    hours: Annotated[int, Range(0, 3)] = 0

class Clock(Component):
    wheels: Each[Wheel]

    @action(by=Actor.KERNEL)
    def tick(self, wheel: Wheel) -> None:
        wheel.hours = 0 if wheel.hours == 3 else wheel.hours + 1
"""
"""Each wheel goes through 0, 1, 2, 3."""

BLINKER = """
from tdispmodel.dsl import Actor, Component, action

class Blinker(Component):
    odd: bool = False

    @action(by=Actor.KERNEL)
    def blink(self) -> None:
        self.odd = not self.odd
"""

PAIRS = """
from typing import Annotated
from tdispmodel.dsl import Actor, Component, Each, Range, action, require

class Half(Component):
    half: Annotated[int, Range(0, 1)] = 0

class Day(Component):
    halves: Each[Half]

    @action(by=Actor.KERNEL)
    def turn(self, one: Half) -> None:
        one.half = 1 - one.half
"""
"""Each half of a day follows the other; noon and midnight are its only steps."""


def file(folder: Path, name: str, text: str) -> Path:
    """Write a model."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def refined(full: Path, abstract: Path, mapping: Path | None = None, plan: Plan | None = None) -> Refinement:
    """Whether the model in one file refines that in another."""
    reading, small = read(full, (full.parent,)), read_model(abstract, (abstract.parent,))
    names = {variable.name for component in small.components for variable in component.variables}
    mapped = () if mapping is None else reading.mapping_from(mapping, names)
    return refine(reading.model, small, mapped, plan or Plan())


def catalogue() -> Catalogue:
    """The catalogue of the checkout."""
    return find_catalogue(Path(__file__))


def test_the_device_alone_refines_the_small_one() -> None:
    """Every step of the full device is a step of the four states, or leaves the state; each of their actions occurs."""
    found = refined(MODELS / "interface.py", SMALL)
    assert Answer.HOLDS is found.result.verdict.answer
    assert (("lock", "start", "unlock", "fail"), ()) == (found.taken, found.never)


def test_the_base_model_refines_the_small_one() -> None:
    """What the base model does to a device's TDI is a step of the same four states, whatever its constants."""
    for constants in ({}, {"vmm_traps_bus_master": False}, {"tsm_ties_session": False}, {"userspace": "ROGUE"}):
        found = refined(MODELS / "base.py", SMALL, plan=Plan(constants=constants))
        assert (Answer.HOLDS, ()) == (found.result.verdict.answer, found.never), constants


def test_the_small_one_is_not_larger_than_the_base_model() -> None:
    """Each of the seven moves of the small model is made by some step of the base model, so it is exactly its shadow."""
    small = Semantics(ground(read_model(SMALL)))
    (start,) = small.initial_states()
    states, moves = {start}, set()
    for _ in range(4):
        steps = {(state, after) for state in states for _, after in small.successors(state)}
        moves |= {pair for pair in steps if pair[0] != pair[1]}
        states |= {after for _, after in moves}
    system = ground(read_model(MODELS / "base.py"), Scope(1))
    base, where = Semantics(system), system.index["devices[0].tdi"]
    waiting = list(base.initial_states())
    seen, made = set(waiting), set()
    while waiting and made != moves:
        state = waiting.pop()
        for _, after in base.successors(state):
            if state[where] != after[where]:
                made.add(((state[where],), (after[where],)))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    assert len(moves) == 7
    assert moves == made


def test_a_step_that_is_none_is_shown() -> None:
    """A device that takes a LOCK in ERROR is no small device: session, keys, configuration, LOCK, a fault, LOCK."""
    found = refined(MODELS / "interface.py", SMALL, plan=Plan(constants={"unlocked_includes_error": True}))
    trace = found.result.verdict.trace
    assert trace is not None
    assert (6, "lock_interface(interfaces[0])") == (len(trace), trace.steps[-1][0])
    assert (("tdi", "ERROR", "CONFIG_LOCKED"),) == found.moved


def test_a_mapping_says_what_a_variable_is(tmp_path: Path) -> None:
    """A number is mapped to a truth value with a helper; every tick is a blink."""
    clock, blinker = file(tmp_path, "clock", COUNTER), file(tmp_path, "blinker", BLINKER)
    text = "from clock import Wheel\n\ndef high(now: Wheel) -> bool:\n    return now.hours >= 2\n\n"
    text += "def odd(now: Wheel) -> bool:\n    return now.hours in (1, 3) and (high(now) or now.hours == 1)\n"
    found = refined(clock, blinker, file(tmp_path, "odd", text))
    assert (Answer.HOLDS, ("blink",), 4) == (
        found.result.verdict.answer,
        found.taken,
        found.result.verdict.space and found.result.verdict.space.states,
    )


def test_a_view_of_each_instance(tmp_path: Path) -> None:
    """A model of one thing is compared with each of two: a step of the other is a stutter."""
    clock, blinker = file(tmp_path, "clock", COUNTER), file(tmp_path, "blinker", BLINKER)
    mapping = file(
        tmp_path, "odd", "from clock import Wheel\n\ndef odd(now: Wheel) -> bool:\n    return now.hours in (1, 3)\n"
    )
    found = refined(clock, blinker, mapping, Plan(devices=2))
    assert Answer.HOLDS is found.result.verdict.answer
    assert ["odd, 0", "odd, 1"] == [name for name, _ in found.mapping]


def test_instances_stand_for_instances(tmp_path: Path) -> None:
    """A model of several things is compared one by one, and a step of one is a step of its image or a stutter."""
    clock, day = file(tmp_path, "clock", COUNTER), file(tmp_path, "day", PAIRS)
    text = "from clock import Wheel\n\ndef half(now: Wheel) -> int:\n    return 1 if now.hours >= 2 else 0\n"
    text = text.replace("-> int", "-> Annotated[int, Range(0, 1)]")
    text = "from typing import Annotated\nfrom tdispmodel.dsl import Range\n" + text
    found = refined(clock, day, file(tmp_path, "half", text), Plan(devices=2))
    assert Answer.HOLDS is found.result.verdict.answer
    assert ["halves[0].half", "halves[1].half"] == [name for name, _ in found.mapping]


def test_two_moves_at_once_are_no_step(tmp_path: Path) -> None:
    """A step that moves two things is no step of a model that moves one at a time."""
    both = COUNTER.replace(
        "    def tick(self, wheel: Wheel) -> None:\n        wheel.hours = 0 if wheel.hours == 3 else wheel.hours + 1\n",
        "    def tick(self) -> None:\n        for wheel in self.wheels:\n            wheel.hours = 1\n",
    )
    clock, day = (
        file(tmp_path, "clock", both),
        file(tmp_path, "day", PAIRS.replace("half:", "hours:").replace(".half", ".hours")),
    )
    assert Answer.HOLDS is refined(clock, day).result.verdict.answer
    found = refined(clock, day, plan=Plan(devices=2))
    assert (Answer.VIOLATED, 1) == (found.result.verdict.answer, len(found.result.verdict.trace or ()))


def test_a_value_that_the_small_variable_cannot_have(tmp_path: Path) -> None:
    """A number beyond the small model's range is no state of it, though its action would assign it."""
    small = COUNTER.replace("Range(0, 3)", "Range(0, 2)").replace(
        "0 if wheel.hours == 3 else", "0 if wheel.hours == 2 else"
    )
    found = refined(file(tmp_path, "clock", COUNTER), file(tmp_path, "short", small))
    assert (Answer.VIOLATED, (("wheels[0].hours", 2, 3),)) == (found.result.verdict.answer, found.moved)


def test_a_start_state_that_is_none(tmp_path: Path) -> None:
    """A model that starts where the small one does not is no refinement of it, before any step."""
    late = COUNTER.replace("Range(0, 3)] = 0", "Range(0, 3)] = 2")
    found = refined(file(tmp_path, "late", late), file(tmp_path, "clock", COUNTER))
    assert (Answer.VIOLATED, 0) == (found.result.verdict.answer, len(found.result.verdict.trace or (1,)))


def test_a_start_state_that_is_none_is_shown(tmp_path: Path) -> None:
    """A clock that starts at 2 and should start at 0: the value that it has and the one that is required are shown."""
    late = COUNTER.replace("Range(0, 3)] = 0", "Range(0, 3)] = 2")
    found = refined(file(tmp_path, "late", late), file(tmp_path, "clock", COUNTER))
    lines = [line.strip() for line in render(found, Options()).splitlines()]
    assert ["required: hours = 0", "it has: hours = 2"] == lines[-2:]


@pytest.mark.parametrize(
    ("mapping", "part"),
    [
        ("", "the file maps nothing"),
        ("# nothing\n", "the file maps nothing"),
        ("from clock import Wheel\n\ndef od(now: Wheel) -> bool:\n    return True\n", "od maps nothing"),
        (
            (
                "from tdispmodel.dsl import Component\n\nclass Other(Component):\n    on: bool = False\n\n"
                "def odd(now: Other) -> bool:\n    return now.on\n"
            ),
            "a mapping declares no component",
        ),
        ("from clock import Wheel\n\ndef odd(now: Wheel) -> bool:\n    return now.minutes == 1\n", "minutes"),
        ("from clock import Wheel\n\ndef odd(now: Wheel, other: Wheel) -> bool:\n    return True\n", "one component"),
        (
            (
                "from enum import Enum\nfrom clock import Wheel\n\nclass Odd(Enum):\n    NO = 0\n\n"
                "def odd(now: Wheel) -> Odd:\n    return Odd.NO\n"
            ),
            "odd of blinker is bool, not Odd",
        ),
        ("def odd(now: Wheel) -> bool:\n    return True\n", "Wheel"),
        ("def odd(:\n", "syntax"),
    ],
)
def test_mistakes_are_complaints(tmp_path: Path, mapping: str, part: str) -> None:
    """A mapping that leaves out a variable, or makes no sense, is a complaint and no verdict."""
    clock, blinker = file(tmp_path, "clock", COUNTER), file(tmp_path, "blinker", BLINKER)
    with pytest.raises(Rejected) as raised:
        refined(clock, blinker, file(tmp_path, "mapping", mapping))
    assert part in " ".join(complaint.message for complaint in raised.value.complaints)


def test_a_misspelt_mapping(tmp_path: Path) -> None:
    """A function that is called almost like a variable is answered with the variable, where it stands; a helper is not."""
    clock, blinker = file(tmp_path, "clock", COUNTER), file(tmp_path, "blinker", BLINKER)
    text = "from clock import Wheel\n\ndef is_odd(now: Wheel) -> bool:\n    return now.hours == 1\n\n"
    text += "def odd_(now: Wheel) -> bool:\n    return is_odd(now)\n"
    with pytest.raises(Rejected) as raised:
        refined(clock, blinker, file(tmp_path, "mapping", text))
    (complaint,) = raised.value.complaints
    assert ("E201", 6, "did you mean odd?") == (complaint.code, complaint.place.line, complaint.hint)


def test_no_variable_of_this_name(tmp_path: Path) -> None:
    """Without a mapping, a variable that the larger model does not have is a complaint."""
    with pytest.raises(Rejected, match="no variable odd of sort bool"):
        refined(file(tmp_path, "clock", COUNTER), file(tmp_path, "blinker", BLINKER))


def test_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command ends with 0, 1 or 2 and says why: refined, not refined with the trace, a mapping that is missing."""
    clock = str(file(tmp_path, "clock", COUNTER))
    late = str(
        file(tmp_path, "late", COUNTER.replace("hours + 1", "hours + (1 if wheel.hours == 0 else 2 - wheel.hours)"))
    )
    blinker = str(file(tmp_path, "blinker", BLINKER))
    assert 0 == main(["refine", clock, clock])
    assert "Its actions that occur: tick(wheels[0])." in capsys.readouterr().out
    assert 1 == main(["refine", clock, late, "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert ("violated", 1) == (document["verdict"], document["exit"])
    assert [["tick(wheels[0])"] * 3, {"wheels[0].hours": [2, 3]}] == [document["trace"], document["moved"]]
    assert 2 == main(["refine", clock, blinker])
    assert "E628" in capsys.readouterr().err
    assert 3 == main(["refine", "base", "small_interface", "--engine", "bmc", "--timeout", "1ms"])
    assert "open" in capsys.readouterr().out
    assert 2 == main(["refine", clock, str(tmp_path / "missing.py")])
    capsys.readouterr()
