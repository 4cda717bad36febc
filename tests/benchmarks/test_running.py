"""The runner of measurements: what it measures, what it ends, and that whoever counts wrongly is an error."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.found import Found, Task, of_ours, of_rumur
from benchmarks.measuring import Limits, floor, measure
from benchmarks.mutants import main as measure_mutants
from benchmarks.running import How, Row, compared
from benchmarks.subjects import MODELS, ROOT, Command, Job, Subject
from tests.exporting.peers import needed

GENEROUS = Limits(60, 10**9)
COUNTED = "No error found. State Space Explored: {states} states, {rules} rules fired in 0s."


def subject(name: str, program: str, task: Task = Task.SPACE, **others: object) -> Subject:
    """A peer that is a program in Python and prints what Rumur prints."""

    def read(text: str, _: Job) -> Found:
        return of_rumur(text)

    def command(_: Job) -> Command:
        return (sys.executable, "-c", program)

    return Subject(name, task, "made up", lambda _: (), command, read, **others)  # type: ignore[arg-type]  # by name


def counting(name: str, states: int, rules: int) -> Subject:
    """A peer that says it has counted so much."""
    return subject(name, f"print({COUNTED.format(states=states, rules=rules)!r})")


def ran(tmp_path: Path, *subjects: Subject, options: tuple[str, ...] = ()) -> tuple[int, str, list[dict[str, object]]]:
    """Run the whole program on bench-tdi with one device; return the exit code, the page and the results."""
    output = tmp_path / "made" / "result"
    asked = ("--models", "bench-tdi", "--devices", "1", "--rounds", "2", "--output", str(output), *options)
    code = main(asked, subjects)
    document = json.loads(output.with_suffix(".json").read_text())
    assert document["schema"] == "tdispmodel/bench/1"
    return code, output.with_suffix(".md").read_text(), document["results"]


def test_who_counts_right_is_no_error(tmp_path: Path) -> None:
    """A peer that counts the 143 states and 565 transitions of one device is accepted, with both rounds written down."""
    code, page, (result,) = ran(tmp_path, counting("right", 143, 565))
    assert (code, result["wrong"], result["states"], result["transitions"]) == (0, [], 143, 565)
    assert isinstance(result["processor_seconds"], list)
    assert len(result["processor_seconds"]) == 2
    assert "None: whoever counts counts the same." in page


@pytest.mark.parametrize(("states", "rules"), [(142, 565), (143, 566), (144, 565)])
def test_who_miscounts_is_an_error(states: int, rules: int, tmp_path: Path) -> None:
    """A peer that loses or invents one state or one transition ends the run with 1, and the page says what it is."""
    code, page, results = ran(tmp_path, counting("right", 143, 565), counting("wrong", states, rules))
    assert code == 1
    assert [] == results[0]["wrong"]
    (wrong,) = results[1]["wrong"]  # type: ignore[misc]  # it is a list
    assert f"- bench-tdi, N = 1, wrong: {wrong}" in page
    assert wrong in {
        f"states: {states} where 143 are expected",
        f"transitions: {rules} where 565 are expected",
    }


def test_who_counts_otherwise_the_next_time_is_an_error(tmp_path: Path) -> None:
    """Two rounds with different counts are an error even where one of them is right."""
    said = "print(f'No error found. State Space Explored: {143 + seen} states, 565 rules fired')"
    program = f"import pathlib; mark = pathlib.Path('mark'); seen = mark.exists(); mark.touch(); {said}"
    code, _, (result,) = ran(tmp_path, subject("moody", program))
    assert code == 1
    assert "after" in str(result["wrong"])


def test_of_an_unknown_model_all_must_count_the_same(tmp_path: Path) -> None:
    """Where nothing is published the first that counts is what the others are compared with."""
    how = How(1, GENEROUS, lambda _: None)
    peers = [counting("first", 10, 20), counting("same", 10, 20), counting("other", 11, 20)]
    rows = compared(MODELS[1], 1, peers, how, tmp_path)
    assert [row.wrong for row in rows] == [[], [], ["states: 11 where 10 are expected by first"]]


def test_who_crashes_is_an_error(tmp_path: Path) -> None:
    """What cannot be read is told with the exit code and the end of the output, and is not run again."""
    code, _, (result,) = ran(tmp_path, subject("broken", "print('so sorry'); raise SystemExit(3)"))
    assert code == 1
    assert result["said"] == "failed, exit 3: it does not say what it explored: so sorry"
    assert result["processor_seconds"] == []


def test_who_is_ended_by_a_signal_found_nothing(tmp_path: Path) -> None:
    """What a program counted that then crashed is not believed."""
    program = f"print({COUNTED.format(states=143, rules=565)!r}, flush=True); import os; os.kill(os.getpid(), 11)"
    code, _, (result,) = ran(tmp_path, subject("crashes", program))
    assert (code, result["states"]) == (1, None)
    assert str(result["said"]).startswith("failed, exit -11: ended by signal 11: No error found.")


def test_what_is_named_twice_is_measured_once(tmp_path: Path) -> None:
    """Models, subjects and numbers of devices that are named again are no further measurement."""
    twice = ("--models", "bench-tdi,bench-tdi", "--subjects", "right,right", "--devices", "1,1")
    code, _, results = ran(tmp_path, counting("right", 143, 565), options=twice)
    assert (code, len(results)) == (0, 1)


def test_who_is_not_there_is_told(tmp_path: Path) -> None:
    """A peer that is not installed, or cannot be measured at all, stands in the page with the reason: no error."""
    gone = subject("gone", "", needs=("no-such-program",))
    never = subject("never", "", left_out="there is no such thing")
    code, page, results = ran(tmp_path, gone, never)
    assert code == 0
    assert [result["said"] for result in results] == ["not installed: no-such-program", "there is no such thing"]
    assert "not installed: no-such-program" in page


def test_who_does_not_end_is_ended_once(tmp_path: Path) -> None:
    """A peer that takes more than its seconds or its memory is ended, told, and not tried again."""
    busy = subject("busy", "open('tries', 'a').write('x')\nwhile True: pass")
    greedy = subject("greedy", "open('tries', 'a').write('x')\nkept = bytearray(1)\nwhile True: kept += bytes(10**7)")
    how = How(3, Limits(1, 300 * 10**6), lambda _: None)
    rows = compared(MODELS[0], 1, [busy, greedy], how, tmp_path)
    assert [row.said for row in rows] == ["open: more than 1 s", "open: more than 300 MB"]
    assert [row.wrong for row in rows] == [[], []]
    assert [path.read_text() for path in tmp_path.glob("*/tries")] == ["x", "x"]


def test_sleeping_is_no_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that neither works nor ends is ended, too."""
    monkeypatch.setattr("benchmarks.measuring.SLACK", 0)
    found = measure((sys.executable, "-c", "import time; time.sleep(100)"), tmp_path, Limits(0.1, 10**9))
    assert found.over == "no end in sight, and no work either"
    assert found.wall < 50


def test_subjects_take_turns(tmp_path: Path) -> None:
    """Every round has each subject once, and begins with another one."""
    told: list[str] = []
    compared(MODELS[0], 1, [counting("a", 143, 565), counting("b", 143, 565)], How(3, GENEROUS, told.append), tmp_path)
    assert [line.split()[2].rstrip(",") for line in told] == ["a", "b", "b", "a", "a", "b"]


def test_time_and_memory_are_those_of_the_command(tmp_path: Path) -> None:
    """A hundred megabytes more than what cannot be told, and the work of filling them, are seen, and so is what children
    of the command used; sleeping costs no processor time.
    """
    much = floor() + 10**8
    fill = f"kept = bytearray({much})\nfor place in range(0, len(kept), 4096): kept[place] = 1"
    direct = measure((sys.executable, "-c", fill), tmp_path, GENEROUS)
    assert direct.memory > much
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {fill!r}], check=True)"
    assert measure((sys.executable, "-c", program), tmp_path, GENEROUS).memory > much
    asleep = measure((sys.executable, "-c", "import time; time.sleep(1)"), tmp_path, GENEROUS)
    assert asleep.wall > 1 > asleep.processor


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--subjects", "nobody"), "there is no nobody; there is: spin"),
        (("--models", "nothing"), "there is no nothing; there is: bench-tdi"),
        (("--devices", "two"), "invalid literal"),
        (("--rounds", "0"), "are 1 or more"),
        (("--limit", "nan"), "are 1 or more"),
        (("--memory", "0"), "are 1 or more"),
        (("--output", "/"), "/ is no name of a file"),
        (("--output", "/proc/nowhere/result"), "nothing can be written to /proc/nowhere/result"),
    ],
)
def test_what_there_is_not_is_refused(options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Unknown names and impossible numbers end with 2 and say what there is."""
    with pytest.raises(SystemExit) as ended:
        main(options)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_what_is_not_usual_is_measured_when_named(tmp_path: Path) -> None:
    """A mode that is not usual is left out unless it is named, or all are asked for."""
    peers = (counting("usual", 143, 565), replace(counting("odd", 143, 565), usual=False))
    for options, names in (
        ((), ["usual"]),
        (("--subjects", "odd"), ["odd"]),
        (("--subjects", "all"), ["usual", "odd"]),
    ):
        _, _, results = ran(tmp_path, *peers, options=options)
        assert [result["subject"] for result in results] == names


def test_an_interruption_loses_nothing_that_was_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who interrupts the run at the second task finds the first one written down."""
    begun: list[Task] = []

    def interrupted(*given: Any) -> list[Row]:
        begun.append(given[2][0].task)
        if len(begun) > 1:
            raise KeyboardInterrupt
        return compared(*given)

    monkeypatch.setattr("benchmarks.__main__.compared", interrupted)
    later = subject("later", "", Task.PROOF)
    with pytest.raises(KeyboardInterrupt):
        ran(tmp_path, counting("first", 143, 565), later)
    assert begun == [Task.SPACE, Task.PROOF]
    (result,) = json.loads((tmp_path / "made" / "result.json").read_text())["results"]
    assert (result["subject"], result["states"]) == ("first", 143)


def test_engines_of_ours_by_name_and_by_class(tmp_path: Path) -> None:
    """An engine is found in the registry or by its class, and counts what is published of two devices."""
    for engine in ("explicit", "tdispmodel.engines.explicit:Explicit"):
        command = (sys.executable, "-m", "benchmarks.alone", engine, str(ROOT / "benchmarks" / "bench_tdi.py"))
        ended = measure((*command, "-n", "2", "-k", "TDM801"), tmp_path, GENEROUS, {"PYTHONPATH": str(ROOT)})
        assert of_ours(ended.output) == Found(6543, 47_766, 27, holds=True)


def test_peers_and_we_find_the_same(tmp_path: Path) -> None:
    """SPIN, Rumur, ABC and our engines, on what we export of bench-tdi with one device, find what is published."""
    needed("spin", "rumur", "gcc", "berkeley-abc")
    output = tmp_path / "peers"
    names = "spin,rumur,explicit,check-explicit,abc-pdr,ic3,abc-bmc3,sat"
    asked = ("--models", "bench-tdi", "--devices", "1", "--rounds", "1", "--subjects", names, "--output", str(output))
    assert main(asked) == 0
    found = {one["subject"]: one for one in json.loads(output.with_suffix(".json").read_text())["results"]}
    assert found.keys() == set(names.split(","))
    assert {one["subject"]: one["said"] for one in found.values() if one["said"]} == {}
    assert {found[name]["states"] for name in ("spin", "rumur", "explicit", "check-explicit")} == {143}
    assert {found[name]["holds"] for name in ("abc-pdr", "ic3")} == {True}
    assert {found[name]["steps"] for name in ("abc-bmc3", "sat")} == {10}


def test_mutants_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """Two rounds of one model say the same, and each has a line with what it took."""
    assert measure_mutants(["benchmarks/bench_tdi.py", "--rounds", "2", "--jobs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[-3:]] == ["round", "round", "median:"]
    assert all("s of processors; " in line for line in lines[-3:-1])


def test_a_round_that_fails_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no such proposal, the exit code is 1, and the page has what was said."""
    assert measure_mutants(["no_such_proposal", "--rounds", "1"]) == 1
    assert "hint" in capsys.readouterr().out
