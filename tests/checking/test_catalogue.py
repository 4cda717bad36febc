"""Where the catalogue is found and which file a PROPOSAL means."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import Catalogue, find_catalogue
from tdispmodel.source import Rejected

NOWHERE = Path("/nonexistent/tdispmodel")


def checkout(folder: Path, *, project_file: bool = True) -> Path:
    """Make the skeleton of a checkout in ``folder``."""
    (folder / "proposals").mkdir(parents=True)
    (folder / "properties").mkdir()
    if project_file:
        (folder / "pyproject.toml").write_text("")
    return folder


def code_of(rejected: pytest.ExceptionInfo[Rejected]) -> str:
    """The code of the only complaint."""
    (complaint,) = rejected.value.complaints
    return complaint.code


def test_found_upwards(tmp_path: Path) -> None:
    """From a folder deep inside a checkout, the checkout's catalogue is found."""
    root = checkout(tmp_path / "project")
    deep = root / "a" / "b"
    deep.mkdir(parents=True)
    assert root == find_catalogue(deep, NOWHERE).root


def test_nearest_wins(tmp_path: Path) -> None:
    """Of two checkouts, one inside the other, the inner one is found."""
    checkout(tmp_path / "outer")
    inner = checkout(tmp_path / "outer" / "inner")
    assert inner == find_catalogue(inner, NOWHERE).root


def test_project_file_is_needed(tmp_path: Path) -> None:
    """Folders that are merely called properties and proposals are no catalogue: the packaged one is used."""
    here = checkout(tmp_path / "strange", project_file=False)
    package = tmp_path / "site" / "tdispmodel"
    packaged = checkout(package / "_catalogue", project_file=False)
    assert packaged == find_catalogue(here, package).root


def test_checkout_of_the_package(tmp_path: Path) -> None:
    """Outside any checkout, the one that the package lies in is found."""
    root = checkout(tmp_path / "project")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert root == find_catalogue(elsewhere, root / "tdispmodel").root


def test_no_catalogue(tmp_path: Path) -> None:
    """Where there is no catalogue at all, a complaint says so."""
    with pytest.raises(Rejected) as rejected:
        find_catalogue(tmp_path, NOWHERE)
    assert code_of(rejected) == "E612"


def test_below_the_current_folder_paths_are_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a checkout the catalogue's paths are relative, so that output names no folder of the host."""
    monkeypatch.chdir(checkout(tmp_path / "project"))
    assert Path() == find_catalogue(None, NOWHERE).root


def test_names_are_those_of_the_files(tmp_path: Path) -> None:
    """Proposals are the Python files of the folder in alphabetical order; names with an underscore in front are not."""
    root = checkout(tmp_path)
    for name in ("late.py", "early.py", "_common.py", "notes.txt"):
        (root / "proposals" / name).write_text("")
    assert ["early", "late"] == list(Catalogue(root).proposals)


def test_dashes_are_underscores(tmp_path: Path) -> None:
    """A proposal is found under its name with dashes too."""
    root = checkout(tmp_path)
    (root / "proposals" / "status_quo.py").write_text("")
    assert root / "proposals" / "status_quo.py" == Catalogue(root).resolve("status-quo")


def test_unknown_name_suggests(tmp_path: Path) -> None:
    """A misspelt name is a complaint that names the nearest one."""
    root = checkout(tmp_path)
    (root / "proposals" / "status_quo.py").write_text("")
    with pytest.raises(Rejected) as rejected:
        Catalogue(root).resolve("status_qou")
    (complaint,) = rejected.value.complaints
    assert ("E611", "did you mean status_quo?") == (complaint.code, complaint.hint)


@pytest.mark.parametrize("path", ["mine.py", "sub/mine", "./mine"])
def test_paths_are_taken_as_they_are(tmp_path: Path, path: str) -> None:
    """What looks like a path is one, whether or not there is such a file."""
    assert Path(path) == Catalogue(checkout(tmp_path)).resolve(path)


def test_hostile_name(tmp_path: Path) -> None:
    """A name with control characters and of great length is a short complaint of printable characters."""
    with pytest.raises(Rejected) as rejected:
        Catalogue(checkout(tmp_path)).resolve("\x1b[31m\0" + "x" * 100_000)
    (complaint,) = rejected.value.complaints
    assert complaint.message.isprintable()
    assert len(complaint.message) < 100
