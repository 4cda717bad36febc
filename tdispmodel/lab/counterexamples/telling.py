"""What came of a counterexample on a real kernel, in lines of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdispmodel.lab.counterexamples import emulating
from tdispmodel.lab.counterexamples.reproducing import Account, Done, Outcome, Plan, said
from tdispmodel.lab.running.observing import Seen
from tdispmodel.lab.running.operations import OWN, PREPARE, Doer
from tdispmodel.reports.plain import joined, paragraph

VERDICTS = {
    Outcome.REPRODUCED: "REPRODUCED",
    Outcome.OTHERWISE: "NOT REPRODUCED",
    Outcome.NOT_RUN: "NOT RUN",
}
DOERS = {
    Doer.GUEST: "the guest",
    Doer.HOST: "the host",
    Doer.KERNEL: "the kernel",
    Doer.NOBODY: "nothing to do",
    Doer.EMULATED: "EMULATED: no kernel of a distribution has it",
    Doer.IMPOSSIBLE: "not in the lab",
}
INDENT = "      "
CORE = ("bus: 'pci'", "driver_bound", "deferred", "probe with driver", "Retrying", "requests probe deferral")


def account(done: Account, proposal: str, about: str, patched: Sequence[str] = (), *, finite: bool = True) -> str:
    """Return the text about one counterexample: the verdict first, then each step with the kernel's own lines.

    ``patched`` are the kernel's steps that the proposal changes, which an unmodified kernel does as it always did.
    ``finite``: the behaviour itself is what violates the property, and not what may or must follow.
    """
    lines = paragraph(f"{about}: {VERDICTS[done.outcome]} on {done.release}", rest="  ")
    lines += paragraph(f"the counterexample of {proposal}, {_counted(len(done.plan.every))}", "  ")
    if done.reason:
        lines += paragraph(done.reason, "  because: ")
    for number, step in enumerate(done.done, 1):
        lines += ["", *_step(number, step, done.plan)]
    lines += [""] if done.done else []
    if done.outcome is Outcome.REPRODUCED:
        lines += paragraph("in every state that was looked at the kernel was in the state of the model", "  ")
    if done.outcome is Outcome.REPRODUCED and not finite:
        lines += paragraph("that it goes on for ever, or that nothing else could follow, is the model's word", "  ")
    if done.plan.driver.name == OWN or any(PREPARE in line for line in done.plan.begin):
        lines += paragraph(
            "a driver here is the lab's own: what its probe does, and whom it asks about acceptance, is no kernel's",
            "  ",
        )
    if patched:
        told = f"the proposal changes the kernel, and this one is unmodified: it is without it in {', '.join(patched)}"
        lines += paragraph(told, "  ")
    if done.plan.emulated:
        told = f"emulated, so that nothing is said of any kernel there: {', '.join(done.plan.emulated)}"
        lines += paragraph(told, "  ")
    believed = dict.fromkeys(step.step.name for step in done.done if step.believed)
    if believed:
        told = f"not even emulated, for the lab has not what the design has: {', '.join(believed)}"
        lines += paragraph(told, "  ")
    return joined(lines)


def _counted(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"


def _step(number: int, done: Done, plan: Plan) -> Iterator[str]:
    step = done.step
    begins = number == len(plan.boot)
    who = (
        "how the machine is made" if number < len(plan.boot) else "the guest" if begins else DOERS[step.operation.doer]
    )
    yield from paragraph(f"{step.actor}: {step.name} - {who}", f"{number:4}  ")
    for command in plan.commands(number, done):
        yield from paragraph(f"# {command}", INDENT, INDENT + "  ")
    if done.seen is not None:
        yield from paragraph(f"seen: {state(done.seen)}", INDENT, INDENT + "  ")
        if done.seen.uevents:
            told = (f"{event.split(' ')[0]} {event.rsplit('/', 1)[-1]}" for event in done.seen.uevents)
            yield from paragraph(f"uevents: {', '.join(told)}", INDENT, INDENT + "  ")
        for line in done.seen.log:
            if any(word in line for word in CORE) and _of_slot(line):
                yield from paragraph(f"| {line}", INDENT, INDENT + "|   ")
    for slot, shown in enumerate(done.interfaces):
        if shown is not None and step.operation.doer is not Doer.NOBODY:
            yield from paragraph(f"emulated TSM: devices[{slot}]: {emulating.said(shown)}", INDENT, INDENT + "  ")
    if done.believed:
        yield from paragraph("the model's word", INDENT, INDENT + "  ")
    if done.differs:
        yield from paragraph(done.differs, INDENT + "OTHERWISE: ", INDENT + "  ")


def _of_slot(line: str) -> bool:
    """Whether a line of the log is about a device in a slot, and not about one of the machine's own."""
    return "0000:0" in line and "0000:00:" not in line


def state(seen: Seen) -> str:
    """Return what was seen in words: ``autoprobe=no driver_loaded=yes devices[0]: present, driver pvpanic-pci``."""
    words = [f"autoprobe={said(seen.autoprobe)}", f"driver_loaded={said(seen.driver_loaded)}"]
    for slot, device in enumerate(seen.devices):
        about = f"driver {said(device.driver)}" if device.present else "not there"
        words.append(f"devices[{slot}]: {about}{', deferred' if device.deferred else ''}")
    return "; ".join(words)
