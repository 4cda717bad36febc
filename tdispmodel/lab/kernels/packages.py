"""Kernels from Debian's packages, taken apart and not installed.

Given which kernel is wanted, gives where its image and its modules are, after the machine's own apt has fetched the
packages.  Nothing is said here of where packages come from: for the unstable suite the entry is derived from the
machine's own list of sources.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tdispmodel.lab.kernels import apt
from tdispmodel.lab.kernels.apt import NoLab

PROGRAMS = ("qemu-system-x86_64", "busybox", "apt-get", "apt-cache", "dpkg-deb")
RELEASE = re.compile(r"linux-image-(?P<release>(?P<version>[0-9]+(?:\.[0-9]+)+)\S*-cloud-amd64)")


class Series(Enum):
    """Which kernel: the machine's own Debian's of the 6.12 series, or what the unstable suite has."""

    STABLE = "6.12"
    UNSTABLE = "unstable"


@dataclass(frozen=True)
class Kernel:
    """A kernel that can be booted: its release, its image, and the folder of its modules."""

    release: str
    image: Path
    modules: Path

    @property
    def version(self) -> tuple[int, ...]:
        """The numbers that the release begins with."""
        return numbers(self.release)

    @property
    def gates_hot_added(self) -> bool:
        """Whether it is of v6.19 or later, which is what the model's constant `kernel` is about."""
        return self.version >= (6, 19)


def numbers(release: str) -> tuple[int, ...]:
    """Return the numbers that a release begins with: ``6.12.117+deb12`` as ``(6, 12, 117)``."""
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", release)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def missing() -> tuple[str, ...]:
    """Return the programs that the lab needs and this machine does not have."""
    return tuple(name for name in PROGRAMS if shutil.which(name) is None)


def shelf() -> Path:
    """Return the folder in which kernels are kept: ``TDISPMODEL_LAB``, else the user's cache."""
    told = os.environ.get("TDISPMODEL_LAB")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(told) if told else Path(cache) / "tdispmodel" / "lab"


def kernel(series: Series) -> Kernel:
    """Return the newest kernel of a series, fetched if it was not before.  Raises `NoLab`."""
    if missing():
        message = f"not here: {', '.join(missing())}"
        raise NoLab(message)
    kept = shelf() / series.value
    if not kept.is_dir():
        new = shelf() / f"{series.value}.{os.getpid()}"
        try:
            new.mkdir(parents=True)
            _fetch(series, new)
            if not kept.is_dir():  # somebody else may have been faster
                new.rename(kept)
        except OSError as problem:
            message = f"no room for kernels: {problem.strerror}; set TDISPMODEL_LAB to a folder"
            raise NoLab(message) from None
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return unpacked(kept / "root")


def unpacked(root: Path) -> Kernel:
    """Return the kernel of packages that were taken apart in ``root``.  Raises `NoLab` when there is none."""
    for modules in sorted(root.glob("**/lib/modules/*"), key=lambda path: numbers(path.name), reverse=True):
        for image in (modules / "vmlinuz", root / "boot" / f"vmlinuz-{modules.name}"):
            if image.is_file():
                return Kernel(modules.name, image, modules)
    message = "the packages hold no image of a kernel with its modules"
    raise NoLab(message)


def _fetch(series: Series, folder: Path) -> None:
    """Download the packages of a kernel and take them apart below ``folder``."""
    unstable = series is Series.UNSTABLE
    options = apt.lists_of_own(folder / "apt", apt.unstable_entry(apt.lists())) if unstable else []
    if not _images(options):
        options = apt.lists_of_own(folder / "apt", "")
    release = newest(_images(options), series)
    first = f"linux-image-{release}"
    apt.take_apart([first, *apt.parts(first, ("linux-binary-", "linux-modules-"), options)], folder / "root", options)
    shutil.rmtree(folder / "apt", ignore_errors=True)
    unpacked(folder / "root")


def _images(options: Sequence[str]) -> list[str]:
    """Return the names of the packages with kernels that apt knows."""
    told = apt.said("apt-cache", *options, "search", "--names-only", "^linux-image-[0-9].*-cloud-amd64$")
    return [line.split(" ")[0] for line in told.splitlines()]


def newest(packages: Iterator[str] | Sequence[str], series: Series) -> str:
    """Return the newest release among names of packages that is of the series.  Raises `NoLab`."""
    found = [known for name in packages if (known := RELEASE.fullmatch(name)) is not None]
    wanted = [known for known in found if series is Series.UNSTABLE or numbers(known["version"])[:2] == (6, 12)]
    if not wanted:
        message = f"apt knows no linux-image-*-cloud-amd64 of {series.value}; try apt-get update"
        raise NoLab(message)
    return max(wanted, key=lambda known: numbers(known["version"]))["release"]
