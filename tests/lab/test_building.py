"""The module of the lab is built by programs that the machine itself could not run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tdispmodel.lab.kernels.apt import NoLab
from tdispmodel.lab.kernels.building import THROUGH, programs, through_loader

LOADER = Path("/lib64/ld-linux-x86-64.so.2")


def test_programs_run_with_the_libraries_that_came_with_them(tmp_path: Path) -> None:
    """A program is run by the loader beside its libraries, which sees its arguments and name; scripts stay as they are."""
    if not LOADER.exists():
        pytest.skip("not a Debian of this architecture")
    libraries, tools = tmp_path / "root" / "usr" / "lib" / "x86_64-linux-gnu", tmp_path / "tools"
    libraries.mkdir(parents=True)
    tools.mkdir()
    for path in (LOADER, LOADER.resolve().with_name("libc.so.6")):
        shutil.copy(path, libraries / path.name)
    shutil.copy(shutil.which("true") or "", tools / "true")
    shutil.copy(shutil.which("echo") or "", tools / "echo")
    (tools / "script").write_text("#!/bin/sh\n")
    assert [path.name for path in programs(tools)] == ["echo", "true"]
    through_loader(tools, tmp_path / "root")
    assert (tools / "script").read_text() == "#!/bin/sh\n"
    assert (tools / "echo").read_text() == THROUGH.format(libraries=libraries, program=tools / "echo.program")
    ended = subprocess.run([tools / "echo", "a b", "c"], capture_output=True, text=True, check=True)
    assert ended.stdout == "a b c\n"
    (libraries / "libc.so.6").unlink()
    (libraries / "libc.so.6").write_text("no library")
    assert subprocess.run([tools / "true"], capture_output=True, check=False).returncode != 0


def test_no_loader_is_said(tmp_path: Path) -> None:
    """Where the libraries that were fetched bring no loader, that is said, and no program is touched."""
    with pytest.raises(NoLab, match="no loader"):
        through_loader(tmp_path, tmp_path)
