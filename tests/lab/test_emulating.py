"""The emulated TSM: its words, and what it answers."""

from __future__ import annotations

import pytest

from tdispmodel.ir.expressions import Value
from tdispmodel.lab.counterexamples.emulating import (
    PARAMETERS,
    TSM,
    Interface,
    begin,
    command,
    difference,
    force,
    look,
    seen,
)
from tdispmodel.lab.kernels.building import own_module
from tdispmodel.lab.kernels.packages import Kernel
from tdispmodel.lab.running.machine import Machine, Setup, address
from tdispmodel.lab.running.observing import error
from tdispmodel.lab.running.operations import PVPANIC, Doer, load, operation
from tests.lab.plans import hot_add, stored

WHERE = address(0)
DRIVER = "/sys/bus/pci/drivers/pvpanic-pci"
OF = f"/sys/bus/pci/devices/{WHERE}/emulated_tsm"


def test_verbs_are_writes_into_sysfs() -> None:
    """lock, accept and unlock are what the posted series have in tsm/, a second agent does the same, and what nobody
    can do has no line.
    """
    assert command("lock", WHERE) == command("rival_lock", WHERE) == f"echo tsm0 > {OF}/lock"
    assert command("accept", WHERE) == f"echo 1 > {OF}/accept"
    assert command("fault", WHERE) == f"echo {WHERE} error > {PARAMETERS}/host"
    assert command("trust_privately", WHERE) == ""
    assert operation("lock(devices[0])", PVPANIC).tells
    assert operation("accept(devices[0])", PVPANIC).doer is Doer.EMULATED
    assert not operation("fault(devices[0])", PVPANIC).tells


def test_a_state_is_read_as_it_is_written() -> None:
    """What is forced upon the module comes back from its state file as the same; where no device is there is none."""
    state = Interface("RUN", locked=True, accepted=True, ranges=2)
    assert force(WHERE, state) == f"echo {WHERE} set RUN 1 1 2 > {PARAMETERS}/host"
    assert seen("RUN 1 1 2\n\n") == (state, None)


def test_a_difference_is_told_of_devices_that_are_there() -> None:
    """A device whose flag differs is told with both states; one that is not there, and one that agrees, are not."""
    told = difference(
        (Interface("RUN", locked=True), Interface(), Interface()), (Interface("ERROR"), None, Interface())
    )
    assert told == "devices[0] of the emulated TSM: the model says RUN, locked, seen ERROR"


def test_the_module_begins_in_the_state_of_the_model() -> None:
    """Constants become parameters; a device that needs preparing, and is prepared, begins so."""
    constants: dict[str, Value] = {
        "tsm_ties_session": True,
        "vmm_traps_bus_master": False,
        "devices[0].kind": "NEEDS_PREPARE",
    }
    lines = list(begin(constants, {"tsm_registered": True, "devices[0].ready": True}, (WHERE,)))
    assert lines[0].startswith(f"insmod /modules/{TSM}.ko ties_session=1 ")
    assert lines[0].endswith(" traps_bus_master=0 registered=1")
    assert [line.split(" ")[2] for line in lines[1:]] == ["unready", "ready", "set"]


def test_only_what_needs_it_has_an_emulated_tsm() -> None:
    """A behaviour of the device core alone is run without a module of ours; one with a lock, or our driver, is not."""
    assert hot_add().begin == ()
    assert stored("cc_probe_defer/prepare_runs_once").begin
    assert stored("status_quo/no_bind_on_stale_acceptance").begin


def test_a_verb_of_the_design_alone_is_believed() -> None:
    """Raising the level of trust is no verb of the base, and the device core does not notice it: the lab does nothing."""
    steps = {step.action: step for step in stored("trust_level/acceptance_needs_tsm").every}
    assert steps["trust_privately"].operation.doer is Doer.EMULATED
    assert steps["trust_privately"].operation.command == ""


VERBS = (
    # what is done, the error in which it ends, the TDI's state and what the kernel keeps then
    (f"echo tsm0 > {OF}/lock", "ENXIO", "CONFIG_UNLOCKED 0 0 0"),  # no TSM
    (f"echo 1 > {PARAMETERS}/registered", "DONE", "CONFIG_UNLOCKED 0 0 0"),
    (f"cat {OF}/report", "EIO", "CONFIG_UNLOCKED 0 0 0"),  # our choice
    (f"echo something > {OF}/lock", "EINVAL", "CONFIG_UNLOCKED 0 0 0"),  # no name
    (f"echo 1 > {OF}/accept", "EINVAL", "CONFIG_UNLOCKED 0 0 0"),  # not locked
    (f"echo tsm0 > {OF}/unlock", "EINVAL", "CONFIG_UNLOCKED 0 0 0"),  # not locked
    (f"echo {WHERE} > {DRIVER}/bind", "DONE", "CONFIG_UNLOCKED 0 0 0"),
    (f"echo tsm0 > {OF}/lock", "EBUSY", "CONFIG_UNLOCKED 0 0 0"),  # a driver
    (f"echo {WHERE} > {DRIVER}/unbind", "DONE", "CONFIG_UNLOCKED 0 0 0"),
    (f"echo tsm0 > {OF}/lock", "DONE", "CONFIG_LOCKED 1 0 0"),
    (f"echo tsm0 > {OF}/lock", "EBUSY", "CONFIG_LOCKED 1 0 0"),  # locked
    (f"cat {OF}/report", "DONE", "CONFIG_LOCKED 1 0 0"),
    (f"echo 0 > {OF}/accept", "EINVAL", "CONFIG_LOCKED 1 0 0"),  # not "yes"
    (f"echo tsm1 > {OF}/unlock", "EINVAL", "CONFIG_LOCKED 1 0 0"),  # another TSM's
    (f"echo tsm0 > {OF}/accept", "DONE", "RUN 1 1 1"),  # a word that begins with t is "yes"
    (f"echo 1 > {OF}/accept", "EIO", "RUN 1 1 1"),  # the TSM's answer: our choice
    (f"echo {WHERE} > {DRIVER}/bind", "DONE", "RUN 1 1 1"),
    (f"echo 1 > {OF}/accept", "EBUSY", "RUN 1 1 1"),  # a driver
    (f"echo tsm0 > {OF}/unlock", "EBUSY", "RUN 1 1 1"),  # a driver
    (f"echo 0 > {PARAMETERS}/registered", "DONE", "RUN 1 1 1"),  # a driver: nothing is taken back
    (f"echo tsm0 > {OF}/unlock", "EINVAL", "RUN 1 1 1"),  # our choice
    (f"{{ echo 1 > {OF}/../remove; echo 1 > /sys/bus/pci/rescan; }}", "DONE", "ERROR 0 0 0"),  # a driver was released
    (f"{{ echo {WHERE} > {DRIVER}/unbind || true; }} 2> /dev/null", "DONE", "ERROR 0 0 0"),  # 6.12 has bound it again
    (f"echo 1 > {PARAMETERS}/registered", "DONE", "ERROR 0 0 0"),
    (f"echo tsm0 > {OF}/lock", "EIO", "ERROR 0 0 0"),  # our choice
    (f"echo {WHERE} reset > {PARAMETERS}/host", "DONE", "CONFIG_UNLOCKED 0 0 0"),
    (f"echo tsm0 > {OF}/lock", "DONE", "CONFIG_LOCKED 1 0 0"),
    (f"echo 1 > {OF}/accept", "DONE", "RUN 1 1 1"),
    (f"echo {WHERE} > {DRIVER}/bind", "DONE", "RUN 1 1 1"),
    (f"echo {WHERE} > {DRIVER}/unbind", "DONE", "ERROR 1 1 1"),  # Bus Master Enable was cleared
    (f"echo tsm0 > {OF}/unlock", "DONE", "CONFIG_UNLOCKED 0 0 0"),
    (f"echo tsm0 > {OF}/lock", "DONE", "CONFIG_LOCKED 1 0 0"),
    (f"echo 0 > {PARAMETERS}/registered", "DONE", "CONFIG_UNLOCKED 0 0 0"),  # no driver: it is unlocked
)
"""The checks of the posted series in their order, as the pages about them say, and what is ours."""


@pytest.mark.long
def test_the_verbs_refuse_as_the_posted_series_do(stable: Kernel) -> None:
    """Each verb in the wrong order ends in the error of the posted series and changes nothing; in the right one it does
    what it is for; and what the device core does to the device shows in its TDI.
    """
    own = {TSM: own_module(stable, TSM)}
    with Machine(Setup(stable, PVPANIC.modules, {0: PVPANIC.device}, (), own)) as machine:
        machine.run("echo 0 > /sys/bus/pci/drivers_autoprobe")
        machine.run(load(PVPANIC))
        machine.run(f"insmod /modules/{TSM}.ko")
        for line, ended, state in VERBS:
            assert (line, error(machine.run(line))) == (line, ended)
            assert (line, seen(machine.run(look((WHERE,))).text)) == (line, seen(state))
