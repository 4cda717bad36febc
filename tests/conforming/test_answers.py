"""What is said of logs that were measured on unmodified kernels, or that a person can follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.engines.protocol import Limits
from tdispmodel.reports.conformance import Conformance, document, render
from tdispmodel.reports.exits import Exit
from tests.conforming.asking import asked_of
from tests.conforming.oracle import system_of
from tests.conforming.simulating import ADDRESS

LOGS = Path(__file__).resolve().parents[2] / "docs" / "logs"
REPLUGGED = [(LOGS / f"replugged.{kind}").read_text() for kind in ("dmesg", "uevents")]
BEFORE = (("kernel", "BEFORE_6_19"),)
QUIET = ("host.swap", "host.refuse", "host.error", "host.stall")
SYSTEM = system_of("initrd_autoprobe_off", off=QUIET)

BIND = "[    2.000000] e1000e 0000:01:00.0: driver: 'e1000e': driver_bound: bound to device\n"
INIT = "[    1.000000] Run /init as init process\n"


def measured(kernel: tuple[tuple[str, str], ...], *, complete: bool = True) -> Conformance:
    """Return the answer about a device that is plugged in again while drivers_autoprobe is off, and bound."""
    return asked_of(system_of("initrd_autoprobe_off", kernel), *REPLUGGED, complete=complete)


def test_hot_add_before_6_19() -> None:
    """Before v6.19 a hot-added device binds with drivers_autoprobe off (measured on 6.12.117): the logs are explained."""
    found = measured(BEFORE)
    assert (True, Exit.HOLDS, 14) == (found.accepted, found.exit, found.explained)
    assert found.trace is not None
    assert "attach_on_arrival(devices[0])" in [name for name, _ in found.trace.steps]


def test_hot_add_since_6_19() -> None:
    """Since v6.19 it does not (measured on 7.2.13): the bind cannot come, and drivers_autoprobe is what blocks it."""
    found = measured(())
    assert (False, Exit.VIOLATED) == (found.accepted, found.exit)
    assert {"driver bound", "bind uevent"} == {blocked.line.form for blocked in found.blocked}
    assert {("attach_on_arrival(devices[0])",)} == {(blocked.action,) for blocked in found.blocked}
    text = render(found, verbose=False, seconds=0.0)
    assert "it requires: autoprobe [" in text
    assert all(len(line) <= 72 for line in text.splitlines())


def test_hot_add_with_lines_missing() -> None:
    """With lines missing it can have been userspace that bound, after acceptance: that explains the logs on any kernel."""
    found = measured((), complete=False)
    assert found.accepted
    assert found.trace is not None
    assert "accept(devices[0])" in [name for name, _ in found.trace.steps]


def uevents(*actions: str, first: int = 7) -> str:
    """Return uevents of the device, one a second."""
    path = f"/devices/pci0000:00/0000:00:04.0/{ADDRESS}"
    return "".join(
        f"KERNEL[{number}.000000] {action}     {path} (pci)\nACTION={action}\nDEVPATH={path}\nSEQNUM={number}\n\n"
        for number, action in enumerate(actions, start=first)
    )


def test_bound_twice() -> None:
    """Nothing binds twice without an unbind between; where unbinds are shown, the second bind is one too many."""
    assert asked_of(SYSTEM, uevents("bind", "unbind", "bind"), complete=True).accepted
    assert asked_of(SYSTEM, uevents("bind", "unbind", "bind", "bind")).accepted
    found = asked_of(SYSTEM, uevents("bind", "unbind", "bind", "bind"), complete=True)
    assert (False, 3) == (found.accepted, found.explained)
    assert any("a line of unbind(devices[0]) is missing" in change for change in found.nearest)


def test_no_step_writes_it() -> None:
    """The default guest is never suspended, so that no step writes the line, and no guard can be blamed."""
    found = asked_of(SYSTEM, INIT + "[    2.000000] PM: suspend entry (deep)\n")
    assert (1, 2) == (found.explained, found.total)
    (blocked,) = found.blocked
    assert "" == blocked.action
    assert "no step writes it under these constants" in render(found, verbose=False, seconds=0.0)
    slept = asked_of(
        system_of("initrd_autoprobe_off", (("sleep", "KEEPS_STATE"),), off=QUIET),
        INIT + "[    2.000000] PM: suspend entry (deep)\n",
    )
    assert slept.accepted


def test_missing_line() -> None:
    """Where the log shows removals and arrivals, a second arrival lacks a removal, and that is the nearest explanation."""
    add, remove = "bus: 'pci': add device", "bus: 'pci': remove device"
    text = kernel("Run /init as init process", *(f"{words} {ADDRESS}" for words in (remove, add, add)))
    found = asked_of(SYSTEM, text, complete=True)
    assert (3, 4) == (found.explained, found.total)
    (blocked,) = found.blocked
    assert blocked.action == "hot_add(devices[0])"
    assert found.nearest[0] == "a line of remove(devices[0]) is missing before log0:4; then 1 more line is explained"


def test_wrong_result() -> None:
    """A lock of a bound device is refused with EBUSY: a marker that says EINVAL cannot come, and the errno is what differs."""
    text = INIT + BIND + "[    3.000000] tdisp: lock 0000:01:00.0 EINVAL\n"
    found = asked_of(system_of("status_quo", off=QUIET), text, complete=True)
    (blocked,) = found.blocked
    assert blocked.action == "lock(devices[0])"
    assert [("result", ("EINVAL",))] == [(unmet.variable, unmet.wanted) for unmet in blocked.unmet]


def test_nothing_observed() -> None:
    """A log without a line about the model says nothing: exit code 4, and no verdict."""
    found = asked_of(SYSTEM, "[    0.000000] Linux version 6.12.117\n", devices=())
    assert (None, Exit.NOTHING, None) == (found.accepted, found.exit, found.trace)


@pytest.mark.parametrize("limits", [Limits(seconds=0.0), Limits(memory=1)])
def test_limits(limits: Limits) -> None:
    """A search without time or memory is open, and says why."""
    found = asked_of(SYSTEM, INIT, limits=limits)
    assert (None, Exit.OPEN) == (found.accepted, found.exit)
    assert found.stopped
    assert '"verdict": "open"' in document(found)


def kernel(*messages: str) -> str:
    """Return a kernel log, one message a second."""
    return "".join(f"[{number:5}.000000] {message}\n" for number, message in enumerate(messages, start=1))


@pytest.mark.parametrize(
    ("words", "accepted"), [(("Card present", "Link Up"), True), (("Link Up", "Card present"), False)]
)
def test_order_within_a_step(words: tuple[str, str], accepted: bool) -> None:
    """Of one plug-in the card comes before the link; the other way round it would be two, and a removal between is not shown."""
    slot = "pcieport 0000:00:04.0: pciehp: Slot(1): "
    text = kernel(*(slot + word for word in ("Card not present", *words)))
    assert accepted is asked_of(SYSTEM, text, complete=True).accepted


def test_unrelated_logs_in_any_order() -> None:
    """Lines of two logs without a common clock come in any order: an unbind that the other log's bind needs may be earlier."""
    one, other = uevents("bind", "bind"), uevents("unbind", first=20)
    assert asked_of(SYSTEM, one, other, complete=True, skew=20_000_000).accepted
    assert asked_of(SYSTEM, one, other, complete=True, skew=100_000).accepted is False
