"""The map of the debate: complete, about things that exist, and agreeing with what the docstrings cite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.constants import can_be_set, chosen
from tdispmodel.checking.debate import ALL, Statement, Variant
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.checking.settings import without
from tdispmodel.checking.topics import Known
from tdispmodel.verdict import Answer
from tests.catalogue.citations import Citing, citations, cited, helpers

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Known(Catalogue(ROOT))
STATEMENTS = KNOWN.statements
CITATIONS = citations(ROOT)
CITING_KINDS = ("properties", "actions", "helpers", "proposals")


def names_of(kind: str) -> set[str]:
    """Everything of one kind that there is."""
    return {
        "properties": set(KNOWN.codes),
        "actions": set(KNOWN.actions),
        "helpers": helpers(ROOT),
        "variables": set(KNOWN.variables),
        "constants": set(KNOWN.constants),
        "proposals": set(KNOWN.catalogue.proposals),
        "asked_of": {*KNOWN.catalogue.proposals, ALL},
    }[kind]


def test_every_statement_is_there() -> None:
    """The statements are numbered 1 to 141, in this order, none missing."""
    assert list(range(1, 142)) == list(STATEMENTS)


def test_every_statement_has_a_model_or_a_reason() -> None:
    """What is not modelled says why, in a sentence."""
    silent = [one.number for one in STATEMENTS.values() if not one.named and not one.not_modelled]
    assert [] == silent
    told = [one for one in STATEMENTS.values() for text in (one.not_modelled, one.answer) if text and text[-1] != "."]
    assert [] == [one.number for one in told]


@pytest.mark.parametrize(
    "kind", ["properties", "actions", "helpers", "variables", "constants", "proposals", "asked_of"]
)
def test_names_exist(kind: str) -> None:
    """Whatever an entry names exists under this name, and is named once."""
    there = names_of(kind)
    wrong = [(one.number, name) for one in STATEMENTS.values() for name in getattr(one, kind) if name not in there]
    assert [] == wrong
    assert [] == [one.number for one in STATEMENTS.values() if len(set(getattr(one, kind))) != len(getattr(one, kind))]


def test_variants_exist() -> None:
    """Assumptions under which verdicts are asked set constants to values that they have, or switch real moves off."""
    for statement in STATEMENTS.values():
        assert statement.properties or not (statement.variants or statement.asked_of)
        for variant in statement.variants:
            assert variant.settings or variant.without
            given = dict(variant.settings)
            (model, *_) = [model for model in KNOWN.models if can_be_set(model, given)]
            chosen(model, given)
            without(KNOWN.models, variant.without)


def test_quotes_are_short() -> None:
    """A quote is a line or two, not the mail."""
    assert [] == [one.number for one in STATEMENTS.values() if len(one.quote) > 170]


def test_what_is_said_to_be_missing_is_missing() -> None:
    """A reason that something is not in the catalogue yet names nothing that is in it."""
    there = set(KNOWN.codes) | set(KNOWN.catalogue.proposals)
    late = [
        (one.number, name)
        for one in STATEMENTS.values()
        for sentence in re.split(r"[;.]", one.not_modelled)
        if "in the catalogue yet" in sentence
        for name in re.findall(r"\w+_\w+", sentence)
        if name in there
    ]
    assert [] == late


# --- both directions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A bind. [bind_store; debate 33]", {33}),
        ("(debate 1 to 3,\n    72, 73)", {1, 2, 3, 72, 73}),
        ('[debate 37, "and never otherwise"]', {37}),
        ("debate 24 to 26, 46, and 47", {24, 25, 26, 46, 47}),
        ("the debate of 2025; debate N; kernel 6.19", set()),
    ],
)
def test_citations_are_read(text: str, numbers: set[int]) -> None:
    """Lists and ranges are found, also across lines; other numbers are not."""
    assert numbers == cited(text)


def test_there_are_citations_of_every_kind() -> None:
    """Properties, actions, helpers and proposals cite statements."""
    assert {*CITING_KINDS} <= {citing.kind for citing in CITATIONS}


def test_whoever_cites_is_named() -> None:
    """Every number that a docstring cites is a statement, and its entry names who cites it.

    A file's own docstring cites what it leaves out: then the entry has a reason.
    """
    wrong = []
    for citing, numbers in CITATIONS.items():
        for number in sorted(numbers):
            statement = STATEMENTS.get(number)
            if statement is None or not names(statement, citing):
                wrong.append((number, *citing))
    assert [] == wrong


def names(statement: Statement, citing: Citing) -> bool:
    """Whether an entry names who cites it."""
    if citing.kind == "module":
        return statement.not_modelled != ""
    return citing.name in getattr(statement, citing.kind)


def test_whoever_is_named_cites() -> None:
    """Every property, action, helper and proposal that an entry names cites the statement in a docstring."""
    wrong = [
        (one.number, kind, name)
        for one in STATEMENTS.values()
        for kind in CITING_KINDS
        for name in getattr(one, kind)
        if one.number not in CITATIONS.get(Citing(kind, name), set())
    ]
    assert [] == wrong


# --- answers ---------------------------------------------------------------------------------------------------------

HOLDS, VIOLATED = Answer.HOLDS, Answer.VIOLATED

RESTS_ON = {
    # number: (proposal, property, number of the variant or 0 for none, verdict), as the sentence of the answer has it
    1: [
        ("cc_probe_defer", "deferral_is_not_endless", 0, HOLDS),
        ("cc_probe_defer", "deferral_is_not_endless", 1, VIOLATED),
    ],
    3: [
        ("cc_probe_defer", "prepare_runs_once", 1, VIOLATED),
        ("cc_probe_defer", "prepare_runs_once", 2, VIOLATED),
    ],
    6: [("cc_probe_defer", "prepare_runs_once", 0, VIOLATED)],
    9: [
        ("cc_probe_defer", "prepare_runs_once", 0, VIOLATED),
        ("cc_probe_defer", "prepare_runs_once", 1, VIOLATED),
        ("cc_probe_defer", "prepare_runs_once", 2, VIOLATED),
        ("cc_probe_defer", "prepare_runs_once", 3, VIOLATED),
    ],
    12: [
        ("probe_error_retry", "wanted_device_gets_its_driver", 0, HOLDS),
    ],
    13: [
        ("probe_error_retry", "prepare_runs_once", 0, HOLDS),
        ("cc_probe_defer", "prepare_runs_once", 0, VIOLATED),
        ("ccprepare_alias", "prepare_runs_once", 0, VIOLATED),
    ],
    14: [("initrd_autoprobe_off", "kernel_binds_only_verified_after_boot", 1, HOLDS)],
    15: [("initrd_autoprobe_off", "kernel_binds_only_verified", 1, VIOLATED)],
    18: [
        ("initrd_autoprobe_off", "kernel_binds_only_verified_after_boot", 0, HOLDS),
        ("initrd_autoprobe_off", "kernel_binds_only_verified_after_boot", 1, VIOLATED),
        ("initrd_autoprobe_off", "kernel_binds_only_verified_after_boot", 2, VIOLATED),
    ],
    20: [
        ("initrd_autoprobe_off", "kernel_binds_only_verified_after_boot", 1, VIOLATED),
        ("future_buses_off", "kernel_binds_only_verified_after_boot", 1, HOLDS),
    ],
    22: [
        ("future_buses_off", "tsm_registers", 0, VIOLATED),
        ("future_buses_off", "internal_devices_bind", 0, VIOLATED),
        ("future_buses_off", "tsm_registers", 1, HOLDS),
        ("future_buses_off", "internal_devices_bind", 1, VIOLATED),
        ("future_buses_off", "internal_devices_bind", 2, HOLDS),
    ],
    30: [
        ("post_validate_topology", "internal_devices_bind", 0, HOLDS),
    ],
    17: [
        ("initrd_autoprobe_off", "managed_buses_stay_off", 0, HOLDS),
        ("initrd_autoprobe_off", "managed_buses_stay_off", 1, VIOLATED),
    ],
    40: [
        ("initrd_autoprobe_off", "nontdisp_binds_only_allowed", 1, VIOLATED),
        ("nontdisp_denylist", "nontdisp_binds_only_allowed", 1, HOLDS),
        ("nontdisp_denylist", "nontdisp_binds_only_allowed", 2, VIOLATED),
        ("nontdisp_denylist", "nontdisp_binds_only_allowed", 3, VIOLATED),
    ],
    42: [
        ("initrd_autoprobe_off", "run_recoverable_with_secrets", 0, VIOLATED),
        ("initrd_autoprobe_off", "run_recoverable_with_secrets", 1, HOLDS),
        ("initrd_autoprobe_off", "run_recoverable_with_secrets", 2, VIOLATED),
        ("initrd_autoprobe_off", "run_recoverable_with_secrets", 3, HOLDS),
    ],
    60: [
        ("ccprepare_alias", "override_only_never_autobinds", 0, HOLDS),
        ("ccprepare_alias", "override_only_never_autobinds", 1, VIOLATED),
    ],
    62: [
        ("ccprepare_alias", "no_shared_bind_with_secrets", 1, VIOLATED),
        ("ccprepare_alias", "run_recoverable_with_secrets", 0, VIOLATED),
        ("ccprepare_alias", "run_recoverable_with_secrets", 1, HOLDS),
    ],
    70: [
        ("status_quo", "accept_needs_verdict", 0, VIOLATED),
        ("initrd_autoprobe_off", "accept_needs_verdict", 0, HOLDS),
    ],
    81: [
        ("initrd_autoprobe_off", "unbind_keeps_run", 0, HOLDS),
        ("initrd_autoprobe_off", "unbind_keeps_run", 1, VIOLATED),
    ],
    84: [
        ("initrd_autoprobe_off", "wanted_device_gets_its_driver", 0, HOLDS),
        ("post_validate_topology", "wanted_device_gets_its_driver", 0, VIOLATED),
        ("status_quo", "wanted_device_gets_its_driver", 0, VIOLATED),
    ],
    88: [
        ("cc_probe_defer", "explicit_bind_never_defers", 1, HOLDS),
    ],
    107: [
        ("tdisp_no_autobind", "kernel_binds_only_verified_after_boot", 0, VIOLATED),
        ("tdisp_no_autobind", "kernel_binds_only_verified_after_boot", 1, HOLDS),
        ("tdisp_no_autobind", "kernel_binds_only_verified_after_boot", 2, VIOLATED),
    ],
    117: [
        ("module_autoprobe", "internal_devices_bind", 0, VIOLATED),
    ],
    119: [
        ("lock_cookie", "accept_uses_current_lock", 0, HOLDS),
        ("initrd_autoprobe_off", "accept_uses_current_lock", 0, HOLDS),
        ("lock_cookie", "accept_uses_current_lock", 1, VIOLATED),
        ("initrd_autoprobe_off", "accept_uses_current_lock", 2, VIOLATED),
        ("lock_cookie", "accept_uses_current_lock", 2, HOLDS),
        ("initrd_autoprobe_off", "accept_uses_current_lock", 3, VIOLATED),
        ("lock_cookie", "accept_uses_current_lock", 3, HOLDS),
    ],
    138: [
        ("initrd_autoprobe_off", "accept_uses_current_lock", 1, VIOLATED),
        ("lock_exclusive", "accept_uses_current_lock", 1, HOLDS),
        ("lock_exclusive", "accept_uses_current_lock", 2, VIOLATED),
        ("lock_cookie", "accept_uses_current_lock", 2, HOLDS),
    ],
    127: [
        ("trust_level", "private_driver_only_in_run", 0, VIOLATED),
        ("trust_level_sync", "private_driver_only_in_run", 0, VIOLATED),
    ],
    128: [
        ("lock_cookie", "relock_discards_evidence", 0, HOLDS),
        ("lock_cookie", "relock_discards_evidence", 1, VIOLATED),
        ("lock_cookie", "accept_uses_current_lock", 1, HOLDS),
    ],
    129: [
        ("initrd_autoprobe_off", "accepted_running_is_genuine", 0, HOLDS),
        ("initrd_autoprobe_off", "accepted_running_is_genuine", 1, VIOLATED),
    ],
    131: [
        ("trust_level", "lost_run_revokes_acceptance", 0, HOLDS),
        ("trust_level_sync", "lost_run_revokes_acceptance", 0, VIOLATED),
        ("eager_revoke", "lost_run_revokes_acceptance", 0, HOLDS),
    ],
    135: [
        ("trust_level", "internal_devices_bind", 0, HOLDS),
    ],
}


@pytest.mark.parametrize("number", RESTS_ON)
def test_answers_rest_on_verdicts(number: int) -> None:
    """Where an answer says that something is true, or under which assumption, the engines say so, too."""
    statement = STATEMENTS[number]
    assert statement.answer
    for proposal, wanted, variant, expected in RESTS_ON[number]:
        assert wanted in statement.properties
        assert proposal in (statement.asked_of or statement.proposals)
        asked = (Variant(), *statement.variants)[variant]
        settings = dict(asked.settings)
        request = Request(KNOWN.catalogue, (proposal,), only=(wanted,), settings=settings, without=asked.without)
        (result,) = run(request).report.results
        assert (proposal, wanted, expected) == (proposal, wanted, result.verdict.answer)
