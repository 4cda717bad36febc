"""One reading: a model file, its base, and the property files that are asked of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.model import Model, Property
from tdispmodel.reading.annotations import Context
from tdispmodel.reading.conditions import read_condition
from tdispmodel.reading.denotations import ComponentClass, Function
from tdispmodel.reading.mappings import Mapped, mapped_in, wanted_in
from tdispmodel.reading.methods import function_definition
from tdispmodel.reading.mistakes import Mistake, Mistakes
from tdispmodel.reading.models import build_model, check_helpers, with_properties
from tdispmodel.reading.modules import Library, Module
from tdispmodel.reading.properties import Asked, NotApplicable, PropertyReader, asked_in
from tdispmodel.reading.world import Budget, World
from tdispmodel.source import Complaint, Place

FIRST_FREE_CODE = 900


class PropertiesRead(NamedTuple):
    """The properties that apply to a model, and those that do not: (name, code, reason) each."""

    properties: tuple[Property, ...]
    skipped: tuple[NotApplicable, ...]


class Reading:
    """A model file that was read.  ``model`` has the properties of its own file that apply; ``skipped`` says which
    of them do not, and why.
    """

    def __init__(self, library: Library, module: Module, root: ComponentClass, path: str) -> None:
        """Elaborate the model whose root is ``root``.  Raises `Rejected`."""
        self._library = library
        self._module = module
        self._path = path
        mistakes = Mistakes()
        self._world = World(root, mistakes)
        model = build_model(self._world, Path(path).stem, path, mistakes)
        if root.module is module:
            check_helpers(module, self._world, mistakes)
        own = self._properties([module] if root in module.classes else [], mistakes, ())
        mistakes.settle()
        self.model: Model = with_properties(model, own.properties)
        self.skipped: tuple[NotApplicable, ...] = own.skipped

    def properties_from(self, paths: Iterable[Path | str]) -> PropertiesRead:
        """Return the properties of files, elaborated against this model.  Raises `Rejected`.

        A file that is given twice, and the model's own file, count once.
        """
        mistakes = Mistakes()
        modules: dict[int, Module] = {}
        for path in paths:
            with mistakes:
                module = _loaded(self._library, Path(path))
                if module is not self._module:
                    modules[id(module)] = module
        mistakes.settle()
        known = [(item.name, item.code) for item in self.model.properties]
        known += [(item.name, item.code) for item in self.skipped]
        with mistakes:
            try:
                found = self._properties(modules.values(), mistakes, known)
            except RecursionError:
                raise _too_deep(self._path) from None
        mistakes.settle()
        return found

    def mapping_from(self, path: Path | str, names: Collection[str]) -> tuple[Mapped, ...]:
        """Return what the functions of a file say that are named like one of ``names``: expressions over this model.

        Raises `Rejected`.
        """
        mistakes = Mistakes()
        found: list[Mapped] = []
        with mistakes:
            module = _loaded(self._library, Path(path))
            self._world.budget = Budget()
            try:
                for function in wanted_in(module, names, mistakes):
                    with mistakes:
                        found.append(mapped_in(module, function, self._world))
            except RecursionError:
                raise _too_deep(str(path)) from None
        mistakes.settle()
        return tuple(found)

    def concerns(self, path: Path | str) -> bool:
        """Whether a property of the file is about a component of this model, or could be: the file has a mistake."""
        with Mistakes():
            module = _loaded(self._library, Path(path))
            asked = [function for function in module.functions if asked_in(module, function) is not None]
            return any(self._is_about(function, Context(module.names, function.position)) for function in asked)
        return True

    def _is_about(self, function: Function, context: Context) -> bool:
        parameters = function_definition(function, context).parameters
        about = parameters[0].type if parameters else None
        return not isinstance(about, ComponentClass) or bool(self._world.kinds(about))

    def condition(self, text: str, place: Place, line_text: str, instances: Collection[str]) -> Expression:
        """Return a condition on states of this model that stands outside of model files; see `conditions`.

        Raises `Rejected`.
        """
        mistakes = Mistakes()
        with mistakes:
            return read_condition(self._world, text, place, line_text, instances)
        mistakes.settle()
        message = "a mistake was swallowed"
        raise AssertionError(message)

    def base(self) -> Model | None:
        """Return the model of the root's parent class, None when that is `Component`.  Raises `Rejected`."""
        parent = self._world.root.base
        if parent is None:
            return None
        module = parent.module
        return Reading(self._library, _bare(module), parent, module.source.path).model

    def _properties(
        self, modules: Iterable[Module], mistakes: Mistakes, known: Iterable[tuple[str, str]]
    ) -> PropertiesRead:
        """Elaborate all properties of modules; ``known`` are names and codes that are taken."""
        self._world.budget = Budget()
        names, codes = {name for name, _ in known}, {code for _, code in known}
        asked: list[tuple[Module, Asked]] = []
        for module in modules:
            for function in module.functions:
                with mistakes:
                    found = asked_in(module, function)
                    if found is not None:
                        _check_new(module, found, names, codes)
                        asked.append((module, found))
        numbers = iter(range(FIRST_FREE_CODE, FIRST_FREE_CODE + len(asked) + len(codes) + 1))
        free = (code for code in (f"TDM{number}" for number in numbers) if code not in codes)
        read: list[Property] = []
        skipped: list[NotApplicable] = []
        for module, question in asked:
            code = question.code or next(free)
            with mistakes:
                result = PropertyReader(module, self._world, question, code).read()
                if isinstance(result, Property):
                    read.append(result)
                else:
                    skipped.append(result)
        return PropertiesRead(tuple(read), tuple(skipped))


def _check_new(module: Module, asked: Asked, names: set[str], codes: set[str]) -> None:
    name = asked.function.name
    if name in names:
        message = f"there is another property {name}"
        raise module.source.mistake(asked.function.node, "E506", message, "rename one of the two")
    if asked.code and asked.code in codes:
        message = f"there is another property with the code {asked.code}"
        raise module.source.mistake(asked.function.node, "E506", message, "give it a code of its own")
    names.add(name)
    codes.add(asked.code)


def _bare(module: Module) -> Module:
    """Return a module without its properties: a base is compared, not asked."""
    return Module(module.source, module.names, module.text)


def _loaded(library: Library, path: Path) -> Module:
    """Load a file that the user named; what goes wrong deep inside is still a complaint about this file."""
    try:
        return library.module(path)
    except RecursionError:
        raise _too_deep(str(path)) from None


def _too_deep(path: str) -> Mistake:
    return Mistake(Complaint("E106", "nested too deeply", Place(path), "write it flatter"))


def read(path: Path | str, roots: Sequence[Path] = ()) -> Reading:
    """Read the model file at ``path``; imports may also look in ``roots``.  Raises `Rejected` with all mistakes."""
    mistakes = Mistakes()
    library = Library(roots)
    shown = str(path)
    with mistakes:
        module = _loaded(library, Path(path))
        root = root_of(module)
        try:
            return Reading(library, module, root, shown)
        except RecursionError:
            raise module.source.mistake(root.node, "E106", "nested too deeply", "write it flatter") from None
    mistakes.settle()
    message = "a mistake was swallowed"
    raise AssertionError(message)


def root_of(module: Module) -> ComponentClass:
    """Return the one component class of a file that no other class of it contains or extends.  Raises `Mistake`."""
    used: set[int] = set()
    for declared in module.classes:
        used |= {id(ancestor) for ancestor in declared.lineage[1:]}
        used |= {id(ancestor) for part in declared.parts() for ancestor in part.kind.lineage}
    roots = [declared for declared in module.classes if id(declared) not in used]
    source = module.source
    if not roots:
        if module.classes:
            hint = "the component that holds the others must not be held itself"
            raise source.mistake(module.classes[0].node, "E113", "every component is part of another", hint)
        hint = "write: class MyProposal(Guest), after: from tdispmodel.models.base import Guest"
        raise source.mistake(source.tree, "E113", "the file has no component, so there is no model", hint)
    if len(roots) > 1:
        names = ", ".join(declared.name for declared in roots)
        hint = f"one of {names} must contain or extend the others; or split the file"
        raise source.mistake(roots[1].node, "E114", f"{names} could each be the model", hint)
    return roots[0]


def read_model(path: Path | str, roots: Sequence[Path] = ()) -> Model:
    """Return the model of a file, with its own properties.  Raises `Rejected` with all mistakes."""
    return read(path, roots).model


def read_properties(paths: Iterable[Path | str], reading: Reading) -> PropertiesRead:
    """Return the properties of files as they apply to a model that was read.  Raises `Rejected`."""
    return reading.properties_from(paths)
