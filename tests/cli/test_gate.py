"""``gate`` on the command line: what is asked, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.cli import gates
from tdispmodel.cli.arguments import CHANNELS
from tdispmodel.reports import formats

Run = Callable[..., Any]
VIOLATED = '[expected.room]\nstays_dark = "violated"\n'
WAIVER = (
    '[[waivers]]\nproposal = "room"\nproperty = "TDM901"\nverdict = "violated"\nreason = "a lamp that is never on"\n'
)


def statuses(out: str) -> dict[str, str]:
    """The status of each property in a document."""
    return {cell["property"]: cell["status"] for cell in json.loads(out)["cells"]}


def test_without_files_everything_must_hold(tdispmodel: Run, here: Path) -> None:
    """A lamp can be on, so that ``stays_dark`` is violated: exit code 1, and the text ends with the remedy."""
    assert here.is_dir()
    ended = tdispmodel("gate", "room.py")
    assert ended.code == 1
    assert "TDM901 stays_dark: FAIL 1, expected ok" in ended.out
    assert ended.out.splitlines()[-2:] == [
        "gate failed: 4 results: 3 as expected (1 vacuous), 1 unexpected, 0 open [exit 1]".replace(
            " [", "\n  ["
        ).splitlines()[-1],
        "if it is meant to be so: tdispmodel gate --update",
    ]


def test_expected(tdispmodel: Run, here: Path) -> None:
    """With the violation expected the gate is passed; with a property that holds expected to be violated it is not."""
    (here / "expectations.toml").write_text(VIOLATED)
    ended = tdispmodel("gate", "room.py", "--json")
    assert ended.code == 0
    assert statuses(ended.out) == {
        "stays_dark": "xfail",
        "never_burns": "ok",
        "broken_lamps_are_off": "vac",
        "light": "ok",
    }
    (here / "expectations.toml").write_text(VIOLATED + 'never_burns = "violated"\n')
    ended = tdispmodel("gate", "room.py", "--json")
    assert ended.code == 1
    assert statuses(ended.out)["never_burns"] == "XPASS"


def test_waived(tdispmodel: Run, here: Path) -> None:
    """A waiver excuses the violation until its last day; after it the gate fails and names the waiver."""
    (here / "waivers.toml").write_text(WAIVER + "expires = 2027-03-31\n")
    assert tdispmodel("gate", "room.py", "--today", "2027-03-31").code == 0
    ended = tdispmodel("gate", "room.py", "--today", "2027-04-01")
    assert ended.code == 1
    assert "waivers.toml:1:1: a waiver that expired: the waiver of room TDM901" in ended.out


def test_stale(tdispmodel: Run, here: Path) -> None:
    """An entry about what nobody asks for fails the gate at its place, with the nearest name; with ``-k`` it is not looked at."""
    (here / "expectations.toml").write_text(VIOLATED + 'never_burn = "holds"\n')
    ended = tdispmodel("gate", "room.py")
    assert ended.code == 1
    assert "expectations.toml:3:1: an expectation that matches nothing" in ended.out
    assert "hint: did you mean never_burns?" in ended.out
    assert tdispmodel("gate", "room.py", "-k", "light").code == 0
    assert tdispmodel("gate", "room.py", "-k", "nonsense").code == 4


def test_open_is_never_passed(tdispmodel: Run, here: Path) -> None:
    """Without time everything is open, exit code 3, also when it is expected to hold; a waiver of what is open helps."""
    (here / "expectations.toml").write_text('[expected.room]\nlight = "holds"\n')
    words = ("gate", "room.py", "-k", "light", "-n", "1", "--engine", "bmc", "--timeout", "1ms")
    assert tdispmodel(*words).code == 3
    (here / "waivers.toml").write_text(WAIVER.replace("TDM901", "light").replace('"violated"', '"open"'))
    ended = tdispmodel(*words, "--json")
    assert ended.code == 0
    assert statuses(ended.out) == {"light": "waived"}


def test_vacuous(tdispmodel: Run, here: Path) -> None:
    """No lamp is ever broken: with ``--no-vacuous`` that must be expected."""
    (here / "expectations.toml").write_text(VIOLATED)
    assert tdispmodel("gate", "room.py").code == 0
    assert tdispmodel("gate", "room.py", "--no-vacuous").code == 1
    (here / "expectations.toml").write_text(VIOLATED + 'broken_lamps_are_off = "vacuous"\n')
    assert tdispmodel("gate", "room.py", "--no-vacuous").code == 0


def test_update(tdispmodel: Run, here: Path) -> None:
    """``--update`` writes what was found, keeps the rest of the file, and is at rest when done again."""
    head = "# ours\n[check]\nproposals = ['room.py']  # the only one\n"
    path = here / "expectations.toml"
    path.write_text(
        head + '\n[expected.room]\nlight = "violated"\ngone = "holds"\n\n[expected.hall]\nlight = "holds"\n'
    )
    ended = tdispmodel("gate", "--update")
    assert (ended.code, ended.err) == (0, "expectations.toml: written\n")
    assert path.read_text() == head + (
        '\n[expected.room]\nbroken_lamps_are_off = "vacuous"\nlight = "holds"\nnever_burns = "holds"\n'
        'stays_dark = "violated"\n'
    )
    assert tdispmodel("gate", "--update").err == "expectations.toml: nothing changed\n"
    assert tdispmodel("gate").code == 0
    assert sorted(one.name for one in here.iterdir() if one.is_file()) == [
        "expectations.toml",
        "pyproject.toml",
        "room.py",
    ]


def test_update_of_a_part(tdispmodel: Run, here: Path) -> None:
    """With ``-k`` or other proposals named, entries about the rest are kept."""
    path = here / "expectations.toml"
    path.write_text('[expected.hall]\nlight = "holds"\n\n[expected.room]\ngone = "violated"\n')
    assert tdispmodel("gate", "room.py", "-k", "dark", "--update").code == 0
    assert path.read_text() == (
        '\n[expected.hall]\nlight = "holds"\n\n[expected.room]\ngone = "violated"\nstays_dark = "violated"\n'
    )


def test_update_makes_up_nothing(tdispmodel: Run, here: Path) -> None:
    """What is open is not written down and stays open; what is waived stays waived, and no waiver is touched."""
    (here / "waivers.toml").write_text(WAIVER)
    ended = tdispmodel("gate", "room.py", "-k", "stays_dark or light", "--update")
    assert ended.code == 0
    text = (here / "expectations.toml").read_text()
    assert "stays_dark" not in text
    assert 'light = "holds"' in text
    assert (here / "waivers.toml").read_text() == WAIVER
    (here / "expectations.toml").unlink()
    ended = tdispmodel("gate", "room.py", "-k", "light", "--update", "--engine", "bmc", "--timeout", "1ms")
    assert ended.code == 3
    assert "light" not in (here / "expectations.toml").read_text()


def test_a_new_file_says_under_which_assumptions(tdispmodel: Run, here: Path) -> None:
    """The first ``--update`` writes the assumptions down; a gate that says others afterwards is refused, one that says nothing
    asks under them.
    """
    ended = tdispmodel("gate", "room.py", "--set", "wiring=OLD", "-n", "2", "--without", "host.surge", "--update")
    assert ended.code == 0
    text = (here / "expectations.toml").read_text()
    assert '[check]\nproposals = ["room.py"]\ndevices = 2\nset = { wiring = "OLD" }\nwithout = ["host.surge"]\n' in text
    ended = tdispmodel("gate", "--json")
    assert ended.code == 0
    result = json.loads(ended.out)["cells"][0]["result"]
    assert (result["devices"], result["constants"]["wiring"], result["without"]) == (2, "OLD", ["host.surge"])
    for words in (["-n", "3"], ["--set", "wiring=NEW"], ["--without", "host.surge", "--set", "floors=true"]):
        refused = tdispmodel("gate", *words)
        assert refused.code == 2
        assert "E640" in refused.err


def test_baseline(tdispmodel: Run, here: Path) -> None:
    """What an earlier run violates is known, under the same assumptions only; what is new fails."""
    assert tdispmodel("check", "room.py", "--output", "json=before.json").code == 1
    assert tdispmodel("gate", "room.py", "--baseline", "before.json").code == 0
    ended = tdispmodel("gate", "room.py", "--baseline", "before.json", "--set", "wiring=OLD", "--json")
    assert ended.code == 1
    assert statuses(ended.out)["stays_dark"] == "FAIL"
    assert tdispmodel("gate", "room.py", "--output", "json=gate.json").code == 1
    assert tdispmodel("gate", "room.py", "--baseline", "gate.json").code == 0
    (here / "before.json").write_text("{}")
    assert tdispmodel("gate", "room.py", "--baseline", "before.json").code == 2
    assert tdispmodel("gate", "room.py", "--baseline", "gate.json", "--update").code == 2


def test_every_channel_from_one_run(tdispmodel: Run, here: Path) -> None:
    """Each channel can be had in a file, all from one run, and a second run writes the same bytes."""
    assert tuple(formats.CHANNELS) == CHANNELS
    written = []
    for folder in ("first", "second"):
        (here / folder).mkdir()
        outputs = [word for name in CHANNELS for word in ("--output", f"{name}={folder}/{name}")]
        ended = tdispmodel("gate", "room.py", *outputs)
        assert ended.code == 1
        written.append({name: (here / folder / name).read_bytes() for name in CHANNELS})
        assert written[-1]["text"].decode() == ended.out
    assert written[0] == written[1]


@pytest.mark.parametrize("name", CHANNELS)
def test_bad_input_in_every_channel(tdispmodel: Run, here: Path, name: str) -> None:
    """A waiver without a reason is exit code 2: stderr has place and remedy, and a channel in a file tells of it, too."""
    (here / "waivers.toml").write_text(WAIVER.replace("a lamp that is never on", ""))
    ended = tdispmodel("gate", "room.py", "--output", f"{name}=out")
    assert ended.code == 2
    assert "waivers.toml:5:1: E640: the reason of this waiver is no text" in ended.err
    assert "hint: nobody may waive anything without a reason" in ended.err
    assert "waiver" in (here / "out").read_text()
    assert tdispmodel("gate", "room.py", "--format", name).code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["--today", "2027-02-30"],
        ["--today", "tomorrow"],
        ["--output", "junit"],
        ["--output", "pdf=x"],
        ["--output", "junit=no/such/folder/x"],
        ["--expectations", "none.toml"],
        ["--waivers", "none.toml"],
        ["--baseline", "none.json"],
        ["--engine", "none"],
        ["--jobs", "0"],
        ["none"],
        ["--update", "--topology", "none.toml"],
    ],
)
def test_usage(tdispmodel: Run, here: Path, words: list[str]) -> None:
    """What makes no sense is exit code 2, said on stderr."""
    assert here.is_dir()
    ended = tdispmodel("gate", "room.py", *words)
    assert ended.code == 2
    assert ended.err


def test_a_file_is_written_whole_or_not_at_all(tdispmodel: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old expectations are still there, and no half of a file beside them."""
    (here / "expectations.toml").write_text(VIOLATED)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ended = tdispmodel("gate", "room.py", "--update")
    assert ended.code == 2
    assert "E623: cannot write expectations.toml: No space left on device" in ended.err
    assert (here / "expectations.toml").read_text() == VIOLATED
    assert not [one for one in here.iterdir() if one.name.startswith(".")]


def test_what_is_no_ordinary_file_is_written_to(tdispmodel: Run, here: Path) -> None:
    """``/dev/null`` as the file of a report stays what it is; so does a symbolic link."""
    (here / "real.xml").write_text("old")
    (here / "link.xml").symlink_to("real.xml")
    ended = tdispmodel("gate", "room.py", "--output", "ktap=/dev/null", "--output", "junit=link.xml")
    assert ended.code == 1
    assert not Path("/dev/null").is_file()
    assert (here / "link.xml").is_symlink()
    assert (here / "real.xml").read_text().startswith("<?xml")


def test_interrupted(tdispmodel: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted gate shows what it has, ends with 130, calls nothing stale, and writes no expectations."""
    (here / "expectations.toml").write_text('[expected.room]\ngone = "holds"\n')
    whole = gates.run

    def stopped(*words: Any) -> Any:
        return replace(whole(*words), interrupted=True)

    monkeypatch.setattr(gates, "run", stopped)
    ended = tdispmodel("gate", "room.py", "--update", "--json")
    assert ended.code == 130
    assert ended.err == "interrupted: what was not decided is open or left out\n"
    document = json.loads(ended.out)
    assert (document["exit"], document["interrupted"], document["problems"]) == (130, True, [])
    assert "gone" in (here / "expectations.toml").read_text()


def test_quiet(tdispmodel: Run, here: Path) -> None:
    """With ``-q`` a gate that is passed says nothing."""
    (here / "expectations.toml").write_text(VIOLATED)
    assert tdispmodel("gate", "room.py", "-q").out == ""
    (here / "expectations.toml").unlink()
    assert "stays_dark" in tdispmodel("gate", "room.py", "-q").out


def test_mutants(tdispmodel: Run, here: Path) -> None:
    """With ``--mutants`` each property has the score that ``mutants --all-noticers`` gives it, in ``gate`` and in ``check``."""
    (here / "expectations.toml").write_text(VIOLATED)
    (room,) = json.loads(tdispmodel("mutants", "room.py", "--all-noticers", "--json").out)["proposals"]
    wanted = {score["property"]: {"noticed": score["noticed"], "of": score["of"]} for score in room["properties"]}
    document = json.loads(tdispmodel("gate", "room.py", "--mutants", "--json").out)
    assert {cell["property"]: cell["kills"] for cell in document["cells"]} == wanted
    found = json.loads(tdispmodel("check", "room.py", "--mutants", "--json").out)["results"]
    assert {result["property"]: result["mutants"] for result in found} == wanted
    light = wanted["light"]
    assert f"kills {light['noticed']} of {light['of']} mutants" in tdispmodel("check", "room.py", "--mutants").out
    assert document["scores"][0]["counted"] == room["score"]["counted"]


def test_least_score(tdispmodel: Run, here: Path) -> None:
    """That nobody may press a lit switch is a guard that no property needs, so 100 percent are too many; without time the score
    is open, and what makes no sense is refused.
    """
    (here / "expectations.toml").write_text(VIOLATED)
    ended = tdispmodel("gate", "room.py", "--min-score", "100")
    assert ended.code == 1
    assert "room.py:1:1: a mutation score that is too low" in ended.out
    assert "Room.press does not require not lamp.on" in ended.out
    assert tdispmodel("gate", "room.py", "--min-score", "1").code == 0
    for words in (["--min-score", "101"], ["--min-score", "half"], ["--mutants", "--any-number"]):
        assert tdispmodel("gate", "room.py", *words).code == 2
    assert tdispmodel("check", "room.py", "--mutants", "--any-number").code == 2
