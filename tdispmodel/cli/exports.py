"""The verb ``export``: a proposal as the model of another tool."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from tdispmodel.checking.asking import Group, Plan, can_start, grouped
from tdispmodel.checking.loading import Loaded, load
from tdispmodel.checking.mistakes import USAGE, mistake, unknown
from tdispmodel.checking.pipeline import Request, planned, run
from tdispmodel.checking.selection import selection
from tdispmodel.cli.checks import request
from tdispmodel.cli.output import Output
from tdispmodel.engines.protocol import Limits
from tdispmodel.exporting import ABOUT_PROPERTIES, FORMATS, MODELS, TAKES, VIEWS, WITHOUT_PROPERTIES, exporter, view
from tdispmodel.exporting.foreign import SAFETY, Inexpressible
from tdispmodel.exporting.graphs.states import Unfinished
from tdispmodel.exporting.itf import write
from tdispmodel.exporting.projection import projected, viewed
from tdispmodel.ir.model import Property
from tdispmodel.ir.system import System
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.trace import trace_of
from tdispmodel.semantics.grounding import Scope, ground
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer

BYTES_PER_STATE = 200
"""What a state that was found takes, roughly."""

OPTIONS = {"view": "--view", "depth": "--depth", "changes": "--changes"}


def export(arguments: argparse.Namespace, output: Output) -> int:
    """Write a proposal in the language of another tool, with the properties that ``-k`` picks."""
    arguments.proposals = [arguments.proposal]
    _fits(arguments)
    asked = request(arguments)
    loaded = load(asked.catalogue, asked.paths()[0])
    if arguments.to in FORMATS:
        return behaviour(loaded, asked, arguments, output)
    plan = planned(loaded, asked)
    if arguments.to in VIEWS and arguments.view is not None:
        return written(drawn(loaded, plan, arguments), arguments, output)
    whole = arguments.to in ABOUT_PROPERTIES and not arguments.select
    group = all_of_them(loaded, plan) if whole else chosen(loaded, plan, arguments.select)
    questions = [question for parts in group.questions.values() for question in parts]
    try:
        text = exporter(arguments.to)(group.system, questions, **options(arguments, asked, group.system))
    except Inexpressible as reason:
        raise mistake(USAGE, f"{loaded.model.name} cannot be written as {arguments.to}: {reason}") from None
    except Unfinished as reason:
        output.note(f"open: {reason}; nothing is written")
        return Exit.OPEN
    return written(text, arguments, output)


def written(text: str | bytes, arguments: argparse.Namespace, output: Output) -> int:
    """Write the result where it is wanted."""
    if arguments.file is None:
        output.write(text)
    else:
        output.save(arguments.file, text)
    return Exit.HOLDS


def _fits(arguments: argparse.Namespace) -> None:
    """Raise `Rejected` for an option that says nothing in this language, and for a picture of nothing."""
    takes = {name: set(names) for name, names in TAKES.items()}
    for name in VIEWS:
        takes.setdefault(name, set()).add("view")
    for name, option in OPTIONS.items():
        if getattr(arguments, name) not in (None, False) and name not in takes.get(arguments.to, set()):
            others = ", ".join(language for language, names in takes.items() if name in names)
            raise mistake(USAGE, f"{option} says nothing about {arguments.to}", f"it is about: {others}")
    if arguments.select and (arguments.to in WITHOUT_PROPERTIES or arguments.to in VIEWS):
        raise mistake(USAGE, f"-k {arguments.select}: no property is part of {arguments.to}", "leave out -k")
    if arguments.to not in MODELS and arguments.to in VIEWS and arguments.view is None:
        raise mistake(USAGE, f"--to {arguments.to} draws some variables", "name them: --view devices[0].tdi")


def options(arguments: argparse.Namespace, asked: Request, system: System) -> dict[str, object]:
    """Return what the exporter is told beside the system and the questions.  Raises `Rejected`."""
    limits = Limits(asked.seconds, asked.memory)

    def stop(states: int) -> str:
        if limits.out_of_time():
            return f"no more time ({asked.seconds:g} s)"
        return "no more memory" if asked.memory is not None and states * BYTES_PER_STATE > asked.memory else ""

    taken = TAKES.get(arguments.to, frozenset())
    found: dict[str, object] = {"stop": stop} if "stop" in taken else {}
    if arguments.view is not None:
        try:
            found["view"] = viewed(system, arguments.view)
        except KeyError as missing:
            raise _unseen(system, missing) from None
    if arguments.depth is not None:
        found["depth"] = arguments.depth
    if arguments.changes:
        found["changes"] = True
    if "name" in taken and arguments.file is not None:
        found["name"] = Path(arguments.file).stem
    return found


def behaviour(loaded: Loaded, asked: Request, arguments: argparse.Namespace, output: Output) -> int:
    """Write the one counterexample or witness that the properties picked by ``-k`` have.  Raises `Rejected`."""
    name = loaded.model.name
    if not arguments.select:
        raise mistake(USAGE, f"{arguments.to} is one behaviour of {name}", "say with -k of which property")
    report = run(asked).report
    if report.complaints:
        raise Rejected(report.complaints)
    shown = [result for result in report.results if trace_of(result) is not None]
    if not shown and any(result.verdict.answer is Answer.OPEN for result in report.results):
        output.note(f"open: {report.results[0].verdict.reason}; nothing is written")
        return Exit.OPEN
    if len(shown) != 1:
        told = ", ".join(result.verdict.property.name for result in shown) or "nothing that it picks"
        raise mistake(USAGE, f"-k {arguments.select}: {told} of {name} has a behaviour to show, not one property")
    return written(write(shown[0]), arguments, output)


def drawn(loaded: Loaded, plan: Plan, arguments: argparse.Namespace) -> str:
    """Return the picture of what the variables of ``--view`` go through.  Raises `Rejected`."""
    system = ground(loaded.model, Scope(plan.devices, plan.constants, plan.without))
    can_start(system, loaded.model)
    try:
        variables = viewed(system, arguments.view)
    except KeyError as missing:
        raise _unseen(system, missing) from None
    try:
        return view(arguments.to)(projected(system, variables))
    except Inexpressible as reason:
        raise mistake(USAGE, f"{system.name} cannot be drawn: {reason}", "look at fewer variables or devices") from None


def _unseen(system: System, missing: KeyError) -> Rejected:
    """Return the complaint about a name of ``--view`` that names nothing."""
    return unknown(USAGE, f"variable or instance of {system.name} called", missing.args[0], system.index)


def chosen(loaded: Loaded, plan: Plan, select: str) -> Group:
    """Return the system with the questions to be exported, none where nothing is picked.  Raises `Rejected`."""
    model = loaded.model
    if not select:
        return Group(ground(model, Scope(plan.devices, plan.constants, plan.without)), {})
    wanted = selection(select)
    picked = [known for known in loaded.properties if wanted(known.name, known.code)]
    expressible = [known for known in picked if known.kind in SAFETY]
    groups, _ = grouped(model, expressible, plan)
    if not groups:
        what = "an invariant or a step property" if picked else "a property"
        raise mistake(USAGE, f"-k {select}: nothing that it picks is {what} of {model.name}")
    if len(groups) > 1:
        raise mistake(
            USAGE, f"-k {select}: {told(groups)} are asked under different constants", "export them one by one"
        )
    return groups[0]


def all_of_them(loaded: Loaded, plan: Plan) -> Group:
    """Return the system with every invariant and step property that can be asked of it as it is."""
    expressible = [known for known in loaded.properties if known.kind in SAFETY and not known.given]
    groups, _ = grouped(loaded.model, expressible, plan)
    return groups[0] if len(groups) == 1 else chosen(loaded, plan, "")


def told(groups: Sequence[Group]) -> str:
    """Return the name of one property of each group."""
    firsts: list[Property] = [next(iter(group.questions)) for group in groups]
    return ", ".join(first.name for first in firsts)
