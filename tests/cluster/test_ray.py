"""The engine and the matrix on a real cluster: two processors of this machine."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tdispmodel.checking.mistakes import OurFault
from tdispmodel.cli import main
from tdispmodel.engines.conformance import cases
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import engine, missing
from tdispmodel.judging import judge_all
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer
from tests.cluster.test_partitions import PUBLISHED, said
from tests.cluster.work import dies_once, fails, refuses, square
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import FINITE, Plain

if TYPE_CHECKING:
    from tdispmodel.engines.distributed.cluster import Processes

pytestmark = pytest.mark.usefixtures("cluster")


def made(partitions: int, processes: type[Processes] | None = None) -> object:
    """Return the engine."""
    from tdispmodel.engines.distributed.cluster import Processes as Plainly  # noqa: PLC0415  # it may not be there
    from tdispmodel.engines.distributed.engine import Distributed  # noqa: PLC0415  # as above

    return Distributed(partitions=partitions, processes=processes or Plainly)


def watched(when: Callable[[int, str], bool], pids: set[int]) -> type[Processes]:
    """Return processes that note their numbers; before a call for which ``when`` is true one is killed."""
    import ray  # noqa: PLC0415  # it may not be there

    from tdispmodel.engines.distributed.cluster import Processes  # noqa: PLC0415  # as above

    class Watched(Processes):
        def call(self, member: int, method: str, *arguments: object, answers: int = 1) -> list[object]:
            with suppress(ray.exceptions.RayActorError):  # it was killed and nobody noticed yet
                pid = ray.get(self._actors[member].pid.remote())
                pids.add(pid)
                if when(member, method):
                    os.kill(pid, signal.SIGKILL)
            return super().call(member, method, *arguments, answers=answers)

    return Watched


@pytest.mark.parametrize(("devices", "partitions"), [(1, 2), (2, 1), (2, 2), (2, 3)])
def test_it_says_what_one_process_says(devices: int, partitions: int) -> None:
    """Counts are the published ones; traces and certificates are those of one process, and the judge accepts them."""
    system, questions = bench_tdi(devices), bench_properties(devices)
    found = said(made(partitions), system, questions)
    assert found == said(Plain(), system, questions)
    assert {one.space for one in found} == {PUBLISHED[devices]}
    assert all(one.accepted for one in judge_all(system, found))


@pytest.mark.parametrize("method", ["expand", "take", "go_on"])
def test_a_killed_process_is_built_anew(method: str) -> None:
    """When a process is killed in the search, whatever it is about to do, nothing that is said changes."""
    calls = iter(range(1 << 30))
    pids: set[int] = set()
    killing = watched(lambda member, called: member == 1 and called == method and next(calls) == 4, pids)
    system, questions = bench_tdi(1), bench_properties(1)
    assert said(made(2, killing), system, questions) == said(Plain(), system, questions)
    assert len(pids) == 3  # two, and one that was begun for the one that was killed
    assert {PUBLISHED[1]} == {one.space for one in said(made(2), system, questions)}


@pytest.mark.long
def test_processes_that_are_always_killed() -> None:
    """When a process is killed again and again all is open, with the reason."""
    killing = watched(lambda member, called: member == 0 and called == "go_on", set())
    found = said(made(2, killing), bench_tdi(1), bench_properties(1))
    assert {one.answer for one in found} == {Answer.OPEN}
    assert {one.reason.partition(" with")[0] for one in found} == {"processes of partitions ended 9 times"}


def test_no_process_is_left_after_an_interrupt() -> None:
    """An interrupt of the user reaches the caller, and the processes end."""
    pids: set[int] = set()

    def interrupt(member: int, method: str) -> bool:
        if member == 1 and method == "go_on" and len(pids) == 2:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        said(made(2, watched(interrupt, pids)), bench_tdi(1), bench_properties(1))
    assert len(pids) == 2
    until = time.monotonic() + 20
    while time.monotonic() < until and any(map(alive, pids)):
        time.sleep(0.1)
    assert not any(map(alive, pids))


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody waited for yet does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_other_kinds_are_open() -> None:
    """What goes on for ever, or stays possible, is open at once, with the reason."""
    for case in cases():
        if case.question.kind not in FINITE:
            (verdict,) = engine("distributed").answer(case.system, [case.question], Limits())
            assert verdict.answer is Answer.OPEN
            assert verdict.reason == "the steps between all states are needed, and partitions do not keep them"


def test_limits_are_kept() -> None:
    """Without time, and without memory, all is open, with the reason."""
    system, questions = bench_tdi(1), bench_properties(1)
    for limits, why in ((Limits(seconds=0.0), "out of time"), (Limits(memory=100), "out of memory")):
        found = list(made(2).answer(system, questions, limits))
        assert {one.answer for one in found} == {Answer.OPEN}
        assert all(one.reason.startswith(why) for one in found)


def test_here_it_is_installed() -> None:
    """The tests install the extra."""
    assert missing("distributed") == ""


# --- tasks ------------------------------------------------------------------------------------------------------------


def test_every_task_has_its_answer() -> None:
    """Every task is answered, under its own position."""
    from tdispmodel.checking.cluster import each  # noqa: PLC0415  # Ray may not be there

    assert {number: number * number for number in range(5)} == dict(each(square, range(5)))


def test_a_killed_task_is_done_again(tmp_path: Path) -> None:
    """A task whose process is killed is done by another process."""
    from tdispmodel.checking.cluster import each  # noqa: PLC0415  # as above

    ((position, pid),) = each(dies_once, [tmp_path / "begun"])
    assert position == 0
    assert pid != os.getpid()


def test_what_tasks_raise() -> None:
    """A fault is our fault, with the traceback of where it happened; a mistake of the user comes back as it is."""
    from tdispmodel.checking.cluster import each  # noqa: PLC0415  # as above

    with pytest.raises(OurFault, match="no such luck"):
        list(each(fails, [0]))
    with pytest.raises(Rejected) as rejected:
        list(each(refuses, [7]))
    assert rejected.value.complaints[0].message == "not 7"


def test_the_matrix_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Reports are the same to the byte, with a cluster and without."""
    words = ["matrix", "status_quo", "initrd_autoprobe_off", "-k", "TDM101 or TDM102", "--progress", "never"]
    code = main([*words, "--jobs", "1"])
    here = capsys.readouterr().out
    assert main([*words, "--cluster", "local"]) == code
    assert capsys.readouterr().out == here
    assert "status_quo" in here


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--cluster", "somewhere/else"], "E632: somewhere/else is no address of a cluster"),
        (["--cluster", "auto", "--checkpoint", "folder"], "E610: --cluster auto and --checkpoint: files would be"),
        (["--cluster", "auto", "--certificates", "folder"], "E610: --cluster auto and --certificates: files would be"),
    ],
)
def test_mistakes(words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An address that is none, and what would write files on other machines, are complaints."""
    assert main(["check", "status_quo", *words]) == 2
    assert complaint in capsys.readouterr().err
