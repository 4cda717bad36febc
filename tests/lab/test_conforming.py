"""The device core of the model and that of real kernels."""

from __future__ import annotations

import pytest

from tdispmodel.lab.building import own_module
from tdispmodel.lab.conforming import Case, conform
from tdispmodel.lab.machine import Machine, Setup, address
from tdispmodel.lab.observing import look
from tdispmodel.lab.operations import DEFERS, FAILS, OWN, REGISTERS_CHILD, Driver, load
from tdispmodel.lab.packages import Kernel, Series
from tests.lab.conftest import had


def test_each_attach_path_on_6_12(stable: Kernel) -> None:
    """Each attach path, with autoprobe on and off, goes on a kernel of 6.12 as the model of that kernel says."""
    found = conform(Case(stable, briefly=True))
    assert found.differences == ()
    assert found.missing == ()
    assert found.constants["kernel"] == "BEFORE_6_19"


@pytest.mark.long
def test_the_wrong_kernel_is_noticed(stable: Kernel) -> None:
    """Against the model of a kernel since 6.19, one of 6.12 differs in the two steps that ea34511aaf75 changed, what is
    hot-added and what is scanned again with autoprobe off, and in no other.
    """
    found = conform(Case(stable, briefly=True, told={"kernel": "SINCE_6_19"}))
    words = {(difference.steps[-1].split("(")[0], difference.words) for difference in found.differences}
    told = "devices[0].driver: the model says none, seen pvpanic-pci"
    assert words == {("hot_add", told), ("rescan", told)}


@pytest.mark.long
def test_every_transition_on_6_12(stable: Kernel) -> None:
    """Every transition of the device core with a stock driver goes on a kernel of 6.12 as the model says."""
    found = conform(Case(stable))
    assert (found.differences, found.missing) == ((), ())


@pytest.mark.long
def test_every_transition_since_6_19(unstable: Kernel) -> None:
    """Every transition of the device core with a stock driver goes on a kernel since 6.19 as the model says."""
    found = conform(Case(unstable))
    assert found.constants["kernel"] == "SINCE_6_19"
    assert (found.differences, found.missing) == ((), ())


@pytest.mark.long
@pytest.mark.parametrize("series", Series)
@pytest.mark.parametrize("driver", [DEFERS, FAILS], ids=["defers", "fails"])
def test_drivers_of_our_own(series: Series, driver: Driver) -> None:
    """A driver that defers is listed, retried after another's bind, dropped where autoprobe is off, and gets EAGAIN
    from bind; one that fails gets EIO and is not retried: every transition goes as the model says.
    """
    booted = had(series)
    found = conform(Case(booted, driver, {OWN: own_module(booted)}))
    assert (found.differences, found.missing) == ((), ())


@pytest.mark.long
@pytest.mark.parametrize("series", Series)
def test_a_child_makes_deferral_endless(series: Series) -> None:
    """A probe that registers a child which binds, and then defers, is retried for ever: the driver gives up after 200
    probes, which is all that ends it.  Documentation/driver-api/driver-model/driver.rst warns of it.
    """
    booted = had(series)
    setup = Setup(booted, (), {0: REGISTERS_CHILD.device}, more={OWN: own_module(booted)})
    with Machine(setup) as machine:
        machine.run(load(REGISTERS_CHILD))
        look(machine, OWN, (address(0),))
        assert machine.run(f"cat /sys/module/{OWN}/parameters/probes").text.strip() == "201"
