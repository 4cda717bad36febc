"""A search that was ended at any moment goes on from what it had written down, and nothing else is ever believed."""

from __future__ import annotations

import errno
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.protocol import LimitReached, Limits, Unusable
from tdispmodel.engines.wide import checkpoint
from tdispmodel.engines.wide.checkpoint import HEADER, Checkpoint, checksum
from tdispmodel.engines.wide.identity import of_system
from tdispmodel.engines.wide.search import Search
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, Space, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import Interrupted, Numbered, Resumed, Spilling, begun, spills, spread_systems
from tests.engines_wide.test_spilling import said
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]

REPOSITORY = Path(__file__).resolve().parents[2]
LEVELS = 27 + 1
"""Of bench-tdi with two devices, whose published depth is 27."""


def answered(folder: Path, devices: int = 2, **limits: int) -> list[tuple[object, ...]]:
    """All that is said of bench-tdi, with a checkpoint in a folder."""
    asked = Numbered().answer(bench_tdi(devices), bench_properties(devices), Limits(checkpoint=folder, **limits))
    return [said(one) for one in asked]


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A folder with half of a search of bench-tdi with two devices."""
    folder = tmp_path / "half"
    begun(Numbered().answer(bench_tdi(2), bench_properties(2), Limits(checkpoint=folder)), LEVELS // 2)
    return folder


# --- going on ----------------------------------------------------------------------------------------------------------


def test_it_goes_on_from_any_level(tmp_path: Path) -> None:
    """After any level the search can be ended, and what a later one says is what is said at once."""
    system, questions = bench_tdi(2), bench_properties(2)
    at_once = [said(one) for one in Numbered().answer(system, questions, Limits())]
    for levels in range(1, LEVELS + 1, 3):
        folder = tmp_path / str(levels)
        begun(Numbered().answer(system, questions, Limits(checkpoint=folder)), levels)
        header = json.loads((folder / "all" / HEADER).read_text())
        assert (levels, levels == LEVELS) == (header["complete"], header["finished"])
        assert at_once == answered(folder)


def test_a_search_that_was_resumed_does_not_begin_again(half: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It expands the levels that are left and no other, and one that was finished expands none."""
    depths: list[int] = []
    original = Search._expand

    def expand(made: Search) -> None:
        depths.append(len(made.sizes_of_levels) - 1)
        original(made)

    monkeypatch.setattr(Search, "_expand", expand)
    answered(half)
    assert list(range(LEVELS // 2, LEVELS)) == depths
    depths.clear()
    answered(half)
    assert [] == depths


@law(60)
@given(spread_systems(), st.integers(1, 6))
def test_it_agrees_with_the_oracle(pair: Asked, levels: int) -> None:
    """Interrupted after some level and resumed it answers as the oracle does, with and without the host, and is judged."""
    assert not complaints_about(Resumed(levels), pair)


@law(60)
@given(spread_systems(), st.integers(1, 6))
def test_verdicts_are_the_same(pair: Asked, levels: int) -> None:
    """All that is said, behaviours and certificates included, is the same as of a search that was not interrupted."""
    system, asked = pair
    at_once = [said(one) for one in Numbered().answer(system, asked, Limits())]
    assert at_once == [said(one) for one in Resumed(levels).answer(system, asked, Limits())]


def test_it_goes_on_where_states_are_kept_otherwise(half: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search in memory is gone on with in files."""
    at_once = answered(half)
    folder = half.parent / "other"
    begun(Numbered().answer(bench_tdi(2), bench_properties(2), Limits(checkpoint=folder)), LEVELS // 2)
    spills(monkeypatch)
    monkeypatch.setattr("tdispmodel.engines.wide.search.CHUNK", 100)
    asked = Spilling().answer(bench_tdi(2), bench_properties(2), Limits(checkpoint=folder))
    assert at_once == [said(one) for one in asked]


SCRIPT = """
import sys
from pathlib import Path
from tests.engines_wide.test_checkpoint import answered

print(answered(Path(sys.argv[1]), 3))
"""


def test_it_is_killed_at_any_time(tmp_path: Path) -> None:
    """Killed with signal 9 again and again, at random moments, it says in the end, to the byte, what is said at once."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONHASHSEED": "0"}

    def process(folder: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", SCRIPT, str(tmp_path / folder)]
        return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE)

    def wrote(folder: Path) -> int:
        return len(list(folder.glob("all/level-*.npy")))

    at_once = process("at_once").communicate()[0]
    draw = random.Random(2026)  # noqa: S311  # moments, no secrets
    folder = tmp_path / "killed"
    seen = []
    for _ in range(5):
        killed = process("killed")
        before = wrote(folder)
        while killed.poll() is None and wrote(folder) < min(before + 5, 38):  # of 40 levels, as it is 39 steps deep
            time.sleep(0.002)
        time.sleep(draw.uniform(0, 0.05))
        killed.send_signal(signal.SIGKILL)
        if killed.communicate()[0]:
            break
        seen.append(wrote(folder))
    assert len(set(seen)) > 1
    assert b"305009" in at_once
    assert at_once == process("killed").communicate()[0]


# --- what is refused ---------------------------------------------------------------------------------------------------


def refused(folder: Path, system: System | None = None, questions: list[SystemProperty] | None = None) -> Unusable:
    """Return why a folder is refused."""
    asked = Numbered().answer(system or bench_tdi(2), questions or bench_properties(2), Limits(checkpoint=folder))
    with pytest.raises(Unusable) as caught:
        list(asked)
    return caught.value


def test_another_system_is_refused(half: Path) -> None:
    """A system with one effect less is another one, and the folder is left as it was."""
    system = bench_tdi(2)
    lamed = replace(system.actions[-1], assignments=system.actions[-1].assignments[:-1])
    before = sorted((path.name, path.read_bytes()) for path in (half / "all").iterdir())
    found = refused(half, replace(system, actions=(*system.actions[:-1], lamed)))
    assert ("the checkpoint is about another system", "name another folder") == (found.message, found.hint)
    assert half / "all" / HEADER == found.path
    assert before == sorted((path.name, path.read_bytes()) for path in (half / "all").iterdir())


def test_other_questions_are_refused(half: Path) -> None:
    """So are other questions about the same system, one of them left out among them."""
    first, *rest = bench_properties(2)
    for questions in (rest, [replace(first, formula=negation(first.formula)), *rest]):
        assert "the checkpoint is about other questions" == refused(half, questions=questions).message


def rewritten(half: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a checkpoint says, with a checksum that fits."""
    path = half / "all" / HEADER
    document = json.loads(path.read_text())
    del document["checksum"]
    change(document)
    path.write_text(json.dumps({**document, "checksum": checksum(document)}))


def test_another_format_is_refused(half: Path) -> None:
    """What another version wrote is not read."""
    rewritten(half, lambda document: document.update(format="tdispmodel/checkpoint/0"))
    said_so = (
        "the checkpoint is in the format 'tdispmodel/checkpoint/0', and this version writes tdispmodel/checkpoint/1"
    )
    assert said_so == refused(half).message


def test_each_damaged_byte_is_noticed(half: Path) -> None:
    """A bit that flips anywhere in any file, and a file that ends early or is gone, are noticed."""
    draw = random.Random(11)  # noqa: S311  # places, no secrets
    for path in sorted((half / "all").iterdir()):
        whole = path.read_bytes()
        place = draw.randrange(len(whole))
        broken = bytearray(whole)
        broken[place] ^= 1 << draw.randrange(7)
        for content in (bytes(broken), whole[: draw.randrange(len(whole))], b""):
            path.write_bytes(content)
            found = refused(half)
            assert found.path == path
            assert found.message.startswith(("the checkpoint is damaged: ", "the checkpoint is in the format "))
            assert "delete the folder to begin anew, or name another one" == found.hint
        if path.name != HEADER:
            path.unlink()
            assert "the checkpoint is damaged: it is not there" == refused(half).message
        path.write_bytes(whole)
    assert [] != answered(half)


class Trap:
    """Would tell if it were unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("/tmp/tdispmodel-was-here",)  # noqa: S108  # never made


def forgeries(document: dict[str, Any]) -> Iterator[tuple[str, Callable[[dict[str, Any]], object]]]:
    """Yield what somebody could make up, by name."""
    levels, met = document["levels"], document["met"]
    yield "no levels", lambda one: one.update(levels=[])
    yield "a level twice", lambda one: one.update(levels=[*levels, levels[-1]], complete=len(levels))
    yield "a level left out", lambda one: one.update(levels=levels[:-1])
    yield "more complete levels", lambda one: one.update(complete=99)
    yield "finished", lambda one: one.update(finished="yes")
    yield "other sides", lambda one: one["levels"][3].update(sides=[1, 1, 1])
    yield "sides that are no numbers", lambda one: one["levels"][3].update(sides=["x", None, {}])
    yield "huge sides", lambda one: one["levels"][3].update(sides=[1 << 62, 1 << 62, 1 << 62])
    yield "fewer sides", lambda one: one["levels"][3].update(sides=[1 << 40])
    yield "other counts", lambda one: one["levels"][3].update(states=1)
    yield "a file elsewhere", lambda one: one["levels"][3].update(file="../../../../../etc/passwd")
    yield "a file without a name", lambda one: one["levels"][3].update(file=7)
    yield "no numbering", lambda one: one.update(numbering=[])
    yield "no transitions", lambda one: one.update(transitions="many")
    yield "met where there is no level", lambda one: one.update(met=[[number, 99, *rest] for number, _, *rest in met])
    yield "met elsewhere", lambda one: one.update(met=[[number, level - 1, *rest] for number, level, *rest in met])
    yield "met in no state", lambda one: one.update(met=[[number, level, 0, -1, 7, 3] for number, level, *_ in met])
    yield "met what nobody asked", lambda one: one.update(met=[[99, *rest] for _, *rest in met])
    yield "no lists", lambda one: one.update(levels=7, met=None)
    yield "a numbering elsewhere", lambda one: one["numbering"][0].update(file=f"../all/{one['numbering'][0]['file']}")
    yield (
        "sides below nothing",
        lambda one: one["levels"][3].update(sides=[-side for side in one["levels"][3]["sides"]]),
    )
    yield "more transitions than there are numbers", lambda one: one.update(transitions=10**400)
    yield "fewer transitions than none", lambda one: one.update(transitions=-1)
    yield "half a transition", lambda one: one.update(transitions=0.5)
    yield (
        "met on half a level",
        lambda one: one.update(met=[[number, level + 0.0, *rest] for number, level, *rest in met]),
    )
    last = max(level for _, level, *_ in met)
    yield "met on a level that was not looked at", lambda one: one.update(levels=levels[: last + 1], complete=last)


def test_what_is_made_up_is_refused(half: Path) -> None:
    """What makes no sense is refused in words although its checksum fits."""
    path = half / "all" / HEADER
    whole = path.read_bytes()
    for name, change in forgeries(json.loads(whole)):
        rewritten(half, change)
        assert refused(half).message.startswith("the checkpoint is damaged: "), name
        path.write_bytes(whole)
    assert [] != answered(half)


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", "null", "[" * 100_000, '{"format": {}, "checksum": 1}', "\0"])
def test_what_is_no_document_is_refused(half: Path, text: str) -> None:
    """So is whatever else may stand where the document should."""
    (half / "all" / HEADER).write_text(text)
    assert refused(half).message.startswith(("the checkpoint is damaged: ", "the checkpoint is in the format "))


def replaced(half: Path, name: str, content: bytes) -> None:
    """Put another content into a file of a level or numbering, with a checksum that fits."""
    import hashlib  # noqa: PLC0415  # here only

    (half / "all" / name).write_bytes(content)

    def change(document: dict[str, Any]) -> None:
        for each in (*document["levels"], *document["numbering"]):
            if each["file"] == name:
                each["checksum"] = hashlib.sha256(content).hexdigest()

    rewritten(half, change)


def saved(array: Any) -> bytes:
    """Return an array as a file."""
    import io  # noqa: PLC0415  # here only

    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def test_nothing_is_executed(half: Path) -> None:
    """What could be executed when it is read is not."""
    for content in (saved(np.array([Trap()], object)), pickle.dumps(Trap())):
        replaced(half, "level-000003.npy", content)
        assert refused(half).message.startswith("the checkpoint is damaged: ")
    assert not Path("/tmp/tdispmodel-was-here").exists()  # noqa: S108  # as above


def test_made_up_states_are_refused(half: Path) -> None:
    """Numbers that are no states, states that were there before and local states without a value are refused."""
    level = np.load(half / "all" / "level-000003.npy")
    (whole,) = (path for path in (half / "all").glob("numbering-0-*.npy"))
    rows = np.load(whole)
    earlier = np.load(half / "all" / "level-000002.npy")
    before = [(path, path.read_bytes()) for path in (half / "all").iterdir()]
    for name, array in (
        ("level-000003.npy", -level),
        ("level-000003.npy", level + (1 << 62)),
        ("level-000003.npy", level.astype(float)),
        ("level-000003.npy", np.full_like(level, level[0])),
        ("level-000003.npy", np.resize(earlier, len(level))),
        ("level-000003.npy", level.reshape(-1, 1)),
        (whole.name, rows | np.uint64(0xFF << 8)),
        (whole.name, np.zeros_like(rows)),
        (whole.name, rows.reshape(-1)),
    ):
        replaced(half, name, saved(array))
        assert refused(half).message.startswith("the checkpoint is damaged: ")
        for path, content in before:
            path.write_bytes(content)
    assert [] != answered(half)


def test_what_is_no_file_is_refused(half: Path) -> None:
    """What is no file, and could be read from for ever, is refused, whatever its name."""
    for name in ("level-000003.npy", HEADER):
        path = half / "all" / name
        whole = path.read_bytes()
        for make in (os.mkfifo, os.mkdir, lambda there: there.symlink_to("/dev/zero")):
            path.unlink()
            make(path)
            assert "the checkpoint is damaged: it is no file" == refused(half).message
            path.rmdir() if path.is_dir() else path.unlink()
            path.write_bytes(whole)


def test_links_are_not_followed(half: Path, tmp_path: Path) -> None:
    """Who puts links where a search will write changes no other file by that."""
    other = tmp_path / "other"
    other.write_text("untouched")
    for name in (
        f"{HEADER}.new",
        *(f"level-{level:06}.npy{end}" for level in range(15, LEVELS) for end in ("", ".new")),
    ):
        (half / "all" / name).symlink_to(other)
    assert [] != answered(half)
    assert "untouched" == other.read_text()
    assert not (half / "all" / f"level-{LEVELS - 1:06}.npy").is_symlink()


@pytest.mark.parametrize("why", ["out of time", ""])
def test_a_search_that_ends_while_it_is_resumed_knows_nothing(
    half: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Who has no time to bring all levels back says of no depth that it was examined: what was met is not back either."""
    original = Search.look

    def look(made: Search, *, ways: bool = False) -> None:
        if len(made.sizes_of_levels) == LEVELS // 2 - 1:
            raise LimitReached(why)
        original(made, ways=ways)

    monkeypatch.setattr(Search, "look", look)
    found = Numbered().answer(bench_tdi(2), bench_properties(2), Limits(checkpoint=half))
    assert {(Answer.OPEN, None)} == {(one.answer, one.bound) for one in found}  # one is violated after ten steps


def test_a_lie_is_judged(half: Path) -> None:
    """Who leaves out half of a level, and makes all of it fit, gets no wrong verdict: the judge refuses what holds."""
    level = np.load(half / "all" / f"level-{LEVELS // 2:06}.npy")
    replaced(half, f"level-{LEVELS // 2:06}.npy", saved(level[:1]))
    rewritten(half, lambda document: document["levels"][-1].update(states=1))
    system = bench_tdi(2)
    found = list(Numbered().answer(system, bench_properties(2), Limits(checkpoint=half)))
    holding = [one for one in found if one.answer is Answer.HOLDS]
    assert holding
    assert {False} == {one.accepted for one in judge_all(system, found) if one.verdict in holding}


# --- what it is about --------------------------------------------------------------------------------------------------


@law(40)
@given(spread_systems(), spread_systems())
def test_digests_tell_systems_apart(first: Asked, second: Asked) -> None:
    """Systems have the same digest just when their variables, steps and starts are the same."""

    def steps(system: System) -> object:
        actions = [(one.name, one.actor, one.guards, one.assignments) for one in system.actions]
        return system.variables, actions, system.initially

    systems = first[0], second[0]
    assert (steps(systems[0]) == steps(systems[1])) is (of_system(systems[0]) == of_system(systems[1]))
    assert of_system(systems[0]) == of_system(replace(systems[0], name="another"))


def test_digests_do_not_depend_on_the_process() -> None:
    """The digest of a system is the same in processes that order sets of texts otherwise."""
    program = """
from tdispmodel.engines.wide.identity import of_system, of_watches
from tdispmodel.engines.wide.answers import goal
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tdispmodel.compiling.successors import Watch
from tdispmodel.ir.expressions import Took
print(of_system(bench_tdi(2)), of_watches([Watch(Took(frozenset(map(str, range(50)))), True)]))
"""
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(digests) == 1


# --- disks -------------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_open(tmp_path: Path) -> None:
    """When a level cannot be written every question that is not decided is open, and what was written before is whole."""
    original = checkpoint.Hashed.write
    left = [30_000]

    def write(hashed: checkpoint.Hashed, content: bytes) -> int:
        left[0] -= len(content)
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return original(hashed, content)

    system, questions = bench_tdi(2), bench_properties(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint.Hashed, "write", write)
        found: list[Verdict] = list(Numbered().answer(system, questions, Limits(checkpoint=tmp_path)))
    assert Answer.OPEN in {one.answer for one in found} <= {Answer.OPEN, Answer.VIOLATED}
    for one in found:
        assert one.space is None
        assert one.answer is Answer.VIOLATED or one.reason.startswith("the disk fails (No space left on device) with ")
    at_once = [said(one) for one in Numbered().answer(system, questions, Limits())]
    assert at_once == answered(tmp_path)
    assert {Space(6_543, 47_766, 27)} == {one[6] for one in at_once}


def test_what_is_no_folder_is_open(tmp_path: Path) -> None:
    """Where a file is in the way of the folder it is open."""
    (tmp_path / "all").write_text("in the way")
    found = Numbered().answer(bench_tdi(1), bench_properties(1), Limits(checkpoint=tmp_path))
    assert {Answer.OPEN} == {one.answer for one in found}


def test_interrupts_are_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends the search between two levels comes through, and the checkpoint is there."""
    original = Checkpoint.keep

    def keep(kept: Checkpoint, made: Any) -> None:
        original(kept, made)
        raise Interrupted

    monkeypatch.setattr(Checkpoint, "keep", keep)
    with pytest.raises(Interrupted):
        answered(tmp_path)
    assert (tmp_path / "all" / HEADER).exists()
