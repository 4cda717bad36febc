"""Component classes: what stands in their bodies, with everything inherited put in its place.

Given class statements of a module, in order; fills `ComponentClass.members`.  Patches of inherited methods are in
`patches`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tdispmodel.reading.annotations import (
    ConstantType,
    Context,
    PartType,
    member_annotation,
    start_values,
    written_value,
)
from tdispmodel.reading.denotations import (
    ActionMember,
    ComponentClass,
    ConstantMember,
    Member,
    PartMember,
    VariableMember,
    Word,
    described,
)
from tdispmodel.reading.methods import method
from tdispmodel.reading.mistakes import Mistakes
from tdispmodel.reading.names import Namespace, check_name
from tdispmodel.reading.patches import removals
from tdispmodel.reading.texts import cleaned, docstring, is_text, one_line, without_docstring
from tdispmodel.source import did_you_mean

if TYPE_CHECKING:
    from tdispmodel.reading.modules import Module

MAXIMUM_VARIABLES = 200
MAXIMUM_ACTIONS = 300
MAXIMUM_ANCESTORS = 32


def component_class(module: Module, names: Namespace, node: ast.ClassDef, position: int) -> ComponentClass:
    """Return the component class that a statement declares, its members still missing.  Raises `Mistake`."""
    source = module.source
    if node.keywords:
        raise source.mistake(node.keywords[0].value, "E312", "a component class has no keywords", "remove them")
    if len(node.bases) != 1:
        hint = f"write: class {node.name}(Component)"
        raise source.mistake(node, "E312", "a component derives from Component or from one other component", hint)
    base_node = node.bases[0]
    if not isinstance(base_node, ast.Name):
        raise source.mistake(base_node, "E312", "the base of a component is written as a name")
    base = names.at_load(base_node, position)
    if base == Word("Component"):
        parent = None
    elif isinstance(base, ComponentClass):
        parent = base
    else:
        hint = f"write: class {node.name}(Component), or class {node.name}(Enum)"
        raise source.mistake(base_node, "E312", f"{described(base)} is no component class", hint)
    declared = ComponentClass(node.name, module, node, parent)
    if len(declared.lineage) > MAXIMUM_ANCESTORS:
        raise source.mistake(node, "E324", f"a component has at most {MAXIMUM_ANCESTORS} ancestors")
    for ancestor in declared.lineage[1:]:
        if ancestor.name == declared.name:
            hint = "give the derived class a name of its own"
            raise source.mistake(node, "E207", f"{node.name} derives from another class {node.name}", hint)
    text = docstring(node, source)
    declared.text = text
    declared.claim = text.split("\n", 1)[0].strip()
    return declared


def declare_members(declared: ComponentClass, names: Namespace, position: int, mistakes: Mistakes) -> None:
    """Fill in the members of a class: those of its base first, then its own."""
    base = declared.base
    if base is not None:
        declared.members = dict(base.members)
        declared.removed = dict(base.removed)
        declared.removals = base.removals
    own: dict[str, ast.stmt] = {}
    with mistakes:
        removals(declared, names, position)
    body = without_docstring(declared.node.body)
    for number, statement in enumerate(body):
        with mistakes:
            following = body[number + 1] if number + 1 < len(body) else None
            context = Context(names, position, own)
            name, member = _member(declared, statement, context, following, after=body[number - 1] if number else None)
            if name:
                if member is not None:
                    declared.members[name] = member
                own[name] = statement
    with mistakes:
        _check_limits(declared)


def _member(
    declared: ComponentClass, statement: ast.stmt, context: Context, following: ast.stmt | None, after: ast.stmt | None
) -> tuple[str, Member | None]:
    source = context.names.source
    match statement:
        case ast.Pass():
            return "", None
        case ast.Expr() if is_text(statement) and isinstance(after, ast.AnnAssign | ast.Assign):
            return "", None
        case ast.AnnAssign(target=ast.Name(id=name), simple=1):
            _check_own(declared, name, statement, context)
            text = one_line(cleaned(following, source)) if following is not None and is_text(following) else ""
            return name, _declared(declared, name, statement, context, text)
        case ast.Assign(targets=[ast.Name(id=name)]):
            _check_own(declared, name, statement, context)
            return name, _moved(declared, name, statement, context)
        case ast.FunctionDef(name=name):
            _check_own(declared, name, statement, context)
            return name, method(declared, statement, context)
        case _:
            what = type(statement).__name__.lower()
            hint = "a component holds variables, parts, constants and methods"
            raise source.mistake(statement, "E313", f"a component must not contain this ({what})", hint)


def _check_own(declared: ComponentClass, name: str, statement: ast.stmt, context: Context) -> None:
    source = context.names.source
    check_name(source, name, statement)
    if name in context.shadowed:
        message = f"{declared.name} has {name} already"
        raise source.mistake(statement, "E205", message, "remove or rename one of the two")


def _declared(
    declared: ComponentClass, name: str, node: ast.AnnAssign, context: Context, text: str
) -> VariableMember | ConstantMember | PartMember:
    """Return the variable, constant or part that ``name: ... = ...`` declares."""
    source, place = context.names.source, context.names.source.place(node)
    old = declared.members.get(name)
    annotation = member_annotation(node.annotation, context)
    if isinstance(annotation, PartType):
        return _part(declared, name, node, context, annotation)
    if old is not None:
        hint = f"write {name} = ... to move its start value" if not isinstance(old, PartMember) else "rename it"
        message = f"{name} is inherited from {_origin(declared, name)} already"
        raise source.mistake(node, "E315", message, hint)
    if node.value is None:
        hint = f"write: {name}: ... = False" if str(annotation.sort) == "bool" else f"write: {name}: ... = anything()"
        if not isinstance(annotation, ConstantType):
            raise source.mistake(node, "E307", f"{name} has no start value", hint)
        raise source.mistake(node, "E307", f"the constant {name} has no value", "write its default after =")
    if isinstance(annotation, ConstantType):
        value = written_value(node.value, annotation.sort, context)
        return ConstantMember(name, annotation.sort, value, False, annotation.hidden_from, text, place)
    start = start_values(node.value, annotation.sort, context)
    return VariableMember(name, annotation.sort, annotation.hidden_from, start, text, place)


def _part(
    declared: ComponentClass, name: str, node: ast.AnnAssign, context: Context, annotation: PartType
) -> PartMember:
    source = context.names.source
    old = declared.members.get(name)
    if node.value is not None:
        raise source.mistake(node.value, "E314", f"the part {name} has no start value", "remove what follows =")
    if old is not None and not (
        isinstance(old, PartMember) and old.many == annotation.many and annotation.kind.derives_from(old.kind)
    ):
        hint = "a part may be declared again with a component that derives from the inherited one's"
        raise source.mistake(node, "E315", f"{name} is inherited from {_origin(declared, name)} already", hint)
    return PartMember(name, annotation.kind, annotation.many, source.place(node))


def _moved(declared: ComponentClass, name: str, node: ast.Assign, context: Context) -> VariableMember | ConstantMember:
    """Return the inherited variable or constant with the start value that ``name = ...`` gives it."""
    source = context.names.source
    old = declared.members.get(name)
    place = source.place(node)
    match old:
        case VariableMember():
            start = start_values(node.value, old.sort, context)
            return VariableMember(name, old.sort, old.hidden_from, start, old.text, place)
        case ConstantMember():
            value = written_value(node.value, old.sort, context)
            return ConstantMember(name, old.sort, value, True, old.hidden_from, old.text, place)
        case None:
            known = [
                key for key, known in declared.members.items() if isinstance(known, VariableMember | ConstantMember)
            ]
            hint = did_you_mean(name, known) or f"a new variable is declared with its sort: {name}: bool = False"
            message = f"{declared.name} inherits no variable {name} whose start value could be moved"
            raise source.mistake(node, "E316", message, hint)
        case _:
            raise source.mistake(node, "E316", f"{name} is no variable and no constant", "rename it")


def _origin(declared: ComponentClass, name: str) -> str:
    for ancestor in reversed(declared.lineage):
        if name in ancestor.members:
            return ancestor.name
    return declared.name


def _check_limits(declared: ComponentClass) -> None:
    members = declared.members.values()
    values = sum(isinstance(member, VariableMember | ConstantMember) for member in members)
    actions = sum(isinstance(member, ActionMember) for member in members)
    for count, limit, what in ((values, MAXIMUM_VARIABLES, "variables"), (actions, MAXIMUM_ACTIONS, "actions")):
        if count > limit:
            message = f"{declared.name} has {count} {what}; {limit} are allowed"
            raise declared.module.source.mistake(declared.node, "E324", message, "split the component")
