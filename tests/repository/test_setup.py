"""The two set-up commands of the README are what they should be, and the first works in a clean copy of the tree.

It installs from a package index, so it runs only where ``TDISPMODEL_REQUIRE`` names ``install``, as ``.ci/run`` does.
The second command, which runs the tests, is what ``.ci/run`` itself is: a clean checkout, and this command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hatchling.build import build_sdist, build_wheel

MATRIX = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/tdispmodel matrix"
TESTS = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest -q"


@pytest.fixture
def clean_copy(root: Path, tmp_path: Path, demanded: Callable[[str], bool]) -> Path:
    """A copy of what is under version control, and of nothing else."""
    if not demanded("install"):
        pytest.skip("TDISPMODEL_REQUIRE does not name install")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    copy = tmp_path / "copy"
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, copy / name)
    return copy


def typed(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What happens when somebody types ``command`` in ``folder``."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "PYTEST"))
    }
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_fresh_machine(clean_copy: Path, tmp_path: Path) -> None:
    """The first command installs the package and prints the matrix, in which every cell is decided; the program then
    lists proposals and explains statements in any folder: the catalogue is in the package.
    """
    ended = typed(MATRIX, clean_copy)
    assert ended.returncode == 0, ended.stderr
    assert "status_quo" in ended.stdout
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = f"'{clean_copy}/.venv/bin/tdispmodel'"
    ended = typed(f"{program} list proposals && {program} explain 23", elsewhere)
    assert ended.returncode == 0, ended.stderr
    assert "status_quo" in ended.stdout
    assert '"faux_device"' in ended.stdout


def test_the_gate_is_the_second_command(root: Path) -> None:
    """The README has both commands, and the gate ends in the second one, in an environment of its own."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert f"\n{MATRIX}\n" in readme
    assert f"\n{TESTS}\n" in readme
    gate = (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert gate[-2:] == ["rm -rf .venv", TESTS]


def test_what_is_distributed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source distribution has all that is needed to build the wheel; that has the catalogue, and what ``man`` and
    shells read.
    """
    monkeypatch.chdir(root)
    source = build_sdist(str(tmp_path))
    with tarfile.open(tmp_path / source) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    monkeypatch.chdir(unpacked)
    wheel = build_wheel(str(tmp_path))
    with zipfile.ZipFile(tmp_path / wheel) as archive:
        names = archive.namelist()
    for kind in ("proposals", "properties", "counterexamples", "debate", "litmus"):
        here = {
            path.relative_to(root).as_posix() for path in (root / kind).rglob("*.*") if "__pycache__" not in path.parts
        }
        assert here
        assert {f"tdispmodel/_catalogue/{name}" for name in here} <= set(names)
    shared = {name.partition(".data/data/")[2] for name in names}
    assert {
        "share/man/man1/tdispmodel.1",
        "share/bash-completion/completions/tdispmodel",
        "share/zsh/site-functions/_tdispmodel",
    } <= shared
    assert "tdispmodel/py.typed" in names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]
