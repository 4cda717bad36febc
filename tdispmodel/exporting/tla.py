r"""A system as a module of TLA+, for TLC (Y. Yu, P. Manolios, L. Lamport, "Model Checking TLA+ Specifications", 1999).

Each action instance is an action of the module.  TLC finds as many distinct states as we count, generates as many as we
count transitions and start states, and its search is one deeper, since it counts states.  So that it counts no step
twice, what guards an action is compared with ``TRUE`` where it holds a disjunction: else TLC would take each disjunct
for a way of its own.

Each invariant is an operator, and a step property one as well: what must hold of each step is asked in the state in
which it begins, so that TLC's trace is one step shorter than ours; `[][...]_vars` would not see steps that change
nothing.  Where an integer could leave its range, the operator ``TypeOK`` is violated by the state after that step.

What stands below the end of the module is the configuration: TLC wants it in a file of its own.

Left out, in words: other kinds of property.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tdispmodel.exporting.foreign import (
    SAFETY,
    Dialect,
    Foreign,
    Inexpressible,
    distinct,
    identifier,
    of_states,
    remark,
    told,
)
from tdispmodel.ir.expressions import TRUE, Boolean, Bounded, Enumeration, Expression, Or, Sort
from tdispmodel.ir.system import System, SystemAction, SystemProperty

RESERVED = """
ASSUME ASSUMPTION AXIOM BOOLEAN BY CASE CHOOSE CONSTANT CONSTANTS CONSTRAINT CONSTRAINTS Cardinality COROLLARY DEF
DEFINE DEFS DOMAIN ELSE ENABLED EXCEPT EXTENDS FALSE HAVE HIDE IF IN INIT INSTANCE INVARIANT INVARIANTS Init Int
Integers LAMBDA LEMMA LET LOCAL MODULE NEW NEXT Nat Naturals Next OBVIOUS OMITTED ONLY OTHER PICK PROOF PROPERTIES
PROPERTY PROPOSITION PROVE QED RECURSIVE Real SF_ SPECIFICATION STATE STRING SUBSET SUFFICES SYMMETRY Spec TAKE
TEMPORAL THEN THEOREM TRUE TypeOK UNCHANGED UNION USE VARIABLE VARIABLES VIEW WF_ WITH WITNESS vars
"""

DIALECT = Dialect(
    conjunction="/\\",
    disjunction="\\/",
    negation="~",
    equality="=",
    choice=lambda condition, then, otherwise: f"(IF {condition} THEN {then} ELSE {otherwise})",
    reserved=frozenset(RESERVED.split()),
    truths=("FALSE", "TRUE"),
)
LARGEST = (1 << 31) - 1
"""TLC's integers have 32 bits."""

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def tla(system: System, questions: Sequence[SystemProperty] = (), *, name: str = "") -> str:
    """Return the module, called ``name``, with the questions that can be asked, and its configuration.

    TLC wants a module's file to have its name.  Raises `Inexpressible`.
    """
    return "\n".join(_Writer(system, questions, name or identifier(system.name)).lines()) + "\n"


class _Writer:
    def __init__(self, system: System, questions: Sequence[SystemProperty], name: str) -> None:
        if not NAME.fullmatch(name) or name in DIALECT.reserved:
            message = f"a module cannot be called {remark(name)}, and has the name of its file"
            raise Inexpressible(message)
        self.system = system
        self.name = name
        self.foreign = Foreign(system, DIALECT)
        self.left_out = [question for question in questions if question.kind not in SAFETY]
        self.asked = [question for question in questions if question.kind in SAFETY]
        for sort in self.foreign.enumerations:  # strings: only those of one enum are compared
            for member, word in distinct(sort.members).items():
                self.foreign.members[f"{sort.name}.{member}"] = f'"{word}"'
        taken = {*DIALECT.reserved, name, *self.foreign.variables.values()}
        self.actions = distinct([action.name for action in system.actions], taken)
        taken |= set(self.actions.values())
        numbered = {number: told(question) for number, question in enumerate(self.asked)}
        self.operators: dict[int, str] = {}
        for number, text in numbered.items():
            (self.operators[number],) = distinct([text], {*taken, *self.operators.values()}).values()
        if not system.variables:
            message = "there are no variables"
            raise Inexpressible(message)
        for variable in system.variables:
            kind = variable.sort
            if isinstance(kind, Bounded) and not -LARGEST <= kind.low <= kind.high <= LARGEST:
                message = f"{variable.name} has numbers of more than 32 bits"
                raise Inexpressible(message)

    def lines(self) -> Iterator[str]:
        yield f"---- MODULE {self.name} ----"
        yield f"\\* {remark(self.system.name)}, for TLC, in the file {self.name}.tla:"
        yield f"\\*   sed '1,/^====/d' {self.name}.tla > {self.name}.cfg"
        yield f"\\*   java -cp tla2tools.jar tlc2.TLC -deadlock -config {self.name}.cfg {self.name}.tla"
        yield "\\* A trace of n states has n - 1 steps (an invariant) or n steps (a step property)."
        for question in self.left_out:
            yield f"\\* left out: {told(question)}, which is {question.kind.value}"
        yield "EXTENDS Integers"
        words = [self.foreign.variables[variable.name] for variable in self.system.variables]
        if words:
            yield f"VARIABLES {', '.join(words)}"
        yield f"vars == <<{', '.join(words)}>>"
        yield "TypeOK =="
        yield "  /\\ TRUE"
        for variable in self.system.variables:
            word = self.foreign.variables[variable.name]
            yield f"  /\\ {word} \\in {self.values(variable.sort)} \\* {remark(variable.name)}"
        yield "Init =="
        for variable in self.system.variables:
            values = ", ".join(self.foreign.value(value, variable.sort) for value in variable.initial)
            yield f"  /\\ {self.foreign.variables[variable.name]} \\in {{{values}}}"
        yield f"  /\\ {self.whole(self.system.initially)}"
        for action in self.system.actions:
            yield from self.action(action)
        yield "Next =="
        yield from (f"  \\/ {word}" for word in self.actions.values())
        if not self.actions:
            yield "  FALSE"
        yield "Spec == Init /\\ [][Next]_vars"
        for number, question in enumerate(self.asked):
            yield f"\\* {told(question)}, {question.kind.value}"
            yield f"{self.operators[number]} == {self.foreign.formula(of_states(self.system, question))}"
        yield "===="
        yield "SPECIFICATION Spec"
        yield "INVARIANT TypeOK"
        yield from (f"INVARIANT {word}" for word in self.operators.values())

    def values(self, sort: Sort) -> str:
        """Return the set of the values of a sort."""
        match sort:
            case Boolean():
                return "BOOLEAN"
            case Bounded(low, high):
                return f"({low})..({high})"
            case Enumeration():
                return f"{{{', '.join(self.foreign.value(value, sort) for value in sort.values)}}}"

    def whole(self, formula: Expression) -> str:
        """Return a formula that TLC takes for one condition, not for a choice."""
        text = self.foreign.formula(formula)
        return f"({text}) = TRUE" if any(isinstance(node, Or) for node in formula.walk()) else text

    def action(self, action: SystemAction) -> Iterator[str]:
        """One action: its guards, what it assigns, what it leaves."""
        yield f"{self.actions[action.name]} == \\* {remark(action.name)}, {action.actor.value}"
        for guard in action.guards:
            if guard != TRUE:
                yield f"  /\\ {self.whole(guard)}"
        assigned = {assignment.variable for assignment in action.assignments}
        for assignment in action.assignments:
            word = self.foreign.variables[assignment.variable]
            yield f"  /\\ {word}' = {self.foreign.formula(assignment.value)}"
        kept = [self.foreign.variables[one.name] for one in self.system.variables if one.name not in assigned]
        yield f"  /\\ UNCHANGED <<{', '.join(kept)}>>"
