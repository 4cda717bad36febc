"""Everything that has a name: what the base model, the proposals, the properties and the debate consist of.

Given a catalogue; gives indexes by full name, and the topics that a word of the command line means.  Files are read
when they are first needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from tdispmodel.checking.catalogue import MODELS, Catalogue
from tdispmodel.checking.constants import by_name
from tdispmodel.checking.debate import Statement, read_statements
from tdispmodel.checking.helpers import helpers
from tdispmodel.checking.loading import BASE, Loaded, load, load_base
from tdispmodel.checking.mistakes import CATALOGUE as OF_THE_COMMAND_LINE, UNKNOWN_TOPIC, mistake, shortened
from tdispmodel.engines.portfolio import AUTOMATIC, Portfolio
from tdispmodel.engines.registry import ENGINES
from tdispmodel.exporting import FORMATS as TRACES, MODELS as EXPORTS, VIEWS
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Action, Component, Constant, Model, Property, Variable
from tdispmodel.ir.system import System
from tdispmodel.printing import changed_actions
from tdispmodel.reading import CATALOGUE as OF_MODEL_FILES
from tdispmodel.reports.formats import CHANNELS, FORMATS
from tdispmodel.semantics.grounding import Scope, ground
from tdispmodel.source import Rejected

COMPLAINTS = {**OF_MODEL_FILES, **OF_THE_COMMAND_LINE}
"""What each complaint's code means."""

PROGRAM: dict[str, tuple[str, str]] = {
    Portfolio.name: ("engine", f"The default: {', '.join(AUTOMATIC)}, each for what is still open."),
    **{name: ("engine", f"{text[:1].upper()}{text[1:]}.") for name, (_, text) in ENGINES.items()},
    **{name: ("format of gate", f"{text[:1].upper()}{text[1:]}.") for name, text in CHANNELS.items()},
    **{name: ("format of a report", f"{text[:1].upper()}{text[1:]}.") for name, (_, text) in FORMATS.items()},
    **{
        name: ("format of export --to", f"{text[:1].upper()}{text[1:]}.")
        for name, (_, text) in (VIEWS | EXPORTS | TRACES).items()
    },
}
"""What the program itself can do, by name: what kind of thing it is, and what it does."""

LONGEST_NAME = 100
NUMBER = re.compile(r"(?:statement[ _-]?)?#?([0-9]{1,9})", re.IGNORECASE)


Constants = tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Topic:
    """Something that can be explained: what kind of thing it is, and its full name."""

    kind: str
    name: str


@dataclass(frozen=True)
class Owned:
    """An action or a variable with the model and the component where it first appears."""

    model: Model
    component: Component
    action: Action | None = None
    variable: Variable | None = None


class Known:
    """The indexes of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Take the catalogue; nothing is read yet."""
        self.catalogue = catalogue
        self._systems: dict[tuple[str, Constants], System] = {}
        self._loaded: dict[Path, Loaded] = {}
        self._changes: dict[tuple[str, str], dict[str, str]] = {}

    @cached_property
    def statements(self) -> dict[int, Statement]:
        """The statements of the debate by number."""
        return read_statements(self.catalogue)

    @cached_property
    def base(self) -> Loaded:
        """The base model with the catalogue's properties."""
        return load_base(self.catalogue)

    @cached_property
    def proposals(self) -> dict[str, Loaded]:
        """The proposals by name, without the catalogue's properties."""
        return {
            name: load(self.catalogue, path, with_properties=False) for name, path in self.catalogue.proposals.items()
        }

    @cached_property
    def others(self) -> dict[str, Loaded]:
        """The models that come with the package beside the base, by name, with the properties that concern them."""
        names = (name for name in MODELS if name != BASE.stem)
        return {name: load(self.catalogue, self.catalogue.resolve(name)) for name in names}

    @cached_property
    def codes(self) -> dict[str, str]:
        """The codes of the catalogue's properties by name, also of those that the base model does not have."""
        found: dict[str, str] = {}
        for loaded in (self.base, *self.others.values()):
            found |= {known.name: known.code for known in loaded.properties}
            found |= {known.property: known.code for known in loaded.skipped}
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def property(self, name: str) -> tuple[Model, Property] | None:
        """Return a property with a model that it can be asked of: the base, another model, or else a proposal."""
        for loaded in self.with_properties():
            found = next((known for known in loaded.properties if known.name == name), None)
            if found is not None:
                return loaded.model, found
        return None

    def with_properties(self) -> Iterator[Loaded]:
        """Yield all models with the properties that are asked of them; a proposal is read when it is its turn."""
        yield from (self.base, *self.others.values())
        for path in self.catalogue.proposals.values():
            if path not in self._loaded:
                self._loaded[path] = load(self.catalogue, path)
            yield self._loaded[path]

    def system(self, model: Model, given: Constants) -> System:
        """Return one device of ``model``, with these constants."""
        key = (model.name, given)
        if key not in self._systems:
            self._systems[key] = ground(model, Scope(1, dict(given)))
        return self._systems[key]

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """The base model, then the proposals, those that others derive from first, then the other models."""
        found = [loaded.model for loaded in self.proposals.values()]
        found.sort(key=lambda model: len(model.component(model.root).lineage))
        return (self.base.model, *found, *(loaded.model for loaded in self.others.values()))

    @cached_property
    def actions(self) -> dict[str, Owned]:
        """The actions of the base and those that proposals add, by full name."""
        found: dict[str, Owned] = {}
        for model, component in self._components():
            for action in component.actions:
                if not any(f"{ancestor}.{action.name}" in found for ancestor in component.lineage):
                    found[f"{component.name}.{action.name}"] = Owned(model, component, action=action)
        return found

    @cached_property
    def variables(self) -> dict[str, Owned]:
        """The variables of the base and those that proposals add, by full name."""
        found: dict[str, Owned] = {}
        for model, component in self._components():
            for variable in component.variables:
                if not any(f"{ancestor}.{variable.name}" in found for ancestor in component.lineage):
                    found[f"{component.name}.{variable.name}"] = Owned(model, component, variable=variable)
        return found

    @cached_property
    def constants(self) -> dict[str, Constant]:
        """The constants of the base and those that proposals add, by name: ``kernel``, ``devices.kind``."""
        found: dict[str, Constant] = {}
        for model in self.models:
            for name, constant in by_name(model).items():
                found.setdefault(name, constant)
        return found

    @cached_property
    def helpers(self) -> dict[str, str]:
        """The documented helpers of the base model by full name, each with its docstring."""
        components = {part: one.name for one in self.base.model.components for part in one.lineage}
        return helpers(sorted(BASE.parent.glob("*.py")), components)

    def _components(self) -> Iterator[tuple[Model, Component]]:
        return ((model, component) for model in self.models for component in model.components)

    def _names_below(self) -> dict[str, list[str]]:
        """Return what actions and variables are called in components that derive from theirs, by full name."""
        found: dict[str, list[str]] = {}
        for _, component in self._components():
            members = [*(action.name for action in component.actions), *(known.name for known in component.variables)]
            for member in members:
                own = f"{component.name}.{member}"
                for known in (f"{ancestor}.{member}" for ancestor in component.lineage):
                    if known != own and (known in self.actions or known in self.variables):
                        found.setdefault(known, []).append(own)
        return found

    @cached_property
    def topics(self) -> dict[Topic, tuple[str, ...]]:
        """Everything that has a name, with the words that mean it."""
        found: dict[Topic, tuple[str, ...]] = {}
        others = self._names_below()
        for name, code in self.codes.items():
            found[Topic("property", name)] = (name, code)
        for name in self.catalogue.proposals:
            found[Topic("proposal", name)] = (name,)
        for name in MODELS:
            found[Topic("model", name)] = (name,)
        for name in PROGRAM:
            found[Topic("program", name)] = (name,)
        for name, owned in self.actions.items():
            actor = f"{owned.action.actor.value}.{owned.action.name}" if owned.action else name
            found[Topic("action", name)] = (name, name.rpartition(".")[2], actor, *others.get(name, ()))
        for name in self.variables:
            found[Topic("variable", name)] = (name, name.rpartition(".")[2], *others.get(name, ()))
        for name in self.helpers:
            found[Topic("helper", name)] = (name, name.rpartition(".")[2])
        for name, constant in self.constants.items():
            owners = {component.name for _, component in self._components() if constant in component.constants}
            words = (f"{owner}.{constant.name}" for owner in sorted(owners))
            found[Topic("constant", name)] = (name, constant.name, *words)
        for code in COMPLAINTS:
            found[Topic("complaint", code)] = (code,)
        for number in self.statements:
            found[Topic("statement", str(number))] = (str(number),)
        return found

    def meant(self, text: str) -> tuple[Topic, ...]:
        """Return the topics that ``text`` means.  Raises `Rejected`, with the nearest name, when it means none."""
        number = NUMBER.fullmatch(text.strip())
        if number is not None:
            return (self._statement(int(number[1])),)
        wanted = text.strip().lower().replace("-", "_")
        if wanted.upper() in COMPLAINTS:
            return (Topic("complaint", wanted.upper()),)
        found = tuple(topic for topic, words in self.topics.items() if any(wanted == known.lower() for known in words))
        if not found:
            raise self._unknown(wanted, text)
        return found

    def _unknown(self, wanted: str, text: str) -> Rejected:
        """Return the complaint about a word that means nothing, with the nearest one that does."""
        words = {known.lower(): known for topic, names in self.topics.items() for known in names if not known.isdigit()}
        near = get_close_matches(wanted[:LONGEST_NAME], words, n=1, cutoff=0.6)
        hint = f"did you mean {words[near[0]]}?" if near else "explain a number of a statement, or a name of a list"
        return mistake(UNKNOWN_TOPIC, f"there is nothing called {shortened(text)}", hint)

    def changes(self, proposal: str, base: Model) -> dict[str, str]:
        """Return what a proposal did to the actions of ``base``, by name; nothing if it does not derive from it."""
        model = self.proposals[proposal].model
        key = (proposal, base.root)
        if key not in self._changes:
            derives = model is not base and base.root in model.component(model.root).lineage
            self._changes[key] = changed_actions(model, base) if derives else {}
        return self._changes[key]

    def _statement(self, number: int) -> Topic:
        if number not in self.statements:
            numbers = (
                f"there are statements {min(self.statements)} to {max(self.statements)}" if self.statements else ""
            )
            raise mistake(UNKNOWN_TOPIC, f"there is no statement {number}", numbers)
        return Topic("statement", str(number))
