"""A family is its model with any number of devices of the kinds: state by state, step by step, whatever the mixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from hypothesis import given, strategies as st

from tdispmodel.ir.expressions import BOOLEAN, IllFormed, Value
from tdispmodel.ir.model import Component, Constant, Model, Part
from tdispmodel.semantics import LeavesRange, Scope, Semantics, ground
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.semantics.grounding import constants, ground_properties
from tests.laws.random_systems import law
from tests.parametric.designs import HERE, design
from tests.parametric.test_laws import Asked, in_unusual_places, with_kinds

KINDS = HERE / "models" / "kinds.py"


def mixtures(family: Family, devices: int) -> Iterator[dict[str, Value]]:
    """All ways to give each device of each collection one of its kinds, as constants by full names."""
    rows = family.chosen.kinds
    choices = [
        [{f"{name}[{number}].{inner}": value for inner, value in row.items()} for row in rows[name]]
        for name in rows
        for number in range(devices)
    ]
    for chosen in product(*choices):
        yield {name: value for part in chosen for name, value in part.items()}


@pytest.mark.parametrize("models", [with_kinds, in_unusual_places])
@pytest.mark.parametrize("devices", [1, 2])
def test_a_family_is_its_mixtures(devices: int, models: Callable[[], st.SearchStrategy[Asked]]) -> None:
    """Its start states are those of all mixtures, and each leads where it leads in the mixture that it is of."""

    @law(30)
    @given(models())
    def check(asked: Asked) -> None:
        family, properties = asked
        whole = Semantics(family.system(devices))
        kept = family.kept(devices)
        frozen = [
            (place, one.name)
            for place, one in enumerate(whole.system.variables)
            if one.name in constants(family.original, devices)
        ]
        known: dict[tuple[Value, ...], Semantics] = {}
        starts = set()
        for mixture in mixtures(family, devices):
            here = Semantics(ground(family.original, Scope(devices, mixture, family.chosen.without)))
            key = tuple(dict(here.system.constants)[name] for _, name in frozen)
            known[key] = here
            starts |= {(key, state) for state in here.initial_states()}
        found = list(whole.initial_states())
        parted = [
            (tuple(state[place] for place, _ in frozen), tuple(state[place] for place in kept)) for state in found
        ]
        assert starts == set(parted)
        assert len(parted) == len(set(parted))
        for state, (key, own) in zip(found, parted, strict=True):
            here = known[key]
            assert steps(here, own) == {
                (name, tuple(after[place] for place in kept)) if after else (name, ())
                for name, after in steps(whole, state)
            }
            scope = family.one(devices, state)
            assert ground(family.original, scope).variables == here.system.variables
            for wanted in properties:
                asked_of_both = zip(
                    family.questions(family.property(wanted), devices),
                    ground_properties(family.original, wanted, scope),
                    strict=True,
                )
                for one, other in asked_of_both:
                    assert whole.holds(one.formula, state) is here.holds(other.formula, own)

    check()


def steps(semantics: Semantics, state: tuple[Value, ...]) -> set[tuple[str, tuple[Value, ...]]]:
    """The steps from a state: action and where it leads, nowhere where a number leaves its range."""
    found = set()
    for action in semantics.enabled(state):
        try:
            found.add((action.name, semantics.step(state, action)))
        except LeavesRange:
            found.add((action.name, ()))
    return found


def test_what_is_the_same_everywhere_is_put_in() -> None:
    """With one kind no variable is added, and the system is the model's own."""
    model = design(KINDS)
    family = Family(model, Kinds(kinds={"devices": ({"kind": "IMPOSTOR"},)}))
    scope = Scope(2, {"devices[0].kind": "IMPOSTOR", "devices[1].kind": "IMPOSTOR"})
    own = ground(model, scope)
    assert family.varying == {}
    assert family.system(2).variables == own.variables
    assert [one.guards for one in family.system(2).actions] == [one.guards for one in own.actions]


def test_a_kind_is_never_assigned() -> None:
    """A constant that differs is a variable that starts with the listed values, and no action changes it."""
    family = Family(design(KINDS), Kinds(kinds={"devices": ({"kind": "IMPOSTOR"}, {"kind": "GENUINE"})}))
    system = family.system(2)
    assert ("IMPOSTOR", "GENUINE") == next(one.initial for one in system.variables if one.name == "devices[1].kind")
    assert not any(each.variable.endswith(".kind") for action in system.actions for each in action.assignments)


def test_one_constant_of_the_root_and_of_a_part_is_a_fault() -> None:
    """The reader refuses it; a model that was built so is no model of a family, since a name could mean either."""
    both = Constant("speed", BOOLEAN, True)
    part = Component("Unit", ("Unit",), constants=(both,))
    root = Component("Plan", ("Plan",), parts=(Part("units", "Unit", many=True),))
    with pytest.raises(IllFormed, match="are constants of the root and of a part"):
        Family(Model("plan", "Plan", (root, part), (both,)), Kinds())
