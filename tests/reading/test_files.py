"""Imports stay inside allowed roots, and reading never runs anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tdispmodel.reading import read
from tdispmodel.source import Rejected

BASE = """from tdispmodel.dsl import Component


class Base(Component):
    on: bool = False
"""
CHILD = "from {module} import Base\n\n\nclass Child(Base):\n    on = True\n"


def write(path: Path, text: str) -> Path:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def complaint(path: Path, *roots: Path) -> tuple[str, str, int]:
    """Return code, file name and line of the only complaint about a file."""
    with pytest.raises(Rejected) as caught:
        read(path, roots)
    (found,) = caught.value.complaints
    return found.code, Path(found.place.path).name, found.place.line


def test_a_file_beside_it_can_be_imported(tmp_path: Path) -> None:
    """A model may import from the folder that it stands in."""
    write(tmp_path / "base.py", BASE)
    child = write(tmp_path / "child.py", CHILD.format(module="base"))
    assert read(child).model.component("Child").lineage == ("Child", "Base")


def test_the_project_is_found_from_inside(tmp_path: Path) -> None:
    """A model may import from the project that holds proposals/ and properties/, wherever in it the file stands."""
    (tmp_path / "properties").mkdir()
    write(tmp_path / "proposals" / "base.py", BASE)
    child = write(tmp_path / "mine" / "deep" / "child.py", CHILD.format(module="proposals.base"))
    assert read(child).model.name == "child"


def test_a_root_that_is_given_can_be_imported_from(tmp_path: Path) -> None:
    """A folder that the caller allows is looked into; without it the import is refused."""
    write(tmp_path / "there" / "pack" / "base.py", BASE)
    child = write(tmp_path / "here" / "child.py", CHILD.format(module="pack.base"))
    assert complaint(child) == ("E110", "child.py", 1)
    assert read(child, [tmp_path / "there"]).model.root == "Child"


def test_the_base_models_can_be_imported(tmp_path: Path) -> None:
    """The package's own models are at hand for every file."""
    child = write(
        tmp_path / "child.py", "from tdispmodel.models.base import Guest\n\n\nclass Child(Guest):\n    pass\n"
    )
    assert read(child).model.component("Child").lineage[:2] == ("Child", "Guest")


def test_folders_above_cannot_be_imported_from(tmp_path: Path) -> None:
    """A file above the model's folder is not found."""
    write(tmp_path / "base.py", BASE)
    assert complaint(write(tmp_path / "low" / "child.py", CHILD.format(module="base"))) == ("E110", "child.py", 1)


def test_links_do_not_lead_outside(tmp_path: Path) -> None:
    """A link in the model's folder to a file elsewhere is not followed by an import."""
    write(tmp_path / "secret" / "base.py", BASE)
    child = write(tmp_path / "here" / "child.py", CHILD.format(module="base"))
    (tmp_path / "here" / "base.py").symlink_to(tmp_path / "secret" / "base.py")
    assert complaint(child) == ("E110", "child.py", 1)


def test_mistakes_in_imported_files_are_shown_there(tmp_path: Path) -> None:
    """What is wrong in an imported file is complained about at its place."""
    write(tmp_path / "base.py", BASE + "    off: bol = False\n")
    assert complaint(write(tmp_path / "child.py", CHILD.format(module="base"))) == ("E201", "base.py", 6)


def test_an_imported_folder_or_pipe_is_not_a_file(tmp_path: Path) -> None:
    """What is no ordinary file is not found by an import."""
    (tmp_path / "base.py").mkdir()
    child = write(tmp_path / "child.py", CHILD.format(module="base"))
    assert complaint(child) == ("E110", "child.py", 1)
    (tmp_path / "base.py").rmdir()
    os.mkfifo(tmp_path / "base.py")
    assert complaint(child) == ("E110", "child.py", 1)


def test_names_pass_through_files(tmp_path: Path) -> None:
    """A name may be imported from a file that imported it, under another name too."""
    write(tmp_path / "base.py", BASE)
    write(tmp_path / "middle.py", "from base import Base as Renamed\n\n\nclass Other(Renamed):\n    on = True\n")
    child = write(tmp_path / "child.py", "from middle import Renamed as Base\n\n\nclass Child(Base):\n    on = True\n")
    assert read(child).model.component("Child").lineage == ("Child", "Base")


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    """What was parsed before is not used when the file has changed since, even to text of the same length."""
    path = write(tmp_path / "base.py", BASE)
    before = path.stat()
    assert read(path).model.component("Base").variables[0].name == "on"
    write(path, BASE.replace("on:", "up:"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read(path).model.component("Base").variables[0].name == "up"


HOSTILE = [
    "import os\nos.mkdir({target!r})\n",
    "from os import mkdir\nmkdir({target!r})\n",
    "__import__('os').mkdir({target!r})\n",
    "from tdispmodel.dsl import Component\n\n\nclass A(Component):\n    x: bool = __import__('os').mkdir({target!r})\n",
    "from tdispmodel.dsl import Component\n\n\nclass A(Component):\n    x: __import__('os').mkdir({target!r}) = True\n",
    "from tdispmodel.dsl import Component\n\n\n@__import__('os').mkdir({target!r})\nclass A(Component):\n    x: bool = True\n",
    "from tdispmodel.dsl import Component\n\n\nclass A(Component, x=__import__('os').mkdir({target!r})):\n    y: bool = True\n",
    "class A(metaclass=lambda *_: __import__('os').mkdir({target!r})):\n    pass\n",
    "def f(x=__import__('os').mkdir({target!r})):\n    pass\n",
    "x = [__import__('os').mkdir({target!r}) for _ in range(1)]\n",
    "f'{{__import__(\"os\").mkdir({target!r})}}'\n",
    "from tdispmodel.dsl import Component\n\n\nclass A(Component):\n    def p(self) -> bool:\n        return __import__('os').mkdir({target!r})\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_executed(text: str, tmp_path: Path) -> None:
    """A file that would make a folder if any part of it ran is refused, and there is no folder."""
    target = tmp_path / "executed"
    path = write(tmp_path / "hostile.py", text.format(target=str(target)))
    with pytest.raises(Rejected):
        read(path)
    assert not target.exists()
