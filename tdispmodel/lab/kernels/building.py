"""The lab's own modules, built against the headers of a kernel with the compiler of the machine's distribution.

Given a kernel, gives its modules as bytes; what was built is kept beside the kernel.  Headers of unstable bring
programs of that suite, which need its libraries: those are taken apart too, and the programs run by their loader.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import tdispmodel
from tdispmodel.lab.kernels import apt
from tdispmodel.lab.kernels.apt import NoLab
from tdispmodel.lab.kernels.packages import Kernel, shelf

NAMES = ("lab_driver", "lab_prepare", "lab_tsm")
SECONDS = 600.0
COMPILERS = ("gcc", "gcc-12")
ELF = b"\x7fELF"
PARTS = ("linux-headers-", "linux-kbuild-")
LIBRARIES = ("lib", "zlib1g")
FOREIGN: Mapping[str, str] = {
    "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT": "",
    "KCFLAGS": "-Wno-attributes",
}
"""What an older compiler than the kernel's own has to be told: what it does not know of options and attributes."""
THROUGH = """\
#!/bin/sh
exec '{libraries}/ld-linux-x86-64.so.2' --argv0 "$0" --library-path '{libraries}' '{program}' "$@"
"""


def source() -> Path:
    """Return the folder with the modules' source: in the checkout, else in the package.  Raises `NoLab`."""
    package = Path(tdispmodel.__file__).parent
    for folder in (package.parent / "lab" / "module", package / "_catalogue" / "lab" / "module"):
        if (folder / f"{NAMES[0]}.c").is_file():
            return folder
    message = "the source of the lab's modules is not here"
    raise NoLab(message)


def own_module(kernel: Kernel, name: str = NAMES[0]) -> bytes:
    """Return a module of ours for a kernel; all are built if they were not before.  Raises `NoLab`."""
    lines = b"".join(path.read_bytes() for path in sorted(source().iterdir()))
    digest = hashlib.sha256(lines).hexdigest()[:12]
    kept = {known: shelf() / f"{known}-{kernel.release}-{digest}.ko" for known in NAMES}
    if not all(path.is_file() for path in kept.values()):
        if shutil.which("make") is None:
            message = "not here: make; apt-get install make gcc-12"
            raise NoLab(message)
        with tempfile.TemporaryDirectory() as folder:
            tree, told = headers(kernel, Path(folder))
            for found in build(tree, Path(folder) / "module", told):
                kept[found.stem].write_bytes(found.read_bytes())
    return kept[name].read_bytes()


def headers(kernel: Kernel, folder: Path) -> tuple[Path, Mapping[str, str]]:
    """Return the headers of a kernel, fetched and taken apart below ``folder``, and what `make` is to be told.

    They are the machine's own, else the unstable suite's.  Raises `NoLab`.
    """
    first = f"linux-headers-{kernel.release}"
    root = folder / "headers"
    foreign = not apt.said("apt-cache", "search", "--names-only", f"^{_quoted(first)}$")
    options = apt.lists_of_own(folder / "apt", apt.unstable_entry(apt.lists())) if foreign else []
    parts = apt.parts(first, PARTS, options)
    apt.take_apart([first, *parts], root, options)
    if foreign:
        programs = next(part for part in parts if part.startswith("linux-kbuild-"))
        apt.take_apart(apt.parts(programs, LIBRARIES, options), folder / "libraries", options)
        through_loader(root / "usr" / "lib" / programs, folder / "libraries")
    found = root / "usr" / "src" / first
    makefile = found / "Makefile"
    if not makefile.is_file():
        message = f"the package {first} holds no headers"
        raise NoLab(message)
    makefile.write_text(makefile.read_text(encoding="utf-8").replace("/usr/src", str(found.parent)), encoding="utf-8")
    (found / "vmlinux").unlink(missing_ok=True)  # types for BPF, which would need a program more
    return found, {"CC": _compiler(), **FOREIGN} if foreign else {}


def _quoted(name: str) -> str:
    """Return a name as a regular expression of apt's, where ``+`` and ``.`` are themselves."""
    return name.replace(".", "[.]").replace("+", "[+]")


def _compiler() -> str:
    for name in COMPILERS:
        if shutil.which(name) is not None:
            return name
    message = "not here: a compiler; apt-get install make gcc"
    raise NoLab(message)


def through_loader(folder: Path, root: Path) -> None:
    """Have the programs below ``folder`` run with the libraries that were taken apart in ``root``, by their loader."""
    loaders = sorted(root.glob("**/x86_64-linux-gnu/ld-linux-x86-64.so.2"))
    if not loaders:
        message = "the libraries that the kernel's build system needs bring no loader"
        raise NoLab(message)
    for path in list(programs(folder)):
        real = path.with_name(f"{path.name}.program")
        path.rename(real)
        path.write_text(THROUGH.format(libraries=loaders[0].parent, program=real), encoding="utf-8")
        path.chmod(0o755)


def programs(folder: Path) -> Iterator[Path]:
    """Yield the programs below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(len(ELF)) == ELF:
                    yield path


def build(tree: Path, folder: Path, told: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the modules, built in ``folder`` by the kernel's build system in ``tree``, without what debuggers need.

    ``told`` are variables of `make`.  Raises `NoLab`.
    """
    shutil.copytree(source(), folder)
    found = tuple(folder / f"{name}.ko" for name in NAMES)
    _run(("make", "-C", str(tree), f"M={folder}", *(f"{name}={value}" for name, value in told.items()), "modules"))
    _run(("strip", "--strip-debug", *map(str, found)))
    return found


def _run(words: Sequence[str]) -> None:
    try:
        subprocess.run(words, capture_output=True, check=True, timeout=SECONDS)  # noqa: S603  # by a fixed name
    except (OSError, subprocess.SubprocessError):
        message = "the modules cannot be built; they need the compiler of the kernel: apt-get install make gcc-12"
        raise NoLab(message) from None
