"""How many faults are planted in whom: a table of all that the suite breaks on purpose among engines and watchers."""

from __future__ import annotations

from collections import Counter

from tests.cluster.test_faults import FAULTS as PARTITIONS
from tests.engines_bits.test_faults import FAULTS as BITS
from tests.engines_diagrams.test_faults import FAULTS as DIAGRAMS
from tests.engines_fast.test_faults import FAULTS as FAST
from tests.engines_gpu.test_faults import FAULTS as GPU
from tests.engines_wide.test_faults import FAULTS as WIDE
from tests.engines_wide.test_kept_faults import FAULTS as KEPT
from tests.engines_wide.test_multisets_faults import FAULTS as MULTISETS
from tests.engines_wide.test_orbit_faults import FAULTS as ORBITS
from tests.engines_wide.test_product_faults import FAULTS as PRODUCT
from tests.faults.test_engines import EXHAUSTIVE, SOLVERS, UNPROVEN
from tests.faults.test_loops import BROKEN
from tests.judging.test_numbered_faults import FAULTS as NUMBERED
from tests.judging.test_orbits import FAULTS as JUDGED_ORBITS
from tests.judging.test_slabs import FAULTS as SLABS
from tests.liveness.test_watchers import MISUNDERSTOOD, WATCHERS

AT_LEAST = {
    "explicit": 30,
    "graph": 2,
    "bmc": 2,
    "induction": 2,
    "claims": 5,
    "ic3": 20,
    "sat": 10,
    "diagrams": 25,
    "wide": 30,
    "orbits": 12,
    "product": 18,
    "multisets": 12,
    "distributed": 15,
    "gpu": 15,
    "fast": 20,
}
"""Faults in each engine; ``wide`` is what `explicit` does with large spaces, ``orbits`` what it does there under
symmetry, ``product`` what it does with bitmaps, ``multisets`` with those of orbits, ``fast`` with compiled
kernels, ``claims`` is one that proves nothing of
what it says, whom the judge must notice.
"""


def planted() -> Counter[str]:
    """Count the faults of each engine."""
    found = Counter(
        {"explicit": len(EXHAUSTIVE), "claims": len(UNPROVEN), "diagrams": len(DIAGRAMS), "wide": len(WIDE) + len(KEPT)}
    )
    found["orbits"] = len(ORBITS)
    found["product"] = len(PRODUCT)
    found["multisets"] = len(MULTISETS)
    found["distributed"] = len(PARTITIONS)
    found["gpu"] = len(GPU)
    found["fast"] = len(FAST)
    found.update({name: len(faults) for name, faults in SOLVERS.items()})
    found.update(name for name, _ in BROKEN)
    found.update(name for name, _, _ in BITS.values())
    return found


def test_every_engine_is_broken_often_enough() -> None:
    """No engine is broken in fewer ways than the table says; the watchers of engines and judge in seven each, the judge of very many
    states in twelve, that of their orbits in twelve, and what it moves at once in six.
    """
    found = planted()
    assert {name: found[name] for name, least in AT_LEAST.items() if found[name] < least} == {}
    assert len(MISUNDERSTOOD) >= 7
    assert len(NUMBERED) >= 12
    assert len(JUDGED_ORBITS) >= 12
    assert len(SLABS) >= 6
    assert set(WATCHERS) == {"engines", "judge"}
