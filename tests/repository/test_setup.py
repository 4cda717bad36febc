"""The two set-up commands of the README work in a clean copy of the tree.

They install from a package index, so they run only where ``TDISPMODEL_REQUIRE`` names ``install``, as ``.ci/run`` does.
Inside, they run the tests again; these leave this file's out, and the folders whose tests take minutes and know nothing
of how the package was installed: the run around this one, of the same command on a clean checkout, has them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

INSIDE = "TDISPMODEL_INSIDE_SETUP_TEST"

MATRIX = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/tdispmodel matrix"
TESTS = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest -q"

ALIKE_EVERYWHERE = (
    "analysing",
    "catalogue",
    "corpus",
    "engines_bits",
    "engines_diagrams",
    "engines_solvers",
    "faults",
    "interface",
    "laws",
)
"""Folders of tests that the inner run leaves out."""


@pytest.fixture
def clean_copy(root: Path, tmp_path: Path, demanded: Callable[[str], bool]) -> Path:
    """A copy of what is under version control, and of nothing else."""
    if os.environ.get(INSIDE):
        pytest.skip("this is the inner run of the set-up test")
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
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "PYTEST"))
    }
    left_out = " ".join(f"--ignore=tests/{folder}" for folder in ALIKE_EVERYWHERE)
    environment = {**kept, INSIDE: "yes", "TDISPMODEL_REQUIRE": "", "PYTEST_ADDOPTS": left_out}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_matrix_on_a_fresh_machine(clean_copy: Path) -> None:
    """The first command installs the package and prints the matrix, in which every cell is decided."""
    ended = typed(MATRIX, clean_copy)
    assert ended.returncode == 0, ended.stderr
    assert "status_quo" in ended.stdout


def test_installed_package_has_the_catalogue(clean_copy: Path, tmp_path: Path) -> None:
    """Once installed, proposals are listed and statements explained in any folder: the catalogue is in the package."""
    typed(MATRIX.replace(" && .venv/bin/tdispmodel matrix", ""), clean_copy)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    program = f"'{clean_copy}/.venv/bin/tdispmodel'"
    ended = typed(f"{program} list proposals && {program} explain 23", elsewhere)
    assert ended.returncode == 0, ended.stderr
    assert "status_quo" in ended.stdout
    assert '"faux_device"' in ended.stdout


def test_tests_on_a_fresh_machine(clean_copy: Path) -> None:
    """The second command installs the package for developers and passes the tests."""
    ended = typed(TESTS, clean_copy)
    assert ended.returncode == 0, ended.stdout + ended.stderr
