"""Kernels from Debian's packages, taken apart and not installed.

Given which kernel is wanted, gives where its image and its modules are, after the machine's own apt has fetched the
packages.  Nothing is said here of where packages come from: for the unstable suite the entry is derived from the
machine's own list of sources.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

PROGRAMS = ("qemu-system-x86_64", "busybox", "apt-get", "apt-cache", "dpkg-deb")
SECONDS = 300.0
SOURCES = Path("/etc/apt")
LONG_LINE = re.compile(r"(?P<start>deb\s+(?:\[[^]]*\]\s+)?\S+\s+)(?P<suite>\S+)\s+(?P<rest>.*main.*)")
RELEASE = re.compile(r"linux-image-(?P<release>(?P<version>[0-9]+(?:\.[0-9]+)+)\S*-cloud-amd64)")


class NoLab(Exception):
    """The lab cannot be had on this machine; the message says what is missing and how to get it."""


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
    options = _lists_of_own(folder / "apt", unstable_entry(_lists())) if series is Series.UNSTABLE else []
    if not _images(options):
        options = _lists_of_own(folder / "apt", "")
    release = newest(_images(options), series)
    (folder / "packages").mkdir()
    for package in _needed(release, options):
        _said("apt-get", *options, "download", package, folder=folder / "packages")
    for path in sorted((folder / "packages").glob("*.deb")):
        _said("dpkg-deb", "-x", str(path), str(folder / "root"))
    shutil.rmtree(folder / "packages")
    shutil.rmtree(folder / "apt", ignore_errors=True)
    unpacked(folder / "root")


def _images(options: Sequence[str]) -> list[str]:
    """Return the names of the packages with kernels that apt knows."""
    told = _said("apt-cache", *options, "search", "--names-only", "^linux-image-[0-9].*-cloud-amd64$")
    return [line.split(" ")[0] for line in told.splitlines()]


def newest(packages: Iterator[str] | Sequence[str], series: Series) -> str:
    """Return the newest release among names of packages that is of the series.  Raises `NoLab`."""
    found = [known for name in packages if (known := RELEASE.fullmatch(name)) is not None]
    wanted = [known for known in found if series is Series.UNSTABLE or numbers(known["version"])[:2] == (6, 12)]
    if not wanted:
        message = f"apt knows no linux-image-*-cloud-amd64 of {series.value}; try apt-get update"
        raise NoLab(message)
    return max(wanted, key=lambda known: numbers(known["version"]))["release"]


def _needed(release: str, options: Sequence[str]) -> list[str]:
    """Return the package of a kernel's image and those of its parts: newer ones are split."""
    wanted = [f"linux-image-{release}"]
    for name in wanted:
        for line in _said("apt-cache", *options, "depends", name).splitlines():
            kind, _, other = line.strip().partition(": ")
            parts = (f"linux-binary-{release}", f"linux-modules-{release}")
            if kind.endswith("Depends") and other in parts and other not in wanted:
                wanted.append(other)
    return wanted


def _lists_of_own(folder: Path, entry: str) -> list[str]:
    """Return the options with which apt uses lists of its own, after an update, so that nobody must be root.

    With an ``entry`` it sees what that says alone, else what the machine sees.
    """
    for name in ("lists/partial", "cache/archives/partial", "none"):
        (folder / name).mkdir(parents=True)
    told = {"Dir::State::Lists": folder / "lists", "Dir::Cache": folder / "cache", "APT::Sandbox::User": "root"}
    if entry:
        path = folder / ("unstable.sources" if "\n" in entry else "unstable.list")
        path.write_text(f"{entry}\n", encoding="utf-8")
        told |= {"Dir::Etc::SourceParts": folder / "none", "Dir::Etc::SourceList": path}
    options = [word for name, value in told.items() for word in ("-o", f"{name}={value}")]
    _said("apt-get", *options, "-q", "update")
    return options


def _lists() -> Iterator[str]:
    """Yield the machine's own lists of sources, each as its text."""
    for path in (SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*"))):
        if path.suffix in (".list", ".sources") and path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def unstable_entry(lists: Iterator[str] | Sequence[str]) -> str:
    """Return an entry for the unstable suite: the first entry for a plain suite with it in the suite's place.

    Several lines are an entry in the deb822 style, one is one in the one-line style.  Raises `NoLab`.
    """
    for text in lists:
        for paragraph in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"(?m)^([A-Za-z-]+):[ \t]*(.*)$", paragraph))
            suites = fields.get("Suites", "").split()
            packages = "deb" in fields.get("Types", "").split() and "main" in fields.get("Components", "").split()
            if packages and any(_plain(suite) for suite in suites):
                kept = {name: fields[name] for name in ("URIs", "Signed-By", "Trusted") if fields.get(name)}
                new = {"Types": "deb", "Suites": "unstable", "Components": "main", **kept}
                return "\n".join(f"{name}: {value}" for name, value in new.items())
        for line in text.splitlines():
            found = LONG_LINE.fullmatch(line.strip())
            if found is not None and _plain(found["suite"]):
                return f"{found['start']}unstable main"
    message = "the machine's list of packages has no entry of Debian that one for the unstable suite can be made from"
    raise NoLab(message)


def _plain(suite: str) -> bool:
    """Whether a suite is a whole one, not updates to one."""
    return re.fullmatch(r"[a-z]+", suite) is not None


def _said(*words: str, folder: Path | None = None) -> str:
    """Return what a program wrote.  Raises `NoLab` when it failed; what it complained of may name hosts, and stays."""
    try:
        ended = subprocess.run(  # noqa: S603  # programs of the system, by fixed names
            words,
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        message = f"{words[0]} failed: {' '.join(word for word in words[1:] if '/' not in word and word != '-o')}"
        raise NoLab(message) from None
    return ended.stdout
