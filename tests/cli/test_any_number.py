"""``--any-number`` on the command line: what is printed, the document, exit codes, and what makes no sense."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tdispmodel.reports.json import schema
from tests.cli.conftest import Tdispmodel

MODELS = Path(__file__).parents[1] / "parametric" / "models"
STAIRS = MODELS / "gather.py"
KINDS = MODELS / "kinds.py"

TEXT = """\
kinds: for any number of devices, devices.kind=GENUINE,IMPOSTOR

  FAIL 2   TDM901  no_impostor_inside
                   violated with 2 devices, holds with 1
                   (devices.kind=IMPOSTOR,GENUINE)
  vac      TDM902  nothing_broken_inside
                   its premise is never reached: False
  ok       TDM903  inside_needs_the_door

TDM901 No impostor is inside.
   1  userspace  open_door(devices[1])  open no -> yes
   2  host       enter(devices[0])      devices[0].inside no -> yes
  in full: tdispmodel trace ./kinds.py TDM901 --devices 2 \\
             --set devices.kind=IMPOSTOR,GENUINE

3 properties: 2 hold (1 vacuously), 1 violated, 0 open (
"""


def other_way_round(text: str) -> str:
    """The same text with the two devices exchanged."""
    text = re.sub(r"devices\[([01])\]", lambda found: f"devices[{1 - int(found[1])}]", text)
    return text.replace("IMPOSTOR,GENUINE", "GENUINE,IMPOSTOR")


def test_text(tdispmodel: Tdispmodel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The heading says for how many devices; a violation with how many it happens, and with how many it does not."""
    monkeypatch.chdir(MODELS)
    ended = tdispmodel("check", "./kinds.py", "--any-number", "--set", "devices.kind=GENUINE,IMPOSTOR")
    told = re.sub(r"\([0-9.]+ s\)", "(", ended.out)
    assert told in (TEXT, other_way_round(TEXT))
    assert ended.code == 1


def document(tdispmodel: Tdispmodel, *words: str | Path) -> Any:
    """The result document of a check, which its schema describes."""
    found = json.loads(tdispmodel("check", *words, "--any-number", "--json").out)
    jsonschema.validate(found, schema())
    return found


def test_document(tdispmodel: Tdispmodel) -> None:
    """Devices are ``any`` where every number is meant, and the number of a violation; a proof has its certificate."""
    found = document(tdispmodel, STAIRS)
    told = {one["property"]: (one["verdict"], one["devices"]) for one in found["results"]}
    assert told == {
        "below_one": ("violated", 1),
        "below_two": ("violated", 2),
        "below_three": ("violated", 3),
        "below_four": ("violated", 4),
        "below_five": ("violated", 5),
        "below_six": ("open", "any"),
        "only_the_used_climb": ("open", "any"),
        "the_stairs_end": ("holds", "any"),
    }
    proof = found["results"][-1]
    assert (proof["engine"], proof["certificate"]["kind"]) == ("ic3", "quantified invariant")
    assert (proof["states"], proof["trace"], found["exit"]) == (None, None, 1)
    assert [4, 4] == [len(one["trace"]) for one in found["results"] if one["property"] == "below_four"] * 2
    assert "it holds with 1 to 5 devices" in found["results"][5]["reason"]


def test_document_of_kinds(tdispmodel: Tdispmodel) -> None:
    """A proof names all kinds; a violation those of its devices."""
    found = document(tdispmodel, KINDS, "--set", "devices.kind=IMPOSTOR,BROKEN,GENUINE")
    violated, *proven = found["results"]
    kinds = [violated["constants"][f"devices[{number}].kind"] for number in range(violated["devices"])]
    assert sorted(kinds) == ["GENUINE", "IMPOSTOR"]
    listed = {f"devices[{number}].kind": kind for number, kind in enumerate(("IMPOSTOR", "BROKEN", "GENUINE"))}
    assert all(listed.items() <= one["constants"].items() for one in proven)
    assert {name.partition(".")[0] for name in violated["initial"]} == {"open", "devices[0]", "devices[1]"}


def test_what_is_printed_can_be_asked_again(tdispmodel: Tdispmodel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command under a violation shows its trace, with the devices and the kinds that it needs."""
    monkeypatch.chdir(MODELS)
    ended = tdispmodel("check", "./kinds.py", "--any-number", "--set", "devices.kind=GENUINE,IMPOSTOR")
    (command,) = re.findall(r"tdispmodel (trace(?:[^\n]*\\\n)*[^\n]*)", ended.out)
    again = tdispmodel(*command.replace("\\\n", " ").split())
    assert again.code == 1
    assert "2 devices" in again.out


@pytest.mark.parametrize(
    ("path", "select", "code"),
    [(STAIRS, "TDM908", 0), (STAIRS, "TDM902", 1), (STAIRS, "TDM907", 3), (KINDS, "none", 4)],
)
def test_exit_codes(tdispmodel: Tdispmodel, path: Path, select: str, code: int) -> None:
    """As always: 0 it holds, 1 it is violated, 3 it is open, 4 nothing was asked."""
    assert tdispmodel("check", path, "--any-number", "-k", select).code == code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--devices", "2"), "--any-number and --devices 2 ask about different numbers of devices"),
        (("--set", "devices.kind=GENUINE,GENUINE"), "the same kind twice says how many devices there are"),
        (("--set", "devices[0].kind=GENUINE"), "is about one device of a certain number of them"),
    ],
)
@pytest.mark.parametrize("verb", ["check", "matrix"])
def test_what_says_how_many_is_refused(tdispmodel: Tdispmodel, verb: str, words: tuple[str, ...], said: str) -> None:
    """Whoever says how many devices there are does not ask about any number: exit 2, with a remedy."""
    ended = tdispmodel(verb, KINDS, "--any-number", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in " ".join(ended.err.split())
    assert "hint: " in ended.err


def test_no_second_family_of_engines_is_promised(tdispmodel: Tdispmodel) -> None:
    """Both ways to a proof check clauses in the same way, so ``--paranoid`` is refused: exit 2, with a remedy."""
    ended = tdispmodel("check", KINDS, "--any-number", "--paranoid")
    assert (ended.code, ended.out) == (2, "")
    assert "--any-number and --paranoid: proofs for any number of devices share code" in " ".join(ended.err.split())


def test_a_topology_lists_kinds(tdispmodel: Tdispmodel, tmp_path: Path) -> None:
    """Tables of a topology are kinds; two that are the same say how many there are, which is refused."""
    lab = tmp_path / "lab.toml"
    lab.write_text('[[devices]]\nkind = "GENUINE"\n[[devices]]\nkind = "IMPOSTOR"\n')
    found = document(tdispmodel, KINDS, "--topology", lab)
    assert ["violated", "holds", "holds"] == [one["verdict"] for one in found["results"]]
    lab.write_text("[[devices]]\n[[devices]]\n")
    assert tdispmodel("check", KINDS, "--any-number", "--topology", lab).code == 2


def test_matrix(tdispmodel: Tdispmodel) -> None:
    """The table is as always; below it, for how many devices it is, and which bug needs several."""
    ended = tdispmodel("matrix", KINDS, "--any-number", "--set", "devices.kind=GENUINE,IMPOSTOR")
    assert ended.code == 0
    told = " ".join(ended.out.split())
    assert "Proved by ic3 for any number of devices." in told
    assert "* TDM901 is violated with 2 devices, holds with 1 (devices.kind=" in told


@pytest.mark.usefixtures("here")
def test_other_kinds_of_property_are_open(tdispmodel: Tdispmodel) -> None:
    """What must be possible is not decided for any number of devices, and the reason says so."""
    ended = tdispmodel("check", "room.py", "--any-number", "--json")
    (light,) = [one for one in json.loads(ended.out)["results"] if one["property"] == "light"]
    assert (light["verdict"], light["devices"]) == ("open", "any")
    assert (
        light["reason"] == "for any number of devices invariants and step properties are decided, not must_be_possible"
    )


def test_engines(tdispmodel: Tdispmodel) -> None:
    """Either way proves it by itself; other engines find bugs, and say that they prove nothing for all numbers."""
    for engine in ("ic3", "diagrams"):
        (one,) = document(tdispmodel, STAIRS, "-k", "TDM908", "--engine", engine)["results"]
        assert (one["verdict"], one["engine"]) == ("holds", engine)
    left, broken = document(tdispmodel, STAIRS, "-k", "TDM908 or TDM902", "--engine", "graph")["results"][::-1]
    assert (left["verdict"], broken["verdict"], broken["devices"]) == ("open", "violated", 2)
    assert left["reason"].startswith("only the engines ic3 and diagrams prove anything for any number of devices")


def test_a_number_that_leaves_its_range(tdispmodel: Tdispmodel) -> None:
    """An error of the model that needs two devices is found, with the steps that lead to it: exit 2."""
    ended = tdispmodel("check", MODELS.parent / "conditions" / "ranges.py", "--any-number")
    assert (ended.code, ended.out) == (2, "")
    assert "E621" in ended.err
    assert "would assign 2 to count" in ended.err
