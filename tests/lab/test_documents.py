"""What is told of a run as JSON, where there is no kernel to ask."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest  # noqa: TC002  # as in every other file of tests

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.checking.replaying import SUFFIX, judged
from tdispmodel.cli import main
from tdispmodel.exporting import itf
from tdispmodel.lab.counterexamples.emulating import Interface
from tdispmodel.lab.counterexamples.reproducing import Account, Done, Outcome, plan
from tdispmodel.lab.documents import Asked, conformance, reproduction, schema
from tdispmodel.lab.running.observing import Device, Seen
from tdispmodel.lab.running.operations import DEFERS
from tdispmodel.lab.sequences.conforming import Conformance, Difference, Tally
from tdispmodel.lab.sequences.planning import Transition
from tdispmodel.lab.sequences.wandering import Wandering, Wish
from tdispmodel.reports.exits import Exit


def asked(name: str) -> tuple[Asked, Account]:
    """Return a stored counterexample, and an account in which each step was done and the last one differs."""
    catalogue = find_catalogue()
    found = itf.load(catalogue.counterexamples / f"{name}{SUFFIX}")
    result = judged(load(catalogue, catalogue.resolve(found.proposal)), found)
    assert result.verdict.trace is not None
    planned = plan(result.system, result.verdict.trace)
    seen = Seen(True, True, (Device(True, "lab_driver"),), ("[ 1.0] bus: 'pci'",), ("add /devices/x",))
    steps = [Done(step) for step in planned.every[:-1]]
    last = Done(planned.every[-1], seen, "otherwise", (Interface("RUN", locked=True, accepted=True, ranges=1), None))
    account = Account(planned, "7.2", Outcome.OTHERWISE, (*steps, last), "otherwise")
    return Asked(found.proposal, result.verdict.property, result.system, ("bind",)), account


def test_an_account_is_one_that_its_schema_describes() -> None:
    """The document fits its schema, has every step with who did it and how, what was seen, and how that differs."""
    about, account = asked("cc_probe_defer/prepare_runs_once")
    found = json.loads(reproduction(about, account, Exit.VIOLATED))
    jsonschema.Draft202012Validator(schema("reproduce")).validate(found)
    assert (found["exit"], found["outcome"], found["kernel"]) == (1, "not reproduced", "7.2")
    assert found["driver"] == {"name": DEFERS.name, "own": True, "parameters": "does=1"}
    assert [step["action"] for step in found["steps"]] == [step.name for step in account.plan.every]
    assert [step["by"] for step in found["steps"]] == ["boot", "nobody", "guest", "guest", "kernel"]
    assert found["steps"][2]["commands"] == ["insmod /modules/lab_driver.ko does=1"]
    assert found["steps"][-1]["seen"]["devices"] == [{"present": True, "driver": "lab_driver", "deferred": False}]
    assert found["steps"][-1]["emulated"] == [{"tdi": "RUN", "locked": True, "accepted": True, "ranges": 1}, None]
    assert found["steps"][0]["seen"] is None
    assert found["unmodified"] == ["bind"]


def test_sequences_are_told_as_their_schema_describes() -> None:
    """The document fits its schema, and has which transition was taken, counts by attach path, and the difference."""
    before = (True, True, True, "NONE", False)
    bind, probe = Transition(before, "bind(devices[0])"), Transition((False, *before[1:]), "drivers_probe(devices[0])")
    differs = (Difference(("load_module", "drivers_probe(devices[0])"), "otherwise"),)
    one = Conformance("6.12", DEFERS, {"kernel": "BEFORE_6_19"}, (bind, probe), frozenset({bind}), 3, differs)
    found = json.loads(conformance(one, Exit.VIOLATED))
    jsonschema.Draft202012Validator(schema("lab")).validate(found)
    assert [(entry["action"], entry["taken"]) for entry in found["transitions"]] == [
        ("bind(devices[0])", True),
        ("drivers_probe(devices[0])", False),
    ]
    assert found["paths"] == [
        {"path": "e", "autoprobe": True, "taken": 1, "transitions": 1},
        {"path": "f", "autoprobe": False, "taken": 0, "transitions": 1},
    ]
    assert not found["conforms"]
    assert found["differences"][0]["steps"] == ["load_module", "drivers_probe(devices[0])"]


def test_random_sequences_are_told_as_their_schema_describes() -> None:
    """The document fits its schema, and has the seed, the sequence that was shrunk, and the gates of what was seen."""
    short = Difference(("load_module",), "otherwise")
    drawn = Wandering(Wish(5, 7), Tally(), 3, short, ("load_module", "new_id"), again=True)
    cells = {("bind", "all open"): "EAGAIN"}
    one = Conformance("6.12", DEFERS, {}, (), frozenset(), 3, (short,), cells)
    found = json.loads(conformance(one, Exit.VIOLATED, drawn))
    jsonschema.Draft202012Validator(schema("lab")).validate(found)
    assert (found["random"]["seed"], found["random"]["first"]) == (7, ["load_module", "new_id"])
    assert found["differences"] == [{"steps": ["load_module"], "words": "otherwise"}]
    assert found["gates"] == [{"step": "bind", "gate": "all open", "came": "EAGAIN"}]


def test_no_counterexample_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a property that holds the document says that nothing was run and why, with exit code 4; no kernel is needed."""
    words = ["reproduce", "initrd_autoprobe_off", "no_shared_exposure_after_initrd", "--json", "--progress", "never"]
    assert main(words) == Exit.NOTHING
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema("reproduce")).validate(found)
    assert (found["outcome"], found["reason"], found["steps"]) == ("not run", "there is no counterexample", [])


def test_a_script_and_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --script and --json the script is a file, and stdout is a document that says that nothing was run."""
    words = ["reproduce", "initrd_autoprobe_off", "no_shared_exposure_after_initrd", "--set", "kernel=BEFORE_6_19"]
    path = tmp_path / "hot-add.sh"
    assert main([*words, "--json", "--progress", "never", "--script", str(path)]) == Exit.HOLDS
    found = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(schema("reproduce")).validate(found)
    assert (found["exit"], found["outcome"]) == (0, "not run")
    assert path.read_text().startswith("#!/bin/sh")
