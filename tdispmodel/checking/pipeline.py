"""The pipeline in one function: read, ground, ask, judge, for each proposal that is asked for.  Prints nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tdispmodel.checking.asking import Answered, Keep, Plan, check_model
from tdispmodel.checking.catalogue import Catalogue, looks_like_path
from tdispmodel.checking.constants import chosen
from tdispmodel.checking.kinds import ANY_NUMBER, kinds
from tdispmodel.checking.loading import Loaded, load
from tdispmodel.checking.mistakes import CHECKPOINT, NO_CLUSTER, UNKNOWN_ENGINE, USAGE, mistake, shortened, unknown
from tdispmodel.checking.selection import selection
from tdispmodel.checking.settings import devices, without
from tdispmodel.checking.topology import Topology
from tdispmodel.checking.workers import each
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.engines.registry import ENGINES, engine, extra, missing
from tdispmodel.ir.expressions import Value
from tdispmodel.source import Complaint, Rejected
from tdispmodel.verdict import Report

DEFAULT_SECONDS = 300.0
DEFAULT_MEMORY = 4 << 30
AUTOMATIC = "auto"
DISTRIBUTED = "distributed"
"""The engine that needs a cluster, and starts one on this machine if nobody names another."""
LOCAL = "local"


@dataclass(frozen=True)
class Request:
    """What is asked: proposals (all of the catalogue when none is named), which properties, and under which
    assumptions.

    ``devices`` is None where nobody says how many, and ``any_number`` asks about all numbers at once; ``settings`` are
    the words of ``--set`` by name; ``select`` the expression of ``-k``; ``only`` picks properties by their exact name
    instead.  ``keep`` is told the judged verdicts.  A long search writes into the folder ``checkpoint`` how far it is.
    """

    catalogue: Catalogue
    proposals: tuple[str, ...] = ()
    select: str = ""
    only: tuple[str, ...] | None = None
    devices: int | None = None
    any_number: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    topology: Topology | None = None
    without: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    paranoid: bool = False
    seconds: float | None = DEFAULT_SECONDS
    memory: int | None = DEFAULT_MEMORY
    jobs: int | None = None
    keep: Keep | None = None
    checkpoint: Path | None = None
    cluster: str | None = None
    """Where proposals are checked by the tasks of a Ray cluster: its address."""

    def paths(self) -> tuple[Path, ...]:
        """The model files asked for, each once.

        Raises `Rejected` for unknown names, all of them, and for two files of one name: nobody could tell their results
        apart.
        """
        if not self.proposals:
            return tuple(self.catalogue.proposals.values())
        found: list[Path] = []
        complaints: list[Complaint] = []
        for proposal in self.proposals:
            try:
                found.append(self.catalogue.resolve(proposal))
            except Rejected as rejected:
                complaints += rejected.complaints
        if complaints:
            raise Rejected(complaints)
        paths = tuple({path.absolute(): path for path in reversed(found)}.values())[::-1]
        named: dict[str, Path] = {}
        for path in paths:
            if named.setdefault(path.stem, path) is not path:
                message = f"{shortened(str(named[path.stem]))} and {shortened(str(path))} are both called {path.stem}"
                raise mistake(USAGE, message, "ask for one of them, or rename a file")
        return paths

    def given_paths(self) -> dict[str, str]:
        """Return the paths of the proposals that were asked for by path, by the names that results have."""
        catalogue = self.catalogue
        return {
            path.stem: proposal
            for proposal in self.proposals
            if looks_like_path(proposal) and not catalogue.owns(path := catalogue.resolve(proposal))
        }


Outcomes = Callable[[Sequence[tuple[Request, Path]], int, Progress], Iterator[tuple[int, Answered]]]


@dataclass(frozen=True)
class Run:
    """What came out: the report, the defaults of each proposal's constants, whether the user interrupted it, notes."""

    report: Report
    defaults: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    interrupted: bool = False
    notes: tuple[str, ...] = ()


def run(request: Request, progress: Progress = silent) -> Run:
    """Check everything that is asked for.

    A user's mistake is in ``report.complaints``, and then there are no results.  Raises `OurFault` when the judge
    refuses a verdict or engines contradict each other.
    """
    try:
        selection(request.select)
        devices(1 if request.devices is None else request.devices)
        if request.any_number and request.devices is not None:
            message = f"{ANY_NUMBER} and --devices {request.devices} ask about different numbers of devices"
            raise mistake(USAGE, message, "leave out one of them")
        if request.any_number and request.paranoid:
            message = f"{ANY_NUMBER} and --paranoid: proofs for any number of devices share code"
            raise mistake(USAGE, message, "leave out --paranoid: the judge checks each proof with code of its own")
        known_engines(request.engines)
        usable(request)
        tasks = [(request, path) for path in request.paths()]
    except Rejected as rejected:
        return Run(Report(complaints=rejected.complaints))
    outcomes: dict[int, Answered] = {}
    interrupted = False
    try:
        with spread(request) as somewhere:
            for position, outcome in somewhere(tasks, request.jobs or processors(), progress):
                outcomes[position] = outcome
                if len(tasks) > 1:
                    progress(f"{len(outcomes)} of {len(tasks)} proposals")
                if outcome.interrupted:
                    interrupted = True
                    break
    except Rejected as rejected:
        return Run(Report(complaints=rejected.complaints))
    except KeyboardInterrupt:
        interrupted = True
    return gathered([outcome for _, outcome in sorted(outcomes.items())], interrupted=interrupted)


def outcomes_of(tasks: Sequence[tuple[Request, Path]], jobs: int, progress: Progress) -> Iterator[tuple[int, Answered]]:
    """Yield the outcome of each task with its position: in this process when one suffices, else as they finish."""
    if min(jobs, len(tasks)) > 1:
        yield from each(check_file, tasks, jobs, progress)
    else:
        for position, task in enumerate(tasks):
            yield position, check_file(task, progress)


@contextmanager
def spread(request: Request) -> Iterator[Outcomes]:
    """Have what yields the outcomes of tasks: a cluster, if one is asked for.  Raises `Rejected` if there is none."""
    address = LOCAL if request.cluster is None and DISTRIBUTED in request.engines else request.cluster
    if address is None:
        yield outcomes_of
        return
    try:
        from tdispmodel.checking.cluster import connected, each as each_there  # noqa: PLC0415  # needs an extra
    except ImportError as missing:
        message = f"a cluster needs a package that is not installed: {missing.name or missing}"
        raise mistake(NO_CLUSTER, message, f"pip install '{extra(DISTRIBUTED)}'") from None

    def there(tasks: Sequence[tuple[Request, Path]], jobs: int, progress: Progress) -> Iterator[tuple[int, Answered]]:
        yield from each_there(check_file, tasks) if len(tasks) > 1 else outcomes_of(tasks, jobs, progress)

    with connected(address):
        yield there


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def gathered(outcomes: Sequence[Answered], *, interrupted: bool = False) -> Run:
    """Return one run, in the order asked; with complaints there are no results."""
    complaints = tuple(dict.fromkeys(complaint for outcome in outcomes for complaint in outcome.complaints))
    if complaints:
        return Run(Report(complaints=complaints), interrupted=interrupted)
    results = tuple(result for outcome in outcomes for result in outcome.results)
    skipped = tuple(known for outcome in outcomes for known in outcome.skipped)
    defaults = {outcome.proposal: dict(outcome.defaults) for outcome in outcomes}
    notes = tuple(note for outcome in outcomes for note in outcome.notes)
    return Run(Report(results, skipped), defaults, interrupted, notes)


def check_file(task: tuple[Request, Path], progress: Progress = silent) -> Answered:
    """Check one proposal; a user's mistake is part of the value, so that all proposals' mistakes are shown together."""
    request, path = task
    try:
        return check_loaded(load(request.catalogue, path), request, progress)
    except Rejected as rejected:
        return Answered(path.stem, complaints=rejected.complaints)


def check_loaded(loaded: Loaded, request: Request, progress: Progress = silent) -> Answered:
    """Check a proposal that was read.  Raises `Rejected` and `OurFault`."""
    plan = planned(loaded, request)
    wanted = selection(request.select)

    def selected(name: str, code: str) -> bool:
        return wanted(name, code) and (request.only is None or name in request.only)

    properties = [known for known in loaded.properties if selected(known.name, known.code)]
    check = check_model
    if plan.kinds is not None:
        from tdispmodel.checking.any_number import check_any_number as check  # noqa: PLC0415  # only when it is asked
    answered = check(loaded.model, properties, plan, lambda text: progress(f"{loaded.model.name}: {text}"))
    skipped = tuple(known for known in loaded.skipped if selected(known.property, known.code))
    return replace(answered, skipped=skipped + answered.skipped)


def planned(loaded: Loaded, request: Request) -> Plan:
    """Return the plan for one proposal.  Raises `Rejected` when the request does not fit its model."""
    switched_off = without((loaded.model, loaded.base), request.without)
    plan = Plan(
        without=switched_off,
        engines=request.engines,
        paranoid=request.paranoid,
        seconds=request.seconds,
        memory=request.memory,
        keep=request.keep,
        checkpoint=request.checkpoint,
    )
    if request.any_number:
        return replace(plan, kinds=kinds(loaded.model, request.settings, request.topology, switched_off))
    number, constants = chosen(loaded.model, request.settings, request.devices, request.topology)
    return replace(plan, devices=number, constants=constants)


def usable(request: Request) -> None:
    """Make the folder for checkpoints, if one is wanted.  Raises `Rejected` where that is not possible."""
    folder = request.checkpoint
    if request.cluster not in {None, LOCAL} and (folder is not None or request.keep is not None):
        option = "--checkpoint" if folder is not None else "--certificates"
        message = f"--cluster {shortened(request.cluster or '')} and {option}: files would be written on other machines"
        raise mistake(USAGE, message, f"leave out {option}, or write --cluster {LOCAL}")
    if folder is None:
        return
    if request.any_number:
        message = f"{ANY_NUMBER} and --checkpoint: proofs for any number of devices are not written down"
        raise mistake(USAGE, message, "leave out one of them")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"there can be no checkpoint in {shortened(str(folder))}: {error.strerror}"
        raise mistake(CHECKPOINT, message, "name a folder that can be written to") from None


def known_engines(names: tuple[str, ...]) -> None:
    """Raise `Rejected` for an engine that does not exist, or whose package is not installed."""
    for name in names:
        if name == AUTOMATIC:
            continue
        if name not in ENGINES:
            raise unknown(UNKNOWN_ENGINE, "engine", name, (AUTOMATIC, *ENGINES))
        absent = missing(name)
        if not absent:
            try:
                engine(name)
            except ImportError as error:
                absent = error.name or str(error)
        if absent:
            message = f"the engine {name} needs a package that is not installed: {absent}"
            raise mistake(UNKNOWN_ENGINE, message, f"pip install '{extra(name)}'")
