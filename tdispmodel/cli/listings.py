"""The verbs that only look: ``list`` and ``show``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from tdispmodel.checking.catalogue import Catalogue, find_catalogue
from tdispmodel.checking.constants import by_name
from tdispmodel.checking.debate import read_statements
from tdispmodel.checking.loading import Loaded, load, load_base
from tdispmodel.checking.settings import capabilities
from tdispmodel.cli.output import Output
from tdispmodel.engines.portfolio import AUTOMATIC, Portfolio
from tdispmodel.engines.registry import ENGINES, extra, missing
from tdispmodel.exporting import FORMATS as TRACES, MODELS, VIEWS
from tdispmodel.ir.expressions import Actor, Enumeration, Sort
from tdispmodel.ir.model import Kind
from tdispmodel.printing import changes_text, hidden_text, model_text
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.formats import CHANNELS, FORMATS
from tdispmodel.reports.listing import Entry, listing as listed


def listing(arguments: argparse.Namespace, output: Output) -> int:
    """What there is: in the catalogue, in a proposal, in this program."""
    what = arguments.what
    heading, entries = what, list(entries_of(what, arguments.proposal))
    if arguments.names:
        output.write("".join(f"{entry.name}\n" for entry in entries))
    elif arguments.format == "json":
        document = [
            {"name": entry.name, "note": entry.note, "text": entry.text, "source": entry.source} for entry in entries
        ]
        output.write(json.dumps({what: document}, indent=2) + "\n")
    else:
        if arguments.proposal:
            heading = f"{what} of {arguments.proposal}"
        output.write(listed(heading, entries))
    return Exit.HOLDS


def entries_of(what: str, proposal: str | None) -> Iterator[Entry]:
    """Yield the entries of a list; those about a model are of ``proposal``, else of the base.  Raises `Rejected`."""
    match what:
        case "engines":
            yield Entry(Portfolio.name, "", f"the default: {', '.join(AUTOMATIC)}, each for what is still open")
            for name, (_, text) in ENGINES.items():
                yield Entry(name, "", f"{text} (not installed: {extra(name)})" if missing(name) else text)
        case "formats":
            yield from (Entry(name, "", text) for name, (_, text) in FORMATS.items())
            yield from (Entry(name, "gate --format", text) for name, text in CHANNELS.items())
            yield from (Entry(name, "export --to", text) for name, (_, text) in (VIEWS | MODELS | TRACES).items())
        case "proposals":
            yield from proposals(find_catalogue())
        case "statements":
            yield from statements(find_catalogue(), proposal)
        case _:
            catalogue = find_catalogue()
            loaded = load(catalogue, catalogue.resolve(proposal)) if proposal else load_base(catalogue)
            yield from OF_A_MODEL[what](loaded)


def proposals(catalogue: Catalogue) -> Iterator[Entry]:
    """Yield the catalogue's proposals, each with what it claims."""
    for name, path in catalogue.proposals.items():
        yield Entry(name, "", load(catalogue, path, with_properties=False).model.claim)


def statements(catalogue: Catalogue, proposal: str | None) -> Iterator[Entry]:
    """Yield the statements of the debate, those that name ``proposal`` if one is given.  Raises `Rejected`."""
    name = catalogue.resolve(proposal).stem if proposal else None
    for statement in read_statements(catalogue).values():
        if name is None or name in statement.proposals:
            said = ", ".join(filter(None, (statement.who, statement.when)))
            yield Entry(str(statement.number), statement.standing, statement.quote, said)


def properties(loaded: Loaded) -> Iterator[Entry]:
    """Yield what is asked of a model."""
    for known in loaded.properties:
        yield Entry(known.name, f"{known.code} {SHORT[known.kind]}", known.text, known.source)


def actions(loaded: Loaded) -> Iterator[Entry]:
    """Yield the actions of a model, component by component."""
    for component in loaded.model.components:
        for action in component.actions:
            yield Entry(f"{component.name}.{action.name}", action.actor.value, action.text, action.source)


def variables(loaded: Loaded) -> Iterator[Entry]:
    """Yield the variables of a model, component by component."""
    for component in loaded.model.components:
        for variable in component.variables:
            yield Entry(f"{component.name}.{variable.name}", values_text(variable.sort), variable.text)


def constants(loaded: Loaded) -> Iterator[Entry]:
    """Yield the constants of a model with their defaults, those of each instance as ``devices.kind``."""
    for name, constant in by_name(loaded.model).items():
        note = f"{constant.value} (fixed)" if constant.fixed else f"{constant.value} of {values_text(constant.sort)}"
        yield Entry(name, note + hidden_text(constant), constant.text)


def switches(loaded: Loaded) -> Iterator[Entry]:
    """Yield what the host can do in a model: what ``--without`` switches off."""
    texts = {
        action.name: action
        for component in loaded.model.components
        for action in component.actions
        if action.actor is Actor.HOST
    }
    for name in capabilities([loaded.model], actor=Actor.HOST):
        action = texts[name.partition(".")[2]]
        yield Entry(name, "", action.text, action.source)


SHORT = {
    Kind.INVARIANT: "state",
    Kind.STEP: "step",
    Kind.LEADS_TO: "leads to",
    Kind.NEVER_ENDLESS: "ends",
    Kind.STAYS_POSSIBLE: "stays",
    Kind.MUST_BE_POSSIBLE: "witness",
}
"""The kinds of property in one word."""

OF_A_MODEL = {
    "properties": properties,
    "actions": actions,
    "variables": variables,
    "constants": constants,
    "capabilities": switches,
}


def values_text(sort: Sort) -> str:
    """Return the values of a sort as few words as possible."""
    return " ".join(sort.members) if isinstance(sort, Enumeration) else str(sort)


def show(arguments: argparse.Namespace, output: Output) -> int:
    """The model as it was read, below what it changed on its base; together they are a model file again."""
    catalogue = find_catalogue()
    loaded = load(catalogue, catalogue.resolve(arguments.proposal), with_properties=False)
    if loaded.base is not loaded.model:
        changes = changes_text(loaded.model, loaded.base).splitlines()
        output.write(f"# What {loaded.model.name} changes on {loaded.base.root}:\n#\n")
        output.write("".join(f"# {line}".rstrip() + "\n" for line in changes) + "\n")
    output.write(model_text(loaded.model))
    return Exit.HOLDS
