"""Methods of a component: actions, helpers, start conditions, and the verbs by which a subclass patches them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tdispmodel.ir.expressions import Actor, Fairness, Sort
from tdispmodel.reading.annotations import Context, PartType, actor_of, parameter_annotation, value_annotation
from tdispmodel.reading.denotations import (
    ActionMember,
    ComponentClass,
    Definition,
    Function,
    HelperMember,
    Member,
    Parameter,
    ProcedureMember,
    StartMember,
    Word,
)
from tdispmodel.reading.names import check_name
from tdispmodel.reading.patches import patched
from tdispmodel.reading.texts import docstring, text_and_source
from tdispmodel.source import did_you_mean

MAXIMUM_PARAMETERS = 4
ACTION_OPTIONS = ("by", "fair", "strongly_fair", "to")
METHOD_DECORATORS = ("action", "initially", "property", "replaces", "restricts")


@dataclass(frozen=True)
class Decorators:
    """What stands above a method: its decorators by name (the node is a call, or a name when bare)."""

    by_name: dict[str, ast.expr]

    def __contains__(self, name: str) -> bool:
        return name in self.by_name


@dataclass(frozen=True)
class ActionMark:
    """``@action(by=..., fair=..., strongly_fair=..., to=...)``."""

    actor: Actor
    fairness: Fairness
    target: Actor | None


def method(declared: ComponentClass, node: ast.FunctionDef, context: Context) -> Member:
    """Return the member that a method of a component becomes.  Raises `Mistake`."""
    source = context.names.source
    marks = _decorators(node, context)
    mark = action_mark(marks.by_name["action"], context) if "action" in marks else None
    definition = _definition(declared, node, context, returns_none=mark is not None or _returns_none(node))
    old = declared.members.get(node.name)
    verbs = [verb for verb in ("replaces", "restricts") if verb in marks]
    if len(verbs) > 1:
        raise source.mistake(marks.by_name["restricts"], "E401", "a method is replaced or restricted, not both")
    if verbs:
        others = frozenset(marks.by_name) & {"property", "initially"}
        return patched(declared, definition, verbs[0], marks.by_name[verbs[0]], context, mark, others)
    if old is not None or node.name in declared.removed:
        _refuse_redefinition(declared, node, context)
    if mark is not None:
        if "property" in marks or "initially" in marks:
            raise source.mistake(node, "E401", "an action has no other decorator than @replaces")
        _check_action(definition, context)
        text, cited = text_and_source(docstring(node, source))
        return ActionMember(
            name=node.name,
            owner=declared,
            definition=definition,
            actor=mark.actor,
            fairness=mark.fairness,
            target=mark.target,
            parameters=definition.parameters,
            ranges=definition.parameters,
            text=text,
            source=cited,
        )
    return _pure(definition, marks, context)


def _pure(definition: Definition, marks: Decorators, context: Context) -> Member:
    node, source = definition.node, context.names.source
    if definition.returns is None and not marks.by_name:
        return ProcedureMember(node.name, definition)
    if "initially" in marks:
        if definition.parameters or str(definition.returns) != "bool" or "property" in marks:
            hint = f"write: def {node.name}(self) -> bool"
            raise source.mistake(node, "E327", "a start condition takes self and returns bool", hint)
        return StartMember(node.name, definition)
    if definition.returns is None:
        raise source.mistake(node, "E327", "a property returns a value", "write: -> bool")
    if "property" in marks and definition.parameters:
        raise source.mistake(node, "E327", "a property takes nothing but self", "remove @property, and call it")
    return HelperMember(node.name, definition, "property" in marks)


def _refuse_redefinition(declared: ComponentClass, node: ast.FunctionDef, context: Context) -> None:
    base = declared.base.name if declared.base else declared.name
    removed = node.name in declared.removed
    old = declared.removed.get(node.name) or declared.members.get(node.name)
    if removed:
        message, hint = f"{node.name} is removed and defined again", f"write: @replaces({base}.{node.name})"
    elif isinstance(old, ActionMember):
        message = f"{node.name} is inherited from {base} already; say what happens to it"
        hint = f"write @replaces({base}.{node.name}), or @restricts({base}.{node.name}) to add conditions only"
    elif isinstance(old, HelperMember | ProcedureMember | StartMember):
        message = f"{node.name} is inherited from {base} already; say what happens to it"
        hint = f"write: @replaces({base}.{node.name})"
    else:
        message, hint = f"{node.name} is inherited from {base} already, as something else", "rename the method"
    raise context.names.source.mistake(node, "E408", message, hint)


def _decorators(node: ast.FunctionDef, context: Context) -> Decorators:
    source = context.names.source
    found: dict[str, ast.expr] = {}
    for decorator in node.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        symbol = context.at_load(function)
        name = symbol.name if isinstance(symbol, Word) else ""
        if name not in METHOD_DECORATORS:
            shown = ast.unparse(function)[:40]
            hint = (
                did_you_mean(shown, METHOD_DECORATORS)
                if symbol is None
                else f"there is: {', '.join(METHOD_DECORATORS)}"
            )
            raise source.mistake(decorator, "E401", f"{shown} cannot stand above a method", hint)
        if name in found:
            raise source.mistake(decorator, "E401", f"@{name} stands here twice", "remove one of the two")
        bare = name in ("initially", "property")
        if bare == isinstance(decorator, ast.Call):
            hint = (
                f"write: @{name}"
                if bare
                else {"action": "write: @action(by=Actor.KERNEL)"}.get(name, f"write: @{name}(Guest.{node.name})")
            )
            raise source.mistake(
                decorator, "E401", f"@{name} is written {'without' if bare else 'with'} brackets", hint
            )
        if name == "property" and found:
            hint = "write @property first, above the others"
            raise source.mistake(decorator, "E401", "what stands above @property does not see a method", hint)
        found[name] = decorator
    return Decorators(found)


def action_mark(node: ast.expr, context: Context) -> ActionMark:
    """Return what ``@action(...)`` says.  Raises `Mistake`."""
    source = context.names.source
    hint = "write: @action(by=Actor.KERNEL)"
    if not isinstance(node, ast.Call) or node.args:
        raise source.mistake(node, "E401", "@action takes by=, and perhaps fair= or strongly_fair=, and to=", hint)
    given: dict[str, ast.expr] = {}
    for keyword in node.keywords:
        if keyword.arg not in ACTION_OPTIONS:
            known = f"there is: {', '.join(ACTION_OPTIONS)}"
            raise source.mistake(keyword.value, "E401", f"@action has no option {keyword.arg}", known)
        given[keyword.arg] = keyword.value
    if "by" not in given:
        raise source.mistake(node, "E401", "@action does not say who acts", hint)
    actor = actor_of(given["by"], context)
    target = actor_of(given["to"], context) if "to" in given else None
    return ActionMark(actor, _fairness(actor, given, context), target)


def _fairness(actor: Actor, given: dict[str, ast.expr], context: Context) -> Fairness:
    """Return what the options of ``@action`` promise, by default what the actor does."""
    source = context.names.source
    strongly, fair = given.get("strongly_fair"), given.get("fair")
    if strongly is not None:
        if not isinstance(strongly, ast.Constant) or strongly.value is not True:
            hint = "write: strongly_fair=True, or leave it out"
            raise source.mistake(strongly, "E401", "strongly_fair= is True", hint)
        if fair is not None:
            hint = "remove fair=: what is strongly fair is fair"
            raise source.mistake(fair, "E401", "an action has fair= or strongly_fair=, not both", hint)
        return Fairness.STRONG
    if fair is None:
        return actor.fairness
    if not isinstance(fair, ast.Constant) or not isinstance(fair.value, bool):
        raise source.mistake(fair, "E401", "fair= is True or False", "write: fair=True")
    return Fairness.WEAK if fair.value else Fairness.NONE


def _returns_none(node: ast.FunctionDef) -> bool:
    return isinstance(node.returns, ast.Constant) and node.returns.value is None


def _definition(declared: ComponentClass, node: ast.FunctionDef, context: Context, *, returns_none: bool) -> Definition:
    source = context.names.source
    arguments = plain_arguments(node, context)
    if not arguments:
        message = f"{node.name} lacks self"
        raise source.mistake(node, "E327", message, f"write: def {node.name}(self, ...)")
    first, *rest = arguments
    if first.arg != "self":
        raise source.mistake(first, "E327", f"{node.name} lacks self", f"write: def {node.name}(self, ...)")
    if first.annotation is not None:
        raise source.mistake(first, "E327", f"{first.arg} needs no annotation", "remove it")
    parameters = tuple(Parameter(argument.arg, parameter_annotation(argument, context), argument) for argument in rest)
    returns: Sort | None = None
    if returns_none:
        if not _returns_none(node):
            raise source.mistake(node, "E327", f"the action {node.name} returns nothing", "write: -> None")
    else:
        returns = returned_sort(node, context)
    return Definition(node.name, declared.module, node, declared, parameters, returns)


def plain_arguments(node: ast.FunctionDef, context: Context) -> list[ast.arg]:
    """Return the parameters of a function; raises `Mistake` for every form but plain distinct names."""
    source, arguments = context.names.source, node.args
    special = [*arguments.posonlyargs, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    for argument in special:
        if argument is not None:
            message = f"{argument.arg}: parameters are plain names"
            raise source.mistake(argument, "E327", message, "remove / and * from the list of parameters")
    for default in (*arguments.defaults, *arguments.kw_defaults):
        if default is not None:
            raise source.mistake(default, "E327", "parameters have no default values", "remove it")
    seen: set[str] = set()
    for argument in arguments.args:
        check_name(source, argument.arg, argument)
        if argument.arg in seen:
            raise source.mistake(argument, "E205", f"{argument.arg} is a parameter twice", "rename one of the two")
        seen.add(argument.arg)
    return arguments.args


def returned_sort(node: ast.FunctionDef, context: Context) -> Sort:
    """Return the sort that a pure function says it returns.  Raises `Mistake`."""
    source = context.names.source
    if node.returns is None:
        raise source.mistake(node, "E327", f"{node.name} does not say what it returns", "write: -> bool")
    found = value_annotation(node.returns, context)
    if isinstance(found, PartType):
        raise source.mistake(node.returns, "E327", f"{node.name} returns no value", "write: -> bool")
    return found


def _check_action(definition: Definition, context: Context) -> None:
    source = context.names.source
    if len(definition.parameters) > MAXIMUM_PARAMETERS:
        message = f"an action has at most {MAXIMUM_PARAMETERS} parameters"
        raise source.mistake(definition.node, "E324", message, "split the action")
    for parameter in definition.parameters:
        if not isinstance(parameter.type, ComponentClass):
            hint = "a parameter ranges over all instances of a component; a choice of values is several actions"
            message = f"{parameter.name} is no component instance"
            raise source.mistake(parameter.node, "E413", message, hint)


def function_definition(function: Function, context: Context) -> Definition:
    """Return a function of a module as a definition: its parameters and what it returns.  Raises `Mistake`."""
    arguments = plain_arguments(function.node, context)
    parameters = tuple(
        Parameter(argument.arg, parameter_annotation(argument, context), argument) for argument in arguments
    )
    return Definition(
        function.name, function.module, function.node, None, parameters, returned_sort(function.node, context)
    )
