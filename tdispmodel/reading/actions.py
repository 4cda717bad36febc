"""Actions: from a body of statements to guards and updates.

Given an action of a class and the world it is in; gives the IR's `Action`.  All values are those of the state before
the action, and what Python would read differently is refused: reading after assigning, assigning twice.
"""

from __future__ import annotations

import ast

from tdispmodel.ir.expressions import Bounded, same_kind
from tdispmodel.ir.model import Action, Guard, Parameter, Update
from tdispmodel.reading.bodies import bind_local, local_names
from tdispmodel.reading.denotations import (
    ActionMember,
    Collection,
    ComponentClass,
    ConstantMember,
    Definition,
    Denotation,
    Instance,
    PartMember,
    Term,
    Unusable,
    VariableMember,
    Word,
    described,
    sort_name,
)
from tdispmodel.reading.expressions import OPERATORS, Elaborator, Scope, Written
from tdispmodel.reading.mistakes import FollowsFromAnother, Mistake, Mistakes
from tdispmodel.reading.texts import without_docstring
from tdispmodel.reading.world import World
from tdispmodel.source import Complaint, did_you_mean

_INSTEAD: dict[type[ast.stmt], str] = {
    ast.If: "write x = a if condition else b, or two actions with different require(...)",
    ast.For: "an action concerns the instances that it names: give it a parameter, it ranges over all of them",
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


class ActionReader:
    """Reads one action of one class of the model."""

    def __init__(self, world: World, declared: ComponentClass, member: ActionMember, mistakes: Mistakes) -> None:
        self.world = world
        self.declared = declared
        self.member = member
        self.mistakes = mistakes
        self.guards: list[Guard] = []
        self.updates: list[Update] = []
        self.elaborator = Elaborator(world, (), member.actor)

    def action(self) -> Action:
        """Return the action; mistakes on the way are gathered."""
        member, source = self.member, self.member.definition.module.source
        parameters = []
        for parameter in member.parameters:
            if isinstance(parameter.type, ComponentClass):
                parameters.append(Parameter(parameter.name, parameter.type.name))
        self._body(member.definition, restricts=False)
        for restriction in member.restrictions:
            self._body(restriction, restricts=True)
        return Action(
            name=member.name,
            owner=member.owner.name,
            actor=member.actor,
            fair=member.fair,
            parameters=tuple(parameters),
            guards=tuple(self.guards),
            updates=tuple(self.updates),
            text=member.text,
            source=member.source,
            patched=member.patched,
            target=member.target,
            place=source.place(member.definition.node),
        )

    def _body(self, definition: Definition, *, restricts: bool) -> None:
        """Read a body.  Its ``self`` and parameters have the names that the action has in force."""
        body = without_docstring(definition.node.body)
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
            path = parameter.name if parameter.name != "self" else self.elaborator.fresh("self")
            known[parameter.name] = Instance(path, kinds)
            self.elaborator.taken.append(path)
        scope = Scope(definition.module.names, known, local_names(body))
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
            case ast.Assign() | ast.AugAssign() if restricts:
                hint = f"write @replaces({self.member.owner.name}.{self.member.name}) if it changes something"
                raise scope.source.mistake(statement, "E411", "a restriction only adds require(...)", hint)
            case ast.Assign(targets=[ast.Attribute() as target], value=value):
                self._assign(statement, target, value, scope)
            case ast.AugAssign(target=ast.Attribute() as target):
                self._assign(statement, target, self._augmented(statement, target, scope), scope)
            case _:
                raise self._refused(statement, scope, restricts=restricts)

    def _is_require(self, call: ast.Call, scope: Scope) -> bool:
        return isinstance(call.func, ast.Name) and self.elaborator.denote(call.func, scope) == Word("require")

    def _require(self, call: ast.Call, scope: Scope) -> None:
        """Each part of a conjunction becomes a guard with a place of its own."""
        source = scope.source
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
                self.guards.append(Guard(term.expression, source.place(part)))

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
        self._check_first(instance, variable, statement, scope)
        found = self.elaborator.denote(value, scope)
        self.elaborator.written.append(Written(instance, variable.name))
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
        self.updates.append(Update(instance.path, variable.name, found.expression, place=source.place(statement)))

    def _check_first(self, instance: Instance, variable: VariableMember, statement: ast.stmt, scope: Scope) -> None:
        for written in self.elaborator.written:
            if written.variable == variable.name and written.instance.path == instance.path:
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

    def _refused(self, statement: ast.stmt, scope: Scope, *, restricts: bool) -> Mistake:
        source = scope.source
        if restricts and isinstance(statement, ast.Assign | ast.AugAssign):
            return source.mistake(statement, "E411", "a restriction only adds require(...)")
        match statement:
            case ast.Expr(value=ast.Call() as call):
                shown = ast.unparse(call.func)[:40]
                hint = (
                    did_you_mean(shown, ("require",))
                    if shown[:3] == "req"
                    else "an action holds require(...) and assignments"
                )
                return source.mistake(statement, "E402", f"an action cannot call {shown}", hint)
            case ast.Expr(value=ast.Constant(value=value)) if value is Ellipsis:
                hint = "write pass if the action changes nothing"
                return source.mistake(statement, "E402", "the body is missing", hint)
            case ast.Expr():
                hint = "write require(...) around a condition"
                return source.mistake(statement, "E402", "this line does nothing", hint)
            case ast.Assign(targets=targets) if len(targets) > 1:
                return source.mistake(statement, "E402", "one value for several targets", "write a line for each")
            case ast.Assign() | ast.AugAssign():
                message = "an action assigns variables: self.x = ..., device.x = ..."
                return source.mistake(statement, "E402", message, "write a line for each")
            case _:
                what = type(statement).__name__.lower()
                hint = _INSTEAD.get(type(statement), "an action holds require(...), name = ... and assignments")
                return source.mistake(statement, "E402", f"an action must not contain this ({what})", hint)
