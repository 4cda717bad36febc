"""The verdicts on the device alone are those that were argued, for every switch both ways; and each can be violated."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import Catalogue, find_catalogue
from tdispmodel.checking.loading import Loaded, load, load_base
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.checking.settings import capabilities
from tdispmodel.verdict import Answer, Result, Verdict
from tests.interface.device import Device, device, model
from tests.interface.rows import GENERIC, REQUESTS

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
SWITCHES = EXPECTED["switches"]
BROKEN = sorted((HERE / "broken").glob("*.py"))
OTHER = "other_interface_has_no_effect"


def catalogue() -> Catalogue:
    """The catalogue of the checkout."""
    return find_catalogue(Path(__file__))


def asked(request: Request) -> dict[str, Result]:
    """The results by property; a complaint fails."""
    report = run(request).report
    assert () == report.complaints
    return {result.verdict.property.name: result for result in report.results}


@cache
def loaded(proposal: str) -> Loaded:
    """The device alone, or another model, with what is asked of it."""
    return load(catalogue(), catalogue().resolve(proposal))


def test_all_properties_hold_by_default() -> None:
    """With the default switches every property holds, and only that about another TDI vacuously."""
    results = asked(Request(catalogue(), proposals=("interface",)))
    assert set(EXPECTED["properties"]) == set(results)
    assert {Answer.HOLDS} == {result.verdict.answer for result in results.values()}
    assert ["other_interface_has_no_effect"] == [name for name, one in results.items() if one.verdict.vacuous]


def with_two(proposal: str) -> Verdict:
    """The verdict about the other TDI with two that are locked, started and stopped, and little else."""
    kept = {"open_session", "program_keys", "write_tracked_register"}
    kept |= {"lock_interface", "get_report", "start_interface", "stop_interface"}
    others = tuple(name for name in capabilities([model()]) if name.partition(".")[2] not in kept)
    return asked(Request(catalogue(), proposals=(proposal,), only=(OTHER,), devices=2, without=others))[OTHER].verdict


def test_two_interfaces_do_not_disturb_each_other() -> None:
    """With two TDIs that are locked, started and stopped, each leaves the other alone; this is no longer vacuous."""
    verdict = with_two("interface")
    assert (Answer.HOLDS, False) == (verdict.answer, verdict.vacuous)


def test_no_request_writes_to_another_interface() -> None:
    """With two TDIs no request that names one assigns a variable of the other, so it cannot have an effect on it."""
    requests = {*REQUESTS, *GENERIC}
    actions = [one for one in Device({}, devices=2).system.actions if one.template.name in requests]
    wrong = [
        (action.name, assignment.variable)
        for action in actions
        for assignment in action.assignments
        if assignment.variable.startswith("interfaces") and assignment.variable[:13] not in action.name
    ]
    assert [] == wrong
    assert len(actions) > len(requests)


def test_every_switch_is_argued() -> None:
    """Each constant of the model has its other value argued."""
    constants = {constant.name: constant.value for constant in model().constants}
    assert set(SWITCHES) == set(constants)
    assert all(entry["value"] != constants[name] and len(entry["why"]) > 20 for name, entry in SWITCHES.items())
    assert all(len(why) > 20 for why in EXPECTED["properties"].values())


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_flips_what_was_argued(switch: str) -> None:
    """With the other value exactly these properties are violated, first after as many steps as were counted by hand."""
    entry = SWITCHES[switch]
    one = device(*entry.get("with", {}).items(), (switch, entry["value"]))
    lengths = {known.name: one.shortest(known) for known in loaded("interface").properties if known.name != OTHER}
    assert entry["violated"] == {name: length for name, length in lengths.items() if length is not None}


def test_a_switch_flips_the_verdict_of_the_command() -> None:
    """What the reference semantics says of a switch is what a check with that constant says."""
    settings = {"report_is_exclusive": "true"}
    results = asked(Request(catalogue(), proposals=("interface",), settings=settings, select="TDM601 or TDM602"))
    traces = {name: result.verdict.trace for name, result in results.items()}
    found = traces["stop_is_never_refused"]
    assert found is not None
    assert (6, None) == (len(found), traces["error_is_entered_by_events_only"])


@pytest.mark.parametrize("path", [path for path in BROKEN if path.stem != OTHER], ids=lambda path: path.stem)
def test_a_broken_device_is_noticed(path: Path) -> None:
    """A device that breaks one promise violates the property after which its file is named."""
    broken = loaded(str(path))
    wanted = next(known for known in broken.properties if known.name == path.stem)
    assert Device({}, of=broken.model).shortest(wanted) is not None


def test_a_device_that_stops_both_is_noticed() -> None:
    """A device that looks at no INTERFACE_ID changes a TDI that was not meant."""
    assert Answer.VIOLATED is with_two(str(HERE / "broken" / f"{OTHER}.py")).answer


def test_every_property_is_violated_by_some_device() -> None:
    """No property of the list is one that cannot fail: a switch or a broken device violates it."""
    flipped = {name for entry in SWITCHES.values() for name in entry["violated"]}
    assert set(EXPECTED["properties"]) == flipped | {path.stem for path in BROKEN}


def test_all_requests_for_another_interface_are_meant() -> None:
    """The premise of the property about another TDI names every request that names a TDI."""
    known = {found.name: found for found in loaded("interface").properties}
    told = str(known["other_interface_has_no_effect"].formula)
    with_tdi = {action.name for component in model().components for action in component.actions if action.parameters}
    requests = with_tdi & ({*REQUESTS, *GENERIC})
    assert set() == {name for name in requests if f"'{name}'" not in told}


def test_the_device_is_not_asked_of_guests() -> None:
    """A property file is asked of models that have what it is about: no design of a guest is told of the device's."""
    base = load_base(catalogue())
    names = {known.name for known in base.properties} | {known.property for known in base.skipped}
    assert set() == names & set(EXPECTED["properties"])
    alone = loaded("interface")
    assert set(EXPECTED["properties"]) == {known.name for known in alone.properties}
    assert () == alone.skipped


def test_everything_is_told() -> None:
    """Every action and property of the device says in words what it is, and cites its section."""
    alone = loaded("interface")
    told = [action for component in alone.model.components for action in component.actions]
    assert [] == [one.name for one in told if not one.text or not one.source]
    assert [] == [one.name for one in alone.properties if not one.text or "PCIe" not in one.source]
    assert sorted({one.code for one in alone.properties}) == [one.code for one in alone.properties]
