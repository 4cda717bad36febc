"""The machine's own apt, asked for packages that are taken apart and not installed.

Nothing is said here of where packages come from: what apt knows decides, and an entry for the unstable suite is derived
from the machine's own list of sources.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

SECONDS = 300.0
SOURCES = Path("/etc/apt")
LONG_LINE = re.compile(r"(?P<start>deb\s+(?:\[[^]]*\]\s+)?\S+\s+)(?P<suite>\S+)\s+(?P<rest>.*main.*)")


class NoLab(Exception):
    """The lab cannot be had on this machine; the message says what is missing and how to get it."""


def parts(package: str, beginnings: Sequence[str], options: Sequence[str] = ()) -> list[str]:
    """Return the packages that one depends on whose names begin in one of these ways: kernels come in parts."""
    found = [package]
    for name in found:
        for line in said("apt-cache", *options, "depends", name).splitlines():
            kind, _, other = line.strip().partition(": ")
            if kind == "Depends" and other.startswith(tuple(beginnings)) and other not in found:
                found.append(other)
    return found[1:]


def take_apart(packages: Sequence[str], root: Path, options: Sequence[str] = ()) -> None:
    """Download packages and unpack them below ``root``.  Raises `NoLab`."""
    folder = root.with_name(f"{root.name}.packages")
    folder.mkdir(parents=True)
    said("apt-get", *options, "-o", "APT::Sandbox::User=root", "download", *packages, folder=folder)
    for path in sorted(folder.glob("*.deb")):
        said("dpkg-deb", "-x", str(path), str(root))
        path.unlink()
    folder.rmdir()


def lists_of_own(folder: Path, entry: str) -> list[str]:
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
    said("apt-get", *options, "-q", "update")
    return options


def lists() -> Iterator[str]:
    """Yield the machine's own lists of sources, each as its text."""
    for path in (SOURCES / "sources.list", *sorted((SOURCES / "sources.list.d").glob("*"))):
        if path.suffix in (".list", ".sources") and path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def unstable_entry(texts: Iterator[str] | Sequence[str]) -> str:
    """Return an entry for the unstable suite: the first entry for a plain suite with it in the suite's place.

    Several lines are an entry in the deb822 style, one is one in the one-line style.  Raises `NoLab`.
    """
    for text in texts:
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


def said(*words: str, folder: Path | None = None) -> str:
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
