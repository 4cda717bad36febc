"""Names inside a function body, and arguments that parameters stand for."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tdispmodel.ir.expressions import same_kind
from tdispmodel.reading.denotations import (
    ComponentClass,
    Definition,
    Denotation,
    Instance,
    Parameter,
    StepMark,
    StepTaken,
    Term,
    described,
    sort_name,
)
from tdispmodel.reading.files import Source
from tdispmodel.reading.names import Namespace


@dataclass(eq=False)
class Scope:
    """The names inside one function body: what they stand for, and which will be bound further down or were bound
    by a loop that ended.
    """

    names: Namespace
    known: dict[str, Denotation]
    later: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    @property
    def source(self) -> Source:
        """The file that the function stands in."""
        return self.names.source

    def inside(self, added: dict[str, Denotation]) -> Scope:
        """Return the scope of a generator or of a lambda within this one."""
        return Scope(self.names, {**self.known, **added}, self.later - set(added), self.ended - set(added))


def bound_arguments(
    definition: Definition, arguments: tuple[Denotation, ...], node: ast.AST, source: Source
) -> dict[str, Denotation]:
    """Return what the parameters of a helper or procedure stand for (a method's first argument is its instance).

    Raises `Mistake` when the arguments do not fit; ``node`` is the call.
    """
    names = [argument.arg for argument in definition.node.args.args]
    own = len(names) - len(definition.parameters)
    if len(names) != len(arguments):
        message = f"{definition.name} takes {len(names) - own} arguments, not {len(arguments) - own}"
        hint = f"its parameters: {', '.join(names[own:]) or 'none'}"
        raise source.mistake(node, "E322", message, hint)
    for parameter, argument in zip(definition.parameters, arguments[own:], strict=True):
        _check_argument(definition, parameter, argument, node, source)
    return dict(zip(names, arguments, strict=True))


def _check_argument(
    definition: Definition, parameter: Parameter, argument: Denotation, node: ast.AST, source: Source
) -> None:
    wanted = parameter.type
    match argument:
        case Instance(_, kinds) if isinstance(wanted, ComponentClass):
            if all(kind.derives_from(wanted) for kind in kinds):
                return
            message = f"{definition.name} takes {wanted.name} as {parameter.name}, not {kinds[0].name}"
        case StepTaken() if isinstance(wanted, StepMark):
            return
        case Term() if not isinstance(wanted, ComponentClass | StepMark):
            if same_kind(argument.sort, wanted):
                return
            message = f"{definition.name} takes {sort_name(wanted)} as {parameter.name}, not {sort_name(argument.sort)}"
        case _:
            message = f"{definition.name} cannot take {described(argument)} as {parameter.name}"
    raise source.mistake(node, "E305", message)
