"""Where compiled kernels are kept: only where nobody but the user can write, since numba executes what it finds there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tdispmodel.engines.wide.fast import private
from tdispmodel.engines.wide.fast.private import cache_folder


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is kept, in one of the user's."""
    tmp_path.chmod(0o700)
    found = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(found))
    return found


def test_it_is_made_for_the_user_alone(base: Path) -> None:
    """The folder is made, whatever the umask, and nobody else can look into it; what is in it may be the user's."""
    before = os.umask(0)
    try:
        found = cache_folder()
    finally:
        os.umask(before)
    assert found is not None
    assert found.is_relative_to(base)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (found, found.parent)} == {0o700}
    (found / "fast_0").mkdir()
    (found / "fast_0" / "kernels.nbi").write_bytes(b"")
    assert cache_folder() == found


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o705])
def test_nothing_is_kept_where_others_get_in(base: Path, mode: int) -> None:
    """A folder that others may write to, or look into, is not used."""
    found = cache_folder()
    assert found is not None
    assert found.is_relative_to(base)
    found.chmod(mode)
    assert cache_folder() is None


@pytest.mark.parametrize(("mode", "safe"), [(0o777, False), (0o770, False), (0o755, True), (0o1777, True)])
def test_nothing_is_kept_where_others_may_put_another(base: Path, mode: int, safe: bool) -> None:
    """Nor is one in a folder that others may write to, unless they cannot take away there what is not theirs."""
    base.mkdir()
    base.chmod(mode)
    assert (cache_folder() is not None) is safe


def test_a_link_is_no_file_of_kernels(base: Path, tmp_path: Path) -> None:
    """Nor is one in which something is a link to elsewhere."""
    found = cache_folder()
    assert found is not None
    (found / "kernels.nbi").symlink_to(tmp_path / "elsewhere")
    assert cache_folder() is None
    assert found.is_relative_to(base)


def test_what_belongs_to_others_is_not_read(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one with files of somebody else, or that is somebody else's."""
    found = cache_folder()
    assert found is not None
    assert found.is_relative_to(base)
    monkeypatch.setattr(private.os, "geteuid", lambda: os.getuid() + 1)
    assert cache_folder() is None


def test_what_cannot_be_made_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there is a file in place of the folder nothing is kept."""
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder() is None


@pytest.mark.parametrize("safe", [True, False])
def test_kernels_are_kept_there_and_nowhere_else(base: Path, tmp_path: Path, safe: bool) -> None:
    """What is compiled lies in that folder, and nowhere where there is none, whatever numba was told of folders before."""
    base.mkdir()
    base.chmod(0o700 if safe else 0o777)
    script, others = tmp_path / "one.py", tmp_path / "others"
    script.write_text(
        "import numba\n"
        "from tdispmodel.engines.wide.fast.compiling import kernel\n"
        "@kernel('i8(i8)')\n"
        "def one(number):\n    return number + 1\n"
        "print(one(1), numba.config.CACHE_DIR)\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(others)}
    found = subprocess.run([sys.executable, str(script)], env=environment, check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["2", str(others)]
    folder = cache_folder()
    assert (folder is not None) is safe
    assert folder is None or list(folder.rglob("*.nbi"))
    assert not others.exists()
    assert safe is bool(list(tmp_path.rglob("*.nbi")))
