"""Who is measured, on what: a line each in `SUBJECTS` and `MODELS`.

A subject is a program in one mode that does one task.  It is first prepared (our model exported, the peer's program
generated and compiled), which is timed apart, and then run as often as there are rounds.  Peers get the models that
``tdispmodel export`` writes, and the same properties as our engines do.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.found import Found, Task, of_abc, of_ours, of_rumur, of_spin
from benchmarks.measuring import Limits

ROOT = Path(__file__).resolve().parents[1]
Command = tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """A model, which properties of it are known to hold and which one to be violated (as ``-k`` picks them; none where
    a task is not for it), and what is known of it for a number of devices.
    """

    name: str
    path: str
    holding: str = ""
    violated: str = ""
    known: Callable[[int], Found] | None = None

    def picks(self, task: Task) -> str:
        """Return which properties are asked about for a task."""
        return self.violated if task is Task.BUG else self.holding

    def expected(self, task: Task, devices: int) -> Found:
        """Return what is known to be found."""
        match task:
            case Task.SPACE if self.known is not None:
                return self.known(devices)
            case Task.SPACE:
                return Found()
            case Task.PROOF:
                return Found(holds=True)
            case Task.BUG:
                return Found(holds=False, steps=10)

    def asks(self, task: Task) -> bool:
        """Whether the task is one for this model."""
        return task is Task.SPACE or self.picks(task) != ""


@dataclass(frozen=True)
class Job:
    """One task on a model with so many devices, in a folder of its own, and what may be used."""

    model: Model
    devices: int
    task: Task
    folder: Path
    limits: Limits

    def export(self, language: str, file: str) -> Command:
        """Return the command that writes the model in another language."""
        picks = ("-k", self.model.picks(self.task)) if self.model.picks(self.task) else ()
        scope = ("-n", str(self.devices), *picks)
        return (*OURS, "tdispmodel", "export", self.path, "--to", language, *scope, "-o", file)

    @property
    def path(self) -> str:
        """The model file, or the name of a proposal."""
        return str(ROOT / self.model.path) if self.model.path.endswith(".py") else self.model.path


@dataclass(frozen=True)
class Subject:
    """A program in one mode.  ``left_out`` says in words why it cannot be measured, whatever is installed; one that is
    not ``usual`` is measured only where it is asked for by name.
    """

    name: str
    task: Task
    about: str
    prepare: Callable[[Job], tuple[Command, ...]]
    command: Callable[[Job], Command]
    read: Callable[[str, Job], Found]
    needs: tuple[str, ...] = ()
    left_out: str = ""
    usual: bool = True

    def absent(self) -> str:
        """Return in words why it cannot be measured here, empty when it can."""
        missing = [program for program in self.needs if shutil.which(program) is None]
        return self.left_out or (f"not installed: {', '.join(missing)}" if missing else "")


REFERENCES = {Task.SPACE: "spin", Task.PROOF: "abc-pdr", Task.BUG: "abc-bmc3"}
"""To whom the others are compared."""
OURS: Command = (sys.executable, "-m")


def alone(name: str, task: Task, about: str, engine: str) -> Subject:
    """Return one of our engines by itself, without the judge: what peers do, too."""

    def command(job: Job) -> Command:
        picks = ("-k", job.model.picks(task)) if job.model.picks(task) else ()
        limits = ("--seconds", f"{EARLIER * job.limits.seconds:g}", "--memory", str(int(EARLIER * job.limits.memory)))
        return (*OURS, "benchmarks.alone", engine, job.path, "-n", str(job.devices), *picks, *limits)

    return Subject(name, task, about, lambda _: (), command, lambda text, _: of_ours(text))


def judged(name: str, task: Task, about: str, engine: str) -> Subject:
    """Return the whole of ``tdispmodel check``, as a user gets it."""

    def command(job: Job) -> Command:
        picks = ("-k", job.model.picks(task)) if job.model.picks(task) else ("-k", SMALLEST)
        options = ("-n", str(job.devices), *picks, "--engine", engine)
        return (*OURS, "tdispmodel", "check", job.path, *options, "--format", "json")

    return Subject(name, task, about, lambda _: (), command, lambda text, _: of_ours(text))


def spin(name: str, about: str, *flags: str) -> Subject:
    """Return SPIN in one of its exact modes."""

    def prepare(job: Job) -> tuple[Command, ...]:
        compiled = ("gcc", "-O2", "-w", "-DSAFETY", "-DNOREDUCE", "-DVECTORSZ=8192", "-DMEMLIM=65536", *flags)
        return (
            job.export("promela", "model.pml"),
            ("spin", "-a", "-o2", "model.pml"),
            (*compiled, "-o", "pan", "pan.c"),
        )

    def read(text: str, job: Job) -> Found:
        return of_spin(text, starts((job.folder / "model.pml").read_text(encoding="ascii")))

    usual = name == REFERENCES[Task.SPACE]
    command = ("./pan", "-E", f"-m{DEEPEST}")
    return Subject(name, Task.SPACE, about, prepare, lambda _: command, read, ("spin", "gcc"), usual=usual)


def starts(promela: str) -> int:
    """Return how many start states a model of ours has for SPIN: as many as its first choice has options."""
    before, choice, after = promela.partition("init {\n  if\n")
    return after.partition("  fi;")[0].count("  :: d_step") if choice and before else 1


def rumur(name: str, about: str, symmetry: str, left_out: str = "") -> Subject:
    """Return Rumur."""

    def prepare(job: Job) -> tuple[Command, ...]:
        options = ("--symmetry-reduction", symmetry, "--deadlock-detection", "off", "--threads", "1")
        return (
            job.export("murphi", "model.m"),
            ("rumur", *options, "model.m", "--output", "model.c"),
            ("gcc", "-O3", "-w", "-march=native", "-mcx16", "-o", "model", "model.c", "-lpthread"),
        )

    return Subject(
        name,
        Task.SPACE,
        about,
        prepare,
        lambda _: ("./model",),
        lambda text, _: of_rumur(text),
        ("rumur", "gcc"),
        left_out,
    )


def abc(name: str, task: Task, about: str, engine: str) -> Subject:
    """Return ABC, which is asked about one bad state after another."""

    def bad(job: Job) -> int:
        return int((job.folder / "model.aig").read_bytes().partition(b"\n")[0].split()[6])

    def command(job: Job) -> Command:
        asked = (f"read_aiger model.aig; cone -O {number} -s; {engine}" for number in range(bad(job)))
        return ("berkeley-abc", "-c", "; ".join(asked))

    return Subject(
        name,
        task,
        about,
        lambda job: (job.export("aiger", "model.aig"),),
        command,
        lambda text, job: of_abc(text, bad(job)),
        ("berkeley-abc",),
    )


EARLIER = 0.9
"""Engines of ours are told of lower limits, so that they can say how far they came."""
DEEPEST = 1_000_000
"""Steps; SPIN's stack, which it takes memory for in advance."""
SMALLEST = "no_trusted_driver_binds_pre_run"
"""Of proposals, which have their own properties, a whole check is asked about this one."""
NO_SCALARSETS = "our Murphi export writes every device out by itself, so there is no symmetry to be used"

SUBJECTS = (
    spin("spin", "depth first, -O2 -DSAFETY -DNOREDUCE -DSPACE: of its exact modes the quickest", "-DSPACE"),
    spin("spin-plain", "the same without -DSPACE"),
    spin("spin-collapse", "the same with -DCOLLAPSE instead: parts of states stored once", "-DCOLLAPSE"),
    spin("spin-bfs", "the same with -DBFS instead: breadth first", "-DBFS"),
    rumur("rumur", "one thread, no symmetry", "off"),
    rumur("rumur-symmetry", "heuristic symmetry", "heuristic", NO_SCALARSETS),
    alone("explicit", Task.SPACE, "exhaustive search by itself, under symmetry where there is any", "explicit"),
    alone("explicit-states", Task.SPACE, "the same without symmetry: every state", "benchmarks.alone:EveryState"),
    alone("explicit-numpy", Task.SPACE, "exhaustive search without compiled kernels", "benchmarks.alone:Uncompiled"),
    alone("diagrams", Task.SPACE, "decision diagrams by themselves", "diagrams"),
    judged("check-explicit", Task.SPACE, "the whole command: exhaustive search, and the judge", "explicit"),
    abc("abc-pdr", Task.PROOF, "pdr, each property by itself", "pdr"),
    alone("ic3", Task.PROOF, "IC3 by itself", "ic3"),
    alone("z3-pdr", Task.PROOF, "z3's Spacer by itself", "pdr"),
    alone("induction", Task.PROOF, "k-induction by itself", "induction"),
    judged("check-ic3", Task.PROOF, "the whole command: IC3, and the judge", "ic3"),
    judged("check", Task.PROOF, "the whole command as it is by default", "auto"),
    abc("abc-bmc3", Task.BUG, "bounded search, a shortest violation", "bmc3 -F 100"),
    alone("sat", Task.BUG, "bounded search by itself, a shortest violation", "sat"),
    alone("bmc", Task.BUG, "bounded search with z3 by itself, a shortest violation", "bmc"),
    judged("check-sat", Task.BUG, "the whole command: bounded search, and the judge", "sat"),
)


def bench_tdi(devices: int) -> Found:
    """Return what bench-tdi has, by its closed form."""
    n = devices
    states = 3**n + 2 * 47**n + 46**n
    moves = n * (4 * 3 ** (n - 1) + 312 * 47 ** (n - 1) + 155 * 46 ** (n - 1))
    return Found(states, 3**n + 47**n + 44**n + moves, 12 * n + 3, holds=True)


MODELS = (
    Model("bench-tdi", "benchmarks/bench_tdi.py", "TDM801 or TDM802", "TDM803", bench_tdi),
    Model("status_quo", "status_quo"),
    Model("initrd_autoprobe_off", "initrd_autoprobe_off"),
)
