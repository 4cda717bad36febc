"""Random sequences, and what becomes of a model or a kernel that is wrong."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from tdispmodel.lab.running.operations import PVPANIC
from tdispmodel.lab.sequences.conforming import followed
from tdispmodel.lab.sequences.planning import MODEL, Core
from tdispmodel.lab.sequences.subjects import Observation
from tdispmodel.lab.sequences.wandering import Wandering, Wish, wander
from tests.lab.simulated import Simulated

BEFORE = {"kernel": "BEFORE_6_19"}


def shortest(core: Core, subject: Simulated, most: int = 5) -> tuple[int, set[tuple[str, ...]]]:
    """Return, by trying every sequence, how many steps it takes to see a difference, and with which steps."""
    queue, found = deque([((), core.start())]), set[tuple[str, ...]]()
    length = most
    while queue:
        steps, state = queue.popleft()
        for name in core.outcomes(state):
            longer = (*steps, name)
            if len(longer) > length:
                continue
            *_, last = followed(subject, core, PVPANIC, longer)
            if last.differs:
                length = len(longer)
                found.add(longer)
            elif len(longer) < length:
                (after,) = core.driven(state)[name]
                queue.append((longer, after))
    return length, found


def wandered(core: Core, subject: Simulated, sequences: int = 100, seed: int = 0) -> Wandering:
    """Return what comes of some random sequences."""
    return wander(subject, core, PVPANIC, Wish(sequences, seed))


TRAPS = [
    ({}, "rescan_attaches_nothing", ("load_module", "rescan(devices[0])")),
    ({}, "bind_asks_autoprobe", ("turn_autoprobe_off", "load_module", "bind(devices[0])")),
    ({}, "bind_sends_nothing", ("load_module",)),
    ({"driver_defers": True}, "nothing_is_retried", ("load_module", "other_probe_succeeds")),
    ({"driver_defers": True}, "stays_listed", ("load_module", "turn_autoprobe_off", "other_probe_succeeds")),
    ({"driver_defers": True}, "bind_queues", ("turn_autoprobe_off", "load_module", "bind(devices[0])")),
]
"""What is set, the fault, and what a reader would do to see it: set the trap, and fall into it."""


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))])
@pytest.mark.parametrize(("constants", "fault", "wanted"), TRAPS)
def test_a_fault_of_the_kernel_is_shrunk(
    constants: dict[str, str | bool], fault: str, wanted: tuple[str, ...], seed: int
) -> None:
    """Each fault is found by random sequences and shrunk to as few steps as trying all sequences needs, and what was
    shrunk is seen once more.
    """
    does = "defers" if constants.get("driver_defers") else "binds"
    core = Core({**BEFORE, **constants})
    length, least = shortest(core, Simulated(does=does, faults=frozenset({fault})))
    assert wanted in least
    found = wandered(core, Simulated(does=does, faults=frozenset({fault})), seed=seed)
    assert found.difference is not None
    assert len(found.difference.steps) == length == len(wanted)
    assert found.difference.steps in least
    assert found.again


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))])
def test_a_wrong_constant_is_shrunk(seed: int) -> None:
    """A model of a kernel since 6.19 beside one before: the driver registers, autoprobe is turned off, and a scan
    attaches what the model passes over.  Two steps are not enough, since without the driver nothing attaches, and with
    autoprobe on both do.
    """
    found = wandered(Core({"kernel": "SINCE_6_19"}), Simulated(), seed=seed)
    assert found.difference is not None
    *trap, last = found.difference.steps
    assert (set(trap), last) == ({"load_module", "turn_autoprobe_off"}, "rescan(devices[0])")
    assert "devices[0].driver: the model says none, seen pvpanic-pci" in found.difference.words


def test_a_wrong_rule_of_the_model_is_shrunk(tmp_path: Path) -> None:
    """A model in which `bind` honours autoprobe is shrunk to three steps: both gates set, and a bind, which it refuses and
    the kernel does.
    """
    text = MODEL.read_text()
    assert "    # --- out of sysfs" in text
    rule = """    @replaces(Guest.attaches_on_request)
    def attaches_on_request(self, device: LabDevice) -> bool:
        \"\"\"Wrong on purpose. [no kernel]\"\"\"
        return self.is_free(device) and self.matches(device) and self.autoprobe

"""
    path = tmp_path / "wrong.py"
    path.write_text(text.replace("    # --- out of sysfs", rule + "    # --- out of sysfs"))
    found = wandered(Core(BEFORE, model=path), Simulated())
    assert found.difference is not None
    *trap, last = found.difference.steps
    assert set(trap) == {"load_module", "turn_autoprobe_off"}
    assert last.split("(")[0] in {"bind", "drivers_probe", "new_id"}


@pytest.mark.parametrize(
    ("constants", "does", "devices"),
    [
        ({}, "binds", 1),
        ({"driver_fails": True}, "fails", 1),
        ({"driver_defers": True, "overrides_are_written": True, "devices_are_hidden": True}, "defers", 1),
        ({"driver_defers": True, "driver_is_told": True}, "defers", 2),
    ],
)
def test_model_and_table_agree(constants: dict[str, str | bool], does: str, devices: int) -> None:
    """The model, and a kernel written from the measured table of attach paths, agree on random sequences: state, errors,
    uevents and how often the driver's probe is called.
    """
    found = wandered(Core({**BEFORE, **constants}, devices), Simulated(does=does, devices=devices), 25)
    assert found.difference is None
    assert found.sequences == 25
    assert found.tally.steps > 150


class Recording(Simulated):
    """A kernel that remembers what it was asked to do."""

    def begin(self) -> Observation:
        """Begin a sequence."""
        self.__dict__.setdefault("sequences", []).append([])
        return super().begin()

    def take(self, step: str) -> Observation:
        """Remember the step, and take it."""
        self.sequences[-1].append(step)
        return super().take(step)


def test_what_was_run_is_not_run_again() -> None:
    """While a difference is shrunk no sequence is run twice, nor the beginning of one that was run before; only what is
    told in the end is seen once more.
    """
    subject = Recording(faults=frozenset({"rescan_attaches_nothing"}))
    found = wandered(Core(BEFORE), subject)
    assert found.difference is not None
    run = [tuple(one) for one in subject.sequences]
    assert len(run) == found.sequences
    assert run.pop() == found.difference.steps
    for number, one in enumerate(run):
        assert not any(earlier[: len(one)] == one for earlier in run[:number])


def test_time_is_kept() -> None:
    """Where time is up at once nothing is run, and that is said."""
    subject = Simulated()
    found = wander(subject, Core(BEFORE), PVPANIC, Wish(5, seconds=-1))
    assert (found.late, found.sequences, subject.begun, found.difference) == (True, 0, 0, None)
