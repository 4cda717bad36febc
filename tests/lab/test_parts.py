"""The parts of the lab that need no kernel."""

from __future__ import annotations

import ast
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.lab.counterexamples.reproducing import difference, plan
from tdispmodel.lab.counterexamples.script import script
from tdispmodel.lab.kernels.building import source
from tdispmodel.lab.running.initramfs import Entry, archive
from tdispmodel.lab.running.machine import Said
from tdispmodel.lab.running.observing import Seen, error, events, lines, snapshot
from tdispmodel.lab.running.operations import DEFERS, PVPANIC, WAITS, Doer, operation
from tdispmodel.semantics.grounding import Scope, ground
from tdispmodel.semantics.meaning import Semantics
from tdispmodel.verdict import Trace
from tests.lab.plans import HOT_ADD, hot_add, stored

MODELS = Path(__file__).resolve().parents[2] / "tdispmodel" / "models"

NOT_THERE = {
    "load_shared_module",  # needs a second device whose driver the module brings
    "recover_from_error",  # needs an error that the link reports
    "time_passes",  # the timeout of deferred probing is ten seconds, once
    "suspend",
    "resume",
    "reset",
    "scan_later_bus",
}
"""What the lab cannot do; every other step of the base model it can, or says that no kernel has it."""


def test_an_archive_has_the_published_layout() -> None:
    """A record is its magic, thirteen numbers of eight hexadecimal digits, name and data, each padded to four bytes."""
    found = archive((Entry("init", stat.S_IFREG | 0o755, b"hello"),))
    head = b"070701" + b"00000001" + b"000081ED" + b"00000000" * 2 + b"00000001" + b"00000000" + b"00000005"
    head += b"00000000" * 4 + b"00000005" + b"00000000"
    assert found.startswith(head + b"init\0" + b"\0" + b"hello" + b"\0\0\0" + b"070701")
    assert found.rstrip(b"\0").endswith(b"TRAILER!!!")
    assert len(found) % 4 == 0


def test_every_step_of_the_base_model_has_its_place() -> None:
    """The lab does each action of the base model, leaves it to the kernel, emulates it, or is known not to have it."""
    actions = {
        node.name
        for path in MODELS.glob("*.py")
        if path.name in ("base.py", "device_core.py", "userspace.py", "security_manager.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and any("action" in ast.dump(mark) for mark in node.decorator_list)
    } - {"start_initrd"}
    assert len(actions) > 40
    assert NOT_THERE == {name for name in actions if operation(f"{name}(devices[0])", PVPANIC).doer is Doer.IMPOSSIBLE}


def test_the_plan_of_the_hot_add() -> None:
    """The device that was removed in BOOT is not plugged in at boot, the initrd turns autoprobe off, and the bind is
    the kernel's, looked at once, after the hot-add.
    """
    found = hot_add()
    assert (found.reason, dict(found.plugged)) == ("", {})
    assert found.first == ("echo 0 > /sys/bus/pci/drivers_autoprobe",)
    assert [step.operation.doer for step in found.steps] == [Doer.GUEST, Doer.HOST, Doer.KERNEL]
    assert [step.compared for step in found.steps] == [True, False, True]
    assert found.steps[-1].expected.devices[0].driver == "pvpanic-pci"


def test_a_driver_that_defers_is_our_own() -> None:
    """Where the counterexample has a deferred probe, the driver is the lab's, told to defer; else it is a stock one."""
    assert stored("cc_probe_defer/prepare_runs_once").driver is DEFERS
    assert hot_add().driver is PVPANIC


def test_what_cannot_be_done_is_not_run() -> None:
    """A behaviour in which the guest is suspended is not run, and the step that the lab does not have is told."""
    catalogue = find_catalogue()
    system = ground(load(catalogue, catalogue.resolve("status_quo")).model, Scope(1, {"sleep": "KEEPS_STATE"}))
    semantics = Semantics(system)
    before = next(semantics.initial_states())
    trace = Trace(before)
    for name in ("pass_over_on_arrival(devices[0])", "start_initrd", "suspend"):
        action = next(one for one in semantics.enabled(before) if one.name == name)
        before = semantics.step(before, action)
        trace = Trace(trace.initial, (*trace.steps, (name, before)))
    assert plan(system, trace).reason == "the lab has nothing for the step suspend"


def test_a_driver_that_prepares_is_our_own() -> None:
    """The prepare driver of ccprepare_alias is a module of ours that driver_override names, and whose bind is real."""
    found = stored("ccprepare_alias/prepare_runs_once")
    assert found.reason == ""
    assert found.begin[0] == "insmod /modules/lab_prepare.ko"
    steps = {step.action: step for step in found.steps}
    assert steps["bind_prepare"].operation.command == "echo 0000:01:00.0 > /sys/bus/pci/drivers/lab_prepare/bind"
    assert steps["bind_prepare"].expected.devices[0].driver == "lab_prepare"
    assert steps["finish_prepare"].expected.devices[0].driver == ""


def test_a_probe_that_takes_time_is_ended_by_a_step() -> None:
    """Where a counterexample has begin and end of a probe, our driver waits in it, and the guest goes on meanwhile;
    sysfs shows the driver from the begin on.
    """
    found = stored("open_coded_defer/kernel_binds_only_verified")
    assert found.driver is WAITS
    steps = {step.action: step for step in found.steps}
    assert steps["load_module"].operation.command == "insmod /modules/lab_driver.ko does=4 & probe=$!"
    assert steps["load_module"].expected.devices[0].driver == "lab_driver"
    assert steps["finish_automatic_probe"].operation.doer is Doer.GUEST


def test_nobody_can_make_the_kernel_wait() -> None:
    """A behaviour that ends with the hot-add, before the kernel attached or passed over the device, is not run: by the
    time somebody looks the kernel has gone on.
    """
    assert "goes on after hot_add" in stored(HOT_ADD, 4).reason
    assert stored(HOT_ADD, 3).reason == ""


def test_a_device_on_another_bus_is_not_run() -> None:
    """The lab has a PCI bus alone: a device on a later one, as the model has it, is none of its."""
    catalogue = find_catalogue()
    model = load(catalogue, catalogue.resolve("status_quo")).model
    system = ground(model, Scope(1, {"devices[0].bus": "LATER"}))
    initial = next(Semantics(system).initial_states())
    assert "a bus that the lab does not have" in plan(system, Trace(initial)).reason


def test_a_difference_is_told() -> None:
    """Each of the things that are compared is told when it differs, and nothing when nothing does."""
    seen = Seen(False, True, snapshot("autoprobe=0\ndevice=x\npresent=1\ndriver=pvpanic-pci\ndeferred=0").devices)
    assert difference(seen, seen) == ""
    assert "autoprobe: the model says yes, seen no" in difference(replace(seen, autoprobe=True), seen)
    bare = replace(seen, devices=(replace(seen.devices[0], driver=""),))
    assert difference(bare, seen) == "devices[0].driver: the model says none, seen pvpanic-pci"


@pytest.mark.parametrize(
    ("words", "name"),
    [("No such device", "ENODEV"), ("No such device or address", "ENXIO"), ("Device or resource busy", "EBUSY")],
)
def test_errors_have_their_names(words: str, name: str) -> None:
    """What the shell says of a failed write is the errno's text; success is DONE, and anything else is not guessed."""
    assert error(Said(1, f"sh: write error: {words}")) == name
    assert error(Said(0, "")) == "DONE"
    assert error(Said(1, "sh: something else")) == "?"


def test_the_log_and_uevents_are_read() -> None:
    """A raw log loses its levels, and probes are counted by device and driver; of uevents those of PCI are kept."""
    text = "<7>[    6.4] pci 0000:01:00.0: bus: 'pci': really_probe: probing driver edu with device\n??\n"
    seen = Seen(True, True, (), tuple(lines(text)))
    assert seen.probes("0000:01:00.0", "edu") == 1
    assert seen.probes("0000:02:00.0", "edu") == 0
    told = "ACTION=add\nDEVPATH=/devices/pci0000:00/x\nACTION=add\nDEVPATH=/module/x\n"
    assert events(told) == ("add /devices/pci0000:00/x",)


def test_a_script_brings_our_own_driver_along() -> None:
    """Where the driver is ours the script has its source as it is here, builds it, and tells the emulated TSM what the
    model says.
    """
    text = script(stored("cc_probe_defer/prepare_runs_once"), "TDM223")
    ended = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False)
    assert (ended.returncode, text.isascii()) == (0, True)
    assert "# usage: sh THIS IMAGE MODULES HEADERS\n" in text
    assert (source() / "lab_driver.c").read_text() in text
    assert text.index("insmod /modules/lab_tsm.ko") < text.index("insmod /modules/lab_driver.ko does=1")


def test_the_script_is_shell_and_ascii() -> None:
    """The script for others is accepted by the shell, is ASCII, asks the host for the device and tells what to see."""
    text = script(hot_add(), "TDM301")
    ended = subprocess.run(["sh", "-n"], input=text, text=True, capture_output=True, check=False)
    assert (ended.returncode, text.isascii()) == (0, True)
    assert "device_add pvpanic-pci,id=device0,bus=port0" in text
    assert "expect 5 'autoprobe=0 loaded=1 there=1 deferred=0 driver=pvpanic-pci;'" in text
