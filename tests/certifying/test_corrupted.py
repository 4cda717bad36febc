"""Corrupted certificates: whatever is no proof any more is rejected.  What is a proof still may be accepted."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, strategies as st

from tdispmodel.ir.model import Model
from tests.certifying.corrupting import MODEL, PROOF, STATES, Chance, corrupted
from tests.certifying.making import made, why_not
from tests.certifying.oracle import is_proof
from tests.laws.random_models import models
from tests.laws.random_systems import law

ENGINES = ("explicit", "ic3")


def judged(model: Model, devices: int, engine: str, seed: int, tries: int = 3) -> list[tuple[str, bool | None, str]]:
    """Corrupt each certificate of a model some times; return what was changed, whether it is a proof still, and why the
    stand-alone checker rejects it.
    """
    rng, found = Chance(seed), list[tuple[str, bool | None, str]]()  # noqa: S311  # for tests
    with tempfile.TemporaryDirectory() as good, tempfile.TemporaryDirectory() as bad:
        for path in made(Path(good), model, (engine,), devices).files:
            for _ in range(tries):
                shutil.rmtree(bad)
                shutil.copytree(good, bad)
                copy = Path(bad) / path.relative_to(good)
                what = corrupted(rng, Path(bad), copy)
                if what:
                    found.append((what, is_proof(Path(bad), copy), why_not(Path(bad), copy)))
    return found


def test_what_is_no_proof_is_rejected() -> None:
    """Of several hundred corrupted certificates, all those that a brute-force oracle finds to be no proof are rejected."""
    seen: Counter[str] = Counter()

    @law(120)
    @given(models(), st.integers(1, 2), st.sampled_from(ENGINES), st.integers(0, 1 << 30))
    def check(model: Model, devices: int, engine: str, seed: int) -> None:
        for what, proof, why in judged(model, devices, engine, seed):
            seen[f"{proof} {what}"] += 1
            assert (what, proof, True) == (what, proof, bool(why) or proof is not False)

    check()
    wrong = {name.removeprefix("False "): count for name, count in seen.items() if name.startswith("False ")}
    assert sum(wrong.values()) >= 200
    expected = {f"model: {name}" for name, _ in MODEL} | {f"states: {name}" for name, _ in STATES}
    expected |= {f"proof: {name}" for name, _, _ in PROOF}
    assert set() == expected - wrong.keys()
