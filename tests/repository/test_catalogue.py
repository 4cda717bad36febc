"""The catalogue speaks for itself: every property, proposal and action says what it is and where that is written."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.loading import Loaded, load, load_base
from tdispmodel.ir.model import Kind

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Catalogue(ROOT)
PROPOSALS = sorted(CATALOGUE.proposals)

REQUIRED = {
    "status_quo",
    "cc_probe_defer",
    "probe_error_retry",
    "initrd_autoprobe_off",
    "ccprepare_alias",
    "post_validate_topology",
    "device_filter",
    "tdisp_no_autobind",
    "module_autoprobe",
    "trust_level",
    "modprobe_blacklist",
    "open_coded_defer",
    "prepare_by_deferral",
    "builtin_restricted",
    "lock_cookie",
    "vmm_traps_bme",
    "atomic_revoke",
    "eager_revoke",
}


@cache
def base() -> Loaded:
    """The base model with every property of the catalogue that applies to it."""
    return load_base(CATALOGUE)


@cache
def proposal(name: str) -> Loaded:
    """A proposal of the catalogue."""
    return load(CATALOGUE, CATALOGUE.proposals[name])


def test_proposals_are_there() -> None:
    """The catalogue has the proposals of the debate."""
    assert set() == REQUIRED - set(PROPOSALS)


def test_codes_are_unique() -> None:
    """No two properties of the catalogue have the same code or the same name."""
    known = [(one.code, one.name) for one in base().properties] + [(one.code, one.property) for one in base().skipped]
    assert len(known) == len({code for code, _ in known}) == len({name for _, name in known})


def test_properties_are_told() -> None:
    """Every property has a sentence that ends as one, and says where it comes from."""
    seen = [one for name in PROPOSALS for one in proposal(name).properties]
    assert [] == sorted({one.name for one in seen if not one.text.strip().endswith((".", "?", "!")) or not one.source})


@pytest.mark.parametrize("name", PROPOSALS)
def test_proposals_make_a_claim(name: str) -> None:
    """Every proposal says in a sentence what it claims."""
    assert proposal(name).model.claim.strip().endswith(".")


@pytest.mark.parametrize("name", PROPOSALS)
def test_actions_are_told(name: str) -> None:
    """Every action says in words what happens, for the traces, and cites its source."""
    silent = [
        f"{component.name}.{action.name}"
        for component in proposal(name).model.components
        for action in component.actions
        if not action.text.strip() or not action.source.strip()
    ]
    assert [] == silent


@pytest.mark.parametrize("name", PROPOSALS)
def test_proofs_are_not_about_dead_models(name: str) -> None:
    """Every proposal is asked for witnesses: something that must be possible, or stay so."""
    kinds = {one.kind for one in proposal(name).properties}
    assert kinds & {Kind.MUST_BE_POSSIBLE, Kind.STAYS_POSSIBLE}
