"""The verb ``doctor``: what this machine has of what can be used, and whether each engine gives a known answer."""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import time
from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files

from tdispmodel import __version__
from tdispmodel.checking.catalogue import PACKAGE, find_catalogue
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.cli.output import Output
from tdispmodel.engines.registry import ENGINES, extra, missing
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.options import word
from tdispmodel.reports.plain import WIDTH, beside, joined, packed

ASKED, ABOUT = "status_quo", "no_trusted_driver_binds_pre_run"
KNOWN = "FAIL 3"
"""Of the kernel as it is: a device that was passed over, the initrd, and then udev loads the module, which binds."""

SECONDS = 20.0
WITH_A_CARD, SEVERAL = "gpu", "distributed"
NOT_ASKED = {
    WITH_A_CARD: "needs a card: tdispmodel check --engine gpu",
    SEVERAL: "starts a cluster: tdispmodel check --engine distributed",
}

PROGRAMS = {
    "spin": "export --to promela",
    "rumur": "export --to murphi",
    "berkeley-abc": "export --to aiger",
    "cc": "to compile what spin and rumur write",
    "dot": "to draw graphs",
    "groff": "to read the manual page",
    "chromium": "to look at the explorer",
    "qemu-system-x86_64": "to run a kernel",
}
"""Programs of others that something here is made for; none is needed for a verdict."""

NAME = re.compile(r"[A-Za-z0-9._-]+")


def doctor(_arguments: argparse.Namespace, output: Output) -> int:
    """Look, ask every engine one question, and say what is missing."""
    lines = [f"tdispmodel {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"]
    lines += _facts()
    lines += ["", "packages:", *_packages()]
    lines += ["", "programs:", *_programs()]
    output.write(joined(lines))
    output.write(
        joined(["", f"engines, asked whether {ABOUT}", f"holds of {ASKED}, which has a counterexample of 3 steps:"])
    )
    wrong = 0
    for name in ENGINES:
        said, well = _asked(name)
        wrong += not well
        output.write(joined(beside(f"  {name:<12} ", packed([said], WIDTH - 15))))
    told = "everything that is here works" if not wrong else f"{wrong} of the engines cannot be relied on"
    output.write(joined(["", told]))
    return Exit.VIOLATED if wrong else Exit.HOLDS


def _facts() -> Iterator[str]:
    catalogue = find_catalogue()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20 if hasattr(os, "sysconf") else 0
    yield f"{os.cpu_count() or 1} processors, {memory} MB of memory"
    yield from beside("catalogue: ", packed([str(catalogue.root), f"{len(catalogue.proposals)} proposals"], WIDTH - 11))


def _packages() -> Iterator[str]:
    """Yield what is installed of what is needed, then of each extra."""
    needed: dict[str, list[str]] = {}
    for line in metadata.requires("tdispmodel") or []:
        marker = re.search(r"extra == ['\"](\w+)['\"]", line)
        package = NAME.match(line)
        if package is not None and package.group() != "tdispmodel":
            needed.setdefault(marker[1] if marker else "", []).append(package.group())
    for group, packages in sorted(needed.items()):
        if group == "test":
            continue
        told = [_version(package) for package in packages]
        yield from beside(f"  {group or 'needed':<12} ", packed(told, WIDTH - 15))


def _version(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return f"{package} is not installed"


def _programs() -> Iterator[str]:
    for name, what in PROGRAMS.items():
        found = shutil.which(name)
        yield from beside(f"  {name:<18} ", packed([found or f"not here ({what})"], WIDTH - 21))


def _asked(name: str) -> tuple[str, bool]:
    """Return what an engine said, and whether that is as it should be: what does not answer cannot be wrong."""
    if missing(name):
        return f"not installed: {extra(name)}", True
    if name in NOT_ASKED:
        return NOT_ASKED[name], True
    started = time.monotonic()
    request = Request(find_catalogue(PACKAGE), (ASKED,), only=(ABOUT,), engines=(name,), seconds=SECONDS, jobs=1)
    try:
        results = run(request).report.results
    except Exception as fault:  # noqa: BLE001  # a package that cannot be loaded, or worse: that is what is looked for
        return f"fails: {type(fault).__name__}", False
    took = f"{time.monotonic() - started:.1f} s"
    if len(results) != 1:
        return "fails: no verdict", False
    verdict = results[0].verdict
    said = word(verdict)
    well = said == "open" or (said == KNOWN if verdict.shortest else said.startswith("FAIL"))
    return f"{said}, {took}" if well else f"{said}, which is wrong", well


def completion(arguments: argparse.Namespace, output: Output) -> int:
    """Print what a shell reads to complete commands."""
    output.write(files("tdispmodel.cli").joinpath("shipped", f"tdispmodel.{arguments.shell}").read_text("utf-8"))
    return Exit.HOLDS
