"""Which properties apply to a model, under which names and codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.ir.model import Kind
from tdispmodel.reading import NotApplicable, read, read_model, read_properties
from tdispmodel.source import Rejected
from tests.reading.texts import codes, reading

DESIGN = """from enum import Enum

from tdispmodel.dsl import Actor, Component, Constant, Each, action, invariant


class Mode(Enum):
    SLOW = 1
    FAST = 2


class Device(Component):
    on: bool = False


class Guest(Component):
    devices: Each[Device]
    mode: Constant[Mode] = Mode.SLOW

    @action(by=Actor.HOST)
    def lose(self, device: Device) -> None:
        device.on = False


@invariant(code="TDM500")
def own(now: Guest) -> bool:
    return now.mode is Mode.SLOW
"""
CHANGED = """from design import Device, Guest, Mode
from tdispmodel.dsl import Each, removes


class Trusted(Device):
    trust: bool = False


@removes(Guest.lose)
class Changed(Guest):
    devices: Each[Trusted]
    mode = Mode.FAST
"""
QUESTIONS = """from design import Device, Guest, Mode
from tdispmodel.dsl import given, invariant, needs, stays_possible


def helper(now: Device) -> bool:
    return now.on


@invariant
def asked(now: Device) -> bool:
    return helper(now)


@needs("Device.trust", "Guest.devices")
@stays_possible(code="TDM900")
def trusted(now: Device) -> bool:
    return now.trust


@given(mode=Mode.SLOW)
@invariant
def slow(now: Guest) -> bool:
    return True


@needs("Guest.lose")
@invariant
def loses(now: Guest) -> bool:
    return True
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a design, a change of it, and questions."""
    for name, text in {"design": DESIGN, "changed": CHANGED, "questions": QUESTIONS}.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def test_questions_apply_to_the_base(folder: Path) -> None:
    """A question whose needs are missing is skipped with the reason; free codes begin at TDM900 and miss those in use."""
    found = read(folder / "design.py").properties_from([folder / "questions.py"])
    assert [(known.name, known.code) for known in found.properties] == [
        ("asked", "TDM901"),
        ("slow", "TDM902"),
        ("loses", "TDM903"),
    ]
    assert found.skipped == (NotApplicable("trusted", "TDM900", "the model has no Device.trust"),)


def test_questions_apply_to_a_change(folder: Path) -> None:
    """A question about Device may speak of what the design's own device has; a fixed constant and a removed action skip others."""
    found = read(folder / "changed.py").properties_from([folder / "questions.py"])
    assert [(known.name, known.kind, known.about) for known in found.properties] == [
        ("asked", Kind.INVARIANT, "Device"),
        ("trusted", Kind.STAYS_POSSIBLE, "Device"),
    ]
    assert [(known.name, known.reason) for known in found.skipped] == [
        ("slow", "the proposal fixes mode to FAST"),
        ("loses", "the model has no Guest.lose"),
    ]


def test_a_question_about_an_unrelated_class_is_skipped(folder: Path) -> None:
    """A class of the same name in another file is another class, so its questions do not apply."""
    other = folder / "other"
    other.mkdir()
    (other / "alone.py").write_text(DESIGN, encoding="utf-8")
    found = read(other / "alone.py").properties_from([folder / "questions.py"])
    assert found.properties == ()
    assert {known.reason for known in found.skipped} == {
        "the model has no Device",
        "the model has no Device.trust",
        "the model has no Guest",
    }


TWINS = [
    ("    return now.mode is Mode.SLOW", "E207"),
    ("    return real(now)", ""),
    ("    return step.is_(Other.lose)", "E207"),
    ("    return step.is_(Guest.lose)", ""),
]


@pytest.mark.parametrize(("line", "code"), TWINS)
def test_a_twin_is_no_substitute(line: str, code: str, folder: Path) -> None:
    """An enum or component of the same name from another file is another one to Python, so it cannot be meant."""
    (folder / "twin.py").write_text(DESIGN, encoding="utf-8")
    text = """from design import Guest
from helping import real
from tdispmodel.dsl import Step, step_property
from twin import Guest as Other
from twin import Mode


@step_property
def asked(now: Guest, after: Guest, step: Step) -> bool:
"""
    helping = "from design import Guest, Mode\n\n\ndef real(now: Guest) -> bool:\n    return now.mode is Mode.FAST\n"
    (folder / "helping.py").write_text(helping, encoding="utf-8")
    (folder / "questions.py").write_text(text + line + "\n", encoding="utf-8")
    design = read(folder / "design.py")
    if not code:
        assert len(design.properties_from([folder / "questions.py"]).properties) == 1
        return
    with pytest.raises(Rejected) as caught:
        design.properties_from([folder / "questions.py"])
    assert [complaint.code for complaint in caught.value.complaints] == [code]


def test_the_same_file_counts_once(folder: Path) -> None:
    """A file of questions that is given twice is asked once, and the model's own file is not asked again."""
    design = read(folder / "design.py")
    again = [folder / "questions.py", folder / ".." / folder.name / "questions.py", folder / "design.py"]
    assert len(design.properties_from(again).properties) == 3
    assert [known.name for known in design.model.properties] == ["own"]


def test_two_questions_of_one_name_are_refused(folder: Path) -> None:
    """The same name in two files is a mistake in the second."""
    (folder / "more.py").write_text(QUESTIONS.replace("TDM900", "TDM899"), encoding="utf-8")
    with pytest.raises(Rejected) as caught:
        read(folder / "design.py").properties_from([folder / "questions.py", folder / "more.py"])
    assert [complaint.code for complaint in caught.value.complaints] == ["E506"] * 4


def test_a_misspelt_name_is_no_reason_to_skip(folder: Path) -> None:
    """Without needs a name that the model has not is a mistake; with needs that are missing nobody looks."""
    text = QUESTIONS.replace("return now.trust", "return now.trusst")
    (folder / "questions.py").write_text(text, encoding="utf-8")
    assert len(read(folder / "design.py").properties_from([folder / "questions.py"]).skipped) == 1
    with pytest.raises(Rejected) as caught:
        read(folder / "changed.py").properties_from([folder / "questions.py"])
    (complaint,) = caught.value.complaints
    assert (complaint.code, complaint.hint) == ("E202", "did you mean trust?")


def test_the_shortcuts_say_the_same(folder: Path) -> None:
    """`read_model` and `read_properties` give what `read` gives."""
    design = read(folder / "design.py")
    assert read_model(folder / "design.py") == design.model
    assert read_properties([folder / "questions.py"], design) == design.properties_from([folder / "questions.py"])


KINDS = [
    ("invariant", "now: Guest, other: Device", Kind.INVARIANT, ["other"]),
    ("step_property", "now: Guest, after: Guest", Kind.STEP, []),
    ("never_endless", "now: Device, after: Device, step: Step", Kind.NEVER_ENDLESS, []),
    ("leads_to(after=lambda x: x.ready)", "now: Guest", Kind.LEADS_TO, []),
    ("leads_to(after=is_ready)", "g: Guest", Kind.LEADS_TO, []),
    ("leads_to(after=lambda x, y: y.on)", "now: Guest, one: Device", Kind.LEADS_TO, ["one"]),
    ("must_be_possible", "now: Guest, after: Guest, step: Step", Kind.MUST_BE_POSSIBLE, []),
    ("must_be_possible", "now: Device, other: Device", Kind.MUST_BE_POSSIBLE, ["other"]),
    ('stays_possible(code="X1Y")', "now: Guest", None, []),
    ("step_property", "now: Guest, after: Guest, device: Device", None, []),
    ("leads_to(after=lambda x: x.on)", "now: Guest, one: Device", None, []),
    ("leads_to(after=is_ready)", "now: Device", None, []),
    ("must_be_possible", "now: Guest, step: Step", None, []),
]
SMALL = """class Device(Component):
    on: bool = False


class Guest(Component):
    devices: Each[Device]
    ready: bool = False


def is_ready(guest: Guest) -> bool:
    return guest.ready


"""


@pytest.mark.parametrize(("decorator", "parameters", "kind", "further"), KINDS)
def test_kinds(decorator: str, parameters: str, kind: Kind | None, further: list[str]) -> None:
    """Each decorator gives its kind with the parameters that it may have, and refuses others."""
    text = f"{SMALL}@{decorator}\ndef f({parameters}) -> bool:\n    return True\n"
    if kind is None:
        assert len(codes(text)) == 1
        return
    (found,) = reading(text).model.properties
    assert (found.kind, [parameter.name for parameter in found.parameters]) == (kind, further)


@pytest.mark.parametrize("decorator", ["invariant", "stays_possible", "must_be_possible"])
def test_a_second_instance_is_not_called_after(decorator: str) -> None:
    """``(now, after)`` above a property of states would mean two instances of one state, and is refused."""
    text = """class Device(Component):
    on: bool = False


class Guest(Component):
    devices: Each[Device]


@{}
def gains(now: Device, {}: Device) -> bool:
    return not now.on
"""
    assert ["E501"] == codes(text.format(decorator, "after"))
    assert [] == codes(text.format(decorator, "other"))
