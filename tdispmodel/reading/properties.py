"""Properties: functions of a module with one of the property decorators.

Given a module and a world; gives the IR's `Property`s that make sense for it and says of the others why they do not.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import NamedTuple

from tdispmodel.ir.expressions import TRUE, Actor, ActorIs, Expression, Value, conjunction
from tdispmodel.ir.model import Kind, Parameter, Property
from tdispmodel.ir.system import speaks_of_step
from tdispmodel.reading.annotations import Context, written_value
from tdispmodel.reading.bodies import local_names, returned
from tdispmodel.reading.denotations import (
    ComponentClass,
    ConstantMember,
    Definition,
    Denotation,
    EnumClass,
    Function,
    Instance,
    StepMark,
    StepTaken,
    Term,
    Word,
    described,
)
from tdispmodel.reading.expressions import Elaborator
from tdispmodel.reading.methods import function_definition
from tdispmodel.reading.mistakes import Mistake
from tdispmodel.reading.modules import Module
from tdispmodel.reading.names import check_name
from tdispmodel.reading.scopes import Scope
from tdispmodel.reading.texts import docstring, text_and_source, without_docstring
from tdispmodel.reading.world import World
from tdispmodel.source import did_you_mean

KINDS = {
    "invariant": Kind.INVARIANT,
    "step_property": Kind.STEP,
    "leads_to": Kind.LEADS_TO,
    "never_endless": Kind.NEVER_ENDLESS,
    "stays_possible": Kind.STAYS_POSSIBLE,
    "must_be_possible": Kind.MUST_BE_POSSIBLE,
}
MAXIMUM_PARAMETERS = 4
_CODE = re.compile(r"[A-Z]{2,6}[0-9]{1,6}")
_NEEDED = re.compile(r"[A-Za-z_]\w*\.[A-Za-z_]\w*", re.ASCII)


class NotApplicable(NamedTuple):
    """A property that makes no sense for a model: its name, its code and why."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True, eq=False)
class Asked:
    """The decorators above a property, before it is elaborated."""

    function: Function
    kind: Kind
    decorator: ast.expr
    code: str
    after: ast.expr | None
    given: tuple[tuple[str, ast.expr], ...]
    needs: tuple[str, ...]


def asked_in(module: Module, function: Function) -> Asked | None:
    """Return what the decorators of a function ask, None if it is a mere helper.  Raises `Mistake`."""
    source = module.source
    context = Context(module.names, function.position)
    found: tuple[str, ast.expr] | None = None
    given: list[tuple[str, ast.expr]] = []
    needs: list[str] = []
    for decorator in function.node.decorator_list:
        node = decorator.func if isinstance(decorator, ast.Call) else decorator
        symbol = context.at_load(node)
        name = symbol.name if isinstance(symbol, Word) else ""
        if name in KINDS:
            if found is not None:
                raise source.mistake(
                    decorator, "E401", f"@{found[0]} and @{name} exclude each other", "write two functions"
                )
            found = (name, decorator)
        elif name == "given" and isinstance(decorator, ast.Call):
            given += _keywords(module, decorator)
        elif name == "needs" and isinstance(decorator, ast.Call):
            needs += _needed(module, decorator)
        else:
            shown = ast.unparse(node)[:40]
            hint = did_you_mean(shown, [*KINDS, "given", "needs"])
            raise source.mistake(decorator, "E401", f"{shown} cannot stand above a function of the module", hint)
    if found is None:
        if given or needs:
            message = f"{function.name} does not say what kind of property it is"
            raise source.mistake(function.node, "E401", message, f"there is: {', '.join(KINDS)}")
        return None
    kind = KINDS[found[0]]
    code, after = _options(module, found[1], kind)
    return Asked(function, kind, found[1], code, after, tuple(given), tuple(needs))


def _keywords(module: Module, decorator: ast.Call) -> list[tuple[str, ast.expr]]:
    source = module.source
    if decorator.args or not decorator.keywords:
        hint = "write: @given(userspace=Userspace.NAIVE)"
        raise source.mistake(decorator, "E504", "@given takes constants by name", hint)
    found: list[tuple[str, ast.expr]] = []
    for keyword in decorator.keywords:
        if keyword.arg is None:
            raise source.mistake(keyword.value, "E504", "@given takes constants by name", "write them one by one")
        found.append((keyword.arg, keyword.value))
    return found


def _needed(module: Module, decorator: ast.Call) -> list[str]:
    source, hint = module.source, 'write: @needs("Device.trust")'
    if decorator.keywords or not decorator.args:
        raise source.mistake(decorator, "E505", "@needs takes Component.member in quotes", hint)
    found: list[str] = []
    for argument in decorator.args:
        value = argument.value if isinstance(argument, ast.Constant) else None
        if not isinstance(value, str) or not _NEEDED.fullmatch(value):
            raise source.mistake(argument, "E505", "@needs takes Component.member in quotes", hint)
        found.append(value)
    return found


def _options(module: Module, decorator: ast.expr, kind: Kind) -> tuple[str, ast.expr | None]:
    """Return the code and the premise that a decorator gives.  Raises `Mistake`."""
    source = module.source
    name = next(word for word, known in KINDS.items() if known is kind)
    code, after = "", None
    allowed = ("code", "after") if kind in (Kind.LEADS_TO, Kind.STAYS_POSSIBLE) else ("code",)
    if isinstance(decorator, ast.Call):
        if decorator.args:
            raise source.mistake(
                decorator.args[0], "E401", f"@{name} takes options by name", f"there is: {', '.join(allowed)}"
            )
        for keyword in decorator.keywords:
            if keyword.arg not in allowed:
                hint = f"there is: {', '.join(allowed)}"
                raise source.mistake(keyword.value, "E401", f"@{name} has no option {keyword.arg}", hint)
            if keyword.arg == "after":
                after = keyword.value
                continue
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if not isinstance(value, str) or not _CODE.fullmatch(value):
                hint = 'write: code="TDM101"'
                raise source.mistake(keyword.value, "E507", "a code is capital letters and a number", hint)
            code = value
    if kind is Kind.LEADS_TO and after is None:
        hint = "write: @leads_to(after=lambda now: ...), the states from which it must come true"
        raise source.mistake(decorator, "E502", "@leads_to does not say after what", hint)
    return code, after


class PropertyReader:
    """Elaborates one property against one world."""

    def __init__(self, module: Module, world: World, asked: Asked, code: str) -> None:
        self.module = module
        self.source = module.source
        self.world = world
        self.asked = asked
        self.code = code
        self.definition = function_definition(asked.function, Context(module.names, asked.function.position))

    def read(self) -> Property | NotApplicable:
        """Return the property, or why it does not apply.  Raises `Mistake`."""
        asked, node = self.asked, self.asked.function.node
        about, *others = self._check_parameters()
        instances = self._instances([about, *others])
        absent = [kind.name for kind in (about, *others) if not self.world.kinds(kind)]
        reason = f"the model has no {absent[0]}" if absent else ""
        missing = [needed for needed in asked.needs if not self._has(needed)]
        if missing:
            reason = f"the model has no {', '.join(missing)}"
        if reason:
            return NotApplicable(asked.function.name, self.code, reason)
        given = self._given()
        if isinstance(given, NotApplicable):
            return given
        text, cited = text_and_source(docstring(node, self.source))
        return Property(
            name=asked.function.name,
            code=self.code,
            kind=asked.kind,
            about=about.name,
            formula=self._formula(instances),
            parameters=tuple(
                Parameter(instance.path, kind.name) for instance, kind in zip(instances[1:], others, strict=True)
            ),
            after=TRUE if asked.after is None else self._premise(asked.after, instances),
            given=given,
            needs=asked.needs,
            text=text,
            source=cited,
            place=self.source.place(node),
        )

    @property
    def _is_about_steps(self) -> bool:
        last = self.definition.parameters[-1:]
        return self.asked.kind in (Kind.STEP, Kind.NEVER_ENDLESS) or (
            self.asked.kind is Kind.MUST_BE_POSSIBLE and any(isinstance(known.type, StepMark) for known in last)
        )

    def _check_parameters(self) -> list[ComponentClass]:
        """Return what the property is about, and of which further instances it speaks.  Raises `Mistake`."""
        kind, node, parameters = self.asked.kind, self.asked.function.node, self.definition.parameters
        name = next(word for word, known in KINDS.items() if known is kind)
        if str(self.definition.returns) != "bool":
            raise self.source.mistake(node, "E501", f"{node.name} must return bool", "write: -> bool")
        if kind is Kind.NEVER_ENDLESS and len(parameters) == 1:
            message = "@never_endless judges steps, not states"
            hint = "write @leads_to(after=lambda now: P) above a function that returns not P, or take (now, after)"
            raise self.source.mistake(node, "E503", message, hint)
        if not parameters or len(parameters) > MAXIMUM_PARAMETERS:
            message = f"@{name} stands above a function of 1 to {MAXIMUM_PARAMETERS} parameters"
            raise self.source.mistake(node, "E501", message, "write: (now: Guest)")
        if self._is_about_steps:
            return [self._check_step_parameters(name)]
        found: list[ComponentClass] = []
        for parameter in parameters:
            if not isinstance(parameter.type, ComponentClass):
                hint = "annotate it with a component; steps are judged by @step_property"
                raise self.source.mistake(parameter.node, "E501", f"{parameter.name} is no component", hint)
            if parameter.name == "after" and found:  # it would silently be a second instance of the state before
                hint = "write (now: Guest, after: Guest, step: Step)"
                if kind is not Kind.MUST_BE_POSSIBLE:
                    hint = "steps are judged by @step_property; a further instance has another name: other"
                message = f"@{name} with these parameters judges states, which have no state after a step"
                raise self.source.mistake(parameter.node, "E501", message, hint)
            found.append(parameter.type)
        return found

    def _check_step_parameters(self, name: str) -> ComponentClass:
        parameters = self.definition.parameters
        forms = "(now: Guest, after: Guest), or (now: Guest, after: Guest, step: Step)"
        if len(parameters) not in (2, 3):
            hint = f"write {forms}; for several instances: zip(now.devices, after.devices)"
            message = f"@{name} stands above another number of parameters"
            raise self.source.mistake(self.asked.function.node, "E501", message, hint)
        about = parameters[0].type
        if not isinstance(about, ComponentClass):
            hint = "annotate it with the component that the property is about"
            raise self.source.mistake(parameters[0].node, "E501", f"{parameters[0].name} is no component", hint)
        if parameters[1].type is not about:
            message = f"{parameters[1].name} is the state after the step of {parameters[0].name}"
            raise self.source.mistake(parameters[1].node, "E501", message, f"annotate it with {about.name}")
        if len(parameters) == 3 and not isinstance(parameters[2].type, StepMark):
            raise self.source.mistake(parameters[2].node, "E501", f"{parameters[2].name} is the step", f"write {forms}")
        return about

    def _instances(self, kinds: list[ComponentClass]) -> list[Instance]:
        """Return the instances that the property speaks of: ``now``, and one per further parameter."""
        found = [Instance("now", self.world.kinds(kinds[0]))]
        for parameter, kind in zip(self.definition.parameters[1:], kinds[1:], strict=False):
            taken = {instance.path for instance in found} | {known.name for known in self.definition.parameters[1:]}
            path = parameter.name
            while path == "now" or (path != parameter.name and path in taken):
                path += "_2"
            found.append(Instance(path, self.world.kinds(kind)))
        return found

    def _has(self, needed: str) -> bool:
        owner, _, member = needed.partition(".")
        return any(
            member in declared.members
            and (member not in {name for _, name in self.world.removed(declared)})
            and any(ancestor.name == owner for ancestor in declared.lineage)
            for declared in self.world.classes
        )

    def _given(self) -> tuple[tuple[str, Value], ...] | NotApplicable:
        constants = self.world.constants()
        context = Context(self.module.names, self.asked.function.position)
        found: dict[str, Value] = {}
        for name, node in self.asked.given:
            constant = constants.get(name)
            if constant is None:
                raise self._no_constant(name, node)
            if name in found:
                raise self.source.mistake(node, "E504", f"{name} is given twice", "remove one of the two")
            found[name] = written_value(node, constant.sort, context)
            if isinstance(node, ast.Attribute) and isinstance(symbol := context.at_load(node.value), EnumClass):
                self.world.check_twin(symbol, node, self.source)
            if constant.fixed and constant.value != found[name]:
                reason = f"the proposal fixes {name} to {constant.value}"
                return NotApplicable(self.asked.function.name, self.code, reason)
        return tuple(found.items())

    def _no_constant(self, name: str, node: ast.expr) -> Mistake:
        """Return the mistake that a property fixes what the root has not."""
        message, hint = f"the model has no constant {name}", did_you_mean(name, self.world.constants())
        for declared in self.world.classes[1:]:
            if isinstance(declared.members.get(name), ConstantMember):
                message = f"{name} is a constant of each {declared.name}, and a property fixes those of the root"
                hint = f"make it part of the formula: now.{name} is ..."
        return self.source.mistake(node, "E504", message, hint)

    def _formula(self, instances: list[Instance]) -> Expression:
        names = [parameter.name for parameter in self.definition.parameters]
        stand_for: list[Denotation] = [*instances]
        if self._is_about_steps:
            stand_for += [Instance("now", instances[0].kinds, after=True), StepTaken()]
        formula = self._body(self.definition, dict(zip(names, stand_for, strict=False)), instances)
        if self._is_about_steps and self.asked.kind is Kind.MUST_BE_POSSIBLE and not speaks_of_step(formula):
            return conjunction(formula, ActorIs(tuple(Actor)))  # any step, but a step: a state alone does not show it
        return formula

    def _body(self, definition: Definition, known: dict[str, Denotation], instances: list[Instance]) -> Expression:
        scope = Scope(definition.module.names, known, local_names(without_docstring(definition.node.body)))
        elaborator = Elaborator(self.world, [instance.path for instance in instances])
        elaborator.expanding.append((definition.node, definition.name))
        where, result = returned(elaborator, definition.node, scope)
        if isinstance(result, Term) and str(result.sort) == "bool":
            return elaborator.kept(where, scope, result)
        raise scope.source.mistake(where, "E302", f"this is {described(result)}, not a truth value", "compare it")

    def _premise(self, node: ast.expr, instances: list[Instance]) -> Expression:
        """Return the premise: a lambda, or a function of the module, with the parameters of the property."""
        source, count = self.source, len(instances)
        names = ", ".join(parameter.name for parameter in self.definition.parameters)
        hint = f"write: after=lambda {names}: ..., or the name of a function with these parameters"
        wrong = f"the premise takes {count} parameter{'s' * (count > 1)}, as the property does"
        if isinstance(node, ast.Lambda):
            arguments = node.args
            plain = not (arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg)
            given = [argument.arg for argument in arguments.args]
            if not plain or len(given) != count or len(set(given)) != count or arguments.defaults:
                raise source.mistake(node, "E508", wrong, hint)
            for argument in arguments.args:
                check_name(source, argument.arg, argument)
            scope = Scope(self.module.names, dict(zip(given, instances, strict=True)))
            elaborator = Elaborator(self.world, [instance.path for instance in instances])
            return elaborator.kept(node.body, scope, elaborator.truth(node.body, scope))
        if not isinstance(node, ast.Name):
            raise source.mistake(node, "E508", "the premise is a lambda or the name of a function", hint)
        symbol = self.module.names.at_load(node, self.asked.function.position)
        if not isinstance(symbol, Function):
            raise source.mistake(node, "E508", f"{described(symbol)} is no function", hint)
        definition = function_definition(symbol, Context(symbol.module.names, symbol.position))
        if len(definition.parameters) != count:
            raise source.mistake(node, "E508", wrong, hint)
        for parameter, instance in zip(definition.parameters, instances, strict=True):
            wanted = parameter.type
            if not isinstance(wanted, ComponentClass) or not all(kind.derives_from(wanted) for kind in instance.kinds):
                message = f"{parameter.name} of {definition.name} is not {instance.kinds[0].name}"
                raise source.mistake(node, "E508", message, hint)
        known = {parameter.name: instance for parameter, instance in zip(definition.parameters, instances, strict=True)}
        return self._body(definition, dict(known), instances)
