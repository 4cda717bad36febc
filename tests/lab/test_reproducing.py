"""The counterexample of the hot-add, done by a real kernel."""

from __future__ import annotations

import pytest

from tdispmodel.lab.counterexamples.reproducing import Outcome, reproduce
from tdispmodel.lab.kernels.packages import Kernel
from tests.lab.plans import hot_add


def test_the_hot_added_device_binds_on_6_12(stable: Kernel) -> None:
    """With drivers_autoprobe at 0 an unmodified kernel of 6.12 binds the hot-added device: the check sat only in
    bus_probe_device() before ea34511aaf75, which v6.19 merged.  The probe is in its log, once.
    """
    account = reproduce(hot_add(), stable)
    assert account.outcome is Outcome.REPRODUCED, account.reason
    seen = account.done[-1].seen
    assert seen is not None
    assert not seen.autoprobe
    assert seen.devices[0].driver == "pvpanic-pci"
    assert seen.probes("0000:01:00.0", "pvpanic-pci") == 1


@pytest.mark.long
def test_it_does_not_bind_since_6_19(unstable: Kernel) -> None:
    """The same steps on a kernel with ea34511aaf75: the device stays without a driver, so the run is not the model's
    of the older kernel, and the difference is told.
    """
    account = reproduce(hot_add(), unstable)
    assert unstable.gates_hot_added
    assert account.outcome is Outcome.OTHERWISE
    assert account.reason == "devices[0].driver: the model says pvpanic-pci, seen none"
