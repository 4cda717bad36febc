"""Calls: helpers expanded in place, ``all``, ``any``, ``sum``, ``len``, ``min``, ``max``, ``abs``, ``step.is_``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tdispmodel.ir.expressions import (
    TRUE,
    And,
    Arithmetic,
    AtMost,
    Binder,
    Bounded,
    Count,
    Enumeration,
    If,
    Quantified,
    StepIs,
    number,
    same_kind,
)
from tdispmodel.reading.annotations import Context
from tdispmodel.reading.bodies import local_names, returned
from tdispmodel.reading.denotations import (
    LARGEST,
    ActionMember,
    Collection,
    ComponentClass,
    Definition,
    Denotation,
    Function,
    HelperMember,
    Instance,
    ProcedureMember,
    StepTaken,
    Term,
    Word,
    described,
    sort_name,
)
from tdispmodel.reading.methods import function_definition
from tdispmodel.reading.names import check_name
from tdispmodel.reading.scopes import Scope, bound_arguments
from tdispmodel.reading.texts import without_docstring
from tdispmodel.source import did_you_mean

if TYPE_CHECKING:
    from tdispmodel.reading.expressions import Elaborator

MAXIMUM_BINDERS = 4
_BINDERS = {"all": Binder.ALL, "any": Binder.ANY, "sum": Binder.SUM}


def call(elaborator: Elaborator, node: ast.Call, scope: Scope) -> Denotation:  # one case per word
    """Return what a call stands for.  Raises `Mistake`."""
    source = scope.source
    if isinstance(node.func, ast.Attribute):
        left = elaborator.denote(node.func.value, scope)
        if isinstance(left, StepTaken) and node.func.attr == "is_":
            return _step_is(elaborator, node, scope)
        if isinstance(left, Instance):
            return _method(elaborator, left, node, node.func, scope)
        hint = "call a helper of an instance: device.settled(), or a function of the module"
        raise source.mistake(node, "E319", f"{described(left)} has nothing to call", hint)
    if not isinstance(node.func, ast.Name):
        raise source.mistake(node, "E319", "only a name can be called", "write a function of the module")
    function = elaborator.denote(node.func, scope)
    match function:
        case Word(name) if name in _BINDERS:
            return _quantified(elaborator, node, scope, _BINDERS[name])
        case Word("len"):
            return _length(elaborator, node, scope)
        case Word("min" | "max" | "abs" as name):
            return _extreme(elaborator, node, scope, name)
        case Word("require"):
            hint = "write require(...) on a line of its own, in an action"
            raise source.mistake(node, "E319", "require(...) is a statement, not a value", hint)
        case Word("zip"):
            hint = "write: all(... for d, e in zip(now.devices, after.devices))"
            raise source.mistake(node, "E323", "zip(...) stands only in a generator", hint)
        case Function():
            definition = _module_function(function)
            arguments = call_arguments(elaborator, node, scope)
            return expanded(elaborator, definition, arguments, node, scope)
        case _:
            raise source.mistake(node, "E319", f"{described(function)} cannot be called in a formula")


def _module_function(function: Function) -> Definition:
    return function_definition(function, Context(function.module.names, function.position))


def call_arguments(elaborator: Elaborator, node: ast.Call, scope: Scope) -> tuple[Denotation, ...]:
    """Return what the arguments of a call stand for.  Raises `Mistake` when one is given by name."""
    if node.keywords:
        message = "arguments are given in order, without names"
        raise scope.source.mistake(node.keywords[0].value, "E322", message, "remove the name and the = sign")
    return tuple(elaborator.denote(argument, scope) for argument in node.args)


def _method(
    elaborator: Elaborator, instance: Instance, node: ast.Call, function: ast.Attribute, scope: Scope
) -> Denotation:
    found = elaborator.find(instance, function.attr, function, scope)
    match found:
        case HelperMember(_, definition, is_property=False):
            return expanded(elaborator, definition, (instance, *call_arguments(elaborator, node, scope)), node, scope)
        case HelperMember(name):
            raise scope.source.mistake(node, "E322", f"{name} is a property", f"write it without brackets: {name}")
        case ProcedureMember(name):
            hint = "write it on a line of its own, in an action"
            raise scope.source.mistake(node, "E414", f"the procedure {name} has no value", hint)
        case ActionMember(name):
            hint = "an action happens by itself; write what it would change, or ask step.is_(...) in a step property"
            raise scope.source.mistake(node, "E414", f"the action {name} cannot be called", hint)
        case _:
            raise scope.source.mistake(node, "E319", f"{function.attr} cannot be called", "write it without brackets")


def expanded(
    elaborator: Elaborator,
    definition: Definition,
    arguments: tuple[Denotation, ...],
    node: ast.expr | ast.FunctionDef,
    scope: Scope,
) -> Denotation:
    """Return a helper's body with its parameters standing for ``arguments`` (a method's first is its instance)."""
    source = scope.source
    if any(known is definition.node for known, _ in elaborator.expanding):
        raise source.mistake(node, "E328", f"{definition.name} calls itself, directly or through others")
    inner = Scope(
        definition.module.names,
        bound_arguments(definition, arguments, node, source),
        local_names(without_docstring(definition.node.body)),
    )
    outermost = elaborator.outermost
    elaborator.outermost = elaborator.placed(source, node)
    elaborator.expanding.append((definition.node, definition.name))
    try:
        where, result = returned(elaborator, definition.node, inner)
    finally:
        elaborator.expanding.pop()
        elaborator.outermost = outermost
    _check_result(definition, where, result, inner)
    return result


def _check_result(definition: Definition, node: ast.expr, result: Denotation, scope: Scope) -> None:
    wanted = definition.returns
    if not isinstance(result, Term):
        raise scope.source.mistake(node, "E330", f"{definition.name} returns {described(result)}, not a value")
    if wanted is not None and not same_kind(result.sort, wanted):
        message = f"{definition.name} returns {sort_name(result.sort)}, but says {sort_name(wanted)}"
        raise scope.source.mistake(node, "E330", message, "correct what follows -> or what is returned")


# --- quantifiers -----------------------------------------------------------------------------------------------------


def _quantified(elaborator: Elaborator, node: ast.Call, scope: Scope, binder: Binder) -> Term:
    source, name = scope.source, binder.value
    if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.GeneratorExp | ast.ListComp):
        hint = f"write: {name}(... for d in self.devices)"
        if len(node.args) > 1:
            hint += "; for single values use " + {"all": "and", "any": "or", "sum": "+"}[name]
        raise source.mistake(node, "E323", f"{name}(...) takes one generator over parts", hint)
    generator = node.args[0]
    before = len(elaborator.taken)
    elaborator.binders += len(generator.generators)
    try:
        if elaborator.binders > MAXIMUM_BINDERS:
            message = f"more than {MAXIMUM_BINDERS} generators inside one another"
            raise source.mistake(node, "E324", message, "say it with fewer")
        return _clauses(elaborator, generator, generator.generators, scope, binder)
    finally:
        elaborator.binders -= len(generator.generators)
        del elaborator.taken[before:]


def _clauses(
    elaborator: Elaborator,
    generator: ast.GeneratorExp | ast.ListComp,
    clauses: list[ast.comprehension],
    scope: Scope,
    binder: Binder,
) -> Term:
    """Return the quantifiers of the remaining ``for`` clauses, the first outermost."""
    if not clauses:
        if binder is not Binder.SUM:
            return elaborator.truth(generator.elt, scope)
        term = elaborator.term(generator.elt, scope)
        if isinstance(term.sort, Enumeration):
            message = f"{sort_name(term.sort)} cannot be added"
            raise scope.source.mistake(generator.elt, "E303", message, "count instead: sum(d.x is ... for d in ...)")
        return term
    clause, rest = clauses[0], clauses[1:]
    if clause.is_async:
        raise scope.source.mistake(clause.iter, "E323", "an action happens at once", "write for")
    if isinstance(clause.target, ast.Name):
        check_name(scope.source, clause.target.id, clause.target)
    collection, bound = _range(elaborator, clause, scope)
    inner = scope.inside(bound[1])
    wheres = [elaborator.truth(condition, inner) for condition in clause.ifs]
    body = _clauses(elaborator, generator, rest, inner, binder)
    where = wheres[0].expression if len(wheres) == 1 else TRUE
    if len(wheres) > 1:
        where = And(tuple(part.expression for part in wheres))
    expression = Quantified(binder, bound[0], collection, body.expression, where)
    term = elaborator.built(generator, scope, expression, *wheres, body)
    if isinstance(term.sort, Bounded) and max(-term.sort.low, term.sort.high) > LARGEST:
        raise scope.source.mistake(generator, "E325", f"this can become larger than {LARGEST}")
    return term


def _range(
    elaborator: Elaborator, clause: ast.comprehension, scope: Scope
) -> tuple[str, tuple[str, dict[str, Denotation]]]:
    """Return the collection of a ``for`` clause, the binder's name in the IR, and what its names denote."""
    source = scope.source
    hint = "write: for d in self.devices"
    if isinstance(clause.target, ast.Name) and not _is_zip(elaborator, clause.iter, scope):
        found = elaborator.denote(clause.iter, scope)
        if not isinstance(found, Collection):
            message = f"a generator ranges over parts, not over {described(found)}"
            raise source.mistake(clause.iter, "E323", message, hint)
        name = elaborator.fresh(clause.target.id)
        elaborator.taken.append(name)
        return found.name, (name, {clause.target.id: Instance(name, (found.kind,), found.after)})
    if _is_zip(elaborator, clause.iter, scope) and isinstance(clause.iter, ast.Call):
        return _pairs(elaborator, clause, clause.iter, scope)
    raise source.mistake(clause.target, "E323", "a generator has one name", hint)


def _is_zip(elaborator: Elaborator, node: ast.expr, scope: Scope) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and elaborator.denote(node.func, scope) == Word("zip")
    )


def _pairs(
    elaborator: Elaborator, clause: ast.comprehension, call_node: ast.Call, scope: Scope
) -> tuple[str, tuple[str, dict[str, Denotation]]]:
    """``for d, e in zip(now.devices, after.devices)``: one instance before and after the step."""
    source = scope.source
    hint = "write: for d, e in zip(now.devices, after.devices)"
    strict = all(
        keyword.arg == "strict" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool)
        for keyword in call_node.keywords
    )
    match clause.target, call_node.args:
        case ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]), [left, right] if strict and first != second:
            found = [elaborator.denote(part, scope) for part in (left, right)]
            match found:
                case [Collection(one, kind, first_after), Collection(other, _, second_after)] if (
                    one == other and first_after != second_after
                ):
                    name = elaborator.fresh(first if not first_after else second)
                    elaborator.taken.append(name)
                    return one, (
                        name,
                        {
                            first: Instance(name, (kind,), first_after),
                            second: Instance(name, (kind,), second_after),
                        },
                    )
    raise source.mistake(call_node, "E323", "zip pairs the same parts before and after a step", hint)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _length(elaborator: Elaborator, node: ast.Call, scope: Scope) -> Term:
    source, hint = scope.source, "write: len(self.devices), or sum(... for d in self.devices) to count some"
    if len(node.args) != 1 or node.keywords:
        raise source.mistake(node, "E322", "len(...) takes parts", hint)
    if isinstance(node.args[0], ast.ListComp | ast.GeneratorExp):
        raise source.mistake(node, "E322", "len(...) takes parts", "write: sum(condition for d in self.devices)")
    found = elaborator.denote(node.args[0], scope)
    if not isinstance(found, Collection):
        raise source.mistake(node, "E322", f"len(...) takes parts, not {described(found)}", hint)
    return Term(Count(found.name))


def _extreme(elaborator: Elaborator, node: ast.Call, scope: Scope, name: str) -> Term:
    source = scope.source
    wanted = 1 if name == "abs" else 2
    if len(node.args) != wanted or node.keywords:
        hint = "write: abs(x)" if name == "abs" else f"write: {name}(x, y)"
        raise source.mistake(node, "E322", f"{name}(...) takes {wanted} integer{'s' * (wanted > 1)}", hint)
    left = elaborator.integer(node.args[0], scope)
    if name == "abs":
        negative = elaborator.built(node, scope, Arithmetic("-", number(0), left.expression), left)
        condition = AtMost(number(0), left.expression)
        return elaborator.built(node, scope, If(condition, left.expression, negative.expression), left, left, negative)
    right = elaborator.integer(node.args[1], scope)
    condition = AtMost(left.expression, right.expression)
    first, second = (left, right) if name == "min" else (right, left)
    expression = If(condition, first.expression, second.expression)
    return elaborator.built(node, scope, expression, left, right, left, right)


# --- steps -----------------------------------------------------------------------------------------------------------


def _step_is(elaborator: Elaborator, node: ast.Call, scope: Scope) -> Term:
    """``step.is_(Guest.bind, device)``."""
    source = scope.source
    hint = "write: step.is_(Guest.bind, device)"
    if not node.args or node.keywords or not isinstance(node.args[0], ast.Attribute):
        raise source.mistake(node, "E322", "is_ takes an action, and perhaps instances", hint)
    named = node.args[0]
    owner = elaborator.denote(named.value, scope)
    if not isinstance(owner, ComponentClass):
        raise source.mistake(named, "E322", f"{described(owner)} is no component class", hint)
    action = _named_action(elaborator, owner, named, scope)
    elaborator.world.check_twin(action.owner, named, source)
    instances = [elaborator.denote(argument, scope) for argument in node.args[1:]]
    expected: list[ComponentClass] = [] if _like_root(elaborator, owner) else [owner]
    expected += [parameter.type for parameter in action.parameters if isinstance(parameter.type, ComponentClass)]
    if len(instances) > len(expected):
        message = f"{owner.name}.{action.name} concerns {len(expected)} instances, not {len(instances)}"
        raise source.mistake(node, "E322", message, hint)
    paths: list[str] = []
    for argument, instance, kind in zip(node.args[1:], instances, expected, strict=False):
        if not isinstance(instance, Instance):
            raise source.mistake(argument, "E322", f"an instance is needed, not {described(instance)}", hint)
        if instance.after:
            message = "an instance of the state before the step is needed"
            raise source.mistake(argument, "E326", message, "take it from now, not from after")
        if elaborator.world.kinds(kind) and not any(known.derives_from(kind) for known in instance.kinds):
            message = f"{described(instance)} is never {kind.name}"
            raise source.mistake(argument, "E326", message, f"give an instance of {kind.name}")
        paths.append(instance.path)
    return Term(StepIs(action.owner.name, action.name, tuple(paths)))


def _like_root(elaborator: Elaborator, owner: ComponentClass) -> bool:
    """Whether a class is of the root's family, so that its actions do not name their own instance."""
    return any(elaborator.world.root.derives_from(ancestor) for ancestor in owner.lineage)


def _named_action(elaborator: Elaborator, owner: ComponentClass, node: ast.Attribute, scope: Scope) -> ActionMember:
    """Return the action ``Guest.bind``: of the class as named, else of what derives from it in this model."""
    classes = [owner, *elaborator.world.kinds(owner)]
    for known in classes:
        found = known.members.get(node.attr) or known.removed.get(node.attr)
        if isinstance(found, ActionMember):
            _check_same_for_all(elaborator, owner, found, node, scope)
            return found
    names = [name for known in classes for name, member in known.members.items() if isinstance(member, ActionMember)]
    hint = did_you_mean(node.attr, names)
    raise scope.source.mistake(node, "E202", f"{owner.name} has no action {node.attr}", hint)


def _check_same_for_all(
    elaborator: Elaborator, owner: ComponentClass, action: ActionMember, node: ast.Attribute, scope: Scope
) -> None:
    """Refuse to name ``Trusted.reset`` where plain devices, which share the action, take part too."""
    outside = [kind for kind in elaborator.world.kinds(action.owner) if not kind.derives_from(owner)]
    if outside:
        message = f"{outside[0].name} has the action {action.name} too"
        raise scope.source.mistake(node, "E331", message, f"write: {action.owner.name}.{action.name}")
