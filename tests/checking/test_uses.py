"""Who uses a variable: by template, compared with the grounded system, which shares nothing with it but the model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.explaining import explanations
from tdispmodel.checking.topics import Known
from tdispmodel.checking.uses import Member, asked_about, assigned
from tdispmodel.ir.expressions import Expression, Read
from tdispmodel.ir.model import Model
from tdispmodel.semantics.grounding import Scope, ground, ground_properties, instances

KNOWN = Known(Catalogue(Path(__file__).resolve().parents[2]))
MODELS = {loaded.model.name: loaded for loaded in KNOWN.with_properties()}


def facts(word: str) -> dict[str, tuple[str, ...]]:
    """Return what ``explain`` lists of something, by label."""
    (explanation,) = explanations(KNOWN, word)
    return {fact.label: fact.items for fact in explanation.facts}


def owners(model: Model, full: str) -> set[Member]:
    """Return a flat variable as members: its name with each class of the instance that has it."""
    path, _, name = full.rpartition(".")
    component = next(known.component for known in instances(model, 1) if known.name == path)
    return {(ancestor, name) for ancestor in component.lineage}


def read(formula: Expression) -> Iterator[str]:
    """Yield the flat variables that a ground formula reads."""
    return (node.name for node in formula.walk() if isinstance(node, Read))


def test_a_name_that_three_models_have() -> None:
    """A variable is assigned by actions of its own model, and asked about by properties of its own model."""
    device, interface, small = facts("Device.tdi"), facts("Interface.tdi"), facts("SmallInterface.tdi")
    # the file of the small interface has these four actions, and no property of the catalogue is about it
    small_actions = ("lock", "start", "unlock", "fail")
    assert small["Assigned by"] == tuple(f"SmallInterface.{name}" for name in small_actions)
    assert "Asked in" not in small
    assert {name.partition(".")[0] for name in device["Assigned by"]} == {"Guest"}
    assert {name.partition(".")[0] for name in interface["Assigned by"]} == {"Platform"}
    assert {name[:4] for name in interface["Asked in"]} == {"TDM6"}
    assert {name[:4] for name in device["Asked in"]} & {"TDM6"} == set()
    assert "TDM202 accepted_is_running" in device["Asked in"]


def test_what_only_a_proposal_has() -> None:
    """A variable that a proposal adds lists the properties that are asked of this proposal."""
    asked = facts("TrustedDevice.trust")["Asked in"]
    # the one property of the catalogue that says @needs("Device.trust")
    assert [name for name in asked if "distrusted_device_is_driverless" in name]


def test_what_only_a_proposal_does() -> None:
    """An action of the base that assigns a variable in a proposal only is listed with a proposal that has it so."""
    # in the base start_initrd leaves autoprobe as it is; turning it off there is what some proposals are about
    listed = facts("Guest.autoprobe")["Assigned by"]
    assert "Guest.turn_autoprobe_on" in listed
    assert "Guest.start_initrd" not in listed
    (noted,) = [name for name in listed if name.startswith("Guest.start_initrd (")]
    assert noted.partition("(")[2].rstrip(")") in KNOWN.proposals
    assert "TDM114 managed_buses_stay_off" in facts("Guest.autoprobe")["Asked in"]


def test_a_constant_is_read_by_its_own_model() -> None:
    """A constant is read by actions of models that have it."""
    owners_of_readers = {name.partition(".")[0] for name in facts("nonce_is_checked")["Read by"]}
    assert owners_of_readers == {"Platform"}


@pytest.mark.parametrize("name", MODELS)
def test_grounding_agrees(name: str) -> None:
    """What a grounded action assigns and a grounded property reads is what their templates are said to."""
    loaded = MODELS[name]
    model = loaded.model
    said = {
        action: assigned(model, component, action) for component in model.components for action in component.actions
    }
    for action in ground(model).actions:
        members = set[Member]()
        for one in action.assignments:
            members |= owners(model, one.variable)
        assert members == said[action.template]
    for wanted in loaded.properties:
        grounded = ground_properties(model, wanted, Scope(1, dict(wanted.given)))
        names = {full for question in grounded for part in (question.formula, question.after) for full in read(part)}
        assert {member for full in names for member in owners(model, full)} <= asked_about(model, wanted)
