"""Patches: ``@removes`` above a class, ``@replaces`` and ``@restricts`` above its methods.

A verb names what it changes as ``Guest.bind``: an ancestor that has the method, or for ``@removes`` also a component
of a part.  A verb without anything to patch is a mistake, and so is a patch that does not fit.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tdispmodel.reading.annotations import Context
from tdispmodel.reading.denotations import (
    ActionMember,
    ComponentClass,
    Definition,
    HelperMember,
    Member,
    ProcedureMember,
    StartMember,
    Word,
)
from tdispmodel.reading.names import Namespace
from tdispmodel.reading.texts import docstring, text_and_source, without_docstring
from tdispmodel.source import did_you_mean

if TYPE_CHECKING:
    from tdispmodel.reading.methods import ActionMark


def removals(declared: ComponentClass, names: Namespace, position: int) -> None:
    """Take away what the decorators of a class remove.  Raises `Mistake`."""
    source, context = names.source, Context(names, position)
    for decorator in declared.node.decorator_list:
        if not isinstance(decorator, ast.Call) or context.at_load(decorator.func) != Word("removes"):
            hint = "write: @removes(Guest.bind)"
            raise source.mistake(decorator, "E401", "only @removes(...) can stand above a component class", hint)
        if not decorator.args or decorator.keywords:
            raise source.mistake(decorator, "E401", "@removes takes actions", "write: @removes(Guest.bind)")
        for node in decorator.args:
            owner, name = named_method(node, context, "removes")
            if not declared.derives_from(owner):
                _find_action(owner, name, node, context)
                declared.removals += ((owner, name, node, declared.module),)
                continue
            if owner is declared:
                raise source.mistake(node, "E409", f"{declared.name} cannot remove what it declares itself")
            if name in declared.removed:
                raise source.mistake(node, "E409", f"{owner.name}.{name} is removed already", "remove this line")
            declared.removed[name] = _find_action(owner, name, node, context)
            del declared.members[name]


def _find_action(owner: ComponentClass, name: str, node: ast.expr, context: Context) -> ActionMember:
    found = owner.members.get(name)
    source = context.names.source
    if isinstance(found, ActionMember):
        return found
    actions = [key for key, member in owner.members.items() if isinstance(member, ActionMember)]
    if found is None:
        raise source.mistake(node, "E409", f"{owner.name} has no action {name}", did_you_mean(name, actions))
    raise source.mistake(node, "E409", f"{owner.name}.{name} is no action", did_you_mean(name, actions))


def named_method(node: ast.expr, context: Context, verb: str) -> tuple[ComponentClass, str]:
    """Return the class and the name in ``Guest.bind``.  Raises `Mistake`."""
    source = context.names.source
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner = context.at_load(node.value)
        if isinstance(owner, ComponentClass):
            return owner, node.attr
    raise source.mistake(node, "E401", f"@{verb} names a method of a component class", f"write: @{verb}(Guest.bind)")


def patched(  # noqa: PLR0913, PLR0917  # all of it says what the patch is
    declared: ComponentClass,
    definition: Definition,
    verb: str,
    decorator: ast.expr,
    context: Context,
    mark: ActionMark | None,
    others: frozenset[str],
) -> Member:
    """Return the inherited member ``definition.name`` as the patch leaves it.  Raises `Mistake`.

    ``mark`` is the ``@action(...)`` beside the verb, ``others`` are ``property`` and ``initially`` if they stand there.
    """
    source, name = context.names.source, definition.name
    if not isinstance(decorator, ast.Call) or len(decorator.args) != 1 or decorator.keywords:
        hint = f"write: @{verb}(Guest.{name})"
        raise source.mistake(decorator, "E401", f"@{verb} takes the one method that it is about", hint)
    node = decorator.args[0]
    owner, wanted = named_method(node, context, verb)
    if owner is declared or not declared.derives_from(owner):
        ancestors = ", ".join(known.name for known in declared.lineage[1:]) or "Component only"
        message = f"{declared.name} does not derive from {owner.name}"
        raise source.mistake(node, "E409", message, f"its ancestors: {ancestors}")
    old = declared.members.get(wanted)
    if wanted in declared.removed:
        raise source.mistake(node, "E409", f"{owner.name}.{wanted} is removed", "patch it or remove it, not both")
    methods = [
        key
        for key, member in owner.members.items()
        if isinstance(member, ActionMember | HelperMember | ProcedureMember | StartMember)
    ]
    if old is None or wanted not in methods:
        raise source.mistake(node, "E409", f"{owner.name} has no method {wanted}", did_you_mean(wanted, methods))
    if wanted != name:
        message = f"the method is called {name}, what it {verb} is called {wanted}"
        raise source.mistake(definition.node, "E410", message, f"write: def {wanted}(...)")
    _check_parameters(definition, old, context)
    if isinstance(old, ActionMember | ProcedureMember):
        _check_patch(definition, verb, old, context, others)
    if isinstance(old, ActionMember):
        return _patched_action(definition, verb, old, context, mark)
    if isinstance(old, ProcedureMember) and mark is None:
        if verb == "restricts":
            return ProcedureMember(name, old.definition, (definition, *old.restrictions))
        return ProcedureMember(name, definition)
    if verb == "restricts" or mark is not None:
        raise source.mistake(
            node, "E410", f"{owner.name}.{wanted} is no action", f"write: @replaces({owner.name}.{wanted})"
        )
    return _patched_helper(definition, old, context, others)


def _check_patch(
    definition: Definition, verb: str, old: ActionMember | ProcedureMember, context: Context, others: frozenset[str]
) -> None:
    """Raise `Mistake` when a patch has not the form of the action or procedure that it patches."""
    source, node = context.names.source, definition.node
    if definition.returns is not None or others:
        message = f"{old.name} is an action or procedure and returns nothing"
        raise source.mistake(node, "E410", message, "write: -> None, and no other decorator")
    body = without_docstring(node.body)
    if verb == "replaces" and (not body or all(_is_ellipsis(statement) for statement in body)):
        hint = "write what happens instead, or pass if nothing does; @removes(...) takes an action away"
        raise source.mistake(node, "E412", f"the replacement of {old.name} has no body", hint)


def _patched_action(
    definition: Definition, verb: str, old: ActionMember, context: Context, mark: ActionMark | None
) -> ActionMember:
    source, node = context.names.source, definition.node
    if verb == "restricts":
        if mark is not None:
            raise source.mistake(node, "E410", "a restriction does not change who acts", "remove @action(...)")
        return replace(
            old,
            parameters=definition.parameters,
            restrictions=(*old.restrictions, definition),
            patched=old.patched or "restricted",
        )
    text, cited = text_and_source(docstring(node, source))
    said = mark or old
    return replace(
        old,
        definition=definition,
        actor=said.actor,
        fairness=said.fairness,
        target=said.target,
        parameters=definition.parameters,
        restrictions=(),
        text=text or old.text,
        source=cited if text else old.source,
        patched="replaced",
    )


def _is_ellipsis(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is Ellipsis
    )


def _patched_helper(definition: Definition, old: Member, context: Context, others: frozenset[str]) -> Member:
    source, node = context.names.source, definition.node
    if isinstance(old, StartMember):
        if definition.returns is None or "initially" not in others:
            raise source.mistake(node, "E410", f"{old.name} is a start condition", "write @initially above it as well")
        return StartMember(old.name, definition)
    if not isinstance(old, HelperMember) or old.definition.returns != definition.returns:
        raise source.mistake(node, "E410", f"{old.name} returns something else than what it replaces")
    if old.is_property != ("property" in others) or "initially" in others:
        hint = "write @property above it as well" if old.is_property else "remove the other decorator"
        raise source.mistake(node, "E410", f"{old.name} has another form than what it replaces", hint)
    return HelperMember(old.name, definition, old.is_property)


def _check_parameters(definition: Definition, old: Member, context: Context) -> None:
    source = context.names.source
    if isinstance(old, ActionMember):
        expected = old.parameters
    elif isinstance(old, HelperMember | ProcedureMember | StartMember):
        expected = old.definition.parameters
    else:
        return
    names = ", ".join(parameter.name for parameter in expected) or "none"
    if [parameter.name for parameter in definition.parameters] != [parameter.name for parameter in expected]:
        message = f"{old.name} has other parameters than what it patches"
        raise source.mistake(definition.node, "E410", message, f"its parameters besides self: {names}")
    for mine, theirs in zip(definition.parameters, expected, strict=True):
        same = mine.type == theirs.type
        if isinstance(mine.type, ComponentClass) and isinstance(theirs.type, ComponentClass):
            same = mine.type.derives_from(theirs.type)
        if not same:
            message = f"{mine.name} is of another kind than in what is patched"
            raise source.mistake(mine.node, "E410", message, "annotate it as there, or with what derives from it")
