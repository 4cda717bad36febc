"""``check --certificates`` and ``certify``: what shows a verdict, written, and checked again by others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.certifying.solving import installed, is_script

Run = Callable[..., Any]


@pytest.fixture
def written(tdispmodel: Run, here: Path) -> Path:
    """The certificates of a small model, found by IC3 where it knows how, so that there are scripts."""
    ended = tdispmodel("check", here / "room.py", "--certificates", "out", "--engine", "ic3", "--engine", "explicit")
    assert ended.code in (0, 1)
    return here / "out"


def certificates(folder: Path) -> list[Path]:
    """Return the certificates of a folder."""
    return [path for path in sorted(folder.glob("*/*.json")) if path.parent.name not in ("models", "states")]


def test_all_are_accepted(tdispmodel: Run, written: Path) -> None:
    """What was just written is accepted: exit code 0; with -v each certificate has a line and the solvers are named."""
    ended = tdispmodel("certify", written, "-v")
    count = len(certificates(written))
    assert count > 2
    assert (0, f"{count} certificates: {count} accepted, 0 rejected") == (
        ended.code,
        next(line for line in ended.out.splitlines() if line.endswith("rejected")),
    )
    assert count == sum(line.startswith("ok ") for line in ended.out.splitlines())


def test_json(tdispmodel: Run, written: Path) -> None:
    """As JSON it says of each certificate whether it is accepted, and by whom."""
    ended = tdispmodel("certify", written, "--format", "json")
    found = json.loads(ended.out)
    assert ("tdispmodel/certification/1", 0, list(installed())) == (found["schema"], found["exit"], found["solvers"])
    assert [str(path.relative_to(written)) for path in certificates(written)] == [
        one["file"] for one in found["certificates"]
    ]
    assert {True} == {one["accepted"] for one in found["certificates"]}


def test_one_is_rejected(tdispmodel: Run, written: Path) -> None:
    """A certificate that claims the opposite is rejected and shown with the reason: exit code 1."""
    path = certificates(written)[0]
    document = json.loads(path.read_text())
    document["verdict"] = {"holds": "violated", "violated": "holds"}[document["verdict"]]
    path.write_text(json.dumps(document))
    ended = tdispmodel("certify", written)
    assert 1 == ended.code
    assert f"REJECTED  {path.relative_to(written)}" in ended.out
    assert ", 1 rejected" in ended.out


def with_script(tmp_path: Path) -> Path:
    """Return a certificate by an invariant that was found by hand, and its script."""
    from tests.certifying.wrong import RIGHT  # noqa: PLC0415  # only here

    path = RIGHT["below 2 when up ends at 1"](tmp_path)
    script = path.with_suffix(".smt2")
    script.write_text(
        "(set-logic QF_BV)\n(declare-const |a| Bool)\n(push 1)\n(assert (and |a| (not |a|)))\n(check-sat)\n(pop 1)\n"
    )
    return script


def test_solvers_are_asked(tdispmodel: Run, tmp_path: Path) -> None:
    """Each solver that is there confirms the script of a certificate."""
    with_script(tmp_path)
    ended = tdispmodel("certify", tmp_path)
    assert 0 == ended.code
    for solver in ("z3", "cvc5", "bitwuzla"):
        assert f"{solver} confirms 1" in " ".join(ended.out.split())


def test_a_solver_that_disagrees_rejects(tdispmodel: Run, tmp_path: Path) -> None:
    """Where a solver finds an obligation satisfiable, the certificate is rejected although the checker accepts it."""
    script = with_script(tmp_path)
    script.write_text(script.read_text().replace("(not |a|)", "|a|"))
    ended = tdispmodel("certify", tmp_path, "--format", "json")
    (found,) = json.loads(ended.out)["certificates"]
    assert (1, False) == (ended.code, found["accepted"])
    assert set(found["solvers"].values()) == {"obligation 1 of wanted.smt2: sat"}
    assert found["said"].startswith("holds, shown by")


def test_the_finder_is_not_asked_again(tdispmodel: Run, tmp_path: Path) -> None:
    """z3 is not asked about what an engine over z3 found; the others are."""
    path = with_script(tmp_path).with_suffix(".json")
    path.write_text(path.read_text().replace('"by hand"', '"pdr"'))
    ended = tdispmodel("certify", tmp_path, "--format", "json")
    assert {"cvc5", "bitwuzla"} == set(json.loads(ended.out)["certificates"][0]["solvers"])


@pytest.mark.parametrize(
    "line",
    [
        '(set-option :regular-output-channel "stolen")',
        '(assert true)(set-option :regular-output-channel "stolen")',
        '(echo "unsat")',
        "(declare-const |a| Bool) (check-sat)",
        "(assert |a|b|)",
        "(assert",
        "(reset)",
        "",
    ],
)
def test_a_script_has_nothing_but_obligations(line: str, tdispmodel: Run, tmp_path: Path) -> None:
    """A script with a command that no obligation needs is not given to any solver; the certificate is rejected."""
    script = with_script(tmp_path)
    assert is_script(script)
    script.write_text(f"{line}\n{script.read_text()}")
    assert not is_script(script)
    ended = tdispmodel("certify", tmp_path)
    assert 1 == ended.code
    assert "no list of obligations" in " ".join(ended.out.split())


def test_nothing_there(tdispmodel: Run, here: Path) -> None:
    """A folder without certificates is exit code 4, a folder that is not there a mistake in the command: 2."""
    (here / "empty").mkdir()
    assert 4 == tdispmodel("certify", "empty").code
    ended = tdispmodel("certify", "absent")
    assert 2 == ended.code
    assert "absent is no folder" in ended.err


def test_a_folder_that_cannot_be_written(tdispmodel: Run, here: Path) -> None:
    """Where certificates cannot be written, because a file is in the way, it is said so: exit code 2."""
    (here / "file").write_text("")
    ended = tdispmodel("check", here / "room.py", "--certificates", "file")
    assert 2 == ended.code
    assert "E623" in ended.err
