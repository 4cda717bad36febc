"""Every safety verdict of the catalogue for any number of devices: all are decided, and as argued for one device.

None stays open.  With devices of the default kind, and with an impostor among the kinds, whatever is violated is so with
one device.  The other kinds of property (TDM4xx and TDM5xx: what goes on for ever, what must or stays possible) are open,
since the argument is about states and steps.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.parametric.answers import KINDS
from tdispmodel.verdict import Answer, Result
from tests.catalogue.test_two_devices import expected
from tests.catalogue.verdicts_of_any_number import HEAD, table

CATALOGUE = find_catalogue(Path(__file__))
PROPOSALS = sorted(CATALOGUE.proposals)
ALL_KINDS = "TDISP,NEEDS_PREPARE,IMPOSTOR,PLAIN,FAKED,HIDDEN"
PLAIN = "nontdisp_binds_only_allowed"
BINDS_PLAIN = {"status_quo": 1, "post_validate_topology": 1, "tdisp_no_autobind": 1, "modprobe_blacklist": 2}
"""Who binds a device without TDISP whose driver is not on the list, and how many devices that needs.

The first three bind whatever arrives once the module is there.  With the module on the blacklist somebody must ask for it,
which a careful userspace does for a device that it verified: so a second device is needed.
"""


def asked(proposal: str, engines: tuple[str, ...] = (), **settings: str) -> list[Result]:
    """The results for any number of devices."""
    request = Request(CATALOGUE, (proposal,), settings=settings, any_number=True, engines=engines, jobs=1)
    report = run(request).report
    assert () == report.complaints
    return list(report.results)


def wrong(proposal: str, results: list[Result]) -> list[tuple[str, str]]:
    """The safety properties on which the verdict is not as argued."""
    return [
        (one.verdict.property.name, one.verdict.answer.value)
        for one in results
        if one.verdict.property.kind in KINDS
        and one.verdict.answer is not expected(proposal, one.verdict.property.name)
    ]


@pytest.mark.parametrize(
    "proposal",
    [pytest.param(name, marks=() if number % 2 == 0 else pytest.mark.long) for number, name in enumerate(PROPOSALS)],
)
def test_any_number_of_devices_is_like_one(proposal: str) -> None:
    """No safety property is open; what holds is proven for all numbers, what is violated needs one device only."""
    results = asked(proposal)
    assert len([one for one in results if one.verdict.property.kind in KINDS]) >= 38
    assert [] == wrong(proposal, results)
    assert {1} == {one.system.devices for one in results if one.verdict.answer is Answer.VIOLATED}
    others = [one for one in results if one.verdict.property.kind not in KINDS]
    assert {Answer.OPEN} == {one.verdict.answer for one in others}


def test_the_table_of_the_docs() -> None:
    """docs/any-number.md has the verdicts that the tests of this file compare with what is found."""
    page = (CATALOGUE.root / "docs" / "any-number.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in page if line.startswith("| TDM")]
    assert [*HEAD, *rows] == table(CATALOGUE)


def test_the_device_alone() -> None:
    """All that is promised of one TDI is proven for any number of them, and that none disturbs another is not vacuous."""
    results = asked("interface")
    assert {(Answer.HOLDS, False)} == {(one.verdict.answer, one.verdict.vacuous) for one in results}


def test_a_plain_device_needs_company() -> None:
    """With devices of all kinds the blacklist is the one design that a bug needs two devices for."""
    (one,) = [one for one in asked("modprobe_blacklist", topology=ALL_KINDS) if one.verdict.property.name == PLAIN]
    assert (one.verdict.answer, one.system.devices) == (Answer.VIOLATED, BINDS_PLAIN["modprobe_blacklist"])
    assert one.any_number is not None
    assert one.any_number.holds_up_to == 1
    kinds = [dict(one.system.constants)[f"devices[{number}].kind"] for number in range(2)]
    assert "PLAIN" in kinds
    assert kinds != ["PLAIN", "PLAIN"]


@pytest.mark.long
@pytest.mark.parametrize("proposal", PROPOSALS)
def test_views_prove_the_same(proposal: str) -> None:
    """The second way to a proof proves everything that the first one does."""
    assert [] == wrong(proposal, asked(proposal, ("diagrams",)))


@pytest.mark.long
@pytest.mark.parametrize("proposal", PROPOSALS)
def test_an_impostor_among_them_changes_nothing(proposal: str) -> None:
    """With any number of devices, genuine ones and impostors from the start, the verdicts are those with one of each."""
    results = asked(proposal, topology="TDISP,IMPOSTOR")
    assert [] == wrong(proposal, results)
    assert {1} == {one.system.devices for one in results if one.verdict.answer is Answer.VIOLATED}


@pytest.mark.long
@pytest.mark.parametrize("proposal", PROPOSALS)
def test_devices_of_all_kinds(proposal: str) -> None:
    """With devices of all kinds only the rule about devices without TDISP is lost, by who binds them."""
    results = asked(proposal, topology=ALL_KINDS)
    lost = [(PLAIN, "violated")] if proposal in BINDS_PLAIN else []
    assert lost == wrong(proposal, results)
    for one in results:
        if one.verdict.answer is Answer.VIOLATED:
            needed = BINDS_PLAIN.get(proposal, 1) if one.verdict.property.name == PLAIN else 1
            assert one.system.devices == needed
