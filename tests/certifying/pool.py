"""A pool of corrupted certificates with what a brute-force oracle says of each: the judge of the stand-alone checker.

`pool` is given a folder to keep them in and gives `Case`s: certificates of the models of tests/corpus and of random
models, each changed in one place.  `accepts` says whether a checker, as shipped or broken on purpose, accepts a case.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from hypothesis import Phase, given, settings, strategies as st

from tdispmodel.ir.model import Model
from tdispmodel.reading import read
from tests.certifying.changing import Chance
from tests.certifying.corrupting import corrupted
from tests.certifying.making import made
from tests.certifying.oracle import is_proof
from tests.laws.random_models import models
from tests.laws.random_systems import law

ROOT = Path(__file__).resolve().parents[2]
CORPUS = (
    "die_hard",
    "dining_philosophers",
    "hour_clock",
    "peterson",
    "readers_writers",
    "stabilising_ring",
    "transaction_commit",
    "two_phase_commit",
)
ENGINES = ("explicit", "ic3")


@dataclass(frozen=True)
class Case:
    """A corrupted certificate: its folder and file, what was changed, and whether it is a proof still."""

    folder: Path
    path: Path
    what: str
    proof: bool | None


def cases_of(folder: Path, model: Model, engine: str, seed: int, tries: int, devices: int = 1) -> Iterator[Case]:  # noqa: PLR0917  # what a pool is made of
    """Corrupt each certificate of a model so many times, each time in a folder of its own."""
    rng = Chance(seed)
    with tempfile.TemporaryDirectory() as good:
        for path in made(Path(good), model, (engine,), devices).files:
            for _ in range(tries):
                mine = Path(tempfile.mkdtemp(dir=folder))
                copy = mine / path.relative_to(good)
                copy.parent.mkdir()
                shutil.copy(path, copy)
                for kind in ("models", "states"):
                    if (Path(good) / kind).is_dir():
                        shutil.copytree(Path(good) / kind, mine / kind)
                what = corrupted(rng, mine, copy)
                if what:
                    yield Case(mine, copy, what, is_proof(mine, copy))


def corpus() -> Sequence[Model]:
    """Return the models of tests/corpus that are small enough to try everything on."""
    return [read(ROOT / "tests" / "corpus" / "models" / f"{name}.py", (ROOT,)).model for name in CORPUS]


def pool(folder: Path, tries: int = 24, examples: int = 60) -> list[Case]:
    """Return corrupted certificates of the corpus and of random models."""
    found = [
        case
        for seed, model in enumerate(corpus())
        for engine in ENGINES
        for case in cases_of(folder, model, engine, seed, tries)
    ]

    @settings(law(examples), phases=[Phase.generate])
    @given(models(), st.integers(1, 2), st.sampled_from(ENGINES), st.integers(0, 1 << 30))
    def collect(model: Model, devices: int, engine: str, seed: int) -> None:
        found.extend(cases_of(folder, model, engine, seed, 3, devices))

    collect()
    return found


def accepts(checker: ModuleType, case: Case) -> bool:
    """Whether a checker accepts a case."""
    checker.system_of.cache_clear()
    try:
        checker.checked(case.folder, case.path)
    except Exception:  # noqa: BLE001  # as the checker itself does
        return False
    return True
