"""The verbs that ask a real kernel in QEMU: ``reproduce`` a counterexample, and ``lab`` the whole device core."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tdispmodel.checking.loading import load_base
from tdispmodel.checking.mistakes import NO_LAB, USAGE, mistake
from tdispmodel.checking.pipeline import run
from tdispmodel.cli.analyses import wanted_of
from tdispmodel.cli.checks import NotApplicable, not_applicable
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.printing.changes import changed_actions
from tdispmodel.reports.exits import Exit
from tdispmodel.verdict import Answer

if TYPE_CHECKING:
    from tdispmodel.lab.counterexamples.reproducing import Account, Plan
    from tdispmodel.lab.documents import Asked

BEFORE = "BEFORE_6_19"
NEEDED = "on Debian: apt-get install qemu-system-x86 busybox-static"


def reproduce(arguments: argparse.Namespace, output: Output) -> int:
    """Say whether a real kernel does what the counterexample says: 0 it does, 1 it does not, 4 nothing could be run."""
    from tdispmodel.lab.counterexamples.reproducing import Outcome, plan, reproduce as reproduced  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.lab.counterexamples.telling import account  # noqa: PLC0415  # as above
    from tdispmodel.lab.documents import Asked, reproduction  # noqa: PLC0415  # as above
    from tdispmodel.lab.kernels.apt import NoLab  # noqa: PLC0415  # as above
    from tdispmodel.lab.kernels.packages import Series, kernel  # noqa: PLC0415  # as above
    from tdispmodel.lab.running.operations import CAN_BE_PATCHED  # noqa: PLC0415  # as above

    try:
        wanted = wanted_of(arguments)
    except NotApplicable as left:
        return not_applicable(left.left, output)
    reporter = Reporter(arguments.progress)
    try:
        found = run(replace(wanted.request, only=(wanted.property.name,)), reporter).report
    finally:
        reporter.close()
    if found.complaints:
        output.complain(found.complaints)
        return Exit.INPUT
    result = found.results[0] if found.results else None
    if result is None or result.verdict.answer is not Answer.VIOLATED or result.verdict.trace is None:
        output.note("nothing was run: there is no counterexample")
        code = Exit.OPEN if result is not None and result.verdict.answer is Answer.OPEN else Exit.NOTHING
        if output.json:
            shown = None if result is None else Asked(wanted.called, result.verdict.property, result.system)
            output.document((), code) if shown is None else output.write(reproduction(shown, None, code))
        return code
    planned = plan(result.system, result.verdict.trace)
    base = load_base(wanted.request.catalogue).model
    names = frozenset(name.split(".")[-1] for name in changed_actions(wanted.loaded.model, base))
    asked = Asked(wanted.called, result.verdict.property, result.system, sorted(names & CAN_BE_PATCHED))
    if arguments.script:
        return _script(arguments.script, output, planned, asked)
    before = str(dict(result.system.constants).get("kernel")) == BEFORE
    series = Series(arguments.on) if arguments.on else Series.STABLE if before else Series.UNSTABLE
    try:
        done = reproduced(planned, kernel(series), names)
    except NoLab as why:
        raise mistake(NO_LAB, str(why), NEEDED) from None
    codes = {Outcome.REPRODUCED: Exit.HOLDS, Outcome.OTHERWISE: Exit.VIOLATED, Outcome.NOT_RUN: Exit.NOTHING}
    code = codes[done.outcome]
    if output.json:
        output.write(reproduction(asked, done, code))
    else:
        output.write(
            account(done, asked.proposal, f"{asked.about.code} {asked.about.name}", asked.patched, finite=asked.finite)
        )
    if arguments.log:
        output.save(arguments.log, "".join(_log(done)))
    return code


def _script(path: str, output: Output, planned: Plan, asked: Asked) -> int:
    """Write the script for others, if the counterexample can be run."""
    from tdispmodel.lab.counterexamples.script import script  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.lab.documents import reproduction  # noqa: PLC0415  # as above

    code = Exit.NOTHING if planned.reason else Exit.HOLDS
    if planned.reason:
        output.note(f"nothing was written: {planned.reason}")
    else:
        output.save(path, script(planned, f"{asked.about.code} {asked.about.name} of {asked.proposal}"))
    if output.json:
        output.write(reproduction(asked, None, code, planned.reason or "a script was wanted, and no run"))
    return code


def _log(done: Account) -> Iterator[str]:
    """Yield all that the kernel said, by steps."""
    for step in done.done:
        if step.seen:
            yield f"# {step.step.name}\n"
            yield from (f"{line}\n" for line in step.seen.log)


def lab(arguments: argparse.Namespace, output: Output) -> int:
    """Say whether sequences made of the model go on a real kernel as the model says: 0 they do, 1 they do not."""
    from tdispmodel.lab.documents import conformance as document  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.lab.kernels.apt import NoLab  # noqa: PLC0415  # as above
    from tdispmodel.lab.kernels.building import own_module  # noqa: PLC0415  # as above
    from tdispmodel.lab.kernels.packages import Series, kernel  # noqa: PLC0415  # as above
    from tdispmodel.lab.running.machine import GuestLost  # noqa: PLC0415  # as above
    from tdispmodel.lab.running.operations import DEFERS, FAILS, OWN, PCI_BUS, PVPANIC, PVPANIC_ACPI, VFIO, VIRTIO_RNG  # noqa: PLC0415  # as above
    from tdispmodel.lab.sequences.conforming import conform  # noqa: PLC0415  # as above
    from tdispmodel.lab.sequences.covering import conformance, wandering  # noqa: PLC0415  # as above
    from tdispmodel.lab.sequences.subjects import Case  # noqa: PLC0415  # as above
    from tdispmodel.lab.sequences.wandering import Wish, randomly  # noqa: PLC0415  # as above

    drivers = {
        "stock": PVPANIC,
        "vfio": VFIO,
        "virtio": VIRTIO_RNG,
        "platform": PVPANIC_ACPI,
        "defers": DEFERS,
        "fails": FAILS,
    }
    driver = drivers[arguments.driver]
    if arguments.random is not None and (arguments.random < 1 or arguments.briefly):
        raise mistake(USAGE, "--random takes a number from 1 on, and no --briefly")
    if arguments.devices > 1 and driver.bus != PCI_BUS:
        raise mistake(USAGE, f"--devices {arguments.devices}: the {driver.bus} bus has one device in the lab")
    try:
        booted = kernel(Series(arguments.on))
        own = {OWN: own_module(booted)} if driver.name == OWN else {}
        case = Case(booted, driver, own, briefly=arguments.briefly, devices=arguments.devices)
        drawn = randomly(case, Wish(arguments.random, arguments.seed)) if arguments.random else None
        found = conform(case) if drawn is None else drawn.conformance(case)
    except NoLab as why:
        raise mistake(NO_LAB, str(why), NEEDED) from None
    except GuestLost as lost:
        output.note(f"nothing is known: {lost}")
        if output.json:
            output.document((), Exit.NOTHING)
        return Exit.NOTHING
    unfinished = found.missing if drawn is None else drawn.late
    code = Exit.VIOLATED if found.differences else Exit.OPEN if unfinished else Exit.HOLDS
    text = conformance(found) if drawn is None else wandering(found, drawn)
    output.write(document(found, code, drawn) if output.json else text)
    return code
