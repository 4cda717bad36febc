"""The stand-alone checker as a file: alone, short, and at nobody's mercy."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.certifying import standalone, standalone_any
from tests.certifying.by_hand import BELOW, TRUE, UP, N, asked, behaviour, counter, written
from tests.certifying.making import why_not
from tests.certifying.wrong import RIGHT, WRONG

FILE = Path(standalone.__file__)
FILES = {FILE: 400, Path(standalone_any.__file__): 250}
SAFE = asked("invariant", ["<", N, ["value", 3]])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_imports_nothing_but_the_standard_library(file: Path) -> None:
    """Every module that the file imports, anywhere in it, is of the standard library, and it runs no text."""
    tree = ast.parse(file.read_text(encoding="ascii"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    assert set() == {name.split(".")[0] for name in names} - sys.stdlib_module_names
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called.isdisjoint({"exec", "eval", "compile", "__import__", "import_module"})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_can_be_read_in_an_hour(file: Path) -> None:
    """The file has fewer than 400 lines, that about any number fewer than 250 more, of at most 120 characters."""
    lines = file.read_text(encoding="ascii").splitlines()
    assert len(lines) < FILES[file]
    assert max(map(len, lines)) <= 120


def ran(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the checker alone, where nothing of tdispmodel can be found."""
    shutil.copy(FILE, folder / "check.py")
    command = [sys.executable, "-I", "-S", "check.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_exit_codes(tmp_path: Path) -> None:
    """0: all accepted; 1: one is not; 2: usage; 4: nothing there; each certificate has a line."""
    right, both, nothing = (tmp_path / name for name in ("right", "both", "nothing"))
    nothing.mkdir()
    RIGHT["up is taken twice"](right)
    RIGHT["up is taken twice"](both / "good")
    for kind in ("models", "states"):
        shutil.copytree(both / "good" / kind, both / kind)
        shutil.rmtree(both / "good" / kind)
    (both / "bad.json").write_text("{}", encoding="ascii")
    found = [ran(*arguments, folder=tmp_path) for arguments in (["right"], ["both"], [], ["absent"], ["nothing"])]
    assert [0, 1, 2, 2, 4] == [one.returncode for one in found]
    assert [1, 2, 0, 0, 0] == [len(one.stdout.splitlines()) for one in found]
    assert "REJECTED  bad.json" in found[1].stdout
    assert "accepted  good/counter/wanted.json" in found[1].stdout


def deep(word: str, depth: int) -> Any:
    """Return an expression in an expression in an expression."""
    found: Any = TRUE
    for _ in range(depth):
        found = [word, found]
    return found


def many(count: int, devices: str = "things") -> Any:
    """Return a sum over all instances, in a sum over all instances, and so on."""
    found: Any = ["value", 1]
    for number in range(count):
        found = ["sum", f"one{number}", devices, found]
    return ["=", found, ["value", 0]]


def squared(times: int) -> Any:
    """Return a number times itself, times itself, and so on."""
    found: Any = ["value", 9**300]
    for _ in range(times):
        found = ["*", found, found]
    return ["=", found, ["value", 0]]


def wide(parameters: int) -> Any:
    """Return a model with an action that has so many parameters, and nothing else to do."""
    names = [{"name": f"p{number}", "kind": "Thing"} for number in range(parameters)]
    model = counter(UP | {"parameters": names, "guards": [], "updates": []})
    thing = {"name": "Thing", "lineage": ["Thing"], "parts": [], "constants": [], "variables": [], "actions": []}
    model["components"].append(thing)
    model["components"][0]["parts"] = [{"name": "things", "kind": "Thing", "many": True}]
    return model


def values(count: int, size: int) -> Any:
    """Return a model with so many variables of so many values."""
    model = counter()
    model["components"][0]["variables"] += [
        {"name": f"v{number}", "values": list(range(size)), "initial": [0]} for number in range(count)
    ]
    return model


def nested(model: Any) -> Any:
    """Return a model that holds itself."""
    model["components"][0]["parts"] = [{"name": "me", "kind": "Counter", "many": False}]
    return model


HOSTILE: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "deep clauses": (counter(), deep("not", 100_000), {}),
    "sums of sums": (wide(0), many(12), {"instances": 64}),
    "numbers without end": (counter(), squared(18), {}),
    "many parameters": (wide(12), TRUE, {"instances": 64}),
    "many instances": (counter(), TRUE, {"instances": 10**9}),
    "many values": (values(1, 100_000), TRUE, {}),
    "many variables": (values(3000, 256), TRUE, {}),
    "a model in itself": (nested(counter()), TRUE, {}),
    "no list": (counter(), {"value": "true"}, {}),
    "nothing": (None, TRUE, {}),
    "a list": ([counter()], TRUE, {}),
    "control characters": (counter(), ["\x1b[2J\n"], {}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_rejected_in_words(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is made to take for ever, or to break the checker, is rejected on one line of plain ASCII, in time:
    here with a sixteenth of the work that is allowed.
    """
    monkeypatch.setattr(standalone, "MOST_WORK", standalone.MOST_WORK // 16)
    model, clause, changes = HOSTILE[name]
    try:
        written(tmp_path, model, SAFE, "holds", "invariant", {"clauses": [clause]}, **changes)
    except RecursionError:  # as deep as no library writes it
        path = written(tmp_path, model, SAFE, "holds", "invariant", {"clauses": ["here"]}, **changes)
        text = path.read_text(encoding="ascii")
        path.write_text(text.replace('"here"', '["not",' * 100_000 + "1" + "]" * 100_000), encoding="ascii")
    began = time.monotonic()
    assert standalone.main([str(tmp_path)]) == 1
    assert time.monotonic() - began < 30
    said = capsys.readouterr().out
    assert said.startswith("REJECTED  counter/wanted.json  ")
    assert said.count("\n") == 1
    assert said.isascii()
    assert said.strip().isprintable()
    standalone.system_of.cache_clear()


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than what the checker reads is rejected before it is read."""
    path = RIGHT["up is taken twice"](tmp_path)
    assert why_not(tmp_path, path) == ""
    monkeypatch.setattr(standalone, "MOST_BYTES", 100)
    assert "too large" in why_not(tmp_path, path)


def test_too_many_states_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set of more states than the checker looks at is rejected; so is work without end."""
    path = RIGHT["up is taken twice"](tmp_path)
    monkeypatch.setattr(standalone, "MOST_STATES", 2)
    assert "too many" in why_not(tmp_path, path)
    monkeypatch.setattr(standalone, "MOST_WORK", 1000)
    assert "takes too long" in why_not(tmp_path, path)


def test_heavy_certificates_do_not_use_up_the_work_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many certificates there are about one model, each may cost half of what is allowed."""
    path = RIGHT["up is taken twice"](tmp_path)
    standalone.system_of.cache_clear()
    standalone.checked(tmp_path, path)
    document = json.loads(path.read_text(encoding="ascii"))
    scope = json.dumps([document["instances"], document["constants"], document["without"]])
    spent = standalone.MOST_WORK - standalone.system_of(tmp_path, document["model"], scope).work
    monkeypatch.setattr(standalone, "MOST_WORK", 2 * spent)
    standalone.system_of.cache_clear()
    for _ in range(20):
        standalone.checked(tmp_path, path)


def test_links_out_of_the_folder_need_the_right_hash(tmp_path: Path) -> None:
    """A model named by a path elsewhere is read only if it is what the name says, which no path is."""
    (tmp_path / "secret.json").write_text(json.dumps(counter()), encoding="ascii")
    path = written(tmp_path / "here", counter(), SAFE, "holds", "invariant", {"clauses": []}, model="../../secret")
    assert "not what was certified" in why_not(tmp_path / "here", path)


def test_what_is_claimed_is_what_is_asked(tmp_path: Path) -> None:
    """The same evidence is accepted for the property that it shows, and for no other."""
    proof = behaviour("up", "up")
    good = written(tmp_path / "good", counter(), asked("invariant", BELOW), "violated", "behaviour", proof)
    bad = written(tmp_path / "bad", counter(), asked("invariant", TRUE), "violated", "behaviour", proof)
    assert why_not(tmp_path / "good", good) == ""
    assert why_not(tmp_path / "bad", bad) != ""
    assert len(WRONG) > len(RIGHT)
