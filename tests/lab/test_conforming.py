"""The device core of the model and that of real kernels."""

from __future__ import annotations

import pytest

from tdispmodel.lab.kernels.building import own_module
from tdispmodel.lab.kernels.packages import Kernel, Series
from tdispmodel.lab.running.machine import Machine, Setup, address
from tdispmodel.lab.running.observing import look
from tdispmodel.lab.running.operations import (
    DEFERS,
    FAILS,
    OWN,
    PVPANIC_ACPI,
    REGISTERS_CHILD,
    VFIO,
    VIRTIO_RNG,
    Driver,
    load,
)
from tdispmodel.lab.sequences.conforming import conform, core_of, followed
from tdispmodel.lab.sequences.gates import AUTOPROBE_OFF, NAMED, OPEN
from tdispmodel.lab.sequences.subjects import Booted, Case
from tdispmodel.lab.sequences.wandering import Wish, randomly
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
    words = {(difference.steps[-1].split("(")[0], difference.words.split(";")[0]) for difference in found.differences}
    told = "devices[0].driver: the model says none, seen pvpanic-pci"
    assert words == {("hot_add", told), ("rescan", told)}


@pytest.mark.long
def test_the_wrong_kernel_is_shrunk(stable: Kernel) -> None:
    """Random sequences on a kernel of 6.12 beside the model of one since 6.19 end in what ea34511aaf75 changed, shrunk to
    the least: autoprobe off, the driver registered, and a scan that binds.  It goes the same way once more.
    """
    found = randomly(Case(stable, told={"kernel": "SINCE_6_19"}), Wish(40))
    assert found.difference is not None
    *trap, last = found.difference.steps
    assert set(trap) == {"turn_autoprobe_off", "load_module"}
    assert last == "rescan(devices[0])"
    assert found.again


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_random_sequences_on_6_12(stable: Kernel, seed: int) -> None:
    """Random sequences with overrides, hidden devices, resets and injected errors go as the model says."""
    found = randomly(Case(stable), Wish(20, seed))
    assert (found.difference, found.late, found.sequences) == (None, False, 20)


@pytest.mark.long
def test_random_sequences_since_6_19(unstable: Kernel) -> None:
    """Random sequences go on a kernel since 6.19 as the model of such a kernel says."""
    assert randomly(Case(unstable), Wish(20)).difference is None


@pytest.mark.long
@pytest.mark.parametrize("series", Series)
def test_two_devices_of_a_driver_that_defers(series: Series) -> None:
    """Two devices share the list: a driver that is told to bind binds the one that is asked for, which has the other
    retried; random sequences of both go as the model says.
    """
    booted = had(series)
    case = Case(booted, DEFERS, {OWN: own_module(booted)}, devices=2)
    assert randomly(case, Wish(20)).difference is None


@pytest.mark.long
def test_two_devices_of_one_driver(stable: Kernel) -> None:
    """A second device is hot-added while the first is bound, and whatever else two devices can do: as the model says."""
    assert randomly(Case(stable, devices=2), Wish(20)).difference is None


@pytest.mark.long
@pytest.mark.parametrize("series", Series)
def test_a_driver_that_has_to_be_named(series: Series) -> None:
    """vfio-pci, whose entry is override_only, matches where driver_override names it and nowhere else, whoever asks; and
    what the kernel scans again has lost its override.
    """
    found = conform(Case(had(series), VFIO))
    assert (found.differences, found.missing) == ((), ())
    assert found.cells["bind", OPEN] == "ENODEV"
    assert found.cells["bind", NAMED] == "binds"
    assert found.cells["rescan", NAMED] == "not probed"


@pytest.mark.long
@pytest.mark.parametrize("driver", [VIRTIO_RNG, PVPANIC_ACPI], ids=["virtio", "platform"])
@pytest.mark.parametrize("series", Series)
def test_another_bus(series: Series, driver: Driver) -> None:
    """On the virtio and platform buses all is as the model says of a bus that comes later: its own autoprobe gates what
    appears there, path a, on kernels before 6.19, too, and registration; and it gates nothing that userspace asks for.
    """
    found = conform(Case(had(series), driver))
    assert (found.differences, found.missing) == ((), ())
    assert found.cells["load_module", AUTOPROBE_OFF] == "not probed"
    assert found.cells.get(("hot_add", AUTOPROBE_OFF), "not probed") == "not probed"
    assert found.cells["bind", AUTOPROBE_OFF] == "binds"


@pytest.mark.long
@pytest.mark.parametrize("series", Series)
def test_the_timeout_of_deferred_probing(series: Series) -> None:
    """A timeout that runs is begun anew by a driver's registration; when it is over the list is tried once, and after
    that by another's bind alone: probes at registration, at the end of the second wait after it, and at the bind.
    """
    booted = had(series)
    case = Case(booted, DEFERS, {OWN: own_module(booted)}, timeout=40)
    core = core_of(case, {"deferred_probe_timeout": True})
    waits = ("time_passes", "load_module", "time_passes", "time_passes", "other_probe_succeeds")
    with Booted(case) as subject:
        done = list(followed(subject, core, case.driver, waits))
    assert [one.differs for one in done] == [""] * len(waits)
    assert [one.observed.probes[0] for one in done] == [0, 1, 0, 1, 1]


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
