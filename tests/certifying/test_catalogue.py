"""Certificates of the catalogue: every decided verdict has one, and all are accepted."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tdispmodel.cli import main

ROOT = Path(__file__).resolve().parents[2]
SOME = ("atomic_revoke", "lock_exclusive", "trust_level")


def matrix(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> int:
    """Write the certificates of proposals and return of how many verdicts they must be."""
    main(["matrix", *arguments, "--certificates", str(folder), "--format", "json", "--progress", "never"])
    ended = capsys.readouterr()
    assert "no certificate" not in ended.err
    return sum(one["verdict"] != "open" for one in json.loads(ended.out)["results"])


def certified(capsys: pytest.CaptureFixture[str], folder: Path) -> list[dict[str, object]]:
    """Return what came of the certificates of a folder; all of them must be accepted."""
    code = main(["certify", str(folder), "--json", "--progress", "never"])
    found = json.loads(capsys.readouterr().out)["certificates"]
    assert [] == [one for one in found if not one["accepted"]]
    assert code == 0
    return list(found)


def test_some_proposals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every decided verdict on three proposals has a certificate, and it is accepted."""
    decided = matrix(capsys, tmp_path, *SOME)
    assert decided > 100
    assert decided == len(certified(capsys, tmp_path))


def test_invariants_of_a_proposal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What IC3 finds out about a proposal is certified, too, and all solvers confirm it."""
    matrix(capsys, tmp_path, "initrd_autoprobe_off", "-k", "accept", "--engine", "ic3")
    found = certified(capsys, tmp_path)
    asked = [one["solvers"] for one in found if one["solvers"]]
    assert len(asked) > 3
    assert all(set(one) == {"z3", "cvc5", "bitwuzla"} for one in asked)  # type: ignore[call-overload]  # a dict


@pytest.mark.long
def test_all_proposals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every decided verdict of the default matrix has a certificate that is accepted, and checking them takes no more
    than twice as long as finding and writing them.
    """
    began = time.monotonic()
    decided = matrix(capsys, tmp_path)
    between = time.monotonic()
    assert len(list((ROOT / "proposals").glob("*.py"))) > 20
    assert decided == len(certified(capsys, tmp_path))
    assert time.monotonic() - between < 2 * (between - began)


@pytest.mark.long
def test_two_devices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With two devices, by whatever engines the portfolio picks, all certificates of a proposal are accepted."""
    decided = matrix(capsys, tmp_path, "initrd_autoprobe_off", "--devices", "2")
    assert decided == len(certified(capsys, tmp_path))
