"""Designs of several devices: what is proven, how many devices a bug needs, and what stays open."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.pipeline import Request, Run, run
from tdispmodel.ir.model import Property
from tdispmodel.judging.parametric import judge_family
from tdispmodel.verdict import Answer
from tests.parametric.designs import BENCH, HERE, design, family, found, holds_with, said

EXPECTED: dict[str, Any] = tomllib.loads((HERE / "expected.toml").read_text())
MODELS = sorted((HERE / "models").glob("*.py"))
TRIED = 4
"""With so many devices every state is visited."""


@cache
def asked(path: Path, engines: tuple[str, ...] = (), settings: tuple[tuple[str, str], ...] = ()) -> Run:
    """Ask about a model for any number of devices."""
    request = Request(
        find_catalogue(HERE), (str(path),), settings=dict(settings), any_number=True, engines=engines, jobs=1
    )
    return run(request)


def test_every_model_is_expected() -> None:
    """There is an entry for each property of each model, and for no other."""
    assert {path.stem: [one.name for one in design(path).properties] for path in MODELS} == {
        name: list(entry) for name, entry in sorted(EXPECTED.items())
    }


@pytest.mark.parametrize("engines", [(), ("ic3",), ("diagrams",)], ids=["auto", "clauses", "views"])
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_what_is_argued_is_found(path: Path, engines: tuple[str, ...]) -> None:
    """Both ways to a proof, and both together, find what is argued, and the judge accepts every proof."""
    of = family(path)
    known = found(of, engines)
    assert {name: entry["is"] for name, entry in EXPECTED[path.stem].items()} == {
        name: said(one) for name, one in known.items()
    }
    proofs = [(wanted, known[wanted.name].verdict) for wanted in of.original.properties]
    judged = judge_family(of, [(wanted, one) for wanted, one in proofs if one.answer is Answer.HOLDS])
    assert [""] * len(judged) == [one.reason for one in judged]


def cases() -> list[tuple[Path, Property]]:
    """Every property of every model."""
    return [(path, wanted) for path in MODELS for wanted in design(path).properties]


@pytest.mark.parametrize(("path", "wanted"), cases(), ids=lambda one: getattr(one, "stem", getattr(one, "name", "")))
def test_every_state_of_small_instances_agrees(path: Path, wanted: Property) -> None:
    """Visiting every state with one to four devices, violations begin with the number argued, and with none if it holds."""
    expected = EXPECTED[path.stem][wanted.name]["is"]
    of = family(path)
    truths = [holds_with(of, wanted, devices) for devices in range(1, TRIED + 1)]
    least = expected if isinstance(expected, int) else TRIED + 1
    assert truths == [devices < least for devices in range(1, TRIED + 1)]


@pytest.mark.parametrize("engines", [(), ("ic3",), ("diagrams",)], ids=["auto", "clauses", "views"])
def test_bench_tdi(engines: tuple[str, ...]) -> None:
    """I1, I2 and I4 are proven for any number, I4 vacuously; I3 is violated with one device, in ten steps."""
    results = {one.verdict.property.name: one for one in asked(BENCH, engines).report.results}
    told = {name: (one.verdict.answer, bool(one.verdict.vacuous)) for name, one in results.items()}
    assert told == {
        "verified_implies_measured": (Answer.HOLDS, False),
        "run_implies_verified": (Answer.HOLDS, False),
        "operating_driver_only_in_run": (Answer.VIOLATED, False),
        "autoprobe_ends_with_boot": (Answer.HOLDS, True),
    }
    broken = results["operating_driver_only_in_run"]
    assert (broken.system.devices, len(broken.verdict.trace or ())) == (1, 10)


@pytest.mark.parametrize(
    ("listed", "least"),
    [("GENUINE", None), ("IMPOSTOR", None), ("GENUINE,IMPOSTOR", 2), ("BROKEN,IMPOSTOR,GENUINE", 2), ("BROKEN", None)],
)
def test_kinds(listed: str, least: int | None) -> None:
    """An impostor is inside where a genuine device opens and an impostor enters: two devices, one of each kind."""
    results = {
        one.verdict.property.name: one for one in asked(HERE / "models" / "kinds.py", (), kinds(listed)).report.results
    }
    broken = results["no_impostor_inside"]
    if least is None:
        assert broken.verdict.answer is Answer.HOLDS
    else:
        constants = dict(broken.system.constants)
        assert (broken.verdict.answer, broken.system.devices) == (Answer.VIOLATED, least)
        assert {"GENUINE", "IMPOSTOR"} == {constants[f"devices[{number}].kind"] for number in range(2)}
    assert results["nothing_broken_inside"].verdict.answer is Answer.HOLDS
    assert results["inside_needs_the_door"].verdict.answer is Answer.HOLDS


def kinds(listed: str) -> tuple[tuple[str, str], ...]:
    """The setting that lists the kinds."""
    return (("devices.kind", listed),)


def test_a_kind_that_is_not_listed_does_not_count() -> None:
    """Guarded, nobody enters, and so no impostor does, whatever the kinds; the proof is for all mixtures of them."""
    settings = (*kinds("GENUINE,IMPOSTOR,BROKEN"), ("guarded", "true"))
    results = asked(HERE / "models" / "kinds.py", (), settings).report.results
    assert {Answer.HOLDS} == {one.verdict.answer for one in results}
