"""A whole model printed back as a file of the modelling language, which reads back to an equal model (places aside).

Given a model, in which inheritance is already flattened; gives the text of one self-contained file.  What a class
inherited is printed in its oldest ancestor, so that ``Guest.bind`` still names the same action; an action that was
replaced, restricted or removed is a stub there and has its verb in the class that did so.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from tdispmodel.ir.expressions import (
    TRUE,
    Actor,
    ActorIs,
    Bounded,
    Enumeration,
    Expression,
    Fairness,
    Field,
    Sort,
    StepIs,
)
from tdispmodel.ir.model import Action, Component, Constant, Kind, Model, Property, Variable
from tdispmodel.printing.classes import Classes, enumerations
from tdispmodel.printing.formulas import IN_PROPERTIES, Names, broken_text, formula, value_text

INDENT = "    "
WIDTH = 100


def model_text(model: Model) -> str:
    """Return ``model`` as the text of a file; reading it gives an equal model, places and path aside."""
    return _ModelText(model).text()


class _ModelText:
    """One model on its way to text."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.root = model.component(model.root)
        self.used: set[str] = {"Component"}
        self.classes = Classes(model)

    def text(self) -> str:
        enums = [line for enum in enumerations(self.model) for line in self.enumeration(enum)]
        classes = [line for name, parent in self.classes.with_parents for line in self.component_class(name, parent)]
        properties = [line for wanted in self.model.properties for line in self.property_function(wanted)]
        return "\n".join([*self.imports(with_enums=bool(enums)), *enums, *classes, *properties]) + "\n"

    def imports(self, *, with_enums: bool) -> Iterator[str]:
        yield "from __future__ import annotations"
        yield ""
        if with_enums:
            yield "from enum import Enum, auto"
        if "Annotated" in self.used:
            yield "from typing import Annotated"
        if with_enums or "Annotated" in self.used:
            yield ""
        yield "from tdispmodel.dsl import ("
        yield from (f"{INDENT}{name}," for name in sorted(self.used - {"Annotated"}))
        yield ")"

    def use(self, name: str) -> str:
        """Note that the file needs a name of the language, and return it."""
        self.used.add(name)
        return name

    def enumeration(self, enum: Enumeration) -> Iterator[str]:
        yield from ("", "", f"class {enum.name}(Enum):")
        yield from (f"{INDENT}{member} = auto()" for member in enum.members)

    # --- components --------------------------------------------------------------------------------------------------

    def component_class(self, name: str, parent: str | None) -> Iterator[str]:
        """Yield a class: what it adds to its parent, and its patches if it is a component of the model itself."""
        itself = self.classes.component(name)
        yield from ("", "")
        if itself is not None:
            yield from self.removals(itself)
        yield f"class {name}({parent or 'Component'}):"
        lines = [*self.declarations(name, parent), *self.actions(name)]
        if itself is not None:
            lines = [*lines, *self.starts(itself), *self.patches(itself)]
        text = docstring(itself.text, keep_lines=True) if itself is not None else []
        if text and lines:
            text.append("")
        while lines and not lines[0]:
            lines = lines[1:]
        yield from (f"{INDENT}{line}" if line else "" for line in (*text, *lines) or ("pass",))

    def declarations(self, name: str, parent: str | None) -> Iterator[str]:
        inherited, inherited_parts = self.classes.held(parent)
        variables, parts = self.classes.held(name)
        yield from self.constants(name, parent)
        for part in parts:
            if part not in inherited_parts:
                kind = f"{self.use('Each')}[{part.kind}]" if part.many else part.kind
                yield f"{part.name}: {kind}"
        for variable in variables:
            old = next((known for known in inherited if known.name == variable.name), None)
            if old is None:
                sort = self.sort(variable.sort, variable.hidden_from)
                yield f"{variable.name}: {sort} = {self.start(variable)}"
                yield from docstring(variable.text)
            elif old.initial != variable.initial:
                yield f"{variable.name} = {self.start(variable)}"

    def constants(self, name: str, parent: str | None) -> Iterator[str]:
        """Yield declarations in the oldest class that has them, and in a component's own class what was fixed."""
        inherited = {constant.name for constant in self.classes.constants_of(parent)}
        for constant in self.classes.constants_of(name):
            value = value_text(constant.value, constant.sort)
            if constant.name not in inherited:
                yield f"{constant.name}: {self.constant_sort(constant)} = {value}"
                yield from docstring(constant.text)
            elif constant.fixed and self.classes.component(name) is not None:
                yield f"{constant.name} = {value}"

    def sort(self, sort: Sort, hidden_from: frozenset[Actor]) -> str:
        """Return the annotation of a variable."""
        text = str(sort)
        marks = []
        if isinstance(sort, Bounded):
            text = "int"
            marks.append(f"{self.use('Range')}({sort.low}, {sort.high})")
        return self.annotated(text, [*marks, *self.hiding(hidden_from)])

    def constant_sort(self, constant: Constant) -> str:
        """Return the annotation of a constant; what hides it stands around ``Constant[...]``."""
        text = f"{self.use('Constant')}[{self.sort(constant.sort, frozenset())}]"
        return self.annotated(text, self.hiding(constant.hidden_from))

    def annotated(self, text: str, marks: list[str]) -> str:
        return f"{self.use('Annotated')}[{', '.join((text, *marks))}]" if marks else text

    def hiding(self, hidden_from: frozenset[Actor]) -> list[str]:
        """Return what an annotation says about who cannot see it, nothing if all can."""
        if hidden_from == frozenset(Actor):
            return [self.use("Ghost")]
        actors = [f"{self.use('Actor')}.{actor.name}" for actor in Actor if actor in hidden_from]
        return [f"{self.use('HiddenFrom')}({', '.join(actors)})"] if actors else []

    def start(self, variable: Variable) -> str:
        if len(variable.initial) == 1:
            return value_text(variable.initial[0], variable.sort)
        every = variable.initial == variable.sort.values
        values = () if every else (value_text(value, variable.sort) for value in variable.initial)
        return f"{self.use('anything')}({', '.join(values)})"

    def starts(self, component: Component) -> Iterator[str]:
        if component.name != self.root.name:
            return
        taken = {known.name for known in component.variables} | {known.name for known in component.actions}
        taken |= {part.name for part in component.parts}
        for position, condition in enumerate(self.model.initially, start=1):
            name = f"starts_{position}"
            while name in taken:
                name += "_"
            yield from ("", f"@{self.use('initially')}", f"def {name}(self) -> bool:")
            yield from _indented(self.statement("return ", condition, "", Names()))

    # --- actions -----------------------------------------------------------------------------------------------------

    def actions(self, name: str) -> Iterator[str]:
        """Yield the actions that class ``name`` declared first, as they were before any patch where that is known."""
        described = self.classes.described_by(name)
        shown: set[str] = set()
        for component in described:
            for action in component.actions:
                if action.owner != name or action.name in shown:
                    continue
                shown.add(action.name)
                same = [other for known in described for other in known.actions if _same_action(other, action)]
                unpatched = [other for other in same if not other.patched]
                yield from self.action(unpatched[0], "") if unpatched else self.stub(action)
        for component in self.model.components:
            for owner, action_name in component.removed:
                if owner == name and action_name not in shown:
                    shown.add(action_name)
                    yield from ("", f"@{self.use('action')}(by={self.use('Actor')}.KERNEL)")
                    yield f"def {action_name}(self) -> None:"
                    yield from (f'{INDENT}"""Removed below."""', f"{INDENT}pass")

    def patches(self, component: Component) -> Iterator[str]:
        for action in component.actions:
            if action.patched:
                yield from self.action(action, "restricts" if action.patched == "restricted" else "replaces")

    def removals(self, component: Component) -> Iterator[str]:
        """Yield the class decorators of what the class does without, and for the root also what it takes from parts."""
        gone = [(owner, name) for owner, name in component.removed if owner in component.lineage[1:]]
        if component.name == self.root.name:
            for known in self.model.components:
                gone += [(owner, name) for owner, name in known.removed if owner not in known.lineage[1:]]
        yield from (f"@{self.use('removes')}({owner}.{name})" for owner, name in dict.fromkeys(gone))

    def header(self, action: Action) -> Iterator[str]:
        """Yield the ``@action`` line and the signature."""
        given = [f"by={self.use('Actor')}.{action.actor.name}"]
        if action.fairness is Fairness.STRONG:
            given.append("strongly_fair=True")
        elif action.fairness is not action.actor.fairness:
            given.append(f"fair={action.fair}")
        if action.target is not None:
            given.append(f"to=Actor.{action.target.name}")
        yield f"@{self.use('action')}({', '.join(given)})"

    def signature(self, action: Action) -> str:
        parameters = ("self", *(f"{parameter.name}: {parameter.kind}" for parameter in action.parameters))
        return f"def {action.name}({', '.join(parameters)}) -> None:"

    def stub(self, action: Action) -> Iterator[str]:
        """Yield an action whose original body is not known any more."""
        yield ""
        yield from self.header(action)
        yield self.signature(action)
        kept = self.updates(action) if action.patched == "restricted" else []
        yield from _indented([*docstring(action.text, action.source), *(kept or ["pass"])])

    def action(self, action: Action, verb: str) -> Iterator[str]:
        """Yield an action; with a verb, as the patch of an inherited one."""
        yield ""
        if verb:
            yield f"@{self.use(verb)}({action.owner}.{action.name})"
        if verb != "restricts":
            yield from self.header(action)
        yield self.signature(action)
        text = docstring(action.text, action.source) if verb != "restricts" else []
        body = [
            line
            for guard in action.guards
            for line in self.statement(f"{self.use('require')}(", guard.condition, ")", self.names(action))
        ]
        if verb != "restricts":
            body += self.updates(action)
        yield from _indented([*text, *(body or ["pass"])])

    def updates(self, action: Action) -> list[str]:
        """Return the assignments; a value that reads what was assigned before it is worked out beforehand."""
        order = _order(action)
        late = _late(action, order)
        lines: list[str] = []
        for position, value in late.items():
            if action.updates[position].each is None:
                lines += self.statement(f"late_{position} = ", value, "", self.names(action))
        for each, positions in groupby(order, lambda position: action.updates[position].each):
            held = list(positions)
            body: list[str] = []
            for position in held:
                if each is not None and position in late:
                    body += self.statement(f"late_{position} = ", late[position], "", self.names(action))
            for position in held:
                body += self.assignment(action, position, is_late=position in late)
            lines += body if each is None else [f"for {each[0]} in self.{each[1]}:", *_indented(body)]
        return lines

    def assignment(self, action: Action, position: int, *, is_late: bool) -> list[str]:
        update = action.updates[position]
        before = f"{update.instance}.{update.variable} = "
        if is_late:
            return [f"{before}late_{position}"]
        return self.statement(before, update.value, "", self.names(action))

    def names(self, action: Action) -> Names:
        """Return through which names an action reads constants and collections."""
        if action.owner in self.root.lineage:
            return Names()
        roots = [parameter.name for parameter in action.parameters if parameter.kind in self.root.lineage]
        return Names(root=roots[0] if roots else "self")

    def statement(self, before: str, expression: Expression, after: str, names: Names) -> list[str]:
        """Return a statement's lines; a long conjunction or disjunction has one operand a line."""
        self.note(expression)
        line = f"{before}{formula(expression, names)}{after}"
        lines = broken_text(expression, names)
        if len(line) + 2 * len(INDENT) <= WIDTH or lines is None:
            return [line]
        opening, closing = ("", after) if before.endswith("(") else ("(", f"){after}")
        return [before + opening, *(INDENT + part for part in lines), closing]

    def note(self, *expressions: Expression) -> None:
        """Note the names of the language that formulas use."""
        for expression in expressions:
            if any(isinstance(node, ActorIs) for node in expression.walk()):
                self.use("Actor")

    # --- properties --------------------------------------------------------------------------------------------------

    def property_function(self, wanted: Property) -> Iterator[str]:
        yield from ("", "")
        if wanted.given:
            sorts = {constant.name: constant.sort for constant in self.model.constants}
            values = (f"{name}={value_text(value, sorts[name])}" for name, value in wanted.given)
            yield f"@{self.use('given')}({', '.join(values)})"
        if wanted.needs:
            yield f"@{self.use('needs')}({', '.join(quoted(name) for name in wanted.needs)})"
        yield self.decorator(wanted)
        parameters = f"now: {wanted.about}"
        parameters += "".join(f", {parameter.name}: {parameter.kind}" for parameter in wanted.parameters)
        if wanted.kind in (Kind.STEP, Kind.NEVER_ENDLESS) or _speaks_of_step(wanted.formula):
            parameters += f", after: {wanted.about}, step: {self.use('Step')}"
        yield f"def {wanted.name}({parameters}) -> bool:"
        yield from _indented(docstring(wanted.text, wanted.source))
        yield from _indented(self.statement("return ", wanted.formula, "", IN_PROPERTIES))

    def decorator(self, wanted: Property) -> str:
        name = "step_property" if wanted.kind is Kind.STEP else wanted.kind.value
        given = []
        if wanted.kind is Kind.LEADS_TO or wanted.after != TRUE:
            self.note(wanted.after)
            names = ", ".join(("now", *(parameter.name for parameter in wanted.parameters)))
            given.append(f"after=lambda {names}: {formula(wanted.after, IN_PROPERTIES)}")
        given.append(f"code={quoted(wanted.code)}")
        return f"@{self.use(name)}({', '.join(given)})"


def docstring(text: str, source: str = "", *, keep_lines: bool = False) -> list[str]:
    """Return the lines of a docstring that ends with its source in brackets; none when there is nothing to say."""
    whole = f"{text} [{source}]".strip() if source else text
    if not whole:
        return []
    escaped = whole.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped = escaped[:-1] + '\\"'
    quoted_text = f'"""{escaped}"""'
    if keep_lines:
        return quoted_text.split("\n")
    return textwrap.wrap(quoted_text, WIDTH, break_long_words=False, break_on_hyphens=False)


def quoted(text: str) -> str:
    """Return a string as Python writes it, in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _order(action: Action) -> list[int]:
    """Return the positions of the assignments in an order to print: loops first where one reads what others assign."""
    outside = {(update.instance, update.variable) for update in action.updates if update.each is None}
    loops_first = any(
        (node.instance, node.variable) in outside
        for update in action.updates
        if update.each is not None
        for node in update.value.walk()
        if isinstance(node, Field)
    )
    positions = list(range(len(action.updates)))
    return sorted(positions, key=lambda position: action.updates[position].each is None) if loops_first else positions


def _late(action: Action, order: Iterable[int]) -> dict[int, Expression]:
    """Return, by position, the values that read a variable of a name that an update before it in ``order`` assigns."""
    assigned: set[str] = set()
    late = {}
    for position in order:
        update = action.updates[position]
        if any(isinstance(node, Field) and node.variable in assigned for node in update.value.walk()):
            late[position] = update.value
        assigned.add(update.variable)
    return late


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"{INDENT}{line}" if line else "" for line in lines)


def _same_action(left: Action, right: Action) -> bool:
    return (left.owner, left.name) == (right.owner, right.name)


def _speaks_of_step(expression: Expression) -> bool:
    """Whether a template formula is about a step rather than a state."""
    return any(
        isinstance(node, ActorIs | StepIs) or (isinstance(node, Field) and node.after) for node in expression.walk()
    )
