"""The matrix of the catalogue says what its arguments say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load, load_base
from tdispmodel.checking.pipeline import Request, Run, run
from tdispmodel.checking.replaying import files_of, stale_files, variants
from tdispmodel.verdict import Answer, Report

EXPECTED = tomllib.loads((Path(__file__).parent / "expected.toml").read_text())


CATALOGUE = find_catalogue(Path(__file__))


@pytest.fixture(scope="module")
def matrix() -> Run:
    """The whole matrix, one device, default constants, asked once: it takes half a minute."""
    return run(Request(CATALOGUE))


@pytest.fixture(scope="module")
def report(matrix: Run) -> Report:
    """What the matrix says."""
    return matrix.report


def test_every_cell_is_decided_as_argued(report: Report) -> None:
    """Each applicable cell is violated exactly where the argument says so, and holds elsewhere."""
    proposals = {result.proposal for result in report.results}
    wrong = []
    for result in report.results:
        entry = EXPECTED[result.verdict.property.name]
        named = result.proposal in entry["violated_by"] or entry["violated_by"] == ["all"]
        expected = Answer.VIOLATED if named and result.proposal not in entry.get("held_by", ()) else Answer.HOLDS
        if result.verdict.answer is not expected:
            wrong.append((result.proposal, result.verdict.property.name, result.verdict.answer))
    assert len(proposals) >= 11
    assert wrong == []


def test_stored_counterexamples_are_those_of_the_matrix(matrix: Run) -> None:
    """Made anew from the matrix and its variants, the files are the same, byte for byte, none missing, none left over."""
    files: dict[str, str] = {}
    for variant in variants(CATALOGUE):
        request = variant.request(Request(CATALOGUE))
        finished = matrix if request == Request(CATALOGUE) else run(request)
        assert finished.report.complaints == ()
        files |= files_of(finished, variant.suffix)
    assert [] == stale_files(CATALOGUE, files)


def named(text: str, word: str) -> set[str]:
    """The properties that a docstring names between ``Gives up:`` or ``Keeps:`` and what comes next."""
    lines = text.partition(f"{word}:")[2]
    for end in ("Gives up:", "Keeps:", "Source:"):
        lines = lines.partition(end)[0]
    return set(re.findall(r"`(\w+)`", lines))


def test_docstrings_say_what_is_given_up(report: Report) -> None:
    """A proposal violates what its docstring gives up, and what `Guest` says of all without what it says it keeps."""
    catalogue = find_catalogue(Path(__file__))
    base = load_base(catalogue).model
    common = set(re.findall(r"`(\w+)`", base.component(base.root).text))
    violated: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}
    for result in report.results:
        asked.setdefault(result.proposal, set()).add(result.verdict.property.name)
        if result.verdict.answer is Answer.VIOLATED:
            violated.setdefault(result.proposal, set()).add(result.verdict.property.name)
    said = {}
    for name, properties in asked.items():
        model = load(catalogue, catalogue.proposals[name]).model
        text = model.component(model.root).text
        said[name] = ((common - named(text, "Keeps")) | named(text, "Gives up")) & properties
    assert len(common) >= 10
    assert violated == said


CONFLICTS = [
    # Where a driver can be bound in RUN, the host can end RUN under it: then the flag falls in this step, so under the
    # driver, or is still set outside RUN.
    ("trusted_driver_can_run", "accepted_is_running", "acceptance_changes_driverless"),
    # A reset is one of the ways to end RUN.
    ("trusted_driver_can_run", "reset_clears_acceptance", "acceptance_changes_driverless"),
    # A device that lost RUN while secrets are deployed comes back with a driver that is bound anew.
    ("secrets_can_be_deployed", "run_recoverable_with_secrets", "no_new_bind_with_secrets"),
]


@pytest.mark.parametrize("relock", [False, pytest.param(True, marks=pytest.mark.long)])
def test_what_excludes_each_other_never_holds_together(report: Report, relock: bool) -> None:
    """No proposal holds all properties of a set that contradicts itself, whether or not it may lock again with secrets."""
    wanted = {name for conflict in CONFLICTS for name in conflict}
    if relock:
        asked = Request(CATALOGUE, only=tuple(sorted(wanted)), settings={"relock_with_secrets": "true"})
        report = run(asked).report
    else:
        (known,) = (one for one in load_base(CATALOGUE).model.constants if one.name == "relock_with_secrets")
        assert known.value is False
    results = [one for one in report.results if one.verdict.property.name in wanted]
    held = {(one.proposal, one.verdict.property.name) for one in results if one.verdict.answer is Answer.HOLDS}
    proposals = {one.proposal for one in results}
    assert len(results) == len(proposals) * len(wanted)
    assert [] == [
        (proposal, conflict)
        for proposal in sorted(proposals)
        for conflict in CONFLICTS
        if all((proposal, name) in held for name in conflict)
    ]


def test_shortest_counterexamples_have_the_length_counted_by_hand(report: Report) -> None:
    """Where a length was counted by hand, the shortest counterexample has it."""
    lengths = {
        (result.verdict.property.name, result.proposal): len(result.verdict.trace)
        for result in report.results
        if result.verdict.answer is Answer.VIOLATED and result.verdict.trace is not None
    }
    counted = {
        (name, proposal): length
        for name, entry in EXPECTED.items()
        for proposal, length in entry.get("shortest", {}).items()
    }
    assert {cell: lengths.get(cell) for cell in counted} == counted
    assert counted


def test_every_property_has_an_argument(report: Report) -> None:
    """Each property that was asked has an entry with a reason, and each entry belongs to a property of the catalogue."""
    names = {result.verdict.property.name for result in report.results} | {skip.property for skip in report.skipped}
    assert set(EXPECTED) <= names
    assert {result.verdict.property.name for result in report.results} <= set(EXPECTED)
    assert all(len(entry["why"]) > 20 for entry in EXPECTED.values())


@pytest.mark.parametrize(("kernel", "expected"), [("BEFORE_6_19", Answer.VIOLATED), ("SINCE_6_19", Answer.HOLDS)])
def test_the_hot_added_device_decides_between_the_kernels(kernel: str, expected: Answer) -> None:
    """Before v6.19 a device that is hot-added binds although autoprobe is off (measured on 6.12.117, fixed in 7.2.13)."""
    chosen = run(
        Request(
            find_catalogue(Path(__file__)),
            proposals=("initrd_autoprobe_off",),
            select="kernel_binds_only_verified_after_boot or no_shared_exposure_after_initrd",
            settings={"kernel": kernel},
        )
    ).report
    assert [expected, expected] == [result.verdict.answer for result in chosen.results]
    for result in chosen.results:
        if result.verdict.trace is not None:
            taken = [action for action, _ in result.verdict.trace.steps]
            assert "hot_add(devices[0])" in taken
            assert taken[-1] == "attach_on_arrival(devices[0])"


@pytest.mark.parametrize(("first", "expected"), [("true", Answer.HOLDS), ("false", Answer.VIOLATED)])
def test_the_order_of_revoking_decides(first: str, expected: Answer) -> None:
    """A kernel that unbinds before it clears the flag never clears it under a driver or under private mappings."""
    wanted = ("private_mapping_needs_acceptance", "private_mapping_stays_private", "acceptance_changes_driverless")
    settings = {"driver_goes_first": first}
    report = run(Request(find_catalogue(Path(__file__)), ("eager_revoke",), only=wanted, settings=settings)).report
    assert [expected] * 3 == [result.verdict.answer for result in report.results]


@pytest.mark.parametrize(
    ("proposal", "expected"),
    [
        ("initrd_autoprobe_off", Answer.VIOLATED),
        ("status_quo", Answer.VIOLATED),
        ("open_coded_defer", Answer.HOLDS),
        ("prepare_by_deferral", Answer.HOLDS),
        ("ccprepare_alias", Answer.HOLDS),
    ],
)
def test_who_prepares_a_device_again(proposal: str, expected: Answer) -> None:
    """A device that a driver must prepare gets to RUN again only where userspace asks for the prepare step at T=0."""
    settings = {"device_needs_prepare": "true"}
    request = Request(find_catalogue(Path(__file__)), (proposal,), only=("run_stays_reachable",), settings=settings)
    assert [expected] == [result.verdict.answer for result in run(request).report.results]
