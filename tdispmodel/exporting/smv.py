"""A system in the language of SMV, for NuSMV and nuXmv (A. Cimatti et al., "NuSMV 2", CAV 2002).

The reachable states are ours.  The input variable that is called ``action`` names the action instance that is taken;
one more value, ``nothing``, changes nothing, so that there is always a next state, which changes no verdict about
states and steps.  Each invariant is an ``INVARSPEC`` of its own.  A step property is one, too: it is asked of the state
in which the step begins, so that its counterexample is one step shorter than ours.  Where an integer could leave its
range, the last ``INVARSPEC`` is that; a step that would do so is not taken.

Left out, in words: other kinds of property (the promises of fairness are to single actions, and disturbances end);
variables of so many values that a checker which lists them would be of no use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdispmodel.exporting.foreign import (
    SAFETY,
    Dialect,
    Foreign,
    Inexpressible,
    distinct,
    joined,
    of_states,
    possible,
    remark,
    straying,
    told,
)
from tdispmodel.ir.expressions import Among, Boolean, Bounded, Enumeration, Read, Sort
from tdispmodel.ir.sorts import size
from tdispmodel.ir.system import System, SystemProperty, SystemVariable

MOST_VALUES = 4096

RESERVED = """
A ABF ABG AF AG array ASSIGN at ATLINE AX boolean bool BU case COMPASSION COMPID COMPUTE COMPWFF CONSTANTS CONSTARRAY
CONSTRAINT count CTLSPEC CTLWFF DEFINE E EBF EBG EF EG esac EX extend F FAIRNESS FALSE floor FROZENVAR FUN G H IN in
INIT init initial inf Integer integer INVAR INVARSPEC ISA ITYPE IVAR JUSTICE LTLSPEC LTLWFF main MAX max MDEFINE min MIN
MIRROR mod MODULE NAME next NEXTWFF noncircular nothing O of P PARSYNTH pi PRED PREDICATES process PSLSPEC PSLWFF pure R
READ Real real resize S SIMPWFF self signed sin SPEC swconst T time toint TRANS TRUE tan typeof U union unsigned uwconst
V VALID VAR W word word1 WRITE X x Y Z xor xnor abs cos exp ln sizeof
"""

DIALECT = Dialect(
    conjunction="&",
    disjunction="|",
    negation="!",
    equality="=",
    choice=lambda condition, then, otherwise: f"({condition} ? {then} : {otherwise})",
    reserved=frozenset(RESERVED.split()),
    truths=("FALSE", "TRUE"),
)


def smv(system: System, questions: Sequence[SystemProperty] = ()) -> str:
    """Return the model with the questions that can be asked.  Raises `Inexpressible`."""
    return "\n".join(_Writer(system, questions).lines()) + "\n"


class _Writer:
    def __init__(self, system: System, questions: Sequence[SystemProperty]) -> None:
        self.system = system
        self.foreign = Foreign(system, DIALECT)
        self.left_out = [question for question in questions if question.kind not in SAFETY]
        self.asked = [*(question for question in questions if question.kind in SAFETY), *straying(system)]
        taken = {*DIALECT.reserved, *self.foreign.members.values(), *self.foreign.variables.values()}
        (self.action,) = distinct(["action"], taken).values()
        self.actions = distinct([action.name for action in system.actions], {*taken, self.action})
        for variable in system.variables:
            if size(variable.sort) > MOST_VALUES:
                message = f"{variable.name} has more than {MOST_VALUES} values, which a checker would list"
                raise Inexpressible(message)

    def lines(self) -> Iterator[str]:
        yield f"-- {remark(self.system.name)}, for NuSMV and nuXmv: NuSMV FILE"
        yield "-- A counterexample of n states has n - 1 steps (an invariant) or n steps (a step property)."
        for question in self.left_out:
            yield f"-- left out: {told(question)}, which is {question.kind.value}"
        yield "MODULE main"
        if self.system.variables:
            yield "VAR"
        for variable in self.system.variables:
            word = self.foreign.variables[variable.name]
            yield f"  {word} : {self.type_of(variable.sort)}; -- {remark(variable.name)}"
        yield "IVAR"
        yield f"  {self.action} : {{nothing{''.join(f', {word}' for word in self.actions.values())}}};"
        yield f"INIT {self.start()};"
        for action in self.system.actions:
            guard = self.foreign.formula(possible(self.system, action))
            yield f"-- {remark(action.name)}"
            yield f"TRANS {self.takes(action.name)} -> {guard};"
        for variable in self.system.variables:
            yield from self.changes(variable)
        for question in self.asked:
            yield f"-- {told(question)}, {question.kind.value}"
            yield f"INVARSPEC {self.foreign.formula(of_states(self.system, question))};"

    def type_of(self, sort: Sort) -> str:
        """Return the type of a sort."""
        match sort:
            case Boolean():
                return "boolean"
            case Bounded(low, high):
                return f"{low}..{high}"
            case Enumeration(name, members):
                return f"{{{', '.join(self.foreign.members[f'{name}.{member}'] for member in members)}}}"

    def start(self) -> str:
        """Return the formula of start states."""
        formula = self.foreign.formula
        chosen = [formula(Among(Read(one.name, one.sort), one.initial)) for one in self.system.variables]
        return joined("&", [*chosen, formula(self.system.initially)], "TRUE")

    def takes(self, name: str) -> str:
        """Return the formula that an action is taken."""
        return f"{self.action} = {self.actions[name]}"

    def changes(self, variable: SystemVariable) -> Iterator[str]:
        """What a variable is next: the value that the action assigns, else what it was."""
        word = self.foreign.variables[variable.name]
        yield f"TRANS next({word}) = case"
        for action in self.system.actions:
            for assignment in action.assignments:
                if assignment.variable == variable.name:
                    yield f"  {self.takes(action.name)} : {self.foreign.formula(assignment.value)};"
        yield f"  TRUE : {word};"
        yield "esac;"
