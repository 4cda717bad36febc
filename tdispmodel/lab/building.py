"""The lab's own module, built against the headers of a kernel with the distribution's compiler.

Given a kernel of the machine's own Debian, gives the module as bytes; what was built is kept beside the kernel.
Headers of the unstable suite need programs of that suite, which do not run elsewhere, so that there is no module for
its kernel.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import tdispmodel
from tdispmodel.lab import apt
from tdispmodel.lab.apt import NoLab
from tdispmodel.lab.packages import Kernel, shelf

NAME = "lab_driver"
SECONDS = 600.0


def source() -> Path:
    """Return the folder with the module's source: in the checkout, else in the package.  Raises `NoLab`."""
    package = Path(tdispmodel.__file__).parent
    for folder in (package.parent / "lab" / "module", package / "_catalogue" / "lab" / "module"):
        if (folder / f"{NAME}.c").is_file():
            return folder
    message = "the source of the lab's module is not here"
    raise NoLab(message)


def own_module(kernel: Kernel) -> bytes:
    """Return the module for a kernel of the 6.12 series, built if it was not before.  Raises `NoLab`."""
    if kernel.gates_hot_added:
        message = f"the module is not built for {kernel.release}: its headers need programs of the unstable suite"
        raise NoLab(message)
    lines = b"".join(path.read_bytes() for path in sorted(source().iterdir()))
    digest = hashlib.sha256(lines).hexdigest()[:12]
    built = shelf() / f"{NAME}-{kernel.release}-{digest}.ko"
    if not built.is_file():
        if shutil.which("make") is None:
            message = "not here: make; apt-get install make gcc-12"
            raise NoLab(message)
        with tempfile.TemporaryDirectory() as folder:
            found = build(headers(kernel, Path(folder) / "headers"), Path(folder) / "module")
            built.write_bytes(found.read_bytes())
    return built.read_bytes()


def headers(kernel: Kernel, folder: Path) -> Path:
    """Return the headers of a kernel, fetched and taken apart below ``folder``, so that they need not be installed."""
    first = f"linux-headers-{kernel.release}"
    apt.take_apart([first, *apt.parts(first, ("linux-headers-", "linux-kbuild-"))], folder)
    found = folder / "usr" / "src" / first
    makefile = found / "Makefile"
    if not makefile.is_file():
        message = f"the package {first} holds no headers"
        raise NoLab(message)
    makefile.write_text(makefile.read_text(encoding="utf-8").replace("/usr/src", str(found.parent)), encoding="utf-8")
    (found / "vmlinux").unlink(missing_ok=True)  # types for BPF, which would need a program more
    return found


def build(tree: Path, folder: Path) -> Path:
    """Return the module, built in ``folder`` by the kernel's build system in ``tree``.  Raises `NoLab`."""
    shutil.copytree(source(), folder)
    words = ("make", "-C", str(tree), f"M={folder}", "modules")
    try:
        subprocess.run(words, capture_output=True, check=True, timeout=SECONDS)  # noqa: S603  # by a fixed name
    except (OSError, subprocess.SubprocessError):
        message = "the module cannot be built; it needs the compiler of the kernel: apt-get install make gcc-12"
        raise NoLab(message) from None
    return folder / f"{NAME}.ko"
