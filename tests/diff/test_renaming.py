"""Reordering and renaming give an empty diff; anything else does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tdispmodel.analysing.diff.matching import matched
from tdispmodel.analysing.diff.renaming import Renaming, normal, parameters_of
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.ir.expressions import Enumeration
from tdispmodel.ir.model import Action, Component, Model, Parameter
from tdispmodel.printing import changes_text
from tdispmodel.reading import read

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Catalogue(ROOT)
SOME = ("status_quo", "lock_exclusive")


def model(name: str) -> Model:
    """A proposal of the catalogue."""
    return read(CATALOGUE.resolve(name), (ROOT,)).model


def changes(first: Model, second: Model) -> str:
    """What is written differently."""
    renaming = matched(first, second)
    return changes_text(normal(second, renaming, parameters_of(first)), normal(first))


def all_names(one: Model) -> Renaming:
    """New names for everything that has one."""
    sorts = [known.sort for known in one.constants]
    for component in one.components:
        sorts += [known.sort for known in component.variables] + [known.sort for known in component.constants]
    enums = {sort.name: sort for sort in sorts if isinstance(sort, Enumeration)}

    def new(names: list[str]) -> dict[str, str]:
        return {name: f"{name}_too" for name in names}

    return Renaming(
        components=new([component.name for component in one.components]),
        parts=new([part.name for component in one.components for part in component.parts]),
        variables=new([known.name for component in one.components for known in component.variables]),
        constants=new([known.name for known in one.constants])
        | new([known.name for component in one.components for known in component.constants]),
        actions=new([known.name for component in one.components for known in component.actions]),
        enums=new(list(enums)),
        members={name: new(list(sort.members)) for name, sort in enums.items()},
    )


def other_parameters(action: Action) -> tuple[str, ...]:
    """New names for the parameters of an action."""
    return tuple(f"{one.name}_too" for one in action.parameters)


def turned(component: Component) -> Component:
    """All that a component lists, the other way round."""
    return replace(
        component,
        variables=component.variables[::-1],
        actions=tuple(
            replace(action, guards=action.guards[::-1], updates=action.updates[::-1])
            for action in component.actions[::-1]
        ),
    )


@pytest.mark.parametrize("name", SOME)
def test_everything_has_another_name(name: str) -> None:
    """With all names of components, parts, variables, constants, actions, parameters, enums and members changed nothing is
    written differently, and each name is found: they are all the new name without its ending.
    """
    first = model(name)
    parameters = {
        f"{action.name}_too": other_parameters(action) for component in first.components for action in component.actions
    }
    second = normal(first, all_names(first), parameters)
    assert "changes nothing\n" == changes(first, second)
    told = matched(first, second).told
    assert len(told) > 50
    assert {old.removesuffix("_too") for old, _ in told} == {new for _, new in told}
    assert all(old == f"{new}_too" for old, new in told)


@pytest.mark.parametrize("name", SOME)
def test_everything_in_another_order(name: str) -> None:
    """Variables, actions, requirements and assignments in reverse order are no change."""
    first = model(name)
    second = replace(first, components=tuple(turned(component) for component in first.components))
    assert "changes nothing\n" == changes(first, second)


def test_one_requirement_less_is_seen() -> None:
    """Whichever action loses its first requirement, that is what is written differently, under any names."""
    first = model("status_quo")
    renaming, plain = all_names(first), normal(first)
    for place, component in enumerate(first.components):
        for number, action in enumerate(component.actions):
            guards = plain.components[place].actions[number].guards
            if not guards or number % 30:
                continue
            fewer = replace(action, guards=guards[1:])
            actions = list(component.actions)
            actions[number] = fewer
            components = list(first.components)
            components[place] = replace(component, actions=tuple(actions))
            told = changes(first, normal(replace(first, components=tuple(components)), renaming))
            assert "- requires" in told or "removed" in told, f"{component.name}.{action.name}"
            assert "+ requires" not in told or "added" in told


def test_operands_in_another_order(tmp_path: Path) -> None:
    """Conjuncts, sides of an equality, listed values, names of parameters and of bound instances may be swapped."""
    text = (ROOT / "tests" / "diff" / "lamps.txt").read_text()
    other = text
    for old, new in (
        (
            "require(not lamp.on)\n        require(self.wiring is Wiring.OLD)",
            "require(self.wiring is Wiring.OLD and not lamp.on)",
        ),
        ("lamp: Lamp", "one: Lamp"),
        ("lamp.on = True", "one.on = True"),
        ("not lamp.on", "not one.on"),
        ("all(each.on for each in self.lamps)", "all(another.on for another in self.lamps)"),
        ("self.mood in (Mood.CALM, Mood.GLAD)", "self.mood in (Mood.GLAD, Mood.CALM)"),
    ):
        assert old in other
        other = other.replace(old, new)
    pair = []
    for name, source in (("first", text), ("second", other)):
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        pair.append(read(path, (tmp_path,)).model)
    assert "changes nothing\n" == changes(pair[0], pair[1])


def test_full_names() -> None:
    """Names of instances follow those of their parts, and what an action concerns too."""
    renaming = Renaming(
        parts={"gadgets": "devices", "unit": "tsm"},
        variables={"state": "tdi"},
        actions={"glue": "bind"},
        components={"Visitor": "Guest"},
    )
    assert "devices[3].tsm.tdi" == renaming.variable("gadgets[3].unit.state")
    assert "bind(devices[0], devices[1].tsm)" == renaming.action("glue(gadgets[0], gadgets[1].unit)")
    assert "Guest.bind(devices[0])" == renaming.action("Visitor.glue(gadgets[0])")
    assert "start" == renaming.action("start")


def test_what_is_new_is_no_other_name() -> None:
    """An action that does something else is not taken for one of another name."""
    first = model("status_quo")
    root = first.component(first.root)
    action = replace(
        root.actions[0], name="surprise", guards=(), updates=(), parameters=(Parameter("device", "Device"),)
    )
    second = replace(
        first,
        components=tuple(
            replace(one, actions=(*one.actions[1:], action)) if one is root else one for one in first.components
        ),
    )
    told = changes(first, second)
    assert f"removed {root.name}.{root.actions[0].name}\n" in told
    assert f"added {root.name}.surprise(device)" in told
