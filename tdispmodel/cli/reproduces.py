"""The verbs that ask a real kernel in QEMU: ``reproduce`` a counterexample, and ``lab`` the whole device core."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tdispmodel.checking.mistakes import NO_LAB, mistake
from tdispmodel.checking.pipeline import run
from tdispmodel.cli.analyses import wanted_of
from tdispmodel.cli.checks import NotApplicable, not_applicable
from tdispmodel.cli.output import Output
from tdispmodel.cli.progress import Reporter
from tdispmodel.ir.model import Kind
from tdispmodel.printing.changes import changed_actions
from tdispmodel.reports.exits import Exit
from tdispmodel.verdict import Answer

BEFORE = "BEFORE_6_19"
NEEDED = "on Debian: apt-get install qemu-system-x86 busybox-static"


def reproduce(arguments: argparse.Namespace, output: Output) -> int:
    """Say whether a real kernel does what the counterexample says: 0 it does, 1 it does not, 4 nothing could be run."""
    from tdispmodel.lab.apt import NoLab  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.lab.operations import CAN_BE_PATCHED, OWN  # noqa: PLC0415  # as above
    from tdispmodel.lab.packages import Series, kernel  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.lab.reproducing import Outcome, plan, reproduce as reproduced  # noqa: PLC0415  # as above
    from tdispmodel.lab.script import script  # noqa: PLC0415  # as above
    from tdispmodel.lab.telling import account  # noqa: PLC0415  # as above

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
        return Exit.OPEN if result is not None and result.verdict.answer is Answer.OPEN else Exit.NOTHING
    planned = plan(result.system, result.verdict.trace)
    about = f"{result.verdict.property.code} {result.verdict.property.name}"
    if arguments.script:
        reason = planned.reason or ("it needs the lab's own driver" if planned.driver.name == OWN else "")
        if reason:
            output.note(f"nothing was written: {reason}")
            return Exit.NOTHING
        output.save(arguments.script, script(planned, f"{about} of {wanted.called}"))
        return Exit.HOLDS
    before = str(dict(result.system.constants).get("kernel")) == BEFORE
    series = Series(arguments.on) if arguments.on else Series.STABLE if before else Series.UNSTABLE
    try:
        done = reproduced(planned, kernel(series))
    except NoLab as why:
        raise mistake(NO_LAB, str(why), NEEDED) from None
    changed = changed_actions(wanted.loaded.model, wanted.loaded.base)
    names = {name.split(".")[-1] for name in changed}
    finite = result.verdict.property.kind in (Kind.INVARIANT, Kind.STEP)
    output.write(account(done, wanted.called, about, sorted(names & CAN_BE_PATCHED), finite=finite))
    if arguments.log:
        lines = [
            f"# {step.step.name}\n" + "".join(f"{line}\n" for line in step.seen.log) for step in done.done if step.seen
        ]
        output.save(arguments.log, "".join(lines))
    codes = {Outcome.REPRODUCED: Exit.HOLDS, Outcome.OTHERWISE: Exit.VIOLATED, Outcome.NOT_RUN: Exit.NOTHING}
    return codes[done.outcome]


def lab(arguments: argparse.Namespace, output: Output) -> int:
    """Say whether sequences made of the model go on a real kernel as the model says: 0 they do, 1 they do not."""
    from tdispmodel.lab.apt import NoLab  # noqa: PLC0415  # each verb loads what it needs
    from tdispmodel.lab.building import own_module  # noqa: PLC0415  # as above
    from tdispmodel.lab.conforming import conform, constants_of  # noqa: PLC0415  # as above
    from tdispmodel.lab.covering import conformance, wandering  # noqa: PLC0415  # as above
    from tdispmodel.lab.machine import GuestLost  # noqa: PLC0415  # as above
    from tdispmodel.lab.operations import DEFERS, FAILS, OWN, PVPANIC, PVPANIC_ACPI, VIRTIO_RNG  # noqa: PLC0415  # as above
    from tdispmodel.lab.packages import Series, kernel  # noqa: PLC0415  # as above
    from tdispmodel.lab.subjects import Case  # noqa: PLC0415  # as above
    from tdispmodel.lab.wandering import Wish, randomly  # noqa: PLC0415  # as above

    drivers = {"stock": PVPANIC, "virtio": VIRTIO_RNG, "platform": PVPANIC_ACPI, "defers": DEFERS, "fails": FAILS}
    driver = drivers[arguments.driver]
    try:
        booted = kernel(Series(arguments.on))
        own = {OWN: own_module(booted)} if driver.name == OWN else {}
        case = Case(booted, driver, own, briefly=arguments.briefly, devices=arguments.devices)
        if arguments.random:
            drawn = randomly(case, Wish(arguments.random, arguments.seed))
            output.write(wandering(booted.release, driver.name, constants_of(booted, driver), drawn))
            return Exit.VIOLATED if drawn.difference else Exit.OPEN if drawn.late else Exit.HOLDS
        found = conform(case)
    except NoLab as why:
        raise mistake(NO_LAB, str(why), NEEDED) from None
    except GuestLost as lost:
        output.note(f"nothing is known: {lost}")
        return Exit.NOTHING
    output.write(conformance(found))
    return Exit.VIOLATED if found.differences else Exit.OPEN if found.missing else Exit.HOLDS
