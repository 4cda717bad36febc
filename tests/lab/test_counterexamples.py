"""Every stored counterexample on a real kernel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

import pytest

from tdispmodel.lab.counterexamples.reproducing import Outcome, reproduce
from tdispmodel.lab.kernels.packages import Series
from tests.lab.conftest import had
from tests.lab.plans import Stored, every

PARTS = 4
GATES = {
    "module_autoprobe": "pvpanic-pci",
    "tdisp_no_autobind": "pvpanic-pci",
    "trust_level_sync": "lab_driver",
}
"""Proposals of which the kernel leaves a device alone that an unmodified one binds when its driver registers."""
AT_IT = {"post_validate_topology/run_stays_reachable"}
"""It ends with a hot-add that the kernel has not followed yet, where nobody can stop it."""


def groups() -> list[list[Stored]]:
    """Return the counterexamples, those together of which a kernel could not tell one from the other."""
    found: dict[Hashable, list[Stored]] = defaultdict(list)
    for one in every():
        found[one.key].append(one)
    return list(found.values())


@pytest.mark.long
def test_all_but_one_are_run() -> None:
    """The lab has something for every step of every stored counterexample; one ends while the kernel is still at it."""
    assert {one.name for one in every() if one.plan.reason} == AT_IT


@pytest.mark.long
@pytest.mark.parametrize("series", Series)
@pytest.mark.parametrize("part", range(PARTS))
def test_counterexamples_are_reproduced(series: Series, part: int) -> None:
    """Each is reproduced, but where an automatic bind that the proposal forbids is what an unmodified kernel does.

    Those of a kernel before 6.19 are run on 6.12 alone; the others on both, for none of them depends on the kernel.
    """
    kernel = had(series)
    otherwise = []
    for members in groups()[part::PARTS]:
        one = members[0]
        if one.plan.reason or (one.before and series is Series.UNSTABLE):
            continue
        account = reproduce(one.plan, kernel, one.changed)
        assert account.outcome is not Outcome.NOT_RUN, (one.name, account.reason)
        if account.outcome is Outcome.OTHERWISE:
            otherwise.append((one.name.split("/")[0], account.reason))
    wanted = {(name, f"devices[0].driver: the model says none, seen {driver}") for name, driver in GATES.items()}
    assert set(otherwise) <= wanted
