"""The result document and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tdispmodel.ir.expressions import TRUE, And
from tdispmodel.reports.json import document, render, schema
from tdispmodel.reports.options import Options
from tdispmodel.source import Complaint, Place
from tdispmodel.verdict import (
    Answer,
    Certificate,
    ClosedStates,
    InductiveInvariant,
    Interchanged,
    KInduction,
    LocalStates,
    NumberedOrbits,
    NumberedStates,
    Report,
    Result,
    Space,
    Verdict,
    Witness,
)
from tests.reports.samples import (
    CAN_RUN,
    ENDLESS,
    ONLY_IN_RUN,
    RUN_STAYS,
    STORY,
    driver_system,
    holds,
    read,
    run,
    sample_report,
    violated,
)

KEYS = [
    "proposal",
    "property",
    "code",
    "kind",
    "verdict",
    "vacuous",
    "engine",
    "confirmed_by",
    "devices",
    "constants",
    "without",
    "bound",
    "reason",
    "certificate",
    "trace",
    "initial",
    "loop",
    "minimal",
    "needed",
    "why_not",
    "states",
    "transitions",
    "depth",
    "symmetry",
    "mutants",
    "seconds",
]


def validate(found: dict[str, Any]) -> None:
    """Raise unless the document is one that the shipped schema describes."""
    jsonschema.Draft202012Validator(schema()).validate(found)


def test_the_schema_is_a_schema() -> None:
    """The shipped schema is valid by its own draft, and closed: no object in it takes unknown keys silently."""
    shipped = schema()
    jsonschema.Draft202012Validator.check_schema(shipped)

    def objects(part: object) -> list[dict[str, Any]]:
        if isinstance(part, dict):
            here = [part] if part.get("type") == "object" else []
            return here + [found for inner in part.values() for found in objects(inner)]
        return [found for inner in part for found in objects(inner)] if isinstance(part, list) else []

    assert all("additionalProperties" in found for found in objects(shipped))
    assert set(KEYS) == set(shipped["$defs"]["result"]["required"]) == set(shipped["$defs"]["result"]["properties"])


def test_a_whole_document() -> None:
    """A violated property with two devices, constants and a switched-off capability, written out in full."""
    system = driver_system(1, (("kernel", "BEFORE_6_19"), ("probe_registers_child", False), ("n", 2)), ("host.error",))
    trace = run(system, STORY[1], STORY[3])
    report = Report((Result("status_quo", system, violated(ONLY_IN_RUN, trace, Space(4, 9, 2))),))
    found = json.loads(render(report))
    assert {"name": "tdispmodel", "version": "0.1.0"} == found.pop("tool")
    assert {
        "schema": "tdispmodel/result/1",
        "exit": 1,
        "results": [
            {
                "proposal": "status_quo",
                "property": "private_driver_only_in_run",
                "code": "TDM103",
                "kind": "invariant",
                "verdict": "violated",
                "vacuous": None,
                "engine": "explicit",
                "confirmed_by": "",
                "devices": 1,
                "constants": {"kernel": "BEFORE_6_19", "probe_registers_child": False, "n": 2},
                "without": ["host.error"],
                "bound": None,
                "reason": "",
                "certificate": None,
                "trace": [
                    {
                        "step": 1,
                        "actor": "userspace",
                        "action": "lock(devices[0])",
                        "changes": {"devices[0].tdi": ["CONFIG_UNLOCKED", "CONFIG_LOCKED"]},
                    },
                    {
                        "step": 2,
                        "actor": "kernel",
                        "action": "attach_on_arrival(devices[0])",
                        "changes": {"devices[0].driver": ["NONE", "OPERATING"]},
                    },
                ],
                "initial": {
                    "phase": "BOOT",
                    "devices[0].tdi": "CONFIG_UNLOCKED",
                    "devices[0].driver": "NONE",
                    "devices[0].accepted": False,
                    "devices[0].retries": 0,
                },
                "loop": None,
                "minimal": False,
                "needed": [
                    {"step": 0, "itself": None, "gives": []},
                    {
                        "step": 1,
                        "itself": None,
                        "gives": [{"variable": "devices[0].tdi", "value": "CONFIG_LOCKED", "to": ["end"]}],
                    },
                    {
                        "step": 2,
                        "itself": None,
                        "gives": [{"variable": "devices[0].driver", "value": "OPERATING", "to": ["end"]}],
                    },
                ],
                "why_not": [],
                "states": 4,
                "transitions": 9,
                "depth": 2,
                "symmetry": None,
                "mutants": None,
                "seconds": 0.01,
            }
        ],
        "skipped": [],
        "complaints": [],
    } == found


def test_every_kind_of_verdict_validates() -> None:
    """The sample report, with every word a cell can have, is a document; all its results have all keys."""
    found = document(sample_report())
    validate(found)
    assert [set(KEYS)] * 6 == [set(result) for result in found["results"]]
    assert [{"proposal", "property", "code", "reason"}] == [set(left) for left in found["skipped"]]


def test_where_traces_are() -> None:
    """A holding must-be-possible has its witness, a violated one nothing, a lasso its loop, a proof nothing."""
    system = driver_system()
    witness = run(system, STORY[2], STORY[3])
    lasso = run(system, *["retry_deferred(devices[0])"] * 2, loop=1)
    verdicts = [
        holds(CAN_RUN, Witness(witness)),
        violated(CAN_RUN, None),
        violated(ENDLESS, lasso),
        holds(RUN_STAYS),
    ]
    found = document(Report(tuple(Result("status_quo", system, verdict) for verdict in verdicts)))
    validate(found)
    shown = [
        (len(each["trace"]) if each["trace"] is not None else None, each["initial"] is not None, each["loop"])
        for each in found["results"]
    ]
    assert [(2, True, None), (None, False, None), (2, True, 1), (None, False, None)] == shown


@pytest.mark.parametrize(
    ("certificate", "kind", "size"),
    [
        (ClosedStates((("BOOT",), ("INITRD",))), "closed set of states", 2),
        (NumberedStates((LocalStates(("phase",), (("BOOT",),)),), 7), "states made of numbered parts", 7),
        (
            NumberedOrbits((LocalStates(("phase",), (("BOOT",),)),), (("devices[0]", "devices[1]"),), 5),
            "orbits of states made of numbered parts",
            5,
        ),
        (InductiveInvariant(And((read("a"), read("b"), read("c")))), "inductive invariant", 3),
        (InductiveInvariant(TRUE), "inductive invariant", 1),
        (KInduction(4, TRUE, simple_path=True), "k-induction", 4),
        (Witness(run(driver_system(), STORY[0])), "witness", 1),
    ],
)
def test_certificates_have_kind_and_size(certificate: Certificate, kind: str, size: int) -> None:
    """A certificate is told by its kind and its size in states, conjuncts or steps."""
    found = document(Report((Result("status_quo", driver_system(), holds(ONLY_IN_RUN, certificate)),)))
    validate(found)
    assert {"kind": kind, "size": size} == found["results"][0]["certificate"]


def test_symmetry_is_told() -> None:
    """What was found under symmetry says which instances were interchanged, and how many orbits there are."""
    used = Interchanged((("devices[0]", "devices[1]"),), 3)
    verdict = replace(holds(ONLY_IN_RUN, space=Space(4, 8, 2)), symmetry=used)
    found = document(Report((Result("status_quo", driver_system(), verdict),)))
    validate(found)
    assert {"orbits": 3, "classes": [["devices[0]", "devices[1]"]]} == found["results"][0]["symmetry"]
    assert 4 == found["results"][0]["states"]


def test_complaints_leave_no_results() -> None:
    """With a complaint the results are empty and the exit code is 2, whatever was found out before."""
    wrong = Complaint("E201", "there is no name Tdi.RUNNING", Place("mine.py", 3, 25), "did you mean Tdi.RUN?")
    found = document(replace(sample_report(), complaints=(wrong,)))
    validate(found)
    assert (2, []) == (found["exit"], found["results"])
    assert [
        {
            "code": "E201",
            "path": "mine.py",
            "line": 3,
            "column": 25,
            "message": "there is no name Tdi.RUNNING",
            "hint": "did you mean Tdi.RUN?",
        }
    ] == found["complaints"]


def test_the_exit_code_follows_the_options_or_is_given() -> None:
    """``no_vacuous`` makes a vacuous proof a failure; a caller that knows better gives the code."""
    report = Report((Result("status_quo", driver_system(), holds(ONLY_IN_RUN, vacuous=True)),))
    assert document(report)["exit"] == 0
    assert document(report, Options(no_vacuous=True))["exit"] == 1
    assert document(report, exit=130)["exit"] == 130


def test_the_document_is_the_same_each_time_and_pure_ascii() -> None:
    """Two renderings have the same bytes; names that are not ASCII are escaped."""
    system = driver_system()
    verdict = Verdict(ONLY_IN_RUN, Answer.OPEN, "bmc", "Zeit \u00fcberschritten")
    report = Report((Result("entwurf_\u00e4", system, verdict),))
    assert render(report) == render(report)
    assert render(report).isascii()
    assert json.loads(render(report))["results"][0]["proposal"] == "entwurf_\u00e4"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found["results"][0].pop("bound"),
        lambda found: found["results"][0].update(verdict="true"),
        lambda found: found["results"][0].update(colour="red"),
        lambda found: found["results"][0].update(devices=0),
        lambda found: found["results"][0]["trace"][0].update(step=0),
        lambda found: found["results"][0]["trace"][0]["changes"].update(x=[1]),
        lambda found: found["results"][0]["trace"][0]["changes"].update(x=[1, 2, 3]),
        lambda found: found["results"][0]["initial"].update(x=1.5),
        lambda found: found.update(exit=5),
        lambda found: found.pop("skipped"),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_have(spoil: Any) -> None:
    """A missing key, an unknown one, a wrong word or shape: each is refused."""
    found = document(sample_report())
    validate(found)
    spoil(found)
    with pytest.raises(jsonschema.ValidationError):
        validate(found)
