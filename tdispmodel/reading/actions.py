"""Actions: from a body of statements to guards and updates.

Given an action of a class and the world it is in; gives the IR's `Action`.  All values are those of the state before
the action, and what Python would read differently is refused: reading after assigning, assigning twice.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tdispmodel.ir.expressions import Bounded, conjuncts, same_kind
from tdispmodel.ir.model import Action, Guard, Parameter, Update
from tdispmodel.reading.bodies import bind_local, local_names
from tdispmodel.reading.calls import call_arguments
from tdispmodel.reading.denotations import (
    ActionMember,
    Collection,
    ComponentClass,
    ConstantMember,
    Definition,
    Denotation,
    Instance,
    Parameter as ReadParameter,
    PartMember,
    ProcedureMember,
    Term,
    Unusable,
    VariableMember,
    Word,
    described,
    sort_name,
)
from tdispmodel.reading.expressions import OPERATORS, Elaborator, Reads, Written, may_be_same
from tdispmodel.reading.files import Source
from tdispmodel.reading.mistakes import FollowsFromAnother, Mistake, Mistakes
from tdispmodel.reading.names import check_name
from tdispmodel.reading.scopes import Scope, bound_arguments
from tdispmodel.reading.texts import without_docstring
from tdispmodel.reading.world import World
from tdispmodel.source import Complaint, did_you_mean

_INSTEAD: dict[type[ast.stmt], str] = {
    ast.If: "write x = a if condition else b, or two actions with different require(...)",
    ast.While: "an action is one step: write several actions",
    ast.Return: "an action returns nothing: remove the line; to stop it from happening write require(...)",
    ast.Assert: "write: require(...)",
    ast.Raise: "write: require(...)",
    ast.Match: "write x = a if condition else b, or several actions",
    ast.Try: "nothing can fail in an action",
    ast.With: "an action happens at once; a lock is a variable that require(...) reads",
    ast.AnnAssign: "write it without annotation: name = ...",
    ast.Delete: "set it to a value that means nothing",
    ast.Global: "state belongs to components",
    ast.Nonlocal: "state belongs to components",
    ast.Import: "imports stand at the top of the file",
    ast.ImportFrom: "imports stand at the top of the file",
    ast.FunctionDef: "write it as a method of the component or as a function of the module",
}


MAXIMUM_CALLS = 16


@dataclass(frozen=True)
class Loop:
    """``for device in self.devices``: the instance that its name stands for, and the collection."""

    instance: Instance
    collection: str


class ActionReader:
    """Reads one action of one class of the model, procedures expanded in place."""

    def __init__(self, world: World, declared: ComponentClass, member: ActionMember, mistakes: Mistakes) -> None:
        self.world = world
        self.declared = declared
        self.member = member
        self.mistakes = mistakes
        self.guards: list[Guard] = []
        self.updates: list[Update] = []
        self.loop: Loop | None = None
        self.calling: list[ast.FunctionDef] = []
        self.elaborator = Elaborator(world, (), member.actor)

    def action(self) -> Action:
        """Return the action; mistakes on the way are gathered."""
        member, source = self.member, self.member.definition.module.source
        self._body(member.definition, restricts=False)
        for restriction in member.restrictions:
            self._body(restriction, restricts=True)
        return Action(
            name=member.name,
            owner=member.owner.name,
            actor=member.actor,
            fairness=member.fairness,
            parameters=tuple(
                Parameter(parameter.name, parameter.type.name)
                for parameter in member.parameters
                if isinstance(parameter.type, ComponentClass)
            ),
            guards=tuple(self.guards),
            updates=tuple(self.updates),
            text=member.text,
            source=member.source,
            patched=member.patched,
            target=member.target,
            place=source.place(member.definition.node),
        )

    def _body(self, definition: Definition, *, restricts: bool) -> None:
        """Read the body of the action itself or of a restriction, in the state before the action."""
        known: dict[str, Denotation] = {
            definition.node.args.args[0].arg: Instance("self", (self.declared,)),
        }
        self.elaborator = Elaborator(self.world, ("self",), self.member.actor)
        for parameter in self.member.parameters:
            if not isinstance(parameter.type, ComponentClass):
                continue
            kinds = self.world.kinds(parameter.type)
            if not kinds:
                source, where = definition.module.source, parameter.node
                names = ", ".join(declared.name for declared in self.world.classes)
                message = f"the model has no {parameter.type.name}, so {self.member.name} can never happen"
                self.mistakes.add(source.mistake(where, "E413", message, f"its components: {names}").complaint)
                return
            self._check_range(parameter, kinds)
            known[parameter.name] = Instance(parameter.name, kinds)
            self.elaborator.taken.append(parameter.name)
        body = without_docstring(definition.node.body)
        self._statements(body, Scope(definition.module.names, known, local_names(body)), restricts=restricts)

    def _check_range(self, parameter: ReadParameter, kinds: tuple[ComponentClass, ...]) -> None:
        """A patch for a derived kind says nothing about other instances, so there must be none."""
        declared = next(known for known in self.member.ranges if known.name == parameter.name)
        if not isinstance(declared.type, ComponentClass):
            return
        left_out = [kind for kind in self.world.kinds(declared.type) if kind not in kinds]
        if left_out:
            source = self.member.definition.module.source
            message = f"{self.member.name} would no longer be about {left_out[0].name}, which the model has too"
            hint = f"annotate {parameter.name} with {declared.type.name}"
            where = parameter.node
            module = next(
                (d.module for d in (self.member.definition, *self.member.restrictions) if parameter in d.parameters),
                None,
            )
            source = module.source if module is not None else source
            self.mistakes.add(source.mistake(where, "E331", message, hint).complaint)

    def _statements(self, body: list[ast.stmt], scope: Scope, *, restricts: bool) -> None:
        for statement in body:
            with self.mistakes:
                self._statement(statement, scope, restricts=restricts)

    def _statement(self, statement: ast.stmt, scope: Scope, *, restricts: bool) -> None:
        match statement:
            case ast.Pass():
                return
            case ast.Expr(value=ast.Call() as call) if self._is_require(call, scope):
                self._require(call, scope)
            case ast.Assign(targets=[ast.Name(id=name)]):
                try:
                    bind_local(self.elaborator, statement, scope)
                except (Mistake, FollowsFromAnother):
                    scope.known.setdefault(name, Unusable())
                    raise
            case _ if restricts:
                hint = f"write @replaces({self.member.owner.name}.{self.member.name}) if it changes something"
                raise scope.source.mistake(statement, "E411", "a restriction only adds require(...)", hint)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as function) as call):
                self._call(call, function, scope)
            case ast.For():
                self._for(statement, scope)
            case ast.Assign(targets=[ast.Attribute() as target], value=value):
                self._assign(statement, target, value, scope)
            case ast.AugAssign(target=ast.Attribute() as target):
                self._assign(statement, target, self._augmented(statement, target, scope), scope)
            case _:
                raise _refused(statement, scope.source)

    # --- procedures and loops ----------------------------------------------------------------------------------------

    def _call(self, call: ast.Call, function: ast.Attribute, scope: Scope) -> None:
        """Expand a procedure in place: its arguments first, then conditions that were added, then its body."""
        source = scope.source
        instance = self.elaborator.denote(function.value, scope)
        if not isinstance(instance, Instance):
            message = f"{described(instance)} has no procedures"
            raise source.mistake(call, "E402", message, "an action holds require(...), assignments and procedures")
        member = self.elaborator.find(instance, function.attr, function, scope)
        if isinstance(member, ActionMember):
            hint = "write what both do as a procedure: a method without @action that returns None"
            raise source.mistake(call, "E414", f"the action {member.name} cannot be called", hint)
        if not isinstance(member, ProcedureMember):
            hint = "a value is used in require(...) or assigned"
            raise source.mistake(call, "E402", f"{function.attr} changes nothing, so this line does nothing", hint)
        if any(node is member.definition.node for node in self.calling):
            raise source.mistake(call, "E328", f"{member.name} calls itself, directly or through others")
        if len(self.calling) >= MAXIMUM_CALLS:
            raise source.mistake(
                call, "E106", f"procedures are nested more than {MAXIMUM_CALLS} deep", "write it flatter"
            )
        arguments = (instance, *call_arguments(self.elaborator, call, scope))
        self.calling.append(member.definition.node)
        self.world.called.add(member.definition.node)
        try:
            for definition in (*member.restrictions, member.definition):
                body = without_docstring(definition.node.body)
                known = bound_arguments(definition, arguments, call, source)
                inner = Scope(definition.module.names, known, local_names(body))
                self._statements(body, inner, restricts=definition is not member.definition)
        finally:
            self.calling.pop()

    def _for(self, statement: ast.For, scope: Scope) -> None:
        """``for device in self.devices``: the assignments happen for every instance."""
        source, elaborator = scope.source, self.elaborator
        hint = "write: for device in self.devices"
        if self.loop is not None:
            raise source.mistake(statement, "E415", "a loop inside a loop", "one action changes each instance once")
        if statement.orelse or not isinstance(statement.target, ast.Name):
            raise source.mistake(statement, "E415", "a loop has one name and no else", hint)
        name = statement.target.id
        collection = elaborator.denote(statement.iter, scope)
        if not isinstance(collection, Collection):
            message = f"a loop ranges over parts, not over {described(collection)}"
            raise source.mistake(statement.iter, "E415", message, hint)
        check_name(source, name, statement.target)
        if name in scope.known:
            raise source.mistake(statement.target, "E205", f"{name} has a value already", "choose another name")
        bound = elaborator.fresh(name)
        before, outside = len(elaborator.reads), set(scope.known)
        instance = Instance(bound, (collection.kind,))
        elaborator.taken.append(bound)
        scope.known[name] = instance
        scope.ended.discard(name)
        written = len(elaborator.written)
        self.loop = Loop(instance, collection.name)
        try:
            self._statements(statement.body, scope, restricts=False)
        finally:
            self.loop = None
            elaborator.taken.remove(bound)
            inside = set(scope.known) - outside
            scope.ended |= inside
            for local in inside:
                del scope.known[local]
        self._check_iterations(elaborator.reads[before:], elaborator.written[written:])

    def _check_iterations(self, reads: list[Reads], written: list[Written]) -> None:
        """Refuse to read, of another instance, what an earlier iteration may have assigned."""
        changes: dict[str, list[Written]] = {}
        for change in written:
            changes.setdefault(change.variable, []).append(change)
        for read in reads:
            for change in changes.get(read.variable, ()):
                if read.instance.path != change.instance.path and may_be_same(read.instance, change.instance):
                    shown = f"{read.instance.path}.{read.variable}"
                    message = f"{shown} may have been assigned by the loop for an earlier instance"
                    hint = f"name the value before the loop: was_{read.variable} = ..."
                    self.mistakes.add(read.source.mistake(read.node, "E404", message, hint).complaint)

    # --- guards ------------------------------------------------------------------------------------------------------

    def _is_require(self, call: ast.Call, scope: Scope) -> bool:
        return isinstance(call.func, ast.Name) and self.elaborator.denote(call.func, scope) == Word("require")

    def _require(self, call: ast.Call, scope: Scope) -> None:
        """Each part of a conjunction becomes a guard with a place of its own."""
        source = scope.source
        if self.loop is not None:
            hint = "write it before the loop: require(all(... for device in self.devices))"
            raise source.mistake(call, "E415", "require(...) stands in a loop", hint)
        if len(call.args) != 1 or call.keywords:
            hint = "write: require(one and other)"
            raise source.mistake(call, "E322", "require(...) takes one condition", hint)
        condition = call.args[0]
        parts = (
            condition.values if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And) else [condition]
        )
        for part in parts:
            with self.mistakes:
                term = self.elaborator.truth(part, scope)
                self._check_seen(term)
                kept = self.elaborator.kept(part, scope, term)
                self.guards += [Guard(known, source.place(part)) for known in conjuncts(kept)]

    def _check_seen(self, term: Term) -> None:
        """Complain about everything in a guard that the acting actor cannot see."""
        actor = self.member.actor.name
        for read in term.hidden:
            message = f"{self.member.name} is an action of {actor}, who cannot see {read.shown}"
            hint = "let the guard read what the actor believes; what an action finds out may be in what it assigns"
            self.mistakes.add(Complaint("E407", message, read.place, hint, read.line_text))

    def _augmented(self, statement: ast.AugAssign, target: ast.Attribute, scope: Scope) -> ast.expr:
        """Return ``x + value`` for ``x += value``."""
        if type(statement.op) not in OPERATORS:
            message = "there is +=, -= and *= for integers"
            raise scope.source.mistake(statement, "E319", message, "write: self.x = ...")
        read = ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
        return ast.copy_location(ast.BinOp(read, statement.op, statement.value), statement)

    def _assign(self, statement: ast.stmt, target: ast.Attribute, value: ast.expr, scope: Scope) -> None:
        source = scope.source
        instance, variable = self._target(target, scope)
        if self.loop is not None and instance.path.split(".")[0] != self.loop.instance.path:
            hint = "write it before or after the loop"
            message = f"the loop assigns {instance.path}.{variable.name}, which is not of its own instance"
            raise source.mistake(statement, "E415", message, hint)
        self._check_first(instance, variable, statement, scope)
        found = self.elaborator.denote(value, scope)
        self.elaborator.wrote(Written(instance, variable.name))
        shown = f"{instance.path}.{variable.name}"
        if not isinstance(found, Term) or not same_kind(found.sort, variable.sort):
            given = sort_name(found.sort) if isinstance(found, Term) else described(found)
            message = f"{shown} is {sort_name(variable.sort)}, not {given}"
            hint = f"give it a {variable.sort}" if not isinstance(variable.sort, Bounded) else "give it an integer"
            raise source.mistake(value, "E305", message, hint)
        low_high, sort = variable.sort, found.sort
        if (
            isinstance(low_high, Bounded)
            and isinstance(sort, Bounded)
            and (sort.high < low_high.low or sort.low > low_high.high)
        ):
            what = str(sort.low) if sort.low == sort.high else f"a number from {sort.low} to {sort.high}"
            message = f"{shown} is within {low_high.low} to {low_high.high}; {what} never fits"
            raise source.mistake(value, "E306", message, "widen its Range(...), or assign another value")
        each = None if self.loop is None else (self.loop.instance.path, self.loop.collection)
        kept = self.elaborator.kept(value, scope, found)
        self.updates.append(Update(instance.path, variable.name, kept, each, source.place(statement)))

    def _check_first(self, instance: Instance, variable: VariableMember, statement: ast.stmt, scope: Scope) -> None:
        for written in self.elaborator.written_by_name.get(variable.name, ()):
            if written.instance.path == instance.path:
                message = f"{instance.path}.{variable.name} is assigned twice"
                raise scope.source.mistake(statement, "E405", message, "remove one of the two")

    def _target(self, target: ast.Attribute, scope: Scope) -> tuple[Instance, VariableMember]:
        """Return the instance and the variable that an assignment changes.  Raises `Mistake`."""
        source = scope.source
        owner = self.elaborator.denote(target.value, scope)
        if not isinstance(owner, Instance):
            hint = "assign variables of self, of a parameter or of their parts"
            if isinstance(owner, Collection):
                hint = "one action changes the instances that it names: give it a parameter"
            raise source.mistake(target, "E406", f"{described(owner)} has no variables", hint)
        name = target.attr
        first = owner.kinds[0].members.get(name)
        if isinstance(first, ConstantMember):
            message = f"{name} is a constant of the check and is never assigned"
            raise source.mistake(target, "E406", message, "declare a variable if it changes")
        if first is None:
            known = [key for key, member in owner.kinds[0].members.items() if isinstance(member, VariableMember)]
            message = f"{owner.kinds[0].name} has no variable {name}"
            raise source.mistake(target, "E202", message, did_you_mean(name, known))
        if isinstance(first, PartMember):
            raise source.mistake(target, "E406", f"{name} is a part; parts do not change", "assign its variables")
        if not isinstance(first, VariableMember):
            raise source.mistake(target, "E406", f"{name} is no variable", "assign the variables that it reads")
        self.elaborator.find(owner, name, target, scope)
        return owner, first


def _refused(statement: ast.stmt, source: Source) -> Mistake:
    """Return the mistake that a statement cannot stand in an action."""
    match statement:
        case ast.Expr(value=ast.Call() as call):
            shown = ast.unparse(call.func)[:40]
            hint = did_you_mean(shown, ("require",)) if shown[:3] == "req" else ""
            message = f"an action cannot call {shown}"
            hint = hint or "an action holds require(...), assignments and procedures: self.release(device)"
        case ast.Expr(value=ast.Constant(value=value)) if value is Ellipsis:
            message, hint = "the body is missing", "write pass if the action changes nothing"
        case ast.Expr():
            message, hint = "this line does nothing", "write require(...) around a condition"
        case ast.Assign(targets=[_, _, *_]):
            message, hint = "one value for several targets", "write a line for each"
        case ast.Assign() | ast.AugAssign():
            message, hint = "an action assigns variables: self.x = ..., device.x = ...", "write a line for each"
        case _:
            message = f"an action must not contain this ({type(statement).__name__.lower()})"
            hint = _INSTEAD.get(type(statement), "an action holds require(...), name = ... and assignments")
    return source.mistake(statement, "E402", message, hint)
