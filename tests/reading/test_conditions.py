"""Conditions outside of model files mean what properties mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tdispmodel.reading import Reading, read
from tdispmodel.reading.conditions import ROOT
from tdispmodel.semantics.grounding import Scope, ground_formula, ground_properties, instances
from tdispmodel.source import Place, Rejected
from tests.laws.random_systems import law

HOUSE = '''"""Rooms in a house."""

from enum import Enum
from typing import Annotated

from tdispmodel.dsl import Component, Constant, Each, Ghost, Range, invariant


class Light(Enum):
    OFF = 0
    ON = 1


class Room(Component):
    """A room."""

    light: Light = Light.OFF
    people: Annotated[int, Range(0, 3)] = 0

    @property
    def wasteful(self) -> bool:
        return self.light is Light.ON and self.people == 0


class House(Component):
    """A house of rooms."""

    rooms: Each[Room]
    electric: Annotated[Constant[bool], Ghost] = True
    locked: bool = False

    def all_dark(self) -> bool:
        return all(room.light is Light.OFF for room in self.rooms)
'''

FORMS = [
    ("locked", "now.locked"),
    ("electric and not locked", "now.electric and not now.locked"),
    ("all(room.light is Light.OFF for room in rooms)", "all(room.light is Light.OFF for room in now.rooms)"),
    ("any(room.wasteful and locked for room in rooms)", "any(room.wasteful and now.locked for room in now.rooms)"),
    ("sum(room.people for room in rooms) > 2", "sum(room.people for room in now.rooms) > 2"),
    ("len(rooms) == 2 and all_dark()", "len(now.rooms) == 2 and now.all_dark()"),
    ("now.locked", "now.locked"),
    ("locked if electric else not locked", "now.locked if now.electric else not now.locked"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The model file."""
    path = tmp_path / "house.py"
    path.write_text(HOUSE)
    return path


def names(reading: Reading, count: int = 2) -> tuple[str, ...]:
    """Return the instances that an index may give."""
    return tuple(known.name for known in instances(reading.model, count) if known.name)


@pytest.mark.parametrize(("condition", "formula"), FORMS)
def test_as_in_a_property(house: Path, condition: str, formula: str) -> None:
    """A condition is the formula that a property would have with now. before the root's members."""
    scope = Scope(2)
    text = f'\n\n@invariant(code="TDM1")\ndef asked(now: House) -> bool:\n    return {formula}\n'
    house.write_text(HOUSE + text)
    reading = read(house)
    (question,) = ground_properties(reading.model, reading.model.properties[0], scope)
    template = reading.condition(condition, Place("x", 1, 1), condition, names(reading))
    named = {name: name for name in names(reading)} | {ROOT: ""}
    assert question.formula == ground_formula(reading.model, template, named, scope)


def test_index(house: Path) -> None:
    """An index names one instance, and no other."""
    reading = read(house)
    condition = "rooms[1].wasteful and rooms[0] is not rooms[1]"
    template = reading.condition(condition, Place("x", 1, 1), condition, names(reading))
    ground = ground_formula(reading.model, template, {name: name for name in names(reading)} | {ROOT: ""}, Scope(2))
    assert {"rooms[1].light", "rooms[1].people"} == {
        getattr(node, "name", None) for node in ground.walk() if hasattr(node, "name")
    }


@pytest.mark.parametrize(
    ("condition", "place", "code"),
    [
        ("rooms[2].wasteful", "x:3:8", "E201"),
        ("locked and rooms[0].colour", "x:3:19", "E202"),
        ("rooms[0]", "x:3:8", "E208"),
        ("rooms[locked].wasteful", "x:3:8", "E319"),
        ("rooms[True].wasteful", "x:3:8", "E319"),
        ("locked[0]", "x:3:8", "E319"),
        ("electric and 3", "x:3:21", "E302"),
        ("locked and", None, "E105"),
        ("locked) or (locked", "x:3:14", "E105"),
        ("__import__('os').system('id')", "x:3:8", "E201"),
        ("(lambda: locked)()", "x:3:8", "E319"),
        ("[locked for room in rooms]", "x:3:8", "E319"),
        ("not " * 900 + "locked", "x:3:8", "E106"),
        ("(" * 300 + "locked" + ")" * 300, None, None),
        ("x" * 5000, "x:3:8", "E107"),
        ("rooms[" + "9" * 3000 + "].wasteful", "x:3:8", "E201"),
        ("(locked := True)", "x:3:9", "E319"),
        ("step.actor", "x:3:8", "E201"),
    ],
)
def test_complaints(house: Path, condition: str, place: str | None, code: str | None) -> None:
    """What makes no sense is a complaint with its place in the file that the condition stands in; nothing is run."""
    reading = read(house)
    with pytest.raises(Rejected) as rejected:
        reading.condition(condition, Place("x", 3, 8), f"exists {condition}", names(reading))
    (complaint,) = rejected.value.complaints
    assert code is None or code == complaint.code
    assert place is None or place == str(complaint.place)


@law(300)
@given(text=st.text("locked rooms[01].waseful()andnti is,:\"'", max_size=40))
def test_any_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever the text, it is a formula or a complaint, never another failure."""
    path = tmp_path_factory.getbasetemp() / "house.py"
    if not path.exists():
        path.write_text(HOUSE)
    reading = read(path)
    places = {"x"}
    try:
        reading.condition(text, Place("x", 1, 1), text, names(reading))
    except Rejected as rejected:
        places = {complaint.place.path for complaint in rejected.complaints}
    assert {"x"} == places
