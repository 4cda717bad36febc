"""Mappings: functions of a file that say what a state of a model is as a state of a smaller one.

Given a module, the names of the smaller model's variables and the world of the larger one; gives for each function of
such a name its expression over the larger model's variables.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import NamedTuple

from tdispmodel.ir.expressions import Expression, same_kind
from tdispmodel.reading.annotations import Context
from tdispmodel.reading.bodies import local_names, returned
from tdispmodel.reading.denotations import ComponentClass, Function, Instance, Term, described
from tdispmodel.reading.expressions import Elaborator
from tdispmodel.reading.methods import function_definition
from tdispmodel.reading.mistakes import Mistakes
from tdispmodel.reading.modules import Module
from tdispmodel.reading.scopes import Scope
from tdispmodel.reading.texts import without_docstring
from tdispmodel.reading.world import World
from tdispmodel.source import Complaint, Place, did_you_mean


class Mapped(NamedTuple):
    """What a variable of the smaller model is: an expression about ``now``, an instance of the component ``about``."""

    name: str
    about: str
    formula: Expression
    place: Place


def mapped_in(module: Module, function: Function, world: World) -> Mapped:
    """Return what one function of a mapping says.  Raises `Mistake`."""
    source, node = module.source, function.node
    definition = function_definition(function, Context(module.names, function.position))
    about = definition.parameters[0].type if len(definition.parameters) == 1 else None
    if not isinstance(about, ComponentClass) or definition.returns is None:
        hint = f"write: def {node.name}(now: Device) -> Tdi"
        raise source.mistake(node, "E501", f"{node.name} is not a function of one component of the model", hint)
    kinds = world.kinds(about)
    if not kinds:
        hint = f"the model has: {', '.join(known.name for known in world.classes)}"
        raise source.mistake(node, "E501", f"the model has no {about.name}", hint)
    known = {definition.parameters[0].name: Instance("now", kinds)}
    scope = Scope(module.names, dict(known), local_names(without_docstring(node.body)))
    elaborator = Elaborator(world, ["now"])
    elaborator.expanding.append((node, node.name))
    where, result = returned(elaborator, node, scope)
    if not isinstance(result, Term) or not same_kind(result.sort, definition.returns):
        message = f"this is {described(result)}, not {definition.returns}"
        raise source.mistake(where, "E302", message, "return what the function says that it returns")
    return Mapped(node.name, about.name, elaborator.kept(where, scope, result), source.place(node))


def wanted_in(module: Module, names: Collection[str], mistakes: Mistakes) -> list[Function]:
    """Return the functions of a module that are named like a variable; the others are helpers.

    Complains about a function that is neither and that no other uses, about a component that the module declares, and
    about a module that has nothing to say.
    """
    source = module.source
    used = {
        node.id
        for function in module.functions
        for node in ast.walk(function.node)
        if isinstance(node, ast.Name) and node.id != function.name
    }
    wanted = [function for function in module.functions if function.name in names]
    left = [function for function in module.functions if function.name not in names and function.name not in used]
    for function in left:
        message = f"{function.name} maps nothing: the smaller model has no such variable, and no function here uses it"
        mistakes.add(source.mistake(function.node, "E201", message, did_you_mean(function.name, names)).complaint)
    for declared in module.classes:
        message = f"a mapping declares no component, such as {declared.name}"
        hint = "import it from the larger model, and map with functions"
        mistakes.add(source.mistake(declared.node, "E208", message, hint).complaint)
    if not wanted and not left and not module.classes:
        first = Place(source.path, 1)
        hint = f"write a function for a variable: {', '.join(sorted(names)[:8])}"
        mistakes.add(Complaint("E201", "the file maps nothing", first, hint, source.line(1)))
    return wanted
