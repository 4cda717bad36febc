"""The verb ``export``: a proposal as the model of another tool."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tdispmodel.checking.asking import Group, Plan, can_start, grouped
from tdispmodel.checking.loading import Loaded, load
from tdispmodel.checking.mistakes import USAGE, mistake, unknown
from tdispmodel.checking.pipeline import planned
from tdispmodel.checking.selection import selection
from tdispmodel.cli.checks import request
from tdispmodel.cli.output import Output
from tdispmodel.exporting import ABOUT_PROPERTIES, VIEWS, exporter, view
from tdispmodel.exporting.foreign import SAFETY, Inexpressible
from tdispmodel.exporting.projection import projected, viewed
from tdispmodel.ir.model import Property
from tdispmodel.reports.exits import Exit
from tdispmodel.semantics.grounding import Scope, ground


def export(arguments: argparse.Namespace, output: Output) -> int:
    """Write a proposal in the language of another model checker, with the properties that ``-k`` picks."""
    arguments.proposals = [arguments.proposal]
    asked = request(arguments)
    loaded = load(asked.catalogue, asked.paths()[0])
    plan = planned(loaded, asked)
    if (arguments.view is not None) != (arguments.to in VIEWS):
        message = f"--to {arguments.to} {'draws some variables' if arguments.to in VIEWS else 'is the whole model'}"
        raise mistake(
            USAGE, message, "name them: --view devices[0].tdi" if arguments.to in VIEWS else "leave out --view"
        )
    if arguments.view is not None:
        return written(drawn(loaded, plan, arguments), arguments, output)
    whole = arguments.to in ABOUT_PROPERTIES and not arguments.select
    group = all_of_them(loaded, plan) if whole else chosen(loaded, plan, arguments.select)
    questions = [question for parts in group.questions.values() for question in parts]
    try:
        text = exporter(arguments.to)(group.system, questions)
    except Inexpressible as reason:
        raise mistake(USAGE, f"{loaded.model.name} cannot be written as {arguments.to}: {reason}") from None
    return written(text, arguments, output)


def written(text: str | bytes, arguments: argparse.Namespace, output: Output) -> int:
    """Write the result where it is wanted."""
    if arguments.file is None:
        output.write(text)
    else:
        output.save(arguments.file, text)
    return Exit.HOLDS


def drawn(loaded: Loaded, plan: Plan, arguments: argparse.Namespace) -> str:
    """Return the picture of what the variables of ``--view`` go through.  Raises `Rejected`."""
    if arguments.select:
        raise mistake(USAGE, f"-k {arguments.select}: a picture has no properties", "leave out -k")
    system = ground(loaded.model, Scope(plan.devices, plan.constants, plan.without))
    can_start(system, loaded.model)
    try:
        variables = viewed(system, arguments.view)
    except KeyError as missing:
        raise unknown(USAGE, f"variable or instance of {system.name} called", missing.args[0], system.index) from None
    try:
        return view(arguments.to)(projected(system, variables))
    except Inexpressible as reason:
        raise mistake(USAGE, f"{system.name} cannot be drawn: {reason}", "look at fewer variables or devices") from None


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
