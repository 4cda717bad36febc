"""State machines made from models, and the assertion that proves, as a user's test suite has them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system, took
from tdispmodel.ir.expressions import TRUE, Less, negation, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System
from tdispmodel.source import Rejected
from tdispmodel.testing import ModelMachine, check, machine

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "tests" / "corpus" / "models"
BENCH = ROOT / "benchmarks" / "bench_tdi.py"
QUICK = settings(
    max_examples=30,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
)
X, DOOR = Counter("x", 3), Flag("door")
HALL = system(
    "hall",
    (X, DOOR),
    move("right", Less(X.now, number(3)), X.add(1)),
    move("left", Less(number(0), X.now), X.add(-1)),
    move("open", X.at(2), DOOR.becomes(TRUE)),
)


def passes(tested: type[ModelMachine]) -> None:
    """Run the machine as its test case would."""
    run_state_machine_as_test(tested, settings=QUICK)


def message_of(tested: type[ModelMachine]) -> str:
    """Run a machine that must fail, and return its message."""
    with pytest.raises(AssertionError) as caught:
        passes(tested)
    return str(caught.value)


def test_right_model_passes() -> None:
    """Peterson's mutual exclusion survives random behaviours."""
    passes(machine(MODELS / "peterson.py", properties=["mutual_exclusion"]))


def test_violated_invariant_fails_with_its_steps_in_words() -> None:
    """Two steps of each process are the shortest way to both waiting, and the message tells them in words."""
    message = message_of(machine(MODELS / "peterson.py", properties=["never_both_waiting"]))
    assert message.startswith("never_both_waiting: Not both wait")
    assert sorted(re.findall(r"^ +\d +\w+ +(\w+\(\w+\))", message, re.MULTILINE)) == [
        "want(one)",
        "want(zero)",
        "yield_turn(one)",
        "yield_turn(zero)",
    ]
    assert "The process raises its flag." in message


def test_violated_step_property_fails() -> None:
    """The step that must not happen is the last one of the story."""
    message = message_of(machine(HALL, properties=[ask(Kind.STEP, negation(took("open")))]))
    assert re.findall(r"^ +\d +\w+ +(\w+)", message, re.MULTILINE) == ["right", "right", "open"]


def test_violation_in_a_start_state_fails() -> None:
    """The door is not open at the start: no step is needed."""
    message = message_of(machine(HALL, properties=[ask(Kind.INVARIANT, DOOR.now)]))
    assert message.startswith("asked\nviolated in the start state")


def test_invariant_of_a_subclass_is_checked() -> None:
    """A method of the user's sees the state by the names of variables, and its failure has a story."""

    class Mine(machine(MODELS / "increment.py", devices=2, properties=[])):  # type: ignore[misc]  # a class made at run time
        @invariant()
        def counter_stays_small(self) -> None:
            """The counter never reaches two."""
            assert self.state["counter"] < 2, self.story()

    message = message_of(Mine)
    assert message.startswith("after these steps:")
    assert "counter 1 -> 2" in message


def test_state_has_every_variable_by_its_full_name() -> None:
    """Variables of devices have their index, enum values are names."""
    state = machine(BENCH, devices=2)().state
    assert state["devices[1].tdi"] == "CONFIG_UNLOCKED"
    assert (state["phase"], state["autoprobe"], len(state)) == ("BOOT", True, 16)


def test_each_action_is_one_rule() -> None:
    """Two devices do not make two rules, and an action may have the name of something that a machine has."""
    tested = machine(BENCH, devices=2)
    rules = {each.function.__name__ for each in tested.setup_state().rules}
    assert len(rules) == 20
    assert {"start", "unlock", "deploy_secrets", "nothing_can_happen"} <= rules
    hall = machine(system("names", (X,), move("take", TRUE, X.set(1)), move("state", TRUE, X.set(2))))
    assert {each.function.__name__ for each in hall.setup_state().rules} == {"take_", "state_", "nothing_can_happen"}
    passes(hall)


def test_deadlock_is_no_failure() -> None:
    """A model in which nothing can happen any more is a behaviour that ends."""
    passes(machine(system("once", (DOOR,), move("open", negation(DOOR.now), DOOR.becomes(TRUE)))))


def test_leaving_a_range_fails() -> None:
    """An integer that leaves its range is an error of the model: three steps are fine, the fourth is not."""
    careless = machine(system("careless", (X,), move("grow", TRUE, X.add(1))))
    message = message_of(careless)
    assert message.startswith("grow assigns 4 to x, which is outside its range, after these steps:")
    assert len(re.findall(r"^ +\d +\w+ +grow", message, re.MULTILINE)) == 3


def test_constants_reach_the_model() -> None:
    """With two values for four machines there are 2^4 start states, with three 3^4; enum members and numbers both do."""
    counts = [len(machine(MODELS / "stabilising_ring.py", constants={"modulus": n}).starts) for n in (2, 3)]
    assert counts == [16, 81]


def test_constants_of_instances_reach_the_model() -> None:
    """A list of kinds says how many devices there are: two, of which the second, and the bridge, are bound unlocked."""
    labs = ROOT / "docs" / "language" / "14_topologies.py"
    made = machine(labs, constants={"devices.kind": "TDISP,PLAIN"}, properties=["capable_ones_are_bound_locked"])
    kinds = {"devices[0].kind": "TDISP", "devices[1].kind": "PLAIN", "bridge.kind": "PLAIN"}
    assert (2, kinds) == (made.system.devices, dict(made.system.constants))
    passes(made)


def test_property_that_fixes_other_constants_is_left_out() -> None:
    """Without a choice only what applies under the machine's constants is checked."""
    checked = machine(MODELS / "stabilising_ring.py").questions
    assert [question.name for question in checked] == ["somebody_is_privileged"]


@pytest.mark.parametrize(
    ("properties", "words"),
    [(["no_such_property"], "has no property no_such_property"), (["noon_comes"], "not noon_comes")],
)
def test_unsuitable_property_is_refused(properties: list[str], words: str) -> None:
    """A name that is unknown, or a kind that no finite behaviour decides, is refused when the machine is made."""
    with pytest.raises(ValueError, match=words):
        machine(MODELS / "hour_clock.py", properties=properties)


def test_model_without_start_is_refused() -> None:
    """There is nothing to be tested."""
    with pytest.raises(ValueError, match="stuck has no start state"):
        machine(System("stuck", (X.variable,), (), initially=X.at(3)))


def test_bad_input_is_a_complaint() -> None:
    """A file that is not there, a wrong constant and a wrong number of devices are the user's mistakes."""
    for attempt in (
        lambda: machine(MODELS / "absent.py"),
        lambda: machine(MODELS / "peterson.py", constants={"turn": 1}),
        lambda: machine(MODELS / "peterson.py", devices=0),
        lambda: check(MODELS / "absent.py"),
    ):
        with pytest.raises(Rejected):
            attempt()


def test_check_accepts_what_holds() -> None:
    """What is proved raises nothing."""
    check(MODELS / "peterson.py", properties=["mutual_exclusion", "whoever_wants_enters"])


def test_check_raises_the_counterexample() -> None:
    """What is violated raises its counterexample."""
    with pytest.raises(AssertionError, match=r"never_four_gallons[\s\S]*VIOLATED[\s\S]*fill_big"):
        check(MODELS / "die_hard.py", properties=["never_four_gallons"])


def test_check_of_nothing_is_no_success() -> None:
    """A property that the model does not have is not proved."""
    with pytest.raises((AssertionError, Rejected), match="no_such_property"):
        check(MODELS / "die_hard.py", properties=["no_such_property"])


def test_machine_has_a_test_case() -> None:
    """A machine has the model's name and a test case that pytest and unittest collect."""
    tested = machine(HALL)
    assert (tested.__name__, issubclass(tested.TestCase, unittest.TestCase)) == ("HallMachine", True)


@pytest.fixture
def shown(tmp_path: Path) -> tuple[Path, str]:
    """A folder with the files that docs/testing.md shows, and the output that it shows."""
    text = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    for name, block in re.findall(r"^```python\n# (\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        (tmp_path / name).write_text(block, encoding="utf-8")
    (printed,) = re.findall(r"^```text\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return tmp_path, printed


def run_pytest(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Run a user's test file in a folder of its own, with warnings as errors."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", name],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_documented_tests_pass(shown: tuple[Path, str]) -> None:
    """The test file that the documentation shows passes both tests, as it says."""
    done = run_pytest(shown[0], "test_design.py")
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout


def test_documented_failure_is_what_is_printed(shown: tuple[Path, str]) -> None:
    """The test of the model that the documentation shows fails with the message that it shows."""
    folder, documented = shown
    done = run_pytest(folder, "test_hotplug.py")
    printed = [line.removeprefix("E").strip() for line in done.stdout.splitlines() if line.startswith("E")]
    assert done.returncode == 1
    assert printed[: len(documented.splitlines())] == [line.strip() for line in documented.splitlines()]
