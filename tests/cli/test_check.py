"""``check`` and ``matrix`` on a room whose states can be counted by hand.

With the new wiring nothing can burn: a lamp is off and then on, two states, one transition.  With the old wiring the
host can make the room burn once a lamp is on: three states (off, on, burning), three transitions (press, surge, and
surge again, which changes nothing), two steps deep.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tdispmodel.checking import pipeline
from tdispmodel.reports.json import schema

Run = Callable[..., Any]


def document(run: Run, *words: str | Path) -> dict[str, Any]:
    """The result document of a check; it is as the schema says, and has the exit code of the run."""
    ended = run("check", "--format", "json", *words)
    found: dict[str, Any] = json.loads(ended.out)
    jsonschema.validate(found, schema())
    assert ended.code == found["exit"]
    return found


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    """The verdicts of a document by code."""
    return {result["code"]: result["verdict"] for result in found["results"]}


def test_every_property_of_the_file(tdispmodel: Run, here: Path) -> None:
    """A model of one's own is asked its own properties: the lamp can be on, so it does not stay dark."""
    found = document(tdispmodel, here / "room.py")
    assert {"TDM901": "violated", "TDM902": "holds", "TDM903": "holds", "TDM904": "holds"} == verdicts(found)
    assert 1 == found["exit"]


def test_counts(tdispmodel: Run, here: Path) -> None:
    """The space is counted whether a property holds or not: 2 states and 1 transition, 3 and 3 with the old wiring."""
    new, old = document(tdispmodel, "room.py"), document(tdispmodel, here / "room.py", "--set", "wiring=OLD")
    counts = [{(one["states"], one["transitions"], one["depth"]) for one in found["results"]} for found in (new, old)]
    assert [{(2, 1, 1)}, {(3, 3, 2)}] == counts


def test_two_devices(tdispmodel: Run, here: Path) -> None:
    """With two lamps there are four states and four transitions, at most two steps away."""
    found = document(tdispmodel, here / "room.py", "-n", "2")
    assert {(2, 4, 4, 2)} == {
        (one["devices"], one["states"], one["transitions"], one["depth"]) for one in found["results"]
    }


def test_trace(tdispmodel: Run, here: Path) -> None:
    """The counterexample has one entry a step, with actor, action and what it changed."""
    (result,) = document(tdispmodel, here / "room.py", "-k", "stays_dark")["results"]
    changes = {"lamps[0].on": [False, True]}
    assert [{"step": 1, "actor": "userspace", "action": "press(lamps[0])", "changes": changes}] == result["trace"]


def test_constants_and_capabilities(tdispmodel: Run, here: Path) -> None:
    """The old wiring burns in two steps, unless the host cannot send a surge; the document says what was assumed."""
    old = ("--set", "wiring=OLD", "-k", "never_burns")
    (burns,) = document(tdispmodel, here / "room.py", *old)["results"]
    (safe,) = document(tdispmodel, here / "room.py", *old, "--without", "host.surge")["results"]
    assert ("violated", 2, "OLD", []) == (
        burns["verdict"],
        len(burns["trace"]),
        burns["constants"]["wiring"],
        burns["without"],
    )
    assert ("holds", ["host.surge"]) == (safe["verdict"], safe["without"])


def test_vacuous(tdispmodel: Run, here: Path) -> None:
    """Lamps never break here, so what is said of broken ones holds vacuously: a failure only with ``--no-vacuous``."""
    words = (here / "room.py", "-k", "broken")
    (result,) = document(tdispmodel, *words)["results"]
    assert ("holds", True) == (result["verdict"], result["vacuous"])
    assert [0, 1] == [tdispmodel("check", *words).code, tdispmodel("check", *words, "--no-vacuous").code]


@pytest.mark.parametrize("engine", ["explicit", "graph", "diagrams", "bmc", "induction", "pdr", "walk"])
def test_engines_by_name(tdispmodel: Run, here: Path, engine: str) -> None:
    """Every engine can be asked by name, and finds that the lamp does not stay dark."""
    (result,) = document(tdispmodel, here / "room.py", "-k", "stays_dark", "--engine", engine)["results"]
    assert ("violated", 1) == (result["verdict"], len(result["trace"]))


def test_engines_joined(tdispmodel: Run, here: Path) -> None:
    """Several engines are asked the same and agree: a bounded search alone leaves open what induction proves."""
    words = (here / "room.py", "-k", "never_burns")
    bounded = tdispmodel("check", *words, "--engine", "bmc")
    (joined,) = document(tdispmodel, *words, "--engine", "bmc", "--engine", "induction")["results"]
    assert (3, "holds") == (bounded.code, joined["verdict"])


def test_no_time_at_all(tdispmodel: Run, here: Path) -> None:
    """Without time everything is open, with the reason: exit code 3 and never ``holds``."""
    found = document(tdispmodel, here / "room.py", "--timeout", "0.000001")
    assert {"open"} == set(verdicts(found).values())
    assert all(result["reason"] for result in found["results"])
    assert 3 == found["exit"]


def test_nothing_selected(tdispmodel: Run, here: Path) -> None:
    """When no property matches, nothing was checked: exit code 4 and a word on stderr."""
    ended = tdispmodel("check", here / "room.py", "-k", "no_such_thing")
    assert (4, "") == (ended.code, ended.out)
    assert "nothing was checked" in ended.err


def test_empty_catalogue(tdispmodel: Run, here: Path) -> None:
    """Without proposals there is nothing to check."""
    assert here.is_dir()
    assert 4 == tdispmodel("check").code


def test_matrix_is_a_report(tdispmodel: Run, here: Path) -> None:
    """A matrix with violated cells is a success, because every cell is decided; with an open one it is not."""
    assert [0, 3] == [tdispmodel("matrix", here / "room.py", *more).code for more in ([], ["--timeout", "0.000001"])]


def test_output_files(tdispmodel: Run, here: Path) -> None:
    """``--output`` writes further reports of the same run; stdout is the same as without."""
    files = [f"json={here / 'result.json'}", f"rst={here / 'matrix.rst'}"]
    ended = tdispmodel("check", "room.py", "-q", "--output", files[0], "--output", files[1])
    assert 1 == ended.code
    assert 4 == len(json.loads((here / "result.json").read_text())["results"])
    assert "stays_dark" in (here / "matrix.rst").read_text()
    assert "FAIL 1" in ended.out


def test_output_that_cannot_be_written(tdispmodel: Run, here: Path) -> None:
    """A file that cannot be written is a complaint that names it."""
    ended = tdispmodel("check", here / "room.py", "--output", f"json={here}")
    assert 2 == ended.code
    assert "E623: cannot write" in ended.err


def test_quiet(tdispmodel: Run, here: Path) -> None:
    """``-q`` shows what went wrong only, and nothing when all is well."""
    assert "" == tdispmodel("check", here / "room.py", "-k", "never_burns", "-q").out
    shown = tdispmodel("check", here / "room.py", "-q").out
    assert "stays_dark" in shown
    assert "never_burns" not in shown


def test_order_and_jobs(tdispmodel: Run, here: Path) -> None:
    """Several proposals are reported in the order asked, and the same for any number of processes."""
    text = (here / "room.py").read_text()
    for name in ("zebra", "apple", "mango"):
        (here / "proposals" / f"{name}.py").write_text(text)
    asked = ("zebra", "apple", "room.py", "mango")
    several, one = (document(tdispmodel, *asked, "--jobs", jobs) for jobs in ("3", "1"))
    for found in (several, one):
        for result in found["results"]:
            result.pop("seconds")
    assert one == several
    assert ["zebra", "apple", "room", "mango"] == list(dict.fromkeys(result["proposal"] for result in one["results"]))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_complaints_of_all_proposals(tdispmodel: Run, here: Path, jobs: str) -> None:
    """When some of several proposals cannot be read, all complaints are shown and no verdict is."""
    for name in ("first", "second"):
        (here / f"{name}.py").write_text((here / "room.py").read_text().replace("lamp.on = True", "lamp.onn = True"))
    ended = tdispmodel("check", "room.py", "first.py", "second.py", "--jobs", jobs)
    assert (2, "") == (ended.code, ended.out)
    assert [True, True] == [f"{name}.py:" in ended.err for name in ("first", "second")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--set", "wirring=OLD"], "E615"),
        (["--set", "wiring=OLDD"], "E616"),
        (["--set", "floors=2"], "E616"),
        (["--without", "host.surg"], "E618"),
        (["--without", "kernel.surge"], "E618"),
        (["--set", "stays_dark=1"], "E615"),
    ],
)
def test_assumptions_that_do_not_fit(tdispmodel: Run, here: Path, words: list[str], code: str) -> None:
    """A constant, value or capability that the model has not is a complaint about the command line."""
    ended = tdispmodel("check", here / "room.py", *words)
    assert (2, "") == (ended.code, ended.out)
    assert f"<command line>:1:1: {code}:" in ended.err


def test_fixed_constant(tdispmodel: Run, here: Path) -> None:
    """A constant that the proposal fixes cannot be set, not even to its own value."""
    (here / "old_room.py").write_text(
        "from room import Room, Wiring\n\n\nclass OldRoom(Room):\n    wiring = Wiring.OLD\n"
    )
    ended = tdispmodel("check", "old_room.py", "--set", "wiring=OLD")
    assert 2 == ended.code
    assert "E617: old_room fixes the constant wiring to OLD" in ended.err


def test_options_anywhere(tdispmodel: Run, here: Path) -> None:
    """Options may stand before, between and after proposals."""
    assert here.is_dir()
    one = document(tdispmodel, "-k", "light", "room.py", "--devices", "2")
    other = document(tdispmodel, "room.py", "--devices", "2", "-k", "light")
    assert verdicts(one) == verdicts(other) == {"TDM904": "holds"}


def test_text_is_for_mail(tdispmodel: Run, here: Path) -> None:
    """The text of a check is plain ASCII of at most 72 columns."""
    text = tdispmodel("check", here / "room.py", "-v").out
    assert text.isascii()
    assert [] == [line for line in text.splitlines() if len(line) > 72]


def test_the_command_shown_for_a_file_can_be_pasted(tdispmodel: Run, here: Path) -> None:
    """The model of a path is asked for by its path, in quotes where the shell needs them, and gives the same trace."""
    folder = here / "my models"
    folder.mkdir()
    (folder / "it's a room.py").write_text((here / "room.py").read_text())
    asked = tdispmodel("check", "my models/it's a room.py", "-k", "TDM901", "-n", "2", "--set", "wiring=OLD")
    shown = asked.out[asked.out.index("in full: ") + len("in full: ") :].split("\n\n")[0]
    words = shlex.split(shown.replace("\\\n", ""))
    assert ["tdispmodel", "trace", "my models/it's a room.py", "TDM901"] == words[:4]
    again = tdispmodel(*words[1:])
    assert 1 == again.code
    assert shown.split() == again.out[again.out.index("again:") + len("again:") :].split()


def test_two_files_of_one_name_are_refused(tdispmodel: Run, here: Path) -> None:
    """Results are known by the name of the file, so those of two rooms could not be told apart; one asked twice can."""
    (here / "other").mkdir()
    (here / "other" / "room.py").write_text((here / "room.py").read_text())
    assert 2 == tdispmodel("check", "room.py", "other/room.py").code
    assert 0 == tdispmodel("check", "room.py", "./room.py", here / "room.py", "-k", "TDM904").code


def test_assumptions_in_full(tdispmodel: Run, here: Path) -> None:
    """With -v the report says every constant and everything that the host can do, whether or not it is the default."""
    assert here.is_dir()
    words = ("check", "room.py", "-k", "never_burns", "-v", "--set", "wiring=OLD")
    lines = tdispmodel(*words).out.splitlines()
    assert "  asked with: wiring=OLD, floors=True" in lines
    assert "  host can:   host.surge" in lines
    assert "  host can:   nothing" in tdispmodel(*words, "--without", "host.surge").out.splitlines()


def test_switched_off_capability_in_words(tdispmodel: Run, here: Path) -> None:
    """A capability that is switched off is said in plain words, in a trace and in a matrix."""
    assert here.is_dir()
    words = ("room.py", "--without", "host.surge")
    assert "  without host.surge\n" in tdispmodel("trace", "room.py", "stays_dark", *words[1:]).out
    assert "\nWithout host.surge.\n" in tdispmodel("matrix", *words).out


@pytest.mark.parametrize("verb", ["trace", "adversary", "sweep"])
def test_not_applicable_ends_with_4(verb: str, tdispmodel: Run, here: Path) -> None:
    """A property that needs what the model lacks is not checked, whoever asks: exit code 4, as `check` ends."""
    text = (here / "room.py").read_text().replace("import Actor,", "import needs, Actor,")
    needy = (
        '\n\n@invariant(code="TDM905")\n@needs("Lamp.warm")\ndef is_cold(now: Lamp) -> bool:\n    return not now.warm\n'
    )
    (here / "room.py").write_text(text + needy)
    assert 4 == tdispmodel("check", "room.py", "-k", "is_cold").code
    ended = tdispmodel(verb, "room.py", "is_cold")
    assert (4, "") == (ended.code, ended.out)
    assert "nothing was checked: is_cold is not applicable" in ended.err


def test_interrupted_before_anything(tdispmodel: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted before the first answer there are properties, and nobody says that there are none."""
    assert here.is_dir()

    def impatient(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "check_file", impatient)
    ended = tdispmodel("check", "room.py")
    assert 130 == ended.code
    assert "interrupted" in ended.err
    assert "there are no properties" not in ended.err


def test_a_capability_of_another_actor(tdispmodel: Run, here: Path) -> None:
    """A proposal that gives an action to another actor has no capability of the first: switching it off is refused."""
    (here / "other.py").write_text(
        "from room import Room\nfrom tdispmodel.dsl import Actor, action, replaces\n\n\n"
        "class Other(Room):\n    @replaces(Room.surge)\n    @action(by=Actor.ENVIRONMENT)\n"
        "    def surge(self) -> None:\n        self.burning = True\n"
    )
    ended = tdispmodel("check", "other.py", "--without", "host.surge")
    assert 2 == ended.code
    assert "hint: write: --without environment.surge" in ended.err
    ended = tdispmodel("check", "other.py", "--without", "environment.surge")
    assert "E618" not in ended.err


def test_the_same_bytes_for_any_number_of_processes(tdispmodel: Run, here: Path) -> None:
    """But for the times, reports in every format are the same to the byte, whatever ``--jobs`` is."""
    text = (here / "room.py").read_text()
    for name in ("zebra", "apple", "mango"):
        (here / "proposals" / f"{name}.py").write_text(text)
    reports = []
    for jobs in ("1", "2", "3", "9"):
        files = [argument for kind in ("text", "rst", "json") for argument in ("--output", f"{kind}={here / kind}")]
        tdispmodel("check", "zebra", "apple", here / "room.py", "mango", "-v", "--jobs", jobs, *files)
        told = [(here / kind).read_text() for kind in ("text", "rst", "json")]
        reports.append([re.sub(r'"seconds": [0-9.e-]+|\d+\.\d+ ?s\b', "TIME", one) for one in told])
    assert all(report == reports[0] for report in reports)
    assert all("zebra" in one for one in reports[0])
