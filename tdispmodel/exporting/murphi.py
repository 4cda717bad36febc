"""A system as Murphi, for Rumur and CMurphi (D. L. Dill, "The Murphi verification system", CAV 1996).

Each action instance is a rule and each start state a start state, so that the states are ours and the rules fired our
transitions.  What must hold of every state is an invariant, what must hold of every step an assertion in each rule.
Instances are written out one by one: no symmetry is left to the checker.

Left out, in words: kinds of property other than these two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdispmodel.exporting.foreign import SAFETY, Dialect, Foreign, remark, told
from tdispmodel.ir.expressions import TRUE, Boolean, Bounded, Enumeration, Sort
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty

RESERVED = """
alias array assert assume begin boolean by case clear const cover do else elsif end endalias endexists endfor
endforall endfunction endif endprocedure endrecord endrule endruleset endstartstate endswitch endwhile enum error
exists false for forall function if in interleaved invariant ismember isundefined liveness log multiset multisetadd
multisetcount multisetremove multisetremovepred of procedure process program put record return rule ruleset
scalarset startstate switch then to traceuntil true type undefine union until var while
"""

DIALECT = Dialect(
    conjunction="&",
    disjunction="|",
    negation="!",
    equality="=",
    choice=lambda condition, then, otherwise: f"({condition} ? {then} : {otherwise})",
    reserved=frozenset(RESERVED.split()),
)


def murphi(system: System, questions: Sequence[SystemProperty] = ()) -> str:
    """Return the model with the questions that can be asked.  Raises `Inexpressible`."""
    return "\n".join(_Writer(system, questions).lines()) + "\n"


class _Writer:
    def __init__(self, system: System, questions: Sequence[SystemProperty]) -> None:
        self.system = system
        self.foreign = Foreign(system, DIALECT)
        self.invariants = [question for question in questions if question.kind is Kind.INVARIANT]
        self.steps = [question for question in questions if question.kind is Kind.STEP]
        self.left_out = [question for question in questions if question.kind not in SAFETY]
        self.sorts = {variable.name: variable.sort for variable in system.variables}
        self.enums = dict(zip(self.foreign.enumerations, self.foreign.sorts.values(), strict=True))

    def lines(self) -> Iterator[str]:
        yield f"-- {remark(self.system.name)}, for Rumur:"
        yield "-- rumur --deadlock-detection off FILE --output m.c && cc -O2 -mcx16 -o m m.c -lpthread && ./m"
        for question in self.left_out:
            yield f"-- left out: {told(question)}, which is {question.kind.value}"
        if self.enums:
            yield "type"
            for sort, word in self.enums.items():
                members = ", ".join(self.foreign.members[f"{sort.name}.{member}"] for member in sort.members)
                yield f"  {word}: enum {{ {members} }};"
        yield "var"
        for variable in self.system.variables:
            yield f"  {self.foreign.variables[variable.name]}: {self.type_of(variable.sort)};"
        for state in self.foreign.starts():
            yield "startstate"
            yield "begin"
            yield from self.beginning(state)
            yield "end;"
        for action in self.system.actions:
            yield from self.rule(action)
        for question in self.invariants:
            yield f'invariant "{told(question)}" {self.foreign.formula(question.formula)};'

    def type_of(self, sort: Sort) -> str:
        """Return the type of a sort."""
        match sort:
            case Boolean():
                return "boolean"
            case Bounded(low, high):
                return f"{low}..{high}"
            case Enumeration():
                return self.enums[sort]

    def beginning(self, state: State) -> Iterator[str]:
        """The statements of a start state."""
        for variable, value in zip(self.system.variables, state, strict=True):
            yield f"  {self.foreign.variables[variable.name]} := {self.foreign.value(value, variable.sort)};"

    def rule(self, action: SystemAction) -> Iterator[str]:
        """One rule: all values are found before the first is assigned."""
        text = self.foreign.formula
        later = {assignment.variable: self.foreign.later[assignment.variable] for assignment in action.assignments}
        yield f'rule "{remark(action.name)}" {text(action.guard)} ==>'
        if later:
            yield "var"
            for name, word in later.items():
                yield f"  {word}: {self.type_of(self.sorts[name])};"
        yield "begin"
        for assignment in action.assignments:
            yield f"  {later[assignment.variable]} := {text(assignment.value)};"
        for question in self.steps:
            if question.formula != TRUE:
                yield f'  assert "{told(question)}" {text(question.formula, action, later)};'
        for name, word in later.items():
            yield f"  {self.foreign.variables[name]} := {word};"
        yield "end;"
