"""From the classes of a world to the IR's model."""

from __future__ import annotations

from tdispmodel.ir.expressions import Binder, Bounded, ConstantValue, Expression, IllFormed, Quantified, Sort
from tdispmodel.ir.model import Component, Constant, Model, Part, Property, Variable
from tdispmodel.reading.actions import ActionReader
from tdispmodel.reading.annotations import Context
from tdispmodel.reading.calls import expanded
from tdispmodel.reading.denotations import (
    ComponentClass,
    ConstantMember,
    Definition,
    Denotation,
    HelperMember,
    Instance,
    PartMember,
    ProcedureMember,
    StartMember,
    StepMark,
    StepTaken,
    Term,
    VariableMember,
)
from tdispmodel.reading.expressions import Elaborator
from tdispmodel.reading.methods import function_definition
from tdispmodel.reading.mistakes import FollowsFromAnother, Mistakes
from tdispmodel.reading.modules import Module
from tdispmodel.reading.scopes import Scope
from tdispmodel.reading.world import World
from tdispmodel.source import Complaint


def build_model(world: World, name: str, path: str, mistakes: Mistakes) -> Model:
    """Return the model whose root is the world's, without properties.  Raises `Rejected`."""
    components = tuple(_component(world, declared, mistakes) for declared in world.classes)
    initially = tuple(_initially(world, mistakes))
    mistakes.settle()
    root = world.root
    try:
        return Model(name, root.name, components, _constants(root), initially, (), root.claim, path)
    except IllFormed as fault:
        place = root.module.source.place(root.node)
        mistakes.add(Complaint("E399", f"the model makes no sense: {fault}", place))
        mistakes.settle()
        raise


def with_properties(model: Model, properties: tuple[Property, ...]) -> Model:
    """Return a model with these properties."""
    return Model(
        model.name,
        model.root,
        model.components,
        model.constants,
        model.initially,
        properties,
        model.claim,
        model.path,
    )


def _constants(declared: ComponentClass) -> tuple[Constant, ...]:
    return tuple(
        Constant(member.name, member.sort, member.value, member.fixed, member.hidden_from, member.text, member.place)
        for member in declared.members.values()
        if isinstance(member, ConstantMember)
    )


def _component(world: World, declared: ComponentClass, mistakes: Mistakes) -> Component:
    members = declared.members.values()
    return Component(
        name=declared.name,
        lineage=tuple(ancestor.name for ancestor in declared.lineage),
        variables=tuple(
            Variable(member.name, member.sort, member.start, member.hidden_from, member.text, member.place)
            for member in members
            if isinstance(member, VariableMember)
        ),
        actions=tuple(ActionReader(world, declared, member, mistakes).action() for member in world.actions(declared)),
        parts=tuple(
            Part(member.name, member.kind.name, member.many) for member in members if isinstance(member, PartMember)
        ),
        removed=world.removed(declared),
        constants=() if declared is world.root else _constants(declared),
        text=declared.text,
        place=declared.module.source.place(declared.node),
    )


def _initially(world: World, mistakes: Mistakes) -> list[Expression]:
    """Return the start conditions of all instances, about ``self``, the root."""
    found: list[Expression] = []
    for path, declared, below_many in world.paths:
        for member in declared.members.values():
            if not isinstance(member, StartMember):
                continue
            _, *parts = path.split(".")
            with mistakes:
                if not below_many:
                    elaborator = Elaborator(world, ("self",))
                    found.append(_start(elaborator, member, Instance(path, (declared,))))
                    continue
                elaborator = Elaborator(world, ("self", "d"))
                collection, *rest = parts
                body = _start(elaborator, member, Instance(".".join(["d", *rest]), (declared,)))
                found.append(Quantified(Binder.ALL, "d", collection, body))
    return found


def _start(elaborator: Elaborator, member: StartMember, instance: Instance) -> Expression:
    definition = member.definition
    result = _expanded(elaborator, definition, (instance,))
    if not isinstance(result, Term):
        raise FollowsFromAnother  # `expanded` has refused it
    return elaborator.kept(definition.node, Scope(definition.module.names, {}), result)


def _expanded(elaborator: Elaborator, definition: Definition, arguments: tuple[Denotation, ...]) -> Denotation:
    where = definition.node
    return expanded(elaborator, definition, arguments, where, Scope(definition.module.names, {}))


def check_helpers(module: Module, world: World, mistakes: Mistakes) -> None:
    """Complain about mistakes in helpers of a file, whether something uses them or not."""
    for declared in world.classes:
        for member in declared.members.values():
            if isinstance(member, HelperMember) and member.definition.module is module:
                with mistakes:
                    _check_helper(world, member.definition, declared)
            if isinstance(member, ProcedureMember):
                with mistakes:
                    _check_called(module, world, member, declared)
    for function in module.functions:
        if not function.node.decorator_list:
            with mistakes:
                context = Context(module.names, function.position)
                _check_helper(world, function_definition(function, context), None)


def _check_called(module: Module, world: World, member: ProcedureMember, declared: ComponentClass) -> None:
    """An action whose decorator was forgotten would be a procedure that never happens."""
    definition = member.definition
    new = definition.module is module and not (declared.base and member.name in declared.base.members)
    if new and not member.restrictions and definition.node not in world.called:
        message = f"nothing calls {member.name}, so what it does never happens"
        hint = "write @action(by=Actor.X) above it if it happens by itself"
        raise module.source.mistake(definition.node, "E416", message, hint)


def _check_helper(world: World, definition: Definition, declared: ComponentClass | None) -> None:
    arguments: list[Denotation] = [] if declared is None else [Instance("self", (declared,))]
    for parameter in definition.parameters:
        kind = parameter.type
        if isinstance(kind, ComponentClass):
            kinds = world.kinds(kind)
            if not kinds:
                return
            arguments.append(Instance(f"{parameter.name}_", kinds))
        elif isinstance(kind, StepMark):
            arguments.append(StepTaken())
        else:
            arguments.append(_some_value(kind))
    names = [argument.path for argument in arguments if isinstance(argument, Instance)]
    _expanded(Elaborator(world, names), definition, tuple(arguments))


def _some_value(sort: Sort) -> Term:
    """Stand in for a value that is not known while a helper is checked by itself."""
    return Term(ConstantValue("something", Bounded(0, 1) if isinstance(sort, Bounded) else sort))
